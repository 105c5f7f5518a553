"""The public ledger of an agency as a file, and the score that follows from it alone.

`yg/credit-ledger/v1` holds bonuses and everything about penalties that were decided, without the
words of anybody. Whoever has it computes every score again: `python -m intermediaries.credit`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from intermediaries.credit.queries import CreditFacts, facts_of
from intermediaries.rulebook.ledger import (
    Appealed,
    BonusGiven,
    Cancelled,
    Confirmed,
    Dropped,
    Finalised,
    LedgerEntry,
    LegallyDecided,
    OnPenalty,
    PenaltyNoticed,
    Stated,
)
from intermediaries.rulebook.penalties import Act
from market.kernel.errors import BadInput
from market.protocol.encoding import JsonObject, canonical, moment, parse, stamp, structure

TYPE: Final = "credit-ledger"
LIMIT: Final = 4 * 1024 * 1024  # bytes
NOTHING_SAID: Final = "-"
_PLAIN: Final[dict[str, type[Dropped | Finalised | Confirmed | Cancelled]]] = {
    "dropped": Dropped,
    "final": Finalised,
    "confirmed": Confirmed,
    "cancelled": Cancelled,
}
_WORDED: Final[dict[str, type[Stated | Appealed | LegallyDecided]]] = {
    "stated": Stated,
    "appealed": Appealed,
    "legally-decided": LegallyDecided,
}
"""Entries with words of their own; the file has none of them."""
_NAMES: Final[dict[type[OnPenalty], str]] = {
    of: name for name, of in (*_PLAIN.items(), *_WORDED.items())
}


def write(agency: str, entries: Iterable[LedgerEntry], at: datetime) -> bytes:
    """The file of one agency at a moment; what was never decided, or dropped, is not in it."""
    kept = [one for one in entries if one.at <= at]
    decided = {one.penalty for one in kept if isinstance(one, Finalised)}
    shown = [_plain(one) for one in kept if _of(one) is None or _of(one) in decided]
    return canonical(structure(TYPE, agency=agency, at=stamp(at), entries=[*shown]))


def read(raw: bytes) -> tuple[str, datetime, list[LedgerEntry]]:
    """Agency, moment and entries of a file; `BadInput` "not-a-ledger", "malformed"."""
    value = parse(raw, limit=LIMIT)
    entries, at, agency = value.get("entries"), value.get("at"), value.get("agency")
    if (
        value.get("type") != f"yg/{TYPE}/v1"
        or not isinstance(entries, list)
        or not isinstance(at, str)
        or not isinstance(agency, str)
    ):
        raise _wrong()
    return agency, moment(at), [_read(one) for one in entries if isinstance(one, dict)]


def recompute(raw: bytes, at: datetime | None = None) -> tuple[str, CreditFacts]:
    """The agency of a file and its credit, at the file's moment or an earlier one."""
    agency, written, entries = read(raw)
    return agency, facts_of(entries, 0, at or written)


def _of(entry: LedgerEntry) -> str | None:
    """The penalty that an entry is about."""
    match entry:
        case PenaltyNoticed():
            return entry.id
        case OnPenalty():
            return entry.penalty
    return None


def _plain(entry: LedgerEntry) -> JsonObject:
    said: JsonObject = {"id": entry.id, "at": stamp(entry.at)}
    match entry:
        case BonusGiven():
            return {**said, "kind": "bonus", "points": entry.points, "reason": entry.reason}
        case PenaltyNoticed():
            return {
                **said,
                "kind": "notice",
                "act": entry.act.value,
                "occurred": entry.occurred.isoformat(),
                "overdue_days": entry.overdue_days,
            }
        case _:
            return {**said, "kind": _NAMES[type(entry)], "penalty": entry.penalty}


def _read(said: JsonObject) -> LedgerEntry:
    try:
        key, at, kind = str(said["id"]), moment(str(said["at"])), str(said["kind"])
        if kind == "bonus":
            return BonusGiven(key, at, _whole(said["points"]), str(said["reason"]))
        if kind == "notice":
            occurred = date.fromisoformat(str(said["occurred"]))
            late = _whole(said["overdue_days"])
            return PenaltyNoticed(key, at, Act(str(said["act"])), occurred, NOTHING_SAID, late)
        return _about(kind, key, at, str(said["penalty"]))
    except (KeyError, ValueError):
        raise _wrong() from None


def _about(kind: str, key: str, at: datetime, penalty: str) -> LedgerEntry:
    """An entry about a penalty; `KeyError` for another kind."""
    if kind in _WORDED:
        return _WORDED[kind](key, at, penalty, NOTHING_SAID)
    return _PLAIN[kind](key, at, penalty)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong()
    return value


def _wrong() -> BadInput:
    return BadInput("not-a-ledger", zh="不是信用台账文件", en="Not a ledger of credit")
