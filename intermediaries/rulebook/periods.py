"""Periods of the supermarket, S01 to S12, each with its source and the day it began.

No statute sets them but one (payment to small firms): they are rules of this platform, which the
municipality may set otherwise, within the law where there is one. The first day does not count, a
last day that is a rest day moves on, and the last day ends at 24:00 (Civil Code, arts 201-203).
What belongs to the bundled clock (S08, S09) is counted there in working hours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from market.kernel.errors import BadInput, Refusal
from market.kernel.law import Article, Dated, Standing, in_force, platform_rule
from market.kernel.workdays import WorkCalendar, end_of, legal_day

SINCE: Final = date(2003, 1, 1)
"""Rules of this platform hold for every procedure it can carry."""


class Unit(StrEnum):
    """What a period is counted in; `CONTRACT`: working days, as many as the contract says."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    CONTRACT = "contract"


class Bound(StrEnum):
    """`AT_MOST`: done by then. `AT_LEAST`: open until then or longer. `LASTS`: closes then."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    LASTS = "lasts"


@dataclass(frozen=True, slots=True)
class Length:
    """So many days by default, and the fewest and most that a law allows, both included.

    A default of None stands where only the contract says.
    """

    default: int | None
    legal_min: int | None = None
    legal_max: int | None = None

    def allows(self, days: int) -> bool:
        """Whether the law lets a city or a contract set so many days."""
        return (self.legal_min is None or days >= self.legal_min) and (
            self.legal_max is None or days <= self.legal_max
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One period: from what to what, how long, what binds, and what follows when it is over."""

    id: str
    zh: str
    en: str
    starts: tuple[str, str]
    ends: tuple[str, str]
    bound: Bound
    unit: Unit
    versions: tuple[Dated[Length], ...]
    then: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class LocalPeriods:
    """The municipality's own lengths by id; made by `adopt`, which refuses looser ones."""

    days: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))


NO_LOCAL_PERIODS: Final = LocalPeriods()


def _rule(days: int | None, zh: str, en: str) -> tuple[Dated[Length], ...]:
    return (Dated(Length(days), platform_rule(zh, en), SINCE),)


