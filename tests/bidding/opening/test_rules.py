"""The two tables of an opening, every pair; and what each cause makes of a bid and its token."""

import pytest

from bidding.opening.rules import (
    BID_TABLE,
    CAUSES,
    OPENING_TABLE,
    BidAction,
    BidState,
    OpeningAction,
    OpeningState,
    is_bidders,
    words_of,
)
from market.kernel.errors import IllegalMove
from market.protocol.opening import REFUSED_CODES

S, A = OpeningState, OpeningAction
OPENINGS = {
    (S.COLLECTING, A.CLOSE_SHARES): S.COMBINING,
    (S.COLLECTING, A.FAIL): S.FAILED,
    (S.COMBINING, A.NEXT_ROUND): S.COLLECTING,
    (S.COMBINING, A.FINISH): S.DONE,
    (S.COMBINING, A.FAIL): S.FAILED,
}
B, D = BidState, BidAction
BIDS = {
    (B.LISTED, D.IDENTIFY): B.IDENTIFIED,
    (B.LISTED, D.REVOKE): B.REVOKED,
    (B.LISTED, D.WITHDRAW): B.WITHDRAWN,
    (B.LISTED, D.REFUSE): B.REFUSED,
    (B.IDENTIFIED, D.OPEN): B.OPENED,
    (B.IDENTIFIED, D.REVOKE): B.REVOKED,
    (B.IDENTIFIED, D.WITHDRAW): B.WITHDRAWN,
    (B.IDENTIFIED, D.REFUSE): B.REFUSED,
}


def _check(table, legal, state, action) -> None:
    if (state, action) in legal:
        assert table.move(state, action).target is legal[state, action]
    else:
        with pytest.raises(IllegalMove):
            table.move(state, action)


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("action", list(A))
def test_an_opening_moves_by_its_table(state: OpeningState, action: OpeningAction) -> None:
    _check(OPENING_TABLE, OPENINGS, state, action)


@pytest.mark.parametrize("state", list(B))
@pytest.mark.parametrize("action", list(D))
def test_a_bid_moves_by_its_table(state: BidState, action: BidAction) -> None:
    _check(BID_TABLE, BIDS, state, action)


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_has_words_and_only_the_bidders_own_hold_its_token(cause: str) -> None:
    zh, en = words_of(cause)
    assert zh
    assert en
    assert is_bidders(cause) is (CAUSES[cause][0] is D.REVOKE)


def test_no_cause_that_lies_with_others_is_laid_at_the_bidders_door() -> None:
    others = {"ciphertext-missing", "ciphertext-differs", "shares-missing", "too-few-valid"}
    assert {cause for cause, row in CAUSES.items() if row[0] is D.WITHDRAW} == others
    assert not others.intersection(REFUSED_CODES)
