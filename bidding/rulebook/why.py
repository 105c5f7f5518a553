"""Why a date is this date, in a sentence of each language."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bidding.rulebook.events import Edge, Event
from bidding.rulebook.numbers import Effective
from bidding.rulebook.periods import Bound, Period, Unit
from market.kernel.law import Article
from market.kernel.workdays import SHANGHAI, NotYetPublished, legal_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The rule behind a date: its id and article, from which event, how many days of which kind.

    `moved_from` is the day by plain counting where that was a rest day and the date moved on.
    `zh` and `en` say it in a sentence without the citation; `words` adds rule and article.
    """

    rule: str
    article: Article
    base: Event
    base_at: datetime | NotYetPublished
    length: int
    unit: Unit
    moved_from: date | None
    zh: str
    en: str

    def words(self, language: str) -> str:
        """The sentence with rule id and citation, in "zh" or "en"."""
        cited = self.article.cite(language)
        if language == "zh":
            return f"{self.zh}（{self.rule}，{cited}）"
        return f"{self.en} ({self.rule}, {cited})"


@dataclass(frozen=True, slots=True)
class Start:
    """The event a period is counted from: its moment and its legal day."""

    event: Event
    at: datetime | NotYetPublished
    day: date | NotYetPublished

    def shown(self, language: str) -> str:
        """The moment for a sentence; one that closed a day is 24:00 of that day."""
        if isinstance(self.at, NotYetPublished):
            return self.at.words(language)
        return shown_moment(self.at, closing=legal_day(self.at) != self.day)


def explain(
    of: Period,
    effective: Effective[int],
    length: int,
    start: Start,
    edge: Edge,
    moved: tuple[date, date] | None,
) -> Why:
    """The reason for a date counted from `start`; `moved` is (by count, moved to)."""
    zh = _sentence(of, length, start, edge, "zh")
    en = _sentence(of, length, start, edge, "en")
    if moved:
        zh += f"；按日历计为{moved[0]}，逢休息日顺延至{moved[1]}"
        en += f"; by count {moved[0]}, a rest day, so it moves to {moved[1]}"
    edges = {effective.bounds.legal_min, effective.bounds.legal_max} - {None}
    if of.unit is not Unit.MOMENT and edges and length not in edges:
        law = " - ".join(str(value) for value in sorted(value for value in edges if value))
        zh += f"；法定为{law}"
        en += f"; the law says {law}"
    return Why(
        rule=of.id,
        article=effective.article,
        base=start.event,
        base_at=start.at,
        length=length,
        unit=of.unit,
        moved_from=moved[0] if moved else None,
        zh=zh,
        en=en,
    )


def shown_moment(at: datetime, *, closing: bool = False) -> str:
    """A moment as clocks in Shanghai show it, to the minute.

    With `closing`, midnight is 24:00 of the day that ends, not 0:00 of the next.
    """
    local = at.astimezone(SHANGHAI)
    if closing and local.time() == time():
        return f"{local.date() - timedelta(days=1)} 24:00"
    return local.strftime("%Y-%m-%d %H:%M")


def shown_day(day: date | NotYetPublished, language: str) -> str:
    """A legal day, or that it is not known yet."""
    return day.words(language) if isinstance(day, NotYetPublished) else day.isoformat()


def _sentence(of: Period, length: int, start: Start, edge: Edge, language: str) -> str:
    template = _TEMPLATES[_kind(of, edge)][language == "en"]
    unit = _UNITS[of.unit][language == "en"]
    return template.format(
        base=start.event.en if language == "en" else start.event.zh,
        day=shown_day(start.day, language),
        at=start.shown(language),
        n=length,
        unit=unit if length == 1 or language == "zh" else f"{unit}s",
    )


def _kind(of: Period, edge: Edge) -> str:
    if of.unit is Unit.MOMENT:
        return "same_moment" if edge is Edge.AT else "not_before"
    if of.bound is Bound.BEFORE_AT_LEAST and of.unit is Unit.CALENDAR_DAY:
        return "hours_before"
    return of.bound


_UNITS: Final = {
    Unit.WORKING_DAY: ("个工作日", "working day"),
    Unit.CALENDAR_DAY: ("日", "calendar day"),
    Unit.YEAR: ("年", "year"),
    Unit.MOMENT: ("", ""),
}
_TEMPLATES: Final = {
    "same_moment": ("与{base}（{at}）同时", "at the moment of {base} ({at})"),
    "not_before": ("不早于{base}（{at}）", "not before {base} ({at})"),
    "hours_before": (
        "{base}（{at}）至少{n}日（{n}×24小时）前",
        "at least {n} {unit} ({n} × 24 hours) before {base} ({at})",
    ),
    Bound.BEFORE_AT_LEAST: (
        "{base}（{day}）至少{n}{unit}前",
        "at least {n} {unit} before {base} ({day})",
    ),
    Bound.BEFORE_AT_MOST: (
        "不早于{base}（{day}）前{n}{unit}",
        "not earlier than {n} {unit} before {base} ({day})",
    ),
    Bound.AT_LEAST: (
        "自{base}（{day}）次日起至少{n}{unit}",
        "at least {n} {unit} after {base} ({day})",
    ),
    Bound.AT_MOST: ("自{base}（{day}）次日起{n}{unit}内", "within {n} {unit} of {base} ({day})"),
    Bound.LASTS: ("自{base}（{day}）次日起{n}{unit}", "{n} {unit} from {base} ({day})"),
}
