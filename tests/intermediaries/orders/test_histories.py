"""Orders driven by chance through their own commands: every working second has its holder."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine

from intermediaries.orders.commands import department, serving
from intermediaries.orders.commands.department import ListMissing, Supply
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.commands.serving import AskOwner, AskTime, GiveItems, GiveWords
from intermediaries.orders.rules.states import OrderState, Purpose
from intermediaries.rulebook.clock.states import Stage
from market.approvals.rules.cases import IssueKind, Missing, Owes
from market.kernel.errors import MarketError
from market.protocol.encoding import digest
from tests.support.order_cast import HOURS, NO, OrderCast, brought, make_order_cast

STEPS = 14
ALL = ("规划许可证", "竣工图")


class Chance:
    """A stream of numbers that a seed decides."""

    def __init__(self, seed: int) -> None:
        self.seed, self.drawn = seed, 0

    def below(self, limit: int) -> int:
        self.drawn += 1
        return int.from_bytes(digest(f"{self.seed}/{self.drawn}".encode())[:6], "big") % limit


def moves(house: OrderCast, chance: Chance, stage: Stage) -> list[Callable[[], object]]:
    """What the parties may do at a stage, each as one command."""
    run, named = house.run, NameOrder(NO)
    number = chance.drawn
    table: dict[Stage, list[Callable[[], object]]] = {
        Stage.AWAITING_INPUT: [
            lambda: run(serving.deliver_inputs, GiveItems(NO, ALL[:1]), house.owner),
            lambda: run(serving.deliver_inputs, GiveItems(NO, ALL), house.owner),
        ],
        Stage.INPUT_GIVEN: [
            lambda: run(serving.confirm_inputs, named, house.agency),
            lambda: run(serving.object_to_inputs, GiveItems(NO, ALL[1:]), house.agency),
        ],
        Stage.WORKING: [
            lambda: house.deliver(NO),
            lambda: run(serving.ask_owner, AskOwner(NO, ("图",), number % 2 == 0), house.agency),
            lambda: run(serving.ask_time, AskTime(NO, 8, "雨"), house.agency),
        ],
        Stage.ASKING: [lambda: run(serving.answer_owner, GiveItems(NO, ("图",)), house.owner)],
        Stage.ASKING_IN_REVISION: [
            lambda: run(serving.answer_owner, GiveItems(NO, ("图",)), house.owner)
        ],
        Stage.OWNER_REVIEW: [
            lambda: run(serving.accept_draft, named, house.owner),
            lambda: run(serving.return_draft, GiveWords(NO, "改"), house.owner),
            lambda: run(serving.order_change, GiveWords(NO, "加"), house.owner),
        ],
        Stage.CHANGE_ORDERED: [lambda: run(serving.specify_change, named, house.agency)],
        Stage.REWORKING: [lambda: house.deliver(NO)],
        Stage.OWNER_ACCEPTED: [lambda: run(department.submit, named, house.owner)],
    }
    return {**table, **at_department(house, number)}.get(stage, [])


def at_department(house: OrderCast, number: int) -> dict[Stage, list[Callable[[], object]]]:
    """The same from the submission on."""
    run, named = house.run, NameOrder(NO)
    supply = [Supply(NO, 1, brought(Purpose.SUPPLY)), Supply(NO, 2, brought(Purpose.SUPPLY))]
    return {
        Stage.INTAKE: [
            lambda: run(department.accept, named, house.clerk),
            lambda: run(
                department.list_missing,
                ListMissing(NO, (Missing(1, "章", Owes.OWNER), Missing(2, "图", Owes.AGENCY))),
                house.clerk,
            ),
        ],
        Stage.CORRECTING: [
            lambda: run(department.supply, supply[0], house.owner),
            lambda: run(department.supply, supply[1], house.agency),
        ],
        Stage.INTAKE_CORRECTED: [lambda: run(department.accept, named, house.clerk)],
        Stage.REVIEW: [
            lambda: house.opinion(
                NO,
                f"意见{number}",
                IssueKind.NEW_VISIBLE if house.reading().rounds else IssueKind.FIRST,
            ),
            lambda: house.decide(NO),
            lambda: house.call_experts(NO, within=2),
        ],
        Stage.REVISING: [
            lambda: house.revise(NO),
            lambda: run(
                serving.ask_owner, AskOwner(NO, ("图",), knowable_before=True), house.agency
            ),
        ],
    }


@pytest.mark.parametrize("seed", range(8))
def test_segments_fill_the_working_time_from_t0_without_gap_or_overlap(
    engine: Engine, seed: int
) -> None:
    house, chance = make_order_cast(engine), Chance(seed)
    house.reviewers(12)
    house.begun("11-02 09:00")
    began = house.cast.now
    done = 0
    while done < STEPS and house.row().state is not OrderState.COMPLETED:
        house.put(house.cast.now + timedelta(minutes=1 + chance.below(600), microseconds=done))
        if chance.below(3) == 0:
            house.beat()
        stage = house.reading().stage
        if stage is Stage.EXPERT_REVIEW:
            house.reviews.beat()  # who is late is replaced, while anybody is left
            with suppress(MarketError):
                house.sign_all(NO, house.seated()[:1])
        elif house.row().state is not OrderState.COMPLETED:
            found = moves(house, chance, stage)
            with suppress(MarketError):  # a move that the rules refuse is one too
                found[chance.below(len(found))]()
        done += 1
        segments = house.reading().segments
        end = house.reading().ended_at or house.cast.now
        assert sum((one.worked for one in segments), timedelta()) == HOURS.between(began, end)
        assert all(before.end == after.start for before, after in pairwise(segments))
        assert (segments[0].start, segments[-1].end) == (began, end)
