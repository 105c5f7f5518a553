"""Tokens, bonds and hearings about them: every pair of state and action, written by hand."""

from itertools import product

import pytest

from bidding.bonds.rules import (
    HEARING_TABLE,
    LINK_TABLE,
    TOKEN_TABLE,
    HearingAction,
    HearingState,
    LinkAction,
    LinkState,
    TokenAction,
    TokenState,
)
from market.kernel.errors import IllegalMove
from market.kernel.permissions import Permission

HOUSE, SUPERVISOR = Permission.HOUSE_ACT, Permission.BONDS_BOND_FORFEIT

TOKENS = {
    ("absent", "spend"): ("live", HOUSE),
    ("absent", "surrender"): ("surrendered", HOUSE),
    ("live", "spend"): ("live", HOUSE),
    ("live", "withdraw"): ("withdrawn", HOUSE),
    ("live", "release"): ("released", HOUSE),
    ("live", "link"): ("linked", HOUSE),
    ("live", "hold"): ("held", HOUSE),
    ("live", "drop"): ("dropped", HOUSE),
    ("withdrawn", "spend"): ("live", HOUSE),
    ("withdrawn", "release"): ("released", HOUSE),
    ("withdrawn", "surrender"): ("surrendered", HOUSE),
    ("held", "release"): ("released", SUPERVISOR),
    ("held", "link"): ("linked", HOUSE),
    ("released", "surrender"): ("surrendered", HOUSE),
}
BONDS = {
    ("held", "order"): ("ordered", HOUSE),
    ("held", "forfeit"): ("forfeited", SUPERVISOR),
    ("held", "displace"): ("displaced", HOUSE),
    ("ordered", "release"): ("released", HOUSE),
    ("ordered", "displace"): ("displaced", HOUSE),
    ("forfeited", "displace"): ("displaced", HOUSE),
}
HEARINGS = {
    ("shown", "propose"): ("proposed", SUPERVISOR),
    ("shown", "return"): ("returned", SUPERVISOR),
    ("proposed", "keep"): ("kept", SUPERVISOR),
    ("proposed", "return"): ("returned", SUPERVISOR),
}
EVERY_PAIR = [
    *((TOKEN_TABLE, TOKENS, *pair) for pair in product(TokenState, TokenAction)),
    *((LINK_TABLE, BONDS, *pair) for pair in product(LinkState, LinkAction)),
    *((HEARING_TABLE, HEARINGS, *pair) for pair in product(HearingState, HearingAction)),
]


@pytest.mark.parametrize(("table", "legal", "state", "action"), EVERY_PAIR)
def test_every_pair_moves_as_written_or_is_refused(table, legal, state, action) -> None:
    if (state.value, action.value) in legal:
        row = table.move(state, action)
        assert (row.target.value, row.by) == legal[state.value, action.value]
    else:
        with pytest.raises(IllegalMove):
            table.move(state, action)


def test_a_bond_is_kept_only_after_its_holder_was_asked() -> None:
    """Nothing leads to *kept* but *proposed*, from which the term for reasons runs."""
    before = {row.source for row in HEARING_TABLE if row.target is HearingState.KEPT}
    assert before == {HearingState.PROPOSED}
    assert HEARING_TABLE.start is HearingState.SHOWN


def test_a_token_given_back_or_linked_or_dropped_never_moves_again() -> None:
    ends = {TokenState.SURRENDERED, TokenState.LINKED, TokenState.DROPPED}
    assert not ends & {row.source for row in TOKEN_TABLE}
