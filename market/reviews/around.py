"""Who stands around a review, and whether an expert may judge there: employment and relations."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from market.accounts.queries import people
from market.accounts.queries.organisations import (
    interests,
    organisation,
    organisations_with,
)
from market.accounts.roles import Role
from market.experts.library import declared_by, person_behind
from market.experts.rules.limits import terms_on
from market.experts.rules.recusal import recusals
from market.experts.rules.relations import Activity, Bidder, Parties
from market.kernel.ids import Track
from market.kernel.workdays import legal_day
from market.reviews.model import ExpertReview

OWNERS, DEPARTMENTS, JUDGED = "owners", "departments", "judged"
"""Parts of `ExpertReview.around`: whose need it is, who decides, whose work is judged."""


def parties(session: Session, row: ExpertReview) -> Parties:
    """Who stands around a review by credit codes, as its pool keeps them out."""
    regulators = {
        one.uscc for role in (Role.REG, Role.SUPV) for one in organisations_with(session, role)
    }
    return Parties(
        owners=_codes(session, row, OWNERS),
        preparers=_codes(session, row, JUDGED),
        departments=_codes(session, row, DEPARTMENTS),
        regulators=tuple(sorted(regulators)),
    )


def activity(row: ExpertReview) -> Activity:
    """The review as the rules on recusal know it, on the day on which it was asked for."""
    return Activity(Track.GOVERNMENT, row.project, legal_day(row.asked_at))


def is_unfit(session: Session, row: ExpertReview, expert: str, now: datetime) -> str | None:
    """Why somebody drawn must not judge: "member", "recused"; None for whoever may.

    Everybody around the review counts like a bidder here: employment in the years before, seats on
    boards, shares, kinship with the head, and every other relation that was declared.
    """
    theirs = {
        one.organisation for one in people.memberships(session, person_behind(session, expert))
    }
    if theirs & {*ids(row)}:
        return "member"
    around = parties(session, row)
    known = Parties(
        owners=around.owners,
        preparers=around.preparers,
        departments=around.departments,
        regulators=around.regulators,
        bidders=tuple(_bidder(session, one, now) for one in ids(row)),
    )
    terms = terms_on(legal_day(row.asked_at))
    found = recusals(declared_by(session, expert), activity(row), known, terms)
    return "recused" if found else None


def ids(row: ExpertReview) -> tuple[UUID, ...]:
    """The organisations around a review, each once."""
    found = [UUID(one) for part in sorted(row.around) for one in row.around[part]]
    return tuple(dict.fromkeys(found))


def written(**around: Iterable[UUID]) -> dict[str, list[str]]:
    """The organisations as the row keeps them."""
    return {part: sorted(str(one) for one in set(held)) for part, held in around.items()}


def _codes(session: Session, row: ExpertReview, part: str) -> tuple[str, ...]:
    return tuple(sorted(organisation(session, UUID(one)).uscc for one in row.around.get(part, [])))


def _bidder(session: Session, key: UUID, now: datetime) -> Bidder:
    ties = interests(session, key, legal_day(now))
    return Bidder(
        organisation=organisation(session, key).uscc,
        legal_representative=ties.head or "",
        controllers=tuple(sorted(one.removeprefix("uscc:") for one in ties.controllers)),
    )
