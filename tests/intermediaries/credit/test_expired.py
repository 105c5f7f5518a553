"""A certificate that ran out and was not renewed costs credit, by a notice as for any other act."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from intermediaries.agencies import ticks
from intermediaries.agencies.commands import files
from intermediaries.agencies.commands.files import (
    AddQualification,
    Certified,
    NamePart,
    end_service,
)
from intermediaries.credit.model import CreditPenalty
from intermediaries.rulebook.penalties import Act
from market.command import HOUSE
from market.kernel.workdays import end_of
from tests.support.credit_cast import Bureau
from tests.support.supermarket_cast import GRADE, paper


@pytest.fixture
def bureau(engine: Engine) -> Bureau:
    return Bureau(engine)


def expire(bureau: Bureau) -> int:
    """The certificate's last day is over, and the beat tells it; how many were told."""
    bureau.place.go(end_of(GRADE.expires_on))
    due = bureau.ask(lambda session: list(ticks.expiry_due(session, bureau.now, 10)))
    for key in due:
        bureau.place.cast.office.run(ticks.tell_expired, key, HOUSE)
    return len(due)


def notices(bureau: Bureau):
    mine = CreditPenalty.organisation == bureau.agency
    return bureau.ask(lambda session: session.scalars(select(CreditPenalty).where(mine)).all())


def test_an_agency_that_goes_on_offering_gets_a_notice_of_five_points_once(bureau: Bureau) -> None:
    assert expire(bureau) == 1
    (one,) = notices(bureau)
    assert (one.act, one.points) == (Act.QUALIFICATION_CHANGED, 5)
    assert one.occurred == GRADE.expires_on + timedelta(days=1)
    assert expire(bureau) == 0
    assert len(notices(bureau)) == 1


def test_a_renewal_that_waits_for_its_check_is_no_breach(bureau: Bureau) -> None:
    says = Certified(GRADE.kind, GRADE.level, "乙测资字2027009", GRADE.issuer, date(2030, 1, 1))
    made = bureau.place.run(files.add_qualification, AddQualification(says, paper("renewal")))
    key = UUID(made["qualification"])
    bureau.place.run(files.hand_in_qualification, NamePart(key))
    assert expire(bureau) == 1
    assert notices(bureau) == []


def test_a_renewal_that_was_never_handed_in_is_none(bureau: Bureau) -> None:
    says = Certified(GRADE.kind, GRADE.level, "乙测资字2027009", GRADE.issuer, date(2030, 1, 1))
    bureau.place.run(files.add_qualification, AddQualification(says, paper("renewal")))
    expire(bureau)
    assert len(notices(bureau)) == 1


def test_who_stopped_offering_what_needs_it_broke_nothing(bureau: Bureau) -> None:
    (service,) = bureau.place.case().services
    bureau.place.run(end_service, NamePart(service.key))
    assert expire(bureau) == 1
    assert notices(bureau) == []
