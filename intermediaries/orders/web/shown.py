"""What the order page draws: step line, holder bar, segments with their why, limits, terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Final

from intermediaries.orders.facts import OrderFacts, Outline
from intermediaries.orders.parts import PaperFacts
from intermediaries.orders.rules.states import DONE, RUNNING, OrderState, Side
from intermediaries.rulebook.clock.account import CounterEntry, Objection
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.segments import Segment
from intermediaries.rulebook.clock.states import Stage
from intermediaries.rulebook.ratings import DepartmentItem, OwnerItem
from market.kernel.workhours import HOUR, NOTHING, hours_of
from market.web.language import gettext, language, lazy_gettext
from market.web.patterns import Holding, Step, StepState, Stretch, stretches

COLOURS: Final = {
    Party.OWNER: "owner",
    Party.AGENCY: "agency",
    Party.DEPARTMENT: "department",
    Party.EXPERT: "expert",
    Party.STATUTORY: "other",
    Party.PLATFORM: "other",
}
_STEPS: Final = (
    ("awarded", lazy_gettext("Result")),
    ("contracting", lazy_gettext("Contract")),
    ("serving", lazy_gettext("Carrying out")),
    ("review", lazy_gettext("Owner's review")),
    ("submitted", lazy_gettext("Approval")),
    ("completed", lazy_gettext("Rating")),
    ("rated", lazy_gettext("Filing")),
)
_REVIEW: Final = frozenset({Stage.OWNER_REVIEW, Stage.OWNER_ACCEPTED})


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """A segment with why it is whose, the files it rests on, and what was said about it."""

    segment: Segment
    why: str
    hours: str
    papers: tuple[PaperFacts, ...]
    objections: tuple[Objection, ...]
    entries: tuple[CounterEntry, ...]

    @property
    def is_other(self) -> bool:
        """Whether another than the holder is charged with it."""
        return self.segment.holder is not self.segment.liable


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A party's limit: hours charged, hours allowed (None without a limit), what is left."""

    party: Party
    charged: str
    limit: str | None
    left: str | None
    is_over: bool


def named(value: object) -> str:
    """The word of something that has "zh" and "en"."""
    return str(getattr(value, "zh" if language() == "zh" else "en"))


def steps(outline: Outline, stage: Stage | None) -> list[Step]:
    """The way of an order, with where it stands; none for one that failed or was ended."""
    if outline.state in (OrderState.FAILED, OrderState.TERMINATED):
        return []
    names = [name for name, _ in _STEPS]
    if outline.department is None:
        names.remove("submitted")
    at = outline.state.value
    if outline.state is OrderState.SERVING and stage in _REVIEW:
        at = "review"
    place = len(names) if outline.state is OrderState.CLOSED else names.index(at)
    labels = dict(_STEPS)
    return [
        Step(
            str(labels[name]),
            "",
            StepState.DONE
            if number < place
            else StepState.NOW
            if number == place
            else StepState.NEXT,
        )
        for number, name in enumerate(names)
    ]


def bar(order: OrderFacts) -> list[Stretch]:
    """The holder bar: every working second with who held it and who answers for it."""
    return stretches(
        [
            Holding(
                COLOURS[one.holder],
                COLOURS[one.liable],
                Fraction(one.worked // timedelta(microseconds=1), 3_600_000_000),
                f"{named(one.shows)} {hours_of(one.worked)}",
            )
            for one in order.reading.segments
            if one.worked > NOTHING
        ]
    )


def segment_lines(order: OrderFacts) -> list[SegmentLine]:
    """The segments in their order."""
    reading = order.reading
    by_event: dict[str, list[PaperFacts]] = {}
    for paper in order.papers:
        if paper.event is not None:
            by_event.setdefault(str(paper.event), []).append(paper)
    return [
        SegmentLine(
            one,
            one.why(language()),
            hours_of(one.worked),
            tuple(paper for cause in one.cause for paper in by_event.get(cause, ())),
            tuple(each for each in reading.objections if each.segment == one.no),
            tuple(each for each in reading.counter_entries if each.segment == one.no),
        )
        for one in reading.segments
    ]


def limit_lines(order: OrderFacts) -> list[LimitLine]:
    """What each party is charged with, after counter-entries, beside its limit."""
    reading = order.reading
    if reading.limits is None:
        return []
    found = []
    for party in Party:
        charged = reading.charged[party]
        limit = reading.limits.of(party)
        if party is Party.DEPARTMENT and not order.row.uses_approval:
            continue
        if limit is None and not charged:
            continue
        left = reading.left(party)
        found.append(
            LimitLine(
                party,
                hours_of(charged),
                None if limit is None else hours_of(limit),
                None if left is None else hours_of(abs(left)),
                left is not None and left < NOTHING,
            )
        )
    return found


def turn_words(order: OrderFacts) -> str:
    """Who holds the order now and how many working hours are left of whose limit."""
    turn = order.turn
    if order.state not in RUNNING or turn is None:
        return ""
    if turn.left is None:
        return gettext("%(who)s has it; no limit of its own runs.", who=_who(turn.holder))
    hours = hours_of(abs(turn.left))
    if order.reading.is_paused:
        return gettext("Paused; it ends by itself after %(hours)s working hours.", hours=hours)
    if turn.by_silence:
        return gettext(
            "%(who)s has it; after %(hours)s more working hours silence counts as consent.",
            who=_who(turn.holder),
            hours=hours,
        )
    if turn.left < NOTHING:
        return gettext(
            "%(who)s has it, %(hours)s working hours over the limit.",
            who=_who(turn.holder),
            hours=hours,
        )
    return gettext(
        "%(who)s has it; %(hours)s working hours of its limit are left.",
        who=_who(turn.holder),
        hours=hours,
    )


def _who(party: Party) -> str:
    text = named(party)
    return text[:1].upper() + text[1:]


def is_urgent(order: OrderFacts) -> bool:
    """Whether less than a working day is left, or the limit is over."""
    turn = order.turn
    return turn is not None and turn.left is not None and turn.left < 8 * HOUR


def given(side: Side, stars: Mapping[str, int]) -> list[tuple[OwnerItem | DepartmentItem, int]]:
    """A rating item by item, in the order of the form."""
    items: list[OwnerItem | DepartmentItem] = (
        [*OwnerItem] if side is Side.OWNER else [*DepartmentItem]
    )
    return [(one, stars[one.value]) for one in items]


def tone_of(state: OrderState) -> str:
    """The tone of the word for a state."""
    if state in (OrderState.FAILED, OrderState.TERMINATED):
        return "refusal"
    return "good" if state in DONE else "plain"
