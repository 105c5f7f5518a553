"""Sides that only a drawn panel knows: who threw a nonce, and whom its members work for."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from bidding.opening.around import sides_of
from bidding.opening.sides import Consequence, Side, refusing
from bidding.tenders.queries import facts
from market.accounts.queries.organisations import organisation_by_uscc
from market.accounts.roles import Role
from market.experts import queries as experts
from tests.bidding.panels.cast import PanelCast, make_panel_cast, ready


@pytest.fixture
def drawn(engine: Engine, tmp_path: Path) -> PanelCast:
    """A panel that is drawn, with all its members confirmed."""
    cast = make_panel_cast(engine, tmp_path)
    cast.enter()
    ready(cast)
    cast.start()
    cast.draw()
    cast.confirm_all()
    return cast


def sides(cast: PanelCast, name: str) -> frozenset[Side]:
    """Where an organisation of the cast stands in the tender."""
    uscc = cast.tenders.cast.usccs[name]
    return cast.ask(
        lambda session: sides_of(
            session, facts(session, cast.no), organisation_by_uscc(session, uscc)
        )
    )


def test_a_party_to_the_draw_does_not_bid(drawn: PanelCast) -> None:
    found = sides(drawn, "notary")
    assert found == {Side.DRAW_PARTY}
    rule = refusing(found)
    assert rule is not None
    assert (rule.cause, rule.consequence) == ("draw-party-bids", Consequence.BID_REFUSED)


def test_somebody_with_no_part_in_the_draw_may_bid(drawn: PanelCast) -> None:
    drawn.tenders.cast.register("maker", "mei")
    assert sides(drawn, "maker") == frozenset()


def test_a_member_who_works_for_a_bidder_leaves_the_panel_and_the_bid_stays(
    drawn: PanelCast,
) -> None:
    cast = drawn.tenders.cast
    cast.register("maker", "mei")
    seated = drawn.ask(experts.members, drawn.draw_no)
    leaver = next(one for one in seated if one.state.value == "confirmed")
    account = f"expert{int(leaver.expert.removeprefix('E')):04d}"
    cast.appoint("maker", "mei", account, Role.BIDDER)
    drawn.check(cast.usccs["maker"])
    left = {one.person for one in drawn.ask(experts.members, drawn.draw_no)}
    assert leaver.person not in left
    assert sides(drawn, "maker") == frozenset()


def test_members_who_work_for_nobody_who_bids_stay(drawn: PanelCast) -> None:
    cast = drawn.tenders.cast
    for name, account in (("maker", "mei"), ("other", "lan")):
        cast.register(name, account)
    before = {one.person for one in drawn.ask(experts.members, drawn.draw_no)}
    seated = drawn.ask(experts.members, drawn.draw_no)
    account = f"expert{int(seated[0].expert.removeprefix('E')):04d}"
    cast.appoint("other", "lan", account, Role.BIDDER)
    drawn.check(cast.usccs["maker"])
    assert {one.person for one in drawn.ask(experts.members, drawn.draw_no)} == before
