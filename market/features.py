"""Every room of both businesses, in the order in which its pages are put on the hosts."""

from typing import Final

from market.feature import Feature

FEATURES: Final[tuple[Feature, ...]] = ()
