"""Separation of duties at the opening: whoever has another part in the tender does not bid."""

import pytest
from sqlalchemy import text

from bidding.bonds.queries import bonds_of
from bidding.opening.around import sides_of
from bidding.opening.queries import opening
from bidding.opening.rules import CAUSES, BidAction
from bidding.opening.sides import (
    SIDES,
    Consequence,
    Side,
    refusing,
    side_of_capacity,
    side_of_preparation,
)
from bidding.tenders.queries import facts
from market.accounts.queries.organisations import organisation_by_uscc
from market.accounts.roles import Role
from market.projects.commands.papers import NameParty, record_party
from market.projects.rules import PartyKind
from tests.support.bidding_cast import House
from tests.support.bidding_questions import bid_states, token

OPEN = ("opened", None)


def sides(house: House, uscc: str) -> frozenset[Side]:
    """Where an organisation stands in the house's tender."""
    return house.ask(
        lambda session: sides_of(
            session, facts(session, house.no), organisation_by_uscc(session, uscc)
        )
    )


def opened(house: House) -> None:
    """Close and open everything with three officers."""
    house.close()
    house.open_all()


def refused_alone(house: House, cause: str) -> None:
    """The bid of `d` is out for this cause with its token free; the three others are opened."""
    states = bid_states(house)
    assert states == {**dict.fromkeys("abc", OPEN), "d": ("refused", cause)}
    assert token(house, house.made["d"].wallet) == "released"
    (line,) = house.ask(opening, house.no).record["out"]
    rule = next(rule for rule in SIDES.values() if rule.cause == cause)
    assert rule.article.cite("zh") in line["zh"]
    assert rule.article.cite("en") in line["en"]


def seated_bidder(house: House, name: str, account: str) -> None:
    """An organisation that already has a part in the tender sends a bid of its own as `d`."""
    house.cast.confirm(name, account, house.bank_key)
    uscc = house.cast.usccs[name]
    wallet = house.bank.token(house.bank.holder(uscc, name))
    made = house.bid("d", wallet=wallet, uscc=uscc, organisation=house.signers[name])
    house.hand_in("d", made)


def test_an_honest_bidder_stands_on_no_side_and_is_opened(sealed: House) -> None:
    sealed.submit("d")
    assert {sides(sealed, one.uscc) for one in sealed.bidders.values()} == {frozenset()}
    opened(sealed)
    assert set(bid_states(sealed).values()) == {OPEN}


def test_the_owner_does_not_bid(sealed: House) -> None:
    seated_bidder(sealed, "owner", "wang")
    assert Side.OWNER in sides(sealed, sealed.cast.usccs["owner"])
    opened(sealed)
    refused_alone(sealed, "insider")


def test_the_agent_does_not_bid(sealed: House) -> None:
    sealed.submit("d")
    with sealed.engine.begin() as connection:
        connection.execute(
            text("UPDATE tender SET agent = :one WHERE no = :no"),
            {"one": sealed.cast.organisations["firm-d"], "no": sealed.no},
        )
    opened(sealed)
    refused_alone(sealed, "agent-bids")


def test_an_operator_does_not_bid(sealed: House) -> None:
    sealed.submit("d")
    sealed.cast.admit("firm-d", Role.CENTER)
    opened(sealed)
    refused_alone(sealed, "operator-bids")


CAUSE_OF_CAPACITY = {
    Role.CENTER: "operator-bids",
    Role.CMO: "operator-bids",
    Role.REG: "supervisor-bids",
    Role.SUPV: "supervisor-bids",
    Role.BANK: "custodian-bids",
}


def test_operators_supervisors_and_custodians_stand_on_a_side_and_no_other_capacity_does(
    sealed: House,
) -> None:
    uscc = sealed.bidders["d"].uscc
    for capacity in (Role.NOTARY, Role.OWNER, Role.AGENT, Role.AUDITOR):
        sealed.cast.admit("firm-d", capacity)
        assert sides(sealed, uscc) == frozenset(), capacity
    for capacity, cause in CAUSE_OF_CAPACITY.items():
        before = sides(sealed, uscc)
        sealed.cast.admit("firm-d", capacity)
        added = sides(sealed, uscc) - before
        assert {SIDES[side].cause for side in added} <= {cause}
        assert cause in {SIDES[side].cause for side in sides(sealed, uscc)}, capacity


