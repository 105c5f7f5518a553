"""Writing a demand piece by piece; nobody but its owner knows of a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Final

from intermediaries.catalogue.queries import ItemFacts, item_by_code
from intermediaries.cityrules.queries import settings_on
from intermediaries.demands.commands import rows
from intermediaries.demands.commands.naming import refuse_unless_nameable
from intermediaries.demands.model import Demand
from intermediaries.demands.rules.contents import (
    DAYS_MOST,
    DELIVERABLES_MOST,
    ContractTemplate,
    Section,
)
from intermediaries.demands.rules.promised import pays_in_time, refuse_unless_paid_in_time
from intermediaries.demands.rules.routing import refuse_if_procurement
from intermediaries.demands.rules.states import OPEN, ORDERLY, DemandState
from intermediaries.demands.rules.window import (
    Planned,
    refuse_unless_long_enough,
    refuse_unless_plan,
)
from intermediaries.rulebook.selection.admission import may_use, modes_for
from intermediaries.rulebook.selection.modes import Funds, Mode
from intermediaries.rulebook.selection.scheme_plan import SchemePlan
from intermediaries.rulebook.selection.sources import Settings
from market.accounts.queries.organisations import refuse_unless_confirmed
from market.approvals.queries.items import item as approval_by_code
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.projects.queries import facts_for
from market.protocol.encoding import stamp

TITLE: Final = 200  # characters
TEXT: Final = 4000
REASON: Final = 2000


@dataclass(frozen=True, slots=True)
class BeginDemand:
    """A draft for a service of the catalogue; `project` is the code of one's own, if any."""

    item: str
    title_zh: str
    title_en: str
    project: str | None = None


def begin_demand(work: Work, cmd: BeginDemand) -> Mapping[str, Any]:
    """Begin a draft; `{"no"}` is its number from now on.

    `Refusal`s of an organisation that is not confirmed, "item-withdrawn"; `NotFound`s of the
    item and of somebody else's project.
    """
    work.need(Permission.DEMANDS_DEMAND_PREPARE)
    organisation = rows.acting(work)[1]
    refuse_unless_confirmed(work.session, organisation)
    row = Demand(
        no=rows.free_number(work),
        owner=organisation,
        state=DemandState.DRAFT,
        title_zh="",
        title_en="",
        deliverables=[],
        touched={},
        started_at=work.now,
        round=1,
        amendment=0,
    )
    _put_item(work, row, cmd)
    work.session.add(row)
    work.note(row.no, "demand.begun")
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class SetItem:
    """Which service, under which title, for which project of one's own."""

    no: str
    item: str
    title_zh: str
    title_en: str
    project: str | None = None


def set_item(work: Work, cmd: SetItem) -> Mapping[str, Any]:
    """Save the service and the title; refusals as in `begin_demand`."""
    row = _open(work, cmd.no, Section.ITEM)
    _put_item(work, row, BeginDemand(cmd.item, cmd.title_zh, cmd.title_en, cmd.project))
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class SetNeed:
    """Why, what, and what is handed over in the end; `staff` only where a law asks for people."""

    no: str
    background: str
    scope: str
    deliverables: tuple[str, ...]
    staff: str | None = None


def set_need(work: Work, cmd: SetNeed) -> Mapping[str, Any]:
    """Save the need; `BadInput` "too-many-deliverables"."""
    row = _open(work, cmd.no, Section.NEED)
    if not 0 < len(cmd.deliverables) <= DELIVERABLES_MOST:
        words = (
            f"成果应为1至{DELIVERABLES_MOST}项",
            f"1 to {DELIVERABLES_MOST} deliverables",
        )
        raise _bad("too-many-deliverables", "deliverables", *words)
    row.background, row.scope = _said(cmd.background), _said(cmd.scope)
    row.deliverables = [_said(one) for one in cmd.deliverables]
    row.staff = _maybe(cmd.staff)
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class SetMoney:
    """Whose money, and the most that may be asked."""

    no: str
    funds: Funds
    ceiling: Money


