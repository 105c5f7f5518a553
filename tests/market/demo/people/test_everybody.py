"""The fictional cast: the same every time, well formed, nobody twice, enough for every draw."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from market.demo.people.everybody import ACTIVITY_ON, as_bidder, everybody
from market.demo.people.kinds import Duty, OrganisationKind, Size
from market.demo.people.numbers import MOBILE_PREFIX, citizen_id
from market.demo.people.specialties import CODES
from market.demo.people.stories import PREPARED_PROJECT
from market.demo.seed.supermarket import PLANS
from market.experts.rules.eligibility import Wanted
from market.experts.rules.limits import terms_on
from market.experts.rules.pool import pool
from market.experts.rules.recusal import recusals
from market.experts.rules.relations import Activity, Kinship
from market.kernel import ids
from market.kernel.ids import Track

ALL = everybody()
TERMS = terms_on(ALL.activity_on)
LIBRARY = [expert.candidate for expert in ALL.experts]
DECLARED = {expert.candidate.id: expert.declared for expert in ALL.experts}
ENOUGH = {Track.GOVERNMENT: 40, Track.ENGINEERING: 28}  # for 10 and 7 seats with substitutes


def pool_of(track, specialties, cast=ALL):
    return pool(
        [expert.candidate for expert in cast.experts],
        {expert.candidate.id: expert.declared for expert in cast.experts},
        Wanted(track=track, specialties=frozenset(specialties)),
        Activity(track, PREPARED_PROJECT, cast.activity_on),
        cast.parties(),
        TERMS,
    )


def test_everybody_is_the_same_every_time():
    assert everybody() == ALL
    assert ALL.digest() == "aa38cd78f36d5a29e96a873b941f01565c589cb08708cf45b012bb0276c1950f"


def test_another_day_moves_what_is_reckoned_from_it_and_no_name():
    later = everybody(ACTIVITY_ON + timedelta(days=7))
    assert later.digest() != ALL.digest()
    assert later.organisations == ALL.organisations
    assert [each.name_zh for each in later.persons] == [each.name_zh for each in ALL.persons]


def test_the_digest_notices_a_change():
    shorter = type(ALL)(ALL.activity_on, ALL.organisations, ALL.persons, ALL.experts, ())
    assert shorter.digest() != ALL.digest()


@pytest.mark.parametrize(
    "values",
    [
        [person.id for person in ALL.persons],
        [person.name_zh for person in ALL.persons],
        [person.citizen_id for person in ALL.persons],
        [person.mobile for person in ALL.persons],
        [person.email for person in ALL.persons],
        [each.uscc for each in ALL.organisations],
        [each.name_zh for each in ALL.organisations],
        [each.name_en for each in ALL.organisations],
        [each.basic_account for each in ALL.organisations],
        [expert.candidate.id for expert in ALL.experts],
    ],
)
def test_nothing_that_names_somebody_is_given_twice(values):
    assert values
    assert len(values) == len(set(values))


def test_every_code_is_well_formed():
    for person in ALL.persons:
        assert ids.citizen_id(person.citizen_id) == person.citizen_id
        assert person.citizen_id[6:14] == f"{person.born_on:%Y%m%d}"
        assert ids.mobile(person.mobile) == person.mobile
    for organisation in ALL.organisations:
        assert ids.is_uscc(organisation.uscc)
        assert ids.region(organisation.region) == organisation.region
        assert ids.organisation_code(organisation.uscc[8:17])
        assert ids.bank_account(organisation.basic_account) == organisation.basic_account


def test_no_code_can_be_that_of_somebody_real():
    assert all(person.citizen_id.startswith("89") for person in ALL.persons)
    assert all(person.mobile.startswith(MOBILE_PREFIX) for person in ALL.persons)
    assert all(person.email.endswith(".example") for person in ALL.persons)
    assert all(each.uscc[2:4] == "89" for each in ALL.organisations)


def test_a_citizen_id_has_the_check_sign_of_the_standard():
    assert citizen_id("110105", date(1949, 12, 31), 2) == "11010519491231002X"
    with pytest.raises(ValueError, match="1000"):
        citizen_id("890102", date(1980, 1, 1), 1000)


def test_every_name_has_both_languages():
    for person in ALL.persons:
        assert re.fullmatch(r"[\u4e00-\u9fff]{3}", person.name_zh)
        assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", person.name_en)
        assert person.position_zh
        assert person.position_en
    for each in ALL.organisations:
        assert re.search(r"[\u4e00-\u9fff]", each.name_zh)
        assert each.name_en.isascii()


def test_the_cast_has_every_part_once():
    kinds = Counter(each.kind for each in ALL.organisations)
    assert kinds[OrganisationKind.BIDDER] == 12
    assert kinds[OrganisationKind.AGENCY] == len(PLANS)
    several = (OrganisationKind.BIDDER, OrganisationKind.EMPLOYER, OrganisationKind.AGENCY)
    for kind in OrganisationKind:
        if kind not in several:
            assert ALL.the(kind).kind is kind
    assert {each.size for each in ALL.bidders()} == set(Size)
    assert {duty for person in ALL.persons for duty in person.duties} == set(Duty)


def test_five_opening_officers_come_from_five_organisations():
    officers = ALL.with_duty(Duty.OPENING_OFFICER)
    assert len(officers) == len({person.organisation for person in officers}) == 5


def test_two_bidders_have_one_controller_and_no_others_do():
    holders = Counter(as_bidder(each).controllers for each in ALL.bidders())
    assert sorted(holders.values()) == [1] * 10 + [2]
    assert holders[(ALL.the(OrganisationKind.HOLDING).uscc,)] == 2


def test_heads_and_employers_exist():
    people = {person.id: person for person in ALL.persons}
    codes = {each.uscc for each in ALL.organisations}
    for each in ALL.organisations:
        assert people[each.legal_representative].organisation == each.uscc
        assert all(people[key].organisation == each.uscc for key in each.persons_in_charge)
    for expert in ALL.experts:
        assert expert.candidate.unit == expert.declared.unit == expert.person.organisation
        assert expert.candidate.unit in codes
        assert expert.declared.person == expert.person.id
        assert all(each.person in people for each in expert.declared.relatives)
        assert set(expert.candidate.specialties) <= set(CODES)


@pytest.mark.parametrize("track", list(ENOUGH))
@pytest.mark.parametrize("code", CODES)
def test_every_specialty_has_enough_experts_after_all_rules(track, code):
    assert len(pool_of(track, {code}).kept) >= ENOUGH[track]


def test_four_hundred_experts_show_every_rule_of_eligibility_and_recusal():
    assert len(ALL.experts) == 400
    told = {
        rule
        for track in ENOUGH
        for rule in [*pool_of(track, CODES).counts(), *pool_of(track, {"A01"}).counts()]
    }
    walk_only = {"R12"}
    expected = {*(f"D0{n}" for n in range(1, 7)), *(f"R{n}" for n in range(1, 14)), "STRATUM"}
    assert told == expected - walk_only


@pytest.mark.parametrize("member", ALL.cast, ids=lambda member: member.story)
def test_every_story_leads_to_its_rule(member):
    facts = ALL.expert(member.expert).declared
    for track, rule in (
        (Track.GOVERNMENT, member.government),
        (Track.ENGINEERING, member.engineering),
    ):
        activity = Activity(track, PREPARED_PROJECT, ALL.activity_on)
        found = recusals(facts, activity, ALL.parties(), TERMS)
        assert (found[0].rule if found else None) == rule


def test_experts_with_a_story_lack_nothing_else():
    for track in ENOUGH:
        left = {found.candidate: found for found in pool_of(track, CODES).left_out}
        for member in ALL.cast:
            rule = member.government if track is Track.GOVERNMENT else member.engineering
            found = left.get(member.expert)
            assert (found.rule if found else None) == rule


def test_some_experts_share_a_unit_and_some_are_married_to_heads_of_bidders():
    units = Counter(each.unit for each in LIBRARY)
    assert sum(1 for size in units.values() if size > 1) > 10
    heads = {each.legal_representative for each in ALL.bidders()}
    married = [
        relative
        for declared in DECLARED.values()
        for relative in declared.relatives
        if relative.kinship is Kinship.SPOUSE and relative.person in heads
    ]
    assert len(married) >= 2


def test_people_are_found_by_duty_organisation_and_id():
    centre = ALL.the(OrganisationKind.TRADING_CENTRE)
    (operator,) = ALL.with_duty(Duty.DRAW_OPERATOR, centre.uscc)
    assert ALL.person(operator.id) is operator
    assert ALL.with_duty(Duty.DRAW_OPERATOR, "nowhere") == ()
    with pytest.raises(KeyError):
        ALL.person("P9999")


def test_the_story_of_a_leap_day_still_holds():
    leap = everybody(date(2028, 2, 29))
    named = {member.story: member.expert for member in leap.cast}
    left = {found.candidate for found in pool_of(Track.GOVERNMENT, CODES, leap).left_out}
    assert named["left-bidder-1-3-years-ago"] in left
    assert named["left-bidder-1-3-years-1-day-ago"] not in left
