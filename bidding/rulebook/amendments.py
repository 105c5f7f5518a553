"""Amendments of a published tender: when the bid deadline has to move, and to which moment.

A change that may affect the preparation of bids leaves fifteen times 24 hours (E05, G06); where new
bids are required, never less than five working days. The deadline moves only as far as the
rules make it: to the same hour of the first working day that leaves enough.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bidding.rulebook import engineering, platform_rules, procurement
from bidding.rulebook.numbers import NO_LOCAL_RULES, LocalRules
from bidding.rulebook.plan import Plan
from bidding.rulebook.why import shown_moment
from market.kernel.clock import aware
from market.kernel.errors import BadInput, Refusal
from market.kernel.ids import Track
from market.kernel.law import Article
from market.kernel.workdays import (
    WorkCalendar,
    at_time,
    days_after,
    legal_day,
    wall_time,
)

_HOURS_A_DAY: Final = 24
_PERIODS: Final = {
    Track.GOVERNMENT: procurement.AMENDMENT,
    Track.ENGINEERING: engineering.AMENDMENT,
}


class AmendmentKind(StrEnum):
    """What an amendment does to bids already sent.

    `EXPLAINS`: they stand. `REQUIRES_NEW`: they are released, and everybody bids anew.
    """

    EXPLAINS = "explains"
    REQUIRES_NEW = "requires_new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A clarification or change as it is about to be published.

    `affects_preparation` False is for words that change nothing a bidder prepares; it is taken as
    True where new bids are required. `deadline` is a later one the owner chooses freely.
    """

    announced_at: datetime
    kind: AmendmentKind
    affects_preparation: bool = True
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """The deadline after an amendment, whether it moved, and the rule that moved it last.

    `plan` is the plan with the new deadline; an evaluation planned for before it is left open
    again, so that it follows the opening.
    """

    deadline: datetime
    moved: bool
    rule: str | None
    article: Article | None
    zh: str
    en: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class _Demand:
    deadline: datetime
    rule: str
    article: Article
    zh: str
    en: str


def amend(
    track: Track,
    plan: Plan,
    deadline: datetime,
    amendment: Amendment,
    calendar: WorkCalendar,
    *,
    local: LocalRules = NO_LOCAL_RULES,
) -> Amended:
    """What an amendment does to the bid deadline now in force.

    Refusals: "amendment-after-deadline" at the deadline or later; "date-too-early" for a chosen
    deadline before the one now in force or before what the rules leave;
    "deadline-on-rest-day"; `CalendarNotPublished`; `BadInput` "no-timetable" for other tracks.
    """
    announced, deadline = aware(amendment.announced_at), aware(deadline)
    if announced >= deadline:
        raise Refusal(
            "amendment-after-deadline",
            zh=f"投标已于{shown_moment(deadline)}截止，不能再澄清或修改招标文件",
            en=f"Bids closed at {shown_moment(deadline)}; the documents can no longer be amended",
        )
    demands = _demands(track, plan, deadline, amendment, calendar, local)
    strictest = max(demands, key=lambda demand: demand.deadline, default=None)
    chosen = None if amendment.deadline is None else aware(amendment.deadline)
    if chosen is not None:
        _refuse_early(chosen, deadline, strictest)
        _refuse_rest_day(chosen, calendar)
    ruled = deadline if strictest is None else strictest.deadline
    return _amended(plan, deadline, ruled if chosen is None else chosen, strictest)


