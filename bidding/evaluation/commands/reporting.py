"""The report: put before the panel once the ranking stands, signed, or deemed agreed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.evaluation.changes import corrections, replaced, rests
from bidding.evaluation.commands.low_prices import NameEvaluation
from bidding.evaluation.model import EvaluatedBid, Evaluation, Report, ReportSignature
from bidding.evaluation.papers import printed
from bidding.evaluation.price_lines import price_corrections
from bidding.evaluation.rows import (
    as_panel,
    bids,
    own_seat,
    questions,
    rejection_of,
    seats,
    sheets,
)
from bidding.evaluation.rules.course import POSTPONEMENTS, REPLACEMENTS
from bidding.evaluation.rules.score_corrections import GROUND_WORDS
from bidding.evaluation.rules.signing import (
    Call,
    Signature,
    call_for_signatures,
    dissent,
    refuse_if_late,
)
from bidding.evaluation.rules.states import (
    EVALUATION,
    PRICE_CORRECTION_WORDS,
    SIGNATURE,
    CorrectionState,
    EvaluationAction,
    EvaluationState,
    SignatureAction,
)
from bidding.evaluation.signs import signs
from bidding.rulebook import procurement
from bidding.rulebook.due import due
from bidding.rulebook.events import Event
from bidding.rulebook.figures import yuan_text
from bidding.rulebook.limits import SIGNING_TIME
from bidding.tenders import commands as tender_course
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from bidding.tenders.rules import TenderState
from market.accounts.queries import organisations
from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.law import in_force
from market.kernel.workdays import SHANGHAI, NotYetPublished, end_of, legal_day
from market.protocol.encoding import Json, JsonObject, b64u, canonical, digest, stamp, structure

FORM: Final = Path(__file__).parent.parent / "printed" / "report.typ"


def call_signatures(work: Work, cmd: NameEvaluation) -> Mapping[str, Any]:
    """Compile the report and ask every member to sign it; any member may call.

    Refusals: "wrong-stage", `NotFound`.
    """
    row, _ = own_seat(work, cmd.no, EvaluationState.DRAFTING)
    if any(one.state is CorrectionState.PROPOSED for one in corrections(work.session, row)):
        raise Refusal(
            "correction-open",
            zh="还有一项更正正在表决，表决完毕后再编写报告",
            en="A correction is being voted on; the report follows afterwards",
        )
    facts = tenders.facts(work.session, cmd.no)
    limit = in_force(SIGNING_TIME, legal_day(facts.published_at)).value
    call = call_for_signatures(work.now, limit=limit)
    raw = canonical(report_json(work, row, facts))
    pdf = printed(FORM, _printable(work, row, facts), work.now, is_demo=work.is_demo)
    work.session.add(
        Report(
            evaluation=row.id,
            raw=raw,
            hash=digest(raw),
            pdf=pdf,
            called_at=call.at,
            until=call.until,
        )
    )
    work.session.add_all(
        ReportSignature(seat=seat.id, state=Signature.AWAITED) for seat in seats(work.session, row)
    )
    as_panel(work).move(row, EVALUATION, EvaluationAction.CALL_SIGNATURES)
    return {"no": row.tender_no, "report": b64u(digest(raw))}


@dataclass(frozen=True, slots=True)
class SignReport:
    """A member's word: agreement, or a dissent in writing; `seen` is the report's hash."""

    no: str
    seen: bytes
    dissent: str | None = None


def sign_report(work: Work, cmd: SignReport) -> Mapping[str, Any]:
    """Sign the report or dissent from it; the last word sends it to the purchaser.

    The same word again changes nothing. Refusals: "report-changed", "signing-over",
    "dissent-empty", "wrong-stage", `NotFound`.
    """
    row, seat = own_seat(work, cmd.no, EvaluationState.SIGNING)
    report = work.session.get_one(Report, row.id)
    if report.hash != cmd.seen:
        raise Refusal(
            "report-changed",
            zh="评审报告不是您看到的那一份，请重新阅读后签署",
            en="The report is not the one you were shown; read it again, then sign",
        )
    refuse_if_late(Call(report.called_at, report.until), now=work.now)
    word = work.session.get_one(ReportSignature, seat.id)
    if word.state is not Signature.AWAITED:
        return {"no": row.tender_no}
    with work.session.no_autoflush:
        if cmd.dissent is None:
            as_panel(work).move(word, SIGNATURE, SignatureAction.SIGN)
        else:
            word.dissent = dissent(cmd.dissent)
            as_panel(work).move(word, SIGNATURE, SignatureAction.DISSENT)
        word.said_at = work.now
    work.session.flush()
    _send_if_all(work, row)
    return {"no": row.tender_no}


def overdue_signatures(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Evaluations whose time to sign is over, oldest first."""
    return session.scalars(
        select(Evaluation.id)
        .join(Report, Report.evaluation == Evaluation.id)
        .where(Evaluation.state == EvaluationState.SIGNING, Report.until < now)
        .order_by(Report.until, Evaluation.id)
        .limit(limit)
    ).all()


