"""Bidding in rounds: three of three minutes, each price at most one's own before."""

import io
import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from intermediaries.agencies.feature import FEATURE as AGENCIES_ROOM
from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.cityrules.feature import FEATURE as CITYRULES
from intermediaries.demands.feature import FEATURE as DEMANDS
from intermediaries.offers import jobs, listing, proofs, queries
from intermediaries.offers.commands import closing
from intermediaries.offers.commands.bidding_rounds import NamePrice, name_price
from intermediaries.offers.feature import FEATURE
from intermediaries.offers.model import RoundPrice
from intermediaries.offers.round_prices import commitment, own_prices, published_prices
from intermediaries.offers.rules.enrolling import GRACE
from intermediaries.offers.rules.rounds import refuse_unless_running, running_at
from intermediaries.offers.rules.states import SelectionState
from intermediaries.rulebook.selection.modes import Funds, Mode
from market.accounts.feature import FEATURE as ACCOUNTS
from market.accounts.roles import Role
from market.approvals.feature import FEATURE as APPROVALS
from market.command import HOUSE
from market.db.outbox import Letter
from market.draws.feature import FEATURE as DRAWS
from market.journal.keys import make
from market.journal.queries import entries_of
from market.kernel.errors import MarketError, NotFound, Refusal
from market.kernel.money import Money
from market.protocol.encoding import b64u, canonical, digest, moment, unb64u
from market.protocol.entries import read_entry
from market.verify.command_line import main as verify
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar
from tests.support.repeated import at_once
from tests.support.selection_cast import ROUNDS_FROM, terms

TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
FIRST, SECOND, THIRD = AGENCIES[:3]
ROOMS = (ACCOUNTS, CITYRULES, CATALOGUE, AGENCIES_ROOM, APPROVALS, DRAWS, DEMANDS, FEATURE)


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    return make_bazaar(engine, tmp_path, AGENCIES[:3])


def enrolled(place: Bazaar, *names: str) -> str:
    """A demand with rounds at ten o'clock, its list standing and its draw published."""
    no = place.demand(Mode.MULTIROUND, Funds.PRIVATE, rounds_time=time(10, 0))
    assert place.state() == "open"  # nothing is sealed, so no timekeeper is waited for
    for name in names:
        place.enrol(name)
    place.close()
    return no


def begins(place: Bazaar) -> datetime:
    found = place.ask(queries.selection, place.no).terms.rounds_from
    assert found is not None
    return found


def bid(place: Bazaar, name: str, fen: int, at: datetime) -> None:
    command = NamePrice(place.no, Money(fen))
    place.office.run(name_price, command, place.actor(name), at=at)


def end(place: Bazaar) -> None:
    """The rounds are over, the draw is there, the rule is run."""
    place.clock.at = begins(place) + 9 * MINUTE + GRACE + TICK
    place.draw()
    assert place.choose() == 1


def prices(place: Bazaar, name: str) -> list[int]:
    agency = place.market.cast.organisations[name]
    return [one.price.fen for one in place.ask(own_prices, place.row().id, agency)]


def winner(place: Bazaar) -> str:
    found = place.ask(queries.selected, place.no)
    assert found is not None
    held = place.market.cast.organisations
    return next(name for name in AGENCIES[:3] if held[name] == found.agency)


