"""Dark numbers: drawn by parties on the closing record, taken once, published after the lock."""

import secrets

import pytest
from sqlalchemy import select

from bidding.opening.model import ListedBid
from bidding.opening.numbers import (
    numbers_awaited,
    publish_numbers,
    start_numbers,
    take_numbers,
)
from bidding.opening.queries import dark_bids, in_dark_order
from bidding.opening.rules import OpeningState
from market.command import HOUSE
from market.draws import queries as draws
from market.draws.commands.orders import DrawDarkNumbers, draw_dark_numbers, drawn_order
from market.draws.commands.parties import Give, commit_nonce, reveal_nonce
from market.draws.commands.seating import PartySeat
from market.draws.sealing import sealer
from market.protocol.draws import BY_PARTY, make_commit, make_reveal
from market.protocol.encoding import canonical
from market.protocol.receipts import act_leaf
from tests.support.bidding_cast import House
from tests.support.bidding_questions import opening_row, refused

PARTIES = ("supervisor", "notary", "witness")
ACTORS = {"supervisor": 1, "notary": 3, "witness": 4}
"""Each party's officer in the house: its actor may give nonces too."""


def drawing(house: House) -> str:
    return f"{house.no}.dark-numbers"


def leaves(house: House) -> dict[bytes, str]:
    return {
        act_leaf(row.salt, row.act): row.bid_pub.hex()
        for row in house.ask(lambda session: session.scalars(select(ListedBid)).all())
    }


def freeze(house: House) -> None:
    """What the beat does where a panel was drawn before; the parties are named here."""
    seats = tuple(
        PartySeat(name, house.cast.organisations[name], name.replace("witness", "notary"))
        for name in PARTIES
    )
    command = DrawDarkNumbers(
        tender_no=house.no,
        bids=tuple(leaves(house)),
        sealer=sealer(house.settings.keys),
        parties=seats,
    )
    house.office.run(draw_dark_numbers, command, HOUSE)
    house.tick()


def draw(house: House) -> None:
    """Every party commits, a witness sees it, every party reveals."""
    no, nonces = drawing(house), {name: secrets.token_bytes(32) for name in PARTIES}
    found = house.ask(draws.facts, no)
    for name in PARTIES:
        value = make_commit(
            found.freeze, found.attempt, name, bytes(32), nonces[name], "client",
            house.signers[name],
        )  # fmt: skip
        give(house, commit_nonce, name, value)
    house.tick()
    for name in PARTIES:
        value = make_reveal(no, found.attempt, name, nonces[name], BY_PARTY)
        give(house, reveal_nonce, name, value)
    house.tick()


def give(house: House, handler, name: str, value) -> None:
    actor = house.officers[ACTORS[name]].actor
    house.office.run(handler, Give(drawing(house), canonical(value), 1), actor)


def take(house: House) -> int:
    return take_numbers(house.office, house.settings)


@pytest.fixture
def closed(sealed: House) -> House:
    sealed.close()
    return sealed


def test_without_a_panel_draw_nothing_is_started_and_nothing_is_awaited(closed: House) -> None:
    assert start_numbers(closed.office, closed.settings) == 0
    assert take(closed) == 0
    assert not closed.ask(numbers_awaited, closed.no)


def test_numbers_follow_the_drawn_order_and_are_taken_once(closed: House) -> None:
    freeze(closed)
    assert closed.ask(numbers_awaited, closed.no)
    assert take(closed) == 0
    draw(closed)
    assert [take(closed), take(closed)] == [1, 0]
    assert not closed.ask(numbers_awaited, closed.no)
    order = closed.ask(drawn_order, sealer(closed.settings.keys), drawing(closed))
    by_leaf = leaves(closed)
    rows = closed.ask(lambda session: session.scalars(select(ListedBid)).all())
    found = {row.bid_pub.hex(): row.number for row in rows}
    assert found == {by_leaf[leaf]: place for place, leaf in enumerate(order, start=1)}
    closed.open_all()
    assert opening_row(closed).state is OpeningState.DONE
    wanted = [row.id for row in sorted(rows, key=lambda row: row.number)]
    assert [bid.id for bid in closed.ask(in_dark_order, closed.no)] == wanted
    assert [bid.id for bid in closed.ask(dark_bids, closed.no)] == wanted


def test_a_second_draw_for_the_same_bids_is_refused(closed: House) -> None:
    freeze(closed)
    with refused("second-draw"):
        freeze(closed)


def test_the_draw_is_published_with_its_leaves_open_once_and_not_before_its_seed(
    closed: House,
) -> None:
    freeze(closed)
    tender = opening_row(closed).tender
    with refused("illegal-move"):
        closed.office.run(publish_numbers, tender, HOUSE)
    draw(closed)
    for _ in range(2):
        closed.office.run(publish_numbers, tender, HOUSE)
    facts = closed.ask(draws.facts, drawing(closed))
    assert facts.published_at is not None
