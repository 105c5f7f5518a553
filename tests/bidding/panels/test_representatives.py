"""Whoever sits for the purchaser works for no bidder; another is named, and nobody sits twice."""

from datetime import timedelta
from uuid import UUID

import pytest

from bidding.panels.commands.attending import (
    NameRepresentative,
    SignInRepresentative,
    name_representative,
    sign_in_representative,
)
from bidding.panels.queries import empty_seats, own_representations, seated
from market.accounts.queries.people import person_by_account
from market.accounts.roles import Role
from market.kernel.errors import MarketError
from tests.bidding.panels.cast import EVALUATION, PanelCast, make_panel_cast, ready


@pytest.fixture
def drawn(engine, tmp_path) -> PanelCast:
    """A panel whose experts said yes; `lina` is of the purchaser too, `mei` bids for `maker`."""
    house = make_panel_cast(engine, tmp_path)
    house.enter()
    ready(house)
    house.start()
    house.draw()
    house.confirm_all()
    cast = house.tenders.cast
    cast.appoint("owner", "wang", "lina", Role.OWNER)
    cast.register("maker", "mei")
    return house


def person(house: PanelCast, account: str) -> UUID:
    return house.ask(person_by_account, account)


def bids(house: PanelCast, account: str = "wang") -> None:
    """Somebody begins to work for the maker."""
    house.tenders.cast.appoint("maker", "mei", account, Role.BIDDER)


def check(house: PanelCast) -> None:
    """The opening says that the maker bids."""
    house.check(house.tenders.cast.usccs["maker"])


def name(house: PanelCast, account: str, instead_of: str | None = None, by=None) -> str:
    """The code of the refusal, or "named"."""
    gone = None if instead_of is None else person(house, instead_of)
    command = NameRepresentative(house.no, person(house, account), gone)
    try:
        house.office.run(name_representative, command, by or house.tenders.clerk)
    except MarketError as refused:
        return refused.code
    return "named"


def comes(house: PanelCast, account: str) -> str:
    actor = house.tenders.cast.actor(account, "owner")
    try:
        house.office.run(sign_in_representative, SignInRepresentative(house.no, True), actor)
    except MarketError as refused:
        return refused.code
    return "came"


def sitting(house: PanelCast) -> set[UUID]:
    members = house.ask(seated, house.no).members
    return {one.person for one in members if one.is_representative}


def test_a_representative_who_works_for_a_bidder_leaves_and_the_panel_waits_for_another(
    drawn: PanelCast,
) -> None:
    bids(drawn)
    check(drawn)
    assert (sitting(drawn), drawn.ask(empty_seats, drawn.no)) == (set(), 1)
    assert drawn.ask(own_representations, person(drawn, "wang")) == []
    drawn.clock.at = EVALUATION - timedelta(hours=1)
    drawn.sign_all_in()
    assert comes(drawn, "wang") == "not-found"
    assert not drawn.ask(seated, drawn.no).is_seated, "a seat is empty"
    assert name(drawn, "lina") == "named"
    assert (sitting(drawn), drawn.ask(empty_seats, drawn.no)) == ({person(drawn, "lina")}, 0)
    assert comes(drawn, "lina") == "came"
    assert drawn.ask(seated, drawn.no).is_seated


def test_a_representative_who_works_for_nobody_who_bids_stays(drawn: PanelCast) -> None:
    drawn.tenders.cast.register("other", "lan")
    drawn.tenders.cast.appoint("other", "lan", "wang", Role.BIDDER)
    check(drawn)
    assert sitting(drawn) == {person(drawn, "wang")}


def test_whoever_begins_to_work_for_a_bidder_after_the_check_does_not_sign_in(
    drawn: PanelCast,
) -> None:
    check(drawn)
    bids(drawn)
    drawn.clock.at = EVALUATION - timedelta(hours=1)
    assert comes(drawn, "wang") == "representative-bidder-staff"
    assert name(drawn, "lina", "wang") == "named"
    assert comes(drawn, "lina") == "came"


def test_somebody_who_works_for_a_bidder_is_not_named(drawn: PanelCast) -> None:
    bids(drawn)
    bids(drawn, "lina")
    check(drawn)
    assert name(drawn, "lina") == "representative-bidder-staff"
    assert drawn.ask(empty_seats, drawn.no) == 1


def test_another_takes_the_place_of_one_who_has_not_come_and_only_once(drawn: PanelCast) -> None:
    assert name(drawn, "lina") == "representative-no-seat"
    assert name(drawn, "lina", "wang") == "named"
    assert sitting(drawn) == {person(drawn, "lina")}
    assert name(drawn, "lina", "wang") == "representative-named", "twice is once"
    assert name(drawn, "wang", "lina") == "representative-named", "who is gone does not return"
    assert sitting(drawn) == {person(drawn, "lina")}


def test_whoever_has_signed_in_keeps_the_seat(drawn: PanelCast) -> None:
    drawn.clock.at = EVALUATION - timedelta(hours=1)
    assert comes(drawn, "wang") == "came"
    assert name(drawn, "lina", "wang") == "representative-came"
    check(drawn)
    drawn.sign_all_in()
    assert drawn.ask(seated, drawn.no).is_seated
    drawn.tenders.cast.appoint("owner", "wang", "zhao", Role.OWNER)
    assert name(drawn, "zhao") == "representative-came"


@pytest.mark.parametrize(("account", "code"), [("mei", "stranger"), ("expert0001", "stranger")])
def test_only_the_purchasers_own_people_are_named(
    drawn: PanelCast, account: str, code: str
) -> None:
    assert name(drawn, account, "wang") == f"representative-{code}"
    assert sitting(drawn) == {person(drawn, "wang")}


def test_nobody_but_purchaser_agent_and_centre_names_a_representative(drawn: PanelCast) -> None:
    assert name(drawn, "lina", "wang", drawn.tenders.cast.actor("mei", "maker")) == "not-allowed"
    assert name(drawn, "lina", "wang", drawn.parties["supervisor"]) == "not-allowed"
    assert sitting(drawn) == {person(drawn, "wang")}
