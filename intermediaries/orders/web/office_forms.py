"""What department, management office and operator fill in."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from intermediaries.orders.commands import (
    complaining,
    department,
    management,
    objecting,
)
from intermediaries.orders.rules.states import (
    AskedPauseState,
    ResultObjectionState,
)
from intermediaries.orders.web import forms
from intermediaries.orders.web.places import Filled, Place, lines_of, options_of, points_of, yes_no
from intermediaries.orders.web.shown import named
from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.states import ObjectionState
from market.approvals.rules.cases import IssueKind, Missing, Owes
from market.approvals.rules.items import Provider
from market.kernel.errors import NotFound
from market.web.fields import Field, Maybe, Option, TextField
from market.web.forms import Form
from market.web.language import gettext, language


def correction_form(place: Place) -> Filled:
    """One field for each material that can be asked for."""
    fields: dict[str, Field[Any]] = {}
    asked = {
        number: one
        for number, one in enumerate(place.item.content.materials if place.item else (), 1)
        if one.provider is not Provider.DEPARTMENT
    }
    for number, one in asked.items():
        name = one.zh if language() == "zh" else one.en
        fields[f"words_{number}"] = Maybe(TextField(gettext("%(name)s: what it lacks", name=name)))
    form = cast("Callable[[], Form]", type("CorrectionForm", (Form,), fields))()

    def missing() -> tuple[Missing, ...]:
        return tuple(
            Missing(number, str(words), Owes.AGENCY if one.is_deliverable else Owes.OWNER)
            for number, one in asked.items()
            if (words := form.value_of(f"words_{number}"))
        )

    return Filled(
        form,
        department.list_missing,
        lambda: department.ListMissing(place.no, missing()),
        gettext("Once and completely: what is not named here cannot be asked for later."),
    )


def opinion_form(place: Place) -> Filled:
    """The one list of a round."""
    lists = [one for one in place.order.facts if isinstance(one, events.OpinionIssued)]
    lead = gettext("All points of this round at once; the agency gets one list.")
    if not lists:
        first = forms.FirstOpinionForm()
        return Filled(
            first,
            department.give_opinion,
            lambda: department.GiveOpinion(
                place.no, points_of(lines_of(first.issues), IssueKind.FIRST)
            ),
            lead,
        )
    earlier = dict.fromkeys(issue.name for one in lists for issue in one.issues)
    later = forms.LaterOpinionForm(options={"unsolved": options_of(earlier)})
    return Filled(
        later,
        department.give_opinion,
        lambda: department.GiveOpinion(
            place.no,
            (
                *points_of(later.unsolved or (), IssueKind.UNSOLVED),
                *points_of(lines_of(later.visible), IssueKind.NEW_VISIBLE),
                *points_of(lines_of(later.arisen), IssueKind.NEW_ARISEN),
                *points_of(lines_of(later.scope), IssueKind.SCOPE),
            ),
        ),
        lead,
    )


def decision_form(place: Place) -> Filled:
    """The decision."""
    form = forms.DecisionForm()
    return Filled(
        form,
        department.decide,
        lambda: department.Decide(place.no, form.outcome, form.reasons, form.paper_no),
        gettext("The clock stops with the decision, whatever it is."),
    )


def pause_decision_form(place: Place) -> Filled:
    """What becomes of an asked pause."""
    form = forms.AnswerForm(options=yes_no(gettext("Approve"), gettext("Decline")))
    waiting = [one for one in place.order.pauses if one.state is AskedPauseState.ASKED]
    asked = next(iter((*waiting, *place.order.pauses)), None)
    if asked is None:
        raise NotFound
    return Filled(
        form,
        management.decide_pause,
        lambda: management.DecidePause(place.no, asked.id, form.granted == "yes", form.words or ""),
        asked.reason,
    )


def ruling_form(place: Place) -> Filled:
    """A ruling about hours."""
    reading = place.order.reading
    parties = [Option(one.value, named(one)) for one in Party]
    form = forms.RulingForm(
        options={
            "objection": [
                Option(one.id, f"{one.segment}. {named(one.party)}：{one.reason}")
                for one in reading.objections
                if one.stands is ObjectionState.OPEN
            ],
            "liable": [Option("stays", gettext("It stays as it is")), *parties],
        }
    )
    return Filled(
        form,
        management.rule,
        lambda: management.Rule(
            place.no,
            form.objection,
            None if form.liable == "stays" else Party(form.liable),
            form.reason,
        ),
    )


def returned_form(place: Place) -> Filled:
    """A decision that came back."""
    form = forms.ReturnedForm()
    return Filled(
        form,
        management.return_decision,
        lambda: management.ReturnDecision(place.no, form.party, form.reason),
    )


def result_answer_form(place: Place) -> Filled:
    """The answer to the oldest open objection to a result."""
    objections = place.order.objections
    waiting = [one for one in objections if one.state is ResultObjectionState.OPEN]
    asked = next(iter((*waiting, *objections)), None)
    if asked is None:
        raise NotFound
    form = forms.AnswerForm(
        options=yes_no(gettext("It is right; the order fails"), gettext("It is not right"))
    )
    return Filled(
        form,
        objecting.answer_objection,
        lambda: objecting.AnswerObjection(
            place.no, asked.id, form.words or "", form.granted == "yes"
        ),
        asked.text,
    )


def complaint_decision_form(place: Place) -> Filled:
    """The decision on a complaint about a result."""
    options = _complaints(place, hold=False)
    form = forms.ComplaintDecisionForm(
        options={
            "complaint": options,
            **yes_no(gettext("The complaint is right"), gettext("The complaint is not right")),
        }
    )
    return Filled(
        form,
        complaining.decide_result_complaint,
        lambda: complaining.DecideResultComplaint(
            place.no, UUID(form.complaint), form.decision, form.granted == "yes"
        ),
        gettext(
            "About the procedure alone, never the owner's need. Right before the contract is"
            " signed, the order fails; a contract that was signed stands, and with it the finding."
            " The decision is public."
        ),
    )


def complaint_hold_form(place: Place) -> Filled:
    """The signing is held back while a complaint is looked at."""
    form = forms.ComplaintHoldForm(options={"complaint": _complaints(place, hold=True)})
    return Filled(
        form,
        complaining.hold_signing,
        lambda: complaining.HoldSigning(place.no, UUID(form.complaint), form.reason),
        gettext(
            "Until the complaint ends nobody confirms or signs and nothing lapses; then the time"
            " counts anew. Owner and agency read the reason."
        ),
    )


def _complaints(place: Place, *, hold: bool) -> list[Option]:
    """The complaints that wait for the office; to hold, those that do not hold yet."""
    waiting = [one for one in place.order.complaints if one.is_pending]
    found = [one for one in waiting if not (hold and one.is_held)]
    if not found:
        raise NotFound
    return [Option(str(one.id), one.text or "") for one in found]
