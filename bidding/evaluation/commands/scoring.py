"""Scoring: every member alone, drafts kept as they are typed, locked, then hashed together."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from bidding.evaluation.commands.price_corrections import review_prices
from bidding.evaluation.commands.starting import numbers_json
from bidding.evaluation.model import Evaluation, EvaluationSeat, ScoreSheet
from bidding.evaluation.rows import (
    as_panel,
    bids,
    indicators,
    is_full,
    own_seat,
    sheets,
    standing,
)
from bidding.evaluation.rules.sheets import (
    Mark,
    Sheet,
    lock,
    objective_points,
    refuse_unless_in_range,
)
from bidding.evaluation.rules.states import (
    EVALUATION,
    SHEET,
    EvaluationAction,
    EvaluationState,
    SheetAction,
    SheetState,
)
from bidding.rulebook.criteria import Kind, Scheme
from bidding.rulebook.figures import read_figure, write_figure
from bidding.rulebook.names import BidNumber, CriterionCode, MemberNumber
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.protocol.encoding import Json, b64u, canonical, structure
from market.protocol.entries import SALT_LENGTH, commitment

CELL_LIMIT: Final = 16
"""Characters of a cell as typed; the longest score has far fewer."""


@dataclass(frozen=True, slots=True)
class TypedMark:
    """Points as typed for one bid under one criterion; empty takes them back."""

    number: str
    criterion: CriterionCode
    points: str


@dataclass(frozen=True, slots=True)
class KeepMarks:
    """Marks of a draft; `seen` is the version of the sheet that the member was looking at."""

    no: str
    seen: int
    marks: tuple[TypedMark, ...]


def keep_marks(work: Work, cmd: KeepMarks) -> Mapping[str, Any]:
    """Keep marks in the member's own draft; its new version.

    Refusals: "sheet-changed" when the sheet was changed elsewhere meanwhile, "sheet-locked",
    "score-out-of-range", "criterion-unknown", "criterion-objective", `NotFound`.
    """
    row, seat = own_seat(work, cmd.no, EvaluationState.SCORING)
    sheet = _own_sheet(work, seat)
    _refuse_if_changed(sheet, cmd.seen)
    scheme = tenders.facts(work.session, cmd.no).scheme
    _write(work, row, sheet, scheme, cmd.marks)
    work.session.flush()
    return {"no": row.tender_no, "version": sheet.version}


@dataclass(frozen=True, slots=True)
class KeepTyped:
    """Cells exactly as they stand typed on the page, readable or not yet; empty clears one."""

    no: str
    seen: int
    cells: tuple[TypedMark, ...]


def keep_typed(work: Work, cmd: KeepTyped) -> Mapping[str, Any]:
    """Keep cells as typed, so that a closed tab loses nothing; the sheet's version and marks.

    What is no level of its criterion is kept too and refused when the sheet is locked. Cells that
    stand there already change nothing, whatever version was seen: a repeated call is harmless.
    Refusals: "sheet-changed", "sheet-locked", "cell-too-long", "criterion-unknown",
    "criterion-objective", `NotFound`.
    """
    row, seat = own_seat(work, cmd.no, EvaluationState.SCORING)
    sheet = _own_sheet(work, seat)
    _refuse_if_locked(sheet)
    scheme = tenders.facts(work.session, cmd.no).scheme
    numbers = {bid.number for bid in standing(work.session, row)}
    draft = {number: dict(given) for number, given in sheet.marks.items()}
    for cell in cmd.cells:
        typed = cell.points.strip()
        _refuse_cell(scheme, numbers, cell, typed)
        given = draft.setdefault(cell.number, {})
        given.pop(cell.criterion, None)
        if typed:
            given[cell.criterion] = typed
    if draft != sheet.marks:
        _refuse_if_changed(sheet, cmd.seen)
        sheet.marks = draft
        work.session.flush()
    return {"no": row.tender_no, "version": sheet.version, "marks": sheet.marks}


@dataclass(frozen=True, slots=True)
class LockSheet:
    """Close one's own sheet, with the last marks typed on the page."""

    no: str
    seen: int
    marks: tuple[TypedMark, ...] = ()


def lock_sheet(work: Work, cmd: LockSheet) -> Mapping[str, Any]:
    """Lock a member's complete sheet; the last one to be locked makes all of them known by hash.

    Locking again is the same. Refusals: "sheet-incomplete" and the others of `keep_marks`.
    """
    row, seat = own_seat(work, cmd.no, EvaluationState.SCORING)
    sheet = _own_sheet(work, seat)
    if sheet.state is not SheetState.OPEN:
        return {"no": row.tender_no, "locked": True}
    _refuse_if_changed(sheet, cmd.seen)
    facts = tenders.facts(work.session, cmd.no)
    _write(work, row, sheet, facts.scheme, cmd.marks)
    whole = _whole(work, row, seat, sheet, facts)
    left = [BidNumber(bid.number) for bid in standing(work.session, row)]
    done = lock(whole, facts.scheme, left)
    with work.session.no_autoflush:
        as_panel(work).move(sheet, SHEET, SheetAction.LOCK)
        sheet.raw = canonical(whole.as_json())
        sheet.digest = done.digest
        sheet.salt = secrets.token_bytes(SALT_LENGTH)
        sheet.locked_at = work.now
    work.session.flush()
    _close_if_all(work, row, facts)
    return {"no": row.tender_no, "locked": True}


