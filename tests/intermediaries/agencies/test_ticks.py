"""Expiry and time: told thirty days ahead, once; ticks make visible and decide nothing."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.agencies import queries, ticks
from intermediaries.agencies.commands import checking, files
from intermediaries.agencies.commands.checking import DecideQualification
from intermediaries.agencies.commands.files import (
    AddQualification,
    CorrectQualification,
    NamePart,
)
from intermediaries.agencies.rules.grounds import Ground, Reason
from intermediaries.agencies.rules.standing import AskedItem, Bar, may_enrol
from intermediaries.agencies.rules.states import AgencyState, QualificationState
from intermediaries.catalogue.queries import item_by_code
from market.accounts.commands.people import AddAddress, add_address
from market.accounts.vault import AddressKind, seal_address
from market.command import HOUSE
from market.db.outbox import Letter
from market.feature import Tick
from market.kernel.errors import Refusal
from market.kernel.workdays import end_of, start_of
from tests.support.supermarket_cast import GRADE, Supermarket, make_supermarket, paper

TICK = timedelta(microseconds=1)
LAST = GRADE.expires_on


@pytest.fixture
def place(engine: Engine) -> Supermarket:
    made = make_supermarket(engine)
    sealed = seal_address(made.cast.vault, AddressKind.MOBILE, "13800000000")
    made.run(add_address, AddAddress(sealed), made.yan)
    return made


def beat(place: Supermarket) -> dict[str, int]:
    """One beat: each tick for everything that is due, as the heartbeat does it."""
    done = {}
    for tick in ticks.TICKS:
        done[tick.name] = len(_carry_out(place, tick))
    return done


def _carry_out(place: Supermarket, tick: Tick) -> list[UUID]:
    with Session(place.engine) as session:
        due = list(tick.due(session, place.now, 100))
    for key in due:
        place.cast.office.run(tick.handler, key, HOUSE)
    return due


def bars(place: Supermarket) -> tuple[Bar, ...]:
    with Session(place.engine) as session:
        item = item_by_code(session, place.survey, place.today)
        known = queries.view(session, place.cast.organisations["surveyors"], place.now)
    assert known is not None
    return may_enrol(known, AskedItem(item.id, item.terms.requirement), place.now)


def letters(place: Supermarket) -> list[str]:
    with Session(place.engine) as session:
        return list(session.scalars(select(Letter.key).where(Letter.key.like("agency-qual%"))))


def test_a_beat_writes_down_what_was_so_already(place: Supermarket) -> None:
    no = place.checked()
    assert beat(place)["agencies.settle"] == 0
    ends = place.case().publicity_ends
    assert ends is not None
    place.go(ends + TICK)
    assert bars(place) == ()
    assert beat(place)["agencies.settle"] == 1
    assert beat(place)["agencies.settle"] == 0
    assert bars(place) == ()
    with Session(place.engine) as session:
        shown = queries.public_agency(session, no, place.now)
    assert (shown.state, shown.entered_at) == (AgencyState.ACTIVE, ends)


def test_the_end_of_a_certificate_is_told_thirty_days_ahead_and_once(place: Supermarket) -> None:
    place.entered()
    place.go(start_of(LAST - timedelta(days=30)) - TICK)
    assert beat(place)["agencies.warn"] == 0
    assert not place.case().qualifications[0].is_near
    place.go(start_of(LAST - timedelta(days=30)))
    assert place.case().qualifications[0].is_near
    assert beat(place)["agencies.warn"] == 1
    assert beat(place)["agencies.warn"] == 0
    assert len(letters(place)) == 1
    place.go(end_of(LAST) - TICK)
    assert (bars(place), beat(place)["agencies.expire"]) == ((), 0)
    place.go(end_of(LAST))
    assert bars(place) == (Bar.UNQUALIFIED,)
    assert beat(place)["agencies.expire"] == 1
    assert beat(place)["agencies.expire"] == 0
    assert sorted(key.split(":")[2] for key in letters(place)) == ["expired", "warned"]


def test_a_beat_that_comes_late_warns_of_nothing_that_is_over(place: Supermarket) -> None:
    place.entered()
    place.go(end_of(LAST))
    assert beat(place) == {"agencies.settle": 0, "agencies.warn": 0, "agencies.expire": 1}


def test_a_renewal_is_checked_alone_and_counts_from_its_confirmation(place: Supermarket) -> None:
    no = place.entered()
    place.go(end_of(LAST))
    says = files.Certified(
        GRADE.kind, GRADE.level, "乙测资字2027009", GRADE.issuer, date(2030, 1, 1)
    )
    done = place.run(files.add_qualification, AddQualification(says, paper("renewal")))
    key = UUID(done["qualification"])
    place.run(files.hand_in_qualification, NamePart(key))
    assert bars(place) == (Bar.UNQUALIFIED,)
    borrowed = (Reason(Ground.QUALIFICATION_DIFFERS, "扫描件缺第二页"),)
    decide = DecideQualification(no, key, borrowed)
    place.run(checking.return_qualification, decide, place.centre)
    place.run(files.correct_qualification, CorrectQualification(key, says, paper("whole")))
    place.run(files.hand_in_qualification, NamePart(key))
    place.run(checking.confirm_qualification, DecideQualification(no, key), place.centre)
    assert bars(place) == ()
    with pytest.raises(Refusal, match="qualification-fixed"):
        place.run(files.correct_qualification, CorrectQualification(key, says, None))
    place.run(files.end_qualification, NamePart(key))
    assert bars(place) == (Bar.UNQUALIFIED,)
    states = {one.state for one in place.case().qualifications}
    assert states == {QualificationState.CONFIRMED}
