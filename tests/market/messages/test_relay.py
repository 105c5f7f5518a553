"""The relay: at least once, one key, back off, quiet hours, ten a day, never a secret in a log."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from market.command import HOUSE, Actor, Work
from market.db.outbox import Letter
from market.journal.model import TrailLine
from market.kernel.errors import Refusal
from market.messages.carriers import Address, CarrierFailed, Channel, Parcel
from market.messages.commands import NoteTry, TakeLetter, note_try, put_in_mailbox, take_letter
from market.messages.mailbox import ArrivedLetter, MailboxCarrier, arrived
from market.messages.model import LetterTry, MailboxItem, Outcome
from market.messages.queries import latest_sent, tries, undelivered
from market.messages.relay import due_letters, relay
from market.messages.rules import DAILY_CAP, LIFETIME
from tests.support.offices import MORNING, TestOffice, make_office

NUMBER = "13812340000"
HANDLE, ENGLISH, MAIL, GONE = (UUID(int=number) for number in range(1, 5))
MICRO = timedelta(microseconds=1)


class Book:
    """Three handles that lead somewhere."""

    known = {
        HANDLE: Address(Channel.MOBILE, NUMBER, "zh"),
        ENGLISH: Address(Channel.MOBILE, "13900001111", "en"),
        MAIL: Address(Channel.EMAIL, "wang@example.com", "zh"),
    }

    def find(self, session: Session, handle: UUID) -> Address | None:  # noqa: ARG002  the interface
        return self.known.get(handle)


class Failing:
    """A carrier that refuses every letter."""

    def __init__(self, name: str = "failing") -> None:
        self.name = name
        self.asked: list[str] = []

    def carry(self, parcel: Parcel) -> str:
        self.asked.append(parcel.key)
        raise CarrierFailed("failing: HTTP 503")


@pytest.fixture
def house(engine: Engine) -> TestOffice:
    """An office at nine in the morning."""
    return make_office(engine)


def write(house: TestOffice, key: str = "k1", to: UUID = HANDLE, template: str = "SM01") -> None:
    def letter(work: Work, _: None) -> None:
        work.letter(to, template, key=key, zh="中文", en="English", link="https://x/1")

    house.office.run(letter, None, HOUSE)


def send(house: TestOffice, *carriers) -> int:
    return relay(house.office, carriers or (MailboxCarrier(house.office),), Book())


def mailbox(engine: Engine) -> list[ArrivedLetter]:
    with Session(engine) as session:
        return arrived(session, 100)


def test_a_letter_arrives_signed_in_its_readers_language(engine: Engine, house: TestOffice) -> None:
    write(house, "k1")
    write(house, "k2", ENGLISH)
    assert send(house) == 2
    texts = {item.key: (item.text, item.to, item.link) for item in mailbox(engine)}
    assert texts == {
        "k1": ("【阳光交易】中文", "138****0000", "https://x/1"),
        "k2": ("[Yangguang] English", "139****1111", "https://x/1"),
    }


def test_a_letter_is_sent_once_and_one_key_is_one_letter(engine: Engine, house: TestOffice) -> None:
    write(house)
    write(house)
    assert (send(house), send(house)) == (1, 0)
    assert [item.times for item in mailbox(engine)] == [1]
    with Session(engine) as session:
        assert [one.outcome for one in tries(session, "k1")] == [Outcome.TAKEN]
        assert latest_sent(session, 10)[0].sent_at == MORNING


def test_two_relays_at_once_send_each_letter_once(engine: Engine, house: TestOffice) -> None:
    for number in range(6):
        write(house, f"k{number}")
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _: send(house), range(2))) == 6
    assert [item.times for item in mailbox(engine)] == [1] * 6


def test_a_letter_whose_carrying_dies_halfway_is_sent_again_under_its_key(
    engine: Engine, house: TestOffice
) -> None:
    class Dies(MailboxCarrier):
        def carry(self, parcel: Parcel) -> str:
            super().carry(parcel)
            raise KeyboardInterrupt

    write(house)
    with pytest.raises(KeyboardInterrupt):
        send(house, Dies(house.office))
    assert send(house) == 0
    house.clock.at += timedelta(minutes=1)
    assert send(house) == 1
    assert [(item.key, item.times) for item in mailbox(engine)] == [("k1", 2)]


def test_a_failure_backs_off_and_the_next_try_goes_to_the_next_carrier(
    engine: Engine, house: TestOffice
) -> None:
    first, second = Failing("first"), MailboxCarrier(house.office)
    write(house)
    assert send(house, first, second) == 0
    house.clock.at += timedelta(minutes=1) - MICRO
    assert send(house, first, second) == 0
    assert first.asked == ["k1"]
    house.clock.at += MICRO
    assert send(house, first, second) == 1
    with Session(engine) as session:
        assert [(one.carrier, one.outcome, one.detail) for one in tries(session, "k1")] == [
            ("first", Outcome.FAILED, "failing: HTTP 503"),
            ("mailbox", Outcome.TAKEN, "mailbox"),
        ]


def test_a_letter_nobody_takes_is_tried_for_a_week_and_stays_in_the_list(
    engine: Engine, house: TestOffice
) -> None:
    carrier = Failing()
    write(house)
    until = MORNING + LIFETIME + timedelta(days=1)
    while house.clock.at < until:
        send(house, carrier)
        house.clock.at += timedelta(hours=1)
    with Session(engine) as session:
        (left,) = undelivered(session, house.clock.at, 10)
        assert due_letters(session, house.clock.at, 10) == []
    assert (left.lapsed, left.next_try_at, left.tries) == (True, None, len(carrier.asked))
    assert 10 < left.tries < 40
    late = TakeLetter(left.id, Channel.EMAIL)
    assert house.office.run(take_letter, late, HOUSE) is None


def test_at_night_telephones_are_left_alone_and_mailboxes_are_not(
    engine: Engine, house: TestOffice
) -> None:
    house.clock.at = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    write(house, "telephone")
    write(house, "mail", MAIL)
    write(house, "code", template="SM20")
    assert send(house) == 2
    house.clock.at = datetime(2026, 3, 3, 0, 0, tzinfo=UTC) - MICRO
    assert send(house) == 0
    house.clock.at += MICRO
    assert send(house) == 1
    with Session(engine) as session:
        assert len(tries(session, "telephone")) == 1


def test_a_telephone_gets_ten_ordinary_letters_a_day(engine: Engine, house: TestOffice) -> None:
    for number in range(DAILY_CAP + 2):
        write(house, f"k{number:02}")
    write(house, "invitation", template="SM14")
    write(house, "other", ENGLISH)
    assert send(house) == DAILY_CAP + 2
    house.clock.at = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
    assert send(house) == 2


def test_a_handle_that_leads_nowhere_is_noted(engine: Engine, house: TestOffice) -> None:
    write(house, to=GONE)
    assert send(house) == 0
    with Session(engine) as session:
        assert [one.outcome for one in tries(session, "k1")] == [Outcome.NO_ADDRESS]
        assert due_letters(session, house.clock.at, 10) == []
        assert undelivered(session, house.clock.at, 10)[0].next_try_at is not None


def test_letters_leave_no_line_in_the_trail_and_no_number_in_rows_or_logs(
    engine: Engine, house: TestOffice, caplog
) -> None:
    caplog.set_level(logging.DEBUG)
    write(house)
    send(house, Failing())
    house.clock.at += timedelta(hours=1)
    send(house)
    with Session(engine) as session:
        commands = session.scalars(select(TrailLine.command)).all()
        kept = str([vars(row) for row in session.scalars(select(LetterTry))])
        boxes = str([vars(row) for row in session.scalars(select(MailboxItem))])
    assert commands == ["letter"]
    assert NUMBER not in kept + boxes + caplog.text


def test_an_outcome_written_twice_leaves_a_letter_sent_once(
    engine: Engine, house: TestOffice
) -> None:
    write(house)
    with Session(engine) as session:
        letter = session.scalars(select(Letter.id)).one()
    for reference in ("first", "second"):
        note = NoteTry(letter, "mailbox", Outcome.TAKEN, reference)
        house.office.run(note_try, note, HOUSE)
    with Session(engine) as session:
        assert session.scalars(select(Letter.carrier_reference)).one() == "first"
        assert session.scalar(select(func.count()).select_from(LetterTry)) == 2


def test_only_the_house_carries_letters(house: TestOffice) -> None:
    parcel = Parcel("k", "SM01", Channel.MOBILE, NUMBER, "t", None, MORNING)
    nobody = Actor("somebody", person=uuid4())
    for handler, command in (
        (take_letter, TakeLetter(uuid4(), Channel.MOBILE)),
        (note_try, NoteTry(uuid4(), "x", Outcome.TAKEN, "")),
        (put_in_mailbox, parcel),
    ):
        with pytest.raises(Refusal, match="not-allowed"):
            house.office.run(handler, command, nobody)


def test_a_relay_without_carriers_is_a_mistake_in_the_setting_up(house: TestOffice) -> None:
    with pytest.raises(ValueError, match="carrier"):
        relay(house.office, (), Book())
