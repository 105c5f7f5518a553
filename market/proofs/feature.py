"""The card of the room of proofs."""

from typing import Final

from market.feature import Feature
from market.proofs.web import pages

FEATURE: Final = Feature(name="proofs", pages=(pages,))
