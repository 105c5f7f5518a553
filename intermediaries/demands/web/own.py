"""The owner's pages: a demand written page by page, read over, handed in, withdrawn."""

from dataclasses import dataclass
from typing import Final

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intermediaries.demands import explaining, listing
from intermediaries.demands.casework import DemandCase, own_case
from intermediaries.demands.commands.following import BeginAgain, begin_again
from intermediaries.demands.commands.preparing import BeginDemand, begin_demand
from intermediaries.demands.commands.submitting import (
    SubmitDemand,
    TakeBackDemand,
    WithdrawDemand,
    submit_demand,
    take_back_demand,
    withdraw_demand,
)
from intermediaries.demands.guards import shut_to_departments
from intermediaries.demands.rules.completeness import Gap, gaps
from intermediaries.demands.rules.contents import Section
from intermediaries.demands.rules.states import OPEN, DemandState
from intermediaries.demands.web import forms, sections
from intermediaries.demands.web.sections import TITLES, address, item_options, project_options
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs
from market.web.filters import word
from market.web.forms import submit
from market.web.language import gettext
from market.web.pages import Pages
from market.web.patterns import StepState, TimetableRow
from market.web.press import press
from market.web.site import moment, site

OWN: Final = 200
WITHDRAWABLE: Final = frozenset({*OPEN, DemandState.ENROLLING})
"""States in which an owner may end a demand."""
PREPARE: Final = Permission.DEMANDS_DEMAND_PREPARE
PARTS: Final = "any(" + ", ".join(f"'{one.value}'" for one in Section) + ")"

pages = Pages("demand_desk", "intermediaries.demands.feature", url_prefix="/desk/demands")
shut_to_departments(pages)


@dataclass(frozen=True, slots=True)
class Stage:
    """One page of the way on the step line."""

    label: str
    title: str
    url: str
    state: StepState
    note: str


@pages.get("")
@needs(PREPARE)
def listed() -> str:
    """The demands of the organisation one acts for."""
    mine = current_actor().organisation
    lines = site().office.read(
        lambda session: [] if mine is None else listing.own(session, mine, OWN)
    )
    return render_template("demands/own.html", lines=lines)


@pages.route("/new", methods=["GET", "POST"])
@needs(PREPARE)
def new() -> ResponseReturnValue:
    """Begin a demand."""
    options = {"item": item_options(), "project": project_options()}
    form = forms.ItemForm(options=options)

    def again() -> str:
        return render_template("demands/new.html", form=form)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        begin_demand,
        lambda: BeginDemand(form.item, form.title_zh, form.title_en, form.project),
        again=again,
        to=lambda outcome: address(Section.NEED, str(outcome["no"])),
    )


@pages.get("/<no>")
@needs(PREPARE)
def overview(no: str) -> str:
    """Where a demand stands: what is missing, why it came back, what can be done."""
    case = _own(no)
    return render_template(
        "demands/overview.html",
        case=case,
        draft=case.draft,
        is_open=case.draft.state in OPEN,
        missing=[(address(one.section, no), str(TITLES[one.section]), one) for one in _gaps(case)],
        reasons=[(address(Section(one.section), no), one) for one in case.reasons],
        stages=stages(case, None),
        following=_following(case),
        may_withdraw=case.draft.state in WITHDRAWABLE,
        chain=site().office.read(lambda session: listing.chain(session, no, public=False)),
        now=moment(),
    )


@pages.route(f"/<no>/<{PARTS}:part>", methods=["GET", "POST"])
@needs(PREPARE)
def piece(no: str, part: str) -> ResponseReturnValue:
    """One page of the way: saved, it leads on to the next."""
    case, section = _open(no), Section(part)
    at = sections.opened(section, case.draft)
    back, further = sections.neighbours(section, no)

    def again() -> str:
        return render_template(
            "demands/piece.html",
            form=at.form,
            shown=at.shown,
            section=section,
            title=TITLES[section],
            case=case,
            draft=case.draft,
            stages=stages(case, section),
            rows=_rows(case) if section is Section.WINDOW else [],
            back=back,
        )

    if not at.form.is_sent:
        return again()
    return submit(at.form, site().office, at.handler, at.command, again=again, to=lambda _: further)


@pages.get("/<no>/preview")
@needs(PREPARE)
def preview(no: str) -> str:
    """The demand as everybody would read it."""
    case = _open(no)
    return render_template(
        "demands/preview.html",
        case=case,
        draft=case.draft,
        missing=[(address(one.section, no), str(TITLES[one.section]), one) for one in _gaps(case)],
        stages=stages(case, None, "preview"),
        rows=_rows(case),
        mode_said=explaining.MODES[case.draft.mode] if case.draft.mode else None,
    )