def test_the_last_lowest_price_wins_and_the_program_chooses_again(
    place: Bazaar, tmp_path: Path
) -> None:
    no = enrolled(place, FIRST, SECOND, THIRD)
    start = begins(place)
    bid(place, FIRST, 9_000_000, start)
    bid(place, SECOND, 8_800_000, start + MINUTE)
    bid(place, THIRD, 8_900_000, start + 2 * MINUTE)
    bid(place, FIRST, 8_000_000, start + 4 * MINUTE)
    bid(place, SECOND, 7_900_000, start + 9 * MINUTE)  # the last moment of the last round
    end(place)
    assert place.state() == "selected"
    assert winner(place) == SECOND
    assert place.ask(queries.selected, no).price == Money(7_900_000)
    place.witness()
    file = tmp_path / "file.json"
    file.write_bytes(place.ask(proofs.handed_out, no, 1))
    arguments = ["selection", str(file), "--trust", str(tmp_path / "trust.json")]
    out = io.StringIO()
    assert verify(arguments, out) == 0, out.getvalue()
    held = json.loads(file.read_text("utf-8"))
    assert sorted(len(one["offers"]) for one in held["quotes"]) == [1, 2, 2]
    row = next(one for one in held["quotes"] if len(one["offers"]) == 1)
    row["offers"][0]["price"] = 1
    file.write_text(
        json.dumps(held, ensure_ascii=False, separators=(",", ":"), sort_keys=True), "utf-8"
    )
    assert verify(arguments, io.StringIO()) == 1


def test_of_equal_prices_the_one_that_was_named_first_wins(place: Bazaar) -> None:
    enrolled(place, FIRST, SECOND)
    start = begins(place)
    bid(place, SECOND, 8_000_000, start + MINUTE)
    bid(place, FIRST, 8_000_000, start + MINUTE + TICK)
    bid(place, SECOND, 8_000_000, start + 8 * MINUTE)  # the same again: it keeps its moment
    end(place)
    assert winner(place) == SECOND
    assert prices(place, SECOND) == [8_000_000]


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (-TICK, "rounds-not-open"),
        (timedelta(), None),
        (3 * MINUTE, None),
        (3 * MINUTE + TICK, None),
        (9 * MINUTE, None),
        (9 * MINUTE + TICK, "rounds-over"),
    ],
)
def test_both_edges_of_the_rounds_belong_to_them(after: timedelta, code: str | None) -> None:
    held, now = terms(Mode.MULTIROUND), ROUNDS_FROM + after
    if code is None:
        assert refuse_unless_running(held, SelectionState.DRAWING, now)
        return
    with pytest.raises(Refusal, match=code):
        refuse_unless_running(held, SelectionState.DRAWING, now)


def test_a_round_ends_with_its_last_moment_and_the_next_one_begins_after_it() -> None:
    held = terms(Mode.MULTIROUND)
    numbers = [
        running_at(held, ROUNDS_FROM + after).number
        for after in (-TICK, timedelta(), 3 * MINUTE, 3 * MINUTE + TICK, 6 * MINUTE)
    ]
    assert numbers == [None, 1, 1, 2, 2]
    assert running_at(held, ROUNDS_FROM + 6 * MINUTE + TICK).number == 3
    assert running_at(held, ROUNDS_FROM - TICK).until == ROUNDS_FROM
    assert running_at(held, ROUNDS_FROM + TICK).until == ROUNDS_FROM + 3 * MINUTE
    assert running_at(held, ROUNDS_FROM + 9 * MINUTE + TICK).is_over


def test_prices_are_refused_in_words_before_after_above_and_beyond(place: Bazaar) -> None:
    enrolled(place, FIRST, SECOND)
    start = begins(place)
    with pytest.raises(Refusal, match="rounds-not-open"):
        bid(place, FIRST, 9_000_000, start - TICK)
    with pytest.raises(MarketError, match="beyond-limits"):
        bid(place, FIRST, 10_000_001, start)
    bid(place, FIRST, 10_000_000, start)  # the ceiling is inside
    bid(place, FIRST, 9_000_000, start + TICK)
    with pytest.raises(Refusal, match="price-higher") as refused:
        bid(place, FIRST, 9_000_001, start + MINUTE)
    assert "90000.00" in refused.value.words("en").replace(",", "")
    assert refused.value.article is not None
    with pytest.raises(Refusal, match="rounds-over"):
        bid(place, FIRST, 8_000_000, start + 9 * MINUTE + TICK)
    assert prices(place, FIRST) == [9_000_000, 10_000_000]
    with pytest.raises(NotFound):  # it has not enrolled
        bid(place, THIRD, 8_000_000, start)


