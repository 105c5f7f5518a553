"""The selection of an agency for everybody: how far it is, and every figure of its result."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import render_template
from sqlalchemy.orm import Session

from intermediaries.demands import queries as demands
from intermediaries.demands.facts import DemandFacts
from intermediaries.demands.guards import shut_to_departments
from intermediaries.offers import proofs, queries, shortlists
from intermediaries.offers.queries import ResultShown, SelectionFacts
from intermediaries.offers.rows import known
from intermediaries.offers.rules.states import SelectionState
from intermediaries.offers.score_table import ReviewShown, ScoreTable, review_shown, score_table
from intermediaries.offers.shortlists import ShortlistShown
from intermediaries.offers.waiting import Waiting, waits
from intermediaries.offers.words import WORDS
from intermediaries.rulebook.selection.modes import FUNDS_NAMES, NAMES
from intermediaries.rulebook.selection.sources import RULES
from market.accounts.queries.people import name
from market.accounts.vault import vault_of
from market.kernel.law import Article
from market.notices.proofs import badge
from market.protocol.encoding import b64u
from market.web.access import current_actor, public
from market.web.language import gettext, language
from market.web.pages import Pages
from market.web.patterns import Proof, Step, StepState
from market.web.shared import shared
from market.web.site import moment, site

pages = Pages("offers", "intermediaries.offers.feature", words=WORDS)
shut_to_departments(pages)


@dataclass(frozen=True, slots=True)
class _Shown:
    """Everything the page of a selection shows."""

    demand: DemandFacts
    facts: SelectionFacts
    result: ResultShown | None
    proof: Proof | None
    waits: tuple[Waiting, ...]
    short: ShortlistShown | None
    review: ReviewShown | None
    scores: ScoreTable | None


@pages.get("/demands/<no>/selection")
@public
@shared
def show(no: str) -> str:
    """How an agency is chosen for a demand: steps, list, draw, every figure, the file."""
    shown = site().office.read(lambda session: _shown(session, no))
    which = 0 if language() == "zh" else 1
    article: Article = RULES[shown.facts.mode]
    return render_template(
        "offers/selection.html",
        demand=shown.demand,
        facts=shown.facts,
        result=shown.result,
        short=shown.short,
        picks=current_actor().organisation == shown.demand.owner,
        proof=shown.proof,
        steps=_steps(shown.facts),
        mode=NAMES[shown.facts.mode][which],
        funds=FUNDS_NAMES[shown.facts.terms.funds][which],
        article=article.cite(language()),
        hashes=[b64u(one) for one in shown.facts.hashes or ()],
        waits=shown.waits,
        review=shown.review,
        scores=shown.scores,
        people=_people(shown.scores),
    )


def _shown(session: Session, no: str) -> _Shown:
    facts = queries.selection(session, no)
    result = queries.result(session, no)
    proof = None
    if result is not None:
        proof = badge(session, proofs.result_entry(session, no), f"/demands/{no}/selection")
    lacking = waits(session, known(session, no), moment())
    short = None if result is not None else shortlists.shortlist(session, no)
    return _Shown(
        demands.facts(session, no),
        facts,
        result,
        proof,
        lacking,
        short,
        review_shown(session, no),
        score_table(session, no),
    )


def _people(scores: ScoreTable | None) -> dict[UUID, str]:
    """The names of reviewers that are no secret any more."""
    wanted = {one.person for one in (scores.reviewers if scores else ()) if one.person}
    if not wanted:
        return {}
    vault = vault_of(site().settings)
    return site().office.read(lambda session: {one: name(session, vault, one) for one in wanted})


_AT: Final = {
    SelectionState.AWAITING_KEYS: 0,
    SelectionState.OPEN: 0,
    SelectionState.CLOSED: 1,
    SelectionState.DRAWING: 1,
    SelectionState.SHORTLISTED: 3,
    SelectionState.PICKED: 3,
    SelectionState.CHOSEN: 3,
    SelectionState.SELECTED: 4,
    SelectionState.FAILED: 4,
    SelectionState.LAPSED: 1,
    SelectionState.WITHDRAWN: 0,
}


def _steps(facts: SelectionFacts) -> list[Step]:
    """Enrolment, draw, opening, result; a step that this mode has not is left out."""
    labels: list[tuple[str, datetime | None]] = [
        (gettext("Enrolment"), facts.closed_at),
        (gettext("List and draw"), None),
        (gettext("Quotes opened"), None),
        (gettext("Result"), facts.published_at),
    ]
    place = _AT[facts.state]
    if facts.state is SelectionState.WITHDRAWN:
        return []
    found = []
    for number, (label, _) in enumerate(labels):
        stands = StepState.NEXT if number > place else StepState.NOW
        stands = StepState.DONE if number < place else stands
        if number != 2 or facts.sealed:  # noqa: PLR2004  the third step is the opening
            found.append(Step(label, "", stands))
    return found