def test_a_capacity_used_elsewhere_hinders_nobody(sealed: House) -> None:
    sealed.submit("d")
    sealed.cast.admit("firm-d", Role.NOTARY)
    opened(sealed)
    assert bid_states(sealed)["d"] == OPEN


def test_an_officers_organisation_does_not_bid(sealed: House) -> None:
    seated_bidder(sealed, "witness", "ming")
    opened(sealed)
    refused_alone(sealed, "officer-bids")


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        (PartyKind.REFERENCE_PRICE, "price-setter-bids"),
        (PartyKind.DESIGNER, "preparer-bids"),
    ],
)
def test_whoever_prepared_the_project_does_not_bid(
    sealed: House, kind: PartyKind, cause: str
) -> None:
    sealed.submit("d")
    project = sealed.tenders.facts(sealed.no).project
    named = NameParty(project, kind, sealed.bidders["d"].uscc)
    sealed.tenders.run(record_party, named)
    opened(sealed)
    refused_alone(sealed, cause)


@pytest.mark.parametrize("kind", list(PartyKind))
def test_every_way_of_preparing_a_project_is_a_side(sealed: House, kind: PartyKind) -> None:
    project = sealed.tenders.facts(sealed.no).project
    uscc = sealed.bidders["d"].uscc
    sealed.tenders.run(record_party, NameParty(project, kind, uscc))
    setter = kind is PartyKind.REFERENCE_PRICE
    assert sides(sealed, uscc) == {Side.PRICE_SETTER if setter else Side.PREPARER}


def test_nobody_of_the_bidders_people_works_for_another_side(sealed: House) -> None:
    sealed.submit("d")
    sealed.cast.appoint("firm-d", "clerk-d", "gong", Role.BIDDER)
    assert sides(sealed, sealed.bidders["d"].uscc) == {Side.PERSON}
    opened(sealed)
    refused_alone(sealed, "two-sides")


def test_an_organisation_on_several_sides_is_named_the_first(sealed: House) -> None:
    seated_bidder(sealed, "supervisor", "jian")
    assert sides(sealed, sealed.cast.usccs["supervisor"]) >= {Side.SUPERVISOR, Side.OFFICER}
    opened(sealed)
    refused_alone(sealed, "supervisor-bids")


@pytest.mark.parametrize("side", list(Side))
def test_every_side_has_a_rule_with_its_article(side: Side) -> None:
    rule = SIDES[side]
    assert rule.article.zh
    assert rule.article.en
    if rule.consequence is Consequence.MEMBER_RECUSED:
        assert refusing({side}) is None, "the member leaves, not the bid"
        return
    assert refusing({side}) is rule
    assert CAUSES[rule.cause] == (BidAction.REFUSE, rule.words("zh"), rule.words("en"))


def test_sides_come_from_capacities_and_preparation_alone() -> None:
    hindered = {role for role in Role if side_of_capacity(role) is not None}
    assert hindered == {Role.CENTER, Role.CMO, Role.REG, Role.SUPV, Role.BANK}
    assert {side_of_preparation(kind) for kind in PartyKind} == {Side.PREPARER, Side.PRICE_SETTER}
    assert refusing(()) is None


def test_a_bid_of_an_organisation_on_another_side_is_never_named_to_the_custodian(
    sealed: House,
) -> None:
    """Its token is free again, so nothing is held for it at the bank either."""
    sealed.submit("d")
    sealed.cast.admit("firm-d", Role.BANK)
    opened(sealed)
    named = {bond.uscc for bond in sealed.ask(bonds_of, sealed.no)}
    assert named == {sealed.bidders[name].uscc for name in "abc"}
