"""Refunds without a bid: permit, blind signature, claim; nothing joins them (review H3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import inspect, select

from bidding.custodian.commands.refunds import SignRefund, sign_refund
from bidding.custodian.model import Base, Payment, RefundSignature, TrailLine
from bidding.custodian.rules import Purpose, next_pay_run
from market.kernel.errors import MarketError, Refusal
from market.kernel.money import Money
from market.protocol.encoding import Malformed, b64u
from market.protocol.links import Link
from market.protocol.signing import new_key, public_bytes
from market.protocol.surrender import RefundClaim, refund_request
from tests.bidding.custodian.cast import BOND, NOON, PLATFORM, link_of


def sign(cast, request):
    return cast.office.run(sign_refund, SignRefund(request, public_bytes(PLATFORM), cast.files))


def refunds(cast):
    def look(session):
        rows = session.scalars(select(Payment).where(Payment.purpose == Purpose.REFUND))
        return [(row.to_account, row.amount, row.not_before) for row in rows]

    return cast.office.read(look)


def test_a_surrendered_token_brings_the_money_back_in_the_next_run(cast):
    (wallet,) = cast.bought(cast.a)
    refund = cast.refund_token(wallet)
    cast.refund(cast.claim(refund, wallet.name), cast.a)
    assert cast.state(wallet) == "REFUNDED"
    assert refunds(cast) == [(cast.a.account, Money(BOND), next_pay_run(NOON))]


def test_any_open_deposit_of_the_key_may_be_named(cast):
    first, second = cast.bought(cast.a, 2)
    refund = cast.refund_token(first)
    cast.refund(cast.claim(refund, second.name), cast.a)
    assert (cast.state(first), cast.state(second)) == ("PAID", "REFUNDED")


def test_the_same_permit_is_the_same_signature(cast):
    (wallet,) = cast.bought(cast.a)
    permit, fresh = cast.permit(wallet)
    request = refund_request(permit, fresh.blinding.blinded)
    assert sign(cast, request) == sign(cast, request)
    count = cast.office.read(lambda session: len(session.scalars(select(RefundSignature)).all()))
    assert count == 1


def test_a_permit_is_good_for_its_own_value_alone(cast):
    (wallet,) = cast.bought(cast.a)
    permit, _ = cast.permit(wallet)
    _, other = cast.permit(wallet)
    with pytest.raises(Refusal, match="permit-differs"):
        sign(cast, refund_request(permit, other.blinding.blinded))


def test_nobody_but_the_platform_gives_permits(cast):
    (wallet,) = cast.bought(cast.a)
    permit, fresh = cast.permit(wallet)
    request = refund_request(permit, fresh.blinding.blinded)
    with pytest.raises(Malformed, match="bad-signature"):
        cast.office.run(sign_refund, SignRefund(request, public_bytes(new_key()), cast.files))
    request["permit"] = {**permit, "denomination": 500_000}
    with pytest.raises(Malformed, match="bad-signature"):
        sign(cast, request)


def test_the_same_claim_again_pays_once(cast):
    (wallet,) = cast.bought(cast.a)
    claim = cast.claim(cast.refund_token(wallet), wallet.name)
    first = cast.refund(claim, cast.a)
    cast.clock.at = NOON + timedelta(days=2)
    assert cast.refund(claim, cast.a) == first
    assert len(refunds(cast)) == 1


def test_a_refund_token_closes_one_deposit(cast):
    first, second = cast.bought(cast.a, 2)
    refund = cast.refund_token(first)
    cast.refund(cast.claim(refund, first.name), cast.a)
    with pytest.raises(Refusal, match="refund-token-used"):
        cast.refund(cast.claim(refund, second.name), cast.a)
    assert cast.state(second) == "PAID"


def test_two_refund_tokens_cannot_close_one_deposit(cast):
    first, second = cast.bought(cast.a, 2)
    cast.refund(cast.claim(cast.refund_token(first), first.name), cast.a)
    with pytest.raises(Refusal, match="no-open-deposit"):
        cast.refund(cast.claim(cast.refund_token(second), first.name), cast.a)


def test_another_holder_can_neither_claim_nor_repeat_a_claim(cast):
    (wallet,) = cast.bought(cast.a)
    claim = cast.claim(cast.refund_token(wallet), wallet.name)
    with pytest.raises(Refusal, match="no-open-deposit"):
        cast.refund(claim, cast.b)
    cast.refund(claim, cast.a)
    with pytest.raises(Refusal, match="refund-token-used"):
        cast.refund(claim, cast.b)


def test_money_goes_to_no_other_account(cast):
    (wallet,) = cast.bought(cast.a)
    refund = cast.refund_token(wallet)
    with pytest.raises(Refusal, match="account-differs"):
        cast.refund(cast.claim(refund, wallet.name, cast.b.account), cast.a)
    assert cast.state(wallet) == "PAID"


def test_a_linked_deposit_cannot_be_emptied(cast):
    (wallet,) = cast.bought(cast.a)
    refund = cast.refund_token(wallet)
    cast.links("ZC-1", [link_of(wallet)])
    with pytest.raises(Refusal, match="no-open-deposit"):
        cast.refund(cast.claim(refund, wallet.name), cast.a)


def test_a_refund_token_is_no_bid_token_and_a_bid_token_brings_no_money(cast):
    """Review H3: one key for refunds, another for bids, and neither passes for the other."""
    first, second = cast.bought(cast.a, 2)
    refund = cast.refund_token(first)
    posed = type(first.token)(BOND, first.token.epoch, refund.prepared, refund.token.sigma)
    posing = Link(refund.public, posed, cast.a.uscc, refund.blinding.inv)
    assert cast.links("ZC-1", [posing])[refund.public].reason == "bad-link"
    as_refund = type(first.token)(
        BOND, first.token.epoch, second.prepared, second.token.sigma, "refund"
    )
    claim = RefundClaim(as_refund, second.public, second.name, cast.a.account).sign(second.key)
    with pytest.raises(MarketError):
        cast.refund(claim, cast.a)


def test_the_claim_of_another_key_is_refused(cast):
    (wallet,) = cast.bought(cast.a)
    refund = cast.refund_token(wallet)
    claim = RefundClaim(
        refund.token, public_bytes(other := new_key()), wallet.name, cast.a.account
    ).sign(other)
    with pytest.raises(MarketError, match="foreign-token"):
        cast.refund(claim, cast.a)


def test_eight_claims_at_once_pay_once(cast):
    (wallet,) = cast.bought(cast.a)
    claim = cast.claim(cast.refund_token(wallet), wallet.name)
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _: cast.refund(claim, cast.a), range(8)))
    assert len(made) == 1
    assert len(refunds(cast)) == 1


def test_nothing_in_the_books_joins_a_permit_to_a_claim(cast):
    """Review H3 (a): not the value signed for the permit, not its moment, not `inv`."""
    (wallet,) = cast.bought(cast.a)
    refund = cast.refund_token(wallet)
    cast.refund(cast.claim(refund, wallet.name), cast.a)
    assert set(inspect(RefundSignature).columns.keys()) == {"h_blinded", "denomination", "epoch"}

    def everything(session):
        rows = {}
        for table in Base.metadata.sorted_tables:
            rows[table.name] = [tuple(row) for row in session.execute(select(table))]
        lines = [line.moves for line in session.scalars(select(TrailLine))]
        return rows, lines

    rows, _ = cast.office.read(everything)
    holding = [name for name, held in rows.items() if refund.name.hex() in _text(held)]
    assert holding == ["refund_signature"]
    for secret in (refund.blinding.inv, wallet.blinding.inv, wallet.token.sigma, wallet.public):
        assert not [name for name, held in rows.items() if secret.hex() in _text(held)]
    # the search does find what is there
    assert "deposit" in [name for name, held in rows.items() if wallet.name.hex() in _text(held)]


def test_the_blind_signature_is_nowhere_in_the_books(cast):
    """Review H1: whoever knows it could attach the deposit to a bid in its owner's name."""
    (wallet,) = cast.bought(cast.a)
    answer = cast.signature(wallet)

    def everything(session):
        return [
            _text([tuple(row) for row in session.execute(select(table))])
            for table in Base.metadata.sorted_tables
        ]

    held = cast.office.read(everything)
    assert not [text for text in held if answer.hex() in text or b64u(answer) in text]
    assert [text for text in held if wallet.blinding.blinded.hex() in text]


def _text(rows):
    return " ".join(
        value.hex() if isinstance(value, bytes) else str(value) for row in rows for value in row
    )
