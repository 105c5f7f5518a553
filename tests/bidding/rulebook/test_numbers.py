from datetime import date
from fractions import Fraction

import pytest

from bidding.rulebook import engineering, procurement, remedies
from bidding.rulebook.numbers import (
    NO_LOCAL_RULES,
    Bounds,
    LegalNumber,
    LocalRules,
    Measure,
    at_least,
)
from bidding.rulebook.periods import Bound
from bidding.rulebook.register import NUMBERS, PERIODS, local_rules
from bidding.rulebook.sources import BIDDING_LAW
from market.kernel.errors import BadInput, Refusal
from market.kernel.law import Article, Standing
from market.kernel.money import Money

ON = date(2026, 3, 2)
LAW = Article("《某法》第一条", "Some Law, art. 1")


def test_every_period_of_the_three_catalogues_is_there():
    wanted = {f"E{number:02d}" for number in range(1, 25)}
    wanted |= {f"G{number:02d}" for number in range(1, 32)}
    wanted |= {f"N{number:02d}" for number in range(1, 10)} | {"N11"}
    wanted |= {"N03.1", "N10.1", "N10.2", "N10.3"}
    wanted |= {"LD01", "LD02", "LD03", "LD04", "A01", "A02", "A03", "A06"}
    wanted |= {f"Y{number:02d}" for number in range(1, 11)}
    assert set(PERIODS) == wanted
    assert "N12" in NUMBERS


@pytest.mark.parametrize(
    ("period", "length", "standing"),
    [
        ("E01", 5, Standing.SOURCED),
        ("E03", 20, Standing.SOURCED),
        ("E07", 10, Standing.SOURCED),
        ("E22", 5, Standing.DESIGN),
        ("G01", 30, Standing.MEMORY),
        ("G02", 5, Standing.MEMORY),
        ("G05", 20, Standing.SOURCED),
        ("G18", 5, Standing.MEMORY),
        ("G26", 30, Standing.SOURCED),
        ("G28", 15, Standing.SOURCED),
        ("G29", 2, Standing.MEMORY),
        ("N04", 10, Standing.SOURCED),
        ("N07", 3, Standing.MEMORY),
        ("Y01", 4, Standing.DESIGN),
    ],
)
def test_lengths_and_how_far_their_text_was_verified(period, length, standing):
    (version,) = PERIODS[period].number.versions
    assert version.value.default == length
    assert version.article.standing is standing


def test_articles_are_numbered_as_the_law_numbers_them():
    cited = {number: BIDDING_LAW.article(number).zh for number in (5, 10, 15, 20, 24, 46, 87)}
    assert cited == {
        5: "《招标投标法》第五条",
        10: "《招标投标法》第十条",
        15: "《招标投标法》第十五条",
        20: "《招标投标法》第二十条",
        24: "《招标投标法》第二十四条",
        46: "《招标投标法》第四十六条",
        87: "《招标投标法》第八十七条",
    }


@pytest.mark.parametrize("key", sorted(NUMBERS))
def test_no_number_can_be_set_looser_than_the_law(key):
    number = NUMBERS[key]
    bounds = number.versions[-1].value
    step = Money(1) if number.measure is Measure.MONEY else 1
    if number.measure is Measure.SHARE:
        step = Fraction(1, 10**6)
    today = date(2026, 3, 2)
    for edge, beyond in (
        (bounds.legal_min, None if bounds.legal_min is None else bounds.legal_min - step),
        (bounds.legal_max, None if bounds.legal_max is None else bounds.legal_max + step),
    ):
        if edge is None:
            continue
        assert number.checked(edge, today) == edge
        with pytest.raises((Refusal, BadInput)) as refused:
            number.checked(beyond, today)
        assert refused.value.code in ("looser-than-law", "parameter-below-zero")
        if refused.value.code == "looser-than-law":
            assert number.effective(today, LocalRules({key: beyond})).value == edge


@pytest.mark.parametrize("period", sorted(PERIODS))
def test_a_right_can_be_changed_in_neither_direction(period):
    each = PERIODS[period]
    bounds = each.number.versions[0].value
    if each.bound is Bound.LASTS or period in ("E06", "E07"):
        assert bounds.legal_min == bounds.legal_max == bounds.default
    else:
        assert (bounds.legal_min is None) != (bounds.legal_max is None)


def test_a_refused_value_names_parameter_range_and_article():
    with pytest.raises(Refusal) as refused:
        local_rules({"GP.notice_days": 5, "ENG.bid_days": 19}, ON)
    assert refused.value.code == "looser-than-law"
    assert "ENG.bid_days" in refused.value.words("zh")
    assert "≥ 20" in refused.value.words("zh")
    assert "《招标投标法》第二十四条" in refused.value.words("zh")
    assert "Bidding Law, art. 24" in refused.value.words("en")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"GP.no_such": 5}, "unknown-parameter"),
        ({"GP.notice_days": Fraction(5)}, "parameter-of-another-kind"),
        ({"GP.notice_days": True}, "parameter-of-another-kind"),
        ({"GP.bond_pct": 0}, "parameter-of-another-kind"),
        ({"GP.open_tender_threshold": 5}, "parameter-of-another-kind"),
        ({"G13": -1}, "parameter-below-zero"),
    ],
)
def test_values_that_make_no_sense_are_bad_input(values, code):
    with pytest.raises(BadInput) as refused:
        local_rules(values, ON)
    assert refused.value.code == code


def test_a_stricter_value_is_taken_and_cited_as_the_citys():
    local = local_rules({"GP.notice_days": 7, "G13": 20}, ON)
    found = procurement.NOTICE.number.effective(ON, local)
    assert (found.value, found.is_local) == (7, True)
    assert found.article.cite("zh") == "本平台规则"
    assert found.law.zh == "财政部令第87号第十六条"
    assert procurement.CONTRACT.number.effective(ON, local).value == 20
    assert remedies.CHALLENGE.number.effective(ON, local).value == 7


def test_the_law_of_the_publication_day_holds_and_a_newer_law_overrides_a_looser_city():
    newer = date(2027, 1, 1)
    number = LegalNumber(
        "X", "例", "example", Measure.WORKING_DAYS, at_least(5, LAW, ON) + at_least(8, LAW, newer)
    )
    local = LocalRules({"X": 6})
    assert number.effective(ON, local).value == 6
    assert number.effective(date(2026, 12, 31), local).value == 6
    assert number.effective(newer, local).value == 8
    assert number.effective(newer, local).article is LAW
    with pytest.raises(LookupError):
        number.effective(date(2026, 3, 1), NO_LOCAL_RULES)


def test_a_default_between_the_edges_is_the_platforms_and_an_edge_is_the_laws():
    assert engineering.BID_VALIDITY.number.effective(ON, NO_LOCAL_RULES).article.standing is (
        Standing.DESIGN
    )
    assert engineering.PUBLICITY.number.effective(ON, NO_LOCAL_RULES).article.standing is (
        Standing.SOURCED
    )
    with pytest.raises(ValueError, match="looser"):
        Bounds(4, legal_min=5)


def test_local_rules_do_not_change_behind_ones_back():
    values = {"GP.notice_days": 7}
    local = local_rules(values, ON)
    values["GP.notice_days"] = 9
    assert local.values["GP.notice_days"] == 7
    with pytest.raises(TypeError):
        local.values["GP.notice_days"] = 1
