"""A choice by scheme: sealed quote and scheme, drawn reviewers, locked sheets, rule, file."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from intermediaries.demands.commands import preparing
from intermediaries.offers import proofs, queries, schemes
from intermediaries.offers.commands.scoring import (
    DrawReviewers,
    LockSheet,
    draw_reviewers,
    lock_sheet,
)
from intermediaries.offers.reviewing import TICK
from intermediaries.offers.rows import known
from intermediaries.offers.rules.enrolling import QUOTE_LENGTH, SCHEME_LENGTH
from intermediaries.offers.score_table import score_table, sheets_of
from intermediaries.rulebook.selection.modes import Funds, Mode
from intermediaries.rulebook.selection.scheme_plan import Criterion, SchemePlan
from market.command import HOUSE, Actor
from market.journal.queries import entries_of
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.money import Money
from market.protocol.encoding import b64u, canonical, digest
from market.protocol.entries import read_entry
from market.reviews import queries as reviews
from market.reviews.commands.answering import NameSeat, accept_seat
from market.reviews.rules import Kind
from market.verify.command_line import main as verify
from tests.bidding.panels.cast import SPECIALTY
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar
from tests.support.review_cast import SEALER, ReviewTable

PLAN = SchemePlan((Criterion("技术路线", 40), Criterion("人员安排", 20)), 3, (SPECIALTY,))
PRICES = (9_000_000, 8_000_000, 8_500_000)
FULL = (4_000, 2_000)
NOTHING = (0, 0)


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    return make_bazaar(engine, tmp_path, AGENCIES[:3])


@pytest.fixture
def table(place: Bazaar) -> ReviewTable:
    """The neutral parties and thirty experts; the clock of the bazaar walks by itself."""
    keys = {"supervisor": place.keys["jian"], "centre": place.keys["ceng"]}
    made = ReviewTable(place.market.cast, lambda: None, keys=keys)
    made.admit()
    made.enter(30)
    return made


def demanded(place: Bazaar) -> str:
    no = place.demand(Mode.SCHEME, Funds.PRIVATE, scheme_weight=60, scheme=PLAN)
    place.give_keys()
    return no


def opened(place: Bazaar, prices: tuple[object, ...] = PRICES) -> str:
    """A demand whose enrolments stand, are drawn and opened."""
    no = demanded(place)
    for name, price in zip(AGENCIES, prices, strict=False):
        place.enrol(name, price, scheme=f"方案 {name}".encode())
    place.close()
    place.clock.at = max(place.clock.at, place.row().opens_at)
    if place.row().draw_no is not None:
        place.draw()
        place.release(1, 2)
    return no


def called(place: Bazaar, table: ReviewTable) -> list[Actor]:
    """The reviewers of the opened demand, drawn and called; by seat."""
    table.renew()
    assert table.office.run(draw_reviewers, DrawReviewers(place.row().id, SEALER), HOUSE)
    table.draw(f"{place.no}.reviewers-1")
    table.beat()
    found = table.ask(reviews.reviews_of, Kind.SELECTION, place.no)[-1]
    return [table.experts[one.expert] for one in found.held]


def key_of(place: Bazaar, name: str) -> bytes:
    uscc = place.market.cast.usccs[name]
    rows = place.ask(lambda session: schemes.live(session, place.row().id))
    return next(one.act_hash for one in rows if one.uscc == uscc)


def locked(place: Bazaar, reviewers: list[Actor], best: str) -> None:
    """Every reviewer gives all points to one scheme and none to the others."""
    keys = [key_of(place, name) for name in AGENCIES[:3]]
    points = {key: FULL if key == key_of(place, best) else NOTHING for key in keys}
    for one in reviewers:
        place.office.run(lock_sheet, LockSheet(place.no, points), one)


def finish(place: Bazaar, table: ReviewTable) -> None:
    assert place.choose() == 1
    for key in place.ask(TICK.due, place.now, 10):
        place.office.run(TICK.handler, key, HOUSE)
    table.beat()


def test_the_highest_total_wins_and_everybody_reads_every_point(
    place: Bazaar, table: ReviewTable, tmp_path: Path
) -> None:
    no = opened(place)
    assert place.choose() == 0, "it waits for reviewers"
    locked(place, called(place, table), AGENCIES[0])
    finish(place, table)
    found = place.ask(queries.selected, no)
    assert (found.agency, found.price) == (
        place.market.cast.organisations[AGENCIES[0]],
        Money(9_000_000),
    )
    rows = place.ask(queries.result, no).rows
    totals = [next(one.shown for one in row.figures if one.name == "total") for row in rows]
    # 60 + 40 x 8.0 / 9.0; 40 x 8.0 / 8.0; 40 x 8.0 / 8.5
    assert [one.removeprefix("≈") for one in totals] == ["95.5556", "40", "37.6471"]
    shown = place.ask(score_table, no)
    assert [line.mean for line in shown.lines] == ["60.00", "0.00", "0.00"]
    assert {one.person for one in shown.reviewers} == {
        one.person for one in called_people(place, table)
    }
    place.witness()
    file = tmp_path / "selection.json"
    raw = place.ask(proofs.handed_out, no, 1)
    file.write_bytes(raw)
    out = io.StringIO()
    words = ["selection", str(file), "--trust", str(place.folder / "trust.json")]
    assert verify(words, out) == 0, out.getvalue()
    held = json.loads(raw)
    assert all(one["ciphertext"] is not None for one in held["quotes"]), "prices are everybody's"
    held["sheets"][0]["points"][0]["hundredths"] += 100
    file.write_bytes(canonical(held))
    assert verify(words, io.StringIO()) != 0


def called_people(place: Bazaar, table: ReviewTable) -> list[Actor]:
    found = table.ask(reviews.reviews_of, Kind.SELECTION, place.no)[-1]
    return [table.experts[one.expert] for one in found.held]


def test_each_sheet_is_journaled_salted_before_the_result_and_shown_after_it(
    place: Bazaar, table: ReviewTable
) -> None:
    no = opened(place)
    locked(place, called(place, table), AGENCIES[1])
    place.witness()
    acts = [read_entry(one.entry).data for one in place.ask(entries_of, no, "score-lock")]
    assert [one["reviewer"] for one in acts] == [1, 2, 3]
    with pytest.raises(NotFound):
        place.ask(sheets_of, no)
    finish(place, table)
    bodies = place.ask(sheets_of, no)["sheets"]
    assert [b64u(digest(canonical(one))) for one in bodies] == [one["sheet"] for one in acts]
    kinds = [one.type for one in place.ask(entries_of, no)]
    place.witness()
    kinds = [one.type for one in place.ask(entries_of, no)]
    assert kinds.index("selection") > max(
        at for at, kind in enumerate(kinds) if kind == "score-lock"
    )


def test_a_sheet_is_locked_once_and_by_its_reviewer_alone(
    place: Bazaar, table: ReviewTable
) -> None:
    no = opened(place)
    first, *_ = called(place, table)
    keys = [key_of(place, name) for name in AGENCIES[:3]]
    points = dict.fromkeys(keys, (1_050, 25))
    stranger = next(one for one in table.experts.values() if one not in called_people(place, table))
    for other in (stranger, place.owner, place.actor(AGENCIES[0])):
        with pytest.raises((NotFound, Refusal)):
            place.office.run(lock_sheet, LockSheet(no, points), other)
    place.office.run(lock_sheet, LockSheet(no, points), first)
    place.office.run(lock_sheet, LockSheet(no, points), first)
    assert place.ask(lambda session: len(schemes.sheets(session, place.row().id))) == 1
    with pytest.raises(Refusal, match="sheet-locked"):
        place.office.run(lock_sheet, LockSheet(no, {**points, keys[0]: NOTHING}), first)
    assert place.choose() == 0, "two sheets are missing"


def test_points_lie_from_nought_to_those_of_each_criterion(
    place: Bazaar, table: ReviewTable
) -> None:
    no = opened(place)
    first, second, _ = called(place, table)
    keys = [key_of(place, name) for name in AGENCIES[:3]]
    for typed in ((4_001, 0), (-1, 0), (0, 2_001), (0,), (0, 0, 0)):
        with pytest.raises(BadInput, match="points-misfit"):
            place.office.run(lock_sheet, LockSheet(no, dict.fromkeys(keys, typed)), first)
    with pytest.raises(BadInput, match="points-misfit"):
        place.office.run(lock_sheet, LockSheet(no, {keys[0]: FULL}), first)
    place.office.run(lock_sheet, LockSheet(no, dict.fromkeys(keys, FULL)), first)
    place.office.run(lock_sheet, LockSheet(no, dict.fromkeys(keys, NOTHING)), second)


def test_who_locks_no_sheet_in_time_is_replaced_by_the_next_in_the_order(
    place: Bazaar, table: ReviewTable
) -> None:
    no = opened(place)
    first, *others = called(place, table)
    keys = [key_of(place, name) for name in AGENCIES[:3]]
    for one in others:
        place.office.run(lock_sheet, LockSheet(no, dict.fromkeys(keys, FULL)), one)
    (late,) = [one for one in review(place).held if one.done_at is None]
    place.office.run(accept_seat, NameSeat(late.id), first)
    place.clock.at = late.answer_due - timedelta(seconds=1)
    table.beat()  # a reminder, and nothing else
    assert not review(place).left
    place.clock.at = late.answer_due
    table.beat()
    with pytest.raises(NotFound):
        place.office.run(lock_sheet, LockSheet(no, dict.fromkeys(keys, FULL)), first)
    (next_one,) = [one for one in review(place).held if one.done_at is None]
    assert next_one.number == late.number
    fresh = table.experts[next_one.expert]
    place.office.run(lock_sheet, LockSheet(no, dict.fromkeys(keys, FULL)), fresh)
    finish(place, table)
    assert place.state() == "selected"


def review(place: Bazaar) -> reviews.ReviewFacts:
    return place.ask(reviews.reviews_of, Kind.SELECTION, place.no)[-1]


def test_equal_totals_go_to_the_lower_price(place: Bazaar, table: ReviewTable) -> None:
    no = opened(place, (8_000_000, 8_000_000, 4_000_000))
    keys = [key_of(place, name) for name in AGENCIES[:3]]
    points = {keys[0]: (2_000, 0), keys[1]: (0, 0), keys[2]: (0, 0)}  # 20 + 20 = 0 + 40
    for one in called(place, table):
        place.office.run(lock_sheet, LockSheet(no, points), one)
    finish(place, table)
    assert place.ask(queries.selected, no).agency == place.market.cast.organisations[AGENCIES[2]]


def test_fewer_than_two_that_count_fail_without_reviewers(
    place: Bazaar, table: ReviewTable
) -> None:
    no = opened(place, (9_000_000, 99_000_000))  # the second lies beyond the ceiling
    table.renew()
    assert not table.office.run(draw_reviewers, DrawReviewers(place.row().id, SEALER), HOUSE)
    assert place.choose() == 1
    assert place.state() == "failed"
    assert not place.ask(reviews.reviews_of, Kind.SELECTION, no)


def test_a_reviewer_reads_schemes_by_number_without_name_or_price(
    place: Bazaar, table: ReviewTable
) -> None:
    no = opened(place)
    first, *_ = called(place, table)

    def look(session):
        row = known(session, no)
        found = schemes.scoring(session, row, first.person)
        papers = [schemes.document(session, row, one.number, 1)[1] for one in found.schemes]
        return found, papers

    found, papers = place.ask(look)
    assert [one.number for one in found.schemes] == [1, 2, 3]
    assert sorted(papers) == sorted(f"方案 {name}".encode() for name in AGENCIES[:3])
    assert not found.is_locked
    with pytest.raises(NotFound):
        place.ask(lambda session: schemes.scoring(session, known(session, no), None))


def test_nobody_scores_before_the_quotes_are_opened(place: Bazaar, table: ReviewTable) -> None:
    no = demanded(place)
    for name, price in zip(AGENCIES, PRICES, strict=False):
        place.enrol(name, price, scheme=b"x")
    place.close()
    place.draw()
    table.renew()
    assert not table.office.run(draw_reviewers, DrawReviewers(place.row().id, SEALER), HOUSE)
    assert not place.ask(reviews.reviews_of, Kind.SELECTION, no)
    assert place.choose() == 0


def test_a_scheme_may_be_longer_than_a_quote_up_to_its_limit(place: Bazaar) -> None:
    demanded(place)
    place.enrol(AGENCIES[0], 9_000_000, scheme=b"x" * 3_500_000)
    act, sealed = place.act(AGENCIES[1], 9_000_000, scheme=b"x" * 4_200_000)
    assert len(sealed) == QUOTE_LENGTH
    assert len(place.schemes[act.hash]) > SCHEME_LENGTH
    with pytest.raises(Refusal, match="wrong-size"):
        place.send(AGENCIES[1], (act, sealed))
    place.demand(Mode.LOWEST)
    place.give_keys()
    with pytest.raises(Refusal, match="scheme-unasked"):
        place.enrol(AGENCIES[0], 9_000_000, scheme=b"x" * 100_000)


def test_the_criteria_make_exactly_the_points_of_the_scheme(place: Bazaar) -> None:
    for weight in (59, 61):
        with pytest.raises(BadInput, match="scheme-misfit"):
            place.demand(Mode.SCHEME, Funds.PRIVATE, scheme_weight=weight, scheme=PLAN)
    no = place.demand(Mode.SCHEME, Funds.PRIVATE, scheme_weight=60, scheme=PLAN)
    assert place.ask(queries.selection, no).terms.scheme == PLAN


@pytest.mark.parametrize("reviewers", [1, 2, 4, 16])
def test_reviewers_are_three_at_least_and_an_odd_number(reviewers: int) -> None:
    with pytest.raises(BadInput, match="scheme-misfit"):
        SchemePlan(PLAN.criteria, reviewers, PLAN.specialties)


def test_a_demand_without_a_plan_of_the_review_is_not_whole(place: Bazaar) -> None:
    with pytest.raises(Refusal, match="demand-incomplete"):
        place.demand(Mode.SCHEME, Funds.PRIVATE, scheme_weight=60)
    assert preparing.SetMode(no="x", mode=Mode.SCHEME).scheme is None
