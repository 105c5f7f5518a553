"""An agency of the owner's, or of the department that approves, takes no part in a choice."""

import io
import json
from datetime import time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from intermediaries.offers import proofs, queries
from intermediaries.rulebook.selection.modes import Funds, Mode
from market.accounts.commands.organisations import (
    CorrectOrganisation,
    Share,
    correct_organisation,
)
from market.accounts.roles import Role
from market.accounts.rules import ControllerKind, SmeClass
from market.journal.queries import entries_of
from market.kernel.errors import Refusal
from market.kernel.money import Money
from market.protocol.encoding import digest
from market.protocol.entries import read_entry
from market.verify.command_line import main as verify
from tests.intermediaries.offers.test_schemes import PLAN
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar

SECOND = timedelta(seconds=1)
FIRST, CHEAP, THIRD = AGENCIES[:3]
PRICES = {FIRST: 9_100_000, CHEAP: 8_000_000, THIRD: 8_500_000}
PRICE = Money.from_yuan("20000")
CEILING = Money.from_yuan("30000")


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    return make_bazaar(engine, tmp_path, AGENCIES[:3])


def corrected(place: Bazaar, name: str, head: str | None = None, *holders: str) -> None:
    """What an organisation declares of itself now: its person in charge, who holds it."""
    usccs = place.market.cast.usccs
    command = CorrectOrganisation(
        organisation=place.market.cast.organisations[name],
        name_zh=f"{name}有限公司",
        name_en=f"{name} Ltd",
        sme_class=SmeClass.SMALL,
        legal_representative="某乙",
        head_mark=digest((head or usccs[name]).encode()),
        shares=tuple(
            Share(ControllerKind.ORGANISATION, one, 6_000, uscc=usccs.get(one, one))
            for one in holders
        ),
    )
    account = "wang" if name == "buyer" else name
    place.office.run(correct_organisation, command, place.actor(account, name))


def tie(place: Bazaar, how: str, name: str) -> None:
    match how:
        case "subsidiary":
            corrected(place, name, None, "buyer")
        case "parent":
            corrected(place, "buyer", None, name)
        case "one holder":
            outside = place.market.cast.fresh_uscc()
            corrected(place, name, None, outside)
            corrected(place, "buyer", None, outside)
        case "one head":
            corrected(place, name, "the same person")
            corrected(place, "buyer", "the same person")


def let_approve(place: Bazaar, engine: Engine) -> None:
    """The deliverable is used by an approval of the department `planning`."""
    place.market.cast.staffed("planning", "shen", Role.DEPT)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE demand SET department = :key, approval_item = 'JG-001' WHERE no = :no"),
            {"key": place.market.cast.organisations["planning"], "no": place.no},
        )


def own(place: Bazaar, engine: Engine, name: str) -> None:
    """The demand is this organisation's."""
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE demand SET owner = :own WHERE no = :no"),
            {"own": place.market.cast.organisations[name], "no": place.no},
        )


def standings(place: Bazaar) -> dict[str, tuple[str, str]]:
    names = {place.market.cast.usccs[name]: name for name in PRICES}
    rows = place.ask(queries.result, place.no).rows
    return {names[row.uscc]: (row.standing.value, row.zh) for row in rows if row.uscc in names}


def winner(place: Bazaar) -> str:
    found = place.ask(queries.selected, place.no)
    held = place.market.cast.organisations
    return next(name for name in PRICES if held[name] == found.agency)


def opened(place: Bazaar) -> None:
    place.demand(Mode.LOWEST, Funds.PRIVATE)
    place.give_keys()


@pytest.mark.parametrize("how", ["subsidiary", "parent", "one holder", "one head"])
def test_an_agency_tied_to_the_owner_may_not_enrol_and_another_may(place: Bazaar, how: str) -> None:
    opened(place)
    tie(place, how, CHEAP)
    with pytest.raises(Refusal, match="tied-to-owner") as refused:
        place.enrol(CHEAP, 8_000_000)
    assert refused.value.article is not None
    assert "业主" in refused.value.words("zh")
    place.enrol(FIRST, 9_000_000)


CREDIT = {"list_size": 5, "short_size": 3, "choose_days": 2, "fixed": PRICE}


