"""A result that surveyors object to and complain about, step by step, by commands."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.orders.commands import awarding, complaining, contracting, objecting
from intermediaries.orders.commands.complaining import (
    ComplainAboutResult,
    DecideResultComplaint,
    HoldSigning,
)
from intermediaries.orders.commands.objecting import AnswerObjection, ObjectToResult
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.model.complaints import ResultComplaint
from intermediaries.orders.model.orders import ResultObjection
from intermediaries.orders.rules.states import Side
from market.command import Actor
from market.journal.model import JournalEntry
from tests.support.order_cast import NO, OrderCast

COMPLAINT = ComplainAboutResult(NO, "答复未说明抽取过程")


def objected(house: OrderCast, *, with_alternate: bool = False) -> UUID:
    """Mappers are selected and have confirmed, surveyors object on Monday; the objection."""
    usual = house.command()
    alternates = (usual.selected,) if with_alternate else ()
    house.opened(selected=usual.alternates[0], alternates=alternates)
    house.run(awarding.confirm_award, NameOrder(NO), house.second)
    house.prepare(NO)
    house.run(objecting.object_to_result, ObjectToResult(NO, "未抽取"), house.agency)
    return objection(house).id


def answer(house: OrderCast, *, upheld: bool = False) -> None:
    """The operator answers the objection now."""
    words = "程序有误" if upheld else "程序无误"
    command = AnswerObjection(NO, objection(house).id, words, upheld)
    house.run(objecting.answer_objection, command, house.centre)


def answered(house: OrderCast, *, with_alternate: bool = False) -> None:
    """Objected to on Monday, and dismissed at once."""
    objected(house, with_alternate=with_alternate)
    answer(house)


def complain(house: OrderCast) -> ResultComplaint:
    """Surveyors complain now."""
    house.run(complaining.complain_about_result, COMPLAINT, house.agency)
    return complaint(house)


def complaint(house: OrderCast) -> ResultComplaint:
    """The one complaint."""
    with Session(house.engine, expire_on_commit=False) as session:
        return session.scalars(select(ResultComplaint)).one()


def objection(house: OrderCast) -> ResultObjection:
    """The one objection."""
    with Session(house.engine, expire_on_commit=False) as session:
        return session.scalars(select(ResultObjection)).one()


def decide(house: OrderCast, *, upheld: bool, by: Actor | None = None) -> None:
    """The office decides now."""
    words = "抽取未公开" if upheld else "程序合规"
    command = DecideResultComplaint(NO, complaint(house).id, words, upheld)
    house.run(complaining.decide_result_complaint, command, by or house.office)


def hold(house: OrderCast) -> None:
    """The office holds the signing back now."""
    command = HoldSigning(NO, complaint(house).id, "须调取抽取记录")
    house.run(complaining.hold_signing, command, house.office)


def withdraw(house: OrderCast) -> None:
    """Surveyors take the complaint back now."""
    house.run(complaining.withdraw_result_complaint, NameOrder(NO), house.agency)


def sign(house: OrderCast, side: Side) -> None:
    """The contract of mappers, signed by a side."""
    key = house.keys["bureau" if side is Side.OWNER else "mappers"]
    command = contracting.SignContract(NO, house.statement(NO, side, key))
    actor = house.owner if side is Side.OWNER else house.second
    house.run(contracting.sign_contract, command, actor)


def begun(house: OrderCast) -> None:
    """Both have signed, once the time to object was over."""
    house.go("10-21 10:00")
    sign(house, Side.OWNER)
    sign(house, Side.AGENCY)


def acts(house: OrderCast) -> list[JournalEntry]:
    """The decisions in the public journal."""
    with Session(house.engine, expire_on_commit=False) as session:
        kind = JournalEntry.type == "complaint-decision"
        return list(session.scalars(select(JournalEntry).where(kind)))
