"""A beat carries out what is due, once; whatever fails in one room stops no other."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from market.command import HOUSE, Listener, Office, Work
from market.db.due import Due
from market.db.outbox import Letter
from market.feature import Feature, Job, Tick
from market.features import FEATURES
from market.jobs.heartbeat import BATCH, Beaten, Heart, beat, drain, heart_of
from market.kernel.errors import Refusal
from market.settings import Settings
from tests.support.offices import TestOffice, make_office

THINGS = tuple(UUID(int=number) for number in range(1, 4))


def letters(engine: Engine) -> set[str]:
    """What was written, by its key."""
    with Session(engine) as session:
        return set(session.scalars(select(Letter.key)))


def write(work: Work, thing: UUID) -> None:
    """The effect of the trial's ticks: a letter of which there is one for each thing."""
    work.letter(thing, "trial", key=f"trial/{thing}", zh="您好", en="Hello")


def unwritten(things: Sequence[UUID]) -> Callable[[Session, datetime, int], Sequence[UUID]]:
    """Those that have no letter yet."""

    def due(session: Session, _: datetime, most: int) -> Sequence[UUID]:
        known = set(session.scalars(select(Letter.address)))
        return [thing for thing in things if thing not in known][:most]

    return due


def bug(*_: object) -> int:
    raise RuntimeError("a bug")


def refusal(*_: object) -> None:
    raise Refusal("not-yet", zh="尚未", en="Not yet")


def room(name: str, *ticks: Tick, jobs: Sequence[Job] = ()) -> Feature:
    return Feature(name, ticks=ticks, jobs=tuple(jobs))


def good(*things: UUID) -> Feature:
    """A room that does what is due."""
    return room("good", Tick("good", unwritten(things or THINGS), write))


def heart(house: TestOffice, *rooms: Feature) -> Heart:
    return heart_of(house.office, house.settings, rooms)


@pytest.fixture
def house(engine: Engine) -> TestOffice:
    return make_office(engine)


def test_what_is_due_is_done_once_however_often_it_beats(house: TestOffice, engine: Engine) -> None:
    made = heart(house, good())
    assert [beat(made) for _ in range(3)] == [Beaten(3, 0), Beaten(0, 0), Beaten(0, 0)]
    assert letters(engine) == {f"trial/{thing}" for thing in THINGS}


def test_two_beats_at_once_have_one_effect(house: TestOffice, engine: Engine) -> None:
    heard: list[UUID] = []

    def listen(work: Work, subject: UUID) -> None:
        work.publish("notice", "T-1", {})
        heard.append(subject)

    owing = make_office(engine, listeners=[Listener("trial.done", "trial.listen", listen)])

    def owe(work: Work, subject: UUID) -> None:
        due = Due(fact="trial.done", subject=subject, listener="trial.listen", stated_at=work.now)
        work.session.add(due)

    subject = uuid4()
    owing.office.run(owe, subject, HOUSE)
    gate = threading.Barrier(2)

    def together(session: Session, now: datetime, most: int) -> Sequence[UUID]:
        found = unwritten(THINGS)(session, now, most)
        gate.wait(timeout=30)  # both have seen the same things due before either begins
        return found

    made = heart(owing, room("both", Tick("both", together, write)))
    found: list[Beaten] = []
    beats = [threading.Thread(target=lambda: found.append(beat(made))) for _ in range(2)]
    for one in beats:
        one.start()
    for one in beats:
        one.join()
    assert heard == [subject]
    assert [one.failed for one in found] == [0, 0]
    assert letters(engine) == {f"trial/{thing}" for thing in THINGS}


FAULTS = {
    "a question with a bug": room("bad", Tick("bad", bug, write)),
    "a command with a bug": room("bad", Tick("bad", lambda *_: [THINGS[0]], bug)),
    "a command refused": room("bad", Tick("bad", lambda *_: [THINGS[0]], refusal)),
    "a job with a bug": room("bad", jobs=[Job("bad", bug)]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_fails_in_one_room_stops_no_other(
    house: TestOffice, engine: Engine, fault: str
) -> None:
    ran: list[str] = []

    def job(office: Office, settings: Settings) -> int:
        assert (office, settings) == (house.office, house.settings)
        ran.append("job")
        return 1

    after = room("after", jobs=[Job("after", job)])
    with capture_logs() as said:
        assert beat(heart(house, FAULTS[fault], good(), after)) == Beaten(4, 1)
    assert ran == ["job"]
    assert letters(engine) == {f"trial/{thing}" for thing in THINGS}
    (line,) = said
    assert "bad" in {line.get("tick"), line.get("job")}, "the log names it"


@pytest.mark.parametrize("fault", [bug, refusal])
def test_a_listener_that_fails_stays_owed_and_stops_nothing(
    engine: Engine, fault: Callable[..., None]
) -> None:
    house = make_office(engine, listeners=[Listener("trial.done", "trial.listen", fault)])

    def owe(work: Work, subject: UUID) -> None:
        due = Due(fact="trial.done", subject=subject, listener="trial.listen", stated_at=work.now)
        work.session.add(due)

    house.office.run(owe, uuid4(), HOUSE)
    assert beat(heart(house, good())).done == 3
    with Session(engine) as session:
        assert session.scalars(select(Due.done_at)).all() == [None]


def test_one_thing_that_fails_does_not_hold_up_the_next_of_its_tick(
    house: TestOffice, engine: Engine
) -> None:
    def second_fails(work: Work, thing: UUID) -> None:
        write(work, thing)
        if thing == THINGS[1]:
            raise RuntimeError("a broken row")

    made = heart(house, room("rows", Tick("rows", unwritten(THINGS), second_fails)))
    assert [beat(made), beat(made)] == [Beaten(2, 1), Beaten(0, 1)], "it stays due"
    assert letters(engine) == {f"trial/{thing}" for thing in (THINGS[0], THINGS[2])}


def test_one_room_takes_no_more_than_its_batch_of_a_beat(house: TestOffice) -> None:
    asked: list[int] = []

    def due(session: Session, now: datetime, most: int) -> Sequence[UUID]:
        asked.append(most)
        return []

    beat(heart(house, room("many", Tick("many", due, write))))
    assert asked == [BATCH]


def test_draining_ends_and_says_so_where_a_tick_does_not_eat_its_due(house: TestOffice) -> None:
    assert drain(heart(house, good())) == 3
    forever = room("forever", Tick("forever", lambda *_: [THINGS[0]], lambda *_: None))
    with pytest.raises(RuntimeError, match="does not eat its due"):
        drain(heart(house, forever), rounds=3)


def test_every_tick_and_job_of_the_product_is_carried_out_under_a_name_of_its_own(
    house: TestOffice,
) -> None:
    made = heart_of(house.office, house.settings, FEATURES)
    names = [one.name for one in (*made.ticks, *made.jobs)]
    assert len(set(names)) == len(names)
    assert set(names) >= {
        *("opening.close", "opening.overdue", "opening.rounds", "bonds.release", "bonds.keys"),
        *("bonds.settle", "bids.uploads", "draws.steps", "experts.lapse", "experts.absent"),
        *("evaluation.silent-member", "complaints.suspension", "letters"),
    }


def test_on_an_empty_house_every_question_of_the_product_is_answered_with_nothing(
    house: TestOffice,
) -> None:
    """Ticks only: jobs ask others, whom no test has."""
    made = Heart(
        house.office, house.settings, heart_of(house.office, house.settings, FEATURES).ticks, ()
    )
    assert beat(made) == Beaten(0, 0)
