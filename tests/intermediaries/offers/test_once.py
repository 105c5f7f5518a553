"""What time does, twice or at once, is done once; timekeepers of one interest are refused."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select

from intermediaries.offers import listing
from intermediaries.offers.commands import closing
from intermediaries.offers.commands.course import begin
from intermediaries.offers.commands.keeping import (
    KeepRecipient,
    KeepRelease,
    keep_recipient,
    keep_release,
)
from intermediaries.offers.jobs import _interests
from intermediaries.offers.model import Selection, TimeReleaseRow
from intermediaries.offers.rows import occasion_of
from intermediaries.rulebook.selection.modes import Mode
from market.command import HOUSE, Work
from market.db.outbox import Letter
from market.journal.model import JournalEntry
from market.kernel.errors import Refusal
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar
from tests.support.repeated import at_once


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    return make_bazaar(engine, tmp_path, AGENCIES[:3])


def acts(place: Bazaar, kind: str) -> int:
    """How many acts of a kind were written about the demand, placed or waiting."""
    return place.ask(
        lambda s: s.scalar(
            select(func.count()).where(JournalEntry.subject == place.no, JournalEntry.type == kind)
        )
    )


def often(place: Bazaar, step: Callable[[Work, UUID], object], key: UUID) -> None:
    """A step of the beat by three workers at once, and once more."""
    at_once(lambda _: place.office.run(step, key, HOUSE))
    place.office.run(step, key, HOUSE)


def test_every_step_of_the_beat_is_taken_once(place: Bazaar) -> None:
    place.demand(Mode.LOWEST)
    row = place.row()
    often(place, begin, row.demand)
    assert place.ask(lambda s: s.scalar(select(func.count()).select_from(Selection))) == 1
    place.give_keys()
    again = place.keepers[0].recipient(occasion_of(place.row()))
    assert not place.office.run(keep_recipient, KeepRecipient(row.id, again, ()), HOUSE)
    for name, price in zip(AGENCIES, (9_100_000, 8_000_000, 8_500_000), strict=False):
        place.enrol(name, price)
    often(place, closing.close, row.id)  # the time has not come
    assert (place.state(), acts(place, "enrolments")) == ("open", 0)
    place.clock.at = row.enrol_closes.replace(hour=23)
    often(place, closing.close, row.id)
    often(place, closing.freeze, row.id)
    assert (place.state(), acts(place, "enrolments")) == ("drawing", 1)
    place.draw()
    often(place, closing.publish_order, row.id)
    place.release(1, 2)
    raw = place.ask(lambda s: s.scalars(select(TimeReleaseRow.body)).first())
    assert not place.office.run(keep_release, KeepRelease(row.id, 1, raw), HOUSE)
    assert place.choose() == 1
    assert place.choose() == 0
    often(place, closing.publish_result, row.id)
    assert [acts(place, kind) for kind in ("time-release", "selection", "result")] == [2, 1, 1]
    letters = place.ask(lambda s: s.scalars(select(Letter.link)).all())
    assert letters.count(f"/demands/{place.no}/selection") == 4  # the owner and three agencies


def test_two_timekeepers_of_one_interest_take_no_quote(place: Bazaar) -> None:
    place.demand(Mode.LOWEST)
    row = place.row()
    together = frozenset(one.organisation.uscc for one in place.keepers[:2])
    for one in place.keepers[:2]:
        raw = one.recipient(occasion_of(row))
        place.office.run(keep_recipient, KeepRecipient(row.id, raw, (together,)), HOUSE)
    last = KeepRecipient(row.id, place.keepers[2].recipient(occasion_of(row)), (together,))
    with pytest.raises(Refusal, match="timekeepers-together"):
        place.office.run(keep_recipient, last, HOUSE)
    assert place.state() == "awaiting-keys"


def test_whoever_belongs_to_the_owner_or_the_operator_is_known(place: Bazaar) -> None:
    place.demand(Mode.LOWEST)
    cast = place.market.cast
    place.control("buyer", AGENCIES[0])
    codes = [cast.usccs[name] for name in (AGENCIES[0], AGENCIES[1], "centre")]
    owners, operators = place.ask(_interests, place.row(), codes, place.now)
    assert owners == {cast.usccs["buyer"], cast.usccs[AGENCIES[0]]}
    assert operators == {cast.usccs["centre"]}


def test_a_key_for_another_occasion_or_of_a_stranger_is_refused(place: Bazaar) -> None:
    first = place.demand(Mode.LOWEST)
    raw = place.keepers[0].recipient(occasion_of(place.row(first)))
    place.demand(Mode.AVERAGE)
    key = place.row().id
    with pytest.raises(Refusal, match="foreign-recipient"):
        place.office.run(keep_recipient, KeepRecipient(key, raw, ()), HOUSE)
    assert place.ask(listing.enrolled_count, key) == 0
