"""Bonds: bought as the organisation, naming no tender; finished into tokens nobody can trace.

Amounts are in fen inside the program and in yuan at the command line.
"""

import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from bidding.client import files
from bidding.client.profile import Profile
from bidding.client.registered import bond_keys, issuing_key
from bidding.client.wallet import Held, Wallet, new_token, read_held
from bidding.client.wire import Line
from market.kernel.errors import Refusal
from market.kernel.money import Money
from market.protocol import age
from market.protocol.bondkeys import BID
from market.protocol.custodianship import read_deposit_receipt
from market.protocol.encoding import JsonObject, Malformed, b64u, canonical, parse
from market.protocol.keypool import new_passphrase
from market.protocol.members import Members

PAUSE: Final = 5.0  # seconds of machine time between two questions to the custodian
PAID: Final = frozenset({"PAID", "LINKED", "REFUNDED", "FORFEITED"})
OVER: Final = frozenset({"EXPIRED", "RETURNED"})


def buy(
    profile: Profile, uscc: str, denomination: int, password: Path | None, backup: Path | None
) -> None:
    """Make a token's secrets, keep them, order its deposit; a lost answer is asked for again.

    An order that was begun and never answered is taken up before a new one is made.
    """
    record, wallet = profile.record(), Wallet(profile.home)
    key = issuing_key(record, denomination)
    held = _unordered(wallet, denomination, key.epoch)
    if held is None:
        held = new_token(key)
        wallet.keep(held)
    if backup is not None:
        _back_up(profile, held, backup)
    line = profile.custodian(uscc, password)
    _told_order(profile, held, _ordered(profile, wallet, held, line))


def finish(
    profile: Profile, name: str | None, uscc: str, password: Path | None, seconds: float
) -> None:
    """Ask for the blind signature until it is there or `seconds` have passed."""
    wallet = Wallet(profile.home)
    waiting = [wallet.one(name)] if name else _waiting(wallet)
    if not waiting:
        raise Refusal("nothing-waits", zh="没有待签发的令牌", en="No token waits to be signed")
    line = profile.custodian(uscc, password)
    until = time.monotonic() + seconds  # patience is the machine's matter
    for held in waiting:
        known = _ordered(profile, wallet, held, line)
        while known.sigma is None and known.state not in OVER and time.monotonic() < until:
            time.sleep(min(PAUSE, max(0.0, until - time.monotonic())))
            known = _ordered(profile, wallet, known, line)
        if known.sigma is None:
            _told_order(profile, known, known)
            profile.told.later = known.state not in OVER
        else:
            profile.told.say(
                f"令牌 {known.name} 已签发，可用于投标", f"Token {known.name} is ready for a bid"
            )
        profile.told.facts = {
            "token": known.name,
            "state": known.state,
            "ready": known.sigma is not None,
        }


def listed(profile: Profile) -> None:
    """Every token and what it serves."""
    rows = list[JsonObject]()
    for held in Wallet(profile.home).all():
        rows.append(
            {
                "token": held.name,
                "purpose": held.purpose,
                "denomination": held.denomination,
                "epoch": held.epoch,
                "state": held.state,
                "ready": held.sigma is not None,
                "tender": held.tender,
                "given_up": held.refund is not None,
            }
        )
        use_zh = held.tender or ("已交回" if held.refund else "未使用")
        use_en = held.tender or ("given up" if held.refund else "unused")
        ready_zh, ready_en = ("已签发", "ready") if held.sigma else ("待签发", "not signed yet")
        amount = Money(held.denomination)
        profile.told.say(
            f"{held.name}  {amount} 元  {held.epoch}  {ready_zh}  {use_zh}",
            f"{held.name}  {amount} yuan  {held.epoch}  {ready_en}  {use_en}",
        )
    profile.told.facts = {"tokens": [*rows]}
    if not rows:
        profile.told.say("资料夹中没有令牌", "The profile holds no token")


def restore(profile: Profile, backup: Path, passphrase_file: Path | None) -> None:
    """Take a token back out of its backup; what the profile already holds is left alone."""
    word = profile.secret_word("BACKUP_PASSPHRASE", "备份口令", "passphrase", passphrase_file)
    held = read_held(parse(age.read_passphrase(word, files.read(backup))))
    wallet = Wallet(profile.home)
    if held.name in {other.name for other in wallet.all()}:
        profile.told.say(f"令牌 {held.name} 已在资料夹中", f"Token {held.name} is here already")
    else:
        wallet.keep(held)
        profile.told.say(f"令牌 {held.name} 已恢复", f"Token {held.name} is restored")
    profile.told.facts = {"token": held.name}


