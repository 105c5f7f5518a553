"""Whatever a choice waits for is said in words to everybody, with what helps and what ends it."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from intermediaries.demands import queries as demands
from intermediaries.offers import proofs, queries, reviewing, schemes
from intermediaries.offers.commands import closing
from intermediaries.offers.commands.lacking import DrawAgain, draw_again
from intermediaries.offers.commands.scoring import LockSheet, lock_sheet
from intermediaries.offers.desk import desk
from intermediaries.offers.lacking import is_given_up
from intermediaries.offers.model import SelectionWait
from intermediaries.offers.rules.enrolling import GRACE
from intermediaries.offers.rules.lacking import Lack
from intermediaries.offers.waiting import waits
from intermediaries.rulebook.selection.modes import Mode
from market.accounts.commands.keys import NameKey, revoke_key
from market.accounts.queries.organisations import keys
from market.command import HOUSE, Actor
from market.draws import queries as draws
from market.draws.commands.parties import give_consent
from market.draws.sealing import sealer
from market.journal.keys import make
from market.kernel.errors import MarketError, Refusal
from market.kernel.workdays import end_of, legal_day
from market.protocol.draws import SKIPS, make_consent
from market.reviews.commands.answering import LeaveSeat, leave_seat
from market.reviews.feature import FEATURE as REVIEWS
from market.reviews.rules import Leaving
from market.verify.command_line import main as verify
from tests.intermediaries.offers.test_schemes import FULL, PRICES, key_of, opened, review
from tests.intermediaries.offers.test_web import ROOMS
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.offers_cast import AGENCIES, TICK, Bazaar, make_bazaar
from tests.support.review_cast import ReviewTable
from tests.support.strangers import keys_beside

FIRST, SECOND, THIRD = AGENCIES[:3]


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    made = make_bazaar(engine, tmp_path, AGENCIES[:3])
    make(tmp_path / "keys")
    keys_beside(tmp_path / "keys")
    return made


@pytest.fixture
def table(place: Bazaar) -> ReviewTable:
    """The neutral parties with their keys, and no expert in the register yet."""
    held = {"supervisor": place.keys["jian"], "centre": place.keys["ceng"]}
    made = ReviewTable(place.market.cast, lambda: None, keys=held)
    made.seals = sealer(place.settings.keys)
    made.admit()
    return made


@pytest.fixture
def app(place: Bazaar, redis_url: str, tmp_path: Path) -> Flask:
    return app_of(place.market.cast, (*ROOMS, REVIEWS), redis_url, tmp_path)


def said(place: Bazaar) -> list[str]:
    row = place.row()
    return [one.said("en") for one in place.ask(waits, row, place.now)]


def wait(place: Bazaar) -> SelectionWait | None:
    return place.ask(lambda session: session.scalar(select(SelectionWait)))


def draw_reviewers(place: Bazaar) -> int:
    """What the beat does about reviewers."""
    done = reviewing.draw_all(place.office, place.settings)
    reviewing.watch_all(place.office, place.settings)
    return done


def on_desk(app: Flask, place: Bazaar, who: Actor) -> list[str]:
    with app.test_request_context():
        found = place.ask(desk, who, place.now)
    return [one.en for one in found if one.subject == place.no]


def test_a_draw_whose_supervisor_has_no_key_says_so_until_there_is_one(
    app: Flask, place: Bazaar
) -> None:
    no = place.demand(Mode.LOWEST)
    place.give_keys()
    for name, price in zip(AGENCIES, PRICES, strict=False):
        place.enrol(name, price)
    (key,) = place.ask(keys, place.market.cast.organisations["supervisor"])
    place.office.run(revoke_key, NameKey(key.id), place.actor("jian", "supervisor"))
    row = place.row()
    place.clock.at = row.enrol_closes + GRACE + TICK
    place.office.run(closing.close, row.id, HOUSE)
    with pytest.raises(MarketError, match="bad-parties"):
        place.office.run(closing.freeze, row.id, HOUSE)
    (words,) = said(place)
    assert "the supervisor has none in force" in words
    for language, part in (("en", "has none in force"), ("zh", "监督方尚无有效密钥")):
        page = Browser(app.test_client(), place.market.cast, language)
        assert part in page.open(f"/demands/{no}/selection").text
        assert part in page.open(f"/demands/{no}").text
    for who in (place.owner, place.market.centre):
        assert [one for one in on_desk(app, place, who) if "signing keys" in one], who.name
    assert not on_desk(app, place, place.actor(FIRST)), "an agency can do nothing about it"
    place.keys["jian"] = place.market.cast.give_key("supervisor", "jian")
    assert said(place) == []
    place.office.run(closing.freeze, row.id, HOUSE)
    (words,) = said(place)
    assert "waits for the numbers of" in words


def test_timekeepers_who_do_not_answer_are_told_before_the_closing_and_after(
    app: Flask, place: Bazaar
) -> None:
    no = place.demand(Mode.LOWEST)
    place.clock.at = max(place.clock.at, place.row().enrol_opens)
    (words,) = said(place)
    assert "0 of the 3 timekeepers have given their keys" in words
    assert [one for one in on_desk(app, place, place.owner) if "0 of the 3" in one]
    place.give_keys()
    assert said(place) == []
    for name, price in zip(AGENCIES, PRICES, strict=False):
        place.enrol(name, price)
    place.close()
    place.clock.at = place.row().opens_at - timedelta(minutes=1)
    assert not [one for one in said(place) if "released" in one]
    place.clock.at = place.row().opens_at
    assert [one for one in said(place) if "0 of 2 needed have released" in one]
    place.draw()
    place.release(1)
    (words,) = said(place)
    assert "1 of 2 needed have released" in words
    for who in (place.owner, place.market.centre):
        assert [one for one in on_desk(app, place, who) if "1 of 2" in one], who.name
    anybody = Browser(app.test_client(), place.market.cast)
    for path in (f"/demands/{no}/selection", f"/demands/{no}"):
        assert "1 of 2 needed" in anybody.open(path).text
    place.release(2)
    assert said(place) == []


def test_too_few_reviewers_are_counted_and_after_ten_working_days_the_demand_fails(
    app: Flask, place: Bazaar, table: ReviewTable, tmp_path: Path
) -> None:
    table.enter(2)
    no = opened(place)
    assert draw_reviewers(place) == 0
    held = wait(place)
    assert held.lack is Lack.POOL
    calendar = place.office.run(lambda work, _: work.calendar, None, HOUSE)
    assert held.ends_at == end_of(calendar.add_working_days(legal_day(held.since), 10))
    (words,) = said(place)
    assert "Too few reviewers: 3 are needed" in words
    assert ": 2)" in words
    anybody = Browser(app.test_client(), place.market.cast)
    for path in (f"/demands/{no}/selection", f"/demands/{no}"):
        assert "Too few reviewers" in anybody.open(path).text
    for who in (place.owner, place.market.centre):
        assert [one for one in on_desk(app, place, who) if "Too few reviewers" in one], who.name
    # Noticed again, a day later: the time runs from the first.
    place.clock.at += timedelta(days=1)
    assert draw_reviewers(place) == 0
    assert wait(place).ends_at == held.ends_at
    row = place.row()
    assert not place.ask(is_given_up, row, held.ends_at)
    assert place.ask(is_given_up, row, held.ends_at + TICK)
    place.clock.at = held.ends_at - timedelta(minutes=1)
    assert place.choose() == 0
    place.clock.at = held.ends_at + TICK
    assert place.choose() == 1
    assert (place.state(), place.ask(demands.facts, no).state.value) == ("failed", "failed")
    words = place.ask(queries.result, no).failure_words("en")
    assert "not all reviewers could be had in time" in words
    place.witness()
    file, out = tmp_path / "selection.json", io.StringIO()
    file.write_bytes(place.ask(proofs.handed_out, no, 1))
    trust = str(place.folder / "trust.json")
    assert verify(["selection", str(file), "--trust", trust, "--language", "en"], out) == 0
    assert "That not all reviewers could be had by the moment stated" in out.getvalue()
    assert place.choose() == 0, "a second beat has nothing to do"


def test_reviewers_who_come_in_time_end_the_wait(place: Bazaar, table: ReviewTable) -> None:
    opened(place)
    assert draw_reviewers(place) == 0
    assert wait(place).lack in {Lack.POOL, Lack.REGISTER}
    since = wait(place).since
    table.enter(30)
    assert draw_reviewers(place) == 1
    assert (wait(place).lack, wait(place).since) == (Lack.DRAW, since)
    assert "being drawn and called" in said(place)[0]
    table.draw(f"{place.no}.reviewers-1")
    table.beat()
    reviewing.watch_all(place.office, place.settings)
    assert wait(place) is None
    assert said(place) == []
    place.clock.at += timedelta(days=40)
    assert not place.ask(is_given_up, place.row(), place.now)


def emptied(place: Bazaar, table: ReviewTable) -> None:
    """Three reviewers of a register of three; one gives the seat back, and nobody is left."""
    table.enter(3)
    opened(place)
    assert draw_reviewers(place) == 1
    table.draw(f"{place.no}.reviewers-1")
    table.beat()
    seat = review(place).held[0]
    leaving = LeaveSeat(seat.id, Leaving.ILL, "住院")
    place.office.run(leave_seat, leaving, table.experts[seat.expert])
    table.beat()
    reviewing.watch_all(place.office, place.settings)


def test_an_empty_seat_is_drawn_for_again_once_however_often_it_is_pressed(
    place: Bazaar, table: ReviewTable
) -> None:
    emptied(place, table)
    assert (wait(place).lack, review(place).empty) == (Lack.SEAT, 1)
    again = DrawAgain(place.no, table.seals)
    for who in (place.owner, place.actor(FIRST), place.market.regulator):
        with pytest.raises(Refusal, match="not-allowed"):
            place.office.run(draw_again, again, who)
    table.enter(1)
    place.office.run(draw_again, again, place.market.centre)
    assert place.office.run(draw_again, again, place.market.centre) == {"no": place.no}
    drawn = review(place).draws
    assert [one.no for one in drawn] == [f"{place.no}.reviewers-1", f"{place.no}.reviewers-1-2"]
    assert place.ask(draws.facts, drawn[1].no).freeze.strata[0].quota == 1
    table.draw(drawn[1].no)
    table.beat()
    consented(place, table, drawn[1].no)
    reviewing.watch_all(place.office, place.settings)
    assert wait(place) is None
    points = dict.fromkeys([key_of(place, name) for name in AGENCIES[:3]], FULL)
    for one in review(place).held:
        place.office.run(lock_sheet, LockSheet(place.no, points), table.experts[one.expert])
    assert place.choose() == 1
    assert place.state() == "selected"
    assert place.ask(lambda session: len(schemes.sheets(session, place.row().id))) == 3


def consented(place: Bazaar, table: ReviewTable, no: str) -> None:
    """The supervisor signs where more were passed over than there are seats: who sat before."""
    freeze = place.ask(draws.facts, no).freeze
    for count in range(2, 8):
        if len(review(place).held) == 3:
            return
        reviewing.watch_all(place.office, place.settings)
        assert wait(place).lack is Lack.DRAW, "called or not, a seat that nobody has is waited for"
        key, name = table.keys["supervisor"], freeze.strata[0].name
        value = make_consent(freeze, SKIPS, name, count, "supervisor", place.now, key)
        table.give(give_consent, no, "supervisor", value)
        table.beat()


def test_the_button_stands_on_the_centres_page_and_nowhere_else(
    app: Flask, place: Bazaar, table: ReviewTable
) -> None:
    emptied(place, table)
    cast, page = place.market.cast, f"/desk/enrolments/{place.no}"
    centre = signed_in(app, cast, "ceng")
    shown = centre.open(page).text
    assert "Draw again" in shown
    assert "s seat is empty" in shown
    table.enter(4)
    for _ in (1, 2):  # pressed twice, each time from a page of its own
        assert centre.press(page, f"{page}/reviewers").status_code in {302, 303}
        if "Draw again" not in centre.open(page).text:
            break
    assert len(review(place).draws) == 2
    assert signed_in(app, cast, "wang").open(page).status_code == 403
    public = Browser(app.test_client(), cast).open(f"/demands/{place.no}/selection").text
    assert "Draw again" not in public
