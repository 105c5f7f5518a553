"""Who of the library may be drawn: D01 to D06 on both tracks, both edges of every limit."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from market.experts.rules.eligibility import Candidate, Level, Wanted, reasons, screen
from market.experts.rules.findings import Rule
from market.experts.rules.limits import terms_on
from market.kernel.ids import Track
from market.kernel.law import Standing

ON = date(2026, 6, 15)
TERMS = terms_on(ON)
ENG, GP = Track.ENGINEERING, Track.GOVERNMENT
ONE_DAY = timedelta(days=1)

FIT = Candidate(
    id="E1",
    unit="unit",
    specialties=("A01", "C03"),
    region="890102",
    libraries=frozenset({ENG, GP}),
    level=Level.SENIOR,
    field_since=date(2000, 1, 1),
    born_on=date(1975, 1, 1),
    valid_until=date(2027, 12, 31),
)


def left_out(candidate, track=GP, regions=frozenset(), terms=TERMS):
    wanted = Wanted(track=track, specialties=frozenset({"A01"}), regions=regions)
    return reasons(candidate, wanted, ON, terms)


def rules(candidate, track=GP):
    return [(found.rule, found.reason) for found in left_out(candidate, track)]


@pytest.mark.parametrize("track", [ENG, GP])
def test_a_fit_expert_is_kept(track):
    assert left_out(FIT, track) == ()


def test_engineering_asks_for_eight_full_years():
    eighth = replace(FIT, field_since=date(2018, 6, 15))
    assert rules(eighth, ENG) == []
    one_day_short = replace(FIT, field_since=date(2018, 6, 16))
    assert rules(one_day_short, ENG) == [(Rule.D01, "years-in-field")]


def test_engineering_asks_for_a_senior_title_however_long_the_years():
    assert rules(replace(FIT, level=Level.MIDDLE), ENG) == [(Rule.D01, "title")]


def test_procurement_takes_a_middle_title_with_eight_full_years():
    middle = replace(FIT, level=Level.MIDDLE)
    assert rules(replace(middle, field_since=date(2018, 6, 15))) == []
    assert rules(replace(middle, field_since=date(2018, 6, 16))) == [(Rule.D05, "years-in-field")]


def test_procurement_takes_a_senior_title_without_counting_years():
    assert rules(replace(FIT, field_since=date(2025, 1, 1))) == []


@pytest.mark.parametrize("level", [Level.NONE, Level.JUNIOR])
def test_procurement_asks_for_at_least_a_middle_title(level):
    assert rules(replace(FIT, level=level)) == [(Rule.D05, "title")]


@pytest.mark.parametrize(("track", "rule"), [(GP, Rule.D05), (ENG, Rule.D03)])
def test_the_seventieth_birthday_is_too_old_and_its_eve_is_not(track, rule):
    assert rules(replace(FIT, born_on=date(1956, 6, 16)), track) == []
    assert rules(replace(FIT, born_on=date(1956, 6, 15)), track) == [(rule, "age")]


@pytest.mark.parametrize("track", [ENG, GP])
def test_an_academician_may_be_older(track):
    assert rules(replace(FIT, born_on=date(1945, 1, 1), academician=True), track) == []


def test_an_expert_must_stand_in_the_library_of_the_track():
    assert rules(replace(FIT, libraries=frozenset({GP})), ENG) == [(Rule.D02, "not-in-library")]
    assert rules(replace(FIT, libraries=frozenset({ENG})), GP) == [(Rule.D04, "not-in-library")]
    assert rules(replace(FIT, libraries=frozenset({GP})), GP) == []


def test_engineering_asks_for_recommendation_and_online_skill():
    unrecommended = replace(FIT, applied_and_recommended=False)
    offline = replace(FIT, evaluates_online=False)
    assert rules(unrecommended, ENG) == [(Rule.D03, "not-recommended")]
    assert rules(offline, ENG) == [(Rule.D03, "online-evaluation")]
    assert rules(unrecommended, GP) == rules(offline, GP) == []


def test_the_last_valid_day_is_good_and_the_next_is_not():
    assert rules(replace(FIT, valid_until=ON)) == []
    assert rules(replace(FIT, valid_until=ON - ONE_DAY)) == [(Rule.D06, "expired")]


def test_the_last_suspended_day_is_bad_and_the_next_is_not():
    assert rules(replace(FIT, suspended_until=ON)) == [(Rule.D06, "suspended")]
    assert rules(replace(FIT, suspended_until=ON - ONE_DAY)) == []


def test_the_blacklist_bars():
    assert rules(replace(FIT, blacklisted=True)) == [(Rule.D06, "blacklisted")]


def test_eight_seats_fill_a_month():
    assert rules(replace(FIT, drawn_this_month=7)) == []
    assert rules(replace(FIT, drawn_this_month=8)) == [(Rule.D06, "monthly-cap")]


def test_a_stratum_asks_for_specialty_and_region():
    assert rules(replace(FIT, specialties=("C03",))) == [(Rule.STRATUM, "other-specialty")]
    assert left_out(FIT, regions=frozenset({"890102"})) == ()
    (found,) = left_out(FIT, regions=frozenset({"890103"}))
    assert (found.rule, found.reason) == (Rule.STRATUM, "other-region")


def test_a_stricter_city_is_obeyed_and_named_in_the_words():
    terms = terms_on(ON, {"years_in_field": 10, "monthly_cap": 4})
    (found,) = left_out(replace(FIT, drawn_this_month=4), terms=terms)
    assert "4" in found.zh
    assert "4 seats" in found.en
    (young,) = left_out(replace(FIT, field_since=date(2017, 1, 1)), ENG, terms=terms)
    assert "10" in young.words("zh")


def test_words_cite_no_article_whose_text_was_not_verified():
    old = replace(FIT, born_on=date(1940, 1, 1))
    (procurement,), (engineering,) = left_out(old, GP), left_out(old, ENG)
    assert procurement.article.standing is Standing.MEMORY
    assert "text not verified" in procurement.words("en")
    assert engineering.words("zh").endswith("（本平台规则）")
    (title,) = left_out(replace(FIT, level=Level.MIDDLE), ENG)
    assert title.words("en").endswith("(Bidding Law, art. 37)")


def test_everybody_is_kept_or_left_out_once_with_the_first_rule():
    crowd = [
        replace(FIT, id="E3", blacklisted=True, level=Level.NONE),
        FIT,
        replace(FIT, id="E2", specialties=()),
    ]
    wanted = Wanted(track=GP, specialties=frozenset({"A01"}))
    found = screen(crowd, wanted, ON, TERMS)
    assert found.kept == ("E1",)
    assert [(each.candidate, each.rule) for each in found.left_out] == [
        ("E2", Rule.STRATUM),
        ("E3", Rule.D05),
    ]
    assert found.counts() == {"D05": 1, "STRATUM": 1}
