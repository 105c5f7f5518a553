"""What is known of a tender, as lists of exactly what may be seen."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from bidding.rulebook.amendments import AmendmentKind
from bidding.rulebook.criteria import LowPriceTriggers, Scheme
from bidding.rulebook.limits import Category
from bidding.rulebook.plan import Plan
from bidding.tenders.rules import TenderState
from market.files.media import MediaType
from market.kernel.money import Money


@dataclass(frozen=True, slots=True)
class BiddingTerms:
    """What a sealed act is checked against; the asker compares the deadline itself."""

    no: str
    deadline: datetime
    manifest_hash: bytes
    amendment: int
    takes_bids: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a tender ended without a contract."""

    cause: str
    zh: str
    en: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """The moments of what has happened, None for what has not."""

    published_at: datetime
    closed_at: datetime | None
    opened_at: datetime | None
    evaluated_from: datetime | None
    evaluated_until: datetime | None
    reported_at: datetime | None
    determined_at: datetime | None
    awarded_at: datetime | None
    contracted_at: datetime | None
    archived_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderFacts:
    """A published tender, all of it public.

    `deadline` and `questions_end` are the last moments in time, inclusive. `manifest_hash` and
    `amendment` are the ones a bid must name now.
    """

    id: UUID
    no: str
    project: UUID
    project_code: str
    owner: UUID
    agent: UUID | None
    state: TenderState
    suspended: bool
    category: Category
    title_zh: str
    title_en: str
    need_zh: str
    need_en: str
    qualification_zh: str
    qualification_en: str
    qualification_subjects: tuple[str, ...]
    consortium: bool
    contact: str
    budget: Money
    ceiling: Money
    bond: Money
    validity_days: int
    scheme: Scheme
    published_at: datetime
    deadline: datetime
    questions_end: datetime
    amendment: int
    manifest_hash: bytes
    plan: Plan
    happened: Happened
    ending: Ending | None

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en

    @property
    def sme_deduction(self) -> Fraction | None:
        """Percent off the compared price of small and micro firms; None: reserved for them."""
        return self.scheme.deductions.small

    @property
    def low_price(self) -> LowPriceTriggers | None:
        """When a low offer is reviewed."""
        return self.scheme.low_price

    def is_open_for_bids(self, now: datetime) -> bool:
        """Whether a bid that is complete at this moment is in time and taken."""
        return self.state is TenderState.PUBLISHED and not self.suspended and now <= self.deadline

    def is_open_for_questions(self, now: datetime) -> bool:
        """Whether a question asked at this moment is taken."""
        return self.state is TenderState.PUBLISHED and now <= self.questions_end

    def insiders(self) -> frozenset[UUID]:
        """The organisations that run this tender: owner and agent."""
        return frozenset({self.owner} if self.agent is None else {self.owner, self.agent})


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """A draft as its owner and agent see it; None is what nobody has entered yet."""

    id: UUID
    no: str
    project: UUID
    project_code: str
    owner: UUID
    agent: UUID | None
    state: TenderState
    category: Category
    title_zh: str
    title_en: str
    need_zh: str | None
    need_en: str | None
    qualification_zh: str | None
    qualification_en: str | None
    qualification_subjects: tuple[str, ...]
    consortium: bool
    contact: str | None
    budget: Money
    ceiling: Money | None
    bond: Money | None
    validity_days: int | None
    scheme: Scheme | None
    plan: Plan
    documents: "tuple[DocumentLine, ...]"

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document anybody may fetch; `since` is the amendment it came with, `until` replaced it."""

    digest: bytes
    name: str
    size: int
    media_type: MediaType
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class AmendmentLine:
    """A published amendment; `reason_zh` and `reason_en` say what became of the deadline."""

    version: int
    kind: AmendmentKind
    published_at: datetime
    deadline: datetime
    zh: str
    en: str
    reason_zh: str
    reason_en: str
    text_hash: bytes


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A question with its answer, published together; nobody knows who asked."""

    text: str
    answer_zh: str
    answer_en: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that waits for its answer, for owner and agent alone."""

    id: UUID
    text: str
    asked_on: date
