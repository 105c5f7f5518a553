"""A choice by scheme after its closing: reviewers are drawn, each locks a sheet, once."""

import secrets
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from intermediaries.demands import queries as demands
from intermediaries.offers.model import SchemeSheet, Selection
from intermediaries.offers.rows import known, live, locked, no_selection, terms_of
from intermediaries.offers.rules.states import ENDED, SelectionState
from intermediaries.offers.schemes import is_opened, own_seat, review_of, scored
from intermediaries.offers.sheets import HUNDREDTHS, SALT_LENGTH, Points, read_points, write_body
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.sources import PANEL_RULE
from intermediaries.rulebook.selection.terms import Terms
from market.command import Work
from market.draws.sealing import Sealer
from market.kernel.errors import BadInput, Refusal
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u, digest
from market.reviews import queries as reviews
from market.reviews.commands.answering import FinishSeat, finish_seat
from market.reviews.commands.asking import AskReview, ask_review
from market.reviews.commands.ending import EndReview, end_review
from market.reviews.rules import Kind

SCORING_HOURS: Final = 24
"""Working hours from the call in which a reviewer locks the sheet, else the next is called."""


@dataclass(frozen=True, slots=True)
class DrawReviewers:
    """A round whose list stands and whose reviewers are to be drawn."""

    selection: UUID
    sealer: Sealer


def draw_reviewers(work: Work, cmd: DrawReviewers) -> bool:
    """Freeze the pool of the reviewers as the notice says; whether it was done now.

    Nobody of the owner, the department or an agency on the list is in it. It is frozen once the
    quotes are opened, and only where enough of them count: else the rule ends the round without
    reviewers. Refused as `ask_review` refuses: the round waits.
    """
    work.need(Permission.HOUSE_ACT)
    row = locked(work, cmd.selection)
    plan = terms_of(row).scheme
    if row.mode is not Mode.SCHEME or row.state is not SelectionState.DRAWING or plan is None:
        return False
    if review_of(work.session, row) is not None or not is_opened(work.session, row):
        return False
    if not scored(work.session, row):
        return False
    demand = demands.facts(work.session, row.demand_no)
    ask_review(
        work,
        AskReview(
            kind=Kind.SELECTION,
            case_no=row.demand_no,
            project=demand.project_code or row.demand_no,
            seats=plan.reviewers,
            specialties=plan.specialties,
            reason=f"{demand.title_zh}：方案评审",
            owners=(demand.owner,),
            departments=() if demand.department is None else (demand.department,),
            judged=tuple(one.agency for one in live(work.session, row.id)),
            task=f"/desk/schemes/{row.demand_no}",
            sealer=cmd.sealer,
            hours=SCORING_HOURS,
        ),
    )
    return True


@dataclass(frozen=True, slots=True)
class LockSheet:
    """A reviewer's points for every scheme by criterion, in hundredths."""

    no: str
    points: Points


def lock_sheet(work: Work, cmd: LockSheet) -> None:
    """Lock one's own sheet: its salted hash stands in the journal before any result.

    The same sheet again is nothing. `NotFound` for whoever has no seat; `Refusal`s "sheet-locked"
    for another sheet, "not-opened" before the quotes can be opened; `BadInput` "points-misfit".
    """
    row = locked(work, known(work.session, cmd.no).id)
    seat = own_seat(work.session, row, work.actor.person)
    if seat is None:
        raise no_selection()
    points = {key: tuple(given) for key, given in cmd.points.items()}
    before = work.session.get(SchemeSheet, seat.id)
    if before is not None:
        if read_points(before.body) == points:
            return
        raise Refusal(
            "sheet-locked",
            zh="评分已锁定，不能更改",
            en="Your sheet is locked and stays as it is",
            article=PANEL_RULE,
        )
    if not is_opened(work.session, row):
        raise Refusal(
            "not-opened",
            zh="方案尚未开启，或评分已结束",
            en="The schemes are not opened yet, or scoring is over",
            article=PANEL_RULE,
        )
    _refuse_misfit(terms_of(row), scored(work.session, row), points)
    body = write_body(row, seat.number, points, secrets.token_bytes(SALT_LENGTH))
    sheet = SchemeSheet(
        seat=seat.id,
        selection=row.id,
        number=seat.number,
        expert=seat.expert,
        body=body,
        body_hash=digest(body),
        locked_at=work.now,
    )
    work.session.add(sheet)
    finish_seat(work, FinishSeat(seat.id))
    work.publish("score-lock", row.subject, _act(row, sheet))


def end_review_of(work: Work, key: UUID) -> None:
    """The selection is over, and its review with it; names are public where somebody was chosen."""
    work.need(Permission.HOUSE_ACT)
    found = reviews.review(work.session, key)
    row = known(work.session, found.case_no)
    if row.state in ENDED:
        end_review(work, EndReview(key, names=row.state is SelectionState.SELECTED))


def _act(row: Selection, sheet: SchemeSheet) -> dict[str, str | int]:
    return {
        "demand": row.demand_no,
        "round": row.round,
        "reviewer": sheet.number,
        "sheet": b64u(sheet.body_hash),
    }


def _refuse_misfit(terms: Terms, keys: tuple[bytes, ...], points: Points) -> None:
    """Each scheme once, each criterion from 0 to its points, both allowed, at most two decimals."""
    criteria = () if terms.scheme is None else terms.scheme.criteria
    fits = sorted(points) == sorted(keys) and all(
        len(given) == len(criteria)
        and all(
            0 <= one <= most.points * HUNDREDTHS for one, most in zip(given, criteria, strict=True)
        )
        for given in points.values()
    )
    if not fits or not keys:
        raise BadInput(
            "points-misfit",
            zh="每份方案逐项评分，每项在0与该项分值之间",
            en="Score every scheme by every criterion, from 0 to the points of each",
            article=PANEL_RULE,
        )
