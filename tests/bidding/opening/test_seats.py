"""An officer's seats: what is asked now, until when, and of nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bidding.officers.parts import PARTS, part
from bidding.officers.queries import SeatFacts
from bidding.officers.rules import PanelState
from bidding.opening.rules import GRACE, SHARES_WITHIN
from bidding.opening.seats import Asked, OfficerSeat, asked_before, desk, seat, seats
from market.factory import create_app
from market.feature import DeskItem
from market.features import FEATURES
from market.kernel.errors import NotFound
from market.protocol.officers import ROLES
from tests.support.bidding_cast import House
from tests.support.bidding_hosts import platform
from tests.support.bidding_questions import opening_row

S = PanelState


def held(*, has_key: bool = False, has_rehearsed: bool = False) -> SeatFacts:
    """Seat 1 so far."""
    return SeatFacts(1, "owner", uuid4(), uuid4(), has_key, has_rehearsed)


def asked(house: House, i: int) -> OfficerSeat:
    """The seat of officer i in the tender of the house."""
    return house.ask(seat, house.no, house.officers[i - 1].actor.person)


def waiting(house: House, i: int) -> list[DeskItem]:
    """What stands on the desk of officer i."""
    app = create_app(house.settings, FEATURES, office=house.office)
    with app.test_request_context("/desk"):
        return list(house.ask(desk, house.officers[i - 1].actor, house.clock.at))


@pytest.mark.parametrize(
    ("state", "facts", "wanted"),
    [
        (S.SEATING, held(), Asked.KEY),
        (S.SEATING, held(has_key=True), Asked.AWAIT_REHEARSAL),
        (S.REHEARSING, held(has_key=True), Asked.REHEARSE),
        (S.REHEARSING, held(has_key=True, has_rehearsed=True), Asked.AWAIT_OTHERS),
        (S.REHEARSED, held(has_key=True, has_rehearsed=True), Asked.AWAIT_OTHERS),
        (S.READY, held(has_key=True, has_rehearsed=True), Asked.AWAIT_OPENING),
    ],
)
def test_before_the_opening_a_seat_asks_for_a_key_then_for_the_rehearsal(
    state: PanelState, facts: SeatFacts, wanted: Asked
) -> None:
    assert asked_before(state, facts) is wanted


def test_a_published_tender_asks_nothing_and_says_when_its_opening_begins(sealed: House) -> None:
    mine = asked(sealed, 1)
    assert (mine.asked, mine.waits_for_me, mine.due_at) == (Asked.AWAIT_OPENING, False, None)
    assert mine.opens_at == sealed.deadline + GRACE
    assert waiting(sealed, 1) == []


def test_while_shares_are_collected_the_desk_asks_until_they_are_here(sealed: House) -> None:
    sealed.close()
    first, second = asked(sealed, 1), asked(sealed, 2)
    assert first.asked is second.asked is Asked.OPEN
    assert first.due_at == opening_row(sealed).round_since + SHARES_WITHIN
    (item,) = waiting(sealed, 1)
    assert (item.due_at, item.subject) == (first.due_at, sealed.no)
    assert item.url.endswith(f"/desk/officer/{sealed.no}")
    sealed.post_shares(1)
    assert asked(sealed, 1).asked is Asked.AWAIT_ROUND
    assert (asked(sealed, 2).opened, asked(sealed, 2).k) == (1, 3)
    assert waiting(sealed, 1) == []


def test_a_seat_is_over_when_the_record_stands(sealed: House) -> None:
    sealed.close()
    sealed.open_all()
    assert {asked(sealed, i).asked for i in range(1, 6)} == {Asked.OVER}


def test_whoever_holds_no_seat_sees_none(sealed: House) -> None:
    assert sealed.ask(seats, uuid4()) == []
    assert sealed.ask(seats, None) == []
    with pytest.raises(NotFound):
        sealed.ask(seat, sealed.no, uuid4())
    assert platform(sealed).get("/desk/officer").status_code in {302, 303, 401}


def test_what_waits_stands_first_and_the_earliest_limit_before_it(sealed: House) -> None:
    sealed.close()
    (mine,) = sealed.ask(seats, sealed.officers[0].actor.person)
    assert mine.waits_for_me
    assert mine.due_at is not None
    assert mine.due_at - opening_row(sealed).round_since == timedelta(hours=4)


def test_every_part_of_the_protocol_has_words() -> None:
    assert set(PARTS) == set(ROLES)
    assert (part("notary", "zh"), part("notary", "en")) == ("公证机构", "notary")
