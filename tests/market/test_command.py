"""One command is one transaction at one moment, whatever happens around it."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select, text

from market.command import ANONYMOUS, HOUSE, Actor, Listener, Once, Work
from market.db.due import Due
from market.db.outbox import Letter
from market.jobs.heartbeat import beat, heart_of
from market.journal.model import JournalEntry, TrailLine
from market.kernel.errors import Refusal
from market.kernel.permissions import Permission
from tests.support.offices import MORNING, make_office

CLERK = Actor("clerk", person=UUID(int=7))


def write_notice(work: Work, subject: str) -> dict[str, str]:
    work.note(subject, "written")
    work.publish("notice", subject, {"said": subject})
    return {"subject": subject}


def refuse(work: Work, subject: str) -> None:
    work.publish("notice", subject, {})
    raise Refusal("no", zh="不行", en="No")


def count(engine: Engine, table: type) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_a_command_leaves_its_act_and_one_line_in_the_trail(engine: Engine) -> None:
    house = make_office(engine)
    house.office.run(write_notice, "T-1", CLERK)
    with engine.connect() as connection:
        entry = connection.execute(select(JournalEntry.type, JournalEntry.moment)).one()
        line = connection.execute(select(TrailLine.command, TrailLine.actor)).one()
    assert (entry.type, entry.moment) == ("notice", MORNING)
    assert (line.command, line.actor) == ("write_notice", "clerk")


def test_a_refused_command_leaves_nothing(engine: Engine) -> None:
    house = make_office(engine)
    with pytest.raises(Refusal):
        house.office.run(refuse, "T-1", CLERK)
    assert (count(engine, JournalEntry), count(engine, TrailLine)) == (0, 0)


def test_two_official_acts_in_one_command_are_a_bug(engine: Engine) -> None:
    house = make_office(engine)

    def twice(work: Work, subject: str) -> None:
        work.publish("notice", subject, {})
        work.publish("award", subject, {})

    with pytest.raises(AssertionError, match="notice and award"):
        house.office.run(twice, "T-1", CLERK)


def test_the_anonymous_leave_no_line_in_the_trail(engine: Engine) -> None:
    house = make_office(engine)
    house.office.run(write_notice, "T-1", ANONYMOUS)
    assert (count(engine, JournalEntry), count(engine, TrailLine)) == (1, 0)


def test_the_same_request_twice_has_one_effect_and_the_same_answer(engine: Engine) -> None:
    house = make_office(engine)
    once = Once("k1", bytes(32))
    first = house.office.run_once(write_notice, "T-1", CLERK, once)
    second = house.office.run_once(write_notice, "T-1", CLERK, once)
    assert first == second == {"subject": "T-1"}
    assert count(engine, JournalEntry) == 1


def test_a_key_used_for_something_else_is_refused_and_keys_are_each_persons_own(
    engine: Engine,
) -> None:
    house = make_office(engine)
    house.office.run_once(write_notice, "T-1", CLERK, Once("k1", bytes(32)))
    with pytest.raises(Refusal) as refused:
        house.office.run_once(write_notice, "T-2", CLERK, Once("k1", b"\x01" * 32))
    assert refused.value.code == "once-differs"
    other = Actor("other", person=UUID(int=8))
    house.office.run_once(write_notice, "T-2", other, Once("k1", b"\x01" * 32))
    assert count(engine, JournalEntry) == 2


def test_the_same_request_from_many_windows_at_once_has_one_effect(engine: Engine) -> None:
    house = make_office(engine)
    answers: list[object] = []

    def send() -> None:
        once = Once("k1", bytes(32))
        answers.append(house.office.run_once(write_notice, "T-1", CLERK, once))

    senders = [threading.Thread(target=send) for _ in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert answers == [{"subject": "T-1"}] * 6
    assert count(engine, JournalEntry) == 1


def test_a_lost_race_is_run_again_at_the_same_moment(engine: Engine) -> None:
    house = make_office(engine)
    moments = []

    def loses_twice(work: Work, subject: str) -> None:
        moments.append(work.now)
        house.clock.at += timedelta(seconds=1)
        if len(moments) < 3:
            # What PostgreSQL says to the loser of a race.
            work.session.execute(text("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"))
        work.publish("notice", subject, {})

    house.office.run(loses_twice, "T-1", CLERK)
    assert moments == [MORNING] * 3
    assert count(engine, JournalEntry) == 1


def test_a_letter_with_the_same_key_is_one_letter(engine: Engine) -> None:
    house = make_office(engine)

    def write(work: Work, address: UUID) -> None:
        work.letter(address, "invitation", key="fact-1", zh="您好", en="Hello")

    for _ in range(2):
        house.office.run(write, uuid4(), CLERK)
    assert count(engine, Letter) == 1


def test_a_fact_and_what_it_owes_are_one_transaction_and_a_failed_listener_is_tried_again(
    engine: Engine,
) -> None:
    heard: list[UUID] = []
    failing = [True]

    def listen(work: Work, subject: UUID) -> None:
        if failing[0]:
            raise Refusal("not-yet", zh="尚未", en="Not yet")
        work.publish("award", "T-1", {})
        heard.append(subject)

    house = make_office(engine, listeners=[Listener("tender.closed", "bonds.release", listen)])

    def state(work: Work, subject: UUID) -> None:
        work.publish("closing", "T-1", {})
        work.state_fact("tender.closed", subject)

    subject = uuid4()
    house.office.run(state, subject, CLERK)
    assert heard == []
    with engine.connect() as connection:
        assert connection.scalar(select(Due.done_at)) is None
    failing[0] = False
    heart = heart_of(house.office, house.settings, ())
    beat(heart)
    beat(heart)
    assert heard == [subject]
    assert count(engine, JournalEntry) == 2


def test_only_the_house_may_do_what_the_house_does(engine: Engine) -> None:
    house = make_office(engine)

    def need(work: Work, command: None) -> None:
        del command
        work.need(Permission.HOUSE_ACT)

    house.office.run(need, None, HOUSE)
    with pytest.raises(Refusal) as refused:
        house.office.run(need, None, CLERK)
    assert (refused.value.code, refused.value.status) == ("not-allowed", 403)
