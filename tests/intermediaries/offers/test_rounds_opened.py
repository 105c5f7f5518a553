"""Prices named in rounds are opened by the verifier: each fits its hash, moment and order."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from intermediaries.offers import proofs
from market.protocol.encoding import (
    JsonObject,
    b64u,
    canonical,
    digest,
    moment,
    parse,
    stamp,
    unb64u,
)
from market.protocol.round_prices import price_commitment
from market.protocol.selection_files import given_hash
from market.verify.command_line import main as verify
from tests.intermediaries.offers.test_rounds import begins, bid, end, enrolled
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar

MINUTE = timedelta(minutes=1)
FIRST, SECOND = AGENCIES[:2]


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    """Three prices were named by the first agency and one by the second; the result is out."""
    made = make_bazaar(engine, tmp_path, AGENCIES[:2])
    enrolled(made, FIRST, SECOND)
    start = begins(made)
    bid(made, FIRST, 9_000_000, start)
    bid(made, SECOND, 8_800_000, start + MINUTE)
    bid(made, FIRST, 8_700_000, start + 4 * MINUTE)
    bid(made, FIRST, 8_600_000, start + 7 * MINUTE)
    end(made)
    made.witness()
    return made


def told(place: Bazaar, file: JsonObject) -> tuple[int, str]:
    path, out = place.folder / "selection.json", io.StringIO()
    path.write_bytes(canonical(file))
    trust = str(place.folder / "trust.json")
    code = verify(["selection", str(path), "--trust", trust, "--language", "en"], out)
    return code, out.getvalue()


def whole(place: Bazaar) -> JsonObject:
    return parse(place.ask(proofs.handed_out, place.no, 1), limit=1 << 28)


def busy(rows: list[JsonObject]) -> JsonObject:
    """The enrolment that named three prices."""
    return next(row for row in rows if len(row["offers"]) == 3)


def changed(
    place: Bazaar, change: Callable[[list[JsonObject]], object], *, journal: bool = False
) -> str:
    """What the verifier ends with when prices were changed and everything reckoned on them too."""
    held = whole(place)
    rows = json.loads(json.dumps(held["quotes"]))
    change(rows)
    inputs = {**held, "quotes": rows}
    outcome = {**held["outcome"], "given": b64u(given_hash(inputs))}
    kept = [one for one in held["journal"] if "price" in one["entry"]["data"]] if journal else []
    return told(place, {**inputs, "outcome": outcome, "journal": kept})[1].splitlines()[-1]


def sealed_anew(row: JsonObject, place_in_order: int, **other: object) -> None:
    """A price changed together with its hash, as whoever holds the platform could."""
    one = row["offers"][place_in_order]
    one.update(other)
    quote = unb64u(quote_of(row))
    made = price_commitment(quote, one["price"], moment(one["at"]), unb64u(one["salt"]))
    one["commitment"] = b64u(made)


def quote_of(row: JsonObject) -> str:
    return b64u(digest(canonical(row["enrolment"])))


def test_the_verifier_opens_every_price_and_finds_it_in_the_journal_at_its_moment(
    place: Bazaar,
) -> None:
    file = whole(place)
    code, said = told(place, file)
    assert code == 0, said
    assert "4 prices named in rounds open the hashes committed to" in said
    assert "The hashes of 4 prices named in rounds stand in the journal" in said
    assert "is not shown by the file" not in said.replace("That the terms", "")
    # Without the proofs of their entries the file says that it does not show them.
    bare = [one for one in file["journal"] if "price" not in one["entry"]["data"]]
    code, said = told(place, {**file, "journal": bare})
    assert code == 0, said
    assert "Not proved: That the hashes of 4 prices named in rounds stand in the journal" in said


def test_a_price_that_does_not_open_its_hash_is_refused(place: Bazaar) -> None:
    assert changed(place, lambda _: None) == "Everything above holds."
    for member, value in (
        ("price", 8_650_000),
        ("salt", b64u(bytes(32))),
        ("commitment", b64u(bytes(32))),
        ("at", stamp(begins(place) + 5 * MINUTE)),
    ):
        said = changed(
            place, lambda rows, m=member, v=value: busy(rows)["offers"][1].update({m: v})
        )
        assert "[commitment-misfit]" in said, member


def test_anothers_price_in_ones_own_name_does_not_open(place: Bazaar) -> None:
    def moved(rows: list[JsonObject]) -> None:
        other = next(row for row in rows if row is not busy(rows))
        other["offers"].append(busy(rows)["offers"].pop())

    assert "[commitment-misfit]" in changed(place, moved)


def test_prices_out_of_the_order_of_time_are_refused(place: Bazaar) -> None:
    later = stamp(begins(place) + 8 * MINUTE)
    said = changed(place, lambda rows: sealed_anew(busy(rows), 1, at=later))
    assert "[offers-unordered]" in said
    same = whole(place)
    at = busy(same["quotes"])["offers"][2]["at"]  # of one moment is still in order
    said = changed(place, lambda rows: sealed_anew(busy(rows), 1, at=at))
    assert "[offers-unordered]" not in said


def test_a_price_above_ones_own_before_is_refused(place: Bazaar) -> None:
    said = changed(place, lambda rows: sealed_anew(busy(rows), 1, price=9_000_001))
    assert "[price-higher]" in said
    # The same as before is not above it.
    said = changed(place, lambda rows: sealed_anew(busy(rows), 1, price=9_000_000))
    assert said == "Everything above holds."


def test_a_price_that_the_journal_holds_is_neither_left_out_nor_dated_anew(place: Bazaar) -> None:
    # The middle price changes no outcome: without it everything else holds.
    assert "Everything" in changed(place, lambda rows: busy(rows)["offers"].pop(1))
    said = changed(place, lambda rows: busy(rows)["offers"].pop(1), journal=True)
    assert "[not-in-selection]" in said
    other = stamp(begins(place) + 5 * MINUTE)
    said = changed(place, lambda rows: sealed_anew(busy(rows), 1, at=other), journal=True)
    assert "[not-in-selection]" in said
