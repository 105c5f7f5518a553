"""One table of nullifiers: a token serves one tender, and is given back once."""

import threading
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, func, select

from bidding.bonds.commands import (
    GiveBack,
    PublishKey,
    give_back,
    move_token,
    publish_key,
    release_all,
    spend,
)
from bidding.bonds.model import Nullifier, Permit
from bidding.bonds.queries import token_state
from bidding.bonds.rules import TokenAction
from bidding.bonds.rules import TokenState as S
from market.command import ANONYMOUS, HOUSE, Work
from market.journal.model import TrailLine
from market.kernel.errors import MarketError
from market.protocol.encoding import canonical, parse
from market.protocol.signing import public_bytes
from market.protocol.surrender import Surrender, read_permit
from market.protocol.tokens import Token
from tests.support.offices import TestOffice
from tests.support.protocol_cast import BOND, TENDER, bid_pub, bond_key, signer
from tests.support.protocol_cast import wallet as bought


@dataclass(frozen=True)
class Wallet:
    """A token with the bid key it was made for."""

    token: Token
    bid_pub: bytes
    key: Ed25519PrivateKey


def wallet(label: str) -> Wallet:
    return Wallet(bought(label).token, bid_pub(label), signer(f"bid/{label}"))


PLATFORM = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x07")


def spending(house: TestOffice, held: Wallet, tender: str = TENDER, amount: int = BOND) -> bytes:
    def run(work: Work, command: None) -> bytes:
        del command
        return spend(work, held.token, held.bid_pub, tender, amount)

    return house.office.run(run, None, ANONYMOUS)


def moving(house: TestOffice, name: bytes, action: TokenAction) -> None:
    def run(work: Work, command: None) -> None:
        del command
        move_token(work, name, action)

    house.office.run(run, None, HOUSE)


def state(house: TestOffice, name: bytes) -> S:
    return house.office.read(lambda session: token_state(session, name))


def surrender(held: Wallet, fresh: bytes = bytes(32)) -> bytes:
    stated = Surrender(held.token, held.bid_pub, fresh)
    return canonical(stated.sign(held.key))


def giving_back(house: TestOffice, raw: bytes) -> bytes:
    return house.office.run(give_back, GiveBack(raw, PLATFORM), ANONYMOUS)


def refused(code: str) -> object:
    return pytest.raises(MarketError, match=f"^{code}:")


def test_a_token_once_live_serves_no_other_tender(house: TestOffice) -> None:
    held = wallet("a")
    name = spending(house, held)
    assert spending(house, held) == name
    with refused("token-used"):
        spending(house, held, "ZC-2026-000999")
    assert state(house, name) is S.LIVE


def test_a_withdrawn_token_may_serve_its_own_tender_again_and_no_other(house: TestOffice) -> None:
    held = wallet("a")
    name = spending(house, held)
    moving(house, name, TokenAction.WITHDRAW)
    with refused("token-used"):
        spending(house, held, "ZC-2026-000999")
    spending(house, held)
    assert state(house, name) is S.LIVE


def test_a_token_of_another_amount_or_key_is_refused(house: TestOffice) -> None:
    held = wallet("a")
    with refused("wrong-denomination"):
        spending(house, held, amount=BOND + 1)
    with refused("foreign-token"):
        spending(house, replace(held, bid_pub=public_bytes(signer("somebody else"))))
    assert state(house, spending(house, held)) is S.LIVE


def test_a_live_token_is_not_given_back_and_a_withdrawn_or_released_one_is(
    house: TestOffice,
) -> None:
    for label, action in (("a", TokenAction.WITHDRAW), ("b", TokenAction.RELEASE)):
        held = wallet(label)
        name = spending(house, held)
        with refused("token-live"):
            giving_back(house, surrender(held))
        moving(house, name, action)
        giving_back(house, surrender(held))
        assert state(house, name) is S.SURRENDERED
        with refused("illegal-move"):
            spending(house, held)


def test_a_token_never_used_is_given_back_and_can_never_be_used_again(house: TestOffice) -> None:
    held = wallet("a")
    permit = giving_back(house, surrender(held))
    read = read_permit(parse(permit), public_bytes(PLATFORM))
    assert (read.denomination, read.new_blinded_hash) == (BOND, bytes(32))
    with refused("token-used"):
        spending(house, held)


def test_the_same_surrender_again_gets_the_same_permit_and_another_one_none(
    house: TestOffice, engine: Engine
) -> None:
    held = wallet("a")
    first = giving_back(house, surrender(held))
    assert giving_back(house, surrender(held)) == first
    with refused("surrender-differs"):
        giving_back(house, surrender(held, b"\x01" * 32))
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Permit)) == 1


def test_a_surrender_needs_the_bid_key(house: TestOffice) -> None:
    held = wallet("a")
    stated = Surrender(held.token, held.bid_pub, bytes(32)).sign(signer("a stranger"))
    with refused("bad-signature"):
        giving_back(house, canonical(stated))


def test_bid_and_surrender_at_once_have_one_winner(house: TestOffice, engine: Engine) -> None:
    held = wallet("a")
    ends: list[str] = []

    def bid() -> None:
        ends.append(_outcome(lambda: spending(house, held)))

    def back() -> None:
        ends.append(_outcome(lambda: giving_back(house, surrender(held))))

    racers = [threading.Thread(target=target) for target in (bid, back)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert ends.count("done") == 1
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Nullifier)) == 1


def _outcome(act: object) -> str:
    try:
        act()
    except MarketError as refusal:
        return refusal.code
    return "done"


def test_an_ended_tender_frees_every_token_and_an_amendment_lets_them_serve_again(
    house: TestOffice,
) -> None:
    names = [spending(house, wallet(label)) for label in "abc"]
    for name in names:
        moving(house, name, TokenAction.WITHDRAW)
    assert {state(house, name) for name in names} == {S.WITHDRAWN}
    spending(house, wallet("a"))
    house.office.run(release_all, TENDER, HOUSE)
    assert {state(house, name) for name in names} == {S.RELEASED}


def test_what_becomes_of_tokens_leaves_no_line_in_the_trail(
    house: TestOffice, engine: Engine
) -> None:
    names = [spending(house, wallet(label)) for label in "abc"]
    house.office.run(release_all, TENDER, HOUSE)
    with engine.connect() as connection:
        lines = connection.execute(select(TrailLine.subject, TrailLine.moves)).all()
    assert len(names) == 3
    assert all(line.moves == [] and line.subject == "" for line in lines[-1:])
    assert "ZC-2026" not in str(lines)


def test_a_second_key_of_one_kind_is_refused_and_the_same_key_is_known(house: TestOffice) -> None:
    known = canonical(bond_key().to_json())
    assert house.office.run(publish_key, PublishKey(known), HOUSE) is False
    refund = bond_key("refund").to_json() | {"purpose": "bid"}
    with pytest.raises(MarketError):
        house.office.run(publish_key, PublishKey(canonical(refund)), HOUSE)
