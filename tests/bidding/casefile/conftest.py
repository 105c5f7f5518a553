"""A house of bids for each test."""

from tests.support.bidding_fixtures import furnished, house, sealed, three_sealed

__all__ = ["furnished", "house", "sealed", "three_sealed"]
