"""The pure rules of offers: every pair of state and action, the window, what an act must hold."""

from datetime import timedelta
from itertools import product

import pytest

from intermediaries.offers.rules.enrolling import (
    QUOTE_LENGTH,
    Sent,
    check_about,
    check_content,
    check_turn,
    refuse_unless_open,
    seals_price,
)
from intermediaries.offers.rules.states import (
    SELECTION_TABLE,
    SelectionAction,
    SelectionState,
)
from intermediaries.rulebook.selection.modes import Mode
from market.kernel.errors import IllegalMove, Refusal
from market.kernel.money import Money
from tests.support.selection_cast import terms
from tests.support.timekeeping_cast import OPENS_AT, TERMS_HASH, enrolled, sealed_quote

TICK = timedelta(microseconds=1)
S, A = SelectionState, SelectionAction
SELECTION_ROWS = {
    (S.AWAITING_KEYS, A.COMPLETE_KEYS): S.OPEN,
    (S.AWAITING_KEYS, A.CLOSE): S.CLOSED,
    (S.AWAITING_KEYS, A.WITHDRAW): S.WITHDRAWN,
    (S.OPEN, A.CLOSE): S.CLOSED,
    (S.OPEN, A.WITHDRAW): S.WITHDRAWN,
    (S.CLOSED, A.FREEZE): S.DRAWING,
    (S.CLOSED, A.EXTEND): S.OPEN,
    (S.CLOSED, A.CHOOSE): S.CHOSEN,
    (S.DRAWING, A.CHOOSE): S.CHOSEN,
    (S.DRAWING, A.SHORTLIST): S.SHORTLISTED,
    (S.SHORTLISTED, A.PICK): S.PICKED,
    (S.SHORTLISTED, A.CHOOSE): S.CHOSEN,
    (S.PICKED, A.CHOOSE): S.CHOSEN,
    (S.CLOSED, A.LAPSE): S.LAPSED,
    (S.DRAWING, A.LAPSE): S.LAPSED,
    (S.CHOSEN, A.SELECT): S.SELECTED,
    (S.CHOSEN, A.FAIL): S.FAILED,
}


@pytest.mark.parametrize(("state", "action"), list(product(SelectionState, SelectionAction)))
def test_every_pair_of_state_and_action_does_what_is_written(
    state: SelectionState, action: SelectionAction
) -> None:
    wanted = SELECTION_ROWS.get((state, action))
    if wanted is None:
        with pytest.raises(IllegalMove):
            SELECTION_TABLE.move(state, action)
    else:
        assert SELECTION_TABLE.move(state, action).target is wanted


OPENS, CLOSES = OPENS_AT - timedelta(days=3), OPENS_AT - timedelta(minutes=2)


@pytest.mark.parametrize(
    ("at", "state", "code"),
    [
        (OPENS - TICK, S.OPEN, "enrolment-not-open"),
        (OPENS, S.OPEN, None),
        (CLOSES, S.OPEN, None),
        (CLOSES + TICK, S.OPEN, "enrolment-closed"),
        (CLOSES, S.AWAITING_KEYS, "keys-awaited"),
        (CLOSES + TICK, S.AWAITING_KEYS, "enrolment-closed"),
        *((OPENS, state, "enrolment-closed") for state in list(S)[2:]),
    ],
)
def test_both_edges_of_the_window_belong_to_it(at, state, code) -> None:
    if code is None:
        refuse_unless_open(state, OPENS, CLOSES, at)
    else:
        with pytest.raises(Refusal, match=code):
            refuse_unless_open(state, OPENS, CLOSES, at)


def test_who_seals_a_price() -> None:
    assert all(seals_price(terms(mode)) for mode in (Mode.LOWEST, Mode.AVERAGE, Mode.REFPRICE))
    assert not seals_price(terms(Mode.RANDOM))
    assert seals_price(terms(Mode.DIRECT, fixed=None))
    assert not seals_price(terms(Mode.DIRECT, fixed=Money(100)))
    assert seals_price(terms(Mode.CREDIT, fixed=None))
    assert not seals_price(terms(Mode.CREDIT, fixed=Money(100)))


def test_an_act_is_for_these_terms_and_no_others() -> None:
    held, _ = sealed_quote("a")
    about = {
        "subject": held.subject,
        "round_no": 1,
        "terms_hash": TERMS_HASH,
        "amendment": held.amendment,
    }
    check_about(held, **about)
    for changed in (
        {"subject": "ZJ-2026-000999"},
        {"round_no": 2},
        {"terms_hash": bytes(32)},
        {"amendment": 1},
    ):
        with pytest.raises(Refusal, match="other-terms"):
            check_about(held, **(about | changed))


def test_an_act_follows_on_the_last_one() -> None:
    held, _ = sealed_quote("a")
    check_turn(held, 0, None)
    for seq, previous in ((1, None), (0, bytes(32)), (1, bytes(32))):
        with pytest.raises(Refusal, match="out-of-turn"):
            check_turn(held, seq, previous)


def test_a_quote_is_sealed_whole_and_of_the_one_length() -> None:
    held, ciphertext = sealed_quote("a")
    check_content(held, Sent(ciphertext), sealed=True)
    assert len(ciphertext) == QUOTE_LENGTH
    for wrong in (None, b"", ciphertext[:-1], ciphertext + b"\x00", bytes(len(ciphertext))):
        with pytest.raises(Refusal, match="ciphertext-missing"):
            check_content(held, Sent(wrong), sealed=True)
    with pytest.raises(Refusal, match="quote-unasked"):
        check_content(held, Sent(ciphertext), sealed=False)
    bare = enrolled("a")
    check_content(bare, Sent(), sealed=False)
    with pytest.raises(Refusal, match="quote-missing"):
        check_content(bare, Sent(), sealed=True)
    with pytest.raises(Refusal, match="quote-unasked"):
        check_content(bare, Sent(b"x"), sealed=False)
