"""H16: a one-word amendment shortly before the deadline kills every bid already sent."""

from datetime import timedelta

from sqlalchemy import select

from bidding.bids.model import BidAct
from bidding.opening.queries import opening
from bidding.rulebook.amendments import AmendmentKind
from market.protocol.encoding import parse
from tests.support.bidding_cast import House
from tests.support.bidding_questions import bid_states, entries, refused, tender_state, token


def live(house: House) -> int:
    """How many bids stand."""
    return len(house.ask(lambda s: s.scalars(select(BidAct.act_hash).where(BidAct.live)).all()))


def test_an_explanation_leaves_early_bids_good_and_they_are_opened(sealed: House) -> None:
    before = sealed.deadline
    sealed.tenders.amend(sealed.no, affects_preparation=False)
    assert (live(sealed), sealed.deadline) == (3, before)
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed) == dict.fromkeys("abc", ("opened", None))
    assert tender_state(sealed) == "opened"


def test_asking_for_new_bids_costs_the_owner_time_and_is_said_in_the_record(
    sealed: House,
) -> None:
    sealed.clock.at = sealed.deadline - timedelta(hours=2)
    before = sealed.deadline
    sealed.tenders.amend(sealed.no, AmendmentKind.REQUIRES_NEW)
    assert live(sealed) == 0
    assert sealed.deadline - sealed.clock.at >= timedelta(days=5)
    assert sealed.deadline > before
    (entry,) = entries(sealed, "amendment")
    assert parse(entry.data)["effect"] == "requires-new"
    assert {token(sealed, sealed.bidders[name].wallet) for name in "abc"} == {"withdrawn"}


def test_a_bidder_who_reads_it_bids_again_with_the_same_token(sealed: House) -> None:
    sealed.tenders.amend(sealed.no, AmendmentKind.REQUIRES_NEW)
    assert live(sealed) == 0
    for name in "abc":
        old = sealed.made[name]
        again = sealed.bid(name).resigned(seq=1, previous=old.act.hash)
        sealed.hand_in(name, again)
    assert live(sealed) == 3
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed) == dict.fromkeys("abc", ("opened", None))
    assert {token(sealed, sealed.bidders[name].wallet) for name in "abc"} == {"linked"}
    record = sealed.ask(opening, sealed.no).record
    assert {bid["uscc"] for bid in record["bids"]} == {sealed.bidders[n].uscc for n in "abc"}


def test_a_bid_that_answers_the_old_version_is_refused_after_the_amendment(sealed: House) -> None:
    """The positive control of the two tests above: nobody opens what nobody asked for any more."""
    stale = sealed.made["a"].resigned(seq=1, previous=sealed.made["a"].act.hash)
    assert stale.act.amendment == 0
    sealed.tenders.amend(sealed.no, AmendmentKind.REQUIRES_NEW)
    with refused("amendment-changed"):
        sealed.send(stale.act)
    assert live(sealed) == 0


def test_the_manifest_of_a_published_tender_never_changes(sealed: House) -> None:
    before = sealed.manifest.hash
    sealed.tenders.amend(sealed.no, AmendmentKind.REQUIRES_NEW)
    assert sealed.manifest.hash == before
