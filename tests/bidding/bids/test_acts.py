"""Acts of a bid key: the order of checks, the deadline to the microsecond, last act wins."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import sessionmaker

from bidding.bids.commands import SubmitAct, submit_act
from bidding.bids.model import BidAct, LiveMark
from bidding.bids.queries import live_acts
from bidding.bonds.commands import GiveBack, give_back
from bidding.rulebook.amendments import AmendmentKind
from market.command import ANONYMOUS, Office, Work
from market.db.due import Due
from market.journal.model import TrailLine
from market.kernel.errors import MarketError, NotFound
from market.protocol.acts import Act, read_act
from market.protocol.binding import Kind
from market.protocol.encoding import canonical, digest, parse
from market.protocol.receipts import read_receipt
from market.protocol.signing import new_key, public_bytes
from market.protocol.surrender import Surrender
from tests.support.bidding_bids import MadeBid, copied_from, resigned
from tests.support.bidding_cast import House
from tests.support.bidding_fixtures import connected
from tests.support.bidding_questions import outcome, refused, token

TICK = timedelta(microseconds=1)


def live(house: House) -> list[bytes]:
    """The hashes of live acts, from their rows."""

    def ask(session):
        return list(session.scalars(select(BidAct.act_hash).where(BidAct.live)))

    return house.ask(ask)


def other_office(house: House, engine):
    """A second process of the anonymous host: another engine on the same database."""
    return replace(house.office, sessions=sessionmaker(engine, expire_on_commit=False))


# --- the deadline ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("micros", "told"), [(-1, "done"), (0, "done"), (1, "late")])
@pytest.mark.parametrize("what", ["submission", "replacement", "withdrawal", "upload"])
def test_each_anonymous_write_is_in_time_up_to_the_deadline_in_two_processes(
    house: House, database_url: str, what: str, micros: int, told: str
) -> None:
    del database_url
    made, other = house.bid("a"), house.bid("b")
    with connected(house.engine.url) as engine:
        second = other_office(house, engine)
        for bid, office in ((made, house.office), (other, second)):
            if what != "upload":
                house.upload(bid, office=office)
            if what in ("replacement", "withdrawal"):
                house.send(bid.act, office=office)
        house.clock.at = house.deadline + micros * TICK
        for bid, office in ((made, house.office), (other, second)):
            acts = {
                "submission": lambda b=bid, o=office: house.send(b.act, office=o),
                "replacement": lambda b=bid, o=office: house.send(b.next().act, office=o),
                "withdrawal": lambda b=bid, o=office: house.send(b.withdrawal(), office=o),
                "upload": lambda b=bid, o=office: house.upload(b, office=o),
            }
            assert outcome(acts[what]) == told


def test_a_late_replacement_is_refused_and_the_earlier_bid_stands(house: House) -> None:
    made = house.submit("a")
    house.clock.at = house.deadline + TICK
    with refused("late"):
        house.send(made.next().act)
    assert live(house) == [made.act.hash]


def test_an_act_complete_in_time_counts_however_often_its_transaction_is_tried(
    house: House,
) -> None:
    made = house.bid("a")
    house.upload(made)
    tries = []

    def slow(work: Work, command: SubmitAct) -> bytes:
        receipt = submit_act(work, command)
        tries.append(work.now)
        house.clock.at = house.deadline + timedelta(seconds=30)
        if len(tries) < 3:  # somebody was faster: the database gives this attempt up
            raise OperationalError("lost", None, _Deadlock())
        return receipt

    house.clock.at = house.deadline
    command = SubmitAct(house.no, made.act.raw, house.held.receipt)
    receipt = house.office.run(slow, command, ANONYMOUS)
    assert tries == [house.deadline] * 3
    public = public_bytes(house.held.receipt)
    assert read_receipt(parse(receipt), public).at == house.deadline
    assert live(house) == [made.act.hash]


class _Deadlock(Exception):
    sqlstate = "40P01"


# --- the same and the older -----------------------------------------------------------------------


def test_the_identical_last_act_has_the_same_receipt_at_any_time(house: House) -> None:
    made = house.bid("a")
    house.upload(made)
    first = house.send(made.act)
    house.clock.at = house.deadline + timedelta(days=9)
    assert house.send(made.act) == first
    assert live(house) == [made.act.hash]


def test_the_identical_act_from_two_processes_at_once_is_one_act_with_one_receipt(
    house: House,
) -> None:
    made = house.bid("a")
    house.upload(made)
    told: list[object] = []
    gate = threading.Barrier(4)

    def send() -> None:
        gate.wait()
        try:
            told.append(house.send(made.act))
        except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
            told.append(repr(error))

    racers = [threading.Thread(target=send) for _ in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert len(set(told)) == 1, told
    assert isinstance(told[0], bytes)


def test_an_old_act_is_never_accepted_again(house: House) -> None:
    made = house.submit("a")
    house.send(made.withdrawal())
    with refused("superseded"):
        house.send(made.act)
    assert live(house) == []
    assert token(house, made.wallet) == "withdrawn"


def test_acts_follow_each_other_without_a_gap(house: House) -> None:
    made = house.submit("a")
    for seq, previous in ((2, made.act.hash), (1, bytes(32))):
        with refused("out-of-order"):
            house.send(resigned(made.act, made.wallet.key, seq=seq, previous=previous))
    with refused("superseded"):
        swapped = made.act.envelopes[::-1]
        house.send(resigned(made.act, made.wallet.key, amendment=0, envelopes=swapped))


def test_withdraw_and_submit_again_with_the_same_token(house: House) -> None:
    made = house.submit("a")
    back = made.withdrawal()
    house.send(back)
    again = made.resigned(seq=2, previous=back.hash)
    house.send(again.act)
    assert live(house) == [again.act.hash]
    assert token(house, made.wallet) == "live"


def test_a_replacement_leaves_one_live_act(house: House) -> None:
    made = house.submit("a")
    other = house.bid("a", price=1).resigned(seq=1, previous=made.act.hash)
    house.upload(other)
    house.send(other.act)
    assert live(house) == [other.act.hash]


def test_a_replacement_with_another_token_is_refused_and_the_first_goes_back(house: House) -> None:
    made = house.submit("a")
    held = house.bidder("a").wallet
    second = house.bank.token(held.holder, key=held.key)
    with pytest.raises(MarketError, match=r"^other-token:"):
        house.send(made.next(token=second.token).act)
    assert live(house) == [made.act.hash]
    house.send(made.next().act)
    assert token(house, second) == "absent"


def test_two_different_replacements_at_once_have_one_winner(house: House) -> None:
    made = house.submit("a")
    rivals = [made.next(), house.bid("a").resigned(seq=1, previous=made.act.hash)]
    house.upload(rivals[1])
    told: list[str] = []
    racers = [
        threading.Thread(target=lambda act=rival.act: told.append(outcome(lambda: house.send(act))))
        for rival in rivals
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(told) == ["done", "superseded"]
    assert len(live(house)) == 1


# --- the order of checks --------------------------------------------------------------------------


def wrongs(house: House) -> list[tuple[str, MadeBid]]:
    """Bids with everything wrong from a step of the order on: the first wrong is told."""
    made = house.bid("a")
    stranger = new_key()
    worst = {"amendment": 7, "seq": 0, "previous": None}
    return [
        ("bad-signature", _signed_by(made, stranger)),
        ("out-of-order", made.resigned(seq=3, previous=bytes(32), amendment=7)),
        ("manifest-changed", made.resigned(manifest_hash=bytes(32), amendment=7)),
        ("amendment-changed", made.resigned(**worst)),
        ("wrong-envelopes", made.resigned(envelopes=made.act.envelopes[::-1])),
        ("ciphertext-missing", made),
    ]


def _signed_by(made: MadeBid, key) -> MadeBid:
    act = resigned(made.act, key, amendment=7, manifest_hash=bytes(32))
    return replace(made, act=act)


def test_the_first_failing_check_of_the_order_answers(house: House) -> None:
    for code, made in wrongs(house):
        assert outcome(lambda made=made: house.send(made.act)) == code
    house.clock.at = house.deadline + TICK
    for code, made in wrongs(house):
        early = code in ("bad-signature", "out-of-order")
        assert outcome(lambda made=made: house.send(made.act)) == (code if early else "late")
    assert live(house) == []
    assert token(house, house.bidders["a"].wallet) == "absent"


def test_a_token_is_looked_at_after_the_signature_and_before_copies(house: House) -> None:
    house.submit("a")
    thief = copied_from(house.bid("b"), house.made["a"], Kind.TECHNICAL)
    foreign = thief.resigned(token=house.bidders["a"].wallet.token)
    assert outcome(lambda: house.send(foreign.act)) == "foreign-token"
    admission = house.bank.token(house.bidders["b"].wallet.holder, 0).token
    wrong = house.bid("b").resigned(token=admission)
    assert outcome(lambda: house.send(wrong.act)) == "foreign-token"
    assert outcome(lambda: house.send(thief.act)) == "copied"


def test_bytes_that_are_no_act_and_acts_for_another_tender_are_refused(house: House) -> None:
    made = house.bid("a")
    command = SubmitAct(house.no, b"{}", house.held.receipt)
    assert outcome(lambda: house.office.run(submit_act, command, ANONYMOUS)) == "malformed"
    command = SubmitAct("ZC-2026-999999", made.act.raw, house.held.receipt)
    with pytest.raises(NotFound):
        house.office.run(submit_act, command, ANONYMOUS)


# --- copies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(Kind)[:3])
def test_an_envelope_that_is_live_under_another_bid_key_is_refused(
    house: House, kind: Kind
) -> None:
    made = house.submit("a")
    with refused("copied"):
        house.hand_in("b", copied_from(house.bid("b"), made, kind))
    house.submit("b")


def test_what_was_withdrawn_no_longer_blocks(house: House) -> None:
    made = house.submit("a")
    thief = copied_from(house.bid("b"), made, Kind.TECHNICAL)
    house.send(made.withdrawal())
    house.hand_in("b", thief)
    assert live(house) == [thief.act.hash]


def test_marks_go_when_the_tender_is_closed(sealed: House) -> None:
    def marks(session):
        return list(session.scalars(select(LiveMark.mark)))

    assert len(sealed.ask(marks)) == 3 * 3 * 6  # a ciphertext and five shares of each envelope
    sealed.close()
    assert sealed.ask(marks) == []


# --- amendments -----------------------------------------------------------------------------------


def test_an_explaining_amendment_leaves_bids_good_and_new_ones_name_it(house: House) -> None:
    made = house.submit("a")
    early = house.bid("b")
    house.tenders.amend(house.no)
    house.upload(early)
    with refused("amendment-changed"):
        house.send(early.act)
    house.submit("b")
    assert len(live(house)) == 2
    house.send(made.withdrawal())  # a withdrawal may name the version its bidder saw


def test_an_amendment_that_needs_new_bids_ends_the_old_ones_and_their_tokens_serve_again(
    house: House,
) -> None:
    made = house.submit("a")
    house.tenders.amend(house.no, AmendmentKind.REQUIRES_NEW)
    assert live(house) == []
    assert token(house, made.wallet) == "withdrawn"
    again = house.bid("a").resigned(seq=1, previous=made.act.hash)
    house.upload(again)
    house.send(again.act)
    assert live(house) == [again.act.hash]
    house.tick()
    assert len(house.ask(live_acts, house.no)) == 1


def test_a_bid_for_the_amended_documents_survives_a_listener_that_comes_late(
    house: House,
) -> None:
    """The amendment is one transaction, what follows from it another, perhaps minutes later."""
    made = house.submit("a")
    office = house.office
    house.cast.house.office = _dying(office)
    house.tenders.amend(house.no, AmendmentKind.REQUIRES_NEW)
    house.cast.house.office = office
    fresh = house.submit("b")
    again = house.bid("a").resigned(seq=1, previous=made.act.hash)
    house.upload(again)
    house.send(again.act)

    def waiting(session):
        return list(session.scalars(select(Due.id).where(Due.done_at.is_(None))))

    dues = house.ask(waiting)
    assert dues
    house.office.follow(dues)
    assert sorted(live(house)) == sorted([fresh.act.hash, again.act.hash])
    assert token(house, fresh.wallet) == token(house, made.wallet) == "live"


def _dying(office):
    class Interrupted(Office):
        """A process that dies after the commit, before it tells the rooms above."""

        def follow(self, dues):
            del dues

    return Interrupted(office.sessions, office.clock, office.calendar, office.listeners)


# --- traces ---------------------------------------------------------------------------------------


def test_an_act_leaves_no_line_in_the_trail_and_surrender_waits_for_the_outcome(
    house: House,
) -> None:
    def lines(session):
        return len(list(session.scalars(select(TrailLine.id))))

    before = house.ask(lines)
    made = house.submit("a")
    stated = canonical(
        Surrender(made.wallet.token, made.act.bid_pub, bytes(32)).sign(made.wallet.key)
    )
    with refused("token-live"):
        house.office.run(give_back, GiveBack(stated, house.held.platform), ANONYMOUS)
    house.send(made.withdrawal())
    assert house.ask(lines) == before
    house.office.run(give_back, GiveBack(stated, house.held.platform), ANONYMOUS)
    assert token(house, made.wallet) == "surrendered"


def test_a_receipt_says_what_was_received_and_when(house: House) -> None:
    made = house.bid("a")
    house.upload(made)
    receipt = read_receipt(parse(house.send(made.act)), public_bytes(house.held.receipt))
    assert receipt.submission_hash == made.act.hash == digest(made.act.raw)
    assert receipt.at == house.clock.at
    assert isinstance(read_act(made.act.raw), Act)
