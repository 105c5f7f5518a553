"""Letters to the agencies that a demand fits: all of them, once, and nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.agencies.commands import sanctions
from intermediaries.agencies.commands.sanctions import SuspendAgency
from intermediaries.agencies.queries import offering
from intermediaries.demands import listing
from intermediaries.demands.alerts import ALERT, tell_agencies
from intermediaries.demands.commands import submitting
from intermediaries.demands.commands.submitting import WithdrawDemand
from intermediaries.demands.feature import FEATURE
from market.accounts.commands.organisations import (
    CorrectOrganisation,
    Share,
    correct_organisation,
)
from market.accounts.roles import Role
from market.accounts.rules import ControllerKind, SmeClass
from market.command import HOUSE
from market.db.outbox import Letter
from market.kernel.workdays import legal_day
from market.protocol.encoding import digest
from tests.support.demand_cast import Demands, make_demands


@pytest.fixture
def demands(engine: Engine) -> Demands:
    made = make_demands(engine)
    made.place.entered()
    cast = made.place.cast
    cast.enrol("yuechu", mobile="13800000003")
    cast.appoint("surveyors", "yan", "yuechu", Role.AGENCY)
    return made


def tell(demands: Demands, no: str) -> list[str]:
    """What the listener does; the keys of all letters about it."""
    demands.place.cast.office.run(tell_agencies, demands.key(no), HOUSE)
    with Session(demands.engine) as session:
        return list(
            session.scalars(select(Letter.key).where(Letter.key.like(f"demand:{no}:fits:%")))
        )


def test_whoever_offers_the_service_and_may_enrol_is_written_to_once(demands: Demands) -> None:
    no, other = demands.published(), demands.published(item=demands.place.plain)
    assert len(tell(demands, no)) == 1
    assert len(tell(demands, no)) == 1  # a listener that runs again
    assert tell(demands, other) == []
    with Session(demands.engine) as session:
        letter = session.scalars(select(Letter).where(Letter.key.like("demand:%:fits:%"))).one()
    closes = demands.facts(no).enrol_closes
    assert closes is not None
    assert (legal_day(closes) - timedelta(days=1)).isoformat() + " 24:00" in letter.zh
    assert letter.link == f"/demands/{no}"


def test_whoever_is_suspended_hears_nothing_and_neither_does_anybody_of_what_has_ended(
    demands: Demands,
) -> None:
    no, ended = demands.published(), demands.published(ceiling="70000")
    demands.run(submitting.withdraw_demand, WithdrawDemand(ended, "停建"))
    assert tell(demands, ended) == []
    item = demands.facts(no).item
    with Session(demands.engine) as session:
        assert offering(session, item, demands.now) == [
            demands.place.cast.organisations["surveyors"]
        ]
    command = SuspendAgency(demands.place.case().no, "两次放弃", demands.place.today)
    demands.place.run(sanctions.suspend_agency, command, demands.place.regulator)
    assert tell(demands, no) == []
    with Session(demands.engine) as session:
        assert offering(session, item, demands.now) == []


def test_a_subsidiary_of_the_owner_is_not_invited_and_reads_why_it_may_not_enrol(
    demands: Demands,
) -> None:
    no, cast = demands.published(), demands.place.cast
    own = cast.organisations["surveyors"]
    with Session(demands.engine) as session:
        (line,) = listing.fitting(session, own, demands.now, 10)
    assert line.bar is None
    command = CorrectOrganisation(
        organisation=own,
        name_zh="surveyors有限公司",
        name_en="Surveyors Ltd",
        sme_class=SmeClass.SMALL,
        legal_representative="某乙",
        head_mark=digest(b"somebody"),
        shares=(Share(ControllerKind.ORGANISATION, "业主", 6_000, uscc=cast.usccs["estate"]),),
    )
    cast.office.run(correct_organisation, command, cast.actor("yan", "surveyors"))
    assert tell(demands, no) == []
    with Session(demands.engine) as session:
        (line,) = listing.fitting(session, own, demands.now, 10)
    assert line.bar is not None
    assert "tied to it" in line.bar[1]


def test_the_room_listens_to_its_publications() -> None:
    assert FEATURE.listeners == (ALERT,)
    assert (ALERT.fact, ALERT.handler) == ("demand.published", tell_agencies)
