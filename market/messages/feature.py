"""What the room of messages hands to the factory."""

from typing import Final

from market.feature import Feature
from market.messages.web import pages

FEATURE: Final = Feature("messages", pages=(pages,))
"""The relay itself is a job of the room of accounts, which alone can open the handles."""
