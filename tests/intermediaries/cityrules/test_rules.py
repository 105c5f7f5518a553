"""What the city sets about choosing: by two persons, from the day after, for what comes then."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.cityrules.commands import (
    NameRules,
    ProposeRules,
    adopt_rules,
    drop_rules,
    propose_rules,
)
from intermediaries.cityrules.queries import settings_on, waiting
from intermediaries.cityrules.rules import (
    RULE_TABLE,
    RuleAction,
    RuleLine,
    RuleState,
    holding,
    refuse_unless_known_before,
)
from intermediaries.demands.commands import checking, preparing, submitting
from intermediaries.demands.commands.preparing import SetMode, SetMoney
from intermediaries.rulebook.selection.admission import DEFAULTS
from intermediaries.rulebook.selection.modes import Funds, Mode
from intermediaries.rulebook.selection.sources import Settings
from market.accounts.roles import Role
from market.journal.model import JournalEntry
from market.kernel.errors import BadInput, IllegalMove, NotFound, Refusal
from market.kernel.money import Money
from market.kernel.workdays import start_of
from market.protocol.encoding import parse
from tests.support.demand_cast import MONDAY, Demands, make_demands
from tests.support.prepared import prepared
from tests.support.repeated import at_once

WEDNESDAY = date(2026, 3, 4)
TICK = timedelta(microseconds=1)
PAPER = "海政办发〔2026〕12号"
CITY = ProposeRules(
    first_day=WEDNESDAY,
    direct_max=Money.from_yuan("20000"),
    fiscal_threshold=Money.from_yuan("60000"),
    min_quotes=4,
    fiscal_direct=False,
    document=PAPER,
    paper="https://city.example/12.htm",
)


@prepared
def make_offices(engine: Engine) -> Demands:
    """An owner, the operator, and a management office with `guan` and `hong`."""
    made = make_demands(engine)
    cast = made.place.cast
    cast.enrol("guan")
    cast.enrol("hong")
    cast.staffed("bureau", "guan", Role.CMO)
    cast.appoint("bureau", "guan", "hong", Role.CMO)
    return made


@pytest.fixture
def city(engine: Engine) -> Demands:
    return make_offices(engine)


def person(city: Demands, name: str):
    return city.place.cast.actor(name, "bureau")


def proposed(city: Demands, command: ProposeRules = CITY, who: str = "guan") -> UUID:
    return UUID(str(city.run(propose_rules, command, person(city, who))["rule"]))


def adopted(city: Demands, command: ProposeRules = CITY) -> None:
    city.run(adopt_rules, NameRules(proposed(city, command)), person(city, "hong"))


def on(city: Demands, day: date) -> Settings:
    with Session(city.engine) as session:
        return settings_on(session, day)


def entries(city: Demands) -> list[tuple[str, dict]]:
    with Session(city.engine) as session:
        rows = session.scalars(select(JournalEntry).where(JournalEntry.type == "parameter"))
        said = [(row.subject, parse(row.data)) for row in rows]
    return [(subject, data) for subject, data in said if data["parameter"] == "city-rule"]


def test_rules_hold_from_their_first_day_on_and_not_before(city: Demands) -> None:
    assert on(city, WEDNESDAY) == DEFAULTS
    adopted(city)
    assert on(city, WEDNESDAY - timedelta(days=1)) == DEFAULTS
    held = on(city, WEDNESDAY)
    assert (held.direct_max, held.fiscal_threshold) == (CITY.direct_max, CITY.fiscal_threshold)
    assert (held.min_quotes, held.fiscal_direct) == (4, False)
    later = replace(CITY, first_day=WEDNESDAY + timedelta(days=2), min_quotes=5)
    adopted(city, later)
    assert on(city, WEDNESDAY + timedelta(days=1)).min_quotes == 4
    assert on(city, WEDNESDAY + timedelta(days=2)).min_quotes == 5


def test_of_two_that_begin_on_one_day_the_later_adopted_holds(city: Demands) -> None:
    adopted(city)
    city.go(city.now + TICK)
    adopted(city, replace(CITY, min_quotes=6))
    assert on(city, WEDNESDAY).min_quotes == 6
    line = RuleLine(WEDNESDAY, Settings(min_quotes=7), "", "", city.now)
    other = replace(line, adopted_at=city.now + TICK, settings=Settings(min_quotes=8))
    for lines in ([line, other], [other, line]):
        assert holding(lines, WEDNESDAY) == other
    assert holding([line], WEDNESDAY - timedelta(days=1)) is None


def test_the_adoption_stands_in_the_public_journal_with_its_paper(city: Demands) -> None:
    key = proposed(city)
    assert entries(city) == []
    city.run(adopt_rules, NameRules(key), person(city, "hong"))
    ((subject, said),) = entries(city)
    assert subject == "city-rule/2026-03-04"
    assert said == {
        "parameter": "city-rule",
        "first_day": "2026-03-04",
        "direct_max": "20,000.00",
        "fiscal_threshold": "60,000.00",
        "min_quotes": 4,
        "fiscal_direct": False,
        "document": PAPER,
        "paper": CITY.paper,
    }


def test_who_put_rules_forward_does_not_adopt_them_nor_does_the_operator(city: Demands) -> None:
    key = proposed(city)
    with pytest.raises(Refusal, match="same-person"):
        city.run(adopt_rules, NameRules(key), person(city, "guan"))
    with pytest.raises(Refusal, match="not-allowed"):
        city.run(adopt_rules, NameRules(key), city.centre)
    assert on(city, WEDNESDAY) == DEFAULTS
    city.run(drop_rules, NameRules(key), city.centre)
    of_centre = city.run(propose_rules, CITY, city.centre)["rule"]
    city.run(adopt_rules, NameRules(UUID(str(of_centre))), person(city, "guan"))
    assert on(city, WEDNESDAY).min_quotes == 4


@pytest.mark.parametrize("handler", [propose_rules, adopt_rules, drop_rules])
def test_nobody_else_touches_the_rules(city: Demands, handler) -> None:
    command = CITY if handler is propose_rules else NameRules(proposed(city))
    for actor in (city.wang, city.shen):
        with pytest.raises(Refusal, match="not-allowed"):
            city.run(handler, command, actor)


def test_a_second_adoption_and_a_drop_afterwards_change_nothing(city: Demands) -> None:
    key = proposed(city)
    city.run(adopt_rules, NameRules(key), person(city, "hong"))
    for handler in (adopt_rules, drop_rules):
        with pytest.raises(IllegalMove):
            city.run(handler, NameRules(key), person(city, "hong"))
    assert len(entries(city)) == 1
    with pytest.raises(NotFound, match="no-rule"):
        city.run(adopt_rules, NameRules(UUID(int=7)), person(city, "hong"))


def test_two_adoptions_at_once_are_one(city: Demands) -> None:
    key = proposed(city)
    actor = person(city, "hong")

    def go(_: int) -> str:
        try:
            city.run(adopt_rules, NameRules(key), actor)
        except IllegalMove:
            return "second"
        return "first"

    assert sorted(at_once(go)) == ["first", "second", "second"]
    assert len(entries(city)) == 1


def test_one_set_waits_at_a_time(city: Demands) -> None:
    key = proposed(city)
    with pytest.raises(Refusal, match="rule-waits"):
        proposed(city, who="hong")
    city.run(drop_rules, NameRules(key), person(city, "guan"))
    with Session(city.engine) as session:
        assert waiting(session) is None
    proposed(city, who="hong")


def test_a_rule_is_known_the_day_before_it_holds(city: Demands) -> None:
    with pytest.raises(Refusal, match="first-day-past") as refused:
        proposed(city, replace(CITY, first_day=MONDAY))
    assert "first_day" in refused.value.fields
    key = proposed(city, replace(CITY, first_day=MONDAY + timedelta(days=1)))
    city.go(start_of(MONDAY + timedelta(days=1)) + TICK)
    with pytest.raises(Refusal, match="first-day-past"):
        city.run(adopt_rules, NameRules(key), person(city, "hong"))
    assert entries(city) == []
    refuse_unless_known_before(WEDNESDAY, WEDNESDAY - timedelta(days=1))
    with pytest.raises(Refusal):
        refuse_unless_known_before(WEDNESDAY, WEDNESDAY)


@pytest.mark.parametrize(
    ("changes", "error", "code", "name"),
    [
        ({"min_quotes": 2}, Refusal, "looser-than-law", "min_quotes"),
        ({"min_quotes": 21}, BadInput, "rule-out-of-range", "min_quotes"),
        ({"fiscal_threshold": Money(0)}, BadInput, "rule-out-of-range", "fiscal_threshold"),
        ({"direct_max": Money(-1)}, BadInput, "rule-out-of-range", "direct_max"),
        ({"paper": "http://city.example/12"}, BadInput, "bad-source", "paper"),
        ({"document": " "}, BadInput, "bad-source", "paper"),
    ],
)
def test_what_no_city_may_set_is_refused_at_its_field(
    city: Demands, changes, error, code, name
) -> None:
    with pytest.raises(error, match=code) as refused:
        proposed(city, replace(CITY, **changes))
    assert list(refused.value.fields) == [name]


@pytest.mark.parametrize(
    "changes",
    [
        {"min_quotes": 3},
        {"min_quotes": 20},
        {"fiscal_threshold": Money(1)},
        {"direct_max": Money(0)},
    ],
)
def test_the_edges_themselves_are_allowed(city: Demands, changes) -> None:
    proposed(city, replace(CITY, **changes))


def test_an_owner_chooses_within_the_rules_of_the_day(city: Demands) -> None:
    direct = SetMode(no="", mode=Mode.DIRECT, named="x", reason="r", fixed=Money(100))
    no = city.written(ceiling="60000", mode=SetMode(no="", mode=Mode.RANDOM, fixed=Money(100)))
    adopted(city)
    city.go(start_of(WEDNESDAY))
    with pytest.raises(Refusal, match="mode-not-allowed") as refused:
        city.run(submitting.submit_demand, submitting.SubmitDemand(no))
    assert PAPER in refused.value.words("en")
    city.run(preparing.set_money, SetMoney(no, Funds.FISCAL, Money.from_yuan("59999.99")))
    assert city.row(no).mode is Mode.RANDOM
    city.run(preparing.set_money, SetMoney(no, Funds.FISCAL, Money.from_yuan("60000")))
    assert city.row(no).mode is None
    for funds, ceiling in ((Funds.FISCAL, "100"), (Funds.PRIVATE, "20000.01")):
        city.run(preparing.set_money, SetMoney(no, funds, Money.from_yuan(ceiling)))
        with pytest.raises(Refusal, match="mode-not-allowed"):
            city.run(preparing.set_mode, replace(direct, no=no))


def test_a_notice_carries_the_rules_of_its_day(city: Demands) -> None:
    before = city.published()
    adopted(city)
    late = city.submitted(ceiling="70000", separate="另一处厂房")
    city.go(start_of(WEDNESDAY))
    city.run(checking.publish_demand, checking.PublishDemand(late), city.centre)
    was, now = city.facts(before).terms, city.facts(late).terms
    assert was is not None
    assert now is not None
    assert (was.min_quotes, now.min_quotes) == (3, 4)


LEGAL = {
    (RuleState.PROPOSED, RuleAction.ADOPT): RuleState.ADOPTED,
    (RuleState.PROPOSED, RuleAction.DROP): RuleState.DROPPED,
}


@pytest.mark.parametrize("state", list(RuleState))
@pytest.mark.parametrize("action", list(RuleAction))
def test_rules_move_along_their_table_and_nowhere_else(
    state: RuleState, action: RuleAction
) -> None:
    if (state, action) in LEGAL:
        assert RULE_TABLE.move(state, action).target is LEGAL[state, action]
    else:
        with pytest.raises(IllegalMove):
            RULE_TABLE.move(state, action)
