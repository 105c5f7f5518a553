"""A house of bids for each test."""

from tests.support.bidding_fixtures import furnished, house

__all__ = ["furnished", "house"]
