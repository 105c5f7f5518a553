"""The scoring grid as the page draws it: criteria as rows, bids under their numbers as columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from bidding.evaluation.facts import MemberView
from bidding.rulebook.criteria import Criterion, Kind
from bidding.rulebook.figures import ratio_text, write_figure
from bidding.rulebook.names import BidNumber

PLAN: Final = "plan"
PLAN_WORDS: Final = ("技术响应摘要", "Summary of the technical offer")
"""What every bid says of its plan, as the sealing page asks for it."""
DIGESTS: Final = "document-"
"""Facts that bind the documents by their hashes; the documents themselves stand in their row."""


@dataclass(frozen=True, slots=True)
class GridLevel:
    """One score that a criterion allows, and what it stands for."""

    points: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One criterion; `levels` stand from the highest down."""

    code: str
    zh: str
    en: str
    is_subjective: bool
    levels: tuple[GridLevel, ...]


@dataclass(frozen=True, slots=True)
class OfferedRow:
    """What every bid offers under one name; a bid that says nothing has a dash."""

    zh: str
    en: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of the sheet, rows of what is offered, computed points and sums by table number."""

    rows: tuple[GridRow, ...]
    offered: tuple[OfferedRow, ...]
    computed: Mapping[tuple[str, str], str]
    sums: Mapping[str, str]


def grid_of(view: MemberView) -> Grid:
    """The grid of one member's view."""
    points = _computed(view)
    return Grid(
        rows=tuple(_row(one) for one in view.scheme.criteria),
        offered=_offered(view),
        computed={place: write_figure(value) for place, value in points.items()},
        sums={offer.number: _sum(view, offer.number, points) for offer in view.offers},
    )


def _row(one: Criterion) -> GridRow:
    levels = sorted(one.levels, key=lambda level: level.points, reverse=True)
    return GridRow(
        one.code,
        one.zh,
        one.en,
        one.kind is Kind.SUBJECTIVE,
        tuple(GridLevel(write_figure(level.points), level.zh, level.en) for level in levels),
    )


def _offered(view: MemberView) -> tuple[OfferedRow, ...]:
    known = {PLAN: PLAN_WORDS} | {one.subject: (one.zh, one.en) for one in view.scheme.criteria}
    facts = [name for offer in view.offers for name in offer.facts]
    names = [name for name in dict.fromkeys(facts) if not name.startswith(DIGESTS)]
    return tuple(
        OfferedRow(
            *known.get(name, (name, name)),
            {offer.number: str(offer.facts.get(name, "–")) for offer in view.offers},
        )
        for name in names
    )


def _computed(view: MemberView) -> dict[tuple[str, str], Fraction]:
    found: dict[tuple[str, str], Fraction] = {}
    for offer in view.offers:
        for row in view.scheme.criteria:
            value = view.figures.get((BidNumber(offer.number), row.code))
            if row.kind is Kind.OBJECTIVE and value is not None:
                found[offer.number, row.code] = row.level_of(value).points
    return found


def _sum(view: MemberView, number: str, computed: Mapping[tuple[str, str], Fraction]) -> str:
    """The sum of what stands on the sheet; what is no score yet counts nothing."""
    marks = view.sheet.marks.get(number, {}) if view.sheet else {}
    whole = sum((points for (bid, _), points in computed.items() if bid == number), Fraction(0))
    for row in view.scheme.criteria:
        allowed = {write_figure(level.points): level.points for level in row.levels}
        whole += allowed.get(marks.get(row.code, ""), Fraction(0))
    return ratio_text(whole)
