"""Pages of complaints: suppliers file them, the finance department examines and decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bidding.complaints import queries
from bidding.complaints.complaining import (
    DecideComplaint,
    ExamineComplaint,
    FileComplaint,
    decide_complaint,
    examine_complaint,
    file_complaint,
    withdraw_complaint,
)
from bidding.complaints.queries import ChallengeFacts, ComplaintFacts
from bidding.complaints.rules import TEXT_LIMIT, ComplaintState, Outcome
from bidding.complaints.wording import OUTCOMES
from bidding.tenders import queries as tenders
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs
from market.web.fields import LinesField, Maybe, TickField
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.site import site
from market.web.typed_fields import ChoiceField
from market.web.words import words_of

pages = Pages(
    "complaints",
    __name__,
    words=(
        words_of(
            ComplaintState,
            {
                ComplaintState.FILED: ("待审查", "waits to be examined"),
                ComplaintState.ACCEPTED: ("已受理", "accepted"),
                ComplaintState.REFUSED: ("不予受理", "not accepted"),
                ComplaintState.DECIDED: ("已处理", "decided"),
                ComplaintState.WITHDRAWN: ("已撤回", "withdrawn"),
            },
        ),
        words_of(Outcome, OUTCOMES),
    ),
)


class ComplaintForm(Form):
    """What is complained of, the facts, the law."""

    matters = LinesField(lazy_gettext("Matters and claims of the complaint"), longest=TEXT_LIMIT)
    facts = LinesField(lazy_gettext("Facts"), longest=TEXT_LIMIT)
    basis = LinesField(lazy_gettext("Legal basis"), longest=TEXT_LIMIT)


class ExaminationForm(Form):
    """Whether the complaint is accepted."""

    decline = TickField(lazy_gettext("Do not accept it"))
    suspend = TickField(
        lazy_gettext("The contract waits for the decision, at most thirty days"),
    )
    reason = Maybe(LinesField(lazy_gettext("Reason, if it is not accepted"), longest=TEXT_LIMIT))


class DecisionForm(Form):
    """The decision."""

    outcome = ChoiceField(lazy_gettext("Outcome"), Outcome)
    decision = LinesField(
        lazy_gettext("Grounds"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext(
            "It is published: no trade secret and no name of a person belongs in it."
        ),
    )


class WithdrawalForm(Form):
    """A confirmation."""


@dataclass(frozen=True, slots=True)
class _Act:
    """A form with the command it asks for and the words of its button."""

    form: Form
    handler: Callable[..., Mapping[str, Any] | None]
    command: Callable[[], object]
    words: str


@pages.route("/desk/challenges/<challenge>/complaint", methods=["GET", "POST"])
@needs(Permission.CHALLENGES_CHALLENGE_FILE)
def new(challenge: str) -> ResponseReturnValue:
    """Complain to the finance department about the answer to one's own challenge."""
    about = _own_challenge(challenge)
    form = ComplaintForm()

    def again() -> str:
        return render_template("complaints/complaint.html", form=form, about=about)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        file_complaint,
        lambda: FileComplaint(challenge, form.matters, form.facts, form.basis),
        again=again,
        to=lambda _: url_for("complaints.own"),
    )


@pages.get("/desk/complaints")
@needs(Permission.CHALLENGES_CHALLENGE_FILE)
def own() -> str:
    """The complaints of the reader's organisation."""
    return render_template("complaints/cases.html", lines=_own(), endpoint="complaints.withdrawal")


@pages.route("/desk/complaints/<complaint>/withdrawal", methods=["GET", "POST"])
@needs(Permission.CHALLENGES_CHALLENGE_FILE)
def withdrawal(complaint: str) -> ResponseReturnValue:
    """Read one's own complaint and what was decided; take it back."""
    one = _found(_own(), complaint)
    running = one.state in {ComplaintState.FILED, ComplaintState.ACCEPTED}
    form = WithdrawalForm()
    act = _Act(form, withdraw_complaint, lambda: complaint, "withdraw")
    return _answer(one, act if running else None, "complaints.own")


@pages.get("/supervision/complaints")
@needs(Permission.COMPLAINTS_COMPLAINT_DECIDE)
def cases() -> str:
    """Every complaint, the newest first."""
    lines = site().office.read(queries.complaints)
    return render_template("complaints/cases.html", lines=lines, endpoint="complaints.case")


@pages.route("/supervision/complaints/<complaint>", methods=["GET", "POST"])
@needs(Permission.COMPLAINTS_COMPLAINT_DECIDE)
def case(complaint: str) -> ResponseReturnValue:
    """Examine a complaint, then decide it."""

    def read(session: Session) -> ComplaintFacts:
        one = _found(queries.complaints(session), complaint)
        tender = tenders.facts(session, one.tender_no)
        if current_actor().organisation in tender.insiders():
            raise NotFound
        return one

    one = site().office.read(read)
    return _answer(one, _next(one), "complaints.cases")


_TEMPLATE: Final = "complaints/case.html"


def _answer(one: ComplaintFacts, act: _Act | None, back: str) -> ResponseReturnValue:
    def again() -> str:
        return render_template(_TEMPLATE, one=one, act=act, back=url_for(back))

    if act is None or not act.form.is_sent:
        return again()
    return submit(
        act.form,
        site().office,
        act.handler,
        act.command,
        again=again,
        to=lambda _: url_for(back),
    )


def _next(one: ComplaintFacts) -> _Act | None:
    if one.state is ComplaintState.FILED:
        form = ExaminationForm()
        return _Act(form, examine_complaint, lambda: _examination(one.no, form), "examine")
    if one.state is ComplaintState.ACCEPTED:
        decision = DecisionForm()
        return _Act(
            decision,
            decide_complaint,
            lambda: DecideComplaint(one.no, decision.outcome, decision.decision),
            "decide",
        )
    return None


def _examination(no: str, form: ExaminationForm) -> ExamineComplaint:
    return ExamineComplaint(
        no, accept=not form.decline, suspend=form.suspend, reason=form.reason or ""
    )


def _own() -> list[ComplaintFacts]:
    mine = current_actor().organisation
    if mine is None:
        return []
    return site().office.read(lambda session: queries.complaints(session, organisation=mine))


def _found(lines: list[ComplaintFacts], no: str) -> ComplaintFacts:
    one = next((line for line in lines if line.no == no), None)
    if one is None:
        raise NotFound
    return one


def _own_challenge(no: str) -> ChallengeFacts:
    mine = current_actor().organisation
    known = (
        []
        if mine is None
        else site().office.read(lambda session: queries.own_challenges(session, mine))
    )
    one = next((line for line in known if line.no == no), None)
    if one is None:
        raise NotFound
    return one
