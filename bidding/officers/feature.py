"""What the room of officers hands to the factory."""

from typing import Final

from bidding.officers.api import ANONYMOUS_PAGES, PUBLIC_PAGES, pages
from market.feature import Feature

FEATURE: Final = Feature(
    "officers",
    pages=(pages, PUBLIC_PAGES),
    anonymous_pages=(ANONYMOUS_PAGES,),
)
