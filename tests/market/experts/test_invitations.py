"""Invitations: every state with every action, who may answer, and when silence is an answer."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from market.experts.rules.invitations import (
    HOLDING,
    INVITATION_TABLE,
    Delivery,
    InvitationAction,
    InvitationState,
    SkipCode,
    lapsed_at,
    refuse_early_absence,
    refuse_late_reply,
    refuse_unless_own,
    reply_until,
    skip_code,
    tries_left,
    voids_conclusion,
)
from market.experts.rules.limits import terms_on
from market.kernel.errors import IllegalMove, NotFound, Refusal
from market.kernel.permissions import Permission

S, A = InvitationState, InvitationAction
EXPERT, HOUSE = Permission.EXPERTS_INVITATION_ANSWER, Permission.HOUSE_ACT
TERMS = terms_on(date(2026, 3, 30))
NOON = datetime(2026, 3, 29, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)
LEGAL = {
    (S.CALLED, A.CONFIRM): (S.CONFIRMED, EXPERT),
    (S.CALLED, A.DECLINE): (S.DECLINED, EXPERT),
    (S.CALLED, A.LAPSE): (S.NO_REPLY, HOUSE),
    (S.CALLED, A.RECUSE): (S.REPLACED, HOUSE),
    (S.CONFIRMED, A.SIGN_IN): (S.SIGNED_IN, EXPERT),
    (S.CONFIRMED, A.MISS): (S.ABSENT, HOUSE),
    (S.CONFIRMED, A.RECUSE): (S.REPLACED, HOUSE),
    (S.CONFIRMED, A.WITHDRAW): (S.REPLACED, EXPERT),
    (S.SIGNED_IN, A.SEAT): (S.ACTIVE, HOUSE),
    (S.SIGNED_IN, A.RECUSE): (S.REPLACED, HOUSE),
    (S.SIGNED_IN, A.WITHDRAW): (S.REPLACED, EXPERT),
    (S.ACTIVE, A.RECUSE): (S.REPLACED, HOUSE),
    (S.ACTIVE, A.WITHDRAW): (S.REPLACED, EXPERT),
    (S.ABSENT, A.REPLACE): (S.REPLACED, HOUSE),
    (S.CALLED, A.RELEASE): (S.RELEASED, HOUSE),
    (S.CONFIRMED, A.RELEASE): (S.RELEASED, HOUSE),
    (S.SIGNED_IN, A.RELEASE): (S.RELEASED, HOUSE),
}


@pytest.mark.parametrize(("state", "action"), list(product(S, A)))
def test_every_state_with_every_action_moves_as_written_or_refuses(state, action):
    if (state, action) in LEGAL:
        row = INVITATION_TABLE.move(state, action)
        assert (row.target, row.by) == LEGAL[state, action]
    else:
        with pytest.raises(IllegalMove):
            INVITATION_TABLE.move(state, action)


def test_an_invitation_begins_called_and_every_state_can_be_reached():
    assert INVITATION_TABLE.start is S.CALLED
    assert {S.CALLED} | {row.target for row in INVITATION_TABLE} == set(S)


def test_only_the_candidate_declines_withdraws_or_confirms():
    own = {A.CONFIRM, A.DECLINE, A.SIGN_IN, A.WITHDRAW}
    assert {row.action for row in INVITATION_TABLE if row.by is EXPERT} == own
    refuse_unless_own("person-1", "person-1")
    with pytest.raises(NotFound):
        refuse_unless_own("person-1", "person-2")


def test_a_seat_is_held_until_an_action_with_a_skip_code():
    assert skip_code(A.RELEASE) is None  # nobody is called for an evaluation that is off
    for row in INVITATION_TABLE:
        if row.action is A.RELEASE:
            continue
        assert (row.target in HOLDING) == (skip_code(row.action) is None)
    assert skip_code(A.DECLINE) is skip_code(A.WITHDRAW) is SkipCode.DECLINED
    assert skip_code(A.LAPSE) is SkipCode.NO_ANSWER
    assert skip_code(A.MISS) is skip_code(A.REPLACE) is SkipCode.NOT_SIGNED_IN
    assert skip_code(A.RECUSE) is SkipCode.RECUSED


def test_only_a_member_already_at_work_leaves_void_conclusions():
    void = {
        (row.source, row.action)
        for row in INVITATION_TABLE
        if voids_conclusion(row.source, row.action)
    }
    assert void == {(S.ACTIVE, A.RECUSE), (S.ACTIVE, A.WITHDRAW)}


def delivery(minutes=0, contract="platform", *, independent=False):
    return Delivery(f"carrier-{contract}", contract, independent, NOON + minutes * MINUTE)


def test_the_window_runs_fifteen_minutes_from_the_second_delivery():
    both = [delivery(0), delivery(4, "library", independent=True)]
    assert reply_until(both, TERMS) == NOON + 19 * MINUTE
    assert reply_until(reversed(both), TERMS) == NOON + 19 * MINUTE


@pytest.mark.parametrize(
    "deliveries",
    [
        [],
        [delivery(0, "library", independent=True)],
        [delivery(0), delivery(1)],
        [delivery(0), delivery(1, "second")],
        [delivery(0, "one", independent=True), delivery(1, "one", independent=True)],
    ],
)
def test_without_two_contracts_one_of_them_independent_silence_is_no_answer_to_anything(deliveries):
    assert reply_until(deliveries, TERMS) is None
    refuse_late_reply(NOON + timedelta(days=9), deliveries, TERMS)
    with pytest.raises(Refusal, match="delivery-not-shown"):
        lapsed_at(NOON + timedelta(days=9), deliveries, TERMS)


def test_a_repeated_delivery_does_not_lengthen_the_window():
    first = [delivery(0), delivery(1, "library", independent=True)]
    again = [*first, delivery(9), delivery(10, "library", independent=True)]
    assert reply_until(again, TERMS) == reply_until(first, TERMS) == NOON + 16 * MINUTE


def test_an_answer_at_the_last_moment_counts_and_an_instant_later_does_not():
    both = [delivery(0), delivery(0, "library", independent=True)]
    end = NOON + 15 * MINUTE
    refuse_late_reply(end, both, TERMS)
    with pytest.raises(Refusal, match="reply-window-open"):
        lapsed_at(end, both, TERMS)
    with pytest.raises(Refusal, match="reply-too-late"):
        refuse_late_reply(end + INSTANT, both, TERMS)
    assert lapsed_at(end + INSTANT, both, TERMS) == end


def test_noticing_silence_late_stores_the_same_moment():
    both = [delivery(0), delivery(2, "library", independent=True)]
    assert lapsed_at(NOON + timedelta(hours=5), both, TERMS) == NOON + 17 * MINUTE


def test_a_carrier_tries_three_times():
    assert [tries_left(failed, TERMS) for failed in range(5)] == [3, 2, 1, 0, 0]


def test_nobody_is_absent_before_the_evaluation_has_begun():
    with pytest.raises(Refusal, match="sign-in-open"):
        refuse_early_absence(NOON, NOON)
    refuse_early_absence(NOON + INSTANT, NOON)
