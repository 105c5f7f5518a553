"""What may be seen of a selection: how far it is, who was chosen; before the closing, nobody.

Until enrolment has closed nothing here answers who enrolled or how many, except `enrolled`, for the
operator alone. Prices come from the published file and from nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.agencies.queries import AgencyName, agency_names
from intermediaries.offers.model import (
    EnrolmentRow,
    Selection,
    SelectionResult,
    Shortlist,
    Timekeeper,
    TimeRecipientRow,
    TimeReleaseRow,
)
from intermediaries.offers.rows import known, last_act, live, manifest_of, of_demand, terms_of
from intermediaries.offers.rules.states import SelectionState
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.outcome import Standing
from intermediaries.rulebook.selection.terms import Terms
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.protocol.draw_files import FILE_LIMIT
from market.protocol.encoding import Json, JsonObject, parse, unb64u
from market.protocol.timekeeping import TimeManifest

PUBLISHED: Final = (SelectionState.SELECTED, SelectionState.FAILED)


@dataclass(frozen=True, slots=True)
class SelectedFacts:
    """Who was chosen, for the room of orders; `alternates` in their order."""

    demand_no: str
    round: int
    agency: UUID
    agency_no: str
    price: Money
    alternates: tuple[tuple[UUID, str, Money], ...]
    published_at: datetime
    selection_hash: bytes


@dataclass(frozen=True, slots=True)
class KeeperFacts:
    """One timekeeper of a round: whether its key is there, when it released, or its fault."""

    uscc: str
    name: str
    has_key: bool
    released_at: datetime | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class SelectionFacts:
    """How far a selection is; `count` is None until enrolment has closed."""

    id: UUID
    demand_no: str
    round: int
    amendment: int
    state: SelectionState
    mode: Mode
    sealed: bool
    terms: Terms
    terms_hash: bytes
    enrol_opens: datetime
    enrol_closes: datetime
    opens_at: datetime
    is_extended: bool
    closed_at: datetime | None
    published_at: datetime | None
    keepers: tuple[KeeperFacts, ...]
    hashes: tuple[bytes, ...] | None
    draw_no: str | None

    @property
    def count(self) -> int | None:
        """How many enrolments stand on the list; None until enrolment has closed."""
        return None if self.hashes is None else len(self.hashes)


@dataclass(frozen=True, slots=True)
class FigureShown:
    """A number of the reckoning, with what it is."""

    name: str
    shown: str
    zh: str
    en: str

    def label(self, language: str) -> str:
        """What the number is, in "zh" or "en"."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class RowShown:
    """What became of one enrolment, and why."""

    agency: AgencyName | None
    uscc: str
    standing: Standing
    place: int | None
    figures: tuple[FigureShown, ...]
    zh: str
    en: str

    def words(self, language: str) -> str:
        """Why it came where it did."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class ResultShown:
    """A published result as its page explains it: the best first, what does not count last."""

    rows: tuple[RowShown, ...]
    figures: tuple[FigureShown, ...]
    winner: RowShown | None
    failure: tuple[str, str] | None
    file_hash: bytes
    chosen_at: datetime

    def failure_words(self, language: str) -> str:
        """Why nobody was chosen; empty where somebody was."""
        if self.failure is None:
            return ""
        return self.failure[0 if language == "zh" else 1]


@dataclass(frozen=True, slots=True)
class OwnEnrolment:
    """An agency's own last act in a round."""

    act: bytes
    act_hash: bytes
    seq: int
    is_withdrawal: bool
    at: datetime


def selection(session: Session, no: str) -> SelectionFacts:
    """How far the newest round of a demand is; `NotFound` before its publication."""
    row = known(session, no)
    hashes = None
    if row.closed_at is not None:
        hashes = tuple(one.act_hash for one in live(session, row.id))
    return SelectionFacts(
        id=row.id,
        demand_no=row.demand_no,
        round=row.round,
        amendment=row.amendment,
        state=row.state,
        mode=row.mode,
        sealed=row.sealed,
        terms=terms_of(row),
        terms_hash=row.terms_hash,
        enrol_opens=row.enrol_opens,
        enrol_closes=row.enrol_closes,
        opens_at=row.opens_at,
        is_extended=row.is_extended,
        closed_at=row.closed_at,
        published_at=row.published_at,
        keepers=_keepers(session, row) if row.sealed else (),
        hashes=hashes,
        draw_no=row.draw_no,
    )


def manifest(session: Session, no: str) -> TimeManifest | None:
    """The timekeepers' keys of the newest round, once all are there."""
    return manifest_of(known(session, no))


def own(session: Session, no: str, organisation: UUID) -> OwnEnrolment | None:
    """An organisation's own last act in the newest round."""
    row = last_act(session, known(session, no).id, organisation)
    return None if row is None else own_of(row)


def own_of(row: EnrolmentRow) -> OwnEnrolment:
    """An act as its own agency may see it."""
    return OwnEnrolment(row.act, row.act_hash, row.seq, row.is_withdrawal, row.at)


