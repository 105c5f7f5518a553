"""Every pair of state and action that the table does not have is refused."""

import pytest

from market.draws.rules import DRAW_TABLE, DrawAction, DrawState
from market.kernel.errors import IllegalMove

LEGAL = {
    ("frozen", "audit"): "audited",
    ("frozen", "stop"): "stopped",
    ("stopped", "refreeze"): "frozen",
    ("audited", "audit"): "audited",
    ("audited", "stop"): "stopped",
    ("audited", "commit"): "audited",
    ("audited", "complete"): "committed",
    ("audited", "void"): "audited",
    ("committed", "reveal"): "committed",
    ("committed", "draw"): "drawn",
    ("committed", "void"): "audited",
    ("drawn", "publish"): "published",
}


@pytest.mark.parametrize("state", list(DrawState))
@pytest.mark.parametrize("action", list(DrawAction))
def test_a_draw_moves_along_its_table_and_nowhere_else(state, action):
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalMove):
            DRAW_TABLE.move(state, action)
    else:
        assert DRAW_TABLE.move(state, action).target.value == target
