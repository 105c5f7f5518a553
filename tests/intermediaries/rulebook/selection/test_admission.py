"""Which mode may be used, both edges of every limit, and the terms a notice may have."""

from datetime import date

import pytest

from intermediaries.rulebook.selection.admission import check_terms, may_use, modes_for
from intermediaries.rulebook.selection.modes import Funds, Mode
from intermediaries.rulebook.selection.sources import Settings
from market.kernel.errors import BadInput, Refusal
from market.kernel.money import Money
from tests.support.selection_cast import CHOOSE_BY, ROUNDS_FROM, WAN, terms

CAP, THRESHOLD, FEN = Money.from_yuan("30000"), Money.from_yuan("100000"), Money(1)


@pytest.mark.parametrize("funds", list(Funds))
def test_a_direct_choice_is_allowed_up_to_thirty_thousand_yuan_and_not_a_fen_more(funds):
    may_use(Mode.DIRECT, funds, CAP)
    with pytest.raises(Refusal, match="mode-not-allowed") as refused:
        may_use(Mode.DIRECT, funds, CAP + FEN)
    assert "本平台规则" in refused.value.words("zh")
    assert "rule of this platform" in refused.value.words("en")


def test_fiscal_funds_take_an_open_mode_from_a_hundred_thousand_yuan_on():
    below = modes_for(Funds.FISCAL, THRESHOLD - FEN)
    assert below == tuple(mode for mode in Mode if mode is not Mode.DIRECT)
    at = modes_for(Funds.FISCAL, THRESHOLD)
    assert at == (Mode.LOWEST, Mode.AVERAGE, Mode.REFPRICE, Mode.CREDIT)
    with pytest.raises(Refusal, match="mode-not-allowed") as refused:
        may_use(Mode.RANDOM, Funds.FISCAL, THRESHOLD)
    assert "最低价竞价选取" in refused.value.words("zh")


def test_private_funds_take_any_mode_but_the_direct_one_above_its_cap():
    assert modes_for(Funds.PRIVATE, THRESHOLD) == tuple(
        mode for mode in Mode if mode is not Mode.DIRECT
    )
    assert modes_for(Funds.PRIVATE, CAP) == tuple(Mode)


def test_a_city_may_keep_fiscal_funds_from_the_direct_choice():
    strict = Settings(fiscal_direct=False)
    with pytest.raises(Refusal, match="mode-not-allowed"):
        may_use(Mode.DIRECT, Funds.FISCAL, FEN, strict)
    may_use(Mode.DIRECT, Funds.PRIVATE, FEN, strict)


def test_a_city_may_ask_for_more_enrolments_with_fiscal_funds_and_never_for_fewer():
    with pytest.raises(Refusal, match="looser-than-law"):
        Settings(min_quotes=2)
    five = Settings(min_quotes=5, fiscal_threshold=Money(30 * WAN))
    with pytest.raises(Refusal, match="looser-than-law"):
        check_terms(terms(Mode.LOWEST, min_quotes=4), five)
    check_terms(terms(Mode.LOWEST, min_quotes=5), five)
    check_terms(terms(Mode.LOWEST, Funds.PRIVATE, min_quotes=3), five)
    with pytest.raises(BadInput, match="terms-misfit"):
        terms(Mode.LOWEST, min_quotes=2)


def test_a_lowest_price_needs_the_citys_leave():
    low = terms(Mode.LOWEST, floor=Money(WAN))
    with pytest.raises(Refusal, match="floor-not-allowed"):
        check_terms(low)
    check_terms(low, Settings(allow_floor=True))


@pytest.mark.parametrize("mode", list(Mode))
def test_terms_have_the_parameters_of_their_mode_and_no_others(mode):
    terms(mode)
    odd = {
        "fixed": (Money(WAN), (Mode.RANDOM, Mode.DIRECT, Mode.CREDIT)),
        "rounds_from": (ROUNDS_FROM, (Mode.MULTIROUND,)),
        "scheme_weight": (60, (Mode.SCHEME,)),
        "list_size": (3, (Mode.CREDIT,)),
        "short_size": (3, (Mode.CREDIT,)),
        "choose_by": (CHOOSE_BY, (Mode.CREDIT,)),
        "named": ("agency-1", (Mode.DIRECT,)),
        "reason": ("承担过前期勘察", (Mode.DIRECT,)),
    }
    for name, (value, modes) in odd.items():
        if mode in modes:
            assert getattr(terms(mode, **{name: value}), name) == value
        else:
            with pytest.raises(BadInput, match="terms-misfit"):
                terms(mode, **{name: value})


@pytest.mark.parametrize(
    ("mode", "changed"),
    [
        (Mode.LOWEST, {"ceiling": Money(0)}),
        (Mode.LOWEST, {"floor": Money(0)}),
        (Mode.LOWEST, {"floor": Money(20 * WAN) + FEN}),
        (Mode.LOWEST, {"round": 0}),
        (Mode.LOWEST, {"published": date(2002, 12, 31)}),
        (Mode.RANDOM, {"fixed": Money(20 * WAN) + FEN}),
        (Mode.RANDOM, {"fixed": None}),
        (Mode.CREDIT, {"list_size": 1, "short_size": 1}),
        (Mode.CREDIT, {"list_size": 2, "short_size": 3}),
        (Mode.CREDIT, {"short_size": 0}),
        (Mode.CREDIT, {"choose_by": None}),
        (Mode.SCHEME, {"scheme_weight": 0}),
        (Mode.SCHEME, {"scheme_weight": 100}),
        (Mode.SCHEME, {"scheme_weight": None}),
        (Mode.MULTIROUND, {"rounds_from": None}),
        (Mode.DIRECT, {"named": None}),
        (Mode.DIRECT, {"reason": None}),
        (Mode.DIRECT, {"reason": " \n"}),
    ],
)
def test_terms_that_do_not_fit_are_refused(mode, changed):
    with pytest.raises(BadInput, match="terms-misfit"):
        terms(mode, **changed)


def test_terms_at_the_edge_fit():
    assert terms(Mode.LOWEST, floor=Money(20 * WAN)).floor == Money(20 * WAN)
    assert terms(Mode.CREDIT, list_size=2, short_size=2).short_size == 2
    assert terms(Mode.SCHEME, scheme_weight=99).scheme_weight == 99
