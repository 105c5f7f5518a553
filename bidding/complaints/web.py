"""Pages of challenges: suppliers file and withdraw, owner and agent answer."""

from collections.abc import Mapping
from typing import Any, Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bidding.complaints import queries
from bidding.complaints.commands import (
    AnswerChallenge,
    FileChallenge,
    NameChallenge,
    answer_challenge,
    file_challenge,
    withdraw_challenge,
)
from bidding.complaints.queries import ChallengeFacts
from bidding.complaints.rules import (
    ORDER_94_16,
    TEXT_LIMIT,
    ChallengeState,
    Finding,
    Remedy,
    Stage,
)
from bidding.complaints.wording import FINDINGS, REMEDIES
from bidding.tenders import queries as tenders
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs
from market.web.fields import LinesField, Option, TickField
from market.web.forms import Form, submit
from market.web.language import language, lazy_gettext
from market.web.pages import Pages
from market.web.site import site
from market.web.typed_fields import ChoiceField, PickField
from market.web.words import words_of

pages = Pages(
    "challenges",
    __name__,
    words=(
        words_of(
            Stage,
            {
                Stage.DOCUMENTS: ("采购文件", "the tender documents"),
                Stage.PROCESS: ("采购过程", "the process"),
                Stage.RESULT: ("中标结果", "the result"),
            },
        ),
        words_of(
            ChallengeState,
            {
                ChallengeState.REGISTERED: ("待答复", "waits for its answer"),
                ChallengeState.ANSWERED: ("已答复", "answered"),
                ChallengeState.UPHELD: ("成立，待处理", "right; something must follow"),
                ChallengeState.REMEDIED: ("成立，已处理", "right; dealt with"),
                ChallengeState.WITHDRAWN: ("已撤回", "withdrawn"),
            },
        ),
        words_of(Finding, FINDINGS),
        words_of(Remedy, REMEDIES),
    ),
)
EXPLAINED: Final = {
    Finding.NOT_UPHELD: lazy_gettext("The procurement goes on."),
    Finding.UPHELD_WITHOUT_EFFECT: lazy_gettext(
        "The mistake is named, and the procurement goes on."
    ),
    Finding.UPHELD_WITH_EFFECT: lazy_gettext(
        "No contract is made until the documents are amended, another winner is taken, or the "
        "procurement starts again."
    ),
}
"""What each finding leads to; shown beside its choice."""


class ChallengeForm(Form):
    """What is challenged, the facts, the law."""

    stage = ChoiceField(lazy_gettext("Against"), Stage)
    matters = LinesField(lazy_gettext("Matters and claims"), longest=TEXT_LIMIT)
    facts = LinesField(lazy_gettext("Facts"), longest=TEXT_LIMIT)
    basis = LinesField(lazy_gettext("Legal basis"), longest=TEXT_LIMIT)
    may_change_result = TickField(lazy_gettext("It may change the result"))


class AnswerForm(Form):
    """The written answer, and what is found."""

    finding = PickField(lazy_gettext("What the answer finds"))
    answer = LinesField(
        lazy_gettext("Answer"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext("No trade secret of anybody belongs in it."),
    )


class WithdrawForm(Form):
    """A confirmation."""


@pages.get("/desk/challenges")
@needs(Permission.CHALLENGES_CHALLENGE_FILE)
def own() -> str:
    """The challenges that the reader's organisation filed."""
    return render_template("complaints/list.html", lines=_own(), no=None)


@pages.route("/desk/tenders/<no>/challenges/new", methods=["GET", "POST"])
@needs(Permission.CHALLENGES_CHALLENGE_FILE)
def new(no: str) -> ResponseReturnValue:
    """File a challenge against one stage of a tender."""
    facts = site().office.read(lambda session: tenders.facts(session, no))
    form = ChallengeForm()

    def again() -> str:
        return render_template("complaints/form.html", form=form, tender=facts, one=None)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        file_challenge,
        lambda: FileChallenge(
            no, form.stage, form.matters, form.facts, form.basis, form.may_change_result
        ),
        again=again,
        to=_to_own,
    )


@pages.route("/desk/challenges/<challenge>/withdrawal", methods=["GET", "POST"])
@needs(Permission.CHALLENGES_CHALLENGE_FILE)
def withdrawal(challenge: str) -> ResponseReturnValue:
    """Take back a challenge, after a question."""
    one = next((line for line in _own() if line.no == challenge), None)
    if one is None:
        raise NotFound
    form = WithdrawForm()

    def again() -> str:
        return render_template("complaints/form.html", form=form, tender=None, one=one)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        withdraw_challenge,
        lambda: NameChallenge(challenge),
        again=again,
        to=_to_own,
    )


@pages.get("/desk/tenders/<no>/challenges")
@needs(Permission.CHALLENGES_CHALLENGE_ANSWER)
def against(no: str) -> str:
    """The challenges against a tender, for owner and agent."""
    return render_template("complaints/list.html", lines=_against(no), no=no)


@pages.route("/desk/tenders/<no>/challenges/<challenge>", methods=["GET", "POST"])
@needs(Permission.CHALLENGES_CHALLENGE_ANSWER)
def answer(no: str, challenge: str) -> ResponseReturnValue:
    """Read a challenge and answer it; an answered one is shown with its answer."""
    one = next((line for line in _against(no) if line.no == challenge), None)
    if one is None:
        raise NotFound
    form = AnswerForm(options={"finding": _findings()})

    def again() -> str:
        shown = form if one.state is ChallengeState.REGISTERED or form.is_sent else None
        return render_template("complaints/form.html", form=shown, tender=None, one=one)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        answer_challenge,
        lambda: AnswerChallenge(challenge, form.answer, Finding(form.finding)),
        again=again,
        to=lambda outcome: _to_what_follows(no, outcome),
    )


def _findings() -> list[Option]:
    """Each with what it leads to, and the article that says so."""
    spoken = language()
    cited = ORDER_94_16.cite(spoken)
    return [
        Option(one.value, FINDINGS[one][spoken != "zh"], f"{EXPLAINED[one]} {cited}")
        for one in Finding
    ]


def _to_what_follows(no: str, outcome: Mapping[str, Any]) -> str:
    """After an answer: the list, or what must follow a challenge that is right with effect."""
    if outcome["upheld"]:
        return url_for("remedies.remedy", no=no, challenge=outcome["no"])
    return url_for("challenges.against", no=no)


def _own() -> list[ChallengeFacts]:
    mine = current_actor().organisation
    if mine is None:
        return []
    return site().office.read(lambda session: queries.own_challenges(session, mine))


def _against(no: str) -> list[ChallengeFacts]:
    mine = current_actor().organisation

    def read(session: Session) -> list[ChallengeFacts]:
        facts = tenders.facts(session, no)
        if mine not in facts.insiders():
            raise NotFound
        return queries.challenges(session, facts.id)

    return site().office.read(read)


def _to_own(outcome: Mapping[str, Any]) -> str:
    del outcome
    return url_for("challenges.own")
