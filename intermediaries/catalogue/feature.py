"""What the catalogue hands to the factory."""

from typing import Final

from intermediaries.catalogue.web import pages
from market.feature import Feature

FEATURE: Final = Feature("catalogue", pages=(pages,))
