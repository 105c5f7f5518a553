"""The card of the glossary."""

from typing import Final

from market.feature import Feature
from market.glossary.web import pages

FEATURE: Final = Feature(name="glossary", pages=(pages,))
