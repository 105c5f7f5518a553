"""What the room of case files hands to the factory."""

from typing import Final

from bidding.casefile.web import pages
from market.feature import Feature

FEATURE: Final = Feature("casefile", pages=(pages,))