def set_money(work: Work, cmd: SetMoney) -> Mapping[str, Any]:
    """Save the money; `Refusal` "government-procurement" says where a larger demand belongs.

    A mode and a time of payment that these funds do not allow are taken out again.
    """
    row = _open(work, cmd.no, Section.MONEY)
    if cmd.ceiling <= Money(0):
        raise _bad("ceiling-zero", "ceiling", "应大于零", "Above zero")
    refuse_if_procurement(cmd.funds, cmd.ceiling, legal_day(work.now))
    allowed = modes_for(cmd.funds, cmd.ceiling, _settings(work))
    row.funds, row.ceiling = cmd.funds, cmd.ceiling
    if row.mode not in allowed or (row.fixed is not None and row.fixed > cmd.ceiling):
        clear_mode(row)
    days = row.payment_days
    if days is not None and not pays_in_time(days, cmd.funds, legal_day(work.now)):
        row.payment_days = None
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class SetTerms:
    """Working days for the service; how long a revision takes is no owner's to say."""

    no: str
    working_days: int


def set_terms(work: Work, cmd: SetTerms) -> Mapping[str, Any]:
    """Save the time; `BadInput` "time-out-of-range"."""
    row = _open(work, cmd.no, Section.TERMS)
    if not 1 <= cmd.working_days <= DAYS_MOST:
        words = (f"应为1至{DAYS_MOST}", f"1 to {DAYS_MOST}")
        raise _bad("time-out-of-range", "working_days", *words)
    row.working_days = cmd.working_days
    return {"no": row.no}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMode:
    """How one agency is chosen, with exactly the parameters of that mode; the rest is None."""

    no: str
    mode: Mode
    fixed: Money | None = None
    list_size: int | None = None
    short_size: int | None = None
    choose_days: int | None = None
    rounds_time: time | None = None
    scheme_weight: int | None = None
    scheme: SchemePlan | None = None
    named: str | None = None
    reason: str | None = None


def set_mode(work: Work, cmd: SetMode) -> Mapping[str, Any]:
    """Save the mode; `Refusal`s "money-first", "mode-not-allowed".

    In a direct choice those of an agency that may not enrol. What does not belong to the mode is
    dropped; what it lacks is a gap of the draft.
    """
    row = _open(work, cmd.no, Section.MODE)
    if row.funds is None or row.ceiling is None:
        raise Refusal(
            "money-first",
            zh="请先填写资金来源和最高限价：可用的选取方式由此确定",
            en="Enter funds and ceiling first: they decide which modes are allowed",
            article=ORDERLY,
        )
    may_use(cmd.mode, row.funds, row.ceiling, _settings(work))
    if cmd.fixed is not None and not Money(0) < cmd.fixed <= row.ceiling:
        raise _bad("fixed-beyond", "fixed", "不得高于最高限价", "Not above the ceiling")
    refuse_unless_plan(Planned(1, cmd.choose_days, cmd.rounds_time))
    if (cmd.short_size or 0) > (cmd.list_size or cmd.short_size or 0):
        words = ("入围家数不能多于名单家数", "Not more than stand on the list")
        raise _bad("short-beyond-list", "short_size", *words)
    if cmd.scheme is not None and cmd.scheme_weight is not None:
        cmd.scheme.refuse_unless_worth(cmd.scheme_weight)
    _said(cmd.reason or "", REASON)
    if cmd.mode is Mode.DIRECT and cmd.named is not None:
        refuse_unless_nameable(work.session, row, cmd.named, work.now)
    clear_mode(row)
    row.mode = cmd.mode
    for name in _KEPT[cmd.mode]:
        value = getattr(cmd, name)
        if isinstance(value, SchemePlan):
            value = value.json()
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    return {"no": row.no}


_KEPT: Final[Mapping[Mode, tuple[str, ...]]] = {
    Mode.DIRECT: ("named", "reason", "fixed"),
    Mode.RANDOM: ("fixed",),
    Mode.LOWEST: (),
    Mode.AVERAGE: (),
    Mode.REFPRICE: (),
    Mode.MULTIROUND: ("rounds_time",),
    Mode.CREDIT: ("list_size", "short_size", "choose_days", "fixed"),
    Mode.SCHEME: ("scheme_weight", "scheme"),
}
"""The parameters of each mode."""


@dataclass(frozen=True, slots=True)
class SetWindow:
    """How many working days agencies enrol."""

    no: str
    enrol_days: int


