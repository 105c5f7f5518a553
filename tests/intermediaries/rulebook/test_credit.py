"""Credit from the ledger alone: points, decay to the day, levels, suspensions, removal."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intermediaries.rulebook.credit import (
    Ground,
    credit,
    decay,
    months_after,
    refreshed_at,
)
from intermediaries.rulebook.ledger import (
    Appealed,
    BonusGiven,
    Cancelled,
    Finalised,
    LegallyDecided,
    PenaltyNoticed,
)
from intermediaries.rulebook.penalties import Act, Level, credit_rules, level_of
from market.kernel.workdays import SHANGHAI, start_of

RULES = credit_rules(date(2026, 1, 1))
MARCH = date(2025, 3, 10)


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)


def penalty(number, act, day, occurred=None, overdue=0):
    """A penalty that became final on a day; the notice is of a month before."""
    noticed = on(day - timedelta(days=30))
    name = f"p{number}"
    notice = PenaltyNoticed(name, noticed, act, occurred or noticed.date(), "as reported", overdue)
    return [notice, Finalised(f"f{number}", on(day), name)]


def ledger(*groups):
    return sorted((entry for group in groups for entry in group), key=lambda entry: entry.at)


def score(entries, day):
    return credit(entries, on(day)).score


def test_everybody_begins_with_a_hundred_and_level_a():
    found = credit([], on(MARCH))
    assert (found.score, found.level, found.suspended_through) == (100, Level.A, None)
    assert (found.rights.lots, found.rights.is_shown_first) == (2, True)
    assert [row.zh for row in found.rows] == ["基础分"]


@pytest.mark.parametrize(
    ("day", "score_then"),
    [
        (date(2025, 3, 9), 100),
        (date(2025, 3, 10), 80),
        (date(2026, 3, 10), 80),
        (date(2026, 3, 11), 90),
        (date(2027, 3, 10), 90),
        (date(2027, 3, 11), 100),
    ],
)
def test_a_penalty_is_halved_after_twelve_months_and_gone_after_twenty_four(day, score_then):
    entries = penalty(1, Act.CHARGES_MORE, MARCH)
    assert score(entries, day) == score_then


def test_the_edges_of_decay_are_midnights():
    entries = penalty(1, Act.CHARGES_MORE, MARCH)
    midnight = start_of(date(2026, 3, 11))
    assert credit(entries, midnight - timedelta(microseconds=1)).score == 80
    assert credit(entries, midnight).score == 90


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_months_end_on_the_day_of_the_same_number_or_the_last_of_the_month(day, months, last):
    assert months_after(day, months) == last


def test_halves_stay_exact():
    entries = penalty(1, Act.QUALIFICATION_CHANGED, MARCH)
    assert score(entries, date(2026, 6, 1)) == Fraction(195, 2)


def test_bonuses_add_up_to_a_hundred_and_twenty_and_no_further():
    bonus = [BonusGiven(f"b{number}", on(MARCH), 15, "prize") for number in range(2)]
    assert score(bonus[:1], MARCH) == 115
    assert score(bonus, MARCH) == 120
    assert score(bonus[:1], MARCH - timedelta(days=1)) == 100


def test_credit_never_falls_below_nothing():
    entries = ledger(*(penalty(number, Act.FORGERY, MARCH) for number in range(3)))
    assert score(entries, MARCH) == 0


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("120", Level.A),
        ("95", Level.A),
        ("94.5", Level.B),
        ("80", Level.B),
        ("79.5", Level.C),
        ("60", Level.C),
        ("59.5", Level.D),
        ("0", Level.D),
    ],
)
def test_levels_at_their_edges(value, level):
    assert level_of(Fraction(value), RULES) is level


def test_level_c_may_have_three_projects_and_not_four():
    entries = ledger(penalty(1, Act.CHARGES_MORE, MARCH), penalty(2, Act.BREAKS_CONTRACT, MARCH))
    found = credit(entries, on(MARCH))
    assert (found.score, found.level) == (70, Level.C)
    assert [found.may_take(running) for running in (0, 2, 3, 4)] == [True, True, False, False]


def test_whoever_falls_below_sixty_is_suspended_for_three_months():
    entries = ledger(
        penalty(1, Act.CHARGES_MORE, MARCH),
        penalty(2, Act.REFUSES_INSPECTION, MARCH),
        penalty(3, Act.NOT_FILED, date(2025, 4, 30)),
    )
    assert credit(entries, on(date(2025, 4, 29))).level is Level.C
    found = credit(entries, on(date(2025, 4, 30)))
    assert (found.score, found.level) == (58, Level.D)
    assert found.suspended_through == date(2025, 7, 30)
    assert not found.may_take(0)
    assert credit(entries, on(date(2025, 7, 30))).suspended_through == date(2025, 7, 30)
    after = credit(entries, on(date(2025, 7, 31)))
    assert after.suspended_through is None
    assert [after.may_take(2), after.may_take(3)] == [True, False]


def give_ups(*days):
    return ledger(
        *(
            penalty(number, Act.GIVES_UP, day + timedelta(days=40), occurred=day)
            for number, day in enumerate(days)
        )
    )


@pytest.mark.parametrize(
    ("days", "suspended"),
    [
        ((date(2025, 1, 10), date(2025, 6, 1), date(2026, 1, 10)), True),
        ((date(2025, 1, 10), date(2025, 6, 1), date(2026, 1, 11)), False),
        ((date(2025, 1, 10), date(2025, 1, 10), date(2025, 1, 10)), True),
        ((date(2025, 1, 10), date(2025, 6, 1)), False),
        ((date(2024, 1, 1), date(2025, 3, 1), date(2025, 6, 1), date(2026, 2, 28)), True),
    ],
)
def test_the_third_give_up_in_twelve_months_suspends_for_six(days, suspended):
    final = days[-1] + timedelta(days=40)
    found = credit(give_ups(*days), on(final))
    grounds = [each.ground for each in found.suspensions]
    assert (Ground.GIVE_UPS in grounds) is suspended
    if suspended:
        assert found.suspended_through == months_after(final, 6)


def test_what_is_cancelled_counts_as_never_entered():
    entries = ledger(
        give_ups(date(2025, 1, 10), date(2025, 6, 1), date(2025, 9, 1)),
        [
            Appealed("a", on(date(2025, 10, 15)), "p2", "wrong"),
            Cancelled("c", on(date(2025, 10, 20)), "p2"),
        ],
    )
    before = credit(entries, on(date(2025, 10, 19)))
    assert (before.score, before.suspended_through) == (70, date(2026, 4, 11))
    after = credit(entries, on(date(2025, 10, 20)))
    assert (after.score, after.suspended_through, after.suspensions) == (80, None, ())


def test_forgery_removes_an_agency_for_two_years():
    entries = penalty(1, Act.FORGERY, MARCH)
    found = credit(entries, on(MARCH))
    assert (found.is_removed, found.banned_through) == (True, date(2027, 3, 10))
    assert (found.score, found.level, found.may_take(0)) == (40, Level.D, False)
    assert credit(entries, on(date(2027, 3, 10))).is_removed
    assert not credit(entries, on(date(2027, 3, 11))).is_removed


def test_only_a_legal_decision_blacklists():
    entries = penalty(1, Act.FORGERY, MARCH)
    assert not credit(entries, on(MARCH)).is_blacklisted
    entries.append(LegallyDecided("l", on(date(2025, 5, 1)), "p1", "court paper 5"))
    assert credit(entries, on(date(2025, 5, 1))).is_blacklisted
    assert not credit(entries, on(date(2025, 4, 30))).is_blacklisted


def test_each_row_says_what_it_takes_and_why():
    rows = credit(penalty(1, Act.OVERDUE, MARCH, overdue=4), on(date(2026, 4, 1))).rows
    assert rows[1].adds == -2
    assert rows[1].zh == "无正当理由逾期，4分，自2025-03-10起已满12个月，减半"
    assert rows[1].en.endswith("4 points from 2025-03-10, halved after 12 months")
    assert rows[1].entry == "p1"


def test_credit_is_refreshed_on_the_first_of_each_month():
    assert refreshed_at(on(date(2026, 11, 22))) == start_of(date(2026, 11, 1))
    assert refreshed_at(start_of(date(2026, 11, 1))) == start_of(date(2026, 11, 1))


acts = st.lists(
    st.tuples(
        st.sampled_from([act for act in Act if act is not Act.OVERDUE]), st.integers(40, 1400)
    ),
    max_size=8,
)


@given(acts, st.integers(0, 1500))
def test_the_sum_is_that_of_the_rows_and_later_entries_change_nothing(made, later):
    numbers = count()
    entries = ledger(
        *(
            penalty(next(numbers), act, date(2025, 1, 1) + timedelta(days=days))
            for act, days in made
        )
    )
    day = date(2025, 1, 1) + timedelta(days=later)
    found = credit(entries, on(day))
    expected = sum(
        RULES.points[act] * decay(final, day, RULES)
        for act, days in made
        if (final := date(2025, 1, 1) + timedelta(days=days)) <= day
    )
    assert found.score == max(0, 100 - expected)
    assert found == credit([entry for entry in entries if entry.at <= on(day)], on(day))
