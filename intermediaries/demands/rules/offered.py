"""Which modes an owner is offered."""

from typing import Final

from intermediaries.rulebook.selection.admission import modes_for
from intermediaries.rulebook.selection.modes import NAMES, Funds, Mode
from market.kernel.errors import Refusal
from market.kernel.money import Money

OFFERED: Final = frozenset(
    {
        Mode.LOWEST,
        Mode.AVERAGE,
        Mode.REFPRICE,
        Mode.RANDOM,
        Mode.DIRECT,
        Mode.CREDIT,
        Mode.MULTIROUND,
        Mode.SCHEME,
    }
)
"""Modes that this platform carries out; what the rulebook allows besides is not offered yet."""


def offered_for(funds: Funds, ceiling: Money) -> tuple[Mode, ...]:
    """The modes that these funds and this ceiling allow, of those that are offered."""
    return tuple(mode for mode in modes_for(funds, ceiling) if mode in OFFERED)


def refuse_unless_offered(mode: Mode) -> None:
    """Go on only with a mode that the platform carries out; `Refusal` "mode-not-offered"."""
    if mode not in OFFERED:
        zh, en = NAMES[mode]
        raise Refusal(
            "mode-not-offered",
            zh=f"本平台暂不办理{zh}，另选方式",
            en=f"This platform does not carry out the {en} yet; choose another mode",
        )
