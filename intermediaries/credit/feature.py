"""What the room of credit hands to the factory."""

from typing import Final

from intermediaries.credit.desk import desk, titles
from intermediaries.credit.listeners import LISTENERS
from intermediaries.credit.ticks import TICKS
from intermediaries.credit.web import office, own, public
from market.feature import Feature

FEATURE: Final = Feature(
    "credit",
    pages=(public.pages, own.pages, office.pages, office.supervision),
    ticks=TICKS,
    listeners=LISTENERS,
    desk=desk,
    titles=titles,
)
"""The ledger of credit of agencies."""
