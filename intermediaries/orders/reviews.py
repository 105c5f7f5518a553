"""Expert reviews of an order as its pages show them: numbers first, people after the decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intermediaries.orders.model.orders import OrderExpert, ServiceOrder
from market.reviews import queries as reviews
from market.reviews.queries import ReviewFacts
from market.reviews.rules import RUNNING, Kind


@dataclass(frozen=True, slots=True)
class ExpertShown:
    """An expert under the number that the clock uses; `register` and `person` once public."""

    name: str
    called_at: datetime
    accepted_at: datetime | None
    due: datetime | None
    signed_at: datetime | None
    opinion: str | None
    register: str | None
    person: UUID | None


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """One review: how it was drawn, who sits, what became of the seats."""

    review: ReviewFacts
    experts: tuple[ExpertShown, ...]

    @property
    def is_running(self) -> bool:
        """Whether somebody may still be called."""
        return self.review.state in RUNNING


def names_of(found: Sequence[ReviewFacts]) -> dict[UUID, dict[int, str]]:
    """What the seats of each review are called on the clock: numbers that go on through all."""
    named, before = dict[UUID, dict[int, str]](), 0
    for one in sorted(found, key=lambda review: review.number):
        named[one.id] = {place: f"专家{before + place}" for place in range(1, one.seats + 1)}
        before += one.seats
    return named


def shown(session: Session, row: ServiceOrder) -> tuple[ReviewShown, ...]:
    """The reviews of an order, with the opinions that were signed."""
    found = reviews.reviews_of(session, Kind.ORDER, row.no)
    if not found:
        return ()
    names = names_of(found)
    opinions = {
        one.name: one
        for one in session.scalars(
            select(OrderExpert)
            .where(OrderExpert.order == row.id)
            .order_by(func.length(OrderExpert.name), OrderExpert.name)
        )
    }
    return tuple(
        ReviewShown(
            one,
            tuple(
                ExpertShown(
                    name=names[one.id][seat.number],
                    called_at=seat.called_at,
                    accepted_at=seat.accepted_at,
                    due=seat.work_due,
                    signed_at=None if given is None else given.signed_at,
                    opinion=None if given is None else given.opinion,
                    register=seat.expert if one.names_public else None,
                    person=seat.person if one.names_public else None,
                )
                for seat in one.held
                for given in [opinions.get(names[one.id][seat.number])]
            ),
        )
        for one in found
    )
