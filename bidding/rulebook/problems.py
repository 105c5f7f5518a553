"""What is wrong with a planned timetable, said with rule, article and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bidding.rulebook import platform_rules, procurement
from bidding.rulebook.events import Edge, Event
from bidding.rulebook.numbers import Effective, LocalRules
from bidding.rulebook.periods import Period, Unit
from bidding.rulebook.plan import FIELDS
from bidding.rulebook.why import Start, Why, explain, shown_day, shown_moment
from market.kernel.errors import Refusal
from market.kernel.law import Article, platform_rule
from market.kernel.workdays import NotYetPublished


@dataclass(frozen=True, slots=True)
class Problem:
    """One date that may not stand; `zh` and `en` carry rule id and citation."""

    code: str
    event: Event
    rule: str
    article: Article
    zh: str
    en: str


class TimetableRefused(Refusal):
    """A plan with dates that may not stand: all of them at once, in `problems`.

    `fields` points at the fields of the plan. The code is that of the only problem, or
    "timetable-refused" for several; the words cite every article already.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(
            first.code if len(self.problems) == 1 else "timetable-refused",
            zh="；".join(problem.zh for problem in self.problems),
            en=_capital("; ".join(problem.en for problem in self.problems)),
            article=first.article,
            fields={
                FIELDS.get(problem.event, "publicity_days"): (problem.zh, _capital(problem.en))
                for problem in self.problems
            },
        )

    def words(self, language: str) -> str:
        """All problems in one line; each names its own article."""
        return self.zh if language == "zh" else self.en


def planned_too_early(event: Event, edge: Edge, limit: datetime, why: Why) -> Problem:
    """A date before the earliest the law allows."""
    shown = shown_moment(limit, closing=edge is Edge.OPEN_UNTIL)
    return _problem(
        "date-too-early",
        event,
        why,
        f"{event.zh}不能早于{shown}",
        f"{event.en} cannot be before {shown}",
    )


def planned_too_late(event: Event, limit: datetime, why: Why) -> Problem:
    """A date after the latest that is allowed."""
    shown = shown_moment(limit, closing=True)
    return _problem(
        "date-too-late",
        event,
        why,
        f"{event.zh}不能晚于{shown}",
        f"{event.en} cannot be after {shown}",
    )


def questions_too_early(until: datetime, start: Start, on: date, local: LocalRules) -> Problem:
    """Questions closed while documents are still handed out."""
    rule = platform_rules.QUESTIONS_WHILE_PROVIDED
    effective = rule.number.effective(on, local)
    why = explain(rule, effective, effective.value, start, Edge.NOT_BEFORE, None)
    return planned_too_early(Event.QUESTIONS_END, Edge.OPEN_UNTIL, until, why)


def length_too_short(
    event: Event, planned: int, period: Period, effective: Effective[int]
) -> Problem:
    """A planned length below the shortest, where the date itself is not known yet."""
    zh_unit, en_unit = (
        ("个工作日", "working days") if period.unit is Unit.WORKING_DAY else ("日", "calendar days")
    )
    least, article = effective.value, effective.article
    return Problem(
        "date-too-early",
        event,
        period.id,
        article,
        f"{period.zh}不能少于{least}{zh_unit}，计划为{planned}{zh_unit}"
        f"（{period.id}，{article.cite('zh')}）",
        f"{period.en} cannot be shorter than {least} {en_unit}, planned are {planned}"
        f" ({period.id}, {article.cite('en')})",
    )


def deadline_on_rest_day(day: date, following: date | NotYetPublished) -> Problem:
    """A bid deadline on a day on which nobody works (TM9)."""
    article = platform_rule("投标截止日应为工作日", "bids close on a working day")
    return Problem(
        "deadline-on-rest-day",
        Event.BID_DEADLINE,
        "TM9",
        article,
        f"投标截止不能在休息日（{day}），应改为{shown_day(following, 'zh')}或之后的工作日"
        f"（TM9，{article.cite('zh')}）",
        f"the bid deadline cannot be on a rest day ({day}); the next working day is"
        f" {shown_day(following, 'en')} (TM9, {article.cite('en')})",
    )


def intention_too_short(published: date, earliest: date, effective: Effective[int]) -> Problem:
    """Less than the usual time between intention and notice: allowed with a reason."""
    days, article, rule = effective.value, effective.article, procurement.INTENTION.id
    return Problem(
        "intention-too-short",
        Event.INTENTION,
        rule,
        article,
        f"采购意向（{published}）公开原则上应满{days}日，{earliest}之前发布公告须说明理由"
        f"（{rule}，{article.cite('zh')}）",
        f"the intention ({published}) is as a rule published {days} days before; a notice before"
        f" {earliest} needs a reason ({rule}, {article.cite('en')})",
    )


def _problem(code: str, event: Event, why: Why, zh: str, en: str) -> Problem:
    return Problem(
        code, event, why.rule, why.article, f"{zh}：{why.words('zh')}", f"{en}: {why.words('en')}"
    )


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
