"""Who counts is settled at the last moment to enrol: nothing decided later reaches the choice."""

import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from intermediaries.agencies.commands.files import NamePart, end_service
from intermediaries.agencies.commands.sanctions import (
    DecideAgency,
    RecordBad,
    record_bad,
    remove_agency,
    restore_agency,
)
from intermediaries.agencies.queries import agency_names, public_agency
from intermediaries.offers import listing, proofs, queries
from intermediaries.offers.commands import closing
from intermediaries.offers.model import TimeReleaseRow
from intermediaries.offers.rules.enrolling import GRACE
from intermediaries.rulebook.selection.modes import Funds, Mode
from market.command import HOUSE
from market.journal.queries import entries_of
from market.kernel.errors import Refusal
from market.kernel.money import Money
from market.protocol.encoding import b64u
from market.protocol.entries import read_entry
from market.protocol.selection_files import Judged, standing_hash
from market.verify.command_line import main as verify
from tests.support.counting import counted
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
FIRST, CHEAP, THIRD = AGENCIES[:3]
PRICES = {FIRST: 9_100_000, CHEAP: 8_000_000, THIRD: 8_500_000}


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    made = make_bazaar(engine, tmp_path, AGENCIES[:3])
    made.demand(Mode.LOWEST, Funds.PRIVATE)
    made.give_keys()
    for name, price in PRICES.items():
        made.enrol(name, price)
    return made


def number(place: Bazaar, name: str) -> str:
    organisation = place.market.cast.organisations[name]
    return place.ask(agency_names, [organisation])[organisation].no


def decide(place: Bazaar, handler: Callable[..., object], name: str) -> None:
    command = DecideAgency(number(place, name), "鲁09行罚〔2026〕2号")
    place.office.run(handler, command, place.market.regulator)


def bad_record(place: Bazaar, name: str) -> None:
    day = place.now.date()
    command = RecordBad(
        place.market.cast.usccs[name], name, "行决1号", day - timedelta(days=2), date(2027, 1, 1)
    )
    place.office.run(record_bad, command, place.market.regulator)


def winner(place: Bazaar) -> str:
    found = place.ask(queries.selected, place.no)
    assert found is not None
    held = place.market.cast.organisations
    return next(name for name in PRICES if held[name] == found.agency)


def standing(place: Bazaar, name: str) -> str:
    shown = place.ask(queries.result, place.no)
    uscc = place.market.cast.usccs[name]
    return next(row.standing.value for row in shown.rows if row.uscc == uscc)


def test_suspended_one_second_before_the_closing_does_not_count(place: Bazaar) -> None:
    place.clock.at = place.row().enrol_closes - SECOND
    place.suspend(CHEAP)
    place.finish()
    assert (winner(place), standing(place, CHEAP)) == (THIRD, "invalid")


def test_suspended_one_second_after_the_closing_counts_even_before_anybody_noticed_it(
    place: Bazaar,
) -> None:
    place.clock.at = place.row().enrol_closes + SECOND  # the beat comes a minute later
    place.suspend(CHEAP)
    place.finish()
    assert (winner(place), standing(place, CHEAP)) == (CHEAP, "winner")


def test_whatever_is_decided_once_the_quotes_are_open_changes_no_winner(place: Bazaar) -> None:
    place.close()
    place.clock.at = place.row().opens_at
    place.draw()
    place.release(1, 2)
    place.suspend(CHEAP)
    decide(place, remove_agency, CHEAP)
    bad_record(place, CHEAP)
    assert place.choose() == 1
    assert winner(place) == CHEAP


def test_a_suspension_lifted_after_the_closing_still_keeps_out(place: Bazaar) -> None:
    place.clock.at = place.row().enrol_closes - SECOND
    place.suspend(CHEAP)
    place.clock.at = place.row().enrol_closes + SECOND
    decide(place, restore_agency, CHEAP)
    place.finish()
    assert (winner(place), standing(place, CHEAP)) == (THIRD, "invalid")


def test_the_bad_record_list_counts_as_it_stood_at_the_closing(place: Bazaar) -> None:
    place.clock.at = place.row().enrol_closes - SECOND
    bad_record(place, CHEAP)
    place.clock.at = place.row().enrol_closes + SECOND
    bad_record(place, THIRD)
    place.finish()
    assert (winner(place), standing(place, CHEAP)) == (THIRD, "invalid")


def test_nobody_takes_an_enrolment_back_by_ending_the_service_after_the_closing(
    place: Bazaar,
) -> None:
    place.clock.at = place.row().enrol_closes + SECOND
    own = place.ask(public_agency, number(place, CHEAP), place.now).services[0]
    place.office.run(end_service, NamePart(own.key), place.actor(CHEAP))
    place.finish()
    assert winner(place) == CHEAP