ENTRY_CHECK: Final = Period(
    id="S01",
    zh="入驻核查",
    en="check of an entry",
    starts=("材料齐全", "complete material"),
    ends=("核查结论", "the outcome of the check"),
    bound=Bound.AT_MOST,
    unit=Unit.WORKING_DAY,
    versions=_rule(3, "材料齐全后3个工作日内核查", "checked within 3 working days"),
)
NOTICE_CHECK: Final = Period(
    id="S02",
    zh="公告审核",
    en="check of a notice",
    starts=("需求提交", "the demand"),
    ends=("公告发布", "publication of the notice"),
    bound=Bound.AT_MOST,
    unit=Unit.WORKING_DAY,
    versions=_rule(1, "1个工作日内审核完整性", "checked for completeness within a working day"),
)
ENROLMENT_FISCAL: Final = Period(
    id="S03",
    zh="报名期（财政资金）",
    en="time to enrol, fiscal funds",
    starts=("公告发布", "publication of the notice"),
    ends=("报名截止", "the end of enrolment"),
    bound=Bound.AT_LEAST,
    unit=Unit.WORKING_DAY,
    versions=_rule(3, "财政资金项目报名期不少于3个工作日", "at least 3 working days to enrol"),
)
ENROLMENT_OTHER: Final = Period(
    id="S03.other",
    zh="报名期（非财政资金）",
    en="time to enrol, other funds",
    starts=("公告发布", "publication of the notice"),
    ends=("报名截止", "the end of enrolment"),
    bound=Bound.AT_LEAST,
    unit=Unit.WORKING_DAY,
    versions=_rule(1, "其他项目报名期不少于1个工作日", "at least 1 working day to enrol"),
)
RESULT_NOTICE: Final = Period(
    id="S04",
    zh="中选公告",
    en="notice of the result",
    starts=("选取", "the selection"),
    ends=("中选公告", "the notice of the result"),
    bound=Bound.AT_MOST,
    unit=Unit.WORKING_DAY,
    versions=_rule(0, "选取当日公告", "published on the day of the selection"),
)
OBJECTION_FISCAL: Final = Period(
    id="S05",
    zh="中选异议期（财政资金）",
    en="time to object to a result, fiscal funds",
    starts=("中选公告", "the notice of the result"),
    ends=("异议期满", "the end of objections"),
    bound=Bound.LASTS,
    unit=Unit.WORKING_DAY,
    versions=_rule(1, "中选公告后1个工作日内可提出异议", "objections for a working day"),
)
COMPLAINING: Final = Period(
    id="S05.complaint",
    zh="对中选异议答复的投诉期",
    en="time to complain about the answer to an objection",
    starts=("答复，或答复期满", "the answer, or the end of the time for it"),
    ends=("投诉期满", "the end of complaints"),
    bound=Bound.LASTS,
    unit=Unit.WORKING_DAY,
    versions=_rule(
        10,
        "答复后或答复期满后10个工作日内可向中心管理办投诉",
        "complaints to the management office for 10 working days after the answer or its time",
    ),
)
COMPLAINT_REPLY: Final = Period(
    id="S05.reply",
    zh="中选投诉处理",
    en="decision on a complaint about a result",
    starts=("投诉", "the complaint"),
    ends=("处理决定", "the decision"),
    bound=Bound.AT_MOST,
    unit=Unit.WORKING_DAY,
    versions=_rule(10, "中心管理办10个工作日内处理投诉", "decided within 10 working days"),
)
CONFIRMATION: Final = Period(
    id="S06",
    zh="中选确认",
    en="confirmation by the agency",
    starts=("中选公告", "the notice of the result"),
    ends=("中介机构确认", "the confirmation"),
    bound=Bound.AT_MOST,
    unit=Unit.WORKING_DAY,
    versions=_rule(2, "2个工作日内确认，逾期视为放弃", "confirmed within 2 working days"),
    then=("视为放弃中选", "deemed given up"),
)
SIGNING: Final = Period(
    id="S07",
    zh="签约",
    en="signing of the contract",
    starts=("中选公告", "the notice of the result"),
    ends=("合同签订", "the signed contract"),
    bound=Bound.AT_MOST,
    unit=Unit.WORKING_DAY,
    versions=_rule(5, "自结果公告起5个工作日内签约", "signed within 5 working days of the result"),
)
SERVICE: Final = Period(
    id="S08",
    zh="服务时限",
    en="time of the service",
    starts=("委托生效", "the commission"),
    ends=("成果提交", "delivery"),
    bound=Bound.AT_MOST,
    unit=Unit.CONTRACT,
    versions=_rule(None, "以合同约定的工作日计", "as many working days as the contract says"),
)
OWNER_ACCEPTANCE: Final = Period(
    id="S09",
    zh="业主验收",
    en="acceptance by the owner",
    starts=("成果送达业主", "delivery to the owner"),
    ends=("验收或退回", "acceptance or return"),
    bound=Bound.AT_MOST,
    unit=Unit.WORKING_DAY,
    versions=_rule(
        2, "2个工作日内验收，逾期按已验收计时", "accepted within 2 working days, else deemed so"
    ),
    then=("计时上视为已验收", "deemed accepted by the clock"),
)
RATING: Final = Period(
    id="S10",
    zh="评价",
    en="rating",
    starts=("审批决定", "the decision"),
    ends=("评价", "the rating"),
    bound=Bound.AT_MOST,
    unit=Unit.WORKING_DAY,
    versions=_rule(10, "10个工作日内评价，逾期按中性分", "rated within 10 working days"),
    then=("按中性分3.5星", "the neutral 3.5 stars"),
)
FILING: Final = Period(
    id="S11",
    zh="成果与合同备案",
    en="filing of deliverable and contract",
    starts=("办结", "the completion"),
    ends=("备案", "the filing"),
    bound=Bound.AT_MOST,
    unit=Unit.CALENDAR_DAY,
    versions=(
        Dated(
            Length(180),
            Article(
                "网上中介超市公开做法：180日内备案",
                "published practice of intermediary supermarkets: filing in 180 days",
                Standing.MEMORY,
            ),
            SINCE,
        ),
    ),
)
PAYMENT: Final = Period(
    id="S12",
    zh="付款（机关、事业单位向中小企业）",
    en="payment by public bodies to small firms",
    starts=("成果验收", "acceptance"),
    ends=("付款", "payment"),
    bound=Bound.AT_MOST,
    unit=Unit.CALENDAR_DAY,
    versions=(
        Dated(
            Length(30, legal_max=30),
            Article(
                "《保障中小企业款项支付条例》第九条",
                "Regulation on Payments to Small and Medium Enterprises, art. 9",
            ),
            date(2025, 6, 1),
        ),
    ),
)

