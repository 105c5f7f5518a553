"""The reviewers' locked sheets of a choice by scheme, as the rule and its file take them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.offers.model import SchemeSheet, Selection
from intermediaries.rulebook.selection.quotes import Sheet
from market.protocol.encoding import Json, JsonObject, b64u, canonical, parse, structure
from market.protocol.members import Members
from market.protocol.selection_files import QUOTE_LIMIT, HeldSheet, sheet_json

HUNDREDTHS: Final = 100
HASH_LENGTH: Final = 32
SALT_LENGTH: Final = 32
_CRITERIA_LIMIT: Final = 20
_BODY_LIMIT: Final = 4 * 1024 * 1024

Points = Mapping[bytes, tuple[int, ...]]
"""By the enrolment's hash, hundredths of points for each criterion in its order."""


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """A locked sheet: whose seat, which expert of the register, every point."""

    seat: UUID
    number: int
    expert: str
    points: Points
    body: bytes
    body_hash: bytes
    locked_at: datetime

    def total(self, key: bytes) -> int:
        """All points of one scheme, in hundredths."""
        return sum(self.points[key])


def sheets(session: Session, selection: UUID) -> tuple[SheetFacts, ...]:
    """The locked sheets of a round, by seat."""
    rows = session.scalars(
        select(SchemeSheet).where(SchemeSheet.selection == selection).order_by(SchemeSheet.number)
    )
    return tuple(
        SheetFacts(
            one.seat,
            one.number,
            one.expert,
            read_points(one.body),
            one.body,
            one.body_hash,
            one.locked_at,
        )
        for one in rows
    )


def write_body(row: Selection, number: int, points: Points, salt: bytes) -> bytes:
    """The bytes whose hash the journal keeps before the result; the salt hides what they say."""
    marks: list[Json] = [
        {"quote": b64u(key), "hundredths": list[Json](points[key])} for key in sorted(points)
    ]
    return canonical(
        structure(
            "scheme-sheet",
            demand=row.demand_no,
            round=row.round,
            terms=b64u(row.terms_hash),
            reviewer=number,
            marks=marks,
            salt=b64u(salt),
        )
    )


def read_points(body: bytes) -> dict[bytes, tuple[int, ...]]:
    """The points of a sheet's bytes; `malformed`."""
    held = Members(parse(body, limit=_BODY_LIMIT), "scheme-sheet")
    found = dict(held.array("marks", _mark, high=QUOTE_LIMIT))
    for name in ("demand", "terms", "salt"):
        held.text(name)
    held.whole("round")
    held.whole("reviewer")
    held.end()
    return found


def for_rule(found: Sequence[SheetFacts]) -> tuple[Sheet, ...]:
    """The sheets as the rule takes them: everybody who was drawn is from outside the owner."""
    return tuple(
        Sheet(
            one.expert,
            is_outside=True,
            points=tuple((key, Fraction(one.total(key), HUNDREDTHS)) for key in sorted(one.points)),
        )
        for one in found
    )


def for_file(found: Sequence[SheetFacts]) -> list[JsonObject]:
    """The sheets as the selection file writes them."""
    return [
        sheet_json(
            HeldSheet(
                one.expert,
                is_outside=True,
                points=tuple((key, one.total(key)) for key in sorted(one.points)),
            )
        )
        for one in found
    ]


def _mark(value: Json) -> tuple[bytes, tuple[int, ...]]:
    held = Members(value)
    key = held.octets("quote", HASH_LENGTH)
    points = held.array("hundredths", _whole, high=_CRITERIA_LIMIT)
    held.end()
    return key, tuple(points)


def _whole(value: Json) -> int:
    return Members({"n": value}).whole("n")