def test_the_journal_says_how_each_stood_and_the_program_compares_it(
    place: Bazaar, tmp_path: Path
) -> None:
    place.clock.at = place.row().enrol_closes - SECOND
    place.suspend(CHEAP)
    place.finish()
    place.witness()
    (entry,) = place.ask(entries_of, place.no, "enrolments")
    data = read_entry(entry.entry).data
    out = place.ask(queries.own, place.no, place.market.cast.organisations[CHEAP]).act_hash
    faults = {one["enrolment"]: one["fault"] for one in data["judged"]}
    assert {key for key, fault in faults.items() if fault} == {b64u(out)}
    assert faults[b64u(out)] == "not-active"
    rows = [
        Judged(one, "not-active" if one == out else None, None)
        for one in place.ask(queries.selection, place.no).hashes
    ]
    assert data["standing"] == b64u(standing_hash(rows))
    file = tmp_path / "file.json"
    file.write_bytes(place.ask(proofs.handed_out, place.no, 1))
    arguments = ["selection", str(file), "--trust", str(tmp_path / "trust.json")]
    said = io.StringIO()
    assert verify(arguments, said) == 0, said.getvalue()
    assert "enrolments" in said.getvalue()
    held = json.loads(file.read_text("utf-8"))
    entry = next(one for one in held["quotes"] if one["fault"])
    entry["fault"] = "not-qualified"
    changed = json.dumps(held, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    file.write_text(changed, "utf-8")
    said = io.StringIO()
    assert verify(arguments, said) == 1
    assert "not-in-selection" in said.getvalue()


def test_the_one_extension_follows_from_who_counted_at_the_closing(
    engine: Engine, tmp_path: Path
) -> None:
    place = make_bazaar(engine, tmp_path, AGENCIES[:3])
    place.demand(Mode.RANDOM, ceiling=Money.from_yuan("90000"), fixed=Money.from_yuan("80000"))
    for name in PRICES:
        place.enrol(name)
    place.clock.at = place.row().enrol_closes + SECOND
    place.suspend(CHEAP)
    place.close()
    assert (place.state(), place.row().is_extended) == ("drawing", False)


def test_the_second_closing_judges_for_its_own_last_moment(engine: Engine, tmp_path: Path) -> None:
    place = make_bazaar(engine, tmp_path, AGENCIES[:3])
    place.demand(Mode.RANDOM, ceiling=Money.from_yuan("90000"), fixed=Money.from_yuan("80000"))
    for name in PRICES:
        place.enrol(name)
    place.clock.at = place.row().enrol_closes - SECOND
    place.suspend(CHEAP)
    place.close()
    assert (place.state(), place.row().is_extended) == ("open", True)
    decide(place, restore_agency, CHEAP)
    place.finish()
    assert place.state() == "selected"
    assert standing(place, CHEAP) != "invalid"


def test_no_release_is_taken_before_the_draw_is_frozen_on_the_list(place: Bazaar) -> None:
    row = place.row()
    place.clock.at = row.enrol_closes + GRACE + TICK
    place.office.run(closing.close, row.id, HOUSE)
    place.clock.at = row.opens_at
    with pytest.raises(Refusal, match="too-early"):
        place.release(1)
    place.office.run(closing.freeze, row.id, HOUSE)
    place.release(1)  # the draw stands: from here on quotes may be opened
    assert place.ask(releases_kept) == [None]


def test_where_too_few_enrolled_there_is_no_draw_to_wait_for(
    engine: Engine, tmp_path: Path
) -> None:
    place = make_bazaar(engine, tmp_path, AGENCIES[:2])
    place.demand(Mode.LOWEST)
    place.give_keys()
    place.enrol(FIRST, 9_000_000)
    place.close()
    place.clock.at = place.row().opens_at
    place.release(1)
    assert place.ask(releases_kept) == [None]


def releases_kept(session: Session) -> list[str | None]:
    """The faults of the releases that were kept; None for a good one."""
    return list(session.scalars(select(TimeReleaseRow.fault)))


COPIES = """
INSERT INTO {table} SELECT (jsonb_populate_record(old, jsonb_build_object({changed}))).*
FROM {table} old, generate_series(1, 49) AS n WHERE old.{key} = :which
"""


def test_lists_ask_as_much_for_fifty_lines_as_for_one(engine: Engine, place: Bazaar) -> None:
    agency = place.market.cast.organisations[FIRST]

    def asked(question: Callable[[Session], list[listing.RoundLine]], lines: int) -> int:
        found, statements = counted(engine, question)
        assert len(found) == lines
        return statements

    def own(session: Session) -> list[listing.RoundLine]:
        return listing.own_rounds(session, agency, 100)

    def taking(session: Session) -> list[listing.RoundLine]:
        return listing.taking(session, 100)

    before = [asked(question, 1) for question in (own, taking)]
    fresh = "'ZJ-2026-9' || lpad(n::text, 5, '0')"
    same = f"md5({fresh})::uuid"
    act = r"'act_hash', '\x' || repeat(md5(n::text), 2)"
    with engine.begin() as connection:
        for table, key, which, changed in (
            ("demand", "no", place.no, f"'id', gen_random_uuid(), 'no', {fresh}"),
            ("selection", "demand_no", place.no, f"'id', {same}, 'demand_no', {fresh}"),
            ("enrolment", "agency", agency, f"'id', gen_random_uuid(), 'selection', {same}, {act}"),
        ):
            made = COPIES.format(table=table, key=key, changed=changed)
            connection.execute(text(made), {"which": which})
    assert [asked(question, 50) for question in (own, taking)] == before
    assert max(before) <= 3
