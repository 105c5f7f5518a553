"""Every pair of state and action that the table does not have is refused."""

import pytest

from market.draws.rules import DRAW_TABLE, DrawAction, DrawState
from market.kernel.errors import IllegalMove

LEGAL = {
    ("frozen", "audit"), ("frozen", "stop"), ("audited", "audit"), ("audited", "stop"),
    ("audited", "commit"), ("audited", "complete"), ("audited", "void"),
    ("committed", "reveal"), ("committed", "draw"), ("committed", "void"),
    ("drawn", "publish"),
}  # fmt: skip


@pytest.mark.parametrize("state", list(DrawState))
@pytest.mark.parametrize("action", list(DrawAction))
def test_a_draw_moves_along_its_table_and_nowhere_else(state, action):
    if (state.value, action.value) in LEGAL:
        assert DRAW_TABLE.move(state, action).source is state
        return
    with pytest.raises(IllegalMove):
        DRAW_TABLE.move(state, action)
