"""Structures by which an organisation shows who it is: account proof, key possession, certificate.

Each is signed as the protocol says and read strictly. This module knows only the protocol, so the
programs of banks and authorities can be written against it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol.encoding import JsonObject, b64u, refuse, stamp, structure
from market.protocol.members import Members
from market.protocol.possession import check_possession, prove_possession
from market.protocol.signing import (
    PUBLIC_LENGTH,
    signed,
)

__all__ = ["check_possession", "prove_possession"]

HASH_LENGTH: Final = 32
REMARK_DIGITS: Final = 6
TAIL_DIGITS: Final = 4
PROOF: Final = "account-proof"
CERTIFICATE: Final = "key-certificate"


@dataclass(frozen=True, slots=True)
class AccountProof:
    """What a custodian bank says of one transfer that came in.

    `uscc` and `holder` are the account holder's code and name as the paying bank gave them,
    `remark` the digits in the transfer's remark, `amount` its fen, `basic` whether the paying
    account is the holder's basic account. `account_hash` is the bank's own keyed hash of the
    account number: equal for equal accounts, and meaningless to whoever lacks the bank's key.
    """

    custodian: str
    uscc: str
    holder: str
    bank: str
    account_hash: bytes
    tail: str
    basic: bool
    amount: int
    remark: str
    booked_at: datetime

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The statement as a structure with the bank's signature."""
        return signed(
            structure(
                PROOF,
                custodian=self.custodian,
                uscc=self.uscc,
                holder=self.holder,
                bank=self.bank,
                account_hash=b64u(self.account_hash),
                tail=self.tail,
                basic=self.basic,
                amount=self.amount,
                remark=self.remark,
                booked_at=stamp(self.booked_at),
            ),
            key,
        )


def read_account_proof(value: JsonObject) -> AccountProof:
    """The statement that a structure makes, its signature not yet checked; else `Malformed`."""
    members = Members(value, PROOF)
    proof = AccountProof(
        custodian=members.uscc("custodian"),
        uscc=members.uscc(),
        holder=members.text("holder"),
        bank=members.text("bank"),
        account_hash=members.octets("account_hash", HASH_LENGTH),
        tail=_digits(members.text("tail"), TAIL_DIGITS),
        basic=members.truth("basic"),
        amount=members.whole("amount"),
        remark=_digits(members.text("remark"), REMARK_DIGITS),
        booked_at=members.moment("booked_at"),
    )
    members.octets("signature")
    members.end()
    return proof


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate authority says: this key is that organisation's, from and until.

    `since` is included, `until` is not.
    """

    authority: str
    serial: str
    uscc: str
    name: str
    key: bytes
    since: datetime
    until: datetime

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The certificate as a structure with the authority's signature."""
        return signed(
            structure(
                CERTIFICATE,
                authority=self.authority,
                serial=self.serial,
                uscc=self.uscc,
                name=self.name,
                key=b64u(self.key),
                since=stamp(self.since),
                until=stamp(self.until),
            ),
            key,
        )


def read_certificate(value: JsonObject) -> Certificate:
    """The certificate that a structure is, its signature not yet checked; else `Malformed`."""
    members = Members(value, CERTIFICATE)
    certificate = Certificate(
        authority=members.text("authority"),
        serial=members.text("serial", high=64),
        uscc=members.uscc(),
        name=members.text("name"),
        key=members.octets("key", PUBLIC_LENGTH),
        since=members.moment("since"),
        until=members.moment("until"),
    )
    members.octets("signature")
    members.end()
    return certificate


def _digits(text: str, count: int) -> str:
    if len(text) != count or not (text.isascii() and text.isdigit()):
        refuse(f"应为{count}位数字", f"{count} digits are needed")
    return text
