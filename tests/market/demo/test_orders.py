"""The orders of the demonstration on an empty house: one at every stage."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.orders.commands.awarding import Candidate
from intermediaries.orders.model.orders import ServiceOrder
from intermediaries.orders.rules.states import OrderState, Side
from intermediaries.rulebook.clock.parties import Party
from market.accounts.roles import Role
from market.command import SEQUENCER, Work
from market.demo.seed.orders import (
    DRAWINGS,
    FIRE,
    GYM,
    MEASURED,
    QUAKE,
    SPONGE,
    Play,
    perform,
)
from market.files.commands import keep_document
from market.kernel.money import Money
from market.kernel.workdays import SHANGHAI
from tests.support.approval_cast import ApprovalCast
from tests.support.people_cast import founded
from tests.support.project_cast import paper

EARLY = {
    MEASURED.no: OrderState.RATED,
    FIRE.no: OrderState.SUBMITTED,
    SPONGE.no: OrderState.SERVING,
}
LATE = {QUAKE.no: OrderState.CONTRACTING, DRAWINGS.no: OrderState.AWARDED}


@pytest.mark.parametrize("early", [True, False])
def test_orders_stand_at_their_stages_on_the_first_morning(engine: Engine, *, early: bool) -> None:
    cast = founded(engine)
    cast.house.clock.at = datetime(2026, 1, 5, 9, tzinfo=SHANGHAI)
    bank = cast.bank()
    cast.staffed("bureau", "wang", Role.OWNER)
    approvals = ApprovalCast(cast, engine)
    for job in (MEASURED, FIRE, SPONGE, QUAKE, DRAWINGS):
        approvals.item(code=job.approval, promised=7)
    keys = {Side.OWNER: cast.give_key("bureau", "wang")}
    candidates = []
    for name, account in (("surveyors", "yan"), ("mappers", "mei")):
        cast.register(name, account)
        cast.appoint(name, account, account, Role.AGENCY)
        cast.confirm(name, account, bank)
        candidates.append(Candidate(cast.organisations[name], name, Money(0)))
    keys[Side.AGENCY] = cast.give_key("surveyors", "yan")
    owner, agency = cast.actor("wang", "bureau"), cast.actor("yan", "surveyors")
    file = paper("成果")

    def everything(work: Work, command: None) -> None:
        del command
        keep_document(work, file)
        play = Play(
            work,
            owner,
            agency,
            approvals.clerk,
            keys,
            (candidates[0], candidates[1]),
            (UUID(int=0), ""),
            type(file)(file.stored, file.typed_name, cast.organisations["bureau"]),
            datetime(2026, 1, 6, 9, tzinfo=SHANGHAI),
        )
        play.project = play.create("371400", GYM)
        perform(play, early=early)

    cast.office.run(everything, None, SEQUENCER)
    with Session(engine) as session:
        rows = {row.no: row for row in session.scalars(select(ServiceOrder))}
        states = {no: row.state for no, row in rows.items()}
    assert states == ({**EARLY, **LATE} if early else LATE)
    if early:
        assert rows[FIRE.no].holder is Party.AGENCY
        assert rows[SPONGE.no].holder is Party.OWNER
