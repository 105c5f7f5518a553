"""Whoever works for a bidder takes no part in drawing its panel; another of the party acts."""

import pytest
from sqlalchemy import select

from bidding.panels.feature import late_recusal_check
from bidding.panels.model import Panel
from market.accounts.roles import Role
from market.command import HOUSE, Actor, Work
from market.db.outbox import Letter
from market.draws import queries as draws
from market.draws.commands.parties import Give, commit_nonce, give_audit, reveal_nonce
from market.draws.commands.shutting import ShutOut, hold_draw, shut_out
from market.draws.model import Draw, DrawShutOut
from market.draws.rules import DrawState
from market.journal.model import TrailLine
from market.kernel.errors import MarketError
from market.protocol.audits import make_audit
from market.protocol.draws import BY_PARTY, make_commit, make_reveal
from market.protocol.encoding import JsonObject, canonical
from tests.bidding.panels.cast import PanelCast, make_panel_cast, ready
from tests.support.log_cast import secret
from tests.support.reachable import reachable


@pytest.fixture
def frozen(engine, tmp_path) -> PanelCast:
    """A pool that waits for its audit; `gong` and `ning` act for the notary, `mei` bids."""
    house = make_panel_cast(engine, tmp_path)
    house.enter()
    ready(house)
    house.start()
    cast = house.tenders.cast
    cast.appoint("notary", "gong", "ning", Role.NOTARY)
    cast.register("maker", "mei")
    reachable(cast, "ning")
    return house


def works_for_the_maker(house: PanelCast, account: str = "gong") -> None:
    house.tenders.cast.appoint("maker", "mei", account, Role.BIDDER)


def check(house: PanelCast) -> None:
    """The opening says that the maker bids."""
    house.check(house.tenders.cast.usccs["maker"])


def gives(house: PanelCast, handler, value: JsonObject, by: Actor) -> str:
    """The code of the refusal, or "taken"."""
    try:
        house.office.run(handler, Give(house.draw_no, canonical(value), 1), by)
    except MarketError as refused:
        return refused.code
    return "taken"


def audits(house: PanelCast, by: Actor) -> str:
    freeze = house.ask(draws.facts, house.draw_no).freeze
    return gives(house, give_audit, make_audit(freeze, "notary", (), house.keys["notary"]), by)


def commits(house: PanelCast, party: str, by: Actor) -> str:
    freeze = house.ask(draws.facts, house.draw_no).freeze
    key = house.keys[party]
    value = make_commit(freeze, 1, party, secret("escrow"), secret(party), "client", key)
    return gives(house, commit_nonce, value, by)


def reveals(house: PanelCast, party: str, by: Actor) -> str:
    value = make_reveal(house.draw_no, 1, party, secret(party), BY_PARTY)
    return gives(house, reveal_nonce, value, by)


def ning(house: PanelCast) -> Actor:
    return house.tenders.cast.actor("ning", "notary")


def displaced(house: PanelCast) -> list[dict[str, str]]:
    """What the trail says of displaced parties."""
    held = select(TrailLine.moves).where(TrailLine.subject == house.no)
    moves = house.ask(lambda session: [one for each in session.scalars(held) for one in each])
    return [one for one in moves if one.get("what") == "draw.displaced"]


def test_who_works_for_a_bidder_gives_nothing_and_another_of_the_party_does(
    frozen: PanelCast,
) -> None:
    works_for_the_maker(frozen)
    check(frozen)
    gong = frozen.parties["notary"]
    assert audits(frozen, gong) == "shut-out"
    assert audits(frozen, ning(frozen)) == "taken"
    assert commits(frozen, "notary", gong) == "shut-out"
    for party, by in (
        ("notary", ning(frozen)),
        ("supervisor", frozen.parties["supervisor"]),
        ("owner", frozen.parties["owner"]),
    ):
        assert commits(frozen, party, by) == "taken"
    frozen.witness()
    assert reveals(frozen, "notary", gong) == "shut-out"
    for party, by in (
        ("notary", ning(frozen)),
        ("supervisor", frozen.parties["supervisor"]),
        ("owner", frozen.parties["owner"]),
    ):
        assert reveals(frozen, party, by) == "taken"
    assert frozen.ask(draws.facts, frozen.draw_no).state is DrawState.DRAWN


