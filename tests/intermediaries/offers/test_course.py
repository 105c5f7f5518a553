"""The course of a selection: notice, keys, sealed enrolments, list, draw, rule, result."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from intermediaries.demands import queries as demands
from intermediaries.offers import listing, proofs, queries
from intermediaries.offers.commands.enrolling import Enrol, enrol
from intermediaries.offers.model import EnrolmentRow, TimeReleaseRow
from intermediaries.offers.rows import releases
from intermediaries.rulebook.selection.modes import Funds, Mode
from market.db.outbox import Letter
from market.journal.queries import entries_of
from market.kernel.errors import Refusal
from market.kernel.money import Money
from market.protocol.encoding import b64u, parse
from market.protocol.entries import read_entry
from market.protocol.signing import new_key
from market.verify.command_line import main as verify
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar
from tests.support.repeated import at_once

TICK = timedelta(microseconds=1)
SIX = (10_000_000, 9_600_000, 9_400_000, 9_000_000, 8_600_000, 8_000_000)


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    return make_bazaar(engine, tmp_path, AGENCIES[:3])


def sealed(place: Bazaar, *prices: int, mode: Mode = Mode.LOWEST) -> str:
    """A demand for which the first agencies have enrolled at these prices."""
    no = place.demand(mode)
    place.give_keys()
    for name, price in zip(AGENCIES, prices, strict=False):
        place.enrol(name, price)
    return no


def winner(place: Bazaar, no: str) -> str:
    found = place.ask(queries.selected, no)
    assert found is not None
    held = place.market.cast.organisations
    return next(name for name in AGENCIES if held.get(name) == found.agency)


def kinds(place: Bazaar, no: str) -> list[str]:
    return [entry.type for entry in place.ask(entries_of, no)]


def test_the_lowest_sealed_price_wins_and_everybody_reads_why(place: Bazaar) -> None:
    no = place.demand(Mode.LOWEST)
    assert place.state() == "awaiting-keys"
    place.give_keys()
    assert place.state() == "open"
    for name, price in zip(AGENCIES, (9_100_000, 8_000_000, 8_500_000), strict=False):
        place.enrol(name, price)
    place.finish()
    assert place.state() == "selected"
    assert winner(place, no) == AGENCIES[1]
    found = place.ask(queries.selected, no)
    assert found.price == Money(8_000_000)
    assert place.ask(demands.facts, no).state.value == "selected"
    shown = place.ask(queries.result, no)
    assert [row.place for row in shown.rows] == [1, 2, 3]
    assert shown.winner.agency.organisation == found.agency
    place.witness()
    assert kinds(place, no) == [
        *("notice", "time-manifest", "enrolments", "time-release", "time-release"),
        *("selection", "result"),
    ]


def test_the_list_is_journaled_before_anything_opens_and_the_program_chooses_again(
    place: Bazaar, tmp_path: Path
) -> None:
    no = sealed(place, 9_100_000, 8_000_000, 8_000_000)
    place.finish(1, 3)
    place.witness()
    (listed,) = place.ask(entries_of, no, "enrolments")
    data = read_entry(listed.entry).data
    held = place.ask(lambda s: list(s.scalars(select(EnrolmentRow.act_hash))))
    assert sorted(data["enrolments"]) == sorted(b64u(one) for one in held)
    assert data["count"] == 3
    opened = place.ask(entries_of, no, "time-release")
    assert all(listed.index < one.index for one in opened)
    (tmp_path / "file.json").write_bytes(place.ask(proofs.handed_out, no, 1))
    arguments = ["selection", str(tmp_path / "file.json"), "--trust", str(tmp_path / "trust.json")]
    out = io.StringIO()
    assert verify(arguments, out) == 0, out.getvalue()
    chosen = place.market.cast.usccs[winner(place, no)]
    assert chosen in out.getvalue()
    held = json.loads((tmp_path / "file.json").read_text("utf-8"))
    assert len(held["journal"]) == 3
    held["outcome"]["rows"][0]["figures"][0]["shown"] = "1.00"
    (tmp_path / "file.json").write_text(
        json.dumps(held, ensure_ascii=False, separators=(",", ":"), sort_keys=True), "utf-8"
    )
    assert verify(arguments, io.StringIO()) == 1


@pytest.mark.parametrize("mode", [Mode.AVERAGE, Mode.REFPRICE])
def test_six_quotes_to_the_figure(engine: Engine, tmp_path: Path, mode: Mode) -> None:
    place = make_bazaar(engine, tmp_path)
    no = sealed(place, *SIX, mode=mode)
    place.finish(2, 3)
    found = place.ask(queries.selected, no)
    shown = place.ask(queries.result, no)
    if mode is Mode.AVERAGE:
        # From five quotes on the highest and the lowest are no part of the mean: 91,500.00.
        assert found.price in (Money(9_400_000), Money(9_000_000))
    else:
        factor = next(one.shown for one in shown.figures if one.name == "factor")
        wanted = 8_600_000 if factor.startswith(("95", "96")) else 9_000_000
        assert found.price == Money(wanted)


def test_nothing_but_the_named_agency_at_the_owners_price(place: Bazaar) -> None:
    named = place.market.cast.usccs[AGENCIES[0]]
    ceiling, fixed = Money.from_yuan("30000"), Money.from_yuan("20000")
    no = place.demand(
        Mode.DIRECT, ceiling=ceiling, fixed=fixed, named=named, reason="承担过前期工作"
    )
    assert place.state() == "open"  # nothing is sealed, so no timekeeper is waited for
    with pytest.raises(Refusal, match="not-named"):
        place.enrol(AGENCIES[1])
    place.enrol(AGENCIES[0])
    place.finish()
    assert winner(place, no) == AGENCIES[0]
    assert place.ask(queries.selected, no).price == fixed


def test_chance_alone_decides_a_random_draw_and_leaves_two_alternates(place: Bazaar) -> None:
    no = place.demand(Mode.RANDOM, ceiling=Money.from_yuan("90000"), fixed=Money.from_yuan("80000"))
    for name in AGENCIES[:3]:
        place.enrol(name)
    place.finish()
    found = place.ask(queries.selected, no)
    assert len(found.alternates) == 2
    everybody = {found.agency, *(agency for agency, _, _ in found.alternates)}
    assert everybody == {place.market.cast.organisations[name] for name in AGENCIES[:3]}
    assert {price for _, _, price in found.alternates} == {found.price}


def test_fiscal_random_with_two_goes_on_for_one_working_day_and_then_fails(place: Bazaar) -> None:
    no = place.demand(Mode.RANDOM, ceiling=Money.from_yuan("90000"), fixed=Money.from_yuan("80000"))
    place.enrol(AGENCIES[0])
    first = place.row().enrol_closes
    place.close()
    row = place.row()
    assert (row.state.value, row.is_extended, row.amendment) == ("open", True, 1)
    assert row.enrol_closes > first
    place.enrol(AGENCIES[1])
    place.finish()
    assert place.state() == "failed"
    shown = place.ask(queries.result, no)
    assert (shown.winner, "3" in shown.failure_words("en")) == (None, True)
    assert place.ask(demands.facts, no).state.value == "failed"
    assert place.ask(queries.selected, no) is None


def test_too_few_sealed_quotes_fail_by_rule_and_nobody_draws(place: Bazaar) -> None:
    sealed(place, 9_000_000, 8_000_000)
    place.finish()
    assert (place.state(), place.row().draw_no) == ("failed", None)


def test_without_keys_nobody_enrols_and_the_demand_fails_empty(place: Bazaar) -> None:
    no = place.demand(Mode.LOWEST)
    with pytest.raises(Refusal, match="keys-awaited"):
        place.send(AGENCIES[0], place.act(AGENCIES[0]))
    place.close()
    assert place.choose() == 1
    assert place.state() == "failed"
    assert "0" in place.ask(queries.result, no).failure_words("en")


def test_a_quote_sealed_badly_does_not_count_and_the_others_do(place: Bazaar) -> None:
    no = sealed(place, 9_100_000, 8_000_000)
    other = place.demand(Mode.LOWEST)  # sealed for another demand's keys, claimed for this one
    place.give_keys(other)
    strange, ciphertext = place.act(AGENCIES[2], 1_000_000)
    place.no = no
    command = Enrol(no, strange.raw, ciphertext)
    with pytest.raises(Refusal, match="other-terms"):
        place.office.run(enrol, command, place.actor(AGENCIES[2]))
    place.enrol(AGENCIES[2], 1_000_000, bound_to=new_key())
    place.finish()
    shown = place.ask(queries.result, no)
    assert [row.standing.value for row in shown.rows].count("invalid") == 1
    assert place.state() == "failed"  # two of three count, and fiscal funds need three


def test_private_funds_with_one_quote_take_it(place: Bazaar) -> None:
    no = place.demand(Mode.REFPRICE, Funds.PRIVATE)
    place.give_keys()
    place.enrol(AGENCIES[0], 9_000_000)
    place.finish()
    assert winner(place, no) == AGENCIES[0]


def test_an_early_release_is_kept_and_opens_nothing(place: Bazaar) -> None:
    sealed(place, 9_100_000, 8_000_000, 8_500_000)
    place.close()
    row = place.row()
    with pytest.raises(Refusal, match="too-early"):
        place.release(1)
    place.clock.at = row.opens_at
    place.draw()
    place.release(1, at=row.opens_at - TICK)
    held = place.ask(lambda session: list(session.scalars(select(TimeReleaseRow))))
    assert [(one.number, one.fault) for one in held] == [(1, "released-early")]
    assert place.ask(releases, row) == ()
    assert place.choose() == 0
    place.release(2, at=row.opens_at)
    assert place.choose() == 0  # one is not enough: it waits, and nothing is lost
    assert place.state() == "drawing"
    place.clock.at += timedelta(days=2)
    place.release(3)
    assert place.choose() == 1
    assert place.state() == "selected"


def test_the_last_act_in_time_counts_and_one_microsecond_later_is_late(place: Bazaar) -> None:
    no = sealed(place, 9_100_000, 9_000_000, 9_200_000)
    closes = place.row().enrol_closes
    better = place.act(AGENCIES[2], 8_000_000)
    place.clock.at = closes - TICK - TICK
    receipt = place.send(AGENCIES[2], better, at=closes)
    assert receipt.at == closes
    worse = place.act(AGENCIES[0], 7_000_000)
    with pytest.raises(Refusal, match="enrolment-closed"):
        place.send(AGENCIES[0], worse, at=closes + TICK)
    place.finish()
    assert winner(place, no) == AGENCIES[2]
    assert place.send(AGENCIES[2], better) == receipt  # again, at any time: the same receipt
    with pytest.raises(Refusal, match="enrolment-closed"):
        place.send(AGENCIES[0], worse)


def test_a_withdrawn_enrolment_is_on_no_list_and_may_come_back(place: Bazaar) -> None:
    no = sealed(place, 9_100_000, 9_000_000, 9_200_000)
    with pytest.raises(Refusal, match="out-of-turn"):
        place.enrol(AGENCIES[0], 1_000_000, seq=0, previous=None)
    place.enrol(AGENCIES[0], leave=True)
    with pytest.raises(Refusal, match="nothing-to-withdraw"):
        place.enrol(AGENCIES[0], leave=True)
    assert len(place.ask(listing.enrolled, no)) == 3
    place.enrol(AGENCIES[0], 8_000_000)
    place.enrol(AGENCIES[1], leave=True)
    place.finish()
    assert [row.uscc for row in place.ask(queries.result, no).rows].count(
        place.market.cast.usccs[AGENCIES[1]]
    ) == 0


def test_the_same_act_twice_at_once_is_one_enrolment(place: Bazaar) -> None:
    sealed(place)
    made = place.act(AGENCIES[0], 9_000_000)
    given = at_once(lambda _: place.send(AGENCIES[0], made))
    assert len({one.enrolment_hash for one in given}) == 1
    assert len({one.at for one in given}) == 1
    rows = place.ask(lambda session: list(session.scalars(select(EnrolmentRow))))
    assert len(rows) == 1
    assert parse(rows[0].act)["agency"] == place.market.cast.usccs[AGENCIES[0]]


def test_one_for_each_controlling_group_and_nobody_who_may_not(place: Bazaar) -> None:
    sealed(place, 9_000_000)
    place.control(AGENCIES[0], AGENCIES[1])
    with pytest.raises(Refusal, match="same-group"):
        place.enrol(AGENCIES[1], 8_000_000)
    place.enrol(AGENCIES[2], 8_000_000)
    place.suspend(AGENCIES[2])
    with pytest.raises(Refusal, match="may-not-enrol"):
        place.enrol(AGENCIES[2], 7_000_000)
    with pytest.raises(Refusal, match="not-your-key"):
        place.enrol(AGENCIES[1], 8_000_000, key=new_key())
    with pytest.raises(Refusal, match="not-your-agency"):
        place.send(AGENCIES[1], place.act(AGENCIES[0], 8_000_000))


def test_a_withdrawn_demand_opens_nothing(place: Bazaar) -> None:
    no = sealed(place, 9_000_000)
    place.withdraw_demand()
    assert place.state() == "withdrawn"
    with pytest.raises(Refusal, match="enrolment-closed"):
        place.enrol(AGENCIES[1], 8_000_000)
    place.close()
    assert (place.state(), place.ask(queries.result, no)) == ("withdrawn", None)


def letters(place: Bazaar) -> list[Letter]:
    """What the platform wrote about a withdrawal."""
    return place.ask(
        lambda session: list(
            session.scalars(select(Letter).where(Letter.key.like("selection-withdrawn:%")))
        )
    )


def test_whoever_enrolled_is_told_that_the_owner_withdrew(place: Bazaar) -> None:
    no = sealed(place, 9_100_000, 9_000_000)
    place.enrol(AGENCIES[1], leave=True)  # nothing of it is left that would end
    place.withdraw_demand()
    (letter,) = letters(place)
    assert letter.link == f"/demands/{no}"
    assert all(name not in letter.zh + letter.en for name in AGENCIES)


def test_nobody_is_told_of_a_withdrawal_without_an_enrolment(place: Bazaar) -> None:
    sealed(place)
    place.withdraw_demand()
    assert letters(place) == []
