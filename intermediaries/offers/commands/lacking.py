"""Reviewers who are missing: since when is written down, and an emptied seat is drawn for again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from intermediaries.offers.lacking import lack_now
from intermediaries.offers.model import SelectionWait
from intermediaries.offers.rows import known, locked, terms_of
from intermediaries.offers.rules.lacking import WAIT_DAYS, Lack
from intermediaries.offers.schemes import review_of
from intermediaries.rulebook.selection.sources import PANEL_RULE
from market.command import Work
from market.draws.sealing import Sealer
from market.kernel.errors import Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import end_of, legal_day
from market.reviews.commands.asking import FillSeats, fill_seats


@dataclass(frozen=True, slots=True)
class NoteLack:
    """A round, and why its reviewers' draw could not be frozen just now, if it was tried."""

    selection: UUID
    refused: Lack | None


def note_lack(work: Work, cmd: NoteLack) -> bool:
    """Write down that a round waits for reviewers, or does so no longer; whether it was new.

    The time runs from the first moment this is noticed, whatever is missing meanwhile. Whoever is
    called and may still lock a sheet ends the wait; a seat that empties later begins another.
    """
    work.need(Permission.HOUSE_ACT)
    row = locked(work, cmd.selection)
    found, held = lack_now(work.session, row, cmd.refused), work.session.get(SelectionWait, row.id)
    if found is None:
        if held is not None:
            work.session.delete(held)
            work.note(row.subject, "selection.reviewers-there")
        return held is not None
    if held is not None and held.lack is found:
        return False
    if held is None:
        last = work.calendar.add_working_days(legal_day(work.now), WAIT_DAYS)
        held = SelectionWait(selection=row.id, since=work.now, ends_at=end_of(last))
        work.session.add(held)
    held.lack = found
    work.note(row.subject, "selection.reviewers-missing", lack=found.value)
    return True


@dataclass(frozen=True, slots=True)
class DrawAgain:
    """A demand of whose reviewers a seat is empty."""

    no: str
    sealer: Sealer


def draw_again(work: Work, cmd: DrawAgain) -> Mapping[str, Any]:
    """Draw once more for exactly the empty seats, from the specialties of the notice alone.

    The pool is frozen and journaled as the first one was. Where no seat is empty any more, because
    it was pressed twice, nothing is done. `Refusal` "no-review" where no reviewers were asked for;
    those of `fill_seats`: "pool-too-small", "no-drawing-parties", "register-changed".
    """
    work.need(Permission.DEMANDS_NOTICE_CHECK)
    row = locked(work, known(work.session, cmd.no).id)
    review, plan = review_of(work.session, row), terms_of(row).scheme
    if review is None or plan is None:
        raise Refusal(
            "no-review",
            zh="本项目没有正在进行的方案评审",
            en="No schemes are being reviewed for this demand",
            article=PANEL_RULE,
        )
    if not review.empty:
        return {"no": row.demand_no}
    made = fill_seats(work, FillSeats(review.id, plan.specialties, cmd.sealer))
    return {"no": row.demand_no, **made}