def test_a_party_whose_people_work_for_nobody_who_bids_goes_on_itself(frozen: PanelCast) -> None:
    cast = frozen.tenders.cast
    cast.register("other", "lan")
    cast.appoint("other", "lan", "gong", Role.BIDDER)
    check(frozen)
    assert audits(frozen, frozen.parties["notary"]) == "taken"
    assert commits(frozen, "notary", frozen.parties["notary"]) == "taken"
    assert displaced(frozen) == []


def test_the_displacement_is_kept_with_its_reason_once_and_the_party_is_told(
    frozen: PanelCast,
) -> None:
    works_for_the_maker(frozen)
    check(frozen)
    check(frozen)
    maker = frozen.tenders.cast.organisations["maker"]
    frozen.office.run(shut_out, ShutOut(frozen.draw_no, (maker, maker)), HOUSE)
    rows = frozen.ask(lambda session: session.scalars(select(DrawShutOut.organisation)).all())
    assert rows == [maker]
    (kept,) = displaced(frozen)
    assert (kept["party"], kept["reason"]) == ("notary", "works-for-judged")
    keys = frozen.ask(lambda session: session.scalars(select(Letter.key)).all())
    told = [one for one in keys if one.startswith("draw-shut-out:")]
    assert told
    assert {one.split(":")[2] for one in told} == {"notary"}


def test_whoever_begins_to_work_for_a_bidder_later_is_shut_out_as_well(frozen: PanelCast) -> None:
    check(frozen)
    assert audits(frozen, frozen.parties["notary"]) == "taken"
    works_for_the_maker(frozen)
    assert commits(frozen, "notary", frozen.parties["notary"]) == "shut-out"
    assert commits(frozen, "notary", ning(frozen)) == "taken"


def test_a_party_that_bids_itself_gives_nothing_by_anybody(frozen: PanelCast) -> None:
    frozen.check(frozen.tenders.cast.usccs["notary"])
    for by in (frozen.parties["notary"], ning(frozen)):
        assert audits(frozen, by) == "shut-out"
    assert [one["reason"] for one in displaced(frozen)] == ["judged"]


def test_a_held_draw_takes_nothing_until_it_is_known_who_takes_no_part(frozen: PanelCast) -> None:
    def hold(work: Work, no: str) -> None:
        hold_draw(work, no)

    frozen.office.run(hold, frozen.draw_no, HOUSE)
    assert audits(frozen, frozen.parties["notary"]) == "draw-held"
    frozen.check()  # nobody bids who is registered here
    assert audits(frozen, frozen.parties["notary"]) == "taken"


def test_a_draw_that_has_its_seed_is_left_as_it_is(frozen: PanelCast) -> None:
    works_for_the_maker(frozen)
    frozen.draw()
    check(frozen)
    assert frozen.ask(lambda session: session.scalars(select(DrawShutOut)).all()) == []
    assert frozen.ask(draws.facts, frozen.draw_no).state is DrawState.DRAWN
    assert not frozen.ask(lambda session: session.scalars(select(Draw.held)).one())


def test_while_nobody_knows_the_bidders_yet_a_panel_begun_during_the_opening_is_not_held(
    frozen: PanelCast,
) -> None:
    def hold(work: Work, no: str) -> None:
        hold_draw(work, no)

    frozen.office.run(hold, frozen.draw_no, HOUSE)
    key = frozen.ask(lambda session: session.scalars(select(Panel.id)).one())
    frozen.office.run(late_recusal_check(lambda _, __: None).handler, key, HOUSE)
    assert audits(frozen, frozen.parties["notary"]) == "taken"
    works_for_the_maker(frozen)
    check(frozen)
    assert commits(frozen, "notary", frozen.parties["notary"]) == "shut-out"