def _own_sheet(work: Work, seat: EvaluationSeat) -> ScoreSheet:
    sheet = work.session.scalar(
        select(ScoreSheet).where(ScoreSheet.seat == seat.id).with_for_update()
    )
    if sheet is None:
        raise NotFound
    return sheet


def _refuse_if_changed(sheet: ScoreSheet, seen: int) -> None:
    _refuse_if_locked(sheet)
    if sheet.version != seen:
        raise Refusal(
            "sheet-changed",
            zh="评分表已在另一窗口中保存过更新的内容；请在最新的页面上继续，两处内容都没有丢失",
            en="A newer state of this sheet was kept from another window; go on from the newest "
            "page, nothing typed in either is lost",
        )


def _refuse_if_locked(sheet: ScoreSheet) -> None:
    if sheet.state is not SheetState.OPEN:
        raise Refusal(
            "sheet-locked",
            zh="评分表已锁定，不能再修改",
            en="The sheet is locked; nobody changes it any more",
        )


def _refuse_cell(scheme: Scheme, numbers: set[str], cell: TypedMark, typed: str) -> None:
    """Refuse a cell that the sheet does not have, or more text than a score can be."""
    if cell.number not in numbers:
        raise NotFound("no-bid", zh="没有此编号的投标", en="There is no bid of this number")
    criterion = scheme.criterion(cell.criterion)
    if criterion is None:
        raise BadInput(
            "criterion-unknown",
            zh=f"没有评分项 {cell.criterion}",
            en=f"There is no criterion {cell.criterion}",
        )
    if criterion.kind is Kind.OBJECTIVE:
        raise _objective(cell.criterion)
    if len(typed) > CELL_LIMIT or not typed.isprintable():
        raise BadInput(
            "cell-too-long",
            zh=f"每格最多 {CELL_LIMIT} 个字符",
            en=f"A cell takes at most {CELL_LIMIT} characters",
        )


def _objective(code: str) -> BadInput:
    return BadInput(
        "criterion-objective",
        zh=f"{code} 为客观评分项，由系统按事实计算",
        en=f"{code} is objective: it is computed from the facts",
    )


def _write(
    work: Work,
    row: Evaluation,
    sheet: ScoreSheet,
    scheme: Scheme,
    marks: tuple[TypedMark, ...],
) -> None:
    numbers = {bid.number for bid in standing(work.session, row)}
    draft = {number: dict(given) for number, given in sheet.marks.items()}
    for mark in marks:
        if mark.number not in numbers:
            raise NotFound("no-bid", zh="没有此编号的投标", en="There is no bid of this number")
        criterion = scheme.criterion(mark.criterion)
        if criterion is not None and criterion.kind is Kind.OBJECTIVE:
            raise _objective(mark.criterion)
        given = draft.setdefault(mark.number, {})
        if not mark.points.strip():
            given.pop(mark.criterion, None)
            continue
        points = read_figure(mark.points.strip())
        refuse_unless_in_range(scheme, mark.criterion, points)
        given[mark.criterion] = write_figure(points)
    if draft != sheet.marks:
        sheet.marks = draft


def _whole(
    work: Work, row: Evaluation, seat: EvaluationSeat, sheet: ScoreSheet, facts: TenderFacts
) -> Sheet:
    """The sheet with the objective points that the house computed."""
    left = [BidNumber(bid.number) for bid in standing(work.session, row)]
    computed = objective_points(facts.scheme, indicators(work.session, row), left)
    marks = [
        Mark(number, CriterionCode(code), read_figure(points))
        for number in left
        for code, points in sheet.marks.get(number, {}).items()
    ]
    marks += [Mark(number, code, points) for (number, code), points in computed.items()]
    return Sheet(row.tender_no, facts.scheme.digest(), MemberNumber(seat.number), tuple(marks))


def _close_if_all(work: Work, row: Evaluation, facts: TenderFacts) -> None:
    """Hash all sheets, open the table numbers, and look for low offers: at once for everybody."""
    found = sheets(work.session, row)
    if any(sheet.state is not SheetState.LOCKED for _, sheet in found) or not is_full(work, row):
        return
    house = work.as_house()
    committed: list[Json] = []
    for seat, sheet in found:
        if sheet.salt is None or sheet.digest is None:
            raise AssertionError("a locked sheet has its salt")
        house.move(sheet, SHEET, SheetAction.HASH)
        said = commitment(sheet.salt, b64u(sheet.digest))
        committed.append({"member": seat.number, "commitment": b64u(said)})
    house.move(row, EVALUATION, EvaluationAction.CLOSE_SCORING)
    every = bids(work.session, row)
    work.publish(
        "score-lock",
        row.tender_no,
        structure(
            "score-lock",
            tender=row.tender_no,
            scheme=b64u(facts.scheme.digest()),
            sheets=committed,
            numbers=numbers_json(row.tender_no, every),
            numbers_salt=b64u(row.numbers_salt),
        ),
    )
    review_prices(work, row, facts)
    work.state_fact("evaluation.locked", row.tender)