def _demands(
    track: Track,
    plan: Plan,
    deadline: datetime,
    amendment: Amendment,
    calendar: WorkCalendar,
    local: LocalRules,
) -> list[_Demand]:
    """What each rule asks for; only demands that move the deadline are kept."""
    period = _PERIODS.get(track)
    if period is None:
        raise BadInput(
            "no-timetable",
            zh=f"{track.value}没有公开招标时间表",
            en=f"{track.value} has no timetable of an open tender",
        )
    on, announced = legal_day(plan.published_at), aware(amendment.announced_at)
    found: list[_Demand] = []
    if amendment.affects_preparation or amendment.kind is AmendmentKind.REQUIRES_NEW:
        rule = period.number.effective(on, local)
        needed = announced + timedelta(hours=rule.value * _HOURS_A_DAY)
        if needed > deadline:
            found.append(
                _Demand(
                    _same_hour(needed, deadline, calendar),
                    period.id,
                    rule.article,
                    f"可能影响投标文件编制的澄清修改须在投标截止至少{rule.value}日"
                    f"（{rule.value}×24小时）前发布",
                    f"a change that may affect preparation comes at least {rule.value} days"
                    f" ({rule.value} × 24 hours) before the bid deadline",
                )
            )
    if amendment.kind is AmendmentKind.REQUIRES_NEW:
        new_bids = platform_rules.NEW_BIDS
        rule = new_bids.number.effective(on, local)
        day = calendar.add_working_days(legal_day(announced), rule.value)
        if day > legal_day(deadline):
            found.append(
                _Demand(
                    at_time(day, wall_time(deadline)),
                    new_bids.id,
                    rule.article,
                    f"要求重新投标的，至少留出{rule.value}个工作日",
                    f"where new bids are required, at least {rule.value} working days are left",
                )
            )
    return found


def _same_hour(needed: datetime, deadline: datetime, calendar: WorkCalendar) -> datetime:
    """The first working day whose wall time of the old deadline is not before `needed`."""
    hour, day = wall_time(deadline), legal_day(needed)
    if at_time(day, hour) < needed:
        day = days_after(day, 1)
    return at_time(calendar.first_working_day_on_or_after(day), hour)


def _refuse_early(chosen: datetime, deadline: datetime, strictest: _Demand | None) -> None:
    if chosen < deadline:
        raise Refusal(
            "date-too-early",
            zh=f"投标截止只能推迟，不能早于{shown_moment(deadline)}",
            en=f"The bid deadline can only move later than {shown_moment(deadline)}",
        )
    if strictest is not None and chosen < strictest.deadline:
        raise Refusal(
            "date-too-early",
            zh=f"投标截止不能早于{shown_moment(strictest.deadline)}："
            f"{strictest.zh}（{strictest.rule}）",
            en=f"The bid deadline cannot be before {shown_moment(strictest.deadline)}:"
            f" {strictest.en} ({strictest.rule})",
            article=strictest.article,
        )


def _refuse_rest_day(chosen: datetime, calendar: WorkCalendar) -> None:
    day: date = legal_day(chosen)
    if not calendar.is_working(day):
        raise Refusal(
            "deadline-on-rest-day",
            zh=f"投标截止不能在休息日（{day}），应改为工作日（TM9）",
            en=f"The bid deadline cannot be on a rest day ({day}); choose a working day (TM9)",
        )


def _amended(plan: Plan, old: datetime, new: datetime, strictest: _Demand | None) -> Amended:
    evaluation = plan.evaluation_at
    if evaluation is not None and evaluation < new:
        evaluation = None
    if new == old:
        zh, en = "投标截止不变", "the bid deadline stays"
    else:
        zh = f"投标截止由{shown_moment(old)}推迟至{shown_moment(new)}"
        en = f"the bid deadline moves from {shown_moment(old)} to {shown_moment(new)}"
    if strictest is not None:
        zh += f"：{strictest.zh}（{strictest.rule}，{strictest.article.cite('zh')}）"
        en += f": {strictest.en} ({strictest.rule}, {strictest.article.cite('en')})"
    return Amended(
        deadline=new,
        moved=new != old,
        rule=strictest.rule if strictest else None,
        article=strictest.article if strictest else None,
        zh=zh,
        en=en,
        plan=replace(plan, bid_deadline=new, evaluation_at=evaluation),
    )
