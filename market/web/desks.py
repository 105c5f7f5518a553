"""The desk: what waits for somebody, the most urgent first, and where this person works.

A room hands in what waits (`Feature.desk`); here it is put in order of urgency and said how much
time is left. Below stand the places of somebody's work, so that an empty desk still leads on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission as P  # noqa: N817  read on every line of the table
from market.kernel.workdays import legal_day
from market.web.language import Lazy, gettext, lazy_gettext, ngettext

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
WEEK: Final = timedelta(days=7)


class Urgency(StrEnum):
    """How soon something is due, the soonest first."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    OPEN = "open"


HEADINGS: Final[dict[Urgency, Lazy]] = {
    Urgency.LATE: lazy_gettext("Late"),
    Urgency.TODAY: lazy_gettext("Today"),
    Urgency.WEEK: lazy_gettext("Within seven days"),
    Urgency.LATER: lazy_gettext("Later"),
    Urgency.OPEN: lazy_gettext("Without a date"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """What is due equally soon."""

    urgency: Urgency
    heading: Lazy
    items: Sequence[DeskItem]


def urgency_of(due_at: datetime | None, now: datetime) -> Urgency:
    """Late from the due moment's end on; today by the calendar of Beijing; a week is 7 × 24 h.

    What is due at midnight is due today on the day that ends with it.
    """
    if due_at is None:
        return Urgency.OPEN
    if due_at < now:
        return Urgency.LATE
    if last_day(due_at) <= legal_day(now):
        return Urgency.TODAY
    return Urgency.WEEK if due_at - now <= WEEK else Urgency.LATER


def last_day(limit: datetime) -> date:
    """The legal day on which a limit can still be kept: midnight belongs to the day it ends."""
    return legal_day(limit - timedelta(microseconds=1))


def grouped(items: Sequence[DeskItem], now: datetime) -> list[Group]:
    """What waits, by urgency; within a group in the order given."""
    found: dict[Urgency, list[DeskItem]] = {one: [] for one in Urgency}
    for item in items:
        found[urgency_of(item.due_at, now)].append(item)
    return [Group(one, HEADINGS[one], held) for one, held in found.items() if held]


def time_left(due_at: datetime, now: datetime) -> str:
    """How much time is left, or how long it has been over, in the largest whole unit."""
    late, span = due_at < now, abs(due_at - now)
    if span >= DAY:
        count = span // DAY
        words = ngettext("one day", "%(num)s days", count)
    elif span >= HOUR:
        count = span // HOUR
        words = ngettext("one hour", "%(num)s hours", count)
    else:
        count = span // MINUTE
        words = ngettext("one minute", "%(num)s minutes", count)
    return gettext("%(time)s over", time=words) if late else gettext("%(time)s left", time=words)


@dataclass(frozen=True, slots=True)
class Place:
    """Where some people work: the page, what one does there, and the right that opens it."""

    endpoint: str
    label: Lazy
    hint: Lazy
    permission: P | None = None


PLACES: Final[tuple[Place, ...]] = (
    Place(
        "tender_desk.own",
        lazy_gettext("My tenders"),
        lazy_gettext("prepare, publish, answer questions, follow to the contract"),
        P.TENDERS_TENDER_PREPARE,
    ),
    Place(
        "projects.own",
        lazy_gettext("My projects"),
        lazy_gettext("a tender begins with a project, its approval and its money"),
        P.PROJECTS_PROJECT_READ,
    ),
    Place(
        "approvals_own.mine",
        lazy_gettext("My approvals"),
        lazy_gettext("what departments decide for my projects, and by when"),
        P.APPROVALS_CASE_FILE,
    ),
    Place(
        "demand_desk.listed",
        lazy_gettext("My demands for agencies"),
        lazy_gettext("write, hand in, follow until one is chosen"),
        P.DEMANDS_DEMAND_PREPARE,
    ),
    Place(
        "approval_desk.board",
        lazy_gettext("Approval cases"),
        lazy_gettext("by time left: receive, ask once, review, decide"),
        P.APPROVALS_CASE_READ,
    ),
    Place(
        "approval_items.own",
        lazy_gettext("Items of this department"),
        lazy_gettext("conditions, papers and periods; the head approves each change"),
        P.APPROVALS_ITEM_EDIT,
    ),
    Place(
        "tenders.board",
        lazy_gettext("Open tenders"),
        lazy_gettext("choose one and prepare a bid; nobody learns of it before the opening"),
        P.BIDS_OWN_READ,
    ),
    Place(
        "bonds.own",
        lazy_gettext("My bonds"),
        lazy_gettext("what was paid in, what comes back and when"),
        P.BIDS_OWN_READ,
    ),
    Place(
        "own_results.own",
        lazy_gettext("My results"),
        lazy_gettext("what became of each bid, its points, its bond"),
        P.BIDS_OWN_READ,
    ),
    Place(
        "challenges.own",
        lazy_gettext("My challenges"),
        lazy_gettext("questions to the purchaser about a procedure or a result"),
        P.CHALLENGES_CHALLENGE_FILE,
    ),
    Place(
        "agency_desk.own",
        lazy_gettext("My agency"),
        lazy_gettext("entry, certificates, services and prices"),
        P.AGENCIES_ENTRY_APPLY,
    ),
    Place(
        "fitting_demands.fitting",
        lazy_gettext("Demands that fit me"),
        lazy_gettext("for services my agency offers, by time left"),
        P.AGENCIES_ENTRY_APPLY,
    ),
    Place(
        "offers_own.own",
        lazy_gettext("My enrolments"),
        lazy_gettext("what this agency has enrolled for, with the receipts"),
        P.OFFERS_OFFER_MAKE,
    ),
    Place(
        "offers_desk.waiting",
        lazy_gettext("Enrolments"),
        lazy_gettext("who has enrolled for which demand; never what they ask"),
        P.OFFERS_ENROLMENT_READ,
    ),
    Place(
        "orders_desk.board",
        lazy_gettext("Orders"),
        lazy_gettext("services under contract, who holds each and for how many working hours"),
        P.ORDERS_ORDER_READ,
    ),
    Place(
        "experts.own",
        lazy_gettext("My invitations"),
        lazy_gettext("answer, sign in, declare; evaluations begin there"),
        P.EXPERTS_INVITATION_ANSWER,
    ),
    Place(
        "evaluations.own",
        lazy_gettext("My evaluations"),
        lazy_gettext("bids to check and to score, reports to sign"),
        P.EVALUATION_SCORE_GIVE,
    ),
    Place(
        "opening_officer.own",
        lazy_gettext("My seats at openings"),
        lazy_gettext("give a key, rehearse, open"),
        P.OFFICERS_KEY_GIVE,
    ),
    Place(
        "draw_desk.waiting",
        lazy_gettext("Draws"),
        lazy_gettext("commit and reveal numbers for draws in which you take part"),
        P.DRAWS_NONCE_GIVE,
    ),
    Place(
        "watching.board",
        lazy_gettext("Running procedures"),
        lazy_gettext("what comes next in each, and which limits were passed"),
        P.SUPERVISION_RECORD_READ,
    ),
    Place(
        "projects.all_of_them",
        lazy_gettext("All projects"),
        lazy_gettext("projects that wait to be admitted, and those that were"),
        P.PROJECTS_ANY_READ,
    ),
    Place(
        "entries_desk.listed",
        lazy_gettext("Entries of agencies"),
        lazy_gettext("check entries and certificates, answer objections"),
        P.AGENCIES_ENTRY_CHECK,
    ),
    Place(
        "demand_checks.listed",
        lazy_gettext("Demands to check"),
        lazy_gettext("complete or not, within a working day; then published"),
        P.DEMANDS_NOTICE_CHECK,
    ),
    Place(
        "items.kept",
        lazy_gettext("Catalogue of services"),
        lazy_gettext("service items, their legal basis and what changes"),
        P.CATALOGUE_ITEM_EDIT,
    ),
    Place(
        "sanctions.listed",
        lazy_gettext("Sanctions of agencies"),
        lazy_gettext("suspend, restore, remove; the bad-record list"),
        P.AGENCIES_AGENCY_SUSPEND,
    ),
    Place(
        "own_credit.show",
        lazy_gettext("Our credit"),
        lazy_gettext("points, level, notices; statements and appeals"),
        P.CREDIT_OWN_ANSWER,
    ),
    Place(
        "credit_desk.listed",
        lazy_gettext("Credit of agencies"),
        lazy_gettext("notices, decisions and appeals about points of credit"),
        P.CREDIT_APPEAL_DECIDE,
    ),
    Place(
        "credit_record.record",
        lazy_gettext("Penalties of credit"),
        lazy_gettext("every notice and decision, and which are late"),
        P.SUPERVISION_RECORD_READ,
    ),
    Place(
        "register.listed",
        lazy_gettext("Register of organisations"),
        lazy_gettext("who takes part, with which capacity and key"),
        P.ACCOUNTS_ORGANISATION_READ,
    ),
    Place(
        "bonds.custody",
        lazy_gettext("Bonds in custody"),
        lazy_gettext("refunds due, and where the custodian's books differ"),
        P.PROJECTS_ANY_READ,
    ),
    Place(
        "complaints.cases",
        lazy_gettext("Complaints"),
        lazy_gettext("accept, examine, decide"),
        P.COMPLAINTS_COMPLAINT_DECIDE,
    ),
    Place(
        "remedies.supervised",
        lazy_gettext("Challenges"),
        lazy_gettext("what was answered, and what followed where a supplier was right"),
        P.SUPERVISION_RECORD_READ,
    ),
    Place(
        "fitting_demands.supervised",
        lazy_gettext("Demands for agencies"),
        lazy_gettext("what looks split, and departments that looked"),
        P.SUPERVISION_RECORD_READ,
    ),
    Place(
        "experts.waiting",
        lazy_gettext("Invitations to confirm"),
        lazy_gettext("that a letter arrived by an independent carrier"),
        P.EXPERTS_DELIVERY_CONFIRM,
    ),
    Place(
        "messages.listed",
        lazy_gettext("Letters"),
        lazy_gettext("what was sent, and what did not arrive"),
        P.MESSAGES_LETTER_READ,
    ),
    Place(
        "administration.people",
        lazy_gettext("People"),
        lazy_gettext("block an account, end its sessions"),
        P.ACCOUNTS_PERSON_BLOCK,
    ),
    Place(
        "organisations.own",
        lazy_gettext("My organisation"),
        lazy_gettext("basic account, signing key, people and their roles"),
    ),
    Place(
        "own.account",
        lazy_gettext("My account"),
        lazy_gettext("roles offered to you, password, second factor, programs"),
    ),
)
"""Everybody's places, by the right that opens them; the rooms' own endpoints, by name."""


def places(actor: Actor, exists: Callable[[str], bool]) -> list[Place]:
    """Where this actor works, of the pages that exist on this host."""
    return [
        place
        for place in PLACES
        if exists(place.endpoint) and (place.permission is None or actor.may(place.permission))
    ]
