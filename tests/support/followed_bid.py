"""One act followed from its receipt to the closing list, as files for whoever checks them."""

from datetime import timedelta

from market.protocol.batches import (
    JOURNAL_SUBJECT,
    Listed,
    batch_data,
    batch_tree,
    write_closing_list,
)
from market.protocol.encoding import canonical, digest, structure
from market.protocol.inclusions import redemption
from market.protocol.opening import make_closing
from market.protocol.receipts import PROMISE, Receipt, act_leaf
from tests.support.log_cast import NOON, private, seconds, secret
from tests.support.verifier import notices

DEADLINE = NOON + timedelta(hours=1)
SALT = secret("verify/salt")
TENDER = "ZC-2026-000123"
ACT = canonical(structure("submission", tender=TENDER, amendment=0))


class Bid:
    """One act that got a receipt, went into a batch, and is in the closing list."""

    def __init__(self, at=NOON, batch_after=3.0, deadline=DEADLINE):
        leaf = act_leaf(SALT, ACT)
        self.receipt = Receipt(digest(ACT), leaf, SALT, at, TENDER, at + PROMISE)
        tree = batch_tree(secret("verify/batch"), [secret("other"), leaf])
        self.log = notices(2)
        moment = at + timedelta(seconds=batch_after)
        index = self.log.append("sealed-batch", moment, JOURNAL_SUBJECT, batch_data(0, tree.root))
        self.listed = [
            Listed(NOON, secret("other"), 0, tree.places[0]),
            Listed(at, leaf, 0, tree.places[1]),
        ]
        self.closing = make_closing(TENDER, secret("manifest"), 0, deadline, self.listed)
        last = self.log.append(
            "closing", deadline + timedelta(seconds=30), f"tender/{TENDER}", self.closing.to_json()
        )
        place = tree.places[1]
        self.redemption = redemption(
            place, tree.path(place), self.log.inclusion(index, at=seconds(9))
        )
        self.proof = self.log.inclusion(last, at=deadline + timedelta(seconds=60))

    def files(self):
        """What its bidder holds beside the receipt, by name."""
        return {
            "act": ACT,
            "redemption": self.redemption,
            "closing": self.proof,
            "list": write_closing_list(TENDER, self.listed),
        }

    def into(self, folder, **changed):
        """Write its files into a folder, some of them changed."""
        files = {"receipt": self.receipt.sign(private("receipt")), **self.files()}
        for name, held in {**files, **changed}.items():
            folder.put(name, held)
        return self
