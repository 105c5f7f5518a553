"""A demand as other rooms and pages read it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from intermediaries.catalogue.queries import ItemFacts
from intermediaries.catalogue.rules import Requirement
from intermediaries.demands.rules.contents import ContractTemplate
from intermediaries.demands.rules.states import DemandState
from intermediaries.rulebook.selection.modes import Funds, Mode
from intermediaries.rulebook.selection.terms import Terms
from market.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandFacts:
    """A demand from its check on; who may see it is for the asker to decide.

    `item` is the item as it stood on the legal day of publication, before that as it stands now;
    `requirement` is what it asks of an agency. `terms`, `terms_hash` and the dates are there from
    publication on: `enrol_closes` is still inside, at `opens_at` timekeepers release.
    `department` and `approval_item`: whose approval uses the deliverable.
    """

    id: UUID
    no: str
    state: DemandState
    owner: UUID
    project: UUID | None
    project_code: str | None
    item: ItemFacts
    title_zh: str
    title_en: str
    background: str
    scope: str
    deliverables: tuple[str, ...]
    staff: str | None
    funds: Funds
    mode: Mode
    ceiling: Money
    fixed: Money | None
    terms: Terms | None
    terms_hash: bytes | None
    working_days: int
    revision_hours: int
    rating_rule: str | None
    contract: ContractTemplate
    contract_terms: str | None
    payment: str
    payment_days: int
    department: UUID | None
    approval_item: str | None
    enrol_opens: datetime | None
    enrol_closes: datetime | None
    opens_at: datetime | None
    round: int
    amendment: int
    published_at: datetime | None
    closed_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None

    @property
    def requirement(self) -> Requirement | None:
        """The qualification asked for; None where no law asks for one."""
        return self.item.terms.requirement

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en

    def takes_enrolments(self, now: datetime) -> bool:
        """Whether an enrolment that is complete now is in time; the last moment is."""
        return (
            self.state is DemandState.ENROLLING
            and self.enrol_opens is not None
            and self.enrol_closes is not None
            and self.enrol_opens <= now <= self.enrol_closes
        )
