"""Which track a procurement belongs to, and whether it has to be tendered: T1 to T6.

Pure: facts of the procurement and the thresholds in force go in, a decision with its article comes
out. Thresholds that provinces set are handed in; the amounts here stand until they are entered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from market.kernel.errors import Refusal
from market.kernel.ids import Track
from market.kernel.law import Article, Dated, Standing, in_force, platform_rule
from market.kernel.money import Money

GUANGDONG: Final = "44"  # first two digits of the province's region codes


class Subject(StrEnum):
    """What is bought, granted or sold."""

    WORKS = "works"
    GOODS_FOR_WORKS = "goods-for-works"
    SURVEY_OR_DESIGN = "survey-or-design"
    SUPERVISION = "supervision"
    GOODS = "goods"
    SERVICES = "services"
    INTERMEDIARY = "intermediary"
    LAND = "land"
    MINING = "mining"
    STATE_ASSETS = "state-assets"


TIED_TO_WORKS: Final = frozenset(
    {Subject.WORKS, Subject.GOODS_FOR_WORKS, Subject.SURVEY_OR_DESIGN, Subject.SUPERVISION}
)
"""Works, and goods and services inseparable from them."""


class FundSource(StrEnum):
    """Whose money it is."""

    FISCAL = "fiscal"
    STATE_OWNED = "state-owned"
    OTHER = "other"


class Tendering(StrEnum):
    """What the law says about tendering this procurement."""

    MANDATORY = "mandatory"
    CHOSEN = "chosen"
    NOT_TENDERED = "not-tendered"


@dataclass(frozen=True, slots=True)
class Procurement:
    """What decides the track. `tendered`: the owner means to call for tenders."""

    subject: Subject
    funds: FundSource
    estimate: Money
    tendered: bool
    in_catalogue: bool
    region: str


WORKS_ART: Final = Article("政府采购法实施条例第七条", "Procurement Regulation art. 7")
WORKS_UNTENDERED: Final = Article("政府采购法实施条例第二十五条", "Procurement Regulation art. 25")
PROCUREMENT_ART: Final = Article("政府采购法第二条", "Government Procurement Law art. 2")
OPEN_TENDER_ART: Final = Article("政府采购法第二十七条", "Government Procurement Law art. 27")
SUPERMARKET_ART: Final = Article(
    "广东省优化营商环境条例第四十三条", "Guangdong Business Environment Regulation art. 43"
)
MINERAL_ART: Final = Article("矿产资源法第十七条", "Mineral Resources Law art. 17")
LAND_ART: Final = Article(
    "土地管理法实施条例第十八条", "Regulation on the Land Administration Law art. 18"
)
ASSETS_ART: Final = Article(
    "企业国有资产交易监督管理办法", "Measures for state-owned asset transactions", Standing.MEMORY
)
SIZE_ART: Final = Article(
    "必须招标的工程项目规定第五条", "Projects that must be tendered, art. 5", Standing.MEMORY
)
FREE: Final = platform_rule("未达强制标准，自愿进场", "Below every duty: the platform is a choice")

_SIZE_SINCE: Final = date(2018, 6, 1)
_GP_ART: Final = Article(
    "国办发〔2019〕55号（中央预算单位标准）",
    "State Council Office paper 55 of 2019 (central budget)",
    Standing.MEMORY,
)
_GP_SINCE: Final = date(2020, 1, 1)


def _size(yuan: str) -> tuple[Dated[Money], ...]:
    return (Dated(Money.from_yuan(yuan), SIZE_ART, _SIZE_SINCE),)


MUST_TENDER: Final[Mapping[Subject, tuple[Dated[Money], ...]]] = MappingProxyType(
    {
        Subject.WORKS: _size("4000000"),
        Subject.GOODS_FOR_WORKS: _size("2000000"),
        Subject.SURVEY_OR_DESIGN: _size("1000000"),
        Subject.SUPERVISION: _size("1000000"),
    }
)
"""T6: from this estimate on (inclusive) works with public money must be tendered."""
PROCUREMENT_FROM: Final = (Dated(Money.from_yuan("1000000"), _GP_ART, _GP_SINCE),)
OPEN_TENDER_FROM: Final = (Dated(Money.from_yuan("2000000"), _GP_ART, _GP_SINCE),)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The amounts in force on a day for a region; each threshold itself is reached."""

    procurement: Money
    open_tender: Money
    must_tender: Mapping[Subject, Money] = field(default_factory=dict)
    supermarket_elsewhere: bool = False
    """Whether the municipality makes the supermarket a duty outside Guangdong."""


def thresholds(on: date) -> Thresholds:
    """The thresholds that stand on a day where no province or city has entered its own."""
    return Thresholds(
        procurement=in_force(PROCUREMENT_FROM, on).value,
        open_tender=in_force(OPEN_TENDER_FROM, on).value,
        must_tender={subject: in_force(dated, on).value for subject, dated in MUST_TENDER.items()},
    )


