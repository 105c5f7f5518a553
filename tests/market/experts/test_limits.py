"""Numbers of the expert rules: defaults, legal bounds, and who may change them how far."""

from datetime import date

import pytest

from market.experts.rules.eligibility import Wanted
from market.experts.rules.limits import NUMBERS, refuse_unless_panel_track, terms_on
from market.experts.rules.relations import Activity
from market.kernel.errors import BadInput, Refusal
from market.kernel.ids import Track
from market.kernel.law import Standing

DAY = date(2026, 3, 30)


def test_the_defaults_are_those_of_the_law_and_of_the_platform():
    terms = terms_on(DAY)
    assert (terms.years_in_field, terms.highest_age, terms.monthly_cap) == (8, 69, 8)
    assert (terms.look_back_years, terms.same_owner_days, terms.seats_per_unit) == (3, 30, 1)
    assert (terms.reply_minutes, terms.gp_working_days) == (15, 2)
    assert (terms.absence_points, terms.repeated_absence_points) == (-3, -5)
    assert (terms.open_hours, terms.close_hours, terms.supplement_minutes) == (24, 2, 30)


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_a_city_may_set_every_number_to_its_bounds_and_no_further(name):
    limit = NUMBERS[name][-1].value
    for value in (limit.lowest, limit.highest):
        assert getattr(terms_on(DAY, {name: value}), name) == value
    for value in (limit.lowest - 1, limit.highest + 1):
        with pytest.raises(Refusal) as refused:
            terms_on(DAY, {name: value})
        assert refused.value.code == "looser-than-law"
        assert refused.value.article == NUMBERS[name][-1].article


def test_the_law_cannot_be_made_looser():
    for local in ({"years_in_field": 7}, {"highest_age": 70}, {"look_back_years": 2}):
        with pytest.raises(Refusal, match="looser-than-law"):
            terms_on(DAY, local)


def test_the_age_limit_rests_on_an_article_whose_text_was_not_verified():
    dated = NUMBERS["highest_age"][-1]
    assert (dated.value.default, dated.value.highest) == (69, 69)
    assert dated.article.standing is Standing.MEMORY


def test_a_parameter_that_does_not_exist_is_bad_input():
    with pytest.raises(BadInput, match="unknown-parameter"):
        terms_on(DAY, {"monthly_caps": 9})


def test_before_the_rules_began_there_are_no_numbers():
    assert terms_on(date(2017, 1, 1)).monthly_cap == 8
    with pytest.raises(LookupError):
        terms_on(date(2016, 12, 31))


@pytest.mark.parametrize("track", list(Track))
def test_only_engineering_and_government_procurement_draw_panels(track):
    if track in (Track.ENGINEERING, Track.GOVERNMENT):
        refuse_unless_panel_track(track)
        assert Wanted(track=track, specialties=frozenset({"A01"})).track is track
        assert Activity(track, "project", DAY).track is track
        return
    with pytest.raises(Refusal, match="no-panel-law"):
        Wanted(track=track, specialties=frozenset({"A01"}))
    with pytest.raises(Refusal, match="no-panel-law"):
        Activity(track, "project", DAY)
