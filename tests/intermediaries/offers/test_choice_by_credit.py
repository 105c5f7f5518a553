"""Choice by credit: frozen credit, a list, lots, a drawn short list, and the owner's one pick."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from intermediaries.agencies.feature import FEATURE as AGENCIES_ROOM
from intermediaries.agencies.queries import agency_names
from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.cityrules.feature import FEATURE as CITYRULES
from intermediaries.credit.commands.notices import AddBonus, add_bonus
from intermediaries.demands import queries as demands
from intermediaries.demands.commands.preparing import SetMode, set_mode
from intermediaries.demands.feature import FEATURE as DEMANDS
from intermediaries.offers import jobs, listing, proofs, queries
from intermediaries.offers.commands import closing
from intermediaries.offers.commands.shortlisting import PickAgency, pick_agency
from intermediaries.offers.feature import FEATURE
from intermediaries.offers.shortlists import ShortlistShown, shortlist
from intermediaries.rulebook.selection.modes import Funds, Mode
from market.accounts.feature import FEATURE as ACCOUNTS
from market.accounts.roles import Role
from market.approvals.feature import FEATURE as APPROVALS
from market.command import HOUSE
from market.draws.feature import FEATURE as DRAWS
from market.draws.queries import seed
from market.journal.keys import make
from market.journal.queries import entries_of
from market.kernel.errors import MarketError, NotFound, Refusal
from market.kernel.money import Money
from market.protocol.encoding import b64u, unb64u
from market.protocol.entries import read_entry
from market.protocol.numbers import permutation
from market.verify.command_line import main as verify
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar
from tests.support.second_selection import short_list

TICK = timedelta(microseconds=1)
FOUR = AGENCIES[:4]
BONUS = dict(zip(FOUR, (1, 8, 5, 3), strict=True))
PRICES = dict(zip(FOUR, (8_000_000, 9_000_000, 8_500_000, 7_000_000), strict=True))
TERMS = {"list_size": 3, "short_size": 2, "choose_days": 2}
ROOMS = (ACCOUNTS, CITYRULES, CATALOGUE, AGENCIES_ROOM, APPROVALS, DRAWS, DEMANDS, FEATURE)


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    """Four agencies with 101, 108, 105 and 103 points since the first of the month."""
    made = make_bazaar(engine, tmp_path, FOUR)
    made.market.cast.staffed("bureau", "guan", Role.CMO)
    for name, points in BONUS.items():
        give(made, name, points)
    made.clock.at += timedelta(days=32)
    return made


def give(place: Bazaar, name: str, points: int) -> None:
    organisation = place.market.cast.organisations[name]
    no = place.ask(agency_names, [organisation])[organisation].no
    command = AddBonus(agency_no=no, points=points, reason="主动提前交付")
    place.office.run(add_bonus, command, place.actor("guan", "bureau"))


def enrolled(place: Bazaar, *names: str) -> str:
    """A demand whose owner chooses by credit, with sealed quotes of these agencies."""
    no = place.demand(Mode.CREDIT, Funds.PRIVATE, **TERMS)
    place.give_keys()
    for name in names:
        place.enrol(name, PRICES[name])
    return no


def listed(place: Bazaar) -> ShortlistShown:
    found = place.ask(shortlist, place.no)
    assert found is not None
    return found


def pick(place: Bazaar, quote: bytes, reason: str = "熟悉本片区地下管线", **changes) -> None:
    command = PickAgency(place.no, quote, reason)
    place.office.run(pick_agency, command, changes.get("by", place.owner), at=changes.get("at"))


def name_of(place: Bazaar, uscc: str) -> str:
    return next(name for name in FOUR if place.market.cast.usccs[name] == uscc)


def checked(place: Bazaar, tmp_path: Path) -> str:
    """What the program says of the file; it must hold."""
    place.witness()
    file = tmp_path / "file.json"
    file.write_bytes(place.ask(proofs.handed_out, place.no, 1))
    out = io.StringIO()
    arguments = ["selection", str(file), "--trust", str(tmp_path / "trust.json")]
    assert verify(arguments, out) == 0, out.getvalue()
    return out.getvalue()


def test_credit_is_frozen_with_the_list_and_anybody_reckons_lots_and_short_list_again(
    place: Bazaar, tmp_path: Path
) -> None:
    no = enrolled(place, *FOUR)
    place.finish()
    assert place.state() == "shortlisted"
    short = listed(place)
    (entry,) = place.ask(entries_of, no, "enrolments")
    credit = {
        unb64u(one["enrolment"], 32): one["credit"]
        for one in read_entry(entry.entry).data["judged"]
    }
    assert sorted(credit.values()) == [10_100, 10_300, 10_500, 10_800]
    keys = sorted(credit)
    found = place.ask(seed, place.row().draw_no)
    order = [keys.index(key) for key in permutation(found, "selection.1", keys)]
    wanted = short_list([credit[key] for key in keys], order, (3, 2), found, "selection.1")
    assert [one.quote for one in short.candidates] == [keys[index] for index in wanted]
    # 101 points are the fewest of four: beyond a list of three.
    cut = next(row for row in short.rows if row.standing.value == "cut")
    assert name_of(place, cut.uscc) == FOUR[0]
    assert "等待业主从入围名单中选定" in checked(place, tmp_path)


def test_the_owner_takes_one_with_a_reason_that_everybody_reads(
    place: Bazaar, tmp_path: Path
) -> None:
    no = enrolled(place, *FOUR)
    place.finish()
    second = listed(place).candidates[1]
    assert [one for one, _ in place.ask(listing.waiting_picks, owner_of(place), 9)] == [no]
    pick(place, second.quote)
    pick(place, second.quote)  # the same again is nothing
    assert (place.state(), place.ask(listing.waiting_picks, owner_of(place), 9)) == ("picked", [])
    assert place.choose() == 1
    found = place.ask(queries.selected, no)
    name = name_of(place, second.row.uscc)
    assert found.agency == place.market.cast.organisations[name]
    assert found.price == Money(PRICES[name])
    assert found.alternates == ()
    shown = place.ask(queries.result, no)
    assert "熟悉本片区地下管线" in shown.winner.zh
    assert place.market.cast.usccs[name] in checked(place, tmp_path)
    acts = [read_entry(one.entry).data for one in place.ask(entries_of, no, "selection")]
    assert [one["pick"]["quote"] for one in acts if "pick" in one] == [b64u(second.quote)]


def owner_of(place: Bazaar):
    return place.market.cast.organisations["buyer"]


def test_a_file_with_another_pick_is_not_what_the_rule_gives(place: Bazaar, tmp_path: Path) -> None:
    enrolled(place, *FOUR)
    place.finish()
    first, second = listed(place).candidates
    pick(place, second.quote)
    place.choose()
    checked(place, tmp_path)
    file = tmp_path / "file.json"
    held = json.loads(file.read_text("utf-8"))
    held["pick"]["quote"] = b64u(first.quote)
    file.write_text(
        json.dumps(held, ensure_ascii=False, separators=(",", ":"), sort_keys=True), "utf-8"
    )
    arguments = ["selection", str(file), "--trust", str(tmp_path / "trust.json")]
    assert verify(arguments, io.StringIO()) == 1


def test_nobody_else_picks_and_nothing_beside_the_short_list(place: Bazaar) -> None:
    no = enrolled(place, *FOUR)
    with pytest.raises(NotFound):
        pick(place, bytes(32))  # there is no short list yet
    place.finish()
    short = listed(place)
    inside = {one.quote for one in short.candidates}
    hashes = place.ask(queries.selection, no).hashes
    outside = next(one for one in hashes if one not in inside)
    for stranger in (place.actor(FOUR[0]), place.actor("jian", "supervisor"), place.market.centre):
        with pytest.raises(Refusal, match="not-allowed"):
            pick(place, short.candidates[0].quote, by=stranger)
    place.market.cast.staffed("elsewhere", "zhao", Role.OWNER)
    with pytest.raises(NotFound):
        pick(place, short.candidates[0].quote, by=place.actor("zhao", "elsewhere"))
    for quote, reason, code in (
        (outside, "理由", "not-on-short-list"),
        (bytes(32), "理由", "not-on-short-list"),
        (short.candidates[0].quote, " \n", "reason-missing"),
        (short.candidates[0].quote, "长" * 2001, "reason-too-long"),
    ):
        with pytest.raises(MarketError, match=code):
            pick(place, quote, reason)
    pick(place, short.candidates[0].quote, "长" * 2000)
    with pytest.raises(Refusal, match="picked-already"):
        pick(place, short.candidates[1].quote)
    assert listed(place).picked == short.candidates[0]


def test_the_last_moment_belongs_to_the_owner_and_then_the_first_drawn_is_chosen(
    place: Bazaar, tmp_path: Path
) -> None:
    no = enrolled(place, *FOUR)
    place.finish()
    first, second = listed(place).candidates
    until = listed(place).until
    place.clock.at = until - TICK - TICK
    assert jobs.choose_ready(place.office, place.settings) == 0
    draw = jobs._draw(place.office, place.settings, place.row().draw_no)
    command = closing.Choose(place.row().id, draw)
    assert not place.office.run(closing.choose_agency, command, HOUSE)
    with pytest.raises(Refusal, match="pick-late"):
        pick(place, second.quote, at=until + TICK)
    assert place.state() == "shortlisted"
    place.clock.at = until + TICK
    assert place.choose() == 1
    assert place.state() == "selected"
    found = place.ask(queries.selected, no)
    name = name_of(place, first.row.uscc)
    assert found.agency == place.market.cast.organisations[name]
    with pytest.raises(MarketError):
        pick(place, second.quote)
    assert place.market.cast.usccs[name] in checked(place, tmp_path)


def test_a_pick_at_the_very_last_moment_counts(place: Bazaar) -> None:
    no = enrolled(place, *FOUR)
    place.finish()
    second = listed(place).candidates[1]
    pick(place, second.quote, at=listed(place).until)
    place.clock.at = listed(place).until + timedelta(days=1)
    assert place.choose() == 1
    name = name_of(place, second.row.uscc)
    found = place.ask(queries.selected, no)
    assert found.agency == place.market.cast.organisations[name]


def late(place: Bazaar) -> None:
    """Draw, releases and choice, from now on."""
    place.draw()
    place.release(1, 2)
    assert place.choose() == 1


def test_a_draw_that_ends_after_the_owners_time_leaves_nothing_to_pick(place: Bazaar) -> None:
    no = enrolled(place, *FOUR)
    place.close()
    place.clock.at = place.row().decides_at + TICK
    late(place)
    assert place.state() == "selected"
    assert place.ask(shortlist, no) is None


def test_points_given_after_the_closing_draw_nobody_another_lot(place: Bazaar) -> None:
    enrolled(place, *FOUR)
    place.close()
    give(place, FOUR[0], 10)
    place.clock.at = max(place.clock.at, place.row().opens_at)
    place.draw()
    place.release(1, 2)
    place.clock.at += timedelta(days=32)  # they would count from the next month on
    assert place.choose() == 1
    rows = place.ask(queries.result, place.no).rows
    row = next(one for one in rows if name_of(place, one.uscc) == FOUR[0])
    assert next(one.shown for one in row.figures if one.name == "credit") == "101"
    assert row.standing.value == "cut"


def test_with_one_enrolment_it_fails_and_nobody_picks(place: Bazaar) -> None:
    no = enrolled(place, FOUR[0])
    place.finish()
    assert (place.state(), place.ask(shortlist, no)) == ("failed", None)
    assert place.ask(demands.facts, no).state.value == "failed"


def test_at_the_owners_price_nothing_is_sealed_and_the_price_is_the_owners(place: Bazaar) -> None:
    fixed = Money.from_yuan("80000")
    no = place.demand(Mode.CREDIT, Funds.PRIVATE, fixed=fixed, **TERMS)
    assert place.state() == "open"
    for name in FOUR[:2]:
        place.enrol(name)
    place.finish()
    assert place.state() == "shortlisted"
    pick(place, listed(place).candidates[0].quote)
    place.choose()
    assert place.ask(queries.selected, no).price == fixed


def test_a_short_list_longer_than_the_list_is_refused_while_the_owner_writes(
    place: Bazaar,
) -> None:
    no = enrolled(place)
    command = SetMode(no=no, mode=Mode.CREDIT, list_size=2, short_size=3, choose_days=1)
    with pytest.raises(MarketError, match="demand-fixed"):
        place.office.run(set_mode, command, place.owner)
    with pytest.raises(MarketError, match="short-beyond-list"):
        place.demand(Mode.CREDIT, Funds.PRIVATE, list_size=2, short_size=3, choose_days=1)
    place.demand(Mode.CREDIT, Funds.PRIVATE, list_size=2, short_size=2, choose_days=1)


@pytest.fixture
def app(place: Bazaar, redis_url: str, tmp_path: Path) -> Flask:
    make(tmp_path / "keys")
    return app_of(place.market.cast, ROOMS, redis_url, tmp_path)


def test_the_owner_picks_on_its_page_and_everybody_reads_it(app: Flask, place: Bazaar) -> None:
    no = enrolled(place, *FOUR)
    cast = place.market.cast
    owner = signed_in(app, cast, "wang")
    assert owner.open(f"/demands/{no}/pick").status_code == 404  # nothing is drawn yet
    place.finish()
    short = listed(place)
    cast.staffed("elsewhere", "zhao", Role.OWNER)
    cast.staffed("planning", "shenpi", Role.DEPT)
    for account, status in (("zhao", 404), ("shenpi", 404), (FOUR[0], 403)):
        stranger = signed_in(app, cast, account)
        assert stranger.open(f"/demands/{no}/pick").status_code == status, account
    path = f"/demands/{no}/pick"
    page = owner.open(path).text
    assert all(one.row.agency.name("en") in page for one in short.candidates)
    assert "The short list is drawn" in owner.open("/desk").text
    refused = owner.send(path, {"agency": "", "reason": "因为熟悉"}, form="PickForm")
    assert refused.status_code == 422
    assert "因为熟悉" in refused.text
    typed = {"agency": b64u(short.candidates[1].quote), "reason": "熟悉本片区<管线>"}
    assert owner.send(path, typed, form="PickForm").status_code == 303
    assert "Picked at" in owner.open(path).text
    for language in ("en", "zh"):
        reader = Browser(app.test_client(), cast, language)
        shown = reader.open(f"/demands/{no}/selection").text
        assert "熟悉本片区&lt;管线&gt;" in shown
    assert (
        Browser(app.test_client(), cast).open(f"/api/v1/demands/{no}/selection").status_code == 200
    )
    place.choose()
    shown = Browser(app.test_client(), cast).open(f"/demands/{no}/selection").text
    assert "熟悉本片区&lt;管线&gt;" in shown
