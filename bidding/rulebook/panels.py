"""How many sit on an evaluation panel, and how many of them must be drawn experts."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from bidding.rulebook.numbers import (
    NO_LOCAL_RULES,
    Bounds,
    Effective,
    LegalNumber,
    LocalRules,
    Measure,
    at_least,
)
from bidding.rulebook.procedures import Procedure
from bidding.rulebook.sources import BIDDING_LAW, ORDER_74, ORDER_87, PROCUREMENT_LAW
from market.kernel.errors import BadInput, Refusal
from market.kernel.ids import Track
from market.kernel.law import Article, Dated
from market.kernel.money import Money

_LEAST_ALTERNATES: Final = 2


def _seats(
    key: str, zh: str, en: str, least: int, article: Article, since: date
) -> LegalNumber[int]:
    return LegalNumber(key, zh, en, Measure.PERSONS, at_least(least, article, since))


def _experts(key: str, article: Article, since: date) -> LegalNumber[Fraction]:
    share = Bounds(Fraction(2, 3), legal_min=Fraction(2, 3))
    return LegalNumber(
        key, "专家所占比例", "share of experts", Measure.SHARE, (Dated(share, article, since),)
    )


ENGINEERING_SEATS: Final = _seats(
    "ENG.panel_min",
    "评标委员会最少人数",
    "smallest panel",
    5,
    BIDDING_LAW.article(37),
    BIDDING_LAW.since,
)
TENDER_SEATS: Final = _seats(
    "GP.panel_min",
    "评标委员会最少人数",
    "smallest panel of a tender",
    5,
    ORDER_87.article(47),
    ORDER_87.since,
)
LARGE_TENDER_SEATS: Final = _seats(
    "GP.panel_min_large",
    "预算较大、技术复杂或者社会影响较大项目评标委员会最少人数",
    "smallest panel of a large, complex or socially important tender",
    7,
    ORDER_87.article(47),
    ORDER_87.since,
)
NONTENDER_SEATS: Final = _seats(
    "GP.panel_min_nontender",
    "谈判、询价、磋商小组最少人数",
    "smallest panel without a tender",
    3,
    PROCUREMENT_LAW.article(38),
    PROCUREMENT_LAW.since,
)
LARGE_NONTENDER_SEATS: Final = _seats(
    "GP.panel_min_nontender_large",
    "达到公开招标数额标准的非招标项目小组最少人数",
    "smallest panel without a tender at the open-tender threshold",
    5,
    ORDER_74.remembered(7),
    ORDER_74.since,
)
LARGE_BUDGET: Final = LegalNumber(
    "GP.panel_large_budget",
    "评标委员会须七人以上的预算",
    "budget from which a panel has seven seats",
    Measure.MONEY,
    (
        Dated(
            Bounds(Money.from_yuan("10000000"), legal_max=Money.from_yuan("10000000")),
            ORDER_87.article(47),
            ORDER_87.since,
        ),
    ),
)
ENGINEERING_EXPERTS: Final = _experts(
    "ENG.panel_expert_share", BIDDING_LAW.article(37), BIDDING_LAW.since
)
TENDER_EXPERTS: Final = _experts("GP.panel_expert_share", ORDER_87.article(47), ORDER_87.since)
NONTENDER_EXPERTS: Final = _experts(
    "GP.panel_expert_share_nontender", PROCUREMENT_LAW.article(38), PROCUREMENT_LAW.since
)


@dataclass(frozen=True, slots=True)
class PanelDemand:
    """What the law asks of a panel: an odd number of at least so many, and a share of experts."""

    seats: Effective[int]
    experts: Effective[Fraction]


def panel_demand(
    track: Track,
    procedure: Procedure,
    budget: Money,
    on: date,
    *,
    local: LocalRules = NO_LOCAL_RULES,
    is_complex: bool = False,
    reaches_open_tender: bool = False,
) -> PanelDemand:
    """The demand on the panel of a procedure published on a day.

    From a budget of ten million yuan, itself included, or where the owner declares the project
    technically complex or of great social impact (`is_complex`), a procurement tender has seven.
    `reaches_open_tender`: a procedure without tender whose amount reaches the threshold.
    `BadInput` "no-panel-rule" for tracks and procedures without a panel.
    """
    if track is Track.ENGINEERING and procedure.is_tender:
        seats, experts = ENGINEERING_SEATS, ENGINEERING_EXPERTS
    elif track is Track.GOVERNMENT and procedure.is_tender:
        is_large = is_complex or budget >= LARGE_BUDGET.effective(on, local).value
        seats, experts = (LARGE_TENDER_SEATS if is_large else TENDER_SEATS), TENDER_EXPERTS
    elif track is Track.GOVERNMENT and procedure is not Procedure.SINGLE_SOURCE:
        seats = LARGE_NONTENDER_SEATS if reaches_open_tender else NONTENDER_SEATS
        experts = NONTENDER_EXPERTS
    else:
        raise BadInput(
            "no-panel-rule",
            zh="该类项目没有评审小组人数规则",
            en="This kind of procedure has no rule on the size of a panel",
        )
    return PanelDemand(seats.effective(on, local), experts.effective(on, local))


def experts_needed(seats: int, share: Fraction = Fraction(2, 3)) -> int:
    """The fewest experts on a panel of so many: the share of it, rounded up."""
    return -(-seats * share.numerator // share.denominator)


def alternates_needed(seats: int) -> int:
    """How many alternates are drawn in order besides: as many as seats, at least two."""
    return max(_LEAST_ALTERNATES, seats)


def refuse_unless_panel(demand: PanelDemand, seats: int, experts: int) -> None:
    """Refuse a panel the law does not allow.

    Refusals: "panel-too-small", "panel-even", "panel-experts-too-few". `BadInput`
    "panel-malformed" for more experts than seats, or fewer than none.
    """
    if not 0 <= experts <= seats:
        raise BadInput(
            "panel-malformed",
            zh=f"专家人数（{experts}）应在0与总人数（{seats}）之间",
            en=f"The number of experts ({experts}) lies between 0 and the seats ({seats})",
        )
    least = demand.seats.value
    if seats < least:
        raise Refusal(
            "panel-too-small",
            zh=f"评审小组不能少于{least}人，现为{seats}人",
            en=f"The panel has at least {least} members, not {seats}",
            article=demand.seats.article,
        )
    if seats % 2 == 0:
        raise Refusal(
            "panel-even",
            zh=f"评审小组人数应为单数，现为{seats}人",
            en=f"The panel has an odd number of members, not {seats}",
            article=demand.seats.law,
        )
    needed = experts_needed(seats, demand.experts.value)
    if experts < needed:
        raise Refusal(
            "panel-experts-too-few",
            zh=f"{seats}人的评审小组中专家不能少于{needed}人，现为{experts}人",
            en=f"A panel of {seats} has at least {needed} experts, not {experts}",
            article=demand.experts.article,
        )
