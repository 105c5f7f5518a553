"""Where a demand belongs: amounts that government procurement takes, and what looks like parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from intermediaries.rulebook.selection.modes import Funds
from market.kernel.errors import Refusal
from market.kernel.law import Article
from market.kernel.money import Money, total
from market.projects.tracks import PROCUREMENT_ART, thresholds

WITHIN: Final = timedelta(days=90)
"""Demands of one owner for one service this close together are looked at as one."""
NO_SPLITTING: Final = Article("政府采购法第二十八条", "Government Procurement Law art. 28")
"""Nobody splits what is to be procured in order to avoid open tendering."""


def refuse_if_procurement(funds: Funds, ceiling: Money, on: date) -> None:
    """Go on only below the procurement threshold; `Refusal` "government-procurement" says where to.

    Only fiscal funds are asked; the threshold itself is reached.
    """
    threshold = thresholds(on).procurement
    if funds is Funds.FISCAL and ceiling >= threshold:
        zh = f"达到政府采购限额标准{threshold}元，不能在中介超市选取：请在“项目”中建立政府采购项目"
        en = (
            f"From {threshold} yuan on fiscal funds belong to government procurement: create a"
            " project of that kind under Projects"
        )
        raise Refusal(
            "government-procurement",
            zh=zh,
            en=en,
            article=PROCUREMENT_ART,
            fields={"ceiling": (zh, en)},
        )


@dataclass(frozen=True, slots=True)
class Near:
    """Another demand of the same owner for the same service, and the legal day it was handed in."""

    no: str
    ceiling: Money
    on: date


@dataclass(frozen=True, slots=True)
class Doubt:
    """Demands that together reach the threshold that each keeps below."""

    others: tuple[str, ...]
    sum: Money
    threshold: Money


def doubt(funds: Funds, ceiling: Money, others: Iterable[Near], today: date) -> Doubt | None:
    """What looks like one procurement in parts; None where nothing does.

    Others count that were handed in up to ninety days before today, that day included; the
    threshold itself is reached. Private funds are not procured by the state.
    """
    near = sorted((one for one in others if today - WITHIN <= one.on <= today), key=lambda o: o.no)
    threshold = thresholds(today).procurement
    together = total([ceiling, *(one.ceiling for one in near)])
    if funds is not Funds.FISCAL or not near or together < threshold:
        return None
    return Doubt(tuple(one.no for one in near), together, threshold)
