"""The pages of a demand: which form each has, what it starts with, what it saves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for
from sqlalchemy.orm import Session

from intermediaries.catalogue.queries import all_items
from intermediaries.cityrules.queries import settings_on
from intermediaries.demands.commands import preparing
from intermediaries.demands.drafts import DraftFacts
from intermediaries.demands.explaining import MODES
from intermediaries.demands.rules.contents import Section
from intermediaries.demands.rules.window import period_of
from intermediaries.demands.web import forms
from intermediaries.demands.web.scheme import OF_PLAN, plan_of, plan_typed, specialty_options
from intermediaries.rulebook.periods import PAYMENT, length
from intermediaries.rulebook.selection.admission import modes_for
from intermediaries.rulebook.selection.modes import Funds, Mode
from market.approvals.queries.items import items_in_force
from market.kernel.workdays import legal_day
from market.projects.queries import projects_of
from market.web.access import current_actor
from market.web.fields import Option
from market.web.filters import word
from market.web.forms import Form
from market.web.language import Lazy, language, lazy_gettext
from market.web.site import moment, site

PROJECTS: Final = 100
TITLES: Final[Mapping[Section, Lazy]] = {
    Section.ITEM: lazy_gettext("Which service is needed"),
    Section.NEED: lazy_gettext("What is needed, and what is handed over"),
    Section.MONEY: lazy_gettext("Funds and ceiling"),
    Section.TERMS: lazy_gettext("Time and qualification"),
    Section.MODE: lazy_gettext("How one agency is chosen"),
    Section.WINDOW: lazy_gettext("How long agencies enrol"),
    Section.CONTRACT: lazy_gettext("Contract, payment, rating"),
    Section.APPROVAL: lazy_gettext("Which approval uses it"),
    Section.DECLARATION: lazy_gettext("Declaration"),
}

Handler = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A page at hand: its form, the command, and the fields to show."""

    form: Form
    handler: Handler
    command: Callable[[], object]
    shown: Sequence[str]


def opened(section: Section, draft: DraftFacts) -> Opened:
    """The page of a section with what the draft holds."""
    return _OPENERS[section](draft)


def address(section: Section, no: str) -> str:
    """The page of a section."""
    return url_for("demand_desk.piece", no=no, part=section.value)


def neighbours(section: Section, no: str) -> tuple[str, str]:
    """The pages before and after this one."""
    order, at = list(Section), list(Section).index(section)
    around = url_for("demand_desk.overview", no=no)
    after = url_for("demand_desk.preview", no=no)
    back = address(order[at - 1], no) if at else around
    return back, address(order[at + 1], no) if at + 1 < len(order) else after


def item_options() -> list[Option]:
    """Every service that is offered today."""
    today, said = legal_day(moment()), language()
    found = site().office.read(lambda session: all_items(session, today))
    return [
        Option(one.code, f"{one.code} {one.name(said)}")
        for one in found
        if one.terms.offered and one.from_day <= today
    ]


def project_options() -> list[Option]:
    """The projects of one's own organisation."""
    mine, said = current_actor().organisation, language()
    if mine is None:
        return []

    def read(session: Session) -> list[Option]:
        return [
            Option(one.code, f"{one.code} {one.name_zh if said == 'zh' else one.name_en}")
            for one in projects_of(session, mine, PROJECTS)
        ]

    return site().office.read(read)


def _initial(draft: DraftFacts, *names: str) -> dict[str, object]:
    return {name: value for name in names if (value := getattr(draft, name)) is not None}


def _item(draft: DraftFacts) -> Opened:
    initial = _initial(draft, "title_zh", "title_en")
    if draft.item is not None:
        initial["item"] = draft.item.code
    if draft.project_code is not None:
        initial["project"] = draft.project_code
    options = {"item": item_options(), "project": project_options()}
    form = forms.ItemForm(initial=initial, options=options)
    return Opened(
        form,
        preparing.set_item,
        lambda: preparing.SetItem(draft.no, form.item, form.title_zh, form.title_en, form.project),
        list(form.fields),
    )


def _need(draft: DraftFacts) -> Opened:
    initial = _initial(draft, "background", "scope", "staff")
    initial["deliverables"] = "\n".join(draft.deliverables)
    form = forms.NeedForm(initial=initial)
    return Opened(
        form,
        preparing.set_need,
        lambda: preparing.SetNeed(draft.no, form.background, form.scope, form.lines(), form.staff),
        list(form.fields),
    )


