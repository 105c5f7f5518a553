"""Signing the report and voting: silence agrees after the limit, a majority decides."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.evaluation.rules.signing import (
    Signature,
    call_for_signatures,
    dissent,
    refuse_if_late,
    standing,
)
from bidding.evaluation.rules.votes import majority
from bidding.rulebook.limits import SIGNING_TIME
from bidding.rulebook.names import MemberNumber
from market.kernel.errors import BadInput, Refusal
from tests.bidding.evaluation.makers import MEMBERS

START = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)
LIMIT = SIGNING_TIME[0].value
MICROSECOND = timedelta(microseconds=1)
CALL = call_for_signatures(START, limit=LIMIT)


def test_silence_agrees_one_microsecond_after_the_limit_and_not_at_it():
    assert standing(CALL, now=START + LIMIT, said=None) is Signature.AWAITED
    assert standing(CALL, now=START + LIMIT + MICROSECOND, said=None) is Signature.DEEMED
    late = standing(CALL, now=START + LIMIT + MICROSECOND, said=Signature.AWAITED)
    assert late is Signature.DEEMED


@pytest.mark.parametrize("said", [Signature.SIGNED, Signature.DISSENTED])
def test_what_a_member_said_stays_said(said):
    assert standing(CALL, now=START + 10 * LIMIT, said=said) is said


def test_a_signature_at_the_limit_is_in_time_and_later_it_is_refused():
    assert CALL.until == START + LIMIT
    refuse_if_late(CALL, now=CALL.until)
    with pytest.raises(Refusal) as refusal:
        refuse_if_late(CALL, now=CALL.until + MICROSECOND)
    assert refusal.value.code == "signing-over"
    assert "第四十一条" in refusal.value.words("zh")


def test_a_dissent_states_its_reasons():
    assert dissent("  对 T1 评分有异议：理由如下 ") == "对 T1 评分有异议：理由如下"
    with pytest.raises(BadInput) as refusal:
        dissent(" \n ")
    assert refusal.value.code == "dissent-empty"


def test_a_call_without_time_is_a_bug():
    with pytest.raises(ValueError, match="positive"):
        call_for_signatures(START, limit=timedelta(0))


def ballot(in_favour):
    return {member: place < in_favour for place, member in enumerate(MEMBERS)}


@pytest.mark.parametrize(("in_favour", "decided"), [(0, False), (2, False), (3, True), (5, True)])
def test_more_than_half_of_the_panel_decides(in_favour, decided):
    assert majority(ballot(in_favour), MEMBERS) is decided


def test_a_vote_counts_when_everybody_voted_and_only_members_did():
    silent = dict.fromkeys(MEMBERS[:4], True)
    with pytest.raises(Refusal) as refusal:
        majority(silent, MEMBERS)
    assert refusal.value.code == "vote-incomplete"
    with pytest.raises(Refusal) as refusal:
        majority({**ballot(5), MemberNumber("M9"): True}, MEMBERS)
    assert refusal.value.code == "vote-stranger"


def test_exactly_half_decides_nothing():
    four = MEMBERS[:4]
    with pytest.raises(Refusal) as refusal:
        majority({member: place < 2 for place, member in enumerate(four)}, four)
    assert refusal.value.code == "vote-undecided"
