"""What the room of calendars hands to the factory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask import url_for
from sqlalchemy.orm import Session

from market.calendars.queries import year_missing, years_waiting
from market.calendars.web import pages
from market.command import Actor
from market.feature import DeskItem, Feature
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """A schedule to approve, and the year whose schedule is missing."""
    if not actor.may(Permission.CALENDAR_YEAR_EDIT):
        return []
    where = url_for("calendars.edited")
    items = [
        DeskItem(
            f"核准{one.year}年节假日安排",
            f"Approve the holidays of {one.year}",
            where,
            None,
            str(one.year),
        )
        for one in years_waiting(session)
        if one.proposed_by != actor.person
    ]
    missing = year_missing(session, legal_day(now))
    if missing is not None:
        zh, en = f"载入{missing}年节假日安排", f"Enter the holidays of {missing}"
        items.append(DeskItem(zh, en, where, None, str(missing)))
    return items


FEATURE: Final = Feature("calendars", pages=(pages,), desk=desk)
