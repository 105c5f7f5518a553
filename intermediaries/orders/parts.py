"""The parts of an order as pages read them: values, with nothing in them that could be changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from intermediaries.orders.model.orders import (
    AskedPause,
    OrderAward,
    OrderPaper,
    OrderRating,
    OrderSignature,
    OrderSupplement,
    Rectification,
    ResultObjection,
    ServiceOrder,
)
from intermediaries.orders.rules.states import (
    AskedPauseState,
    Cause,
    OrderState,
    Purpose,
    RectificationState,
    ResultObjectionState,
    Side,
)
from intermediaries.orders.rules.supplement import SupplementState
from intermediaries.rulebook.clock.events import PauseCode
from market.accounts.queries.organisations import OrganisationName
from market.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What an order says and by when: of the present award, for its parties and who watches.

    `uses_approval`: whether an approval of a department follows the owner's acceptance.
    """

    no: str
    state: OrderState
    owner: UUID
    price: Money
    deliverables: tuple[str, ...]
    working_days: int
    objections_end: datetime | None
    confirm_until: datetime
    sign_until: datetime
    inputs: tuple[str, ...]
    clauses: str
    ready_at: datetime | None
    uses_approval: bool
    approval_case: UUID | None
    case_no: str | None


def particulars_of(row: ServiceOrder) -> Particulars:
    """What a row says."""
    return Particulars(
        no=row.no,
        state=row.state,
        owner=row.owner,
        price=row.price,
        deliverables=tuple(row.scope),
        working_days=row.working_days,
        objections_end=row.objections_end,
        confirm_until=row.confirm_until,
        sign_until=row.sign_until,
        inputs=tuple(row.inputs or ()),
        clauses=row.clauses or "",
        ready_at=row.ready_at,
        uses_approval=row.uses_approval,
        approval_case=row.approval_case,
        case_no=row.case_no,
    )


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """An agency of the result and what became of it; `reason` is what it said as it gave up."""

    place: int
    agency: OrganisationName
    agency_no: str
    price: Money
    asked_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    ended_for: Cause | None
    reason: str | None


def award_facts(row: OrderAward, agency: OrganisationName) -> AwardFacts:
    """What a row says, with the name of its agency."""
    return AwardFacts(
        row.place,
        agency,
        row.agency_no,
        row.price,
        row.asked_at,
        row.confirmed_at,
        row.ended_at,
        row.ended_for,
        row.reason,
    )


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """That a side has signed, when and with which key."""

    side: Side
    key_id: str
    signed_at: datetime


def signature_facts(row: OrderSignature) -> SignatureFacts:
    """What a row says."""
    return SignatureFacts(row.side, row.key_id, row.signed_at)


@dataclass(frozen=True, slots=True)
class ResultObjectionFacts:
    """An objection to the result without who made it, and its answer."""

    id: UUID
    text: str
    due: datetime
    state: ResultObjectionState
    answer: str | None


def result_objection_facts(row: ResultObjection) -> ResultObjectionFacts:
    """What a row says."""
    return ResultObjectionFacts(row.id, row.text, row.due, row.state, row.answer)


@dataclass(frozen=True, slots=True)
class PauseFacts:
    """A pause that was asked for, and what became of it."""

    id: UUID
    state: AskedPauseState
    code: PauseCode
    reason: str
    words: str | None


def pause_facts(row: AskedPause) -> PauseFacts:
    """What a row says."""
    return PauseFacts(row.id, row.state, row.code, row.reason, row.words)


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """A file of an order: `event` is the number of the fact that it came with."""

    event: int | None
    purpose: Purpose
    document: bytes
    organisation: UUID
    brought_at: datetime


def paper_facts(row: OrderPaper) -> PaperFacts:
    """What a row says."""
    return PaperFacts(row.event, row.purpose, row.document, row.organisation, row.brought_at)


@dataclass(frozen=True, slots=True)
class RatingFacts:
    """What a side gave: stars by item, and its reason."""

    side: Side
    stars: Mapping[str, int]
    reason: str


def rating_facts(row: OrderRating) -> RatingFacts:
    """What a row says."""
    return RatingFacts(row.side, dict(row.stars), row.reason)


@dataclass(frozen=True, slots=True)
class RectificationFacts:
    """What a low rating has to be followed by, and what was reported."""

    side: Side
    state: RectificationState
    report: str | None


def rectification_facts(row: Rectification) -> RectificationFacts:
    """What a row says."""
    return RectificationFacts(row.side, row.state, row.report)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementFacts:
    """A supplement to the contract: what it changes, who offered it, who has signed."""

    number: int
    state: SupplementState
    side: Side
    reason: str
    price: Money
    price_change: Money
    deliverables: tuple[str, ...]
    more_days: int
    hash: bytes
    offered_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    signatures: tuple[SignatureFacts, ...]

    @property
    def is_offered(self) -> bool:
        """Whether the side that offers it has signed, so that the other may."""
        return any(one.side is self.side for one in self.signatures)


def supplement_facts(row: OrderSupplement, signatures: Iterable[OrderSignature]) -> SupplementFacts:
    """What a row says, with the signatures under it."""
    return SupplementFacts(
        number=row.number,
        state=row.state,
        side=row.side,
        reason=row.reason,
        price=row.price_before + row.price_change,
        price_change=row.price_change,
        deliverables=tuple(row.deliverables),
        more_days=row.more_days,
        hash=row.hash,
        offered_at=row.offered_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        signatures=tuple(signature_facts(one) for one in signatures),
    )
