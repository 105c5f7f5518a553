"""Bids that stand side by side: the room starts a public draw, whose order anybody checks."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bidding.evaluation.commands.low_prices import NameEvaluation, close_low_prices
from bidding.evaluation.commands.ties import finish_draws, start_draws, take_order, tied_bid
from bidding.evaluation.model import Evaluation
from bidding.evaluation.rules.states import EvaluationState as S
from market.command import HOUSE
from market.draws.commands.walking import publish_tie
from market.draws.publication import draw_file
from market.draws.sealing import sealer
from market.protocol.draw_files import read_draw_file
from market.protocol.encoding import b64u
from market.protocol.reruns import rerun
from market.protocol.statements import Account
from tests.bidding.evaluation.cast import Hall, make_hall
from tests.market.draws.parties_at_work import TRUST, Table, plan, sit_down
from tests.market.web.conftest import settings_for

EQUAL = {"B": "2000000", "D": "2000000", "C": "2400000"}
PLANS = {"B": (44,) * 5, "D": (44,) * 5, "C": (40,) * 5}


@pytest.fixture
def hall(engine: Engine) -> Hall:
    """B and D are equal in every way that a rule looks at."""
    made = make_hall(engine, EQUAL, small="")
    made.to_scoring()
    made.lock_all(PLANS)
    made.run(close_low_prices, NameEvaluation(made.no), made.panel[0])
    return made


@pytest.fixture
def table(hall: Hall, engine: Engine) -> Table:
    """Those who drew the panel of this tender."""
    made = sit_down(engine, hall.clock.at + timedelta(hours=1))
    no = f"{hall.no}.panel"
    made.freeze(case=hall.no, plan=replace(plan(), draw=no))
    made.witness()
    return made


def test_equal_bids_wait_for_a_draw_that_nobody_types_in(hall: Hall) -> None:
    assert hall.state is S.DRAWING
    assert hall.opened().ranking == ()


def test_the_room_starts_the_draw_and_ranks_by_its_published_order(
    hall: Hall, table: Table, tmp_path
) -> None:
    settings = settings_for("redis://127.0.0.1:1/0", tmp_path)
    no = f"{hall.no}.tie-1"
    assert start_draws(table.office, settings) == 1
    assert start_draws(table.office, settings) == 0
    assert finish_draws(table.office, settings) == 0
    table.draw(no=no)
    seals = sealer(settings.keys)
    draw = table.facts(no).id
    assert finish_draws(table.office, settings) == 0  # drawn, not yet public
    table.office.run(publish_tie, draw, HOUSE)
    assert finish_draws(table.office, settings) == 1
    assert finish_draws(table.office, settings) == 0
    assert hall.state is S.DRAFTING
    table.witness()
    found = rerun(read_draw_file(_file(table, no, seals)), Account())
    things = {b64u(tied_bid(hall.no, hall.number(one), hall.usccs[one])): one for one in "BD"}
    ((_, drawn),) = found.drawn()
    order = [hall.usccs[things[one]] for one in drawn]
    assert [line.uscc for line in hall.opened().ranking] == [*order, hall.usccs["C"]]


def test_the_draws_file_holds_for_the_offline_check_and_a_flipped_byte_does_not(
    hall: Hall, table: Table, tmp_path
) -> None:
    settings = settings_for("redis://127.0.0.1:1/0", tmp_path)
    no = f"{hall.no}.tie-1"
    start_draws(table.office, settings)
    table.draw(no=no)
    table.office.run(publish_tie, table.facts(no).id, HOUSE)
    table.witness()
    raw = _file(table, no, sealer(settings.keys))
    (tmp_path / "draw.json").write_bytes(raw)
    (tmp_path / "bad.json").write_bytes(raw.replace(b'"tie-1"', b'"tie-2"', 1))
    (tmp_path / "trust.json").write_bytes(TRUST.write())
    codes = [
        subprocess.run(
            [sys.executable, "-m", "market.verify", "draw", tmp_path / name,
             "--trust", tmp_path / "trust.json"],
            check=False,
            capture_output=True,
        ).returncode
        for name in ("draw.json", "bad.json")
    ]  # fmt: skip
    assert codes == [0, 1]


def test_before_the_draw_is_public_its_order_is_not_taken(
    hall: Hall, table: Table, tmp_path
) -> None:
    settings = settings_for("redis://127.0.0.1:1/0", tmp_path)
    start_draws(table.office, settings)
    row = hall.ask(_evaluation, hall.no)
    table.office.run(lambda work, one: take_order(work, one, sealer(settings.keys)), row, HOUSE)
    assert hall.state is S.DRAWING


def _evaluation(session, no):
    return session.query(Evaluation).filter(Evaluation.tender_no == no).one().id


def _file(table: Table, no: str, seals) -> bytes:
    return table.office.read(lambda session: draw_file(session, no, 1, seals))
