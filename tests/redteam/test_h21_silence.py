"""H21: not sending the letter is "no answer" is the next candidate; caps nobody can re-run."""

from datetime import timedelta

import pytest

from market.command import HOUSE
from market.draws import queries as draws
from market.draws.model import DrawStep
from market.experts import queries as experts
from market.experts.commands.inviting import ConfirmDelivery, confirm_delivery, lapse
from market.experts.feature import invite_drawn
from market.kernel.errors import Refusal
from market.protocol.encoding import parse
from tests.bidding.panels.cast import PanelCast, make_panel_cast, ready


@pytest.fixture
def house(engine, tmp_path) -> PanelCast:
    cast = make_panel_cast(engine, tmp_path)
    cast.enter()
    ready(cast)
    cast.start()
    cast.draw()
    return cast


def test_a_letter_that_was_never_sent_never_becomes_no_answer(house):
    invite_drawn(house.office, house.settings)  # the platform keeps the letters back
    member = house.members()[0]
    supervisor = house.parties["supervisor"]
    shown = ConfirmDelivery(member.invitation, "library-call", "R-1")
    house.office.run(confirm_delivery, shown, supervisor)
    house.clock.at += timedelta(hours=5)
    with pytest.raises(Refusal, match="delivery-not-shown"):
        house.office.run(lapse, member.invitation, HOUSE)
    assert house.ask(experts.lapsing, house.clock.at, 10) == []


def test_the_platforms_own_delivery_alone_never_becomes_no_answer(house):
    house.beat()
    house.clock.at += timedelta(hours=5)
    for member in house.members():
        with pytest.raises(Refusal, match="delivery-not-shown"):
            house.office.run(lapse, member.invitation, HOUSE)


def test_a_skip_for_silence_carries_both_deliveries_into_the_journal(house):
    house.beat()
    member = house.members()[0]
    shown = ConfirmDelivery(member.invitation, "library-call", "R-1")
    house.office.run(confirm_delivery, shown, house.parties["supervisor"])
    house.clock.at += timedelta(minutes=16)
    house.office.run(lapse, member.invitation, HOUSE)
    with house.office.sessions() as session:
        (step,) = session.query(DrawStep).all()
    written = parse(step.body)
    assert written["code"] == "no-answer"
    assert {one["carrier"] for one in written["deliveries"]} == {"mailbox", "library-call"}
    assert member.expert not in step.body.decode()


def test_the_next_is_the_next_in_the_order_and_nobody_is_chosen(house):
    house.beat()
    (following,) = house.ask(draws.walk, house.draw_no).following("信息系统", 1)
    token = next(iter(house.letters()))
    house.reply(token, accepts=False, reason="ill")
    assert following in {seat.leaf for seat in house.ask(draws.seats, house.draw_no)}
