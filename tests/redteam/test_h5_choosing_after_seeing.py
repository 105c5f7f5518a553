"""H5: an officer sees the first prices and then decides which other bids get their third share."""

from dataclasses import replace

from bidding.opening.model import ListedBid, OpenedDocument
from bidding.opening.queries import opened_bids, opening
from market.protocol.encoding import canonical
from market.protocol.opening import read_share_batch
from tests.support.bidding_cast import House
from tests.support.bidding_questions import bid_states, refused


def known(house: House) -> tuple[int, int]:
    """How many payloads and names the platform has written down."""

    def ask(session):
        names = session.query(ListedBid).filter(ListedBid.uscc.is_not(None)).count()
        return session.query(OpenedDocument).count(), names

    return house.ask(ask)


def test_a_batch_that_leaves_one_bid_out_is_sent_back(sealed: House) -> None:
    sealed.close()
    officer = sealed.officers[2]
    whole = read_share_batch(sealed.batch(3), officer.signer.public_key().public_bytes_raw())
    for kept in (whole.shares[:2], whole.shares[1:], whole.shares[::-1], ()):
        raw = canonical(replace(whole, shares=kept).sign(officer.signer))
        with refused("incomplete-batch"):
            sealed.post(3, raw)
    assert sealed.post(3, canonical(whole.sign(officer.signer)))["batches"] == 1


def test_nothing_is_combined_before_the_last_needed_batch_and_none_is_taken_after_it(
    sealed: House,
) -> None:
    sealed.close()
    late = sealed.batch(4)
    sealed.post_shares(1, 2)
    assert sealed.open_round() == 0
    assert known(sealed) == (0, 0)
    sealed.post_shares(3)
    with refused("not-collecting"):
        sealed.post(4, late)
    assert sealed.open_round() == 1
    assert known(sealed) == (0, 3)


def test_prices_are_shown_all_at_once(sealed: House) -> None:
    sealed.close()
    for _ in sealed.manifest.rounds:
        assert sealed.ask(opened_bids, sealed.no) == []
        assert sealed.ask(opening, sealed.no).record is None
        sealed.post_shares(1, 2, 3)
        assert sealed.open_round() == 1
    assert len(sealed.ask(opened_bids, sealed.no)) == 3


def test_an_officer_who_says_it_cannot_open_one_bid_does_not_decide(sealed: House) -> None:
    sealed.close()
    target = sealed.made["a"].act.bid_pub
    sealed.post(1, sealed.batch(1, refuse=[target]))
    sealed.post_shares(2, 3, 4)
    sealed.open_round()
    assert bid_states(sealed)["a"] == ("identified", None)
