"""A member's sheet: complete, in range, locked once, hashed in one way."""

import hashlib
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.evaluation.rules.sheets import (
    Mark,
    Sheet,
    lock,
    missing_marks,
    objective_points,
    read_sheet,
    refuse_unless_in_range,
)
from bidding.rulebook.names import BidNumber, CriterionCode
from market.kernel.errors import MarketError, Refusal
from market.protocol.encoding import canonical, parse
from tests.bidding.evaluation.makers import (
    B1,
    DELIVERY_DAYS,
    MEMBERS,
    T1,
    A,
    B,
    C,
    scheme,
    sheet,
)

BIDS = (A, B, C)


def refused(doing):
    with pytest.raises(MarketError) as refusal:
        doing()
    return refusal.value.code


def test_a_complete_sheet_is_locked_and_its_hash_is_sha_256_of_its_canonical_json():
    locked = lock(sheet(), scheme(), BIDS)
    assert locked.digest == hashlib.sha256(canonical(sheet().as_json())).digest()


def test_locking_twice_gives_the_same_hash():
    assert lock(sheet(), scheme(), BIDS) == lock(sheet(), scheme(), BIDS)


def test_the_written_form_of_a_sheet_never_changes_unseen():
    written = canonical(sheet(bids=(A,)).as_json()).decode()
    start = '{"marks":[{"bid":"A","criterion":"B1","points":"15"},'
    assert written.startswith(start + '{"bid":"A","criterion":"T1","points":"40"}],')
    assert '"type":"yg/score-sheet/v1"' in written


@given(st.permutations(sheet().marks))
@settings(deadline=None, max_examples=30)
def test_the_order_in_which_marks_were_given_does_not_change_the_hash(marks):
    assert lock(replace(sheet(), marks=tuple(marks)), scheme(), BIDS).digest == (
        lock(sheet(), scheme(), BIDS).digest
    )


def test_any_changed_mark_changes_the_hash():
    other = sheet().with_mark(Mark(A, T1, Fraction(39)))
    assert lock(other, scheme(), BIDS).digest != lock(sheet(), scheme(), BIDS).digest


def test_a_mark_set_again_replaces_the_first():
    changed = sheet().with_mark(Mark(A, T1, Fraction(39)))
    assert changed.points(A, T1) == 39
    assert len(changed.marks) == len(sheet().marks)
    assert changed.points(BidNumber("Z"), T1) is None


def test_every_missing_mark_is_named_and_the_sheet_stays_open():
    begun = replace(sheet(), marks=sheet().marks[1:])
    assert missing_marks(begun, scheme(), BIDS) == ((A, T1),)
    assert missing_marks(sheet(), scheme(), BIDS) == ()
    assert refused(lambda: lock(begun, scheme(), BIDS)) == "sheet-incomplete"
    empty = replace(sheet(), marks=())
    assert len(missing_marks(empty, scheme(), BIDS)) == 6


@pytest.mark.parametrize(("points", "allowed"), [("50", True), ("38", True), ("37.99", False)])
def test_only_the_points_of_a_level_can_be_given(points, allowed):
    if allowed:
        refuse_unless_in_range(scheme(), T1, Fraction(points))
        assert scheme().criterion(T1).allows(Fraction(points))
    else:
        code = refused(lambda: refuse_unless_in_range(scheme(), T1, Fraction(points)))
        assert code == "score-out-of-range"


@pytest.mark.parametrize("points", ["50.01", "-1", "45.5", "100"])
def test_points_outside_or_between_the_levels_are_refused(points):
    wrong = sheet().with_mark(Mark(A, T1, Fraction(points)))
    assert refused(lambda: lock(wrong, scheme(), BIDS)) == "score-out-of-range"


def test_a_refused_score_names_the_points_allowed():
    with pytest.raises(Refusal) as refusal:
        refuse_unless_in_range(scheme(), B1, Fraction(16))
    assert "20.00, 18.00, 15.00, 12.00, 0.00" in refusal.value.zh
    assert refusal.value.fields.keys() == {"B1"}


def test_a_sheet_of_another_scheme_or_with_strangers_is_refused():
    other = scheme(tie_rules=())
    assert refused(lambda: lock(sheet(), other, BIDS)) == "sheet-other-scheme"
    assert refused(lambda: lock(sheet(), scheme(), (A, B))) == "bid-unknown"
    odd = sheet().with_mark(Mark(A, CriterionCode("X9"), Fraction(1)))
    assert refused(lambda: lock(odd, scheme(), BIDS)) == "criterion-unknown"
    twice = replace(sheet(), marks=(*sheet().marks, sheet().marks[0]))
    assert refused(lambda: lock(twice, scheme(), BIDS)) == "mark-twice"


def test_objective_points_follow_from_facts_alone():
    points = objective_points(scheme(), DELIVERY_DAYS, BIDS)
    assert points == {(A, B1): 15, (B, B1): 12, (C, B1): 18}


def test_a_missing_fact_is_asked_for():
    facts = {key: value for key, value in DELIVERY_DAYS.items() if key[0] != B}
    assert refused(lambda: objective_points(scheme(), facts, BIDS)) == "fact-missing"


def test_a_locked_sheet_is_read_back_with_its_hash():
    locked = lock(sheet(2), scheme(), BIDS)
    again = read_sheet(parse(canonical(locked.sheet.as_json())))
    assert again.digest == locked.digest
    assert again.sheet.member == MEMBERS[2]
    assert again.sheet.points(C, T1) == 48


@pytest.mark.parametrize(
    "change",
    [
        {"type": "yg/other/v1"},
        {"member": 3},
        {"scheme": "AA"},
        {"marks": "none"},
        {"marks": ["A"]},
        {"marks": [{"bid": "A", "criterion": "T1"}]},
        {"marks": [{"bid": "A", "criterion": "T1", "points": "4.0"}]},
        {"marks": [{"bid": "A", "criterion": "T1", "points": 4}]},
        {"salt": "x"},
    ],
)
def test_a_sheet_of_another_form_is_refused_and_never_crashes(change):
    value = {**sheet().as_json(), **change}
    assert refused(lambda: read_sheet(value)) in {"malformed", "wrong-type", "figure-malformed"}


def test_marks_out_of_order_are_refused():
    value = sheet().as_json()
    value["marks"] = value["marks"][::-1]
    assert refused(lambda: read_sheet(value)) == "malformed"


def test_a_sheet_belongs_to_one_tender():
    here = sheet()
    there = Sheet("ZC-2026-000124", here.scheme, here.member, here.marks)
    assert lock(there, scheme(), BIDS).digest != lock(here, scheme(), BIDS).digest