def test_nobody_bids_before_the_list_stands_or_in_another_mode(place: Bazaar) -> None:
    place.demand(Mode.MULTIROUND, Funds.PRIVATE, rounds_time=time(10, 0))
    place.enrol(FIRST)
    place.enrol(SECOND)
    with pytest.raises(Refusal, match="list-awaited"):
        bid(place, FIRST, 8_000_000, begins(place))
    start = begins(place)
    place.demand(Mode.LOWEST, Funds.PRIVATE)
    place.give_keys()
    place.enrol(FIRST, 9_000_000)
    with pytest.raises(NotFound):
        bid(place, FIRST, 8_000_000, start)


def test_a_price_sent_twice_at_once_is_one_and_of_two_tabs_the_lower_stands(place: Bazaar) -> None:
    enrolled(place, FIRST, SECOND)
    start = begins(place)
    at_once(lambda _: bid(place, FIRST, 9_000_000, start + MINUTE))
    assert prices(place, FIRST) == [9_000_000]

    def either(number: int) -> str:
        try:
            bid(place, FIRST, (8_500_000, 8_400_000)[number % 2], start + 2 * MINUTE)
        except Refusal as refusal:
            return refusal.code
        return "taken"

    said = at_once(either)
    assert prices(place, FIRST)[0] == 8_400_000
    assert set(said) <= {"taken", "price-higher"}
    bid(place, SECOND, 8_450_000, start + MINUTE)
    end(place)
    assert winner(place) == FIRST  # whichever tab came first, its last lowest price counts


def test_with_one_agency_that_counts_there_is_no_bidding_and_it_fails(place: Bazaar) -> None:
    no = place.demand(Mode.MULTIROUND, Funds.PRIVATE, rounds_time=time(10, 0))
    place.enrol(FIRST)
    place.enrol(SECOND)
    place.clock.at = place.row().enrol_closes - MINUTE
    place.suspend(SECOND)
    place.close()
    with pytest.raises(Refusal, match="too-few-enrolled"):
        bid(place, FIRST, 8_000_000, begins(place))
    with pytest.raises(Refusal, match="does-not-count"):
        bid(place, SECOND, 8_000_000, begins(place))
    assert place.choose() == 1
    assert (place.state(), place.ask(queries.selected, no)) == ("failed", None)


def test_whoever_names_no_price_does_not_count(place: Bazaar) -> None:
    no = enrolled(place, FIRST, SECOND)
    bid(place, FIRST, 8_000_000, begins(place))
    end(place)
    assert place.state() == "failed"  # two are needed who bid
    assert len(place.ask(queries.result, no).rows) == 2


def asked_at_once(place: Bazaar) -> bool:
    """Whether the rule is run for whoever asks the command itself."""
    row = place.row()
    draw = jobs._draw(place.office, place.settings, row.draw_no)
    return place.office.run(closing.choose_agency, closing.Choose(row.id, draw), HOUSE)


def test_the_rule_waits_for_the_last_round_and_its_grace(place: Bazaar) -> None:
    enrolled(place, FIRST, SECOND)
    start = begins(place)
    bid(place, FIRST, 8_000_000, start)
    bid(place, SECOND, 8_100_000, start)
    place.draw()
    for at in (start + MINUTE, start + 9 * MINUTE, start + 9 * MINUTE + GRACE - MINUTE / 60):
        place.clock.at = at
        assert jobs.choose_ready(place.office, place.settings) == 0
        assert not asked_at_once(place)
    place.clock.at = start + 9 * MINUTE + GRACE + TICK
    assert place.choose() == 1
    with pytest.raises(Refusal, match="rounds-over"):
        bid(place, SECOND, 7_000_000, start + 9 * MINUTE)
    assert winner(place) == FIRST


