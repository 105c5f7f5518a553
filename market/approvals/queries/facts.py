"""What is shown of a case: lines of lists, and everything for those who may know it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from market.approvals.rules.cases import (
    CaseState,
    ExtensionState,
    Issue,
    Missing,
    Outcome,
    PauseKind,
)
from market.approvals.rules.course import Course, Left
from market.approvals.rules.items import Stage
from market.approvals.rules.timetable import Why
from market.kernel.workdays import NotYetPublished


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list: where it stands, what is due next and how much time is left."""

    id: UUID
    no: str
    project_code: str
    code: str
    name_zh: str
    name_en: str
    stage: Stage
    department: UUID
    state: CaseState
    outcome: Outcome | None
    opened_at: datetime
    received_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    delivered_at: datetime | None
    due: date | NotYetPublished | None
    left: Left
    open_round: bool = False
    service: str | None = None
    """The service whose deliverable it carries; None: it stands by itself."""

    def name(self, language: str) -> str:
        """Its item's name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """One paper: for which material, in which round, when."""

    material: int
    turn: int
    document: bytes
    handed_in_at: datetime


@dataclass(frozen=True, slots=True)
class MissingFacts:
    """One line of the notice of correction, and when it was supplied."""

    missing: Missing
    supplied_at: datetime | None


@dataclass(frozen=True, slots=True)
class PauseFacts:
    """Time that is not counted; an expert review has its from and to here."""

    number: int
    kind: PauseKind
    reason: str
    told_days: int
    begun_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """One round of opinions."""

    number: int
    issues: tuple[Issue, ...]
    given_at: datetime
    revised_at: datetime | None
    words: str | None


@dataclass(frozen=True, slots=True)
class ExtensionFacts:
    """The request for more time and what became of it."""

    state: ExtensionState
    days: int
    reason: str
    asked_by: UUID
    asked_at: datetime
    decided_at: datetime | None
    words: str | None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Everything of a case; for its department, its applicant and the rooms above."""

    line: CaseLine
    project: UUID
    owner: UUID
    item: UUID
    course: Course
    reasons: str | None
    paper_no: str | None
    ended_at: datetime | None
    papers: tuple[PaperFacts, ...]
    missing: tuple[MissingFacts, ...]
    pauses: tuple[PauseFacts, ...]
    rounds: tuple[RoundFacts, ...]
    extension: ExtensionFacts | None
    timetable: tuple[Why, ...]

    @property
    def no(self) -> str:
        """Its number."""
        return self.line.no

    @property
    def state(self) -> CaseState:
        """How far it has come by the moment of asking."""
        return self.course.state

    @property
    def open_round(self) -> RoundFacts | None:
        """The round of opinions that waits for an answer."""
        return next((one for one in self.rounds if one.revised_at is None), None)
