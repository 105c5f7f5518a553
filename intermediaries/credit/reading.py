"""Rows of the ledger as the rules read them, and back: nothing is lost between the two."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.credit.model import CreditEntry
from intermediaries.credit.rules import EntryKind
from intermediaries.rulebook.ledger import (
    Appealed,
    BonusGiven,
    Cancelled,
    Confirmed,
    Dropped,
    Finalised,
    LedgerEntry,
    LegallyDecided,
    PenaltyNoticed,
    Stated,
)
from intermediaries.rulebook.penalties import Act

_K = EntryKind
_ON_PENALTY: Final[Mapping[EntryKind, Callable[[CreditEntry], LedgerEntry]]] = {
    _K.STATEMENT: lambda row: Stated(str(row.id), row.at, str(row.penalty), words(row)),
    _K.DROP: lambda row: Dropped(str(row.id), row.at, str(row.penalty)),
    _K.FINAL: lambda row: Finalised(str(row.id), row.at, str(row.penalty)),
    _K.APPEAL: lambda row: Appealed(str(row.id), row.at, str(row.penalty), words(row)),
    _K.CONFIRM: lambda row: Confirmed(str(row.id), row.at, str(row.penalty)),
    _K.CANCEL: lambda row: Cancelled(str(row.id), row.at, str(row.penalty)),
    _K.LEGAL: lambda row: LegallyDecided(str(row.id), row.at, str(row.penalty), words(row)),
}


def read(row: CreditEntry) -> LedgerEntry:
    """One row as the rules know it."""
    match row.kind:
        case EntryKind.BONUS:
            return BonusGiven(str(row.id), row.at, int(row.said["points"]), str(row.said["reason"]))
        case EntryKind.NOTICE:
            return PenaltyNoticed(
                str(row.penalty),
                row.at,
                Act(str(row.said["act"])),
                date.fromisoformat(str(row.said["occurred"])),
                str(row.said["facts"]),
                int(row.said.get("overdue_days", 0)),
            )
    return _ON_PENALTY[row.kind](row)


def words(row: CreditEntry) -> str:
    """What a row about a penalty says."""
    return str(row.said.get("words", ""))


def rows_of(session: Session, organisations: Iterable[UUID]) -> dict[UUID, list[CreditEntry]]:
    """The ledgers of some organisations, each in its order; without an entry for an empty one."""
    found: dict[UUID, list[CreditEntry]] = {}
    rows = session.scalars(
        select(CreditEntry)
        .where(CreditEntry.organisation.in_(list(organisations)))
        .order_by(CreditEntry.place)
    )
    for row in rows:
        found.setdefault(row.organisation, []).append(row)
    return found


def ledger(session: Session, organisation: UUID) -> list[LedgerEntry]:
    """The ledger of one organisation, as the rules know it."""
    return [read(row) for row in rows_of(session, [organisation]).get(organisation, [])]
