"""Every point of every reviewer, once the result of a choice by scheme is published."""

from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from sqlalchemy.orm import Session

from intermediaries.agencies.queries import AgencyName, agency_names
from intermediaries.offers.model import Selection
from intermediaries.offers.queries import PUBLISHED
from intermediaries.offers.rows import known, live, terms_of
from intermediaries.offers.schemes import review_of
from intermediaries.offers.sheets import HUNDREDTHS, SheetFacts, sheets
from intermediaries.rulebook.selection.scheme_plan import Criterion
from market.kernel.errors import NotFound
from market.protocol.encoding import Json, JsonObject, b64u, parse
from market.reviews.queries import ReviewFacts


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A reviewer of the table: the seat's number, and who it is where names are public."""

    number: int
    expert: str
    person: UUID | None
    sheet: str


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One scheme: whose it is, by each reviewer the points of each criterion, and the mean."""

    agency: AgencyName | None
    points: tuple[tuple[str, tuple[str, ...]], ...]
    mean: str


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """All points of a round."""

    criteria: tuple[Criterion, ...]
    reviewers: tuple[Reviewer, ...]
    lines: tuple[ScoreLine, ...]


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """How far the review of a round is, for everybody: draws and numbers, no names."""

    review: ReviewFacts
    locked: int


def review_shown(session: Session, no: str) -> ReviewShown | None:
    """How far the reviewers are; None where none were asked for."""
    row = known(session, no)
    found = review_of(session, row)
    return None if found is None else ReviewShown(found, len(sheets(session, row.id)))


def score_table(session: Session, no: str) -> ScoreTable | None:
    """Every point; None before the result, and where nobody scored."""
    row = known(session, no)
    if row.state not in PUBLISHED:
        return None
    found, plan = sheets(session, row.id), terms_of(row).scheme
    if not found or plan is None:
        return None
    return ScoreTable(plan.criteria, _reviewers(session, row, found), _lines(session, row, found))


def sheets_of(session: Session, no: str) -> JsonObject:
    """The sheets as they were hashed, for whoever compares them with the journal; `NotFound`."""
    row = known(session, no)
    if row.state not in PUBLISHED:
        raise NotFound("not-yet", zh="选取结果尚未公布", en="The result is not published yet")
    bodies: list[Json] = [parse(one.body, limit=len(one.body)) for one in sheets(session, row.id)]
    return {"demand": no, "round": row.round, "sheets": bodies}


def _reviewers(
    session: Session, row: Selection, found: tuple[SheetFacts, ...]
) -> tuple[Reviewer, ...]:
    review = review_of(session, row)
    public = review is not None and review.names_public
    people = {one.id: one.person for one in (review.held if review is not None else ())}
    return tuple(
        Reviewer(
            one.number,
            one.expert,
            people.get(one.seat) if public else None,
            b64u(one.body_hash),
        )
        for one in found
    )


def _lines(
    session: Session, row: Selection, found: tuple[SheetFacts, ...]
) -> tuple[ScoreLine, ...]:
    agencies = {one.act_hash: one.agency for one in live(session, row.id)}
    names = agency_names(session, list(agencies.values()))
    means = {
        key: Fraction(sum(one.total(key) for one in found), len(found)) for key in found[0].points
    }
    return tuple(
        ScoreLine(
            names.get(agencies[key]),
            tuple((_shown(one.total(key)), tuple(map(_shown, one.points[key]))) for one in found),
            _shown(means[key]),
        )
        for key in sorted(means, key=lambda key: -means[key])
    )


def _shown(hundredths: int | Fraction) -> str:
    whole = (2 * hundredths + 1) // 2
    return f"{whole // HUNDREDTHS}.{whole % HUNDREDTHS:02d}"
