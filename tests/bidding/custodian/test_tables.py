"""States move along their tables and no other way: every pair."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bidding.custodian.model import Deposit
from bidding.custodian.rules import (
    DEPOSIT_TABLE,
    MISDIRECTED_WORDS,
    PAYMENT_TABLE,
    REMARKS,
    DepositAction,
    DepositKind,
    DepositState,
    Misdirected,
    PaymentAction,
    PaymentState,
    Purpose,
    is_sunset,
    next_pay_run,
    order_lapses,
)
from market.kernel.errors import IllegalMove
from market.protocol.bondkeys import BID, BondKey
from tests.bidding.custodian.cast import BOND, EPOCH, NOON
from tests.support.protocol_keys import BID_KEY

S, A = DepositState, DepositAction
MOVES = {
    (S.AWAITED, A.BOOK): S.PAID,
    (S.AWAITED, A.EXPIRE): S.EXPIRED,
    (S.EXPIRED, A.BOOK): S.PAID,
    (S.PAID, A.LINK): S.LINKED,
    (S.PAID, A.REFUND): S.REFUNDED,
    (S.PAID, A.SUNSET): S.RETURNED,
    (S.LINKED, A.RELEASE): S.REFUNDED,
    (S.LINKED, A.FORFEIT): S.FORFEITED,
}
PAYMENTS = {(PaymentState.DUE, PaymentAction.PAY): PaymentState.PAID}
KEY = BondKey(BOND, EPOCH, BID, BID_KEY.public)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("action", A)
def test_every_pair_of_state_and_action_of_a_deposit(state, action):
    if (state, action) in MOVES:
        assert DEPOSIT_TABLE.move(state, action).target is MOVES[state, action]
    else:
        with pytest.raises(IllegalMove):
            DEPOSIT_TABLE.move(state, action)


@pytest.mark.parametrize("state", PaymentState)
@pytest.mark.parametrize("action", PaymentAction)
def test_a_payment_is_paid_once(state, action):
    if (state, action) in PAYMENTS:
        assert PAYMENT_TABLE.move(state, action).target is PAYMENTS[state, action]
    else:
        with pytest.raises(IllegalMove):
            PAYMENT_TABLE.move(state, action)


def test_every_reason_and_purpose_has_words():
    assert set(MISDIRECTED_WORDS) == set(Misdirected)
    assert set(REMARKS) == set(Purpose)


def test_an_order_lives_three_days_but_never_past_its_key():
    assert order_lapses(NOON, KEY) == NOON + timedelta(days=3)
    ends = KEY.windows.issue_until
    assert order_lapses(ends - timedelta(hours=1), KEY) == ends - timedelta(microseconds=1)


def test_refunds_go_out_at_ten_in_the_morning_and_a_begun_run_is_missed():
    ten = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert next_pay_run(ten - timedelta(microseconds=1)) == ten
    assert next_pay_run(ten) == ten + timedelta(days=1)


def test_a_key_is_over_twelve_months_after_its_last_day():
    last = KEY.windows.spend_until
    over = last.replace(year=last.year + 1)
    assert is_sunset(KEY, over)
    assert not is_sunset(KEY, over - timedelta(microseconds=1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": S.PAID},
        {"booked_at": NOON},
        {"account": "1"},
        {"denomination": 0},
        {"kind": DepositKind.ADMISSION},
    ],
)
def test_the_database_refuses_a_deposit_that_contradicts_itself(cast, wrong):
    sound = {
        "holder_id": cast.a.id,
        "denomination": BOND,
        "epoch": EPOCH,
        "h_blinded": bytes(32),
        "blinded": bytes(384),
        "code": "X",
        "kind": DepositKind.CASH,
        "state": S.AWAITED,
        "ordered_at": NOON,
        "expires_at": NOON,
    }
    with cast.office.sessions() as session:
        session.add(Deposit(**sound))
        session.flush()
    with cast.office.sessions() as session:
        session.add(Deposit(**{**sound, **wrong}))
        with pytest.raises(IntegrityError):
            session.flush()
