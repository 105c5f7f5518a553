"""Who must not judge: every rule of recusal once hit and once not, on the track it binds."""

from datetime import date

import pytest

from market.experts.rules.findings import Rule
from market.experts.rules.limits import terms_on
from market.experts.rules.periods import Span
from market.experts.rules.recusal import recusals, screen
from market.experts.rules.relations import (
    NEAR_RELATIVES,
    Activity,
    Bidder,
    Directorship,
    Employment,
    Interest,
    Kinship,
    Part,
    Participation,
    Parties,
    Punishment,
    PunishmentKind,
    RecusalFacts,
    Relative,
    Service,
    Shareholding,
)
from market.kernel.ids import Track

ON = date(2026, 6, 15)
TERMS = terms_on(ON)
ENG, GP = Track.ENGINEERING, Track.GOVERNMENT
NOW = Span(date(2026, 1, 1))
LAST_YEAR = Span(date(2024, 1, 1), date(2025, 12, 31))
LONG_AGO = Span(date(2015, 1, 1), date(2020, 12, 31))
PARTIES = Parties(
    owners=("owner",),
    agents=("agent",),
    preparers=("designer",),
    departments=("department",),
    regulators=("regulator",),
    bidders=(
        Bidder(organisation="other", legal_representative="other-head"),
        Bidder(
            organisation="bidder",
            legal_representative="head",
            persons_in_charge=("manager",),
            controllers=("holder", "holding"),
        ),
    ),
)


def declared(unit="own-unit", person="me", **facts):
    return RecusalFacts(expert="E1", person=person, unit=unit, **facts)


def found(track, facts, parties=PARTIES):
    return recusals(facts, Activity(track, "project", ON), parties, TERMS)


def rules(track, facts, parties=PARTIES):
    return [each.rule for each in found(track, facts, parties)]


def kin(kinship, person="head"):
    return declared(relatives=(Relative(person, kinship),))


def works_at(organisation, span=NOW):
    return declared(employments=(Employment(organisation, span),))


@pytest.mark.parametrize("track", [ENG, GP])
def test_an_expert_without_ties_is_kept(track):
    facts = declared(
        employments=(Employment("own-unit", NOW), Employment("stranger", LAST_YEAR)),
        relatives=(Relative("stranger", Kinship.SPOUSE),),
        services=(Service("another-owner", ON),),
        participations=(Participation("another-project", Part.DESIGN),),
    )
    assert rules(track, facts) == []


@pytest.mark.parametrize("person", ["head", "manager", "bidder"])
@pytest.mark.parametrize("kinship", sorted(NEAR_RELATIVES))
def test_r1_near_relatives_of_a_bidder_or_its_heads(kinship, person):
    assert rules(ENG, kin(kinship, person)) == [Rule.R1]
    assert rules(ENG, kin(kinship, "stranger")) == []


@pytest.mark.parametrize("kinship", [Kinship.NEAR_AFFINITY, Kinship.COLLATERAL_TO_THIRD_GENERATION])
def test_r1_ends_with_near_relatives(kinship):
    assert rules(ENG, kin(kinship)) == []


def test_r2_staff_of_department_and_regulator():
    assert rules(ENG, works_at("department")) == [Rule.R2]
    assert rules(ENG, works_at("regulator")) == [Rule.R2]
    assert rules(ENG, declared(unit="regulator")) == [Rule.R2]
    assert rules(GP, works_at("department")) == [Rule.R2]
    assert rules(ENG, works_at("department", LAST_YEAR)) == []
    assert rules(GP, works_at("department", LAST_YEAR)) == []


@pytest.mark.parametrize(
    "facts",
    [
        declared(interests=(Interest("bidder", NOW),)),
        declared(interests=(Interest("holding", NOW),)),
        declared(directorships=(Directorship("bidder", NOW),)),
        declared(shareholdings=(Shareholding("bidder", controlling=False, span=NOW),)),
        works_at("bidder"),
        works_at("holding"),
        declared(unit="bidder"),
        declared(person="head"),
        declared(person="holder"),
        kin(Kinship.SPOUSE, "holder"),
        declared(ties=("bidder",)),
        kin(Kinship.OTHER, "head"),
    ],
)
def test_r3_stakes_in_a_bidder(facts):
    assert rules(ENG, facts) == [Rule.R3]
    assert rules(ENG, facts, Parties(owners=("owner",))) == []


@pytest.mark.parametrize(
    "facts",
    [
        declared(interests=(Interest("bidder", LAST_YEAR),)),
        works_at("bidder", LAST_YEAR),
        declared(ties=("stranger",)),
        kin(Kinship.SPOUSE, "stranger"),
    ],
)
def test_r3_asks_for_a_stake_of_today_in_a_bidder(facts):
    assert rules(ENG, facts) == []


@pytest.mark.parametrize("track", [ENG, GP])
@pytest.mark.parametrize("kind", list(PunishmentKind))
def test_r4_a_punishment_has_no_end(track, kind):
    assert rules(track, declared(punishments=(Punishment(date(1999, 1, 1), kind),))) == [Rule.R4]
    assert rules(track, declared(punishments=(Punishment(ON, kind),))) == [Rule.R4]
    assert rules(track, declared(punishments=(Punishment(date(2026, 6, 16), kind),))) == []


