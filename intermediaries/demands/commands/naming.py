"""Whom an owner may name in a direct choice."""

from datetime import datetime

from sqlalchemy.orm import Session

from intermediaries.agencies.queries import refuse_unless_enrolment
from intermediaries.demands.model import Demand
from intermediaries.demands.reading import item_of
from intermediaries.demands.ties import Sides
from market.accounts.queries.organisations import organisation_by_uscc
from market.kernel.errors import MarketError, Refusal
from market.kernel.workdays import legal_day


def refuse_unless_nameable(session: Session, row: Demand, uscc: str, now: datetime) -> None:
    """Go on only with an agency that may enrol for the item and is tied to neither side.

    `Refusal`s "no-organisation", "no-agency", "may-not-enrol", those of `Sides`.
    """
    try:
        agency = organisation_by_uscc(session, uscc.strip().upper())
        refuse_unless_enrolment(session, agency.id, item_of(session, row, now), now)
    except MarketError as found:
        words = (found.words("zh"), found.words("en"))
        raise Refusal(found.code, zh=words[0], en=words[1], fields={"named": words}) from None
    sides = Sides.of(session, row.owner, row.department, legal_day(now))
    sides.refuse_unless_apart(session, agency.id, "named")
