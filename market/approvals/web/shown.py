"""What pages of cases have in common: timetable, steps, time left, papers by material."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from market.approvals.commands.journaling import DECISION, RECEIPT
from market.approvals.queries.facts import CaseFacts, PaperFacts
from market.approvals.queries.items import ItemFacts
from market.approvals.rules.cases import CaseState
from market.approvals.rules.course import Left, Pressure
from market.approvals.rules.items import Material
from market.approvals.rules.timetable import Why
from market.files.attachment import download
from market.files.queries import DocumentFacts, document
from market.files.store import FileStore
from market.journal.queries import entries_of, head
from market.kernel.errors import NotFound
from market.kernel.workdays import NotYetPublished, WorkCalendar
from market.web.fields import Option
from market.web.filters import day, last_moment
from market.web.language import gettext, language, ngettext
from market.web.patterns import Proof, Step, StepState, TimetableRow
from market.web.site import moment, site

TONES: Final = {
    Pressure.EASY: "plain",
    Pressure.TIP: "warning",
    Pressure.OVER: "refusal",
    Pressure.OPEN: "plain",
}
NOTHING: Final = ""


def proof(session: Session, no: str) -> Proof | None:
    """The badge of the newest act about a case; None while there is none with its place."""
    acts = [placed for kind in (RECEIPT, DECISION) for placed in entries_of(session, no, kind)]
    if not acts:
        return None
    index = max(placed.index for placed in acts)
    url = url_for("log.proof", index=index)
    seen = head(session, witnesses=1)
    if seen is None or index >= seen.size:
        return Proof(index, url)
    return Proof(index, url, seen.witnesses, seen.root, url)


def calendar() -> WorkCalendar:
    """The working calendar in force."""
    office = site().office
    return office.read(office.calendar)


def timetable_rows(case: CaseFacts) -> list[TimetableRow]:
    """The timetable for this reader, each date with its rule and article."""
    place = 0 if language() == "zh" else 1
    return [
        TimetableRow(
            when=why.when,
            what=why.what[place],
            counted=f"{why.rule} · {why.counted[place]}",
            article=why.article,
            is_current=why.is_due and _is_next(why, case),
        )
        for why in case.timetable
    ]


def _is_next(why: Why, case: CaseFacts) -> bool:
    return case.line.due is not None and why.when == case.line.due


def left_words(left: Left) -> str:
    """How many working days are left, or over."""
    match left.pressure:
        case Pressure.OPEN:
            return NOTHING
        case Pressure.OVER:
            return ngettext("one working day late", "%(num)s working days late", max(1, -left.days))
        case _ if left.days == 0:
            return gettext("due today")
        case _:
            return ngettext("one working day left", "%(num)s working days left", left.days)


def tone(left: Left) -> str:
    """The tone of the word beside it; the word says the same."""
    return TONES[left.pressure]


def steps(case: CaseFacts) -> list[Step]:
    """Received, accepted, decided, delivered: each with its date."""
    course = case.course
    passed: list[tuple[str, datetime | None]] = [
        (gettext("Received"), course.received_at),
        (gettext("Accepted"), course.accepted_at),
        (gettext("Decided"), course.decided_at),
        (gettext("Delivered"), course.delivered_at),
    ]
    found: list[Step] = []
    current = False
    for label, at in passed:
        if at is not None:
            state = StepState.DONE
        elif current or case.state in (CaseState.NOT_ACCEPTED, CaseState.WITHDRAWN):
            state = StepState.NEXT
        else:
            state, current = StepState.NOW, True
        found.append(Step(label, NOTHING if at is None else last_moment(at), state))
    return found


@dataclass(frozen=True, slots=True)
class Shelf:
    """One material with its papers."""

    number: int
    material: Material
    papers: Sequence[PaperFacts]


def shelves(case: CaseFacts, item: ItemFacts) -> list[Shelf]:
    """The materials of the item with what was handed in for each."""
    return [
        Shelf(number, material, [one for one in case.papers if one.material == number])
        for number, material in enumerate(item.content.materials, start=1)
    ]


def documents(session: Session, case: CaseFacts) -> Mapping[bytes, DocumentFacts]:
    """Names and sizes of the papers of a case."""
    return {one.document: document(session, one.document, case.owner) for one in case.papers}


def hand_out(case: CaseFacts, digest: str) -> ResponseReturnValue:
    """A paper of a case as a file; `NotFound` for one that is not in it."""
    wanted = next((one for one in case.papers if one.document.hex() == digest), None)
    if wanted is None:
        raise NotFound("no-document", zh="没有此文件", en="There is no such file")
    known = site().office.read(lambda session: document(session, wanted.document, case.owner))
    return download(FileStore(site().settings.files), known)


def material_options(item: ItemFacts, only: Sequence[int] | None = None) -> list[Option]:
    """The materials to choose from, those that the department looks up left out."""
    place = language() == "zh"
    return [
        Option(str(number), f"{number}. {one.zh if place else one.en}")
        for number, one in enumerate(item.content.materials, start=1)
        if only is None or number in only
    ]


def due_words(due: date | NotYetPublished | None) -> str:
    """The last day in words, empty where nothing is due here."""
    return NOTHING if due is None else day(due)


def now() -> datetime:
    """The moment of this request."""
    return moment()
