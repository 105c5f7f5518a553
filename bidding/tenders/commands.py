"""The course of a tender after publication: each step recorded by the room that carries it out.

A higher room calls these inside its own command, after asking for its own right; the tender then
follows as the house. Each states its fact, so that rooms above act on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bidding.tenders import wording
from bidding.tenders.model import Tender
from bidding.tenders.publishing import page_of
from bidding.tenders.queries import no_tender
from bidding.tenders.rows import locked, own
from bidding.tenders.rules import TENDER_TABLE, TenderAction
from market.command import HOUSE, Work
from market.kernel.errors import Refusal
from market.kernel.permissions import Permission
from market.notices.commands import put_up
from market.notices.rules import NoticeKind, NoticeText
from market.protocol.encoding import JsonObject, b64u, structure


def close(work: Work, no: str) -> UUID:
    """Close a tender for bids; its id. The moment kept is the deadline, whenever this runs.

    Refusals: "not-closed-yet" up to and at the deadline, "tender-suspended", `IllegalMove`.
    """
    work.hold(f"tender:{no}")
    row = locked(work, no)
    TENDER_TABLE.move(row.state, TenderAction.CLOSE)
    if row.suspended_at is not None:
        raise Refusal(
            "tender-suspended",
            zh="项目已暂停，不能截标",
            en="The tender is suspended; it stays open",
        )
    if row.deadline is None or work.now <= row.deadline:
        raise Refusal("not-closed-yet", zh="投标尚未截止", en="Bids are still in time")
    row.closed_at = row.deadline
    return _step(work, row, TenderAction.CLOSE, "tender.closed")


def begin_opening(work: Work, no: str) -> UUID:
    """The officers' shares are asked for."""
    return _step(work, locked(work, no), TenderAction.BEGIN_OPENING, "tender.opening")


def record_opened(work: Work, no: str) -> UUID:
    """The opening record stands."""
    row = locked(work, no)
    row.opened_at = _once(row.opened_at, work.now)
    return _step(work, row, TenderAction.RECORD_OPENED, "tender.opened")


def begin_evaluation(work: Work, no: str) -> UUID:
    """The panel has begun."""
    row = locked(work, no)
    row.evaluated_from = _once(row.evaluated_from, work.now)
    return _step(work, row, TenderAction.BEGIN_EVALUATION, "tender.evaluating")


def record_reported(work: Work, no: str, evaluated_until: datetime | None = None) -> UUID:
    """The report has reached the purchaser; `evaluated_until` is when the panel was done."""
    row = locked(work, no)
    row.reported_at = _once(row.reported_at, work.now)
    row.evaluated_until = evaluated_until or work.now
    return _step(work, row, TenderAction.RECORD_REPORTED, "tender.reported")


def record_determined(work: Work, no: str) -> UUID:
    """The winner is determined, by the purchaser or by rule."""
    row = locked(work, no)
    row.determined_at = _once(row.determined_at, work.now)
    return _step(work, row, TenderAction.RECORD_DETERMINED, "tender.determined")


def record_awarded(work: Work, no: str, *, again: bool = False) -> UUID:
    """The result is published.

    `again` after an earlier winner fell out. The fact is stated with the first result alone: the
    panel's names and the draw are public since then, and nothing that follows it happens twice.
    Notice, letters, windows and bonds follow each award for itself ("award.published").
    """
    row = locked(work, no)
    row.awarded_at = _once(row.awarded_at, work.now)
    return _step(work, row, TenderAction.RECORD_AWARDED, None if again else "tender.awarded")


def take_next(work: Work, no: str) -> UUID:
    """The winner fell out and the next in the order is determined: its result is announced anew."""
    row = locked(work, no)
    row.determined_at, row.awarded_at = work.now, None
    return _step(work, row, TenderAction.TAKE_NEXT, "tender.next-determined")


def record_contracted(work: Work, no: str) -> UUID:
    """The contract is signed."""
    row = locked(work, no)
    row.contracted_at = _once(row.contracted_at, work.now)
    return _step(work, row, TenderAction.RECORD_CONTRACTED, "tender.contracted")


def archive(work: Work, no: str) -> UUID:
    """Everything is over; the record is kept for fifteen years."""
    row = locked(work, no)
    row.archived_at = _once(row.archived_at, work.now)
    return _step(work, row, TenderAction.ARCHIVE, "tender.archived")