def _money(draft: DraftFacts) -> Opened:
    form = forms.MoneyForm(initial=_initial(draft, "funds", "ceiling"))
    return Opened(
        form,
        preparing.set_money,
        lambda: preparing.SetMoney(draft.no, form.funds, form.ceiling),
        list(form.fields),
    )


def _terms(draft: DraftFacts) -> Opened:
    initial: dict[str, object] = {}
    if draft.item is not None:
        initial["working_days"] = draft.item.terms.standard_days
    initial |= _initial(draft, "working_days")
    form = forms.TimeForm(initial=initial)
    return Opened(
        form,
        preparing.set_terms,
        lambda: preparing.SetTerms(draft.no, form.working_days),
        list(form.fields),
    )


def _mode(draft: DraftFacts) -> Opened:
    modes: tuple[Mode, ...] = ()
    if draft.funds is not None and draft.ceiling is not None:
        held = site().office.read(lambda session: settings_on(session, legal_day(moment())))
        modes = modes_for(draft.funds, draft.ceiling, held)
    initial = _initial(draft, "mode", *(forms.OF_MODES.keys() - OF_PLAN))
    if draft.scheme is not None:
        initial |= plan_typed(draft.scheme)
    if draft.rounds_time is not None:
        initial["rounds_time"] = draft.rounds_time.strftime("%H:%M")
    options = {
        "mode": [Option(one.value, word(one), str(MODES[one])) for one in modes],
        "specialties": specialty_options() if Mode.SCHEME in modes else [],
    }
    form = forms.ModeForm(initial=initial, options=options)

    def command() -> preparing.SetMode:
        return preparing.SetMode(
            no=draft.no,
            mode=Mode(form.mode),
            fixed=form.fixed,
            list_size=form.list_size,
            short_size=form.short_size,
            choose_days=form.choose_days,
            rounds_time=form.rounds_time,
            scheme_weight=form.scheme_weight,
            scheme=plan_of(form),
            named=form.named,
            reason=form.reason,
        )

    return Opened(form, preparing.set_mode, command, forms.shown_fields(form, modes))


def _window(draft: DraftFacts) -> Opened:
    period = period_of(draft.funds or Funds.FISCAL)
    initial: dict[str, object] = {"enrol_days": length(period, legal_day(moment()))}
    initial |= _initial(draft, "enrol_days")
    form = forms.WindowForm(initial=initial)
    return Opened(
        form,
        preparing.set_window,
        lambda: preparing.SetWindow(draft.no, form.enrol_days),
        list(form.fields),
    )


def _contract(draft: DraftFacts) -> Opened:
    initial: dict[str, object] = {"payment_days": length(PAYMENT, legal_day(moment()))}
    initial |= _initial(
        draft, "contract", "contract_terms", "payment", "payment_days", "rating_rule"
    )
    form = forms.ContractForm(initial=initial)
    return Opened(
        form,
        preparing.set_contract,
        lambda: preparing.SetContract(
            draft.no,
            form.contract,
            form.payment,
            form.payment_days,
            form.contract_terms,
            form.rating_rule,
        ),
        list(form.fields),
    )


def _approval(draft: DraftFacts) -> Opened:
    said = language()
    linked = set(draft.item.terms.approvals) if draft.item is not None else set()
    found = site().office.read(items_in_force)
    ordered = sorted(found, key=lambda one: one.code not in linked)
    options = [
        Option(one.code, f"{one.code} {one.name(said)} · {one.office(said)}") for one in ordered
    ]
    form = forms.ApprovalForm(
        initial=_initial(draft, "approval_item"), options={"approval_item": options}
    )
    return Opened(
        form,
        preparing.set_approval,
        lambda: preparing.SetApproval(draft.no, form.approval_item),
        list(form.fields),
    )


def _declaration(draft: DraftFacts) -> Opened:
    form = forms.DeclarationForm(initial={"nobody": draft.declared_at is not None})
    return Opened(form, preparing.declare, lambda: preparing.Declare(draft.no), list(form.fields))


_OPENERS: Final[Mapping[Section, Callable[[DraftFacts], Opened]]] = {
    Section.ITEM: _item,
    Section.NEED: _need,
    Section.MONEY: _money,
    Section.TERMS: _terms,
    Section.MODE: _mode,
    Section.WINDOW: _window,
    Section.CONTRACT: _contract,
    Section.APPROVAL: _approval,
    Section.DECLARATION: _declaration,
}
