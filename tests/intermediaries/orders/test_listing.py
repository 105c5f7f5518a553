"""Lists of orders: what runs by urgency, what is over page by page; nobody sees another's."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from intermediaries.orders.listing import over, running
from market.command import Actor
from tests.support.order_cast import NO, OrderCast, make_order_cast

COPIES = text("""
INSERT INTO service_order
SELECT (jsonb_populate_record(NULL::service_order, to_jsonb(o) || jsonb_build_object(
    'id', gen_random_uuid(), 'no', 'ZJ-2025-00000' || n, 'project', NULL, 'approval_case', NULL,
    'state', 'closed', 'filed_at', o.ended_at))).*
FROM service_order o, generate_series(1, 4) AS n WHERE o.no = :no
""")


def archive(house: OrderCast) -> None:
    """Four orders that are over, after one that waits to be rated."""
    house.decided()
    with house.engine.begin() as connection:
        connection.execute(COPIES, {"no": NO})


def pages(house: OrderCast, actor: Actor, limit: int) -> list[list[str]]:
    """The numbers of what is over, page by page, to the end."""
    found, after = [], None
    with Session(house.engine) as session:
        while lines := over(session, actor, limit, after):
            found.append([line.outline.no for line in lines])
            after = found[-1][-1]
    return found


def test_what_is_over_stands_page_by_page_and_each_order_once(engine) -> None:
    house = make_order_cast(engine)
    archive(house)
    numbers = [f"ZJ-2025-00000{n}" for n in (4, 3, 2, 1)]
    for actor in (house.owner, house.agency, house.office):
        assert pages(house, actor, 3) == [numbers[:3], numbers[3:]]
        assert pages(house, actor, 4) == [numbers]
    assert pages(house, house.second, 3) == [], "the alternate was never asked"
    assert pages(house, house.clerk, 3) == [], "nothing of them was submitted to the department"


def test_what_runs_is_shown_to_its_parties_alone(engine) -> None:
    house = make_order_cast(engine)
    archive(house)
    with Session(house.engine) as session:
        for actor in (house.owner, house.agency, house.clerk, house.office):
            (line,) = running(session, actor)
            assert (line.outline.no, line.outline.agency.name("zh")) == (NO, "surveyors有限公司")
        assert running(session, house.second) == []
