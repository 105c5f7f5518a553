"""M7 for what is no act: questions, uploads, answers on a price, amendments, to a microsecond."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine, text, update
from sqlalchemy.orm import Session

from bidding.bids.uploads import AFTER_DEADLINE
from bidding.evaluation.queries import own_question
from bidding.opening.model import ListedBid
from bidding.rulebook.amendments import AmendmentKind
from bidding.tenders.amending import AmendTender, amend_tender
from market.command import Work
from market.journal import keys as journal_keys
from market.protocol.binding import Kind
from market.protocol.encoding import canonical
from market.protocol.price_answers import PriceAnswer
from market.protocol.signing import new_key, public_bytes
from market.protocol.uploads import write_ticket
from tests.bidding.evaluation.cast import Hall, make_hall
from tests.insider.program import TableClock
from tests.insider.programs import Program, running
from tests.redteam.two_hosts import CLOCK, JSON, TICK, Two, complete_at, told
from tests.support.bidding_questions import outcome
from tests.support.databases import Databases

FOUR = {"A": "1800000", "B": "1500000", "C": "1450000", "D": "640000"}
PLANS = dict.fromkeys("ABCD", (44,) * 5)
HOSTS = pytest.mark.parametrize("host", [0, 1])


def edges(*wanted: str) -> pytest.MarkDecorator:
    """What is answered a microsecond before a limit, at it, and a microsecond after it."""
    return pytest.mark.parametrize(("micros", "wanted"), list(zip((-1, 0, 1), wanted, strict=True)))


@edges("done", "done", "questions-closed")
@HOSTS
def test_a_question_whose_last_byte_comes_at_the_end_of_questions_is_taken_and_then_no_more(
    two: Two, host: int, micros: int, wanted: str
) -> None:
    ends = two.house.tenders.facts(two.house.no).questions_end
    assert ends < two.house.deadline
    two.put_clock(two.house.clock.at)
    raw = canonical({"text": f"How wide is door {host} {micros} of the hall?"})
    path = f"/api/v1/tenders/{two.house.no}/questions"
    answer = complete_at(
        two.hosts[host], raw, path, JSON, lambda: two.put_clock(ends + micros * TICK)
    )
    assert told(answer) == wanted


def begun(two: Two, host: Program) -> tuple[str, bytes]:
    """An upload that began long before the deadline: its address and its bytes."""
    made = two.fresh()
    raw = made.ciphertexts[Kind.PRICE]
    two.put_clock(two.house.clock.at)
    ticket = write_ticket(two.house.no, len(raw), made.wallet.token, made.wallet.key)
    asked = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(raw)), "Upload-Token": ticket}
    status, headers, body = host.ask("POST", "/api/v1/uploads", b"", asked)
    assert status == 201, body
    return dict(headers)["Location"], raw


def grown(two: Two, host: int, moment: datetime) -> str:
    """What is said to the bytes of an upload that come at a moment, at the other host."""
    place, raw = begun(two, two.hosts[1 - host])
    sent = {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
    }
    two.put_clock(moment)
    return told(two.hosts[host].ask("PATCH", place, raw, sent))


@edges("done", "done", "done")
@HOSTS
def test_an_upload_that_began_in_time_may_still_be_finished_after_the_deadline(
    two: Two, host: int, micros: int, wanted: str
) -> None:
    """It saves nobody: only an act in time may name it. It is not cut off in the middle."""
    assert grown(two, host, two.house.deadline + micros * TICK) == wanted


@edges("done", "done", "not-found")
@HOSTS
def test_an_upload_is_there_until_its_time_is_over_at_both_hosts(
    two: Two, host: int, micros: int, wanted: str
) -> None:
    over = two.house.deadline + AFTER_DEADLINE
    assert grown(two, host, over + micros * TICK) == wanted


class UndoneError(Exception):
    """Takes back what was only tried."""


@edges("done", "amendment-after-deadline", "amendment-after-deadline")
def test_an_amendment_comes_before_the_deadline_and_not_at_it(
    two: Two, micros: int, wanted: str
) -> None:
    """Whoever bids at the last moment bids on what stands: nothing can be changed at it."""
    two.put_clock(two.house.deadline + micros * TICK)
    office = replace(two.house.office, clock=TableClock(two.house.engine, CLOCK))
    seen = two.house.tenders.facts(two.house.no).amendment
    kind = AmendmentKind.EXPLAINS
    command = AmendTender(no=two.house.no, seen=seen, kind=kind, zh="说明", en="An explanation")

    def tried(work: Work, cmd: AmendTender) -> None:
        amend_tender(work, cmd)
        raise UndoneError

    def act() -> None:
        with pytest.raises(UndoneError):
            office.run(tried, command, two.house.tenders.clerk)

    assert outcome(act) == wanted


@dataclass
class Asked:
    """A hall where D is asked to explain its price, with two hosts; and D's bid key."""

    hall: Hall
    hosts: tuple[Program, ...]
    key: Ed25519PrivateKey
    seq: int = 0

    def until(self) -> datetime:
        """The last moment in which an answer is in time."""
        return self.hall.ask(own_question, self.hall.no, self.hall.usccs["D"]).until

    def put_clock(self, at: datetime) -> None:
        """Both hosts read this moment from now on."""
        with self.hall.engine.begin() as connection:
            connection.execute(text(f"UPDATE {CLOCK} SET at = :at"), {"at": at})  # noqa: S608  our own name

    def answer(self, host: int, words: str, moment: datetime) -> str:
        """What is said to an answer whose last byte comes at this moment."""
        self.put_clock(self.until() - timedelta(hours=1))
        raw = canonical(
            PriceAnswer(self.hall.no, public_bytes(self.key), self.seq, words).sign(self.key)
        )
        self.seq += 1
        path = f"/api/v1/tenders/{self.hall.no}/price-answers"
        return told(complete_at(self.hosts[host], raw, path, JSON, lambda: self.put_clock(moment)))


