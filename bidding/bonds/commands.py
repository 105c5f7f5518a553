"""What happens to tokens: spent, withdrawn, released, given back, linked; and to bonds afterwards.

Nothing here knows an organisation before the tender's opening: the nullifier is all there is.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from bidding.bonds.model import Nullifier, Permit, PublishedKey
from bidding.bonds.queries import key_ring
from bidding.bonds.rules import (
    TOKEN_TABLE,
    TokenAction,
    TokenState,
    refuse_live,
    refuse_other_surrender,
    refuse_unless_same_tender,
)
from market.command import Work
from market.protocol.bondkeys import check_spendable, read_bond_key
from market.protocol.encoding import b64u, canonical, digest, parse
from market.protocol.surrender import check_refundable, permit_for, read_surrender
from market.protocol.tokens import Token, check_denomination, check_token, nullifier

SUBJECT: Final = "custodian"


@dataclass(frozen=True, slots=True)
class PublishKey:
    """Journal one bond key as the custodian published it; the structure's canonical bytes."""

    structure: bytes


def publish_key(work: Work, command: PublishKey) -> bool:
    """Take up a bond key and journal it; false if it is known.

    `two-bond-keys` for another key of the same denomination, quarter and purpose: whoever got it
    would be marked by it.
    """
    value = parse(command.structure)
    key = read_bond_key(value)
    work.hold("bond-keys")
    known = work.session.get(PublishedKey, (key.denomination, key.epoch, key.purpose))
    if known is not None and known.key_id == key.id:
        return False
    key_ring(work.session, key)
    work.session.add(
        PublishedKey(
            denomination=key.denomination,
            epoch=key.epoch,
            purpose=key.purpose,
            key_id=key.id,
            structure=command.structure,
        )
    )
    work.publish("bond-key", SUBJECT, value)
    return True


def spend(work: Work, token: Token, bid_pub: bytes, tender_no: str, denomination: int) -> bytes:
    """Let a token stand behind a bid for this tender; its nullifier.

    In the order of the protocol: the token is good for this bid key, of the amount the tender
    asks for, its key may still be spent, and it was never live for another tender.
    """
    key = check_token(token, bid_pub, key_ring(work.session))
    check_denomination(token, denomination)
    check_spendable(key, work.now)
    name = nullifier(key.id, token.prepared)
    work.hold(f"nullifier:{b64u(name)}")
    row = work.session.get(Nullifier, name)
    if row is None:
        # The first move of a token makes its row: `absent` is a state no row is ever in.
        TOKEN_TABLE.move(TokenState.ABSENT, TokenAction.SPEND)
        live = Nullifier(
            nullifier=name, state=TokenState.LIVE, tender_no=tender_no, bid_pub=bid_pub
        )
        work.session.add(live)
        return name
    refuse_unless_same_tender(row.state, row.tender_no, tender_no)
    work.move(row, TOKEN_TABLE, TokenAction.SPEND)
    return name


def move_token(work: Work, name: bytes, action: TokenAction) -> None:
    """Carry out one action on a token known by its nullifier."""
    work.move(work.session.get_one(Nullifier, name), TOKEN_TABLE, action)


def release_all(work: Work, tender_no: str) -> None:
    """Free every token of a tender that ends without linking: closed too few, failed, amended."""
    rows = work.session.scalars(
        select(Nullifier)
        .where(
            Nullifier.tender_no == tender_no,
            Nullifier.state.in_([TokenState.LIVE, TokenState.WITHDRAWN]),
        )
        .with_for_update()
    )
    for row in rows:
        work.move(row, TOKEN_TABLE, TokenAction.RELEASE)


@dataclass(frozen=True, slots=True)
class GiveBack:
    """A surrender as it came, and the key that signs permits."""

    surrender: bytes
    key: Ed25519PrivateKey


def give_back(work: Work, command: GiveBack) -> bytes:
    """Take a token back for a permit; the permit's canonical bytes, the same again each time.

    Order: form and signature, token, then the nullifier: a stranger who lacks the bid key learns
    nothing of what the token was used for. `surrender-differs` for a second surrender of the same
    token that names another blinded value.
    """
    surrender = read_surrender(parse(command.surrender))
    key = check_token(surrender.token, surrender.bid_pub, key_ring(work.session))
    check_refundable(surrender)
    name = nullifier(key.id, surrender.token.prepared)
    work.hold(f"nullifier:{b64u(name)}")
    known = work.session.get(Permit, name)
    asked = digest(command.surrender)
    if known is not None:
        refuse_other_surrender(known.surrender_hash, asked)
        return known.permit
    row = work.session.get(Nullifier, name)
    refuse_live(TokenState.ABSENT if row is None else row.state)
    if row is None:
        TOKEN_TABLE.move(TokenState.ABSENT, TokenAction.SURRENDER)
        gone = Nullifier(
            nullifier=name, state=TokenState.SURRENDERED, tender_no=None, bid_pub=surrender.bid_pub
        )
        work.session.add(gone)
    else:
        work.move(row, TOKEN_TABLE, TokenAction.SURRENDER)
    permit = canonical(permit_for(surrender).sign(command.key))
    work.session.add(Permit(nullifier=name, surrender_hash=asked, permit=permit))
    return permit
