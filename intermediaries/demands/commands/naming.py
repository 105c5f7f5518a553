"""Whom an owner may name in a direct choice."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from intermediaries.agencies.queries import refuse_unless_enrolment
from intermediaries.demands.model import Demand
from intermediaries.demands.reading import item_of
from market.accounts.queries.organisations import organisation_by_uscc
from market.kernel.errors import MarketError, Refusal
from market.kernel.law import platform_rule

NOT_ONESELF: Final = platform_rule("不得选取本单位", "Nobody chooses the own organisation")


def refuse_unless_nameable(session: Session, row: Demand, uscc: str, now: datetime) -> None:
    """Go on only with an agency that may enrol for the item, and is not the owner itself.

    `Refusal`s "no-organisation", "no-agency", "may-not-enrol", "own-organisation".
    """
    try:
        agency = organisation_by_uscc(session, uscc.strip().upper())
        refuse_unless_enrolment(session, agency.id, item_of(session, row, now), now)
    except MarketError as found:
        words = (found.words("zh"), found.words("en"))
        raise Refusal(found.code, zh=words[0], en=words[1], fields={"named": words}) from None
    if agency.id == row.owner:
        raise Refusal(
            "own-organisation",
            zh="不能指名本单位",
            en="The own organisation cannot be named",
            article=NOT_ONESELF,
        )
