"""States of a panel, what a plan must hold, how substitutes are shared out, who may see names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bidding.rulebook.panels import alternates_needed
from market.experts.rules.articles import SIGNING_IN, TENDERING_RULES_48
from market.kernel.errors import BadInput, Refusal
from market.kernel.law import Article, Standing, platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table

PURPOSE: Final = "panel"
"""The purpose of the draw, one for each tender."""
ORDER_87_47: Final = Article(
    "政府采购货物和服务招标投标管理办法（财政部令第87号）第四十七条",
    "Ministry of Finance Order 87, art. 47",
)
SECRET: Final = Article(
    "政府采购法实施条例第四十三条", "Regulation on the Government Procurement Law art. 43"
)
REPRESENTATIVE: Final = Article(
    "财政部令第87号第四十五条", "Ministry of Finance Order 87, art. 45", Standing.MEMORY
)
DRAWN: Final = platform_rule("评审专家抽取", "Draw of the panel")


class PanelState(StrEnum):
    """How far a panel is. `COMPLETE`: everybody has said yes; `SEATED`: everybody has come."""

    DRAWING = "drawing"
    COMPLETE = "complete"
    SEATED = "seated"
    ENDED = "ended"


class PanelAction(StrEnum):
    """What may happen to a panel; `REOPEN` when a seat falls free."""

    COMPLETE = "complete"
    REOPEN = "reopen"
    SEAT = "seat"
    END = "end"


_S, _A, _BY = PanelState, PanelAction, Permission.HOUSE_ACT

PANEL_TABLE: Final = Table(
    "panel",
    start=_S.DRAWING,
    moves=(
        Move(_S.DRAWING, _A.COMPLETE, _S.COMPLETE, _BY, DRAWN),
        Move(_S.COMPLETE, _A.REOPEN, _S.DRAWING, _BY, TENDERING_RULES_48),
        Move(_S.COMPLETE, _A.SEAT, _S.SEATED, _BY, SIGNING_IN),
        Move(_S.SEATED, _A.REOPEN, _S.DRAWING, _BY, TENDERING_RULES_48),
        Move(_S.DRAWING, _A.END, _S.ENDED, _BY, SECRET),
        Move(_S.COMPLETE, _A.END, _S.ENDED, _BY, SECRET),
        Move(_S.SEATED, _A.END, _S.ENDED, _BY, SECRET),
    ),
)


@dataclass(frozen=True, slots=True)
class StratumPlan:
    """Seats for one field: its name as invitations say it, codes of specialties, seats."""

    name: str
    specialties: tuple[str, ...]
    quota: int


def refuse_unless_planned(
    size: int, experts: int, representatives: int, strata: Sequence[StratumPlan]
) -> None:
    """Go on only if the seats add up: experts by stratum, the rest for the purchaser.

    `BadInput` "panel-plan" names what does not fit.
    """
    total = sum(item.quota for item in strata)
    names = [item.name for item in strata]
    faults = {
        "strata": (
            bool(strata)
            and len(set(names)) == len(names)
            and all(item.quota >= 1 and item.specialties for item in strata),
            "每个专业层须有名称、专业代码和至少一个席位，名称不重复",
            "Each stratum has a name of its own, specialties and at least one seat",
        ),
        "experts": (
            total == experts,
            f"各专业席位之和（{total}）应等于专家人数（{experts}）",
            f"The seats of all strata ({total}) make the number of experts ({experts})",
        ),
        "representatives": (
            representatives == size - experts,
            f"采购人代表应为{size - experts}人，现为{representatives}人",
            f"There are {size - experts} representatives of the purchaser, not {representatives}",
        ),
    }
    wrong = {name: (zh, en) for name, (fits, zh, en) in faults.items() if not fits}
    if wrong:
        zh, en = next(iter(wrong.values()))
        raise BadInput("panel-plan", zh=zh, en=en, fields=wrong)


def substitutes_for(size: int, strata: Sequence[StratumPlan]) -> tuple[int, ...]:
    """How many substitutes each stratum foresees: together as many as seats, each at least one."""
    experts = sum(item.quota for item in strata)
    wanted = alternates_needed(size)
    return tuple(max(1, -(-wanted * item.quota // experts)) for item in strata)


def refuse_representative(reason: str) -> Refusal:
    """The refusal of a representative who may not sit.

    `reason`: "stranger", "expert", "agent-staff", "bidder-staff", "named" (already on the panel or
    gone from it), "no-seat" (every seat of the purchaser is taken) or "came" (has signed in).
    """
    words = {
        "stranger": (
            "采购人代表须为采购人本单位在平台登记的人员",
            "A representative is somebody of the purchaser with an account here",
        ),
        "expert": (
            "采购人代表不得以评审专家身份参加本单位项目",
            "A representative is not an expert of the register",
        ),
        "agent-staff": (
            "代理机构人员不得担任采购人代表",
            "Staff of the agent do not represent the purchaser",
        ),
        "bidder-staff": (
            "与投标人有任职关系的，不得参加评审，另行指定采购人代表",
            "Whoever works for a bidder does not sit on its panel: name another representative",
        ),
        "named": (
            "此人已是或曾是本项目的采购人代表，另选一人",
            "This person is or was a representative on this panel: choose another",
        ),
        "no-seat": (
            "采购人代表已满，先选由谁替换谁",
            "Every seat of the purchaser is taken: say whom the new one replaces",
        ),
        "came": (
            "已签到或评审已开始，不能更换采购人代表",
            "Who has signed in is not replaced, nor anybody once the evaluation has begun",
        ),
    }
    zh, en = words[reason]
    return Refusal(
        f"representative-{reason}",
        zh=zh,
        en=en,
        article=REPRESENTATIVE,
        fields={"representatives": (zh, en), "person": (zh, en)},
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks for a panel's names."""

    supervises: bool = False
    is_member: bool = False
    is_centre: bool = False


def may_see_names(
    reader: Reader, *, all_signed_in: bool, result_published_at: datetime | None, now: datetime
) -> bool:
    """Whether a reader may see all names now (visibility of a panel).

    Members and the centre once all have signed in, the supervisor likewise; owner, agent and
    everybody else with the result notice, its own moment included.
    """
    if result_published_at is not None and now >= result_published_at:
        return True
    return all_signed_in and (reader.supervises or reader.is_member or reader.is_centre)
