"""What the board hands to the factory."""

from typing import Final

from market.feature import Feature
from market.notices.web import pages

FEATURE: Final = Feature("notices", pages=(pages,))
