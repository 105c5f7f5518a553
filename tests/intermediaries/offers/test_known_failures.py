"""What went wrong in other systems, by name, from the notice to the published result.

The same as rules, without the house around them: `rulebook/selection/test_known_failures.py`.
"""

import io
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from intermediaries.demands import queries as demands
from intermediaries.offers import proofs, queries
from intermediaries.offers.commands.shortlisting import PickAgency, pick_agency
from intermediaries.offers.queries import ResultShown
from intermediaries.rulebook.selection.modes import Funds, Mode
from intermediaries.rulebook.selection.outcome import Standing
from market.journal.keys import make
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.verify.command_line import main as verify
from tests.intermediaries.offers.test_web import ROOMS
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar

FIRST, SECOND, THIRD, FOURTH = AGENCIES[:4]


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    made = make_bazaar(engine, tmp_path, AGENCIES[:4])
    make(tmp_path / "keys")
    return made


@pytest.fixture
def app(place: Bazaar, redis_url: str, tmp_path: Path) -> Flask:
    return app_of(place.market.cast, ROOMS, redis_url, tmp_path)


def chosen(place: Bazaar, mode: Mode, prices: dict[str, int]) -> ResultShown:
    """The published result of these quotes, enrolled in this order; the verifier agrees."""
    no = place.demand(mode, Funds.PRIVATE)
    place.give_keys()
    for name, price in prices.items():
        place.enrol(name, price)
    place.finish()
    place.witness()
    file, out = place.folder / "selection.json", io.StringIO()
    file.write_bytes(place.ask(proofs.handed_out, no, 1))
    trust = str(place.folder / "trust.json")
    assert verify(["selection", str(file), "--trust", trust], out) == 0, out.getvalue()
    found = place.ask(queries.result, no)
    assert found is not None
    return found


def winner_of(place: Bazaar, found: ResultShown) -> str:
    codes = {uscc: name for name, uscc in place.market.cast.usccs.items()}
    assert found.winner is not None
    return codes[found.winner.uscc]


@pytest.mark.parametrize(
    "prices",
    [
        (9_000_000, 8_000_000, 7_000_000),
        (7_000_000, 8_000_000, 9_000_000),
        (10_000_000, 9_000_000, 9_900_000),  # as text 10 stands before 9
    ],
)
def test_the_highest_price_never_wins_the_choice_of_the_lowest(
    place: Bazaar, prices: tuple[int, ...]
) -> None:
    asked = dict(zip(AGENCIES, prices, strict=False))
    found = chosen(place, Mode.LOWEST, asked)
    assert winner_of(place, found) == min(asked, key=asked.__getitem__)
    assert place.ask(queries.selected, place.no).price == Money(min(prices))


@pytest.mark.parametrize("mode", [Mode.LOWEST, Mode.AVERAGE, Mode.REFPRICE])
def test_whoever_enrols_last_in_the_last_moment_is_counted_and_can_win(
    place: Bazaar, mode: Mode
) -> None:
    no = place.demand(mode, Funds.PRIVATE)
    place.give_keys()
    for name, price in ((FIRST, 10_000_000), (SECOND, 9_900_000), (THIRD, 9_800_000)):
        place.enrol(name, price)
    last = place.act(FOURTH, {Mode.LOWEST: 1_000_000}.get(mode, 9_850_000))
    place.send(FOURTH, last, at=place.row().enrol_closes)
    place.finish()
    found = place.ask(queries.result, no)
    codes = {row.uscc for row in found.rows}
    assert codes == {place.market.cast.usccs[name] for name in AGENCIES[:4]}
    assert all(row.standing is not Standing.INVALID for row in found.rows)
    assert next(one.shown for one in found.figures if one.name == "count") == "4"
    if mode is Mode.LOWEST:
        assert winner_of(place, found) == FOURTH
    if mode is Mode.AVERAGE:  # mean 9.8875: the last one is 0.0375 away, the next 0.0125
        assert winner_of(place, found) == SECOND


@pytest.mark.parametrize("mode", [Mode.LOWEST, Mode.AVERAGE, Mode.REFPRICE])
@pytest.mark.parametrize("quotes", [0, 3])
def test_no_quote_and_none_that_counts_are_no_division_by_zero_but_a_failure_in_words(
    app: Flask, place: Bazaar, mode: Mode, quotes: int
) -> None:
    no = place.demand(mode, Funds.PRIVATE)
    place.give_keys()
    for name in AGENCIES[:quotes]:
        place.enrol(name, 99_000_000)  # beyond the ceiling: sealed, and of no count
    place.finish()
    assert (place.state(), place.ask(demands.facts, no).state.value) == ("failed", "failed")
    found = place.ask(queries.result, no)
    assert (found.winner, len(found.rows)) == (None, quotes)
    for language in ("zh", "en"):
        page = Browser(app.test_client(), place.market.cast, language)
        shown = page.open(f"/demands/{no}/selection")
        assert shown.status_code == 200
        assert found.failure_words(language) in shown.text


def test_an_automatic_choice_never_falls_back_to_the_owner(app: Flask, place: Bazaar) -> None:
    no = place.demand(Mode.LOWEST, Funds.FISCAL)
    place.give_keys()
    place.enrol(FIRST, 9_000_000)
    place.enrol(SECOND, 8_000_000)  # fiscal funds need three
    row = place.row()
    pick = PickAgency(no, place.ask(queries.own, no, organisation(place, FIRST)).act_hash, "熟悉")

    owner = signed_in(app, place.market.cast, "wang")

    def refused() -> None:
        with pytest.raises(NotFound):
            place.office.run(pick_agency, pick, place.owner)
        assert owner.open(f"/demands/{no}/pick").status_code == 404

    refused()  # before, while it is open
    place.close()
    refused()  # when the list stands
    place.clock.at = max(place.clock.at, row.opens_at)
    place.release(1, 2)
    assert place.choose() == 1
    refused()  # and when it has failed
    assert place.state() == "failed"
    assert place.ask(queries.selected, no) is None
    assert "published anew" in place.ask(queries.result, no).failure_words("en")


def organisation(place: Bazaar, name: str):
    return place.market.cast.organisations[name]


def test_an_average_is_of_the_quotes_and_not_of_averages(place: Bazaar) -> None:
    asked = {FIRST: 6_000_000, SECOND: 9_000_000, THIRD: 9_000_000, FOURTH: 10_000_000}
    found = chosen(place, Mode.AVERAGE, asked)
    shown = {one.name: one.shown for one in found.figures}
    # (6 + 9 + 9 + 10) / 4; a mean that takes each quote with the mean so far would be 9.125.
    assert shown["mean"] == "85,000.00"
    assert winner_of(place, found) in {SECOND, THIRD}
