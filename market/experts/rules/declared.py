"""Declarations as the register keeps them: the structure of `snapshots.declarations`, read back."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from market.experts.rules.periods import Span
from market.experts.rules.relations import (
    Directorship,
    Employment,
    Interest,
    Kinship,
    Part,
    Participation,
    Punishment,
    PunishmentKind,
    RecusalFacts,
    Relative,
    Service,
    Shareholding,
)
from market.kernel.errors import BadInput
from market.protocol.encoding import Json, JsonObject

T = TypeVar("T")


def read_declarations(value: JsonObject) -> RecusalFacts:
    """The facts that `snapshots.declarations` wrote; `BadInput` "bad-declarations" for others."""
    try:
        return RecusalFacts(
            expert=str(value["expert"]),
            person=str(value["person"]),
            unit=str(value["unit"]),
            employments=_rows(value, "employments", lambda r: Employment(_text(r[0]), _span(r[1]))),
            relatives=_rows(
                value, "relatives", lambda r: Relative(_text(r[0]), Kinship(_text(r[1])))
            ),
            interests=_rows(value, "interests", lambda r: Interest(_text(r[0]), _span(r[1]))),
            directorships=_rows(
                value, "directorships", lambda r: Directorship(_text(r[0]), _span(r[1]))
            ),
            shareholdings=_rows(
                value,
                "shareholdings",
                lambda r: Shareholding(_text(r[0]), r[1] is True, _span(r[2])),
            ),
            punishments=_rows(
                value, "punishments", lambda r: Punishment(_day(r[0]), PunishmentKind(_text(r[1])))
            ),
            participations=_rows(
                value, "participations", lambda r: Participation(_text(r[0]), Part(_text(r[1])))
            ),
            services=_rows(value, "services", lambda r: Service(_text(r[0]), _day(r[1]))),
            ties=_rows(value, "ties", lambda r: _text(r[0])),
        )
    except (KeyError, IndexError, TypeError, ValueError):
        raise BadInput(
            "bad-declarations",
            zh="专家申报内容的格式不对",
            en="The declarations of the expert are not of the form asked for",
        ) from None


def _rows(value: JsonObject, name: str, read: Callable[[list[Json]], T]) -> tuple[T, ...]:
    held = value[name]
    if not isinstance(held, list):
        raise TypeError(name)
    return tuple(read(row) for row in held if isinstance(row, list))


def _text(cell: Json) -> str:
    if not isinstance(cell, str):
        raise TypeError("a text is needed")
    return cell


def _day(cell: Json) -> date:
    return date.fromisoformat(_text(cell))


def _span(cell: Json) -> Span:
    if not isinstance(cell, list):
        raise TypeError("a span is needed")
    return Span(_day(cell[0]), None if cell[1] is None else _day(cell[1]))
