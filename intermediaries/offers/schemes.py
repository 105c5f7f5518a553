"""Schemes of a round: numbered in drawn order, opened for the reviewers and for nobody else.

The platform opens an envelope each time a reviewer reads it; an opened scheme is kept nowhere.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from intermediaries.offers.model import EnrolmentRow, Selection
from intermediaries.offers.reckoning import opened
from intermediaries.offers.rows import live, manifest_of, releases, terms_of
from intermediaries.offers.rules.states import SelectionState
from intermediaries.offers.sheets import sheets
from intermediaries.rulebook.selection.counting import shortfall, sift
from intermediaries.rulebook.selection.modes import Mode
from market.draws import queries as draws
from market.kernel.errors import NotFound
from market.protocol.encoding import parse
from market.protocol.enrolments import read_enrolment
from market.protocol.payload import DocumentFound
from market.protocol.schemes import open_scheme
from market.protocol.timekeeping import NEEDED, check_releases
from market.reviews import queries as reviews
from market.reviews.queries import ReviewFacts, SeatFacts
from market.reviews.rules import Kind, ReviewState


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme as a reviewer sees it: a number in drawn order, documents, no name, no price."""

    number: int
    key: bytes
    documents: tuple[DocumentFound, ...]


@dataclass(frozen=True, slots=True)
class Scoring:
    """What a reviewer has before it: the schemes to score, or none yet; whether it is locked."""

    demand_no: str
    seat: SeatFacts
    schemes: tuple[Scheme, ...]
    is_open: bool
    is_locked: bool


def is_opened(session: Session, row: Selection) -> bool:
    """Whether the order is drawn and the quotes can be opened: before that nobody scores."""
    if row.mode is not Mode.SCHEME or row.state is not SelectionState.DRAWING:
        return False
    drawn = row.draw_no is not None and draws.seed(session, row.draw_no) is not None
    return drawn and len(releases(session, row)) >= NEEDED


def scored(session: Session, row: Selection) -> tuple[bytes, ...]:
    """The enrolments that reviewers score, in drawn order; none where too few count."""
    quotes, _ = opened(session, row)
    terms = terms_of(row)
    valid = sift(terms, quotes)[0]
    if shortfall(terms, valid, is_extended=row.is_extended) is not None:
        return ()
    order = draws.order(session, row.draw_no or "") or ()
    counting = {quote.key for quote in valid}
    return tuple(key for key in order if key in counting)


def waits_for_scores(session: Session, row: Selection) -> bool:
    """Whether the choice waits for reviewers: opened, enough that count, and a sheet missing."""
    if row.mode is not Mode.SCHEME or row.state is not SelectionState.DRAWING:
        return False
    if not is_opened(session, row):
        return True
    review = review_of(session, row)
    if review is None:
        return bool(scored(session, row))
    return review.state is not ReviewState.FINISHED or len(sheets(session, row.id)) != review.seats


def review_of(session: Session, row: Selection) -> ReviewFacts | None:
    """The review by drawn reviewers of this round; None before it was asked for."""
    found = [
        one
        for one in reviews.reviews_of(session, Kind.SELECTION, row.demand_no)
        if row.closed_at is not None and one.asked_at >= row.closed_at
    ]
    return found[-1] if found else None


def own_seat(session: Session, row: Selection, person: UUID | None) -> SeatFacts | None:
    """One's own seat among the reviewers of a round."""
    review = review_of(session, row)
    held = () if review is None or person is None else review.held
    return next((one for one in held if one.person == person), None)


def scoring(session: Session, row: Selection, person: UUID | None) -> Scoring:
    """What a reviewer has before it; `NotFound` for everybody else."""
    seat = own_seat(session, row, person)
    if seat is None:
        raise NotFound("no-seat", zh="没有此次评审席位", en="There is no such seat")
    is_open = is_opened(session, row)
    keys = scored(session, row) if is_open else ()
    rows = {one.act_hash: one for one in live(session, row.id)}
    found = tuple(
        Scheme(number, key, _open(session, row, rows[key])[0])
        for number, key in enumerate(keys, start=1)
    )
    locked = any(one.seat == seat.id for one in sheets(session, row.id))
    return Scoring(row.demand_no, seat, found, is_open and bool(found), locked)


def document(session: Session, row: Selection, number: int, place: int) -> tuple[str, bytes]:
    """Name and bytes of a document of the scheme with this number; `NotFound`."""
    keys = scored(session, row) if is_opened(session, row) else ()
    if not 0 < number <= len(keys):
        raise NotFound("no-document", zh="没有此文件", en="There is no such file")
    rows = {one.act_hash: one for one in live(session, row.id)}
    found, held = _open(session, row, rows[keys[number - 1]])
    if not 0 < place <= len(found):
        raise NotFound("no-document", zh="没有此文件", en="There is no such file")
    name = found[place - 1].name
    return name, bytes(held[name])


def _open(
    session: Session, row: Selection, one: EnrolmentRow
) -> tuple[tuple[DocumentFound, ...], dict[str, bytearray]]:
    """The documents of a scheme that opens, each with its bytes."""
    manifest, held = manifest_of(row), dict[str, bytearray]()
    if manifest is None or one.scheme is None:
        raise AssertionError("a scheme that counts was sealed")

    def sink_for(name: str) -> "_Sink":
        held[name] = bytearray()
        return _Sink(held[name])

    identities = check_releases(releases(session, row))
    act = read_enrolment(parse(one.act))
    return open_scheme(act, manifest, identities, [one.scheme], sink_for), held


class _Sink:
    """Takes the pieces of a document."""

    def __init__(self, into: bytearray) -> None:
        self._into = into

    def __call__(self, piece: bytes) -> int:
        """Take a piece."""
        self._into += piece
        return len(piece)
