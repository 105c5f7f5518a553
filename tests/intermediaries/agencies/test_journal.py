"""What of agencies stands in the public journal: publicity, entry, each sanction, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.agencies.commands import applying, checking, sanctions
from intermediaries.agencies.commands.applying import OwnAgency
from intermediaries.agencies.commands.checking import NameEntry
from intermediaries.agencies.commands.sanctions import DecideAgency, SuspendAgency
from intermediaries.agencies.feature import FEATURE
from market.journal.model import JournalEntry
from market.protocol.encoding import parse, stamp
from tests.support.supermarket_cast import Supermarket, make_supermarket


@pytest.fixture
def place(engine: Engine) -> Supermarket:
    made = make_supermarket(engine)
    made.cast.house.office = replace(made.cast.office, listeners=FEATURE.listeners)
    return made


def said(place: Supermarket, kind: str, no: str) -> list[dict]:
    with Session(place.engine) as session:
        found = select(JournalEntry.data).where(
            JournalEntry.type == kind, JournalEntry.subject == no
        )
        return [parse(raw) for raw in session.scalars(found.order_by(JournalEntry.moment))]


def test_publicity_and_entry_are_two_acts_and_the_entry_is_of_the_moment_of_its_right(
    place: Supermarket,
) -> None:
    no = place.entered()
    publicity, entry = said(place, "agency-entry", no)
    assert (publicity["stage"], entry["stage"]) == ("publicity", "entered")
    assert entry["from"] == publicity["until"]
    place.run(applying.check_again, OwnAgency())
    assert len(said(place, "agency-entry", no)) == 2


def test_a_second_entry_after_leaving_has_acts_of_its_own(place: Supermarket) -> None:
    no = place.entered()
    place.run(applying.leave, OwnAgency())
    place.run(applying.apply_for_entry, OwnAgency())
    place.hand_in()
    place.run(checking.pass_entry, NameEntry(no), place.centre)
    ends = place.case().publicity_ends
    assert ends is not None
    place.go(ends + timedelta(microseconds=1))
    place.run(applying.check_again, OwnAgency())
    stages = [one["stage"] for one in said(place, "agency-entry", no)]
    assert stages == ["publicity", "entered", "publicity", "entered"]


def test_a_sanction_right_after_the_publicity_is_one_act_beside_the_entry(
    place: Supermarket,
) -> None:
    no = place.checked()
    ends = place.case().publicity_ends
    assert ends is not None
    place.go(ends + timedelta(microseconds=1))
    order = SuspendAgency(no, "监管决定：张某作伪证", place.today + timedelta(days=9))
    place.run(sanctions.suspend_agency, order, place.regulator)
    place.run(sanctions.restore_agency, DecideAgency(no, "更正"), place.regulator)
    place.run(sanctions.remove_agency, DecideAgency(no, "决定"), place.regulator)
    assert len(said(place, "agency-entry", no)) == 2
    acts = said(place, "agency-sanction", no)
    assert sorted(one["measure"] for one in acts) == ["removed", "restored", "suspended"]
    assert {one["ground"] for one in acts} == {"decision"}
    assert "张某" not in str(acts)
    assert stamp(ends) == said(place, "agency-entry", no)[1]["from"]
