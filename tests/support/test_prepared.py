"""A prepared cast is the same for everybody, and what one test does with it no other sees."""

from dataclasses import dataclass

from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from market.accounts.model.organisations import Organisation
from tests.support.databases import Databases
from tests.support.people_cast import Cast, founded, make_cast
from tests.support.prepared import prepared


@dataclass
class Made:
    cast: Cast
    engine: Engine
    calls: int


CALLS = list[str]()


@prepared
def make(engine: Engine, name: str = "one") -> Made:
    CALLS.append(name)
    return Made(founded(engine), engine, len(CALLS))


def organisations(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Organisation)) or 0


def test_it_is_made_once_and_each_copy_is_its_own(databases: Databases) -> None:
    with databases.fresh() as first, databases.fresh() as second:
        engines = create_engine(first), create_engine(second)
        made = make(engines[0])
        made.cast.register("supplier", "sun")
        copied = make(engines[1])
        assert copied.calls == made.calls, "nobody made it again"
        assert copied.engine is engines[1]
        assert "supplier" not in copied.cast.organisations
        assert organisations(engines[1]) == organisations(engines[0]) - 1
        copied.cast.register("stranger", "song")
        assert organisations(engines[1]) == organisations(engines[0])
        assert "stranger" not in made.cast.organisations
        for engine in engines:
            engine.dispose()


def test_other_arguments_make_another(engine: Engine) -> None:
    make(engine, name="two")
    assert CALLS[-1] == "two"


def test_a_database_in_which_something_happened_is_left_as_it_is(engine: Engine) -> None:
    make_cast(engine).enrol("early")
    known = len(CALLS)
    made = make(engine)
    assert len(CALLS) == known + 1
    assert made.cast.organisations
