"""A submission that the exchange refused, left with the witness: proof that it was sent in time.

The witness is another organisation; it learns a signed act, which names no bidder.
"""

from bidding.client.bidbook import ACCEPTED, Bid, BidBook, settled
from bidding.client.profile import Profile
from market.kernel.errors import Refusal
from market.protocol.encoding import JsonObject, Malformed, digest, parse, stamp
from market.protocol.receipts import read_drop_receipt
from market.protocol.trust import Trust


def drop(profile: Profile, tender: str) -> None:
    """Leave the newest version with the witness and keep its dated word; again, the same word.

    Refused: `no-bid`, `accepted` (it has a receipt, which says more), `drop-differs`.
    """
    bid = BidBook(profile.home, tender).last()
    if bid.outcome == ACCEPTED:
        raise Refusal(
            "accepted",
            zh="平台已受理，已有回执，无需留存见证",
            en="The exchange has accepted it and given a receipt, which says more",
        )
    answer = parse(profile.witness().post("/drop", bid.act.raw).body)
    at = _checked(answer, bid, profile.trust())
    settled(bid, dropped=answer)
    profile.told.facts = {"tender": tender, "version": bid.number, "at": at}
    profile.told.say(
        f"见证人已于 {at} 收存第 {bid.number} 版；凭证保存在资料夹中，可交给监督部门",
        f"The witness has kept version {bid.number} at {at}; its word is kept in the profile, "
        "for the supervisor",
    )


def _checked(answer: JsonObject, bid: Bid, trust: Trust) -> str:
    """The moment of the witness's word, under one of the pinned keys and about exactly this act."""
    for place, witness in enumerate(trust.witnesses, start=1):
        try:
            hashed, tender, at = read_drop_receipt(answer, witness.public)
        except Malformed:
            if place == len(trust.witnesses):
                raise
            continue
        if (hashed, tender) != (digest(bid.act.raw), bid.act.tender):
            raise Malformed(
                "drop-differs",
                zh="见证人答复的是另一份提交",
                en="The witness speaks of another submission",
            )
        return stamp(at)
    raise AssertionError("a trust file pins a witness")
