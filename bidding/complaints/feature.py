"""What the room of challenges hands to the factory."""

from typing import Final

from bidding.complaints.web import pages
from market.feature import Feature

FEATURE: Final = Feature("complaints", pages=(pages,))
