"""Every room of both businesses, in the order in which its pages are put on the hosts."""

from typing import Final

from bidding.bids.feature import FEATURE as BIDS
from bidding.bonds.feature import FEATURE as BONDS
from bidding.officers.feature import FEATURE as OFFICERS
from bidding.opening.feature import FEATURE as OPENING
from market.feature import Feature
from market.settings import Settings
from market.web.record import FEATURE as RECORD

FEATURES: Final[tuple[Feature, ...]] = (RECORD, OFFICERS, BONDS, BIDS, OPENING)


def features_for(settings: Settings) -> tuple[Feature, ...]:
    """The rooms of this process; the demonstration's own are absent anywhere else."""
    if settings.is_demo:
        from market.demo.pages import FEATURE as DEMO  # noqa: PLC0415  absent from production

        return (*FEATURES, DEMO)
    return FEATURES
