"""Money back without a bid: the token is given up namelessly, the money asked for hours later.

The new secrets are on the disk before the surrender leaves; the permit before the custodian is
asked; the refund token before it is shown. `inv` of the given-up token goes nowhere.
"""

import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from bidding.client.organisations import OrganisationSecret
from bidding.client.profile import Profile
from bidding.client.registered import bond_keys
from bidding.client.wallet import Held, Wallet, new_token
from bidding.client.wire import UNDECIDED, Refused
from market.kernel.errors import Refusal
from market.protocol.answers import read_answer
from market.protocol.bondkeys import BID, REFUND
from market.protocol.encoding import Json, JsonObject, canonical, stamp
from market.protocol.held import HeldToken, held_claim
from market.protocol.members import Members
from market.protocol.surrender import (
    RefundClaim,
    Surrender,
    check_refundable,
    read_permit,
    refund_request,
)
from market.protocol.tokens import blinded_hash

PLATFORM: Final = "platform"  # the purpose, in the record, of the key that signs permits
SOONEST: Final = timedelta(hours=6)
LATEST: Final = timedelta(hours=48)


def give_up(profile: Profile, name: str) -> None:
    """Give a token up for a refund token; run again after a crash it goes on where it stopped."""
    wallet, keys = Wallet(profile.home), bond_keys(profile.record())
    held = wallet.one(name)
    if held.purpose != BID:
        raise Refusal("not-a-bond", zh="这是退款令牌", en="This is a refund token already")
    check_refundable(Surrender(held.token, held.public, bytes(32)))
    if held.refund is None:
        made = new_token(keys.key(held.denomination, held.epoch, REFUND))
        wallet.keep(made)
        held = replace(held, refund=made.name)
        wallet.keep(held)
    refund = wallet.one(held.refund or "")
    refund = _permitted(profile, wallet, held, refund)
    refund = _signed(profile, wallet, refund)
    profile.told.facts = {
        "token": held.name,
        "refund_token": refund.name,
        "not_before": None if refund.not_before is None else stamp(refund.not_before),
    }
    profile.told.say(
        f"令牌 {held.name} 已交回，退款令牌 {refund.name} 可在 {profile.told.facts['not_before']} "
        "之后使用（bond refund）",
        f"Token {held.name} is given up; use refund token {refund.name} after "
        f"{profile.told.facts['not_before']} (bond refund)",
    )


def refund(
    profile: Profile, name: str, uscc: str, account: str, password: Path | None, *, at_once: bool
) -> None:
    """Show a refund token at the custodian and close one of the holder's own open deposits.

    `too-early` before the moment that was drawn when the token was given up, unless `at_once`:
    a claim right after the surrender would point at it.
    """
    wallet = Wallet(profile.home)
    held = wallet.one(name)
    if held.purpose != REFUND:
        raise Refusal("not-a-refund", zh="这不是退款令牌", en="This is no refund token")
    now = profile.record().now
    if held.not_before is not None and now < held.not_before and not at_once:
        raise Refusal(
            "too-early",
            zh=f"为不暴露关联，{stamp(held.not_before)} 之后再退款；确要立即退款加 --at-once",
            en=f"So that nothing points at the surrender, claim after {stamp(held.not_before)}; "
            "--at-once claims now",
        )
    line = profile.custodian(uscc, password)
    claim = held.claim
    if claim is None:
        deposits = line.get("/deposits").json().get("items")
        deposit = _open_deposit(wallet, held, deposits if isinstance(deposits, list) else [])
        claim = RefundClaim(held.token, held.public, deposit, account).sign(held.key)
        held = replace(held, claim=claim)
        wallet.keep(held)
    try:
        answer = line.post("/refunds", {"claim": claim, "deposit": claim["deposit"]}).json()
    except Refused as refused:
        if refused.status < UNDECIDED:
            wallet.keep(replace(held, claim=None))  # nothing was done: another claim may be made
        raise
    state = Members({"s": answer.get("state")}).text("s")
    wallet.keep(replace(held, state=state))
    profile.told.facts = {
        "refund_token": held.name,
        "state": state,
        "paid_on": answer.get("paid_on"),
    }
    profile.told.say(
        f"托管方已受理退款，本息退回原付款账户；付款日 {answer.get('paid_on') or '待定'}",
        "The custodian has taken the refund; principal and interest go back to the paying "
        f"account; paid on {answer.get('paid_on') or 'a day to come'}",
    )


