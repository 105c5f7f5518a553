"""The eight modes of choosing an agency, and what a choice can turn on."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Mode(StrEnum):
    """How one agency is chosen among those that enrolled; fixed in the notice."""

    DIRECT = "direct"
    RANDOM = "random"
    LOWEST = "lowest"
    AVERAGE = "average"
    REFPRICE = "refprice"
    MULTIROUND = "multiround"
    CREDIT = "credit"
    SCHEME = "scheme"


class Funds(StrEnum):
    """Where the money comes from: public budgets, or the owner's own."""

    FISCAL = "fiscal"
    PRIVATE = "private"


class Unit(StrEnum):
    """The unit in which a notice asks for prices; a reference price has two decimals of it."""

    YUAN = "yuan"
    WAN = "wan"  # ten thousand yuan


NAMES: Final = MappingProxyType(
    {
        Mode.DIRECT: ("直接选取", "direct choice"),
        Mode.RANDOM: ("随机抽取", "random draw"),
        Mode.LOWEST: ("最低价竞价选取", "lowest price"),
        Mode.AVERAGE: ("均价选取", "average price"),
        Mode.REFPRICE: ("参考价选取", "reference price"),
        Mode.MULTIROUND: ("多轮竞价", "bidding in rounds"),
        Mode.CREDIT: ("信用择优选取", "choice by credit"),
        Mode.SCHEME: ("方案择优选取", "choice by scheme"),
    }
)
FUNDS_NAMES: Final = MappingProxyType(
    {Funds.FISCAL: ("财政资金", "fiscal funds"), Funds.PRIVATE: ("非财政资金", "private funds")}
)
FEN_IN: Final = MappingProxyType({Unit.YUAN: 100, Unit.WAN: 1_000_000})
UNIT_NAMES: Final = MappingProxyType(
    {Unit.YUAN: ("元", "yuan"), Unit.WAN: ("万元", "ten thousand yuan")}
)

PRICED: Final = frozenset({Mode.LOWEST, Mode.AVERAGE, Mode.REFPRICE, Mode.SCHEME})
"""Modes in which every agency seals a price of its own."""
