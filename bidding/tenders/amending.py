"""Amending a published tender: bids stand, or everybody bids anew and has the time for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from bidding.rulebook import amendments
from bidding.rulebook.amendments import Amended, AmendmentKind
from bidding.rulebook.events import Event
from bidding.rulebook.plan import Plan
from bidding.rulebook.why import shown_moment
from bidding.tenders import wording
from bidding.tenders.dates import TRACK, preview
from bidding.tenders.facts import TenderFacts
from bidding.tenders.model import Tender, TenderAmendment, TenderDocument
from bidding.tenders.preparing import attach
from bidding.tenders.publishing import page_of
from bidding.tenders.queries import facts_of
from bidding.tenders.rows import own
from bidding.tenders.rules import TENDER_TABLE, TenderAction
from market.command import Work
from market.files.store import Stored
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import WorkCalendar
from market.notices.commands import put_up
from market.notices.rules import NoticeKind, NoticeText
from market.protocol.amendments import Amendment, Effect
from market.protocol.binding import AMENDMENT_LIMIT

EFFECTS: Final = {
    AmendmentKind.EXPLAINS: Effect.EXPLAINS,
    AmendmentKind.REQUIRES_NEW: Effect.REQUIRES_NEW,
}


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that comes with an amendment, in place of the one with the hash `replaces`."""

    stored: Stored
    typed_name: str
    replaces: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendTender:
    """What changes, in both languages, and what it does to bids.

    `seen` is the version the writer had before them, `deadline` a later one chosen freely.
    """

    no: str
    seen: int
    kind: AmendmentKind
    zh: str
    en: str
    affects_preparation: bool = True
    deadline: datetime | None = None
    documents: tuple[NewDocument, ...] = field(default=())


def amend_tender(work: Work, cmd: AmendTender) -> Mapping[str, Any]:
    """Publish an amendment; the deadline moves as far as the rules make it and never back.

    Refusals: "amended-meanwhile" (another amendment came between), "amendment-without-words",
    "amendment-after-deadline", "date-too-early", "deadline-on-rest-day", `CalendarNotPublished`.
    """
    work.hold(f"tender:{cmd.no}")
    row = own(work, cmd.no, Permission.TENDERS_AMENDMENT_PUBLISH)
    TENDER_TABLE.move(row.state, TenderAction.AMEND)
    _refuse_stale(row, cmd)
    before = facts_of(row)
    outcome = amendments.amend(
        TRACK,
        before.plan,
        before.deadline,
        amendments.Amendment(
            announced_at=work.now,
            kind=cmd.kind,
            affects_preparation=cmd.affects_preparation,
            deadline=cmd.deadline,
        ),
        work.calendar,
    )
    version = row.amendment + 1
    _change_documents(work, row, cmd, version)
    digest = put_up(work, _notice(work, row, cmd, version, (outcome.zh, outcome.en)))
    work.session.add(_line(work, before, cmd, outcome, digest))
    row.amendment = version
    if outcome.moved:
        row.deadline, row.evaluation_at = outcome.deadline, outcome.plan.evaluation_at
        row.questions_end = questions_end(outcome.plan, before.questions_end, work.calendar)
    work.move(row, TENDER_TABLE, TenderAction.AMEND)
    act = Amendment(
        row.no, version, EFFECTS[cmd.kind], digest, before.manifest_hash, outcome.deadline
    )
    work.publish("amendment", row.no, act.to_json())
    if cmd.kind is AmendmentKind.REQUIRES_NEW:
        work.state_fact("tender.amended-requires-new", row.id)
    return {"no": row.no, "version": version, "deadline": shown_moment(outcome.deadline)}


def _line(
    work: Work, before: TenderFacts, cmd: AmendTender, outcome: Amended, digest: bytes
) -> TenderAmendment:
    return TenderAmendment(
        tender=before.id,
        version=before.amendment + 1,
        kind=cmd.kind,
        zh=cmd.zh,
        en=cmd.en,
        reason_zh=outcome.zh,
        reason_en=outcome.en,
        deadline_before=before.deadline,
        deadline=outcome.deadline,
        manifest_hash=before.manifest_hash,
        text_hash=digest,
        published_at=work.now,
    )


def _refuse_stale(row: Tender, cmd: AmendTender) -> None:
    if not cmd.zh.strip() or not cmd.en.strip():
        raise BadInput(
            "amendment-without-words",
            zh="更正公告须写明中英文内容",
            en="An amendment says what changes, in both languages",
        )
    if cmd.seen != row.amendment:
        raise Refusal(
            "amended-meanwhile",
            zh=f"项目现为第 {row.amendment} 次更正，请查看后再发布",
            en=f"The tender is at amendment {row.amendment} by now; look at it and publish again",
        )
    if row.amendment >= AMENDMENT_LIMIT:
        raise Refusal("too-many-amendments", zh="更正次数已满", en="No further amendment fits")


def _change_documents(work: Work, row: Tender, cmd: AmendTender, version: int) -> None:
    for new in cmd.documents:
        if new.replaces is not None:
            old = work.session.scalar(
                select(TenderDocument).where(
                    TenderDocument.tender == row.id,
                    TenderDocument.digest == new.replaces,
                    TenderDocument.until.is_(None),
                )
            )
            if old is None:
                raise NotFound("no-document", zh="没有此文件", en="There is no such file")
            old.until = version
        attach(work, row, new.stored, new.typed_name, since=version)


def _notice(
    work: Work, row: Tender, cmd: AmendTender, version: int, effect: tuple[str, str]
) -> NoticeText:
    zh, en = wording.correction(version, cmd.kind, (cmd.zh, cmd.en), effect)
    return NoticeText(
        kind=NoticeKind.CORRECTION,
        subject=row.no,
        page=page_of(row.no),
        title_zh=f"{row.title_zh}更正公告（第{version}次）",
        title_en=f"{row.title_en}: amendment {version}",
        zh=zh,
        en=en,
        published_at=work.now,
    )


def questions_end(plan: Plan, before: datetime, calendar: WorkCalendar) -> datetime:
    """The last moment for questions under the new deadline, never earlier than it was."""
    reckoned = preview(plan, calendar)[Event.QUESTIONS_END].limit
    return max(before, reckoned) if isinstance(reckoned, datetime) else before