def test_r5_a_labour_relation_with_a_supplier():
    assert rules(GP, works_at("bidder")) == [Rule.R5]
    assert rules(GP, declared(unit="bidder")) == [Rule.R5]
    assert rules(GP, works_at("bidder", LAST_YEAR)) == [Rule.R5]
    assert rules(GP, works_at("bidder", LONG_AGO)) == []


def test_r6_a_seat_on_the_board():
    board = Directorship("bidder", LAST_YEAR)
    assert rules(GP, declared(directorships=(board,))) == [Rule.R6]
    assert rules(GP, declared(directorships=(Directorship("bidder", LONG_AGO),))) == []


def test_r7_control():
    was = declared(shareholdings=(Shareholding("bidder", controlling=True, span=LAST_YEAR),))
    assert rules(GP, was) == [Rule.R7]
    assert Rule.R7 in rules(GP, declared(person="holder"))
    minority = declared(shareholdings=(Shareholding("bidder", controlling=False, span=LAST_YEAR),))
    assert rules(GP, minority) == []
    past = declared(shareholdings=(Shareholding("bidder", controlling=True, span=LONG_AGO),))
    assert rules(GP, past) == []


@pytest.mark.parametrize("person", ["head", "manager"])
@pytest.mark.parametrize("kinship", [each for each in Kinship if each is not Kinship.OTHER])
def test_r8_every_kin_the_regulation_names(kinship, person):
    assert rules(GP, kin(kinship, person)) == [Rule.R8]
    assert rules(GP, kin(kinship, "stranger")) == []


@pytest.mark.parametrize(
    "facts",
    [
        declared(interests=(Interest("bidder", NOW),)),
        declared(shareholdings=(Shareholding("bidder", controlling=False, span=NOW),)),
        declared(ties=("manager",)),
        kin(Kinship.OTHER),
        kin(Kinship.NEAR_AFFINITY, "holder"),
        works_at("holding", LAST_YEAR),
        declared(person="head"),
    ],
)
def test_r9_every_other_tie(facts):
    assert rules(GP, facts) == [Rule.R9]
    assert rules(GP, facts, Parties(owners=("owner",))) == []


def test_r9_leaves_past_interests_alone():
    assert rules(GP, declared(interests=(Interest("bidder", LAST_YEAR),))) == []
    assert rules(GP, works_at("holding", LONG_AGO)) == []


@pytest.mark.parametrize("track", [ENG, GP])
@pytest.mark.parametrize("organisation", ["owner", "agent"])
def test_r10_staff_of_owner_and_agent(track, organisation):
    assert rules(track, works_at(organisation)) == [Rule.R10]
    assert rules(track, declared(unit=organisation)) == [Rule.R10]
    assert rules(track, works_at(organisation, LAST_YEAR)) == []


def test_r10_staff_of_the_finance_department_in_procurement():
    (hit,) = found(GP, works_at("regulator"))
    assert (hit.rule, hit.reason, hit.about) == (Rule.R10, "finance-supervisor", "regulator")
    assert rules(GP, works_at("regulator", LAST_YEAR)) == []


@pytest.mark.parametrize("track", [ENG, GP])
def test_r11_whoever_took_part_in_the_project(track):
    for part in Part:
        assert rules(track, declared(participations=(Participation("project", part),))) == [
            Rule.R11
        ]
    assert rules(track, declared(participations=(Participation("other", Part.DESIGN),))) == []
    assert rules(track, works_at("designer")) == [Rule.R11]
    assert rules(track, works_at("designer", LAST_YEAR)) == []


@pytest.mark.parametrize("track", [ENG, GP])
def test_r13_the_same_owner_within_thirty_days(track):
    assert rules(track, declared(services=(Service("owner", ON),))) == [Rule.R13]
    assert rules(track, declared(services=(Service("owner", date(2026, 5, 16)),))) == [Rule.R13]
    assert rules(track, declared(services=(Service("owner", date(2026, 5, 15)),))) == []
    assert rules(track, declared(services=(Service("stranger", ON),))) == []


def test_before_opening_the_industry_list_stands_for_the_bidders():
    facts = works_at("likely", LAST_YEAR)
    before = Parties(owners=("owner",), bidders=(Bidder(organisation="likely"),))
    assert rules(GP, facts, before) == [Rule.R5]
    assert rules(GP, facts) == []


def test_a_hit_names_the_party_apart_from_the_words():
    (hit,) = found(GP, works_at("bidder"))
    assert hit.about == "bidder"
    assert "bidder" not in hit.zh + hit.en
    assert hit.words("zh") == (
        "参加采购活动前3年内与供应商存在劳动关系（《政府采购法实施条例》第九条第（一）项）"
    )
    assert hit.words("en").endswith("Government Procurement Law, art. 9(1))")


def test_all_reasons_are_told_and_the_first_one_counts():
    facts = declared(
        unit="bidder",
        relatives=(Relative("head", Kinship.SPOUSE),),
        services=(Service("owner", ON),),
    )
    assert rules(GP, facts) == [Rule.R5, Rule.R8, Rule.R13]
    sifted = screen([facts], Activity(GP, "project", ON), PARTIES, TERMS)
    assert sifted.kept == ()
    assert sifted.counts() == {"R5": 1}


def test_empty_names_never_match_each_other():
    nameless = RecusalFacts(expert="E1", person="", unit="", ties=("",))
    parties = Parties(
        bidders=(Bidder(organisation="bidder", persons_in_charge=("",), controllers=("",)),)
    )
    assert rules(GP, nameless, parties) == rules(ENG, nameless, parties) == []