def set_window(work: Work, cmd: SetWindow) -> Mapping[str, Any]:
    """Save the time to enrol; `Refusal`s "money-first", "window-too-short" (S03); `BadInput`."""
    row = _open(work, cmd.no, Section.WINDOW)
    refuse_unless_long_enough(cmd.enrol_days, row.funds or Funds.PRIVATE, work.now)
    row.enrol_days = cmd.enrol_days
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class SetContract:
    """How the service is rated, which contract is signed, when it is paid."""

    no: str
    contract: ContractTemplate
    payment: str
    payment_days: int
    contract_terms: str | None = None
    rating_rule: str | None = None


def set_contract(work: Work, cmd: SetContract) -> Mapping[str, Any]:
    """Save contract and payment; `Refusal` "payment-too-late" for public money after 30 days."""
    row = _open(work, cmd.no, Section.CONTRACT)
    refuse_unless_paid_in_time(cmd.payment_days, row.funds, legal_day(work.now))
    row.contract, row.contract_terms = cmd.contract, _maybe(cmd.contract_terms)
    row.payment, row.payment_days = _said(cmd.payment), cmd.payment_days
    row.rating_rule = _maybe(cmd.rating_rule)
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class SetApproval:
    """Which approval uses the deliverable; None where none does."""

    no: str
    approval_item: str | None


def set_approval(work: Work, cmd: SetApproval) -> Mapping[str, Any]:
    """Save the approval item and with it its department; `NotFound` for one not in force."""
    row = _open(work, cmd.no, Section.APPROVAL)
    row.department = row.approval_item = None
    if cmd.approval_item is not None:
        known = approval_by_code(work.session, cmd.approval_item)
        row.department, row.approval_item = known.department, known.code
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class Declare:
    """That nobody of the department was asked which agency to take."""

    no: str


def declare(work: Work, cmd: Declare) -> Mapping[str, Any]:
    """Declare it, in one's own name."""
    row = _open(work, cmd.no, Section.DECLARATION)
    row.declared_at, row.declared_by = work.now, rows.acting(work)[0]
    return {"no": row.no}


def clear_mode(row: Demand) -> None:
    """Take the mode out with everything that belongs to it."""
    row.mode = row.fixed = row.list_size = row.short_size = row.choose_days = None
    row.rounds_time = row.scheme_weight = row.scheme = row.named = row.reason = None


def _open(work: Work, no: str, section: Section) -> Demand:
    """One's own draft, locked, with its part marked as touched; `Refusal` "demand-fixed"."""
    row = rows.own(work, no)
    if row.state not in OPEN:
        raise Refusal(
            "demand-fixed",
            zh="已提交的采购需求不能修改；审核中的可以先撤回",
            en="A demand that was handed in stays as it is; take it back first while it is checked",
            article=ORDERLY,
        )
    row.touched = {**row.touched, section.value: stamp(work.now)}
    work.note(row.no, f"demand.{section.value}")
    return row


def _put_item(work: Work, row: Demand, cmd: BeginDemand) -> None:
    item: ItemFacts = item_by_code(work.session, cmd.item, legal_day(work.now))
    if not item.terms.offered:
        raise Refusal(
            "item-withdrawn",
            zh="该服务事项已撤下，另选事项",
            en="This service is withdrawn; choose another",
        )
    row.item, row.item_code, row.category = item.id, item.code, item.category
    row.title_zh = _said(cmd.title_zh or item.terms.name_zh, TITLE)
    row.title_en = _said(cmd.title_en or item.terms.name_en, TITLE)
    row.project = row.project_code = None
    if cmd.project:
        project = facts_for(work.session, work.actor, cmd.project)
        if project.owner != row.owner:
            raise NotFound("no-project", zh="没有此项目", en="There is no such project")
        row.project, row.project_code = project.id, project.code


def _settings(work: Work) -> Settings:
    """What the city sets today; law is asked again when the demand is published."""
    return settings_on(work.session, legal_day(work.now))


def _said(text: str, most: int = TEXT) -> str:
    """What was typed without blanks around it; `BadInput` "text-too-long", never cut."""
    said = text.strip()
    if len(said) > most:
        raise BadInput("text-too-long", zh=f"最多{most}个字", en=f"At most {most} characters")
    return said


def _maybe(text: str | None) -> str | None:
    return _said(text or "") or None


def _bad(code: str, name: str, zh: str, en: str) -> BadInput:
    return BadInput(code, zh=zh, en=en, fields={name: (zh, en)})