def show_identity(profile: Profile, name: str, signer: OrganisationSecret) -> None:
    """Show the supervisor whose a held token is; the only way to have it released.

    `never-used` for a token that was sealed for no tender.
    """
    held = Wallet(profile.home).one(name)
    if held.purpose != BID or held.tender is None:
        raise Refusal(
            "never-used",
            zh="该令牌没有用于任何项目，可直接退回（bond surrender）",
            en="This token was used for no tender; give it back (bond surrender)",
        )
    shown = HeldToken(held.tender, signer.uscc, held.token, held.public, held.inv)
    claim = held_claim(shown.sign(held.key), signer.key)
    answer = profile.platform().post("/api/v1/held-claims", claim).json()
    hearing = Members({"h": answer.get("hearing")}).text("h", high=36)
    profile.told.facts = {"token": held.name, "tender": held.tender, "hearing": hearing}
    profile.told.say(
        f"已就 {held.tender} 出示身份，等待监督部门决定；决定退还后用 bond surrender 退回令牌",
        f"Identity shown for {held.tender}; the supervisor decides. Once released, give the token "
        "back (bond surrender)",
    )


def _permitted(profile: Profile, wallet: Wallet, held: Held, refund_token: Held) -> Held:
    """The platform's permit for exactly this blinded value; the same surrender, the same permit."""
    if refund_token.permit is not None:
        return refund_token
    surrender = Surrender(held.token, held.public, blinded_hash(refund_token.blinded))
    raw = canonical(surrender.sign(held.key))
    permit = read_answer(profile.anonymous().post("/api/v1/surrenders", raw).body)
    platform = profile.record().platform_keys().current(PLATFORM)
    read = read_permit(permit, platform)
    wanted = (held.denomination, held.epoch, surrender.new_blinded_hash)
    if (read.denomination, read.epoch, read.new_blinded_hash) != wanted:
        raise Refusal(
            "permit-differs", zh="许可与交回的令牌不符", en="The permit is for something else"
        )
    span = int((LATEST - SOONEST).total_seconds())
    pause = SOONEST + timedelta(seconds=secrets.randbelow(span + 1))
    known = replace(refund_token, permit=permit, not_before=profile.record().now + pause)
    wallet.keep(known)
    return known


def _signed(profile: Profile, wallet: Wallet, refund_token: Held) -> Held:
    if refund_token.sigma is not None:
        return refund_token
    permit: JsonObject = refund_token.permit or {}
    asked = refund_request(permit, refund_token.blinded)
    answer = profile.custodian_unnamed().post("/refund-tokens", asked).json()
    key = bond_keys(profile.record()).key(refund_token.denomination, refund_token.epoch, REFUND)
    signature = Members({"s": answer.get("blind_signature")}).octets("s")
    done = refund_token.finished(key, signature)
    wallet.keep(done)
    return done


def _open_deposit(wallet: Wallet, held: Held, deposits: list[Json]) -> bytes:
    """The deposit to be closed: that of a given-up token first; else any open one of this key."""
    rows = [item for item in deposits if isinstance(item, dict)]
    wanted = ("PAID", held.denomination, held.epoch)
    found = [
        Members({"r": row.get("reference")}).octets("r", 32)
        for row in rows
        if (row.get("state"), row.get("denomination"), row.get("epoch")) == wanted
    ]
    given_up = {blinded_hash(other.blinded) for other in wallet.all() if other.refund == held.name}
    if not found:
        raise Refusal(
            "no-open-deposit",
            zh="托管方没有此面额和季度的未结存款",
            en="The custodian has no open deposit of this amount and quarter",
        )
    return next((name for name in found if name in given_up), found[0])