def deem_signed(work: Work, evaluation: UUID) -> None:
    """Who neither signed nor dissented in time is taken to agree; not a moment earlier."""
    row = work.session.get_one(Evaluation, evaluation, with_for_update=True)
    report = work.session.get(Report, row.id)
    if row.state is not EvaluationState.SIGNING or report is None or work.now <= report.until:
        return
    for word in _signatures(work.session, row):
        if word.state is Signature.AWAITED:
            with work.session.no_autoflush:
                work.as_house().move(word, SIGNATURE, SignatureAction.DEEM)
                word.said_at = work.now
    work.session.flush()
    _send_if_all(work, row)


def report_json(work: Work, row: Evaluation, facts: TenderFacts) -> JsonObject:
    """The report in canonical form: ranking, reasons, sheets by hash, the panel by number."""
    found = {bid.number: bid for bid in bids(work.session, row)}
    ranking: list[Json] = []
    for line in row.ranking or []:
        number = str(line["number"])
        ranking.append(
            {
                "rank": _whole(line["rank"]),
                "number": number,
                "uscc": found[number].uscc,
                "offer": _whole(line["offer"]),
                "price": str(line["price"]),
                "technical": str(line["technical"]),
                "business": str(line["business"]),
                "total": str(line["total"]),
                "decided_by": str(line["decided_by"]),
            }
        )
    rejected: list[Json] = [
        {"number": bid.number, "uscc": bid.uscc, "cause": bid.cause.value, "clause": bid.clause}
        for bid in found.values()
        if bid.cause is not None
    ]
    asked: list[Json] = [
        {"number": bid.number, "state": question.state.value}
        for bid, question in questions(work.session, row)
    ]
    held: list[Json] = [
        {"member": seat.number, "digest": b64u(sheet.digest or b"")}
        for seat, sheet in sheets(work.session, row)
    ]
    return structure(
        "evaluation-report",
        tender=row.tender_no,
        scheme=b64u(facts.scheme.digest()),
        ranking=ranking,
        rejected=rejected,
        questions=asked,
        sheets=held,
        **_course_json(work, row),
    )


def _course_json(work: Work, row: Evaluation) -> dict[str, Json]:
    """Signs of collusion, substitutes, corrections and rests, as the report names them."""
    return {
        "signs": [
            {"rule": one.rule, "score": one.score, "bids": [*one.numbers], "found": one.found}
            for one in signs(work.session, row)
        ],
        "price_corrections": [
            {
                "number": one.number,
                "state": one.state.value,
                "before": one.before.fen,
                "after": one.after.fen,
                "steps": [step.zh for step in one.steps],
            }
            for one in price_corrections(work.session, row)
        ],
        "replaced": [
            {"member": one.member, "by": one.by, "reason": one.reason.value}
            for one in replaced(work.session, row)
        ],
        "corrections": [
            {
                "ground": one.ground.value,
                "member": one.member,
                "bid": one.number,
                "criterion": one.criterion,
                "old": one.old,
                "new": one.new,
                "reason": one.reason,
            }
            for one in corrections(work.session, row)
            if one.state is CorrectionState.APPLIED
        ],
        "rests": [
            {"reason": one.reason.value, "from": stamp(one.at), "until": stamp(one.until)}
            for one in rests(work.session, row)
        ],
    }


