"""The walk: who is called next, who is passed over and why, and that nobody is called twice."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.experts.rules.findings import Rule
from market.experts.rules.invitations import SkipCode
from market.experts.rules.limits import terms_on
from market.experts.rules.walk import (
    Place,
    Skip,
    Step,
    fill,
    same_unit,
    substitute,
    supervisor_must_sign,
    unit_cap,
)

TERMS = terms_on(date(2026, 3, 30))


def place(name, unit=None):
    return Place(f"leaf-{name}", name, unit or f"unit-{name}")


A, B, C, D = place("a", "u"), place("b", "u"), place("c"), place("d")


def test_the_first_of_the_order_are_called():
    filled = fill([C, D, A], 0, 2, [], 1)
    assert filled.calls == (C, D)
    assert (filled.passed, filled.skips) == (2, ())


def test_a_substitute_is_the_next_in_the_walk():
    assert substitute([A, C, D], 2, [A], 1, {"c": SkipCode.DECLINED}) == Step(D, 3, ())


def test_a_second_expert_of_one_unit_is_passed_over_and_the_collision_named():
    filled = fill([A, B, C, D], 0, 2, [], 1)
    assert filled.calls == (A, C)
    assert filled.skips == (Skip("leaf-b", SkipCode.UNIT_CAP, "leaf-a"),)


def test_the_walk_never_goes_back_when_the_colleague_leaves():
    step = substitute([A, B, C, D], 3, [C], 1, {"a": SkipCode.DECLINED})
    assert step == Step(D, 4, ())


def test_a_cap_of_two_lets_two_in_and_names_the_second():
    third = place("e", "u")
    filled = fill([A, B, third], 0, 3, [], 2)
    assert filled.calls == (A, B)
    assert filled.skips == (Skip("leaf-e", SkipCode.UNIT_CAP, "leaf-b"),)


def test_whoever_sits_in_another_stratum_is_passed_over_there():
    again = Place("leaf-a-in-stratum-2", "a", "u")
    step = substitute([again, C], 0, [A], 1, {"a": SkipCode.DECLINED})
    assert step.call == C
    assert step.skips == (Skip(again.leaf, SkipCode.EARLIER_STRATUM, "leaf-a"),)


@pytest.mark.parametrize("code", [SkipCode.RECUSED, SkipCode.DECLINED, SkipCode.NO_ANSWER])
def test_whoever_fell_out_in_one_stratum_is_not_called_in_the_next(code):
    assert substitute([A, C], 0, [B], 1, {"a": code}).skips == (Skip("leaf-a", code),)


def test_an_order_that_is_used_up_calls_nobody():
    assert substitute([A, B], 0, [place("x", "u")], 1).call is None
    filled = fill([A], 0, 3, [], 1)
    assert (filled.calls, filled.passed) == ((A,), 1)
    assert fill([A], 0, 0, [], 1).calls == ()


def test_the_cap_is_the_parameter_at_most_a_third_and_at_least_one():
    two = terms_on(date(2026, 3, 30), {"seats_per_unit": 2})
    assert [unit_cap(size, TERMS) for size in (3, 5, 7, 9)] == [1, 1, 1, 1]
    assert [unit_cap(size, two) for size in (1, 3, 5, 6, 7)] == [1, 1, 1, 2, 2]


def test_r12_says_in_words_why_a_colleague_is_passed_over():
    found = same_unit(B, [A], 1)
    assert found is not None
    assert (found.rule, found.candidate) == (Rule.R12, "b")
    assert found.words("zh") == "同一单位已有1名专家入选（本平台规则）"
    assert same_unit(B, [A], 2) is None
    assert same_unit(C, [A], 1) is None


def test_more_skips_than_the_quota_need_the_supervisor():
    assert not supervisor_must_sign(4, 4)
    assert supervisor_must_sign(5, 4)


PLACES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=25, unique_by=lambda pair: pair[0]
).map(lambda pairs: [place(str(who), f"unit-{unit}") for who, unit in pairs])


@given(PLACES, st.integers(0, 9), st.integers(1, 3), st.sets(st.integers(0, 30)))
def test_every_place_passed_is_called_or_skipped_once_and_no_unit_overflows(
    order, vacancies, cap, out
):
    fallen = {str(who): SkipCode.NO_ANSWER for who in out}
    filled = fill(order, 0, vacancies, [], cap, fallen)
    told = [each.leaf for each in filled.calls] + [each.leaf for each in filled.skips]
    assert sorted(told) == sorted(each.leaf for each in order[: filled.passed])
    assert not {each.candidate for each in filled.calls} & set(fallen)
    units = [each.unit_tag for each in filled.calls]
    assert all(units.count(unit) <= cap for unit in units)
    assert len(filled.calls) == vacancies or filled.passed == len(order)


@given(PLACES, st.integers(0, 9), st.integers(1, 3))
def test_calling_one_by_one_is_the_same_as_calling_at_once(order, vacancies, cap):
    at_once = fill(order, 0, vacancies, [], cap)
    calls, passed = [], 0
    for _ in range(vacancies):
        step = substitute(order, passed, calls, cap)
        passed = step.passed
        calls += [step.call] if step.call else []
    assert tuple(calls) == at_once.calls
    assert passed == at_once.passed
