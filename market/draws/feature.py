"""What the room of draws hands to the factory."""

from typing import Final

from market.draws.api import PAGES
from market.draws.commands.walking import journal_step
from market.draws.queries import steps_waiting
from market.draws.web import DESK
from market.feature import Feature, Tick

FEATURE: Final = Feature(
    "draws", pages=(PAGES, DESK), ticks=(Tick("draws.steps", steps_waiting, journal_step),)
)
"""Calls for parties and readers; skips that follow from the order reach the journal by the tick."""
