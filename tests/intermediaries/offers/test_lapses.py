"""A choice that timekeepers or drawing parties keep from its result ends by rule, in time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from intermediaries.demands import queries as demands
from intermediaries.offers import queries
from intermediaries.offers.commands import closing
from intermediaries.offers.commands.lapsing import lapse
from intermediaries.offers.lapsing import lapsing_due
from intermediaries.offers.rules.enrolling import GRACE
from intermediaries.offers.rules.lapsing import PATIENCE, last_moment
from intermediaries.offers.waiting import waits
from intermediaries.rulebook.selection.modes import Mode
from market.accounts.commands.keys import NameKey, revoke_key
from market.accounts.queries.organisations import keys
from market.command import HOUSE
from market.db.outbox import Letter
from market.journal.queries import entries_of
from market.kernel.errors import MarketError
from market.protocol.entries import Entry, read_entry
from tests.intermediaries.offers.test_web import ROOMS
from tests.support.browsing import Browser, app_of
from tests.support.offers_cast import AGENCIES, TICK, Bazaar, make_bazaar

PRICES = (9_000_000, 8_000_000, 8_500_000)


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    return make_bazaar(engine, tmp_path, AGENCIES[:3])


@pytest.fixture
def app(place: Bazaar, redis_url: str, tmp_path: Path) -> Flask:
    return app_of(place.market.cast, ROOMS, redis_url, tmp_path)


def enrolled(place: Bazaar) -> str:
    """A demand of fiscal funds for the lowest price, with three sealed quotes."""
    no = place.demand(Mode.LOWEST)
    place.give_keys()
    for name, price in zip(AGENCIES, PRICES, strict=False):
        place.enrol(name, price)
    return no


def lapses(place: Bazaar) -> list[Entry]:
    place.witness()
    found = place.ask(lambda session: list(entries_of(session, place.no, "selection-lapse")))
    return [read_entry(one.entry) for one in found]


def run_out(place: Bazaar) -> None:
    """The last moment passes, and the beat comes twice."""
    row, last = place.row(), last_moment(place.row())
    assert place.ask(lapsing_due, last, 10) == [], "at the last moment it still comes in time"
    assert place.ask(lapsing_due, last + TICK, 10) == [row.id]
    place.clock.at = last - timedelta(minutes=1)
    place.office.run(lapse, row.id, HOUSE)
    assert place.state() == row.state.value
    place.clock.at = last + TICK
    place.beat()
    assert place.state() == "lapsed"
    place.beat()
    place.office.run(lapse, place.row().id, HOUSE)


def test_with_two_timekeepers_dead_the_choice_ends_after_fifteen_days_and_nothing_is_opened(
    app: Flask, place: Bazaar
) -> None:
    no = enrolled(place)
    place.close()
    place.draw()
    place.clock.at = place.row().opens_at
    place.release(1)
    (why,) = place.ask(waits, place.row(), place.now)
    assert why.ends_at == place.row().opens_at + PATIENCE
    assert place.choose() == 0
    run_out(place)
    (entry,) = lapses(place)
    assert (entry.data["lacked"], entry.data["draw"]) == ("releases", place.row().draw_no)
    facts = place.ask(demands.facts, no)
    assert (facts.state.value, facts.end_reason) == ("failed", "releases")
    assert place.ask(queries.result, no) is None
    assert place.ask(waits, place.row(), place.now) == ()
    assert place.choose() == 0
    for language, part in (("en", "for fifteen days"), ("zh", "满15日")):
        page = Browser(app.test_client(), place.market.cast, language)
        assert part in page.open(f"/demands/{no}/selection").text


def test_whoever_waited_is_told_once(place: Bazaar) -> None:
    enrolled(place)
    place.close()
    place.draw()
    run_out(place)
    told = [
        one.en
        for one in place.ask(lambda session: session.scalars(select(Letter)).all())
        if "ended without a result" in one.en
    ]
    assert len(told) == 4, "the owner and three agencies"
    assert all("two timekeepers did not release" in one for one in told)


def test_releases_in_the_last_moment_still_choose(place: Bazaar) -> None:
    enrolled(place)
    place.close()
    place.draw()
    place.clock.at = last_moment(place.row())
    place.release(1, 2)
    place.clock.at += TICK
    place.beat()
    assert place.choose() == 1
    assert place.state() == "selected"
    assert lapses(place) == []


def test_a_draw_that_its_parties_never_complete_ends_the_choice(place: Bazaar) -> None:
    enrolled(place)
    place.close()
    assert place.state() == "drawing"
    run_out(place)
    (entry,) = lapses(place)
    assert entry.data["lacked"] == "numbers"


def test_without_a_supervisors_key_the_choice_ends_and_with_one_it_goes_on(place: Bazaar) -> None:
    enrolled(place)
    supervisor = place.market.cast.organisations["supervisor"]
    (key,) = place.ask(keys, supervisor)
    place.office.run(revoke_key, NameKey(key.id), place.actor("jian", "supervisor"))
    row = place.row()
    place.clock.at = row.enrol_closes + GRACE + TICK
    place.office.run(closing.close, row.id, HOUSE)
    place.clock.at = last_moment(place.row()) + TICK
    assert place.ask(lapsing_due, place.now, 10) == [row.id], "positive control"
    place.keys["jian"] = place.market.cast.give_key("supervisor", "jian")
    assert place.ask(lapsing_due, place.now, 10) == []
    place.office.run(lapse, row.id, HOUSE)
    assert place.state() == "closed", "what came meanwhile is seen by the command itself"
    (key,) = (one for one in place.ask(keys, supervisor) if one.counts_at(place.now))
    place.office.run(revoke_key, NameKey(key.id), place.actor("jian", "supervisor"))
    with pytest.raises(MarketError, match="bad-parties"):
        place.office.run(closing.freeze, row.id, HOUSE)
    place.office.run(lapse, row.id, HOUSE)
    (entry,) = lapses(place)
    assert (entry.data["lacked"], entry.data["draw"]) == ("parties", None)


def test_nothing_lapses_while_enrolment_runs_or_where_the_house_alone_is_slow(
    place: Bazaar,
) -> None:
    enrolled(place)
    late = place.row().opens_at + PATIENCE + timedelta(days=1)
    assert place.ask(lapsing_due, late, 10) == [], "the closing was not written down yet"
    place.close()
    place.draw()
    assert place.ask(lapsing_due, late, 10) == [place.row().id], "positive control"
    place.clock.at = place.row().opens_at
    place.release(1, 2)
    assert place.ask(lapsing_due, late, 10) == []


def test_a_pick_or_rounds_that_end_later_have_their_fifteen_days_from_there() -> None:
    opens = datetime(2026, 3, 2, tzinfo=UTC)
    assert last_moment(SimpleNamespace(opens_at=opens, decides_at=None)) == datetime(
        2026, 3, 17, tzinfo=UTC
    )
    later = SimpleNamespace(opens_at=opens, decides_at=datetime(2026, 3, 5, tzinfo=UTC))
    assert last_moment(later) == datetime(2026, 3, 20, tzinfo=UTC)
