"""The demands of the demonstration on an empty house: one at every stage before a choice."""

from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.catalogue.commands import EnterItem, enter_item
from intermediaries.demands.model import Demand, DemandDoubt
from intermediaries.demands.rules.states import DemandState
from market.accounts.roles import Role
from market.command import SEQUENCER, Work
from market.demo.seed.demands import Scene, _at, _play
from market.demo.seed.service_items import ITEMS
from market.demo.seed.supermarket import FIRST_DAY
from market.kernel.workdays import SHANGHAI
from tests.support.people_cast import founded

MORNING = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)


def test_every_stage_before_the_choice_is_there_on_the_first_morning(engine: Engine) -> None:
    cast = founded(engine)
    key = cast.bank()
    owner = cast.staffed("estate", "wang", Role.OWNER)
    cast.confirm("estate", "wang", key)
    centre = cast.actor("ceng", "centre")
    cast.house.clock.at = datetime(2026, 1, 5, 9, tzinfo=SHANGHAI)
    for category, items in ITEMS.items():
        for terms in items:
            cast.office.run(enter_item, EnterItem(category, terms, FIRST_DAY, "首次公布"), centre)

    def everything(work: Work, command: None) -> None:
        del command
        _play(Scene(work, owner, centre, _at(2, 26)))

    cast.office.run(everything, None, SEQUENCER)
    with Session(engine) as session:
        rows = session.scalars(select(Demand)).all()
        doubts = session.scalars(select(DemandDoubt)).all()
    states = [row.state for row in rows]
    assert states.count(DemandState.ENROLLING) == 2
    assert set(states) == {
        DemandState.DRAFT,
        DemandState.REVIEW,
        DemandState.RETURNED,
        DemandState.ENROLLING,
        DemandState.WITHDRAWN,
    }
    assert len(doubts) == 1
    for row in rows:
        if row.state is DemandState.ENROLLING:
            assert row.enrol_closes is not None
            assert row.enrol_closes > MORNING