@pytest.mark.parametrize(
    ("mode", "extra"),
    [
        (Mode.DIRECT, {"ceiling": CEILING, "fixed": PRICE, "reason": "承担过前期工作"}),
        (Mode.RANDOM, {"ceiling": CEILING, "fixed": PRICE}),
        (Mode.LOWEST, {}),
        (Mode.AVERAGE, {}),
        (Mode.REFPRICE, {}),
        (Mode.MULTIROUND, {"rounds_time": time(10, 0)}),
        (Mode.CREDIT, CREDIT),
        (Mode.SCHEME, {"scheme_weight": 60, "scheme": PLAN}),
    ],
)
def test_the_owner_itself_takes_part_in_no_mode(
    place: Bazaar, engine: Engine, mode: Mode, extra: dict
) -> None:
    named = {"named": place.market.cast.usccs[FIRST]} if mode is Mode.DIRECT else {}
    place.demand(mode, Funds.PRIVATE, **extra, **named)
    if place.row().sealed:
        place.give_keys()
    price = 9_000_000 if place.row().sealed else None
    scheme = {"scheme": b"x"} if mode is Mode.SCHEME else {}
    # An organisation may be owner here and agency there: this demand is the agency's own.
    own(place, engine, FIRST)
    with pytest.raises(Refusal, match="tied-to-owner"):
        place.enrol(FIRST, price, **scheme)
    own(place, engine, "buyer")
    place.enrol(FIRST, price, **scheme)


@pytest.mark.parametrize("how", ["held", "own"])
def test_an_agency_of_the_approving_department_may_not_enrol(
    place: Bazaar, engine: Engine, how: str
) -> None:
    opened(place)
    let_approve(place, engine)
    if how == "held":
        corrected(place, CHEAP, None, "planning")
    else:
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE organisation SET department = :of WHERE id = :key"),
                {
                    "of": place.market.cast.usccs["planning"],
                    "key": place.market.cast.organisations[CHEAP],
                },
            )
    with pytest.raises(Refusal, match="tied-to-department") as refused:
        place.enrol(CHEAP, 8_000_000)
    assert "第四十三条" in refused.value.article.cite("zh")
    place.enrol(FIRST, 9_000_000)


def test_without_an_approval_its_departments_agencies_enrol(place: Bazaar) -> None:
    place.market.cast.staffed("planning", "shen", Role.DEPT)
    opened(place)
    corrected(place, CHEAP, None, "planning")
    place.enrol(CHEAP, 8_000_000)


def test_a_tie_that_begins_after_enrolling_is_found_at_the_closing(place: Bazaar) -> None:
    opened(place)
    for name, price in PRICES.items():
        place.enrol(name, price)
    place.clock.at = place.row().enrol_closes - SECOND
    tie(place, "subsidiary", CHEAP)
    place.finish()
    assert winner(place) == THIRD
    standing, why = standings(place)[CHEAP]
    assert (standing, "业主" in why) == ("invalid", True)


def test_a_tie_to_the_department_that_begins_after_enrolling_is_found_too(
    place: Bazaar, engine: Engine
) -> None:
    opened(place)
    let_approve(place, engine)
    for name, price in PRICES.items():
        place.enrol(name, price)
    corrected(place, CHEAP, None, "planning")
    place.finish()
    assert winner(place) == THIRD
    standing, why = standings(place)[CHEAP]
    assert (standing, "审批" in why) == ("invalid", True)


def test_a_tie_that_ended_before_enrolling_keeps_nobody_out(place: Bazaar) -> None:
    opened(place)
    tie(place, "subsidiary", CHEAP)
    corrected(place, CHEAP)
    for name, price in PRICES.items():
        place.enrol(name, price)
    place.finish()
    assert winner(place) == CHEAP


def test_the_owner_names_no_agency_of_its_own(place: Bazaar) -> None:
    named = place.market.cast.usccs[CHEAP]

    def direct() -> str:
        extra = {"ceiling": CEILING, "fixed": PRICE, "named": named, "reason": "承担过前期工作"}
        return place.demand(Mode.DIRECT, Funds.PRIVATE, **extra)

    tie(place, "subsidiary", CHEAP)
    with pytest.raises(Refusal, match="tied-to-owner") as refused:
        direct()
    assert "named" in refused.value.fields
    corrected(place, CHEAP)
    direct()


def test_the_program_runs_a_choice_with_such_a_fault_again(place: Bazaar, tmp_path: Path) -> None:
    opened(place)
    for name, price in PRICES.items():
        place.enrol(name, price)
    tie(place, "one head", CHEAP)
    place.finish()
    place.witness()
    (entry,) = place.ask(entries_of, place.no, "enrolments")
    faults = [one["fault"] for one in read_entry(entry.entry).data["judged"]]
    assert sorted(fault for fault in faults if fault) == ["tied-to-owner"]
    file = tmp_path / "file.json"
    file.write_bytes(place.ask(proofs.handed_out, place.no, 1))
    arguments = ["selection", str(file), "--trust", str(tmp_path / "trust.json")]
    said = io.StringIO()
    assert verify(arguments, said) == 0, said.getvalue()
    assert "关联" in said.getvalue() or "ties" in said.getvalue()
    held = json.loads(file.read_text("utf-8"))
    next(one for one in held["quotes"] if one["fault"])["fault"] = None
    file.write_text(
        json.dumps(held, ensure_ascii=False, separators=(",", ":"), sort_keys=True), "utf-8"
    )
    assert verify(arguments, io.StringIO()) == 1
