"""Publishing a tender: gate 1, the officers' manifest, the law of every date, one official act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, func, literal
from sqlalchemy.dialects.postgresql import ARRAY

from bidding.officers.queries import manifest, panel_state
from bidding.officers.rules import PanelState, refuse_unless_settled
from bidding.rulebook.events import Event
from bidding.rulebook.timetable import Timetable
from bidding.tenders import wording
from bidding.tenders.dates import binding, known
from bidding.tenders.facts import DocumentLine, TenderFacts
from bidding.tenders.model import Tender
from bidding.tenders.pieces import missing_pieces
from bidding.tenders.preparing import refuse_unless_fits, refuse_unless_money_fits
from bidding.tenders.queries import documents, facts_of, plan_of, scheme_of
from bidding.tenders.rows import own_draft
from bidding.tenders.rules import NOTICE, TENDER_TABLE, TenderAction
from market.accounts.queries.organisations import OrganisationFacts, organisation
from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.notices.commands import put_up
from market.notices.rules import NoticeKind, NoticeText, lexemes
from market.projects.queries import refuse_unless_admitted
from market.protocol.encoding import Json, JsonObject, b64u, stamp, structure
from market.protocol.manifest import read_manifest


@dataclass(frozen=True, slots=True)
class PublishTender:
    """A draft to be published now."""

    no: str


def publish_tender(work: Work, cmd: PublishTender) -> Mapping[str, Any]:
    """Publish a tender: from this moment its documents are handed out and bids are taken.

    Refusals: those of gate 1; "tender-incomplete" names the missing pieces; those of the scheme
    and of the money by the law of today; "manifest-not-ready", "manifest-of-another-bond";
    `TimetableRefused`, `CalendarNotPublished`.
    """
    work.hold(f"tender:{cmd.no}")
    row = own_draft(work, cmd.no, Permission.TENDERS_TENDER_PUBLISH)
    project = refuse_unless_admitted(work.session, row.project)
    row.budget, row.owner, row.agent = project.budget, project.owner, project.agent
    papers = documents(work.session, row.id)
    _refuse_incomplete(row, papers)
    _refuse_unlawful(work, row)
    manifest_hash = _manifest(work, row)
    dates = binding(plan_of(row, work.now), work.calendar)
    owner = organisation(work.session, row.owner)
    agent = None if row.agent is None else organisation(work.session, row.agent)
    tender = _published(work, row, dates, manifest_hash)
    digest = put_up(work, notice_text(tender, owner, agent, dates))
    act = notice_act(tender, owner.uscc, None if agent is None else agent.uscc, digest)
    listed: JsonObject = {"documents": _document_list(papers), "timetable": _dates(dates)}
    work.publish("notice", row.no, {**act, **listed})
    work.state_fact("tender.published", row.id)
    return {"no": row.no}


def notice_act(tender: TenderFacts, owner: str, agent: str | None, notice: bytes) -> JsonObject:
    """What the journal keeps of the tender notice besides its documents and dates."""
    return structure(
        "tender-notice",
        tender=tender.no,
        notice=b64u(notice),
        kind=NoticeKind.OPEN_TENDER.value,
        owner=owner,
        agent=agent,
        project=tender.project_code,
        category=tender.category.value,
        budget=tender.budget.fen,
        ceiling=tender.ceiling.fen,
        bond={"denomination": tender.bond.fen},
        validity_days=tender.validity_days,
        deadline=stamp(tender.deadline),
        questions_end=stamp(tender.questions_end),
        scheme_hash=b64u(tender.scheme.digest()),
        manifest_hash=b64u(tender.manifest_hash),
    )


def found_by(*texts: str) -> ColumnElement[str]:
    """The words under which a tender is found, as its search column."""
    return func.array_to_tsvector(literal(lexemes(*texts), ARRAY(Text)))


def page_of(no: str) -> str:
    """The address of a tender's public page."""
    return f"/tenders/{no}"


def _refuse_incomplete(row: Tender, papers: Sequence[DocumentLine]) -> None:
    """Name every piece that is missing at once (II-5: no notice without a required content)."""
    missing = [gap.words for gap in missing_pieces(row, has_documents=bool(papers))]
    if missing:
        raise Refusal(
            "tender-incomplete",
            zh="尚缺：" + "、".join(zh for zh, _ in missing),
            en="Still missing: " + ", ".join(en for _, en in missing),
            article=NOTICE,
        )


def _refuse_unlawful(work: Work, row: Tender) -> None:
    """Ask scheme and money again, by the law of the publication day and the budget of now."""
    scheme = scheme_of(row)
    if scheme is None or row.ceiling is None or row.bond is None:
        raise AssertionError("asked before completeness")
    on = legal_day(work.now)
    refuse_unless_fits(on, row, scheme)
    refuse_unless_money_fits(on, row.budget, row.ceiling, row.bond)


def _manifest(work: Work, row: Tender) -> bytes:
    """The hash of the journaled manifest, which must ask for the bond of this tender."""
    refuse_unless_settled(panel_state(work.session, row.no) or PanelState.SEATING)
    found = manifest(work.session, row.no)
    if found is None or row.bond is None:
        raise AssertionError(f"the officers of {row.no} are settled without a manifest")
    asked = read_manifest(found.raw).bond
    if asked != row.bond.fen:
        raise Refusal(
            "manifest-of-another-bond",
            zh=f"开标清单中的保证金面额为{Money(asked)}元，与本项目的{row.bond}元不一致",
            en=f"The manifest asks for a bond of {Money(asked)} yuan, this tender for {row.bond}",
        )
    return found.hash


def _document_list(papers: Sequence[DocumentLine]) -> Json:
    return [{"digest": b64u(paper.digest), "size": paper.size} for paper in papers]


def _dates(dates: Timetable) -> Json:
    listed: list[Json] = []
    for event in wording.SHOWN:
        entry = dates[event]
        rule = None if entry.why is None else entry.why.rule
        listed.append({"event": event.value, "at": stamp(known(dates, event)), "rule": rule})
    return listed


def _published(work: Work, row: Tender, dates: Timetable, manifest_hash: bytes) -> TenderFacts:
    deadline = known(dates, Event.BID_DEADLINE)
    questions_end = known(dates, Event.QUESTIONS_END)
    # All or nothing: a flush half way would meet the CHECKs that tie columns to the state.
    with work.session.no_autoflush:
        row.deadline, row.questions_end = deadline, questions_end
        row.manifest_hash = manifest_hash
        row.published_at = work.now
        row.search = found_by(row.title_zh, row.title_en, row.no, row.need_zh or "")
        work.move(row, TENDER_TABLE, TenderAction.PUBLISH)
        return facts_of(row)


def notice_text(
    tender: TenderFacts,
    owner: OrganisationFacts,
    agent: OrganisationFacts | None,
    dates: Timetable,
) -> NoticeText:
    """The tender notice (NT08), to the letter: what is put up, and what a preview shows."""
    zh, en = wording.announcement(
        tender,
        wording.Names(owner.name_zh, owner.name_en),
        None if agent is None else wording.Names(agent.name_zh, agent.name_en),
        dates,
    )
    return NoticeText(
        kind=NoticeKind.OPEN_TENDER,
        subject=tender.no,
        page=page_of(tender.no),
        title_zh=f"{tender.title_zh}公开招标公告",
        title_en=f"{tender.title_en}: open tender",
        zh=zh,
        en=en,
        published_at=tender.published_at,
        period_end=known(dates, Event.NOTICE_END),
    )