def _course_lines(work: Work, row: Evaluation) -> list[Json]:
    """The same as sentences of the printed report."""
    said = [
        f"{one.zh}；评标委员会{'认定' if one.found else '未认定'}相关投标无效"
        for one in signs(work.session, row)
    ]
    said += [
        f"投标 {one.number} 报价修正：{'；'.join(step.zh for step in one.steps)}；"
        f"{PRICE_CORRECTION_WORDS[one.state][0]}"
        for one in price_corrections(work.session, row)
    ]
    said += [
        f"成员 {one.member} 因{REPLACEMENTS[one.reason][0]}被更换，其评审意见无效；"
        f"由 {one.by or '（待补）'} 接替并重新评审"
        for one in replaced(work.session, row)
    ]
    said += [
        f"更正：成员 {one.member} 对投标 {one.number} 的 {one.criterion} 由 {one.old} 分改为 "
        f"{one.new} 分（{GROUND_WORDS[one.ground][0]}）{one.reason}"
        for one in corrections(work.session, row)
        if one.state is CorrectionState.APPLIED
    ]
    said += [
        f"评审推迟：{_local(one.at)} 至 {_local(one.until)}，{POSTPONEMENTS[one.reason][0]}"
        for one in rests(work.session, row)
    ]
    return [*said]


def _printable(work: Work, row: Evaluation, facts: TenderFacts) -> JsonObject:
    found = {bid.number: bid for bid in bids(work.session, row)}
    ranking: list[Json] = []
    for line in row.ranking or []:
        told = line["zh"]
        ranking.append(
            {
                "rank": _whole(line["rank"]),
                "number": str(line["number"]),
                "name": _name(work, found[str(line["number"])]),
                "offer_text": yuan_text(_whole(line["offer"])),
                "price": str(line["price"]),
                "total": str(line["total"]),
                "zh": [str(one) for one in told] if isinstance(told, list) else [],
            }
        )
    rejected: list[Json] = []
    for bid in found.values():
        why = rejection_of(bid)
        if why is not None:
            said = why.words("zh")
            rejected.append({"number": bid.number, "name": _name(work, bid), "zh": said})
    asked: list[Json] = [
        {
            "number": bid.number,
            "zh": "；".join(reason["zh"] for reason in question.reasons),
            "outcome": "成立" if bid.cause is None else "不成立",
        }
        for bid, question in questions(work.session, row)
    ]
    held: list[Json] = [
        {"member": seat.number, "digest": (sheet.digest or b"").hex()}
        for seat, sheet in sheets(work.session, row)
    ]
    return {
        "tender": row.tender_no,
        "title_zh": facts.title_zh,
        "title_en": facts.title_en,
        "started_at": _local(row.started_at or row.opened_at),
        "called_at": _local(work.now),
        "ranking": ranking,
        "rejected": rejected,
        "questions": asked,
        "sheets": held,
        "course": _course_lines(work, row),
    }


def _send_if_all(work: Work, row: Evaluation) -> None:
    """Report to the purchaser at once; from here its five working days run."""
    if any(word.state is Signature.AWAITED for word in _signatures(work.session, row)):
        return
    facts = tenders.facts(work.session, row.tender_no)
    last = due(
        procurement.DETERMINATION,
        Event.REPORT,
        legal_day(work.now),
        work.calendar,
        on=legal_day(facts.published_at),
    )
    with work.session.no_autoflush:
        row.reported_at = work.now
        row.determine_until = None if isinstance(last.day, NotYetPublished) else end_of(last.day)
        work.as_house().move(row, EVALUATION, EvaluationAction.REPORT)
    if facts.state is not TenderState.REPORTED:  # a corrected report was sent before
        tender_course.record_reported(work, row.tender_no)


def _signatures(session: Session, row: Evaluation) -> Sequence[ReportSignature]:
    ids = [seat.id for seat in seats(session, row)]
    return session.scalars(select(ReportSignature).where(ReportSignature.seat.in_(ids))).all()


def _whole(value: object) -> int:
    return int(str(value))


def _name(work: Work, bid: EvaluatedBid) -> str:
    return organisations.organisation_by_uscc(work.session, bid.uscc).name_zh


def _local(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
