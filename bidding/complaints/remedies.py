"""Pages of what follows a challenge: the purchaser puts it right, others read what was done."""

from dataclasses import dataclass
from typing import Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bidding.complaints import queries
from bidding.complaints.queries import ChallengeFacts
from bidding.complaints.remedying import RecordRemedy, record_remedy
from bidding.complaints.rules import ANSWERED, ORDER_94_16, TEXT_LIMIT, ChallengeState, Stage
from bidding.contracts import queries as awards
from bidding.opening import queries as openings
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from bidding.tenders.rules import TenderState
from market.accounts.queries import organisations
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs
from market.web.fields import LinesField
from market.web.forms import Form, submit
from market.web.language import Lazy, lazy_gettext
from market.web.pages import Pages
from market.web.site import site

SHOWN: Final = 200
"""Challenges on the supervisor's page."""

pages = Pages("remedies", __name__)


class RemedyForm(Form):
    """What was done, in words."""

    words = LinesField(
        lazy_gettext("What was done"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext(
            "Challenger, bidders and supervisor read this. No trade secret belongs in it."
        ),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """Something the purchaser can do about it, with the page where it is done."""

    words: Lazy
    url: str


@pages.route("/desk/tenders/<no>/challenges/<challenge>/remedy", methods=["GET", "POST"])
@needs(Permission.CHALLENGES_CHALLENGE_ANSWER)
def remedy(no: str, challenge: str) -> ResponseReturnValue:
    """What must follow a challenge that is right with effect; record what was done."""
    one, tender, lapses = site().office.read(lambda session: _upheld(session, no, challenge))
    form = RemedyForm()
    waits = one.state is ChallengeState.UPHELD

    def again() -> str:
        return render_template(
            "complaints/remedy.html",
            form=form if (waits and not lapses) or form.is_sent else None,
            one=one,
            tender=tender,
            law=ORDER_94_16,
            lapses=lapses and waits,
            steps=_steps(one, tender, lapses=lapses) if waits else [],
        )

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        record_remedy,
        lambda: RecordRemedy(challenge, form.words),
        again=again,
        to=lambda _: url_for("remedies.remedy", no=no, challenge=challenge),
    )


@pages.get("/desk/tenders/<no>/challenge-answers")
@needs(Permission.CHALLENGES_CHALLENGE_FILE)
def answers(no: str) -> str:
    """The answers to challenges of a tender, for those who bid for it; never who challenged."""
    mine = current_actor().organisation

    def read(session: Session) -> tuple[TenderFacts, list[ChallengeFacts]]:
        if mine is None:
            raise NotFound
        tender = tenders.facts(session, no)
        uscc = organisations.organisation(session, mine).uscc
        if not openings.took_part(session, no, uscc):
            raise NotFound
        found = queries.challenges(session, tender.id)
        return tender, [one for one in found if one.state in ANSWERED]

    tender, lines = site().office.read(read)
    return render_template("complaints/answers.html", tender=tender, lines=lines)


@pages.get("/supervision/challenges")
@needs(Permission.SUPERVISION_RECORD_READ)
def supervised() -> str:
    """Challenges of all tenders with their answers and what followed; those that wait first."""
    lines = site().office.read(lambda session: queries.supervised(session, SHOWN))
    return render_template("complaints/supervised.html", lines=lines)


def _upheld(session: Session, no: str, challenge: str) -> tuple[ChallengeFacts, TenderFacts, bool]:
    """The challenge, its tender, and whether an award must lapse, for owner and agent."""
    tender = tenders.facts(session, no)
    if current_actor().organisation not in tender.insiders():
        raise NotFound
    known = queries.challenges(session, tender.id)
    one = next((line for line in known if line.no == challenge), None)
    if one is None or one.state not in {ChallengeState.UPHELD, ChallengeState.REMEDIED}:
        raise NotFound
    since = awards.standing_since(session, tender.id)
    answered_at = one.answered_at
    return one, tender, since is not None and answered_at is not None and since <= answered_at


def _steps(one: ChallengeFacts, tender: TenderFacts, *, lapses: bool) -> list[Step]:
    """Where the reader does what the article asks for, as far as the reader may."""
    may = current_actor().may
    no = tender.no
    if lapses:
        if not may(Permission.CONTRACTS_CONTRACT_RECORD):
            return []
        url = url_for("results.lapse", no=no, cause="challenge_upheld")
        return [Step(lazy_gettext("Let the award lapse: another winner, or a new start"), url)]
    if one.stage is Stage.DOCUMENTS and tender.state is TenderState.PUBLISHED:
        return [
            Step(
                lazy_gettext("Clarify or amend the documents, and go on"),
                url_for("tender_course.amendment", no=no),
            ),
            Step(
                lazy_gettext("End the tender, and start again with amended documents"),
                url_for("tender_course.termination", no=no),
            ),
        ]
    if tender.state in {TenderState.EVALUATING, TenderState.REPORTED, TenderState.DETERMINED}:
        return [
            Step(
                lazy_gettext("Evaluation: put it right there, or end it without a winner"),
                url_for("awards.purchaser", no=no),
            )
        ]
    return []
