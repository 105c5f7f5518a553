"""What the room of draws hands to the factory."""

from typing import Final

from market.draws.api import PAGES
from market.draws.commands.walking import journal_step, publish_tie
from market.draws.desk import desk
from market.draws.queries import steps_waiting, ties_drawn
from market.draws.web import DESK, PUBLIC
from market.feature import Feature, Tick

FEATURE: Final = Feature(
    "draws",
    pages=(PAGES, PUBLIC, DESK),
    ticks=(
        Tick("draws.steps", steps_waiting, journal_step),
        Tick("draws.ties", ties_drawn, publish_tie),
    ),
    desk=desk,
)
"""Calls for parties and readers; skips that follow from the order reach the journal by the tick."""
