"""A client of a bidder who seals to the first officer a share that names another bid.

It commits to that text, so nobody sees anything before the officer's own program looks. Everything
else is the honest client: `python -m tests.browser.foreign_client …`.
"""

import sys
from dataclasses import replace

from bidding.client.main import main
from market.protocol import envelopes
from market.protocol.binding import Binding, share_text

FOREIGN = bytes(32)


def foreign(binding: Binding, i: int, share: bytes) -> bytes:
    """The honest text for everybody but officer 1, whose share bears the key of another bid."""
    return share_text(replace(binding, bid_pub=FOREIGN) if i == 1 else binding, i, share)


if __name__ == "__main__":
    envelopes.share_text = foreign
    sys.exit(main(sys.argv[1:]))
