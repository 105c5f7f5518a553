"""What the pages of a tender show, in the reader's language, from its facts alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from babel.dates import format_date
from sqlalchemy.orm import Session

from bidding.rulebook.events import Event
from bidding.rulebook.timetable import Basis, Entry, Timetable
from bidding.tenders import queries, wording
from bidding.tenders.dates import running
from bidding.tenders.facts import AmendmentLine, AnswerLine, DocumentLine, TenderFacts
from bidding.tenders.openers import Openers, openers
from bidding.tenders.rules import TenderState
from market.accounts.queries.organisations import names
from market.kernel.money import Money
from market.kernel.workdays import NotYetPublished, WorkCalendar, legal_day
from market.notices.proofs import proof_of
from market.notices.queries import NoticeLine, Search, board
from market.web.catalogue import WRITTEN
from market.web.filters import NOTHING, money
from market.web.language import gettext, language, ngettext
from market.web.patterns import Fact, Proof, Step, StepState, TimetableRow

SHORT_DAYS: Final = {"zh": "M月d日", "en": "d MMM"}
NOTICES: Final = 100
OFFICERS_AT: Final = 6  # behind what a bidder reads first
MAIN: Final = frozenset(
    {
        Event.PUBLICATION,
        Event.DOCUMENTS_END,
        Event.DOCUMENTS_CHALLENGE_END,
        Event.AMENDMENT_END,
        Event.QUESTIONS_END,
        Event.BID_DEADLINE,
        Event.OPENING,
        Event.EVALUATION_START,
        Event.DETERMINATION,
        Event.AWARD_NOTICE,
        Event.RESULT_CHALLENGE_END,
        Event.CONTRACT,
    }
)
"""The dates of a tender that its page shows at once; the others follow on demand."""
_ORDER: Final = (
    TenderState.PUBLISHED,
    TenderState.CLOSED,
    TenderState.OPENING,
    TenderState.OPENED,
    TenderState.EVALUATING,
    TenderState.REPORTED,
    TenderState.DETERMINED,
    TenderState.AWARDED,
    TenderState.CONTRACTED,
    TenderState.ARCHIVED,
)


@dataclass(frozen=True, slots=True)
class TenderPage:
    """Everything on the public page of a tender."""

    tender: TenderFacts
    owner: str
    agent: str | None
    steps: Sequence[Step]
    facts: Sequence[Fact]
    rows: Sequence[TimetableRow]
    other_rows: Sequence[TimetableRow]
    documents: Sequence[DocumentLine]
    amendments: Sequence[AmendmentLine]
    answers: Sequence[AnswerLine]
    notices: Sequence[NoticeLine]
    openers: Openers | None
    proof: Proof | None
    takes_bids: bool
    takes_questions: bool


def tender_page(session: Session, no: str, now: datetime, calendar: WorkCalendar) -> TenderPage:
    """The public page at a moment; `NotFound` for a draft."""
    tender = queries.facts(session, no)
    dates = running(tender, calendar)
    changes = queries.amendments(session, tender.id)
    officers = openers(session, no)
    rows, others = main_rows(dates, now)
    notices = board(session, Search(subject=no), NOTICES)
    called = {key: one.name(language()) for key, one in names(session, tender.insiders()).items()}
    return TenderPage(
        tender=tender,
        owner=called.get(tender.owner, NOTHING),
        agent=None if tender.agent is None else called.get(tender.agent),
        steps=steps(tender, dates, len(changes)),
        facts=key_facts(tender, officers),
        rows=rows,
        other_rows=others,
        documents=queries.documents(session, tender.id),
        amendments=changes,
        answers=queries.answers(session, tender.id),
        notices=notices,
        openers=officers,
        proof=proof_of(session, no, notices[-1].digest) if notices else None,
        takes_bids=tender.is_open_for_bids(now),
        takes_questions=tender.is_open_for_questions(now),
    )


def steps(tender: TenderFacts, dates: Timetable, amendments: int) -> list[Step]:
    """The seven steps of a tender with their dates."""
    place = _ORDER.index(tender.state) if tender.state in _ORDER else None
    changed = ngettext("once", "%(num)s times", amendments) if amendments else gettext("none")
    planned = [
        (gettext("Notice"), _short(dates[Event.PUBLICATION]), -1),
        (gettext("Clarification"), changed, 0),
        (gettext("Bids"), gettext("until %(day)s", day=_short(dates[Event.BID_DEADLINE])), 0),
        (gettext("Opening"), _short(dates[Event.OPENING]), 2),
        (gettext("Evaluation"), _short(dates[Event.EVALUATION_START]), 5),
        (gettext("Result"), _latest(dates[Event.AWARD_NOTICE]), 7),
        (gettext("Contract"), _latest(dates[Event.CONTRACT]), 8),
    ]
    shown = [Step(label, note, _state(place, until)) for label, note, until in planned]
    # Clarification has no moment of its own: it is done once there was one, or bids are closed.
    over = amendments > 0 or place != 0
    clarified = StepState.DONE if over else StepState.NEXT
    shown[1] = Step(shown[1].label, shown[1].note, clarified)
    return shown


def _state(place: int | None, until: int) -> StepState:
    """Done once the tender is past the step's last state; now while it is in it."""
    if place is None:
        return StepState.NEXT if until >= 0 else StepState.DONE
    if place > until:
        return StepState.DONE
    earlier = {0: -1, 2: 0, 5: 3, 7: 5, 8: 7}[until]
    return StepState.NOW if place > earlier else StepState.NEXT