@pages.route("/<no>/submission", methods=["GET", "POST"])
@needs(PREPARE)
def submission(no: str) -> ResponseReturnValue:
    """The check list, the doubt if there is one, and handing in."""
    case = _own(no)
    form = forms.SubmissionForm(initial=_said(case))

    def again() -> str:
        return render_template(
            "demands/submission.html",
            form=form,
            case=case,
            draft=case.draft,
            missing=[
                (address(one.section, no), str(TITLES[one.section]), one) for one in _gaps(case)
            ],
            stages=stages(case, None, "submission"),
            sections=[
                (
                    word(section),
                    address(section, no),
                    section in {one.section for one in _gaps(case)},
                )
                for section in Section
            ],
        )

    if not form.is_sent:
        if case.draft.state not in OPEN:
            return redirect(url_for("demand_desk.overview", no=no), 303)
        return again()
    return submit(
        form,
        site().office,
        submit_demand,
        lambda: SubmitDemand(no, form.separate),
        again=again,
        to=lambda _: url_for("demand_desk.overview", no=no),
    )


@pages.post("/<no>/take-back")
@needs(PREPARE)
def take_back(no: str) -> ResponseReturnValue:
    """Take a demand back to mend it."""
    return press(
        take_back_demand, TakeBackDemand(no), lambda: url_for("demand_desk.overview", no=no)
    )


@pages.post("/<no>/again")
@needs(PREPARE)
def again(no: str) -> ResponseReturnValue:
    """Begin a new demand from one that failed."""
    return press(
        begin_again,
        BeginAgain(no),
        lambda: url_for("demand_desk.overview", no=no),
        by=lambda begun: url_for("demand_desk.overview", no=begun["no"]),
    )


@pages.route("/<no>/withdrawal", methods=["GET", "POST"])
@needs(PREPARE)
def withdrawal(no: str) -> ResponseReturnValue:
    """Withdraw a published demand with a reason, or give up a draft."""
    case = _own(no)
    is_public = case.draft.published_at is not None
    form = forms.WithdrawalForm() if is_public else forms.DropForm()

    def again() -> str:
        return render_template(
            "demands/withdrawal.html", form=form, draft=case.draft, is_public=is_public
        )

    def command() -> WithdrawDemand:
        said = form.reason if isinstance(form, forms.WithdrawalForm) else ""
        return WithdrawDemand(no, said)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        withdraw_demand,
        command,
        again=again,
        to=lambda _: url_for("demand_desk.overview", no=no),
    )


def stages(case: DemandCase, here: Section | None, end: str = "") -> list[Stage]:
    """The step line of the way; `here` is the page at hand, `end` one of its last two."""
    lacking = {one.section for one in _gaps(case)}
    no = case.draft.no
    found = []
    for section in Section:
        done = section not in lacking
        state = StepState.DONE if done else StepState.NEXT
        found.append(
            Stage(
                word(section),
                str(TITLES[section]),
                address(section, no),
                StepState.NOW if section is here else state,
                gettext("done") if done else gettext("missing"),
            )
        )
    ends = (
        ("preview", gettext("Preview"), "demand_desk.preview"),
        ("submission", gettext("Hand in"), "demand_desk.submission"),
    )
    for name, label, endpoint in ends:
        state = StepState.NOW if end == name else StepState.NEXT
        found.append(Stage(label, label, url_for(endpoint, no=no), state, ""))
    return found


def _gaps(case: DemandCase) -> tuple[Gap, ...]:
    return gaps(case.draft)


def _following(case: DemandCase) -> str:
    """The first page that lacks something; the preview once nothing does."""
    no = case.draft.no
    missing = _gaps(case)
    return address(missing[0].section, no) if missing else url_for("demand_desk.preview", no=no)


def _rows(case: DemandCase) -> list[TimetableRow]:
    office, now = site().office, moment()
    calendar = office.read(office.calendar)
    return explaining.planned_timetable(case.draft, now, calendar)


def _said(case: DemandCase) -> dict[str, object]:
    return {} if case.draft.separate is None else {"separate": case.draft.separate}


def _own(no: str) -> DemandCase:
    mine, now = current_actor().organisation, moment()

    def read(session: Session) -> DemandCase:
        return own_case(session, no, mine, now)

    return site().office.read(read)


def _open(no: str) -> DemandCase:
    """The same while the owner writes; afterwards there is no such page."""
    case = _own(no)
    if case.draft.state not in OPEN:
        raise NotFound
    return case
