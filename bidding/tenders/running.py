"""The owner's page of a tender that is published: where it stands, what waits, what can be done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import current_app, render_template, url_for

from bidding.tenders import queries, view
from bidding.tenders.dates import running
from bidding.tenders.deadlines import answer_by
from bidding.tenders.facts import DraftFacts, TenderFacts
from bidding.tenders.rules import AFTER_OPENING, TenderState
from market.kernel.permissions import Permission as P  # noqa: N817  read on every line of the table
from market.web.access import current_actor
from market.web.language import Lazy, lazy_gettext
from market.web.site import moment, site

_S: Final = TenderState
_OPEN: Final = (_S.PUBLISHED,)
_AT_OPENING: Final = (_S.CLOSED, _S.OPENING, *AFTER_OPENING, _S.CONTRACTED, _S.ARCHIVED)
_AFTER: Final = (*AFTER_OPENING, _S.CONTRACTED)
_AWARDED: Final = (_S.AWARDED, _S.CONTRACTED, _S.ARCHIVED)
_ALL: Final = tuple(state for state in _S if state is not _S.DRAFT)


@dataclass(frozen=True, slots=True)
class Way:
    """A page of this or a higher room about a tender: when it is of use, and to whom."""

    endpoint: str
    label: Lazy
    hint: Lazy
    states: tuple[TenderState, ...]
    permission: P | None = None


WAYS: Final = (
    Way(
        "tender_course.questions",
        lazy_gettext("Questions"),
        lazy_gettext("answer to everybody, within three working days"),
        _OPEN,
        P.TENDERS_QUESTION_ANSWER,
    ),
    Way(
        "tender_course.amendment",
        lazy_gettext("Amend"),
        lazy_gettext("explain or change the documents; the deadline moves by rule"),
        _OPEN,
        P.TENDERS_AMENDMENT_PUBLISH,
    ),
    Way(
        "panels.start",
        lazy_gettext("Draw the panel"),
        lazy_gettext("experts by lot, in the open"),
        (_S.PUBLISHED, _S.CLOSED, _S.OPENING, _S.OPENED),
        P.DRAWS_DRAW_START,
    ),
    Way(
        "panels.show",
        lazy_gettext("Panel"),
        lazy_gettext("who was drawn, and who is there"),
        _AFTER,
        P.DRAWS_DRAW_START,
    ),
    Way(
        "opening.hall",
        lazy_gettext("Opening hall"),
        lazy_gettext("open to everybody: what has happened, the record, the prices"),
        _AT_OPENING,
    ),
    Way(
        "awards.purchaser",
        lazy_gettext("Evaluation and award"),
        lazy_gettext("qualification, report, winner, result, contract"),
        _AFTER,
        P.EVALUATION_QUALIFICATION_CHECK,
    ),
    Way(
        "awards.result",
        lazy_gettext("Result"),
        lazy_gettext("as everybody sees it"),
        _AWARDED,
    ),
    Way(
        "challenges.against",
        lazy_gettext("Challenges"),
        lazy_gettext("answer within seven working days"),
        _ALL,
        P.CHALLENGES_CHALLENGE_ANSWER,
    ),
    Way(
        "bonds.of_tender",
        lazy_gettext("Bonds"),
        lazy_gettext("known after the opening alone; what goes back and when"),
        _AFTER,
        P.BONDS_BOND_FORFEIT,
    ),
    Way(
        "tender_officers.seats",
        lazy_gettext("Opening officers"),
        lazy_gettext("who opens, with the journaled manifest"),
        _ALL,
        P.TENDERS_MANIFEST_MAKE,
    ),
    Way(
        "tender_course.termination",
        lazy_gettext("Terminate"),
        lazy_gettext("end the tender before its deadline"),
        _OPEN,
        P.TENDERS_TENDER_PUBLISH,
    ),
)


PUBLIC: Final = ("opening.hall", "awards.result")


def ways(state: TenderState) -> list[Way]:
    """The pages of use to this reader in a state, of those that exist here."""
    actor = current_actor()
    return [
        way
        for way in WAYS
        if _shows(way, state) and (way.permission is None or actor.may(way.permission))
    ]


def public_ways(tender: TenderFacts) -> list[Way]:
    """The public pages of higher rooms that show how a tender went on, of those that exist here."""
    return [way for way in WAYS if way.endpoint in PUBLIC and _shows(way, tender.state)]


def _shows(way: Way, state: TenderState) -> bool:
    return state in way.states and way.endpoint in current_app.view_functions


def running_page(draft: DraftFacts) -> str:
    """The page at this moment."""
    office, now, no = site().office, moment(), draft.no
    mine = current_actor().organisation
    calendar = office.read(office.calendar)

    def waits() -> datetime | None:
        asked = office.read(lambda session: queries.open_questions(session, no, mine))
        due = [answer_by(one.asked_on, facts.deadline, calendar) for one in asked]
        return min(due, default=None)

    facts = office.read(lambda session: queries.facts(session, no))
    changes = office.read(lambda session: queries.amendments(session, facts.id))
    dates = running(facts, calendar)
    rows, others = view.main_rows(dates, now)
    return render_template(
        "tenders/running.html",
        tender=facts,
        steps=view.steps(facts, dates, len(changes)),
        rows=rows,
        other_rows=others,
        ways=[(url_for(way.endpoint, no=no), way) for way in ways(facts.state)],
        takes_bids=facts.is_open_for_bids(now),
        answer_by=waits() if facts.state is TenderState.PUBLISHED else None,
    )
