"""What the room of contracts hands to the factory."""

from typing import Final

from bidding.contracts.commands import issue_award
from bidding.contracts.desk import desk
from bidding.contracts.outcomes import pages as own_pages
from bidding.contracts.refunds import refund_ended
from bidding.contracts.results import pages as result_pages
from bidding.contracts.web import pages
from market.command import Listener
from market.feature import Feature

LISTENERS: Final = (
    Listener("award.published", "contracts.award", issue_award),
    Listener("tender.cancelled", "contracts.refund-cancelled", refund_ended),
    Listener("tender.failed", "contracts.refund-failed", refund_ended),
)

FEATURE: Final = Feature(
    "contracts", pages=(pages, result_pages, own_pages), listeners=LISTENERS, desk=desk
)
