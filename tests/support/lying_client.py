"""A client of a bidder who cheats: the last officer's share is not on the polynomial of the others.

It commits to the false share, so that nobody sees anything before the shares are put together.
Everything else is the honest client: `python -m tests.support.lying_client …`.
"""

import sys

from bidding.client.main import main
from market.protocol import sharing
from market.protocol.chance import Chance, fresh

honest = sharing.split


def falsely(secret: bytes, k: int, n: int, chance: Chance = fresh) -> list[bytes]:
    """The shares of the honest dealing but for one bit of the last one."""
    shares = honest(secret, k, n, chance)
    last = shares[-1]
    return [*shares[:-1], bytes([last[0] ^ 1]) + last[1:]]


if __name__ == "__main__":
    sharing.split = falsely
    sys.exit(main(sys.argv[1:]))
