"""H15: bids without a deposit are sent only to be scored, and to shift the scores of the others."""

from bidding.opening.model import ListedBid
from bidding.opening.queries import bidders, dark_bids
from market.protocol.encoding import canonical
from tests.support.bidding_cast import House
from tests.support.bidding_questions import bid_states


def test_who_has_no_deposit_is_out_before_any_technical_envelope_is_opened(
    sealed: House,
) -> None:
    sealed.submit("d", inv=sealed.bidders["a"].wallet.inv)
    sealed.close()
    sealed.post_shares(1, 2, 3)
    sealed.open_round()
    assert sealed.ask(bidders, sealed.no) == sorted(sealed.bidders[n].uscc for n in "abc")
    for _ in range(2):
        given = sealed.sheet(sealed.officers[0])
        assert len(given["acts"]) == 3  # no officer is asked for the sybil's other envelopes
        sealed.post_shares(1, 2, 3)
        sealed.open_round()
    assert len(sealed.ask(dark_bids, sealed.no)) == 3
    assert bid_states(sealed)["d"] == ("refused", "unknown-deposit")


def test_the_same_bid_with_its_deposit_is_scored(sealed: House) -> None:
    sealed.submit("d")
    sealed.close()
    sealed.open_all()
    assert len(sealed.ask(dark_bids, sealed.no)) == 4


def test_what_the_panel_sees_ties_no_offer_to_a_name_or_a_place_in_the_list(
    sealed: House,
) -> None:
    sealed.close()
    sealed.open_all()
    seen = [
        canonical({"id": str(b.id), "offer": b.offer}) for b in sealed.ask(dark_bids, sealed.no)
    ]

    def rows(session):
        return list(session.query(ListedBid).order_by(ListedBid.place))

    for row in sealed.ask(rows):
        for named in (row.uscc.encode(), row.bid_pub.hex().encode(), row.nullifier.hex().encode()):
            assert not any(named in one for one in seen)
    assert all(row.id.version == 4 for row in sealed.ask(rows))  # chance, not order
