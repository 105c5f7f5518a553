"""Correcting a mark after the lock: four grounds of law, each shown, recorded and signed anew.

A fact applies at once; whether a score is grossly off the whole panel decides by vote. The old
sheet stays beside the new one, the new hash goes into the journal, and a report that was there is
put aside with what had been said of it.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from bidding.evaluation.commands.ranking import SHEET_LIMIT, compute, rank_bids
from bidding.evaluation.model import (
    Correction,
    CorrectionVote,
    Evaluation,
    EvaluationSeat,
    FormerReport,
    Report,
    ReportSignature,
    ScoreSheet,
)
from bidding.evaluation.rows import (
    as_panel,
    bids,
    indicators,
    insiders,
    locked,
    no_evaluation,
    numbered,
    own_seat,
    seats,
    sheets,
    standing,
)
from bidding.evaluation.rules.score_corrections import (
    CorrectionGround,
    ScoreCorrection,
    corrected_sheet,
    refuse_unless_ground,
    sum_is_wrong,
)
from bidding.evaluation.rules.sheets import Sheet, objective_points, read_sheet, sheet_digest
from bidding.evaluation.rules.states import (
    CORRECTION,
    EVALUATION,
    SHEET,
    CorrectionAction,
    CorrectionState,
    EvaluationAction,
    EvaluationState,
    SheetAction,
)
from bidding.evaluation.rules.votes import majority
from bidding.rulebook.articles import ORDER_87_64
from bidding.rulebook.figures import read_figure, write_figure
from bidding.rulebook.names import BidNumber, CriterionCode, MemberNumber
from bidding.tenders import queries as tenders
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u, canonical, parse, structure
from market.protocol.entries import SALT_LENGTH, commitment

BY_PANEL = (EvaluationState.DRAFTING, EvaluationState.SIGNING)
CAN_CORRECT = (*BY_PANEL, EvaluationState.REPORTED)


@dataclass(frozen=True, slots=True)
class ProposeCorrection:
    """One mark that is wrong: whose, where, on which ground, to what, and why."""

    no: str
    ground: str
    member: str
    number: str
    criterion: CriterionCode
    points: str
    reason: str


def propose_correction(work: Work, cmd: ProposeCorrection) -> Mapping[str, Any]:
    """Have a mark corrected: by a member before the report is out, then by the purchaser alone.

    A ground that the record shows applies at once; `GROSSLY_OFF` waits for every member's vote.
    Refusals: "re-evaluation-not-allowed" for any other ground, "correction-not-allowed" where it
    does not exist, "correction-open" while another is voted on, "score-out-of-range",
    "reason-missing", "wrong-stage", `NotFound`.
    """
    row = _entitled(work, cmd.no)
    ground = refuse_unless_ground(cmd.ground)
    if _open(work, row) is not None:
        raise Refusal(
            "correction-open",
            zh="还有一项更正正在表决，表决完毕后再提出",
            en="Another correction is being voted on; propose this one afterwards",
        )
    if ground is CorrectionGround.SUM_WRONG:
        _refuse_unless_sum_wrong(work, row)
        _rank_again(work, row)
        return {"no": row.tender_no}
    asked = ScoreCorrection(
        ground,
        MemberNumber(cmd.member),
        BidNumber(cmd.number),
        cmd.criterion,
        read_figure(cmd.points.strip()),
        cmd.reason.strip(),
    )
    everybody = {MemberNumber(seat.number): True for seat, _ in sheets(work.session, row)}
    corrected_sheet(*_record(work, row), asked, computed=_computed(work, row), votes=everybody)
    made = _write(work, row, asked)
    if ground is not CorrectionGround.GROSSLY_OFF:
        _apply(work, row, made, None)
    return {"no": row.tender_no}


@dataclass(frozen=True, slots=True)
class VoteCorrection:
    """Whether a member finds the score grossly too high or too low."""

    no: str
    correction: UUID
    grossly_off: bool


def vote_correction(work: Work, cmd: VoteCorrection) -> Mapping[str, Any]:
    """Vote on the open correction; the last vote applies or refuses it by majority.

    Refusals: "nothing-to-vote", "wrong-stage", `NotFound`.
    """
    row, seat = own_seat(work, cmd.no, *CAN_CORRECT)
    open_one = _open(work, row)
    if open_one is None or open_one.id != cmd.correction:
        raise Refusal("nothing-to-vote", zh="没有待表决的更正", en="No correction waits for a vote")
    vote = work.session.get(CorrectionVote, (open_one.id, seat.id))
    if vote is None:
        vote = CorrectionVote(correction=open_one.id, seat=seat.id)
        work.session.add(vote)
    vote.grossly_off, vote.voted_at = cmd.grossly_off, work.now
    work.session.flush()
    panel = {one.id: MemberNumber(one.number) for one in seats(work.session, row)}
    given = work.session.scalars(
        select(CorrectionVote).where(CorrectionVote.correction == open_one.id)
    ).all()
    votes = {panel[one.seat]: one.grossly_off for one in given if one.seat in panel}
    if len(votes) == len(panel):
        if majority(votes, list(panel.values())):
            _apply(work, row, open_one, votes)
        else:
            with work.session.no_autoflush:
                open_one.decided_at = work.now
                as_panel(work).move(open_one, CORRECTION, CorrectionAction.REFUSE)
    return {"no": row.tender_no}


def _entitled(work: Work, no: str) -> Evaluation:
    """The evaluation for a member of its panel, after the report for the purchaser alone."""
    if locked(work, no).state is not EvaluationState.REPORTED:
        return own_seat(work, no, *BY_PANEL)[0]
    row, facts = insiders(work, no, Permission.EVALUATION_WINNER_DETERMINE)
    if work.actor.organisation != facts.owner:
        raise no_evaluation()
    return row


def _open(work: Work, row: Evaluation) -> Correction | None:
    return work.session.scalar(
        select(Correction)
        .where(Correction.evaluation == row.id, Correction.state == CorrectionState.PROPOSED)
        .with_for_update()
    )


def _record(work: Work, row: Evaluation) -> tuple[Sequence[Sheet], Any]:
    found = [
        read_sheet(parse(sheet.raw, limit=SHEET_LIMIT)).sheet
        for _, sheet in sheets(work.session, row)
        if sheet.raw is not None
    ]
    return found, tenders.facts(work.session, row.tender_no).scheme


def _computed(work: Work, row: Evaluation) -> Mapping[tuple[BidNumber, CriterionCode], Any]:
    scheme = tenders.facts(work.session, row.tender_no).scheme
    left = [BidNumber(bid.number) for bid in standing(work.session, row)]
    return objective_points(scheme, indicators(work.session, row), left)


def _refuse_unless_sum_wrong(work: Work, row: Evaluation) -> None:
    scores = compute(work, row, tenders.facts(work.session, row.tender_no)).scores
    recorded = {
        BidNumber(str(line["number"])): Decimal(str(line["total"])) for line in row.ranking or []
    }
    if not sum_is_wrong(recorded, scores):
        raise Refusal(
            "correction-not-allowed",
            zh="重新汇总与原结果一致，没有计算错误",
            en="Summed again the totals are the same: there is no error in the sums",
            article=ORDER_87_64,
        )


def _write(work: Work, row: Evaluation, asked: ScoreCorrection) -> Correction:
    seat, sheet = _of_member(work, row, asked.member)
    old = read_sheet(parse(sheet.raw or b"", limit=SHEET_LIMIT)).sheet
    before = old.points(asked.bid, asked.criterion)
    made = Correction(
        evaluation=row.id,
        state=CorrectionState.PROPOSED,
        ground=asked.ground,
        seat=seat.id,
        bid=numbered(bids(work.session, row), asked.bid).id,
        criterion=asked.criterion,
        old="" if before is None else write_figure(before),
        new=write_figure(asked.points),
        reason=asked.reason,
        proposed_by=work.actor.person,
        proposed_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    return made


def _of_member(
    work: Work, row: Evaluation, member: MemberNumber
) -> tuple[EvaluationSeat, ScoreSheet]:
    for seat, sheet in sheets(work.session, row):
        if seat.number == member:
            return seat, sheet
    raise NotFound("no-member", zh="没有此评委编号", en="There is no member of this number")


def _apply(
    work: Work, row: Evaluation, made: Correction, votes: Mapping[MemberNumber, bool] | None
) -> None:
    """Write the new sheet, keep the old one, journal the new hash, rank again."""
    seat = work.session.get_one(EvaluationSeat, made.seat)
    sheet = _of_member(work, row, MemberNumber(seat.number))[1]
    number = next(bid.number for bid in bids(work.session, row) if bid.id == made.bid)
    asked = ScoreCorrection(
        made.ground,
        MemberNumber(seat.number),
        BidNumber(number),
        CriterionCode(made.criterion),
        read_figure(made.new),
        made.reason,
    )
    new = corrected_sheet(*_record(work, row), asked, computed=_computed(work, row), votes=votes)
    value = new.as_json()
    with work.session.no_autoflush:
        made.before, made.decided_at = sheet.raw, work.now
        as_panel(work).move(made, CORRECTION, CorrectionAction.APPLY)
        as_panel(work).move(sheet, SHEET, SheetAction.CORRECT)
        sheet.raw, sheet.digest = canonical(value), sheet_digest(value)
        sheet.salt = secrets.token_bytes(SALT_LENGTH)
        work.as_house().move(sheet, SHEET, SheetAction.HASH)
    work.session.flush()
    said = commitment(sheet.salt, b64u(sheet.digest))
    work.publish(
        "score-lock",
        row.tender_no,
        structure(
            "score-correction",
            tender=row.tender_no,
            member=seat.number,
            ground=made.ground.value,
            sheet=b64u(said),
        ),
    )
    _rank_again(work, row)


def _rank_again(work: Work, row: Evaluation) -> None:
    _put_report_aside(work, row)
    held = work.actor.permissions | {
        Permission.EVALUATION_SCORE_GIVE,
        Permission.EVALUATION_WINNER_DETERMINE,
    }
    holder = replace(work, actor=replace(work.actor, permissions=held))
    holder.move(row, EVALUATION, EvaluationAction.CORRECT)
    row.drawn, row.tie_draw = None, None
    work.session.flush()
    rank_bids(work, row, tenders.facts(work.session, row.tender_no))


def _put_report_aside(work: Work, row: Evaluation) -> None:
    report = work.session.get(Report, row.id)
    if report is None:
        return
    rows = work.session.execute(
        select(EvaluationSeat.number, ReportSignature.state, ReportSignature.dissent)
        .join(ReportSignature, ReportSignature.seat == EvaluationSeat.id)
        .where(EvaluationSeat.evaluation == row.id)
        .order_by(EvaluationSeat.number)
    )
    said = [{"member": no, "state": state.value, "dissent": words} for no, state, words in rows]
    work.session.add(
        FormerReport(
            evaluation=row.id,
            raw=report.raw,
            hash=report.hash,
            pdf=report.pdf,
            said=said,
            put_aside_at=work.now,
        )
    )
    ids = select(EvaluationSeat.id).where(EvaluationSeat.evaluation == row.id)
    work.session.execute(delete(ReportSignature).where(ReportSignature.seat.in_(ids)))
    work.session.delete(report)
    work.session.flush()
