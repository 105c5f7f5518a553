"""Nobody sits down without having declared the discipline: neither an expert nor the purchaser."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.panels.commands.attending import SignInRepresentative, sign_in_representative
from bidding.panels.model import PanelRepresentative
from market.experts.commands.attendance import SignIn, sign_in
from market.experts.model import Invitation
from market.experts.rules.invitations import InvitationState
from market.kernel.errors import MarketError, NotFound
from market.kernel.workdays import legal_day, start_of
from tests.bidding.panels.cast import EVALUATION, PanelCast, make_panel_cast, ready

INSTANT = timedelta(microseconds=1)
OPENS = start_of(legal_day(EVALUATION))


@pytest.fixture
def drawn(engine, tmp_path) -> PanelCast:
    """A panel whose four experts have said yes."""
    house = make_panel_cast(engine, tmp_path)
    house.enter()
    ready(house)
    house.start()
    house.draw()
    house.confirm_all()
    return house


def expert_comes(house: PanelCast, *, declares: bool = True) -> str:
    """The first member comes; the code of the refusal, or how the invitation stands then."""
    member = house.members()[0]
    command = SignIn(member.invitation, declares=declares)
    try:
        house.office.run(sign_in, command, house.expert_actor(member.person))
    except MarketError as refused:
        return refused.code
    return stands(house).state.value


def stands(house: PanelCast) -> Invitation:
    with house.office.sessions() as session:
        return session.get_one(Invitation, house.members()[0].invitation)


def representative_comes(house: PanelCast, *, declares: bool = True) -> str:
    """The purchaser's representative comes; the code of the refusal, or "came"."""
    command = SignInRepresentative(house.no, declares=declares)
    try:
        house.office.run(sign_in_representative, command, house.tenders.clerk)
    except MarketError as refused:
        return refused.code
    return "came"


def came(house: PanelCast) -> list[tuple[object, object]]:
    with house.office.sessions() as session:
        found = session.scalars(select(PanelRepresentative)).all()
        return [(one.signed_in_at, one.declaration_hash) for one in found]


def test_an_expert_who_does_not_declare_is_not_signed_in(drawn: PanelCast) -> None:
    drawn.clock.at = EVALUATION - timedelta(hours=1)
    assert expert_comes(drawn, declares=False) == "declaration-needed"
    row = stands(drawn)
    assert (row.state, row.signed_in_at) == (InvitationState.CONFIRMED, None)
    assert expert_comes(drawn) == "signed-in"
    hashed = stands(drawn).declaration_hash
    assert hashed is not None
    assert expert_comes(drawn, declares=False) == "signed-in", "twice is once"
    assert stands(drawn).declaration_hash == hashed


def test_an_expert_comes_from_the_first_to_the_last_moment_and_not_beside_them(
    drawn: PanelCast,
) -> None:
    drawn.clock.at = OPENS - 2 * INSTANT  # each reading moves the clock on by one
    assert expert_comes(drawn) == "sign-in-closed"
    drawn.clock.at = EVALUATION
    assert expert_comes(drawn) == "sign-in-closed"
    drawn.clock.at = EVALUATION - INSTANT
    assert expert_comes(drawn) == "signed-in"


def test_an_expert_who_comes_outside_the_hours_is_not_asked_to_declare(drawn: PanelCast) -> None:
    drawn.clock.at = OPENS - timedelta(hours=1)
    assert expert_comes(drawn, declares=False) == "sign-in-closed"


def test_a_representative_who_does_not_declare_is_not_signed_in(drawn: PanelCast) -> None:
    drawn.clock.at = EVALUATION - timedelta(hours=1)
    assert representative_comes(drawn, declares=False) == "declaration-needed"
    assert came(drawn) == [(None, None)]
    assert representative_comes(drawn) == "came"
    (first,) = came(drawn)
    assert None not in first
    assert representative_comes(drawn, declares=False) == "came", "twice is once"
    assert came(drawn) == [first]


def test_a_representative_comes_on_the_day_and_not_before_it(drawn: PanelCast) -> None:
    drawn.clock.at = OPENS - 2 * INSTANT
    assert representative_comes(drawn) == "sign-in-closed"
    drawn.clock.at = OPENS - INSTANT
    assert representative_comes(drawn) == "came"


def test_nobody_declares_for_somebody_else(drawn: PanelCast) -> None:
    drawn.clock.at = EVALUATION - timedelta(hours=1)
    mine, other = (member.person for member in drawn.members()[:2])
    command = SignIn(drawn.members()[0].invitation, declares=True)
    with pytest.raises(NotFound):
        drawn.office.run(sign_in, command, drawn.expert_actor(other))
    assert mine != other
    with pytest.raises(NotFound):
        drawn.office.run(
            sign_in_representative,
            SignInRepresentative(drawn.no, declares=True),
            drawn.tenders.stranger,
        )
    assert came(drawn) == [(None, None)]