@dataclass(frozen=True, slots=True)
class TrackDecision:
    """The track, by which rule; None means that no law names one and the owner may choose.

    `approval_for_other_method` says that another method than open tender needs the prior approval
    of the finance department of the city (T4).
    """

    track: Track | None
    rule: str
    article: Article
    tendering: Tendering
    approval_for_other_method: bool = False


def decide_track(facts: Procurement, limits: Thresholds) -> TrackDecision:
    """The track of a procurement.

    `Refusal`s: "tender-mandatory" for state-funded works of size that shall not be tendered (T6);
    "no-track" for works without public money that are not tendered: nothing here is for them.
    """
    if facts.subject in TIED_TO_WORKS:
        return _works(facts, limits)
    if facts.subject is Subject.MINING:
        return TrackDecision(Track.LAND, "LND", MINERAL_ART, Tendering.CHOSEN)
    if facts.subject is Subject.LAND:
        return TrackDecision(Track.LAND, "LND", LAND_ART, Tendering.CHOSEN)
    if facts.subject is Subject.STATE_ASSETS:
        return TrackDecision(Track.ASSETS, "AST", ASSETS_ART, Tendering.NOT_TENDERED)
    return _goods_or_services(facts, limits)


def refuse_unless_track(declared: Track, facts: Procurement, limits: Thresholds) -> TrackDecision:
    """Go on only if the declared track is the one the facts lead to.

    `Refusal` "track-differs" names the right one with its article. Where no law names a track,
    government procurement and the supermarket may be chosen.
    """
    decision = decide_track(facts, limits)
    allowed = _CHOOSABLE if decision.track is None else {decision.track}
    if declared not in allowed:
        right = "、".join(sorted(track.value for track in allowed))
        raise Refusal(
            "track-differs",
            zh=f"按所填情况应适用 {right} 类规则，而非 {declared.value}",
            en=f"What you entered belongs to {right.replace('、', ' or ')}, not to"
            f" {declared.value}",
            article=decision.article,
        )
    return decision


_CHOOSABLE: Final = frozenset({Track.GOVERNMENT, Track.SUPERMARKET})


def _works(facts: Procurement, limits: Thresholds) -> TrackDecision:
    public = facts.funds is not FundSource.OTHER
    smallest = limits.must_tender.get(facts.subject)
    mandatory = public and smallest is not None and facts.estimate >= smallest
    if facts.tendered:
        if mandatory:
            return TrackDecision(Track.ENGINEERING, "T6", SIZE_ART, Tendering.MANDATORY)
        return TrackDecision(Track.ENGINEERING, "T1", WORKS_ART, Tendering.CHOSEN)
    if mandatory:
        raise Refusal(
            "tender-mandatory",
            zh=f"该项目估算价达到必须招标的规模标准（{smallest}元），须招标",
            en=f"The estimate reaches the size that must be tendered ({smallest} yuan)",
            article=SIZE_ART,
        )
    if facts.funds is FundSource.FISCAL:
        return TrackDecision(Track.GOVERNMENT, "T2", WORKS_UNTENDERED, Tendering.NOT_TENDERED)
    raise Refusal(
        "no-track",
        zh="该项目不使用财政资金且不招标，无须进场交易；如需进场请选择招标",
        en="These works use no fiscal money and are not tendered: no procedure here applies."
        " Choose tendering to use the platform",
        article=WORKS_ART,
    )


def _goods_or_services(facts: Procurement, limits: Thresholds) -> TrackDecision:
    bound = facts.funds is FundSource.FISCAL and (
        facts.in_catalogue or facts.estimate >= limits.procurement
    )
    if bound and facts.estimate >= limits.open_tender:
        return TrackDecision(
            Track.GOVERNMENT,
            "T4",
            OPEN_TENDER_ART,
            Tendering.MANDATORY if facts.tendered else Tendering.NOT_TENDERED,
            approval_for_other_method=not facts.tendered,
        )
    if bound:
        return TrackDecision(Track.GOVERNMENT, "T3", PROCUREMENT_ART, _chosen(facts))
    if facts.subject is Subject.INTERMEDIARY and facts.funds is FundSource.FISCAL:
        if facts.region.startswith(GUANGDONG):
            return TrackDecision(Track.SUPERMARKET, "T5", SUPERMARKET_ART, Tendering.NOT_TENDERED)
        if limits.supermarket_elsewhere:
            return TrackDecision(Track.SUPERMARKET, "T5", _LOCAL, Tendering.NOT_TENDERED)
    return TrackDecision(None, "FREE", FREE, _chosen(facts))


_LOCAL: Final = platform_rule(
    "本市规定小额中介服务须进网上中介超市",
    "This city sends small intermediary services to the supermarket",
)


def _chosen(facts: Procurement) -> Tendering:
    return Tendering.CHOSEN if facts.tendered else Tendering.NOT_TENDERED
