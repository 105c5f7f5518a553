"""The owner's pages while a tender takes bids: answers, amendments, an end before the deadline."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from bidding.tenders import forms, queries
from bidding.tenders.amending import AmendTender, NewDocument, amend_tender
from bidding.tenders.asking import AnswerQuestion, answer_question
from bidding.tenders.commands import EndTender, terminate_tender
from bidding.tenders.deadlines import answer_by
from bidding.tenders.effects import effects, wanted
from bidding.tenders.facts import OpenQuestion
from bidding.tenders.wizard import kept, own_draft
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.kernel.workdays import WorkCalendar
from market.web.access import current_actor, needs
from market.web.fields import Option
from market.web.forms import submit
from market.web.pages import Pages
from market.web.site import moment, site

pages = Pages("tender_course", __name__)


def _calendar() -> WorkCalendar:
    return site().office.read(site().office.calendar)


def _open(no: str) -> tuple[OpenQuestion, ...]:
    mine = current_actor().organisation
    return site().office.read(lambda session: queries.open_questions(session, no, mine))


@pages.get("/desk/tenders/<no>/questions")
@needs(Permission.TENDERS_QUESTION_ANSWER)
def questions(no: str) -> str:
    """The questions that wait, each with the day of its answer, and those that were answered."""
    draft = own_draft(no)
    deadline, calendar = draft.plan.bid_deadline, _calendar()
    waiting = [
        (one, None if deadline is None else answer_by(one.asked_on, deadline, calendar))
        for one in _open(no)
    ]
    answered = site().office.read(lambda session: queries.answers(session, draft.id))
    return render_template(
        "tenders/questions.html", draft=draft, waiting=waiting, answered=answered
    )


@pages.route("/desk/tenders/<no>/questions/<uuid:key>", methods=["GET", "POST"])
@needs(Permission.TENDERS_QUESTION_ANSWER)
def answer(no: str, key: UUID) -> ResponseReturnValue:
    """Answer one question to everybody."""
    draft = own_draft(no)
    asked = next((one for one in _open(no) if one.id == key), None)
    form = forms.AnswerForm()
    if asked is None and not form.is_sent:
        raise NotFound("no-question", zh="没有此提问", en="There is no such question")

    deadline = draft.plan.bid_deadline

    def again() -> str:
        due = None
        if asked is not None and deadline is not None:
            due = answer_by(asked.asked_on, deadline, _calendar())
        return render_template(
            "tenders/answer.html", form=form, draft=draft, question=asked, due=due
        )

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        answer_question,
        lambda: AnswerQuestion(no, key, form.zh, form.en),
        again=again,
        to=lambda outcome: url_for("tender_course.questions", no=outcome["no"]),
    )


@pages.route("/desk/tenders/<no>/amendment", methods=["GET", "POST"])
@needs(Permission.TENDERS_AMENDMENT_PUBLISH)
def amendment(no: str) -> ResponseReturnValue:
    """Publish an amendment; the rules say what becomes of the deadline."""
    draft = own_draft(no)
    facts = site().office.read(lambda session: queries.facts(session, no))
    standing = [line for line in draft.documents if line.until is None]
    options = [Option(line.digest.hex(), line.name) for line in standing]
    form = forms.AmendmentForm(options={"replaces": options})

    def again() -> str:
        return render_template(
            "tenders/amendment.html",
            form=form,
            draft=draft,
            facts=facts,
            effects=effects(facts, moment(), _calendar()),
            wanted=wanted(facts, form, moment(), _calendar()),
        )

    def command() -> AmendTender:
        replaces = None if form.replaces is None else bytes.fromhex(form.replaces)
        new: tuple[NewDocument, ...] = ()
        if form.document is not None:
            new = (NewDocument(kept(form.document), form.document.name, replaces),)
        return AmendTender(
            no=no,
            seen=int(form.seen) if form.seen.isdecimal() else -1,
            kind=form.kind,
            zh=form.zh,
            en=form.en,
            affects_preparation=not form.unaffected,
            deadline=form.deadline,
            documents=new,
        )

    if not form.is_sent or form.only_reckons:
        return again()
    return submit(form, site().office, amend_tender, command, again=again, to=_public)


@pages.route("/desk/tenders/<no>/termination", methods=["GET", "POST"])
@needs(Permission.TENDERS_TENDER_PUBLISH)
def termination(no: str) -> ResponseReturnValue:
    """End a tender before its deadline, after a question."""
    draft = own_draft(no)
    form = forms.TerminationForm()

    def again() -> str:
        return render_template("tenders/termination.html", form=form, draft=draft)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        terminate_tender,
        lambda: EndTender(no, "terminated-by-owner", form.zh, form.en),
        again=again,
        to=_public,
    )


def _public(outcome: Mapping[str, Any]) -> str:
    return url_for("tenders.tender", no=outcome["no"])
