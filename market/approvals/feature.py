"""What the room of approvals hands to the factory."""

from typing import Final

from market.approvals.commands.journaling import LISTENERS
from market.approvals.desk import desk, titles
from market.approvals.ticks import TICKS
from market.approvals.web import department, heads, items, own, public
from market.feature import Feature

FEATURE: Final = Feature(
    "approvals",
    pages=(public.pages, items.pages, department.pages, heads.pages, own.pages),
    ticks=TICKS,
    listeners=LISTENERS,
    desk=desk,
    titles=titles,
)
