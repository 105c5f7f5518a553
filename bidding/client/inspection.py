"""Looking before sealing, and a file for those who help: neither shows a secret."""

from pathlib import Path
from typing import Final

from bidding.client import crowds, files
from bidding.client.bidbook import BidBook, tenders_with_bids
from bidding.client.profile import Profile
from bidding.client.registered import terms
from bidding.client.told import Told
from bidding.client.wallet import Wallet
from market.kernel.errors import MarketError
from market.kernel.money import Money
from market.protocol.encoding import Json, b64u, canonical, stamp
from market.protocol.manifest import Manifest
from market.protocol.trust import Trust

VERSION: Final = "1"


def check_tender(profile: Profile, tender: str) -> None:
    """Say what a bid for this tender would be made for: officers, rounds, bond, amendments.

    Everything is from the record; refusals are those of `registered.terms`.
    """
    record, trust = profile.record(), profile.trust()
    found = terms(record, trust, tender)
    manifest, told = found.manifest, profile.told
    free = sum(
        held.is_free and held.denomination == manifest.bond for held in Wallet(profile.home).all()
    )
    told.facts = {
        "tender": tender,
        "manifest_hash": b64u(manifest.hash),
        "k": manifest.k,
        "n": manifest.n,
        "officers": _officers(manifest, trust),
        "bond": manifest.bond,
        "amendment": found.amendment,
        "deadline": stamp(found.deadline),
        "free_tokens": free,
        "covers": manifest.covers is not None,
        "witnessed": record.is_witnessed,
        "trust_hash": b64u(trust.hash()),
    }
    told.say(
        f"{tender}：截止 {stamp(found.deadline)}，第 {found.amendment} 次更正，"
        f"保证金 {Money(manifest.bond)} 元，可用令牌 {free} 个",
        f"{tender}: deadline {stamp(found.deadline)}, amendment {found.amendment}, "
        f"bond {Money(manifest.bond)} yuan, {free} free tokens",
    )
    told.say(
        f"{manifest.n} 位开标人，{manifest.k} 位可共同开启：",
        f"{manifest.n} officers, any {manifest.k} of whom can open together:",
    )
    _tell_officers(told, manifest, trust)
    if manifest.covers is None:
        told.warn("此项目没有掩护投标", "This tender has no cover bids")
    told.facts["crowd"] = crowds.told(profile, manifest.bond)


def _officers(manifest: Manifest, trust: Trust) -> list[Json]:
    return [
        {
            "seat": place,
            "role": seat.role,
            "name": seat.organisation.name,
            "uscc": seat.organisation.uscc,
            "pinned": trust.organisation_of_key(seat.org_key_id) is not None,
        }
        for place, seat in enumerate(manifest.seats, start=1)
    ]


def _tell_officers(told: Told, manifest: Manifest, trust: Trust) -> None:
    for seat in manifest.seats:
        pinned = trust.organisation_of_key(seat.org_key_id) is not None
        told.say(
            f"  {seat.role}：{seat.organisation.name} {seat.organisation.uscc}"
            f"{'（信任文件）' if pinned else ''}",
            f"  {seat.role}: {seat.organisation.name} {seat.organisation.uscc}"
            f"{' (trust file)' if pinned else ''}",
        )


def diagnose(profile: Profile, out: Path) -> None:
    """Write what helps to find a fault: addresses, sizes, states; no key, no price, no token."""
    tokens: list[Json] = [
        {"purpose": held.purpose, "denomination": held.denomination, "epoch": held.epoch,
         "state": held.state, "finished": held.sigma is not None, "used": held.tender is not None}
        for held in Wallet(profile.home).all()
    ]  # fmt: skip
    bids: list[Json] = [
        {"version": bid.number, "kind": bid.act.kind, "seq": bid.act.seq,
         "sent": bid.sent, "outcome": bid.outcome, "code": bid.code,
         "redeemed": bid.redemption is not None}
        for no in tenders_with_bids(profile.home)
        for bid in BidBook(profile.home, no).versions()
    ]  # fmt: skip
    try:
        record = profile.record()
        read: Json = {
            "size": record.size,
            "at": stamp(record.now),
            "witnessed": record.is_witnessed,
        }
    except MarketError as refused:
        read = {"code": refused.code, "detail": refused.en}
    facts: dict[str, Json] = {
        "version": VERSION,
        "platform": profile.addresses.platform,
        "anonymous": profile.addresses.anonymous,
        "custodian": profile.addresses.custodian,
        "trust_hash": b64u(profile.trust().hash()),
        "record": read,
        "tokens": tokens,
        "bids": bids,
    }
    files.keep(out, canonical(facts))
    profile.told.facts = {"file": str(out)}
    profile.told.say(
        f"诊断文件 {out} 已写好，不含密钥、报价、令牌和项目编号",
        f"{out} is written; it holds no key, price, token or number of a tender",
    )
