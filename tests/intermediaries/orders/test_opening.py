"""A published selection opens its order by itself."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.demands import queries as demands
from intermediaries.demands.rules.states import DemandState
from intermediaries.offers.queries import selected
from intermediaries.orders.commands.opening import end_demand, open_selected
from intermediaries.orders.feature import FEATURE
from intermediaries.orders.model.orders import OrderAward, ServiceOrder
from intermediaries.orders.reading import terms_of
from intermediaries.orders.rules.states import OrderState, Side
from intermediaries.orders.ticks import settle
from market.command import HOUSE
from market.journal.queries import entries_of
from market.protocol.entries import read_entry
from tests.support.offers_cast import AGENCIES, make_bazaar


def test_the_selected_agency_and_its_alternates_become_an_order(
    engine: Engine, tmp_path: Path
) -> None:
    place = make_bazaar(engine, tmp_path, AGENCIES[:3])
    no = place.demand()
    place.give_keys()
    for name, fen in zip(AGENCIES[:3], (900_000, 800_000, 850_000), strict=True):
        place.enrol(name, fen)
    place.finish()
    demand = place.ask(demands.facts, no)
    result = place.ask(selected, no)
    assert result is not None
    place.office.run(open_selected, demand.id, HOUSE)
    place.office.run(open_selected, demand.id, HOUSE)
    with Session(engine) as session:
        row = session.scalars(select(ServiceOrder)).one()
        asked = session.execute(
            select(OrderAward.agency, OrderAward.price).order_by(OrderAward.place)
        ).all()
    assert (row.no, row.state, row.agency) == (no, OrderState.AWARDED, result.agency)
    assert [price.fen for _, price in asked] == [800_000, *(p.fen for *_, p in result.alternates)]
    assert (row.owner, row.is_fiscal, row.working_days) == (demand.owner, True, 20)
    assert row.awarded_at == result.published_at


def test_what_both_sign_names_the_notice_in_the_journal_and_says_what_it_promised(
    engine: Engine, tmp_path: Path
) -> None:
    place = make_bazaar(engine, tmp_path, AGENCIES[:3])
    no = place.demand()
    place.give_keys()
    for name, fen in zip(AGENCIES[:3], (900_000, 800_000, 850_000), strict=True):
        place.enrol(name, fen)
    place.finish()
    place.office.run(open_selected, place.ask(demands.facts, no).id, HOUSE)
    place.witness()
    (notice,) = place.ask(lambda session: list(entries_of(session, no, "notice")))
    with Session(engine) as session:
        row = session.scalars(select(ServiceOrder)).one()
        signed = terms_of(session, row).statement(Side.OWNER)
    assert signed["notice"] == read_entry(notice.entry).data["notice"]
    assert (signed["template"], signed["payment"], signed["payment_days"]) == (
        "评估、论证报告编制合同",
        "验收后付款",
        30,
    )
    assert "own_terms" not in signed, "the notice added none"


def test_the_room_listens_to_selections_and_to_cases_that_move_by_themselves() -> None:
    heard = {one.fact: one.handler for one in FEATURE.listeners}
    assert heard["offers.selected"] is open_selected
    assert heard["order.failed"] is end_demand
    assert heard.keys() >= {"offers.selected", "order.failed", "case.accepted", "case.decided"}


def test_once_nobody_is_left_the_demand_has_failed_and_its_owner_may_begin_anew(
    engine: Engine, tmp_path: Path
) -> None:
    place = make_bazaar(engine, tmp_path, AGENCIES[:3])
    no = place.demand()
    place.give_keys()
    for name, fen in zip(AGENCIES[:3], (900_000, 800_000, 850_000), strict=True):
        place.enrol(name, fen)
    place.finish()
    demand = place.ask(demands.facts, no)
    place.office.run(open_selected, demand.id, HOUSE)
    with Session(engine) as session:
        key = session.scalars(select(ServiceOrder.id)).one()
    place.office.run(end_demand, key, HOUSE)
    assert place.ask(demands.facts, no).state is DemandState.SELECTED, "nobody has given up yet"
    place.clock.at += timedelta(days=30)
    for _ in range(2):
        place.office.run(settle, key, HOUSE)
        place.office.run(end_demand, key, HOUSE)
    ended = place.ask(demands.facts, no)
    assert (ended.state, ended.end_reason) == (DemandState.FAILED, "not-confirmed")
