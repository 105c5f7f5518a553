"""A house of bids for each test, and one with two hosts that several tests look at."""

from tests.redteam.two_hosts import two
from tests.support.bidding_fixtures import furnished, house, sealed, three_sealed

__all__ = ["furnished", "house", "sealed", "three_sealed", "two"]
