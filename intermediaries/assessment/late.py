"""Decisions sent back by a higher level after the scores of their month were computed.

A computed month never changes, and a higher level takes longer than a month. Such a return takes
its points in the month in which it was recorded, or the first one after it in which that side has
a case, weighed by the limit of the returned case.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.assessment.model import AssessedCase, AssessedMonth, AssessedReturn
from intermediaries.assessment.rules import (
    INSTANT,
    LateReturn,
    Month,
    Side,
    cost_of_return,
    read_figures,
)
from intermediaries.orders.queries import ReturnedDecision, returned

BATCH: Final = 500
"""Cases asked for at once."""
_KEPT: Final = select(AssessedReturn, AssessedCase.first_day).join(
    AssessedCase, AssessedCase.order_no == AssessedReturn.order_no
)


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A return that no month has counted, and whose organisation it concerns."""

    organisation: UUID
    fact: LateReturn


def uncounted(session: Session, month: Month) -> Iterator[Uncounted]:
    """The late returns recorded before a month's end that no earlier month counted, by moment.

    `LateReturn.who` is the code as it stands in the returned case.
    """
    facts = returned(session, month.until)
    counted = _counted_before(session, month)
    for start in range(0, len(facts), BATCH):
        some = facts[start : start + BATCH]
        numbers = {one.order_no for one in some}
        known = {
            case.order_no: (case, read_at)
            for case, read_at in session.execute(
                select(AssessedCase, AssessedMonth.read_at)
                .join(AssessedMonth, AssessedMonth.first_day == AssessedCase.first_day)
                .where(AssessedCase.order_no.in_(numbers), AssessedCase.first_day < month.first)
            )
        }
        for one in some:
            if (one.order_no, one.number) in counted or one.order_no not in known:
                continue
            case, read_at = known[one.order_no]
            if one.at >= read_at:
                yield from _late(case, one)


def of_month(session: Session, month: Month) -> list[LateReturn]:
    """The late returns that a computed month counts, in the order of its file."""
    rows = session.execute(
        _KEPT.where(AssessedReturn.first_day == month.first).order_by(AssessedReturn.place)
    )
    return [_kept(row, first_day) for row, first_day in rows]


def of_order(session: Session, order_no: str) -> list[tuple[Month, LateReturn]]:
    """The late returns of one case, each with the month that counts it."""
    rows = session.execute(
        _KEPT.where(AssessedReturn.order_no == order_no).order_by(AssessedReturn.number)
    )
    return [(Month(row.first_day), _kept(row, first_day)) for row, first_day in rows]


def _counted_before(session: Session, month: Month) -> set[tuple[str, int]]:
    rows = session.execute(
        select(AssessedReturn.order_no, AssessedReturn.number).where(
            AssessedReturn.first_day < month.first
        )
    )
    return {(order_no, number) for order_no, number in rows}


def _late(case: AssessedCase, one: ReturnedDecision) -> Iterator[Uncounted]:
    """Nothing where the reason lay with neither side: that takes no points in the case either."""
    for side, organisation, code in (
        (Side.DEPARTMENT, case.department, case.department_code),
        (Side.AGENCY, case.agency, case.agency_code),
    ):
        if one.party is side.party:
            fact = LateReturn(
                order_no=one.order_no,
                number=one.number,
                month=Month(case.first_day),
                side=side,
                who=code,
                returned_at=one.at,
                limit=read_figures(case.figures).limit,
                takes=cost_of_return(case.formula_day),
            )
            yield Uncounted(organisation, fact)


def _kept(row: AssessedReturn, first_day: date) -> LateReturn:
    return LateReturn(
        order_no=row.order_no,
        number=row.number,
        month=Month(first_day),
        side=row.side,
        who=row.code,
        returned_at=row.returned_at,
        limit=row.limit * INSTANT,
        takes=Fraction(row.takes),
    )