def test_each_price_stands_in_the_journal_as_a_salted_hash_and_opened_at_the_end(
    place: Bazaar,
) -> None:
    no = enrolled(place, FIRST, SECOND)
    start = begins(place)
    bid(place, FIRST, 9_000_000, start)
    bid(place, SECOND, 8_000_000, start + MINUTE)
    place.witness()
    during = [read_entry(one.entry).data for one in place.ask(entries_of, no, "selection")]
    hashes = {one["price"] for one in during}
    assert len(hashes) == 2
    # Positive control below: what is not said here is what is said at the end.
    assert all(set(one) == {"demand", "round", "price"} for one in during)
    with pytest.raises(NotFound):
        place.ask(published_prices, no)
    end(place)
    place.witness()
    last = read_entry(place.ask(entries_of, no, "selection")[-1].entry).data
    assert last["prices_hash"] == b64u(digest(canonical(place.ask(published_prices, no))))
    opened = {
        b64u(
            commitment(
                unb64u(one["quote"], 32),
                Money(one["price"]),
                moment(one["at"]),
                unb64u(one["salt"], 32),
            )
        )
        for one in last["prices"]
    }
    assert opened == hashes


def test_agencies_on_the_list_are_told_when_and_see_it_on_their_desk(place: Bazaar) -> None:
    no = enrolled(place, FIRST, SECOND)
    links = place.ask(lambda session: list(session.scalars(select(Letter.link))))
    assert links.count(f"/demands/{no}/rounds") == 2
    agency = place.market.cast.organisations[FIRST]
    assert place.ask(listing.waiting_rounds, agency, place.now, 9) == [(no, begins(place))]
    outside = place.market.cast.organisations[THIRD]
    assert place.ask(listing.waiting_rounds, outside, place.now, 9) == []
    later = begins(place) + 9 * MINUTE
    assert place.ask(listing.waiting_rounds, agency, later, 9) != []
    assert place.ask(listing.waiting_rounds, agency, later + TICK, 9) == []
    assert begins(place).astimezone(UTC).minute == 0


@pytest.fixture
def app(place: Bazaar, redis_url: str, tmp_path: Path) -> Flask:
    make(tmp_path / "keys")
    return app_of(place.market.cast, ROOMS, redis_url, tmp_path)


def test_an_agency_bids_on_its_page_and_reads_nobody_elses_price(app: Flask, place: Bazaar) -> None:
    no = enrolled(place, FIRST, SECOND)
    cast, path = place.market.cast, f"/demands/{no}/rounds"
    cast.staffed("planning", "shenpi", Role.DEPT)
    for account, status in ((THIRD, 404), ("shenpi", 404), ("wang", 403)):
        assert signed_in(app, cast, account).open(path).status_code == status, account
    agency, other = signed_in(app, cast, FIRST), signed_in(app, cast, SECOND)
    assert "The first round begins" in agency.open(path).text
    assert "Bidding in rounds" in agency.open("/desk").text
    place.clock.at = begins(place) + MINUTE
    page = agency.open(path).text
    assert "round 1 of 3 runs" in page
    assert "the platform itself knows each price" in page.lower()
    assert agency.send(path, {"price": "88000"}, form="PriceForm").status_code == 303
    assert "88,000.00" in agency.open(path).text
    assert "88,000.00" not in other.open(path).text
    assert "88,000.00" not in Browser(app.test_client(), cast).open(f"/demands/{no}/selection").text
    higher = agency.send(path, {"price": "88000.01"}, form="PriceForm")
    assert (higher.status_code, "88000.01" in higher.text) == (409, True)
    assert "Not above your own price before" in higher.text
    assert other.send(path, {"price": "87000"}, form="PriceForm").status_code == 303
    place.clock.at = begins(place) + 9 * MINUTE + TICK
    assert "all rounds are over" in agency.open(path).text
    assert agency.open(f"/api/v1/demands/{no}/rounds").status_code == 404
    assert place.ask(lambda s: s.scalar(select(func.count()).select_from(RoundPrice))) == 2
    end(place)
    shown = Browser(app.test_client(), cast).open(f"/demands/{no}/selection").text
    assert "87,000.00" in shown
    public = Browser(app.test_client(), cast).open(f"/api/v1/demands/{no}/rounds")
    assert [one["price"] for one in json.loads(public.data)["prices"]] == [8_800_000, 8_700_000]
