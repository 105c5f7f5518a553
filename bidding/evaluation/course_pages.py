"""Pages about what breaks the course of an evaluation: corrections of a mark, a rest."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from bidding.evaluation import readers
from bidding.evaluation.commands.correcting import (
    ProposeCorrection,
    VoteCorrection,
    propose_correction,
    vote_correction,
)
from bidding.evaluation.commands.resting import (
    CAN_REST,
    PostponeEvaluation,
    ResumeEvaluation,
    postpone_evaluation,
    resume_evaluation,
)
from bidding.evaluation.readers import Course, Resting
from bidding.evaluation.rules.course import (
    POSTPONEMENTS,
    REPLACEMENTS,
    WORDS_LIMIT,
    PostponementReason,
    ReplacementReason,
)
from bidding.evaluation.rules.score_corrections import GROUND_WORDS, CorrectionGround
from bidding.evaluation.rules.states import CorrectionState
from bidding.rulebook.names import CriterionCode
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs, signed_in
from market.web.fields import LinesField, Option, TextField, TickField
from market.web.forms import Form, submit
from market.web.language import language, lazy_gettext
from market.web.pages import Pages
from market.web.site import moment, site
from market.web.typed_fields import ChoiceField, MomentField, PickField
from market.web.words import words_of

course_pages = Pages(
    "evaluation_course",
    __name__,
    words=(
        words_of(CorrectionGround, dict(GROUND_WORDS)),
        words_of(PostponementReason, dict(POSTPONEMENTS)),
        words_of(ReplacementReason, dict(REPLACEMENTS)),
        words_of(
            CorrectionState,
            {
                CorrectionState.PROPOSED: ("表决中", "being voted on"),
                CorrectionState.APPLIED: ("已更正", "corrected"),
                CorrectionState.REFUSED: ("未通过", "not found"),
            },
        ),
    ),
)


class CorrectionForm(Form):
    """One mark that is wrong."""

    ground = ChoiceField(lazy_gettext("Ground"), CorrectionGround)
    member = PickField(lazy_gettext("Member"))
    number = PickField(lazy_gettext("Bid"))
    criterion = PickField(lazy_gettext("Criterion"))
    points = TextField(lazy_gettext("Right score"), longest=16)
    reason = LinesField(lazy_gettext("Reasons"), longest=WORDS_LIMIT)


class GrosslyOffForm(Form):
    """A member's vote on a correction."""

    grossly_off = TickField(lazy_gettext("The score is grossly too high or too low"))


class RestForm(Form):
    """Why an evaluation rests, and until when."""

    reason = ChoiceField(lazy_gettext("Reason"), PostponementReason)
    words = LinesField(lazy_gettext("What happened"), longest=WORDS_LIMIT)
    until = MomentField(lazy_gettext("The evaluation goes on"))


class GoOnForm(Form):
    """A confirmation: the rest ends now."""


@course_pages.route("/desk/evaluations/<no>/corrections", methods=["GET", "POST"])
@signed_in
def corrections(no: str) -> ResponseReturnValue:
    """Corrections of marks: those made, a vote that waits, a new one."""
    view = site().office.read(lambda session: readers.course(session, no, current_actor()))
    waiting = next((one for one in view.corrections if one.state is CorrectionState.PROPOSED), None)

    def to(_: object) -> str:
        return url_for("evaluation_course.corrections", no=no)

    if waiting is not None and view.member is not None and view.member not in waiting.votes:
        vote = GrosslyOffForm()
        if vote.is_sent:
            return submit(
                vote,
                site().office,
                vote_correction,
                lambda: VoteCorrection(no, waiting.id, vote.grossly_off),
                again=lambda: _course(view, vote),
                to=to,
            )
        return _course(view, vote)
    if waiting is not None or not view.may_propose:
        return _course(view, None)
    form = CorrectionForm(options=_options(view))
    if not form.is_sent:
        return _course(view, form)
    return submit(
        form,
        site().office,
        propose_correction,
        lambda: ProposeCorrection(
            no,
            form.ground.value,
            form.member,
            form.number,
            CriterionCode(form.criterion),
            form.points,
            form.reason,
        ),
        again=lambda: _course(view, form),
        to=to,
    )


@course_pages.route("/desk/tenders/<no>/evaluation/rest", methods=["GET", "POST"])
@needs(Permission.EVALUATION_QUALIFICATION_CHECK)
def rest(no: str) -> ResponseReturnValue:
    """Let the evaluation of one's tender rest, or go on early."""
    view = site().office.read(lambda session: readers.resting(session, no, current_actor()))

    def to(_: object) -> str:
        return url_for("evaluation_course.rest", no=no)

    if view.resting_until is not None and view.resting_until > moment():
        again = GoOnForm()
        if again.is_sent:
            return submit(
                again,
                site().office,
                resume_evaluation,
                lambda: ResumeEvaluation(no),
                again=lambda: _rest(view, again),
                to=to,
            )
        return _rest(view, again)
    if view.state not in CAN_REST:
        return _rest(view, None)
    form = RestForm()
    if not form.is_sent:
        return _rest(view, form)
    return submit(
        form,
        site().office,
        postpone_evaluation,
        lambda: PostponeEvaluation(no, form.reason, form.words, form.until),
        again=lambda: _rest(view, form),
        to=to,
    )


def _options(view: Course) -> dict[str, list[Option]]:
    zh = language() == "zh"
    return {
        "member": [Option(one, one) for one in view.numbers],
        "number": [Option(one, one) for one in sorted(view.bids)],
        "criterion": [Option(code, f"{code} {a if zh else b}") for code, a, b in view.codes],
    }


def _course(view: Course, form: Form | None) -> str:
    is_vote = isinstance(form, GrosslyOffForm)
    return render_template(
        "evaluation/corrections.html",
        view=view,
        form=form,
        is_vote=is_vote,
        purchaser=view.member is None,
    )


def _rest(view: Resting, form: Form | None) -> str:
    goes_on = isinstance(form, GoOnForm)
    return render_template("evaluation/rest.html", view=view, form=form, goes_on=goes_on)