def _ordered(profile: Profile, wallet: Wallet, held: Held, line: Line) -> Held:
    """Order a token's deposit, or hear how its order stands; the same value, the same order."""
    if held.state is None:
        answer = line.post(
            "/deposits",
            {
                "denomination": held.denomination,
                "epoch": held.epoch,
                "blinded": b64u(held.blinded),
            },
        ).json()
    else:
        answer = line.get(f"/deposits/{held.reference}").json()
    if answer.get("reference") != held.reference:
        raise Malformed("wrong-deposit", zh="托管方答复了另一张缴款单",
                        en="The custodian answered about another order")  # fmt: skip
    said = Members({"state": answer.get("state"), "code": answer.get("code")})
    known = replace(held, state=said.text("state"), code=said.text("code"))
    profile.told.facts = _order_facts(known, answer)
    if known.state in PAID and known.sigma is None:
        known = _finished(profile, known, answer)
    wallet.keep(known)
    return known


def _finished(profile: Profile, held: Held, answer: JsonObject) -> Held:
    signature = answer.get("blind_signature")
    if signature is None:
        return held
    key = bond_keys(profile.record()).key(held.denomination, held.epoch, BID)
    done = held.finished(key, Members({"s": signature}).octets("s"))
    receipt = answer.get("receipt")
    if not isinstance(receipt, dict):
        raise Malformed("no-deposit-receipt", zh="托管方没有给出存缴回执",
                        en="The custodian gave no receipt of the deposit")  # fmt: skip
    custodians = profile.trust().custodians
    for place, public in enumerate(custodians, start=1):
        try:
            found = read_deposit_receipt(receipt, public)
        except Malformed:
            if place == len(custodians):
                raise
            continue
        if found.deposit["h_blinded"] != held.reference:
            raise Malformed("wrong-deposit", zh="存缴回执属于另一笔存款",
                            en="The receipt is of another deposit")  # fmt: skip
        break
    return replace(done, receipt=receipt)


def _order_facts(held: Held, answer: JsonObject) -> JsonObject:
    return {
        "token": held.name,
        "reference": held.reference,
        "state": held.state,
        "code": held.code,
        "amount": held.denomination,
        "pay_to": answer.get("pay_to"),
        "expires_at": answer.get("expires_at"),
        "returned": answer.get("returned"),
    }


def _told_order(profile: Profile, held: Held, known: Held) -> None:
    told, amount = profile.told, Money(held.denomination)
    pay_to = told.facts.get("pay_to")
    to = pay_to if isinstance(pay_to, dict) else {}
    if known.sigma is not None:
        told.say(f"令牌 {known.name} 已签发", f"Token {known.name} is ready")
        return
    if known.state in OVER:
        told.say(
            f"缴款单 {known.code} 已失效，重新存缴",
            f"Order {known.code} has lapsed; make a new one",
        )
        return
    told.say(
        f"从基本账户转账 {amount} 元到 {to.get('name')} {to.get('bank')} {to.get('account')}，"
        f"附言 {known.code}，截止 {told.facts.get('expires_at')}",
        f"Transfer {amount} yuan from the basic account to {to.get('name')} {to.get('bank')} "
        f"{to.get('account')}, remark {known.code}, until {told.facts.get('expires_at')}",
    )


def _unordered(wallet: Wallet, denomination: int, epoch: str) -> Held | None:
    wanted = (BID, denomination, epoch, None)
    for held in wallet.all():
        if (held.purpose, held.denomination, held.epoch, held.state) == wanted:
            return held
    return None


def _waiting(wallet: Wallet) -> list[Held]:
    return [
        held
        for held in wallet.all()
        if held.purpose == BID and held.sigma is None and held.state not in OVER
    ]


def _back_up(profile: Profile, held: Held, path: Path) -> None:
    """Write a token's secrets under a fresh passphrase, which is told once and kept nowhere."""
    word = new_passphrase()
    files.keep_new(path, age.write_passphrase(word, canonical(held.to_json())))
    profile.told.warn(
        f"备份口令（只显示这一次，抄写后与备份分开保管）：{word}",
        f"Passphrase of the backup (shown this once; write it down, keep it apart): {word}",
    )