@pytest.fixture(scope="module")
def asked(
    databases: Databases, redis_of_worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asked]:
    """Two hosts on the hall's database."""
    folder: Path = tmp_path_factory.mktemp("asked")
    journal_keys.make(folder / "keys")
    with ExitStack() as stack:
        url = stack.enter_context(databases.fresh())
        engine = create_engine(url)
        stack.callback(engine.dispose)
        hall, key = make_hall(engine, FOUR), new_key()
        with Session(engine) as session, session.begin():
            session.execute(
                update(ListedBid)
                .where(ListedBid.uscc == hall.usccs["D"])
                .values(bid_pub=public_bytes(key))
            )
        hall.to_scoring()
        hall.lock_all(PLANS)
        with engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE {CLOCK} (at timestamptz NOT NULL)"))
            connection.execute(text(f"INSERT INTO {CLOCK} VALUES (:at)"), {"at": hall.clock.at})  # noqa: S608  our own name
        place = SimpleNamespace(
            folder=folder, clock=hall.clock, held=SimpleNamespace(platform=new_key())
        )
        hosts = tuple(
            stack.enter_context(
                running("anonymous", place, url, redis_of_worker, name=name, clock=CLOCK)
            )
            for name in ("first", "second")
        )
        yield Asked(hall, hosts, key)


@edges("done", "done", "answer-late")
@HOSTS
def test_an_answer_about_a_price_is_taken_up_to_its_last_moment_at_both_hosts(
    asked: Asked, host: int, micros: int, wanted: str
) -> None:
    words = f"成本构成 {host} {micros}"
    assert asked.answer(host, words, asked.until() + micros * TICK) == wanted
    kept = asked.hall.ask(own_question, asked.hall.no, asked.hall.usccs["D"]).answer
    assert (kept == words) is (wanted == "done")
