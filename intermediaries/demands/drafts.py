"""A demand as its owner writes it, with whatever is there yet."""

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from intermediaries.catalogue.queries import ItemFacts
from intermediaries.demands.rules.contents import ContractTemplate
from intermediaries.demands.rules.states import DemandState
from intermediaries.rulebook.selection.modes import Funds, Mode
from intermediaries.rulebook.selection.scheme_plan import SchemePlan
from market.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """Everything an owner has typed; for the owner, and for the operator once it was handed in."""

    id: UUID
    no: str
    state: DemandState
    owner: UUID
    project_code: str | None
    item: ItemFacts | None
    title_zh: str
    title_en: str
    background: str | None
    scope: str | None
    deliverables: tuple[str, ...]
    staff: str | None
    funds: Funds | None
    ceiling: Money | None
    working_days: int | None
    revision_hours: int
    mode: Mode | None
    fixed: Money | None
    list_size: int | None
    short_size: int | None
    choose_days: int | None
    rounds_time: time | None
    scheme_weight: int | None
    scheme: SchemePlan | None
    named: str | None
    reason: str | None
    enrol_days: int | None
    rating_rule: str | None
    contract: ContractTemplate | None
    contract_terms: str | None
    payment: str | None
    payment_days: int | None
    department: UUID | None
    approval_item: str | None
    declared_at: datetime | None
    submitted_at: datetime | None
    separate: str | None
    published_at: datetime | None
    enrol_closes: datetime | None

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en
