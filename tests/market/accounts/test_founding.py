"""The first day: the trading centre comes in once, with two people."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from market.accounts.commands.founding import FoundRegister, found_register
from market.accounts.queries.entrances import roles_in
from market.accounts.queries.organisations import organisations_with
from market.accounts.roles import Role
from market.command import HOUSE, Work
from market.kernel.errors import BadInput, MarketError, NotFound, Refusal
from tests.support.people_cast import Cast, impatient, make_cast


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """An empty register, and two people."""
    made = make_cast(engine)
    made.enrol("ceng")
    made.enrol("deng")
    return made


def founding(cast: Cast, **changes: object) -> FoundRegister:
    values = {
        "uscc": cast.fresh_uscc("12"),
        "name_zh": "测试交易中心",
        "name_en": "Test Centre",
        "legal_representative": "某甲",
        "first": cast.people["ceng"],
        "second": cast.people["deng"],
    }
    return FoundRegister(**(values | changes))


def test_the_centre_is_founded_with_two_people(engine: Engine, cast: Cast) -> None:
    cast.office.run(found_register, founding(cast), HOUSE)
    with Session(engine) as session:
        centre = organisations_with(session, Role.CENTER)[0]
        for account in ("ceng", "deng"):
            held = roles_in(session, cast.people[account], centre.id)
            assert held == {Role.CENTER, Role.REPRESENTATIVE}


def test_it_is_founded_once(cast: Cast) -> None:
    cast.office.run(found_register, founding(cast), HOUSE)
    with pytest.raises(Refusal, match="already-founded"):
        cast.office.run(found_register, founding(cast), HOUSE)


def test_two_foundings_at_once_are_one(cast: Cast) -> None:
    def found(command: FoundRegister) -> str:
        try:
            cast.office.run(found_register, command, HOUSE)
        except MarketError as refusal:
            return refusal.code
        return "founded"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(found, [founding(cast), founding(cast)]))
    assert answers == ["already-founded", "founded"]


def test_a_founding_is_waited_for(engine: Engine, cast: Cast) -> None:
    def found_while_another_founds(work: Work, command: FoundRegister) -> None:
        found_register(work, command)
        work.session.flush()
        with impatient(engine) as hasty, pytest.raises(OperationalError, match="lock timeout"):
            hasty.run(found_register, founding(cast), HOUSE)

    cast.office.run(found_while_another_founds, founding(cast), HOUSE)
    with pytest.raises(Refusal, match="already-founded"):
        cast.office.run(found_register, founding(cast), HOUSE)


def test_one_person_twice_is_not_two(cast: Cast) -> None:
    with pytest.raises(Refusal, match="same-person"):
        cast.office.run(found_register, founding(cast, second=cast.people["ceng"]), HOUSE)


def test_a_founding_without_people_or_a_right_code_is_refused(cast: Cast) -> None:
    with pytest.raises(BadInput, match="bad-uscc"):
        cast.office.run(found_register, founding(cast, uscc="1"), HOUSE)
    with pytest.raises(NotFound):
        cast.office.run(found_register, founding(cast, second=UUID(int=1)), HOUSE)


def test_nobody_but_the_house_founds(cast: Cast) -> None:
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(found_register, founding(cast), cast.actor("ceng"))