@dataclass(frozen=True, slots=True)
class EndTender:
    """Why a tender ends: a short code ("too-few-bids"), and the words for everybody."""

    no: str
    cause: str
    zh: str
    en: str


def fail(work: Work, cmd: EndTender) -> UUID:
    """A closed tender comes to nothing: too few bids, or officers who did not open it.

    The notice of it follows by itself, in a command of its own.
    """
    row = locked(work, cmd.no)
    _end(work, row, cmd)
    return _step(work, row, TenderAction.FAIL, "tender.failed")


def cancel(work: Work, cmd: EndTender) -> UUID:
    """An opened tender ends without an award (废标); the notice of it follows by itself."""
    row = locked(work, cmd.no)
    _end(work, row, cmd)
    return _step(work, row, TenderAction.CANCEL, "tender.cancelled")


def terminate_tender(work: Work, cmd: EndTender) -> Mapping[str, Any]:
    """The owner ends a tender before its deadline; bids and tokens are released.

    Refusals: `NotFound` for others, "closed-already" after the deadline, `IllegalMove`.
    """
    work.hold(f"tender:{cmd.no}")
    row = own(work, cmd.no, Permission.TENDERS_TENDER_PUBLISH)
    TENDER_TABLE.move(row.state, TenderAction.TERMINATE)
    if row.deadline is None or work.now > row.deadline:
        raise Refusal(
            "closed-already",
            zh="投标已截止，不能终止；按开标结果处理",
            en="Bids are closed; the opening decides what becomes of the tender",
        )
    with work.session.no_autoflush:
        _end(work, row, cmd)
        work.move(row, TENDER_TABLE, TenderAction.TERMINATE)
    work.publish("notice", row.no, _end_notice(work, row))
    work.state_fact("tender.terminated", row.id)
    return {"no": row.no}


def publish_ending(work: Work, tender: UUID) -> None:
    """Put up the notice that a tender failed or was cancelled (NT14), to everybody at once."""
    row = work.session.scalar(select(Tender).where(Tender.id == tender).with_for_update())
    if row is None:
        raise no_tender()
    if row.ended_at is not None:
        work.publish("notice", row.no, _end_notice(work, row))
        work.note(row.no, "tender.ending-published")


def suspend(work: Work, no: str) -> UUID:
    """Stop a tender by order; it takes no bids until it is resumed."""
    return _flag(work, no, work.now, "tender.suspended")


def resume(work: Work, no: str) -> UUID:
    """Let a suspended tender go on."""
    return _flag(work, no, None, "tender.resumed")


def _flag(work: Work, no: str, at: datetime | None, fact: str) -> UUID:
    work.hold(f"tender:{no}")
    row = locked(work, no)
    if row.published_at is None or row.archived_at is not None:
        raise no_tender()
    if (row.suspended_at is None) != (at is None):
        row.suspended_at = at
        work.note(no, fact)
        work.state_fact(fact, row.id)
    return row.id


def _step(work: Work, row: Tender, action: TenderAction, fact: str | None) -> UUID:
    """Move the tender as the house: the room that records this has asked for its own right."""
    with work.session.no_autoflush:
        replace(work, actor=HOUSE).move(row, TENDER_TABLE, action)
    if fact is not None:
        work.state_fact(fact, row.id)
    return row.id


def _once(known: datetime | None, now: datetime) -> datetime:
    return now if known is None else known


def _end(work: Work, row: Tender, cmd: EndTender) -> None:
    row.ended_at = work.now
    row.end_cause, row.end_zh, row.end_en = cmd.cause, cmd.zh, cmd.en


def _end_notice(work: Work, row: Tender) -> JsonObject:
    zh, en = wording.ended(row.no, row.end_zh or "", row.end_en or "")
    notice = put_up(
        work,
        NoticeText(
            kind=NoticeKind.CANCELLED,
            subject=row.no,
            page=page_of(row.no),
            title_zh=f"{row.title_zh}终止（废标）公告",
            title_en=f"{row.title_en}: ended without an award",
            zh=zh,
            en=en,
            published_at=work.now,
        ),
    )
    return structure(
        "tender-ended",
        tender=row.no,
        notice=b64u(notice),
        kind=NoticeKind.CANCELLED.value,
        state=row.state.value,
        cause=row.end_cause,
    )
