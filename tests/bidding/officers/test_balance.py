"""Who could open alone is seen before anybody gives a key, by the rule of the manifest itself."""

import pytest

from bidding.officers.balance import Holding, balance, refuse_unless_balanced, threshold
from bidding.officers.queries import seats
from market.kernel.errors import Refusal
from tests.support.bidding_cast import House
from tests.support.bidding_questions import refused as seat_refused

OWNER, AGENT, CENTRE, OPERATOR, SUPERVISOR, NOTARY, FIRM = "OACPSNF"
USUAL = [
    ("owner", OWNER),
    ("agent", AGENT),
    ("centre", CENTRE),
    ("supervisor", SUPERVISOR),
    ("notary", NOTARY),
]
GROUPS = [frozenset({OWNER, AGENT}), frozenset({CENTRE})]
PINNED = frozenset({NOTARY})


def refused(chosen, groups=GROUPS, pinned=PINNED) -> str:
    try:
        refuse_unless_balanced(balance(chosen, groups, pinned))
    except Refusal as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize(("seats", "k"), [(2, 2), (3, 2), (4, 3), (5, 3), (7, 3)])
def test_two_of_three_open_and_three_of_more(seats: int, k: int) -> None:
    assert threshold(seats) == k


def test_purchaser_and_agent_are_shown_as_one_and_may_hold_two_of_five() -> None:
    found = balance(USUAL, GROUPS, PINNED)
    assert found.holdings[0] == Holding((OWNER, AGENT), 2, opens_alone=False)
    assert [one.seats for one in found.holdings] == [2, 1, 1, 1]
    assert (found.k, found.has_outsider, refused(USUAL)) == (3, True, "")


def test_a_third_seat_of_the_same_side_opens_alone() -> None:
    chosen = [*USUAL[:2], ("witness", FIRM), *USUAL[3:]]
    held = [frozenset({OWNER, FIRM}), *GROUPS]
    found = balance(chosen, held, PINNED)
    assert found.holdings[0] == Holding((OWNER, AGENT, FIRM), 3, opens_alone=True)
    assert refused(chosen, held) == "group-holds-k"
    assert refused(chosen) == ""


def test_parts_put_together_what_no_register_does() -> None:
    chosen = [("operator", OPERATOR), ("centre", CENTRE), ("notary", NOTARY)]
    assert refused(chosen, groups=[]) == "group-holds-k"
    assert refused([("supervisor", OPERATOR), *chosen[1:]], groups=[]) == ""


def test_one_organisation_may_hold_two_of_five_and_not_three() -> None:
    assert refused([*USUAL[:3], ("supervisor", NOTARY), USUAL[4]]) == ""
    assert refused([*USUAL[:2], *[("notary", NOTARY)] * 3]) == "organisation-holds-k"


def test_an_outsider_of_the_trust_file_has_to_sit_there() -> None:
    assert refused(USUAL, pinned=frozenset()) == "no-outside-organisation"
    assert refused(USUAL, pinned=frozenset({OWNER, CENTRE})) == "no-outside-organisation"
    inside = [*GROUPS, frozenset({NOTARY, FIRM})]
    assert refused(USUAL, groups=inside) == "no-outside-organisation"


def test_nobody_holds_two_seats(house: House) -> None:
    first, second, _, fourth, _ = house.officers
    with seat_refused("person-twice"):
        house.seat("ZC-2026-777778", [first, second, second, fourth], 3)
    assert house.ask(seats, "ZC-2026-777778") == []
