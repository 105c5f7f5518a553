"""A client of a bidder who did not read over: its price in capitals is less than that in figures.

The honest client refuses such an offer. Everything else is the honest client:
`python -m tests.support.careless_client …`.
"""

import sys
from pathlib import Path
from typing import Final

from bidding.client import sealing
from bidding.client.main import main
from bidding.client.offer import CAPITALS
from market.kernel.money import Money
from market.protocol.binding import Kind
from market.protocol.encoding import JsonObject

LESS: Final = 100_000_00  # fen
honest = sealing.read_offer_file


def carelessly(path: Path) -> dict[Kind, JsonObject]:
    """The facts of the file, with capitals of another amount."""
    found = honest(path)
    price = found[Kind.PRICE]
    amount = price["price"]
    assert isinstance(amount, int)
    return {**found, Kind.PRICE: {**price, CAPITALS: Money(amount - LESS).in_capitals()}}


if __name__ == "__main__":
    sealing.read_offer_file = carelessly
    sys.exit(main(sys.argv[1:]))
