"""Every date of a case with the reason why it is this one, in both languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from market.approvals.rules import course as reckoning
from market.approvals.rules.cases import CaseState
from market.approvals.rules.course import Course
from market.approvals.rules.law import (
    ACCEPTANCE,
    AFTER_CORRECTION,
    DECISION,
    DELIVERY,
    NOT_COUNTED,
    PROMISE,
    SILENCE,
    TOLD_TIME,
    limits,
)
from market.kernel.law import Article
from market.kernel.workdays import (
    CalendarNotPublished,
    NotYetPublished,
    WorkCalendar,
    end_of,
    if_published,
    legal_day,
    wall_time,
)


@dataclass(frozen=True, slots=True)
class Why:
    """One date: which rule (P01 to P07), what, the day or moment, how it was counted, the article.

    `is_due`: a limit that is still to be kept.
    """

    rule: str
    what: tuple[str, str]
    when: date | datetime | NotYetPublished
    counted: tuple[str, str]
    article: Article | None = None
    is_due: bool = False


def timetable(course: Course, calendar: WorkCalendar) -> list[Why]:
    """All dates of a case in the order of its course; empty before it is received."""
    if course.received_at is None:
        return []
    rows = list(_intake(course, calendar))
    if course.accepted_at is not None:
        rows += _pauses(course, calendar)
        rows += _decision(course, calendar)
    if course.decided_at is not None:
        rows += _delivery(course, calendar)
    return rows


def _intake(course: Course, calendar: WorkCalendar) -> Iterator[Why]:
    received = course.received_at
    if received is None:
        return
    days = limits(legal_day(received)).correction
    yield Why(
        "P06",
        ("收到材料，出具注明日期的回执", "Received; a dated receipt was given"),
        received,
        ("申请人递交之时", "the moment at which the applicant handed it in"),
        ACCEPTANCE,
    )
    if course.asked_at is not None:
        yield Why(
            "P01",
            ("一次性告知补正", "The applicant was told once what is missing"),
            course.asked_at,
            (f"收到之日起{days}个工作日内，只一次", f"within {days} working days, once only"),
            ACCEPTANCE,
        )
    if course.supplied_at is not None:
        yield Why(
            "P01",
            ("补正材料补齐", "Everything that was missing is there"),
            course.supplied_at,
            ("最后一项补齐之时", "the moment of the last of them"),
            ACCEPTANCE,
        )
    if course.state is CaseState.RECEIVED:
        yield _intake_limit(course, days, calendar)
    if course.accepted_at is not None:
        yield _acceptance(course, course.accepted_at)


def _intake_limit(course: Course, days: int, calendar: WorkCalendar) -> Why:
    corrected = course.supplied_at is not None
    began = ("补齐", "the correction") if corrected else ("收到", "the receipt")
    what = (
        ("最迟受理；逾期视为受理", "Last day to accept it; then it counts as accepted")
        if corrected
        else (
            "最迟受理或一次性告知补正；逾期视为受理",
            "Last day to accept or to say what is missing; then it counts as accepted",
        )
    )
    counted = (
        f"自{began[0]}次日起第{days}个工作日24:00",
        f"24:00 of working day {days} after {began[1]}, whose day does not count",
    )
    article = AFTER_CORRECTION if corrected else ACCEPTANCE
    last = if_published(reckoning.intake_day, course, calendar)
    return Why("P01", what, last, counted, article, is_due=True)


def _acceptance(course: Course, accepted: datetime) -> Why:
    if not course.by_silence:
        counted = ("部门受理之时", "the moment at which the department accepted it")
        return Why("P01", ("受理", "Accepted"), accepted, counted, ACCEPTANCE)
    began = ("补齐", "completed") if course.supplied_at else ("收到", "received")
    counted = (
        f"逾期未告知，自{began[0]}之日起即为受理",
        f"nothing was said in time: accepted from the day on which it was {began[1]}",
    )
    article = AFTER_CORRECTION if course.supplied_at else ACCEPTANCE
    return Why("P01", ("受理", "Accepted"), accepted, counted, article)


def _pauses(course: Course, calendar: WorkCalendar) -> Iterator[Why]:
    for pause in course.pauses:
        told = if_published(reckoning.told_day, pause, calendar)
        yield Why(
            "P04",
            ("时间停止计算，已书面告知", "Time stops counting; the applicant was told in writing"),
            pause.begun_at,
            (
                f"告知所需{pause.told_days}个工作日，当日仍计",
                f"{pause.told_days} working days were told; the day itself still counts",
            ),
            NOT_COUNTED,
        )
        if pause.ended_at is None:
            yield Why(
                "P04",
                ("最迟恢复计时", "Time counts again at the latest"),
                told,
                (
                    f"自停止次日起第{pause.told_days}个工作日24:00",
                    f"24:00 of working day {pause.told_days} after the stop",
                ),
                TOLD_TIME,
                is_due=True,
            )
        elif isinstance(told, date) and end_of(told) == pause.ended_at:
            # Nobody ended it: whatever is not done yet is the department's time from here on.
            yield Why(
                "P04",
                ("告知的期间届满，恢复计时", "The time that was told is over and counts again"),
                _shown(pause.ended_at),
                (
                    "事项尚未完成的，此后计入部门时限",
                    "what is not done by then is the department's time from here on",
                ),
                TOLD_TIME,
            )
        else:
            yield Why(
                "P04",
                ("恢复计时", "Time counts again"),
                _shown(pause.ended_at),
                ("事项完成之时", "the moment at which it was done"),
                NOT_COUNTED,
            )


def _decision(course: Course, calendar: WorkCalendar) -> Iterator[Why]:
    skipped = _skipped(course, calendar)
    is_due = course.decided_at is None
    terms = course.terms
    yield Why(
        "P07",
        ("承诺作出决定", "Decision promised by"),
        if_published(reckoning.promised_day, course, calendar),
        _counted(terms.promised, course.extended, skipped),
        PROMISE,
        is_due=is_due,
    )
    rule = "P03" if terms.joint else "P02"
    yield Why(
        rule,
        ("法定最迟作出决定", "Last day that the law allows"),
        if_published(reckoning.statutory_day, course, calendar),
        _counted(terms.statutory, course.extended, skipped),
        DECISION,
        is_due=is_due,
    )
    if terms.silence and is_due:
        yield Why(
            rule,
            ("逾期未决定视为同意", "After it, silence is consent"),
            if_published(reckoning.statutory_day, course, calendar),
            ("法定最迟日24:00", "24:00 of the last day that the law allows"),
            SILENCE,
        )


def _delivery(course: Course, calendar: WorkCalendar) -> Iterator[Why]:
    decided = course.decided_at
    if decided is None:
        return
    days = limits(reckoning.last_day_of(decided)).delivery
    if course.consented:
        counted = ("逾期未作决定之时", "24:00, when the time for a decision was over")
        yield Why("P02", ("视为同意", "Silence was consent"), _shown(decided), counted, SILENCE)
    else:
        counted = ("决定签发之时", "the moment of the decision")
        yield Why("P02", ("作出决定", "Decided"), decided, counted, DECISION)
    yield Why(
        "P05",
        ("最迟送达", "Last day to deliver it"),
        if_published(reckoning.delivery_day, course, calendar),
        (
            f"自决定次日起第{days}个工作日24:00",
            f"24:00 of working day {days} after the decision, whose day does not count",
        ),
        DELIVERY,
        is_due=course.delivered_at is None,
    )
    if course.delivered_at is not None:
        yield Why(
            "P05",
            ("送达", "Delivered"),
            course.delivered_at,
            ("申请人收到之时", "the moment at which the applicant had it"),
            DELIVERY,
        )


def _shown(at: datetime) -> date | datetime:
    """What followed at 24:00 of a day is shown as that day, not as 0:00 of the next."""
    return reckoning.last_day_of(at) if wall_time(at) == time() else at


def _skipped(course: Course, calendar: WorkCalendar) -> int | None:
    """How many working days of pauses fall out; None where a year is not published."""
    try:
        return sum(
            calendar.working_days_between(after, through)
            for after, through in reckoning.not_counted(course.pauses, calendar)
        )
    except CalendarNotPublished:
        return None


def _counted(days: int, extended: int, skipped: int | None) -> tuple[str, str]:
    zh = f"自受理次日起{days}个工作日"
    en = f"{days} working days after the acceptance, whose day does not count"
    if extended:
        zh += f"，经批准延长{extended}个工作日"
        en += f"; {extended} more with the head's approval"
    if skipped:
        zh += f"，扣除不计时{skipped}个工作日"
        en += f"; {skipped} working days are not counted"
    return zh, en
