"""What the room of the city's rules hands to the factory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask import url_for
from sqlalchemy.orm import Session

from intermediaries.cityrules.queries import waiting
from intermediaries.cityrules.web import pages
from market.command import Actor
from market.feature import DeskItem, Feature
from market.kernel.permissions import Permission
from market.kernel.workdays import start_of


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Rules that somebody else put forward: to adopt before their first day, then to drop."""
    if not actor.may(Permission.CITYRULES_RULE_ADOPT):
        return []
    one = waiting(session)
    if one is None or one.proposed_by == actor.person:
        return []
    day, due = one.first_day.isoformat(), start_of(one.first_day)
    zh, en = (
        (f"核准{day}起施行的选取规则", f"Adopt the rules of choosing that are to hold from {day}")
        if now < due
        else (f"撤下逾期未核准的选取规则（{day}）", f"Drop the rules that were to hold from {day}")
    )
    return [DeskItem(zh, en, url_for("cityrules.edited"), due, day)]


FEATURE: Final = Feature("cityrules", pages=(pages,), desk=desk)
