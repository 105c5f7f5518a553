"""Bond keys: one for each amount, quarter and purpose; made ahead, used for nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.custodian.command import Desk, Office
from bidding.custodian.keyfiles import KeyFiles, bond_name
from bidding.custodian.model import BondKeyRow
from market.kernel.errors import Refusal
from market.protocol import blind, blindkeys
from market.protocol.blind import PrivateKey
from market.protocol.bondkeys import (
    BID,
    DENOMINATIONS,
    REFUND,
    BondKey,
    KeyRing,
    epoch_of,
    read_bond_key,
    windows,
)
from market.protocol.encoding import canonical, parse

Triple = tuple[int, str, str]


def wanted(at: datetime) -> list[Triple]:
    """The keys that must exist at a moment: those of the current quarter and of the next.

    Nothing was paid for admission, so amount nothing has no key for refunds.
    """
    epoch = epoch_of(at)
    following = epoch_of(windows(epoch, BID).issue_until)
    return [
        (denomination, quarter, purpose)
        for quarter in (epoch, following)
        for denomination in DENOMINATIONS
        for purpose in ((BID, REFUND) if denomination else (BID,))
    ]


@dataclass(frozen=True, slots=True)
class KeepKey:
    """A key whose private part lies on the disk."""

    key: BondKey


def keep_key(desk: Desk, command: KeepKey) -> None:
    """Enter a key into the books; the key of a triple is never changed."""
    key = command.key
    if desk.session.get(BondKeyRow, (key.denomination, key.epoch, key.purpose)) is None:
        KeyRing([*_entered(desk.session), key])  # refused if it shares a factor with another
        desk.session.add(
            BondKeyRow(
                denomination=key.denomination,
                epoch=key.epoch,
                purpose=key.purpose,
                key_id=key.id,
                structure=canonical(key.to_json()),
                made_at=desk.now,
                signatures=0,
            )
        )
        desk.note(bond_name(key.denomination, key.epoch, key.purpose), "key.made")


def make_keys(
    office: Office,
    files: KeyFiles,
    make: Callable[[], PrivateKey] = blindkeys.new_private,
) -> int:
    """Make every key that is wanted and missing; how many. Killed at any step, run again."""
    known = office.read(
        lambda session: {(key.denomination, key.epoch, key.purpose) for key in _entered(session)}
    )
    missing = [triple for triple in wanted(office.clock.now()) if triple not in known]
    for triple in missing:
        name = bond_name(*triple)
        private = files.bond(name) if files.has_bond(name) else files.keep_bond(name, make())
        office.run(keep_key, KeepKey(BondKey(*triple, private.public)))
    return len(missing)


def key_of(session: Session, denomination: int, epoch: str, purpose: str) -> BondKey:
    """The entered key of a triple; `Refusal` "unknown-bond-key"."""
    row = session.get(BondKeyRow, (denomination, epoch, purpose))
    if row is None:
        raise Refusal(
            "unknown-bond-key",
            zh="没有这种面额和季度的公钥",
            en="There is no key of this denomination and quarter",
        )
    return read_bond_key(parse(row.structure))


def ring(session: Session) -> KeyRing:
    """Every entered key."""
    return KeyRing(_entered(session))


def sign(files: KeyFiles, key: BondKey, blinded: bytes) -> bytes:
    """The blind signature of a value; the same every time.

    `bad-blinded`; `Refusal` "key-lost" (503) if the private key is not the one entered.
    """
    try:
        private = files.bond(bond_name(key.denomination, key.epoch, key.purpose))
    except FileNotFoundError as cause:
        raise _lost() from cause
    if private.public != key.key:
        raise _lost()
    return blind.sign_blinded(private, blinded)


def count_signature(session: Session, key: BondKey) -> None:
    """One more signature of this key, in the transaction of what it was given for."""
    row = session.get_one(
        BondKeyRow, (key.denomination, key.epoch, key.purpose), with_for_update=True
    )
    row.signatures += 1


def _entered(session: Session) -> list[BondKey]:
    return [read_bond_key(parse(raw)) for raw in session.scalars(select(BondKeyRow.structure))]


def _lost() -> Refusal:
    return Refusal(
        "key-lost",
        zh="托管方签名密钥不可用，款项不受影响，已报警",
        en="The custodian's signing key is not available; no money is touched, alarm was raised",
        status=503,
    )
