"""M7 on the wire: two server processes, one database, one deadline to the microsecond."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bidding.bids.model import BidAct
from market.command import _lock
from market.db.processes import until
from market.protocol.binding import Kind
from market.protocol.encoding import b64u
from market.protocol.uploads import write_ticket
from tests.insider.programs import SECONDS, Answer, Program
from tests.redteam.two_hosts import JSON, TICK, Two, complete_at, told


def acts_path(two: Two) -> str:
    """Where acts of the house's tender go."""
    return f"/api/v1/tenders/{two.house.no}/acts"


@pytest.mark.parametrize(("micros", "wanted"), [(-1, "done"), (0, "done"), (1, "late")])
@pytest.mark.parametrize("what", ["submission", "replacement", "withdrawal"])
@pytest.mark.parametrize("host", [0, 1])
def test_an_act_whose_last_byte_comes_at_the_deadline_is_in_time_and_then_no_more(
    two: Two, host: int, what: str, micros: int, wanted: str
) -> None:
    two.put_clock(two.house.clock.at)
    made = two.fresh(sent=what != "submission")
    act = {
        "submission": lambda: made.act,
        "replacement": lambda: made.next().act,
        "withdrawal": made.withdrawal,
    }[what]()
    moment = two.house.deadline + micros * TICK
    answer = complete_at(
        two.hosts[host], act.raw, acts_path(two), JSON, lambda: two.put_clock(moment)
    )
    assert told(answer) == wanted
    if wanted == "done":
        assert two.receipt(answer).at == moment


@pytest.mark.parametrize(("micros", "wanted"), [(-1, "done"), (0, "done"), (1, "late")])
@pytest.mark.parametrize("host", [0, 1])
def test_an_upload_begins_up_to_the_deadline_at_both_hosts(
    two: Two, host: int, micros: int, wanted: str
) -> None:
    made = two.house.bid(f"firm{next(two.names)}")
    length = len(made.ciphertexts[Kind.PRICE])
    ticket = write_ticket(two.house.no, length, made.wallet.token, made.wallet.key)
    two.put_clock(two.house.deadline + micros * TICK)
    asked = {"Tus-Resumable": "1.0.0", "Upload-Length": str(length), "Upload-Token": ticket}
    assert told(two.hosts[host].ask("POST", "/api/v1/uploads", b"", asked)) == wanted


def test_an_act_complete_in_time_counts_though_its_transaction_is_given_up_and_tried_again(
    two: Two,
) -> None:
    """A real deadlock in the server's process; when it tries again, the deadline has passed."""
    made = two.fresh()
    two.put_clock(two.house.deadline)
    answers: list[Answer] = []
    sender = threading.Thread(
        target=lambda: answers.append(two.hosts[0].ask("POST", acts_path(two), made.act.raw, JSON))
    )
    lock = text("SELECT pg_advisory_xact_lock(:k)")
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
    with two.house.engine.begin() as ours, two.house.engine.connect() as watch:
        ours.execute(lock, {"k": _lock(f"bid:{b64u(made.act.bid_pub)}")})
        sender.start()
        assert until(lambda: watch.execute(waits).scalar_one() > 0, within=SECONDS)
        two.put_clock(two.house.deadline + timedelta(seconds=30))
        # The host holds its share of the tender and waits for the bid; now we wait for the
        # tender: the database ends the one that has waited longest, and that is the host's.
        ours.execute(lock, {"k": _lock(f"tender:{two.house.no}")})
    sender.join()
    assert two.receipt(answers[0]).at == two.house.deadline
    late = two.fresh()
    assert told(two.hosts[0].ask("POST", acts_path(two), late.act.raw, JSON)) == "late"


@pytest.mark.parametrize("round_", range(5))
def test_the_same_act_sent_to_both_hosts_at_once_is_one_act_with_one_receipt(
    two: Two, round_: int
) -> None:
    two.put_clock(two.house.clock.at)
    made = two.fresh()
    gate, answers = threading.Barrier(4), list[Answer]()

    def send(host: Program) -> None:
        gate.wait()
        answers.append(host.ask("POST", acts_path(two), made.act.raw, JSON))

    racers = [threading.Thread(target=send, args=(host,)) for host in two.hosts * 2]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert {status for status, _, _ in answers} == {200}
    assert len({raw for _, _, raw in answers}) == 1, "one receipt, byte for byte"
    rows = two.house.ask(
        lambda session: session.scalars(
            select(BidAct.act_hash).where(BidAct.bid_pub == made.act.bid_pub)
        ).all()
    )
    assert rows == [made.act.hash]


def test_two_replacements_at_two_hosts_at_once_have_one_winner(two: Two) -> None:
    two.put_clock(two.house.clock.at)
    made = two.fresh(sent=True)
    rivals = (made.next().act, made.withdrawal())
    gate, answers = threading.Barrier(2), list[str]()

    def send(host: Program, raw: bytes) -> None:
        gate.wait()
        answers.append(told(host.ask("POST", acts_path(two), raw, JSON)))

    racers = [
        threading.Thread(target=send, args=(host, act.raw))
        for host, act in zip(two.hosts, rivals, strict=True)
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    winner, loser = sorted(answers)
    assert (winner, loser in {"out-of-order", "superseded"}) == ("done", True), loser