def result(session: Session, no: str) -> ResultShown | None:
    """The published result of the newest round; None before."""
    row = known(session, no)
    held = session.get(SelectionResult, row.id)
    if held is None or row.state not in PUBLISHED:
        return None
    outcome = _object(parse(held.file, limit=FILE_LIMIT)["outcome"])
    keys = _holders(session, row.id)
    names = agency_names(session, list(keys.values()))
    rows = [_row(one, keys, names) for one in _objects(outcome["rows"])]
    failure = outcome["failure"]
    words = None if failure is None else _object(failure)
    return ResultShown(
        rows=tuple(sorted(rows, key=_order)),
        figures=_figures(outcome["figures"]),
        winner=next((one for one in rows if one.standing is Standing.WINNER), None),
        failure=None if words is None else (str(words["zh"]), str(words["en"])),
        file_hash=held.file_hash,
        chosen_at=held.chosen_at,
    )


def shown_rows(session: Session, key: UUID, file: bytes) -> dict[bytes, RowShown]:
    """The rows of a selection file by the hash of each enrolment, ascending."""
    outcome = _object(parse(file, limit=FILE_LIMIT)["outcome"])
    keys = _holders(session, key)
    names = agency_names(session, list(keys.values()))
    return {_key(one["quote"]): _row(one, keys, names) for one in _objects(outcome["rows"])}


def file_of(session: Session, no: str) -> bytes:
    """The selection file of a published result, or of a drawn short list; `NotFound` before.

    Without journal proofs.
    """
    row = known(session, no)
    held: SelectionResult | Shortlist | None = session.get(SelectionResult, row.id)
    if held is None or row.state not in PUBLISHED:
        held = session.get(Shortlist, row.id)
    if held is None:
        raise NotFound("not-yet", zh="选取结果尚未公布", en="The result is not published yet")
    return held.file


def selected(session: Session, no: str) -> SelectedFacts | None:
    """Who was chosen for a demand, and who follows; None before, and where it failed."""
    row = of_demand(session, no)
    held = None if row is None else session.get(SelectionResult, row.id)
    if row is None or held is None or held.winner is None or row.published_at is None:
        return None
    outcome = _object(parse(held.file, limit=FILE_LIMIT)["outcome"])
    keys = _holders(session, row.id)
    names = agency_names(session, list(keys.values()))
    prices = {_key(one["quote"]): _price(one) for one in _objects(outcome["rows"])}

    def named(value: Json) -> tuple[UUID, str, Money]:
        agency = keys[_key(value)]
        return agency, names[agency].no, prices[_key(value)]

    agency, agency_no, price = named(outcome["winner"])
    followers = outcome["alternates"]
    return SelectedFacts(
        demand_no=row.demand_no,
        round=row.round,
        agency=agency,
        agency_no=agency_no,
        price=price,
        alternates=tuple(map(named, followers if isinstance(followers, list) else [])),
        published_at=row.published_at,
        selection_hash=held.file_hash,
    )


def _keepers(session: Session, row: Selection) -> tuple[KeeperFacts, ...]:
    made = manifest_of(row)
    held = {
        one.number: one
        for one in session.scalars(select(TimeReleaseRow).where(TimeReleaseRow.selection == row.id))
    }
    if made is not None:
        return tuple(
            KeeperFacts(
                one.organisation.uscc,
                one.organisation.name,
                has_key=True,
                released_at=held[number].taken_at if number in held else None,
                fault=held[number].fault if number in held else None,
            )
            for number, one in enumerate(made.recipients, start=1)
        )
    there = set(
        session.scalars(select(TimeRecipientRow.uscc).where(TimeRecipientRow.selection == row.id))
    )
    keepers = session.scalars(select(Timekeeper).order_by(Timekeeper.taken_up_at, Timekeeper.uscc))
    return tuple(KeeperFacts(one.uscc, one.name, one.uscc in there, None, None) for one in keepers)


def _holders(session: Session, key: UUID) -> dict[bytes, UUID]:
    return {one.act_hash: one.agency for one in live(session, key)}


def _row(one: JsonObject, keys: Mapping[bytes, UUID], names: Mapping[UUID, AgencyName]) -> RowShown:
    place = one["place"]
    return RowShown(
        names.get(keys[_key(one["quote"])]),
        str(one["agency"]),
        Standing(str(one["standing"])),
        place if isinstance(place, int) else None,
        _figures(one["figures"]),
        str(one["zh"]),
        str(one["en"]),
    )


def _order(row: RowShown) -> tuple[bool, int, str]:
    last = row.standing is Standing.INVALID
    return last, row.place if row.place is not None else 10_000, row.uscc


def _figures(value: Json) -> tuple[FigureShown, ...]:
    return tuple(
        FigureShown(str(one["name"]), str(one["shown"]), str(one["zh"]), str(one["en"]))
        for one in _objects(value)
    )


def _price(row: JsonObject) -> Money:
    found = next((one for one in _objects(row["figures"]) if one["name"] == "price"), None)
    return Money(0) if found is None else Money(int(Fraction(str(found["exact"]))))


def _key(value: Json) -> bytes:
    return unb64u(str(value), 32)


def _objects(value: Json) -> Sequence[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _object(value: Json) -> JsonObject:
    if not isinstance(value, dict):
        raise TypeError("a selection file holds an object here")
    return value
