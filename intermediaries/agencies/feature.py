"""What the room of agencies hands to the factory."""

from typing import Final

from intermediaries.agencies.commands.journaling import publish_entry
from intermediaries.agencies.desk import desk, titles
from intermediaries.agencies.ticks import TICKS
from intermediaries.agencies.web import checking, own, public, sanctions
from market.command import Listener
from market.feature import Feature

FEATURE: Final = Feature(
    "agencies",
    pages=(public.pages, own.pages, checking.pages, sanctions.pages),
    ticks=TICKS,
    listeners=(Listener("agency.entry-told", "agencies.journal", publish_entry),),
    desk=desk,
    titles=titles,
)