def key_facts(tender: TenderFacts, officers: Openers | None) -> list[Fact]:
    """The facts at the top of the page."""
    spoken = language() == "zh"

    def said(both: tuple[str, str]) -> str:
        return both[0] if spoken else both[1]

    joint = gettext("accepted") if tender.consortium else gettext("not accepted")
    found = [
        Fact(gettext("Budget"), money(tender.budget), is_number=True),
        Fact(
            gettext("Ceiling"),
            money(tender.ceiling),
            tender.ceiling.in_capitals() if spoken else "",
            is_number=True,
        ),
        Fact(gettext("Method"), said(wording.scheme_words(tender.scheme))),
        _bond(tender.bond),
        Fact(gettext("Small firms"), said(wording.sme_words(tender.scheme))),
        Fact(gettext("Low offers"), said(wording.low_price_words(tender.scheme))),
        Fact(gettext("What is needed"), tender.need_zh if spoken else tender.need_en),
        Fact(
            gettext("Qualification"),
            tender.qualification_zh if spoken else tender.qualification_en,
        ),
        Fact(gettext("Consortia"), joint),
        Fact(
            gettext("Bids stay valid"),
            ngettext("one day", "%(num)s days", tender.validity_days),
        ),
        Fact(gettext("Contact"), tender.contact),
    ]
    if officers is not None:
        words = gettext(
            "any %(k)s of %(n)s, from %(several)s organisations",
            k=officers.k,
            n=len(officers.seats),
            several=officers.organisations,
        )
        found.insert(OFFICERS_AT, Fact(gettext("Opening officers"), words, url="#officers"))
    return found


def _bond(bond: Money) -> Fact:
    if not bond.fen:
        return Fact(gettext("Bid bond"), gettext("none"))
    return Fact(
        gettext("Bid bond"),
        money(bond),
        gettext("token of this amount, paid anonymously; at most 2 % of the budget"),
        is_number=True,
    )


def timetable_rows(dates: Timetable, now: datetime) -> list[TimetableRow]:
    """The dates with their reasons; the next one is marked."""
    entries = dates.in_order()
    ahead = [
        one
        for one in entries
        if isinstance(one.at, datetime) and one.at >= now and one.basis is not Basis.HAPPENED
    ]
    following = ahead[0].event if ahead else None
    return [row_of(entry, now, is_current=entry.event is following) for entry in entries]


def main_rows(dates: Timetable, now: datetime) -> tuple[list[TimetableRow], list[TimetableRow]]:
    """The dates a reader looks for first, the next one among them; and all the others."""
    rows = list(zip(dates.in_order(), timetable_rows(dates, now), strict=True))
    main = [row for entry, row in rows if row.is_current or entry.event in MAIN]
    return main, [row for entry, row in rows if not (row.is_current or entry.event in MAIN)]


def row_of(entry: Entry, now: datetime, *, is_current: bool = False) -> TimetableRow:
    """One date with its reason, in the reader's language."""
    spoken = language()
    what = entry.event.zh if spoken == "zh" else _capital(entry.event.en)
    counted = ""
    if entry.why is not None:
        said = entry.why.zh if spoken == "zh" else entry.why.en
        counted = f"{said} · {entry.why.rule}"
    left = _left(entry, now) if is_current else ""
    when = entry.day if _is_day(entry) else entry.at
    article = None if entry.why is None else entry.why.article
    return TimetableRow(when, what, counted, article, left, is_current)


def _left(entry: Entry, now: datetime) -> str:
    if isinstance(entry.day, NotYetPublished):
        return ""
    days = (entry.day - legal_day(now)).days
    return gettext("today") if days <= 0 else ngettext("one day left", "%(num)s days left", days)


def _is_day(entry: Entry) -> bool:
    """Whether the date is a whole day rather than a moment; one that ends at 24:00 is a day."""
    if not isinstance(entry.at, datetime) or entry.basis is Basis.HAPPENED:
        return False
    if entry.day != legal_day(entry.at):
        return True
    exact = {
        Event.PUBLICATION,
        Event.DOCUMENTS_START,
        Event.BID_DEADLINE,
        Event.OPENING,
        Event.QUESTIONS_END,
        Event.AMENDMENT_END,
        Event.EVALUATION_START,
    }
    return entry.event not in exact


def _short(entry: Entry) -> str:
    if isinstance(entry.day, NotYetPublished):
        return entry.day.words(language())
    spoken = language()
    shown: str = format_date(entry.day, SHORT_DAYS[spoken], locale=WRITTEN[spoken])
    return shown


def _latest(entry: Entry) -> str:
    if entry.basis is Basis.HAPPENED:
        return _short(entry)
    return gettext("not later than %(day)s", day=_short(entry))


def _capital(text: str) -> str:
    bare = text.removeprefix("the ")
    return bare[0].upper() + bare[1:]
