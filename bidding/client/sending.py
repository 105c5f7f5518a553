"""Sending what was sealed, and holding the platform to its receipt."""

import time
from typing import Final

from bidding.client.bidbook import ACCEPTED, REFUSED, Bid, BidBook, settled, tenders_with_bids
from bidding.client.profile import Profile
from bidding.client.registered import terms
from bidding.client.uploads import Upload
from bidding.client.wallet import Wallet
from bidding.client.wire import UNDECIDED, Line, Refused
from market.kernel.errors import Refusal
from market.protocol.amendments import stands
from market.protocol.answers import REDEMPTION_LENGTH, read_answer
from market.protocol.encoding import Json, JsonObject, Malformed, b64u, stamp
from market.protocol.inclusions import check_redemption
from market.protocol.receipts import Receipt, check_receipt, read_receipt
from market.protocol.trust import Trust

PAUSE: Final = 2.0  # seconds of machine time between two questions about a receipt


def send(profile: Profile, tender: str) -> None:
    """Send the newest version: ciphertexts, then the act; again, the same receipt.

    A refusal of the host leaves the version as it is, to be sent again or made anew.
    """
    bid = BidBook(profile.home, tender).last()
    if bid.outcome != ACCEPTED:
        bid = _deliver(profile, bid)
    _tell_receipt(profile, bid)


def redeem(profile: Profile, tender: str, seconds: float = 0) -> None:
    """Redeem the receipt of the accepted act and check the proof; `later` while it is not there.

    A receipt that stays unredeemed a minute beyond its promise is told to be evidence.
    """
    bid = BidBook(profile.home, tender).accepted()
    if bid is None or bid.receipt is None:
        raise Refusal(
            "no-receipt", zh="没有回执，先执行 bid send", en="No receipt; run bid send first"
        )
    trust = profile.trust()
    receipt = _checked(bid.receipt, trust)
    until = time.monotonic() + seconds  # patience is the machine's matter
    while (answer := _redemption(profile.anonymous(), bid)) is None:
        if time.monotonic() + PAUSE > until:
            _tell_waiting(profile, bid, receipt)
            return
        time.sleep(PAUSE)
    found = check_redemption(answer, receipt.leaf, trust)
    profile.record().agrees(found.included.witnessed.checkpoint)
    settled(bid, redemption=answer)
    profile.told.facts = {
        "tender": tender,
        "tick": found.batch.tick,
        "place": found.place,
        "index": found.included.index,
        "witnessed_by": stamp(found.included.by),
    }
    profile.told.say(
        f"回执已兑现：第 {found.batch.tick} 批第 {found.place} 位，见证人于 "
        f"{stamp(found.included.by)} 前见过",
        f"The receipt holds: batch {found.batch.tick}, place {found.place}, seen by the "
        f"witnesses by {stamp(found.included.by)}",
    )


def watch(profile: Profile, tender: str | None) -> None:
    """Say of each bid whether it stands after all amendments; nobody else can tell the bidder."""
    rows = list[Json]()
    for no in [tender] if tender else tenders_with_bids(profile.home):
        bid = BidBook(profile.home, no).accepted()
        current = terms(profile.record(), profile.trust(), no)
        live = bid is not None and bid.act.is_submission
        holds = live and bid is not None and stands(bid.act.amendment, current.amendments)
        rows.append(
            {
                "tender": no,
                "amendment": current.amendment,
                "deadline": stamp(current.deadline),
                "live": live,
                "stands": holds,
            }
        )
        if live and not holds:
            profile.told.warn(
                f"{no} 的更正要求重新投标：{stamp(current.deadline)} 前用 bid replace 重新提交",
                f"An amendment of {no} asks for new bids: send one with bid replace by "
                f"{stamp(current.deadline)}",
            )
        elif live:
            profile.told.say(f"{no}：投标有效", f"{no}: the bid stands")
        else:
            profile.told.say(f"{no}：没有有效投标", f"{no}: no bid stands")
    profile.told.facts = {"tenders": rows}


def _deliver(profile: Profile, bid: Bid) -> Bid:
    line, trust = profile.anonymous(), profile.trust()
    held = Wallet(profile.home).one(bid.token)
    uploads = [
        Upload(line, held, bid.act.tender, bid.ciphertext(envelope.kind.value))
        for envelope in bid.act.envelopes
    ]
    for upload in uploads:
        upload.finish()
    bid = settled(bid, sent=True, outcome=None, code=None)
    try:
        answer = line.post(f"/api/v1/tenders/{bid.act.tender}/acts", bid.act.raw)
    except Refused as refused:
        if refused.code == "ciphertext-missing":
            for upload in uploads:
                upload.forget()
        if refused.status < UNDECIDED:
            settled(bid, outcome=REFUSED, code=refused.code)
            profile.told.warn(
                "平台拒绝受理；如认为不当，用 bid drop 把已签名的提交留存在见证人处",
                "The exchange refused it; if that is wrong, leave the signed submission with the "
                "witness: bid drop",
            )
        raise
    value = read_answer(answer.body)
    check_receipt(_checked(value, trust), bid.act)
    return settled(bid, outcome=ACCEPTED, code=None, receipt=value)


def _checked(value: JsonObject, trust: Trust) -> Receipt:
    """The receipt under one of the pinned keys; the refusal of the last key otherwise."""
    for place, public in enumerate(trust.receipts, start=1):
        try:
            return read_receipt(value, public)
        except Malformed:
            if place == len(trust.receipts):
                raise
    raise AssertionError("a trust file pins a key of receipts")


def _redemption(line: Line, bid: Bid) -> JsonObject | None:
    try:
        said = line.get(f"/api/v1/receipts/{b64u(bid.act.hash)}").body
    except Refused as refused:
        if refused.code in {"not-yet", "not-found"}:
            return None
        raise
    held = read_answer(said, REDEMPTION_LENGTH).get("redemption")
    return held if isinstance(held, dict) else None


def _tell_receipt(profile: Profile, bid: Bid) -> None:
    receipt = bid.receipt or {}
    profile.told.facts = {
        "tender": bid.act.tender,
        "version": bid.number,
        "seq": bid.act.seq,
        "act": bid.act.kind,
        "at": receipt.get("at"),
    }
    zh, en = ("投标", "bid") if bid.act.is_submission else ("撤回", "withdrawal")
    profile.told.say(
        f"{zh}已受理，时间 {receipt.get('at')}；回执已保存，用 bid receipt 核验",
        f"The {en} was accepted at {receipt.get('at')}; its receipt is kept, check it with "
        "bid receipt",
    )


def _tell_waiting(profile: Profile, bid: Bid, receipt: Receipt) -> None:
    profile.told.later = True
    overdue = receipt.is_overdue(profile.record().now)
    profile.told.facts = {"tender": bid.act.tender, "overdue": overdue}
    if overdue:
        profile.told.warn(
            "回执逾期未兑现：资料夹中的 bid.json 即为证据，交给见证人和监督部门",
            "The receipt is overdue: bid.json in the profile is evidence for witness and "
            "supervisor",
        )
    else:
        profile.told.say(
            "批次尚待见证，稍后再试", "The batch waits for its witness; try again shortly"
        )
