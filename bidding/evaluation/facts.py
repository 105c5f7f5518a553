"""What is known of an evaluation, as lists of exactly what may be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from bidding.evaluation.rules.prices import PriceScore
from bidding.evaluation.rules.reasons import Rejection
from bidding.evaluation.rules.sheets import Facts
from bidding.evaluation.rules.signing import Signature
from bidding.evaluation.rules.states import EvaluationState, QuestionState, SheetState
from bidding.rulebook.criteria import Scheme
from market.kernel.money import Money
from market.protocol.encoding import Json


@dataclass(frozen=True, slots=True)
class DarkFile:
    """A document of a technical envelope."""

    id: UUID
    name: str
    length: int


@dataclass(frozen=True, slots=True)
class DarkOffer:
    """A bid before the panel: a number, what it offers technically, its documents."""

    number: str
    facts: Mapping[str, Json]
    files: tuple[DarkFile, ...]


@dataclass(frozen=True, slots=True)
class OwnFinding:
    """What a member itself found of one bid."""

    responsive: bool
    rejection: str


@dataclass(frozen=True, slots=True)
class OwnSheet:
    """A member's own sheet."""

    state: SheetState
    version: int
    marks: Mapping[str, Mapping[str, str]]
    digest: bytes | None


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of collusion in words for its reader; `numbers` are the table numbers of its bids.

    A bid that was out at the opening has no number. `found` is whether the panel put out every
    bid of it that was there to be judged, None while the panel has not decided.
    """

    rule: str
    score: int
    numbers: tuple[str, ...]
    zh: str
    en: str
    found: bool | None


@dataclass(frozen=True, slots=True)
class MemberView:
    """The evaluation as one member may see it before all sheets are locked."""

    no: str
    state: EvaluationState
    member: str
    scheme: Scheme
    offers: tuple[DarkOffer, ...]
    figures: Facts
    findings: Mapping[str, OwnFinding]
    sheet: OwnSheet | None
    locked: int
    members: int
    signs: tuple[Sign, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedPrice:
    """A question about a low offer with its answer."""

    number: str
    state: QuestionState
    reasons: tuple[tuple[str, str], ...]
    asked_at: datetime
    until: datetime
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class NamedBid:
    """A bid with its name and price, once both may be seen."""

    number: str
    uscc: str
    price: Money
    rejection: Rejection | None
    points: PriceScore | None


@dataclass(frozen=True, slots=True)
class RankedBid:
    """One place of the ranking with its figures and the sentences that explain them."""

    rank: int
    number: str
    uscc: str
    offer: Money
    total: Decimal
    price: Decimal
    technical: Decimal
    business: Decimal
    zh: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """The report with where its signatures stand, by member number."""

    raw: bytes
    hash: bytes
    pdf: bytes
    called_at: datetime
    until: datetime
    signatures: tuple[tuple[str, Signature, str | None], ...]


@dataclass(frozen=True, slots=True)
class OpenView:
    """The evaluation once every sheet is locked: for the panel, and for the purchaser later."""

    no: str
    state: EvaluationState
    bids: tuple[NamedBid, ...]
    questions: tuple[AskedPrice, ...]
    ranking: tuple[RankedBid, ...]
    report: ReportFacts | None
    determine_until: datetime | None
    corrects_prices: bool = False
    """Whether the correction of a price is open: no price is final, so nobody votes on one."""
