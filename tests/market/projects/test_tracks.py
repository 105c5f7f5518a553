"""T1 to T6: which track, by which rule, and what must be tendered."""

from dataclasses import replace
from datetime import date

import pytest

from market.kernel.errors import Refusal
from market.kernel.ids import Track
from market.kernel.money import Money
from market.projects.tracks import (
    FundSource,
    Procurement,
    Subject,
    Tendering,
    Thresholds,
    decide_track,
    refuse_unless_track,
    thresholds,
)

ON = date(2026, 3, 2)
LIMITS = thresholds(ON)
FEN = 1
MUST = {
    Subject.WORKS: "4000000",
    Subject.GOODS_FOR_WORKS: "2000000",
    Subject.SURVEY_OR_DESIGN: "1000000",
    Subject.SUPERVISION: "1000000",
}


def facts(subject: Subject, yuan: str, **changes: object) -> Procurement:
    plain = Procurement(subject, FundSource.FISCAL, Money.from_yuan(yuan), False, False, "371400")
    return replace(plain, **changes)


def less(amount: str) -> Money:
    return Money(Money.from_yuan(amount).fen - FEN)


@pytest.mark.parametrize("subject", MUST)
@pytest.mark.parametrize("funds", list(FundSource))
def test_tendered_works_and_what_belongs_to_them_are_engineering(subject, funds) -> None:
    decision = decide_track(facts(subject, "10000", tendered=True, funds=funds), LIMITS)
    assert (decision.track, decision.rule) == (Track.ENGINEERING, "T1")


@pytest.mark.parametrize(("subject", "amount"), MUST.items())
@pytest.mark.parametrize("funds", [FundSource.FISCAL, FundSource.STATE_OWNED])
def test_from_this_size_on_public_works_must_be_tendered(subject, amount: str, funds) -> None:
    at = facts(subject, amount, funds=funds)
    with pytest.raises(Refusal, match="tender-mandatory") as refused:
        decide_track(at, LIMITS)
    assert "条文未核实" in refused.value.words("zh")
    tendered = decide_track(replace(at, tendered=True), LIMITS)
    assert (tendered.rule, tendered.tendering) == ("T6", Tendering.MANDATORY)
    below = replace(at, estimate=less(amount), tendered=True)
    assert decide_track(below, LIMITS).tendering is Tendering.CHOSEN


@pytest.mark.parametrize(("subject", "amount"), MUST.items())
def test_one_fen_below_fiscal_works_may_go_without_tender_to_procurement(
    subject, amount: str
) -> None:
    below = facts(subject, "1", estimate=less(amount))
    decision = decide_track(below, LIMITS)
    assert (decision.track, decision.rule) == (Track.GOVERNMENT, "T2")
    assert decision.tendering is Tendering.NOT_TENDERED


@pytest.mark.parametrize(
    ("funds", "yuan"), [(FundSource.OTHER, "900000000"), (FundSource.STATE_OWNED, "1")]
)
def test_works_that_nothing_binds_have_no_procedure_here(funds, yuan: str) -> None:
    with pytest.raises(Refusal, match="no-track"):
        decide_track(facts(Subject.WORKS, yuan, funds=funds), LIMITS)


@pytest.mark.parametrize("subject", [Subject.GOODS, Subject.SERVICES, Subject.INTERMEDIARY])
def test_fiscal_goods_and_services_from_the_threshold_on_are_procurement(subject) -> None:
    at = facts(subject, "1000000")
    assert decide_track(at, LIMITS).rule == "T3"
    below = replace(at, estimate=less("1000000"))
    assert decide_track(below, LIMITS).track is None
    assert decide_track(replace(below, in_catalogue=True), LIMITS).track is Track.GOVERNMENT
    other = replace(at, funds=FundSource.OTHER)
    assert decide_track(other, LIMITS).track is None


@pytest.mark.parametrize("tendered", [True, False])
def test_from_the_open_tender_threshold_on_another_method_needs_approval(tendered: bool) -> None:
    at = facts(Subject.GOODS, "2000000", tendered=tendered)
    decision = decide_track(at, LIMITS)
    assert (decision.rule, decision.approval_for_other_method) == ("T4", not tendered)
    below = decide_track(replace(at, estimate=less("2000000")), LIMITS)
    assert (below.rule, below.approval_for_other_method) == ("T3", False)


def test_small_fiscal_intermediary_services_go_to_the_supermarket_in_guangdong() -> None:
    small = facts(Subject.INTERMEDIARY, "100000", region="440100")
    decision = decide_track(small, LIMITS)
    assert (decision.track, decision.rule) == (Track.SUPERMARKET, "T5")
    assert "第四十三条" in decision.article.cite("zh")
    elsewhere = replace(small, region="371400")
    assert decide_track(elsewhere, LIMITS).track is None
    strict = replace(LIMITS, supermarket_elsewhere=True)
    local = decide_track(elsewhere, strict)
    assert (local.track, local.article.cite("en")) == (
        Track.SUPERMARKET,
        "rule of this platform",
    )
    private = replace(small, funds=FundSource.OTHER)
    assert decide_track(private, LIMITS).track is None


@pytest.mark.parametrize(
    ("subject", "track"),
    [
        (Subject.LAND, Track.LAND),
        (Subject.MINING, Track.LAND),
        (Subject.STATE_ASSETS, Track.ASSETS),
    ],
)
def test_land_mining_and_state_assets_have_tracks_of_their_own(subject, track: Track) -> None:
    assert decide_track(facts(subject, "1"), LIMITS).track is track


@pytest.mark.parametrize("track", list(Track))
def test_only_the_track_the_facts_lead_to_is_taken(track: Track) -> None:
    bound = facts(Subject.GOODS, "3000000", tendered=True)
    if track is Track.GOVERNMENT:
        assert refuse_unless_track(track, bound, LIMITS).rule == "T4"
    else:
        with pytest.raises(Refusal, match="track-differs") as refused:
            refuse_unless_track(track, bound, LIMITS)
        assert "政府采购法第二十七条" in refused.value.words("zh")
    free = facts(Subject.SERVICES, "1")
    if track in (Track.GOVERNMENT, Track.SUPERMARKET):
        assert refuse_unless_track(track, free, LIMITS).track is None
    else:
        with pytest.raises(Refusal, match="track-differs"):
            refuse_unless_track(track, free, LIMITS)


def test_a_provinces_own_thresholds_take_the_place_of_the_general_ones() -> None:
    own = Thresholds(Money.from_yuan("500000"), Money.from_yuan("4000000"), LIMITS.must_tender)
    at = facts(Subject.GOODS, "500000")
    assert decide_track(at, own).rule == "T3"
    assert decide_track(at, LIMITS).track is None
    assert decide_track(facts(Subject.GOODS, "3999999"), own).rule == "T3"


def test_before_the_rule_was_in_force_there_is_no_threshold_to_invent() -> None:
    assert thresholds(date(2020, 1, 1)).procurement == Money.from_yuan("1000000")
    with pytest.raises(LookupError):
        thresholds(date(2019, 12, 31))