PERIODS: Final[Mapping[str, Period]] = MappingProxyType(
    {
        each.id: each
        for each in (
            ENTRY_CHECK,
            NOTICE_CHECK,
            ENROLMENT_FISCAL,
            ENROLMENT_OTHER,
            RESULT_NOTICE,
            OBJECTION_FISCAL,
            COMPLAINING,
            COMPLAINT_REPLY,
            CONFIRMATION,
            SIGNING,
            SERVICE,
            OWNER_ACCEPTANCE,
            RATING,
            FILING,
            PAYMENT,
        )
    }
)
"""Every period by id."""


def adopt(days: Mapping[str, int], on: date) -> LocalPeriods:
    """A city's own lengths, each checked against the law in force on a day.

    `BadInput` "unknown-period", "period-below-zero"; `Refusal` "looser-than-law".
    """
    for key, value in days.items():
        period = PERIODS.get(key)
        if period is None or period.unit is Unit.CONTRACT:
            raise BadInput(
                "unknown-period",
                zh=f"没有可由本市设定的期限{key}",
                en=f"There is no period {key} that a city sets",
            )
        _checked(period, value, on)
    return LocalPeriods(days)


def length(period: Period, on: date, local: LocalPeriods = NO_LOCAL_PERIODS) -> int:
    """How many days a period has in a procedure published on a day: the city's own or the default.

    `ValueError` for one that only a contract sets. A local length that newer law made too loose
    gives way to its edge.
    """
    law = in_force(period.versions, on).value
    days = local.days.get(period.id, law.default)
    if days is None:
        raise ValueError(f"{period.id} is set by the contract")
    if law.legal_max is not None:
        days = min(days, law.legal_max)
    return days if law.legal_min is None else max(days, law.legal_min)


def closes(
    period: Period,
    since: datetime,
    calendar: WorkCalendar,
    *,
    on: date,
    days: int | None = None,
    local: LocalPeriods = NO_LOCAL_PERIODS,
) -> datetime:
    """The last moment of a period that began at `since`: what happens at it is still in time.

    `days` is what the contract says where it says; refused as in `adopt` where looser than the law.
    `on` is the day whose rules hold. `CalendarNotPublished` in a year without holidays.
    """
    if days is None:
        days = length(period, on, local)
    else:
        _checked(period, days, on)
    start = legal_day(since)
    if period.unit is Unit.CALENDAR_DAY:
        return end_of(calendar.add_calendar_days(start, days))
    return end_of(calendar.add_working_days(start, days))


def _checked(period: Period, days: int, on: date) -> None:
    if isinstance(days, bool) or not isinstance(days, int) or days < 0:
        raise BadInput(
            "period-below-zero",
            zh=f"{period.id}（{period.zh}）应为不小于零的整日数",
            en=f"{period.id} ({period.en}) is a whole number of days, not below zero",
        )
    law = in_force(period.versions, on)
    if not law.value.allows(days):
        raise Refusal(
            "looser-than-law",
            zh=f"{period.id}（{period.zh}）不能设为{days}日，超出法定范围",
            en=f"{period.id} ({period.en}) cannot be {days} days: the law does not allow it",
            article=law.article,
        )
