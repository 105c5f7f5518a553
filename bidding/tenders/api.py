"""Tenders for programs: the same public calls on both hosts, and questions on the anonymous one."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, Final, Literal, Protocol, TypeVar
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response
from pydantic import Field
from sqlalchemy.orm import Session

from bidding.rulebook.figures import write_figure
from bidding.tenders import listing, queries
from bidding.tenders.asking import LONGEST, AskQuestion, ask_question
from bidding.tenders.dates import running
from bidding.tenders.facts import DocumentLine, TenderFacts
from bidding.tenders.rules import TenderState
from market.accounts.queries.organisations import organisation
from market.command import ANONYMOUS
from market.files.store import CHUNK, FileStore
from market.kernel.errors import BadInput, NotFound
from market.kernel.workdays import WorkCalendar
from market.protocol.encoding import Json, JsonObject, b64u, canonical, moment, stamp
from market.web.access import anonymous, public
from market.web.api import Answer, Body, Query, call
from market.web.cursor import Page, page_of, read_cursor
from market.web.site import site

V = TypeVar("V", bound=Callable[..., object])

BRIEFLY: Final = "public, max-age=5"
FOR_EVER: Final = "public, max-age=31536000, immutable"
DIGEST: Final = 64  # hexadecimal digits


class Marking(Protocol):
    """One of the marks of `market.web.access`."""

    def __call__(self, view: V, /) -> V:
        """The same view, marked."""
        ...


class ListQuery(Query):
    """Which tenders: by state, by words, from where on."""

    state: TenderState | None = None
    q: Annotated[str, Field(max_length=200)] | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class TenderItem(Answer):
    """One tender of a list."""

    no: str
    title_zh: str
    title_en: str
    state: TenderState
    deadline: str
    published_at: str


class TenderItems(Answer):
    """A page of a list; `next` is the cursor of the one after it."""

    items: list[TenderItem]
    next: str | None


class QuestionBody(Body):
    """A question."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST)]


class QuestionAnswer(Answer):
    """That it was taken: the same words for the first time and for every other."""

    state: Literal["taken"]


def listed(wanted: listing.Wanted, cursor: str | None, limit: int) -> Page[listing.TenderLine]:
    """A page of the public list; `BadInput` "bad-cursor"."""
    after = read_cursor(cursor, (str, str))
    place = None if after is None else (moment(str(after[0])), str(after[1]))
    rows = site().office.read(
        lambda session: listing.public_list(session, wanted, limit + 1, place)
    )
    return page_of(rows, limit, lambda line: (stamp(line.published_at), line.no))


def _list(query: ListQuery) -> TenderItems:
    page = listed(listing.Wanted(query.q, query.state), query.cursor, query.limit)
    items = [
        TenderItem(
            no=line.no,
            title_zh=line.title_zh,
            title_en=line.title_en,
            state=line.state,
            deadline=stamp(line.deadline),
            published_at=stamp(line.published_at),
        )
        for line in page.items
    ]
    return TenderItems(items=items, next=page.next)


def _tender(no: str) -> Response:
    office = site().office
    return _json(office.read(lambda session: whole(session, no, office.calendar(session))))


def _amendments(no: str) -> Response:
    def read(session: Session) -> list[Json]:
        return amendment_list(session, queries.facts(session, no))

    return _json(site().office.read(read))


def document(no: str, digest: str) -> Response:
    """The bytes of a document, without a word about who asked for them."""
    raw = _digest(digest)
    line = site().office.read(lambda session: queries.public_document(session, no, raw))
    return handed_out(line)


def handed_out(line: DocumentLine) -> Response:
    """A kept document as a download under its name; `NotFound` if the folder lacks it."""
    store = FileStore(site().settings.files)
    if not store.holds(line.digest):
        raise NotFound("no-document", zh="没有此文件", en="There is no such file")

    def chunks() -> Iterator[bytes]:
        with store.open(line.digest) as file:
            while chunk := file.read(CHUNK):
                yield chunk

    answer = Response(chunks(), content_type=line.media_type.mime)
    answer.content_length = line.size
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(line.name)}"
    answer.headers["Cache-Control"] = FOR_EVER
    answer.headers["ETag"] = f'"{line.digest.hex()}"'
    return answer


def whole(session: Session, no: str, calendar: WorkCalendar) -> JsonObject:
    """Everything public of a tender, as docs/wire.md lists it."""
    tender = queries.facts(session, no)
    share = tender.sme_deduction
    return {
        "no": tender.no,
        "state": tender.state.value,
        "suspended": tender.suspended,
        "title_zh": tender.title_zh,
        "title_en": tender.title_en,
        "category": tender.category.value,
        "project": tender.project_code,
        "owner": _organisation(session, tender.owner),
        "agent": None if tender.agent is None else _organisation(session, tender.agent),
        "budget": tender.budget.fen,
        "ceiling": tender.ceiling.fen,
        "bond": tender.bond.fen,
        "validity_days": tender.validity_days,
        "need_zh": tender.need_zh,
        "need_en": tender.need_en,
        "qualification_zh": tender.qualification_zh,
        "qualification_en": tender.qualification_en,
        "consortium": tender.consortium,
        "contact": tender.contact,
        "amendment": tender.amendment,
        "manifest_hash": b64u(tender.manifest_hash),
        "published_at": stamp(tender.published_at),
        "deadline": stamp(tender.deadline),
        "questions_end": stamp(tender.questions_end),
        "scheme": tender.scheme.as_json(),
        "sme_deduction": None if share is None else write_figure(share),
        "documents": _documents(session, tender),
        "amendments": amendment_list(session, tender),
        "answers": _answers(session, tender),
        "timetable": _timetable(tender, calendar),
    }


