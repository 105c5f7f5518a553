"""What one page of a demand allowed is asked again when another page, or the world, has changed."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from intermediaries.demands.commands import checking, preparing, submitting
from intermediaries.demands.commands.preparing import SetContract, SetMode, SetMoney, SetWindow
from intermediaries.demands.rules.completeness import gaps
from intermediaries.demands.rules.contents import ContractTemplate, Section
from intermediaries.rulebook.selection.modes import Funds, Mode
from market.accounts.commands.organisations import (
    CorrectOrganisation,
    Share,
    correct_organisation,
)
from market.accounts.rules import ControllerKind, SmeClass
from market.kernel.errors import BadInput, Refusal
from market.kernel.money import Money
from market.protocol.encoding import digest
from tests.support.demand_cast import Demands, make_demands

CEILING = Money.from_yuan("20000")


@pytest.fixture
def demands(engine: Engine) -> Demands:
    return make_demands(engine)


def hand_in(demands: Demands, no: str) -> None:
    demands.run(submitting.submit_demand, submitting.SubmitDemand(no))


def pays(demands: Demands, no: str, days: int) -> None:
    command = SetContract(no, ContractTemplate.SURVEY, "验收后付清", days)
    demands.run(preparing.set_contract, command)


def lacks(demands: Demands, no: str) -> list[Section]:
    return [one.section for one in gaps(demands.row(no))]


def test_funds_that_become_fiscal_take_out_a_year_to_pay(demands: Demands) -> None:
    no = demands.written(funds=Funds.PRIVATE)
    pays(demands, no, 365)
    demands.run(preparing.set_money, SetMoney(no, Funds.FISCAL, CEILING))
    assert demands.row(no).payment_days is None
    assert lacks(demands, no) == [Section.CONTRACT]
    with pytest.raises(Refusal, match="demand-incomplete"):
        hand_in(demands, no)
    with pytest.raises(Refusal, match="payment-too-late"):
        pays(demands, no, 31)
    pays(demands, no, 30)
    hand_in(demands, no)


@pytest.mark.parametrize(("funds", "days"), [(Funds.FISCAL, 30), (Funds.PRIVATE, 31)])
def test_a_time_of_payment_that_the_funds_allow_stays(
    demands: Demands, funds: Funds, days: int
) -> None:
    no = demands.written(funds=Funds.PRIVATE)
    pays(demands, no, days)
    demands.run(preparing.set_money, SetMoney(no, funds, CEILING))
    assert demands.row(no).payment_days == days
    hand_in(demands, no)


def test_a_demand_that_promises_fiscal_money_too_late_is_neither_handed_in_nor_published(
    demands: Demands, engine: Engine
) -> None:
    def promise(no: str, days: int) -> None:
        """As a draft stood in the tables before anybody asked."""
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE demand SET payment_days = :days WHERE no = :no"),
                {"days": days, "no": no},
            )

    no = demands.written(funds=Funds.FISCAL)
    promise(no, 31)
    with pytest.raises(Refusal, match="payment-too-late"):
        hand_in(demands, no)
    promise(no, 30)
    hand_in(demands, no)
    promise(no, 31)
    with pytest.raises(Refusal, match="payment-too-late"):
        demands.run(checking.publish_demand, checking.PublishDemand(no), demands.centre)
    promise(no, 30)
    demands.run(checking.publish_demand, checking.PublishDemand(no), demands.centre)


@pytest.mark.parametrize("days", [0, 366])
def test_nobody_promises_to_pay_at_once_or_after_more_than_a_year(
    demands: Demands, days: int
) -> None:
    no = demands.written(funds=Funds.PRIVATE)
    with pytest.raises(BadInput, match="time-out-of-range"):
        pays(demands, no, days)


def test_a_window_that_was_long_enough_for_other_money_is_asked_again(demands: Demands) -> None:
    no = demands.written(funds=Funds.PRIVATE)
    demands.run(preparing.set_window, SetWindow(no, 1))
    demands.run(preparing.set_money, SetMoney(no, Funds.FISCAL, CEILING))
    with pytest.raises(Refusal, match="window-too-short"):
        hand_in(demands, no)


def test_a_mode_is_taken_out_by_a_ceiling_that_does_not_allow_it(demands: Demands) -> None:
    fixed = SetMode(no="", mode=Mode.RANDOM, fixed=CEILING)
    no = demands.written(funds=Funds.FISCAL, mode=fixed)
    demands.run(preparing.set_money, SetMoney(no, Funds.FISCAL, Money.from_yuan("100000")))
    assert Section.MODE in lacks(demands, no)
    with pytest.raises(Refusal, match="demand-incomplete"):
        hand_in(demands, no)


def test_a_price_above_a_lower_ceiling_is_taken_out(demands: Demands) -> None:
    fixed = SetMode(no="", mode=Mode.RANDOM, fixed=CEILING)
    no = demands.written(funds=Funds.PRIVATE, mode=fixed)
    lower = Money.from_yuan("19999.99")
    demands.run(preparing.set_money, SetMoney(no, Funds.PRIVATE, lower))
    assert Section.MODE in lacks(demands, no)


def hold(demands: Demands, *holders: str) -> None:
    """The agency `surveyors` declares who holds it."""
    cast = demands.place.cast
    command = CorrectOrganisation(
        organisation=cast.organisations["surveyors"],
        name_zh="surveyors有限公司",
        name_en="surveyors Ltd",
        sme_class=SmeClass.SMALL,
        legal_representative="某乙",
        head_mark=digest(cast.usccs["surveyors"].encode()),
        shares=tuple(
            Share(ControllerKind.ORGANISATION, one, 6_000, uscc=cast.usccs[one]) for one in holders
        ),
    )
    demands.run(correct_organisation, command, demands.place.yan)


def test_the_ties_of_a_named_agency_are_asked_again(demands: Demands) -> None:
    demands.place.entered()
    named = demands.place.cast.usccs["surveyors"]
    direct = SetMode(no="", mode=Mode.DIRECT, named=named, reason="唯一熟悉现场")
    no = demands.written(funds=Funds.PRIVATE, ceiling="20000", mode=direct)
    hold(demands, "estate")
    with pytest.raises(Refusal, match="tied-to-owner"):
        hand_in(demands, no)
    hold(demands)
    hand_in(demands, no)
    hold(demands, "estate")
    with pytest.raises(Refusal, match="tied-to-owner"):
        demands.run(checking.publish_demand, checking.PublishDemand(no), demands.centre)
    hold(demands)
    demands.run(checking.publish_demand, checking.PublishDemand(no), demands.centre)


def test_the_notice_says_the_hours_of_a_revision_that_the_clock_takes(
    demands: Demands, engine: Engine
) -> None:
    no = demands.written()
    with engine.begin() as connection:
        connection.execute(text("UPDATE demand SET revision_hours = 16 WHERE no = :no"), {"no": no})
    hand_in(demands, no)
    assert demands.row(no).revision_hours == 24
    demands.run(checking.publish_demand, checking.PublishDemand(no), demands.centre)
    assert demands.facts(no).revision_hours == 24


def test_a_notice_of_before_keeps_the_hours_with_which_it_was_published(
    demands: Demands, engine: Engine
) -> None:
    no = demands.published()
    with engine.begin() as connection:
        connection.execute(text("UPDATE demand SET revision_hours = 16 WHERE no = :no"), {"no": no})
    demands.go(demands.now + timedelta(days=1))
    assert demands.facts(no).revision_hours == 16
