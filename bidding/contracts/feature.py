"""What the room of contracts hands to the factory."""

from typing import Final

from bidding.contracts.commands import issue_award, refund_ended
from bidding.contracts.web import pages
from market.command import Listener
from market.feature import Feature

LISTENERS: Final = (
    Listener("tender.awarded", "contracts.award", issue_award),
    Listener("tender.cancelled", "contracts.refund-cancelled", refund_ended),
    Listener("tender.failed", "contracts.refund-failed", refund_ended),
)

FEATURE: Final = Feature("contracts", pages=(pages,), listeners=LISTENERS)