def amendment_list(session: Session, tender: TenderFacts) -> list[Json]:
    """The amendments; `text_hash` names the notice whose bytes say it."""
    return [
        {
            "version": line.version,
            "kind": line.kind.value.replace("_", "-"),
            "published_at": stamp(line.published_at),
            "deadline": stamp(line.deadline),
            "zh": line.zh,
            "en": line.en,
            "text_hash": b64u(line.text_hash),
        }
        for line in queries.amendments(session, tender.id)
    ]


def _documents(session: Session, tender: TenderFacts) -> list[Json]:
    return [
        {
            "name": line.name,
            "size": line.size,
            "digest": b64u(line.digest),
            "since": line.since,
            "until": line.until,
            "url": f"/api/v1/tenders/{tender.no}/documents/{line.digest.hex()}",
        }
        for line in queries.documents(session, tender.id)
    ]


def _answers(session: Session, tender: TenderFacts) -> list[Json]:
    return [
        {
            "question": line.text,
            "zh": line.answer_zh,
            "en": line.answer_en,
            "answered_at": stamp(line.answered_at),
        }
        for line in queries.answers(session, tender.id)
    ]


def _timetable(tender: TenderFacts, calendar: WorkCalendar) -> list[Json]:
    rows: list[Json] = []
    for entry in running(tender, calendar).in_order():
        known = isinstance(entry.at, datetime)
        rows.append(
            {
                "event": entry.event.value,
                "at": stamp(entry.at) if isinstance(entry.at, datetime) else None,
                "waits_for": None if isinstance(entry.at, datetime) else entry.at.year,
                "happened": known and entry.basis.value == "happened",
                "rule": None if entry.why is None else entry.why.rule,
                "article": None if entry.why is None else entry.why.article.cite("zh"),
                "why_zh": None if entry.why is None else entry.why.words("zh"),
                "why_en": None if entry.why is None else entry.why.words("en"),
            }
        )
    return rows


def _organisation(session: Session, key: UUID) -> JsonObject:
    facts = organisation(session, key)
    return {"uscc": facts.uscc, "name_zh": facts.name_zh, "name_en": facts.name_en}


def _digest(text: str) -> bytes:
    if len(text) != DIGEST or not set(text) <= set("0123456789abcdef"):
        raise BadInput("bad-digest", zh="文件标识不对", en="This names no document", status=404)
    return bytes.fromhex(text)


def _json(value: Json) -> Response:
    answer = Response(canonical(value), content_type="application/json")
    answer.headers["Cache-Control"] = BRIEFLY
    return answer


def public_calls(name: str, mark: Marking) -> Blueprint:
    """The public calls under one mark: each host has its own."""
    pages = Blueprint(name, __name__, url_prefix="/api/v1/tenders")

    @mark
    def tenders(query: ListQuery) -> TenderItems:
        return _list(query)

    @mark
    def tender(no: str) -> Response:
        return _tender(no)

    @mark
    def amendments(no: str) -> Response:
        return _amendments(no)

    @mark
    def tender_document(no: str, digest: str) -> Response:
        return document(no, digest)

    listing_call = call(summary="Published tenders", asks=ListQuery, gives=TenderItems)
    pages.add_url_rule("", "tenders", listing_call(tenders))
    for rule, view, summary in (
        ("/<no>", tender, "A tender with its timetable, documents, amendments and answers"),
        ("/<no>/amendments", amendments, "The amendments of a tender, for clients that poll"),
        ("/<no>/documents/<digest>", tender_document, "A document of a tender, by its SHA-256"),
    ):
        pages.add_url_rule(rule, view.__name__, call(summary=summary)(view))
    return pages


def question_calls() -> Blueprint:
    """Asking, on the anonymous host alone."""
    pages = Blueprint("tenders_questions", __name__, url_prefix="/api/v1/tenders")

    @pages.post("/<no>/questions")
    @call(summary="Ask a question, as nobody", takes=QuestionBody, gives=QuestionAnswer)
    @anonymous
    def ask(no: str, body: QuestionBody) -> QuestionAnswer:
        """Take a question; the same words again are the same question."""
        site().office.run(ask_question, AskQuestion(no, body.text), ANONYMOUS)
        return QuestionAnswer(state="taken")

    return pages


PUBLIC: Final = public_calls("tenders_api", public)
ANONYMOUS_READING: Final = public_calls("tenders_reading", anonymous)
ANONYMOUS_ASKING: Final = question_calls()
