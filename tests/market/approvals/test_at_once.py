"""Twice and at once: one open case, one notice, one decision, one crossing; forms answer alike."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from market.accounts.feature import FEATURE as ACCOUNTS
from market.approvals.commands.crossing import write_crossings
from market.approvals.commands.extending import AskExtension, ask_extension
from market.approvals.commands.filing import NameCase, OpenCase, hand_in, open_case
from market.approvals.commands.handling import (
    AskCorrection,
    DecideCase,
    PauseCase,
    accept_case,
    ask_correction,
    decide_case,
    pause_case,
)
from market.approvals.commands.items import NameItem, ProposeItem, approve_item, propose_item
from market.approvals.feature import FEATURE
from market.approvals.model import ApprovalCase, ApprovalEvent, ApprovalItem
from market.approvals.rules.cases import EventKind, Missing, Outcome, Owes, PauseKind
from market.approvals.rules.items import ItemState
from market.command import HOUSE, Actor
from market.kernel.errors import MarketError
from market.projects.feature import FEATURE as PROJECTS
from tests.support.approval_cast import CONTENT, ApprovalCast
from tests.support.browsing import app_of, signed_in

WINDOWS = 4


def at_once(house: ApprovalCast, handler: object, command: object, actor: Actor) -> list[str]:
    """The same command from several windows at once: "" for each that took effect, else a code."""

    def one(_: int) -> str:
        try:
            house.run(handler, command, actor)
        except MarketError as refusal:
            return refusal.code
        return ""

    with ThreadPoolExecutor(WINDOWS) as several:
        return sorted(several.map(one, range(WINDOWS)))


def count(house: ApprovalCast, kind: EventKind) -> int:
    with Session(house.engine) as session:
        return int(
            session.scalar(
                select(func.count()).select_from(ApprovalEvent).where(ApprovalEvent.kind == kind)
            )
            or 0
        )


def test_at_once_one_case_is_opened(house: ApprovalCast) -> None:
    found = at_once(house, open_case, OpenCase(house.project, "SG-001"), house.owner)
    assert found == ["", *["case-open"] * (WINDOWS - 1)]
    with Session(house.engine) as session:
        assert session.scalar(select(func.count()).select_from(ApprovalCase)) == 1


def test_at_once_each_step_of_a_case_happens_once(house: ApprovalCast) -> None:
    no = house.opened()
    illegal = ["", *["illegal-move"] * (WINDOWS - 1)]
    assert at_once(house, hand_in, NameCase(no), house.owner) == illegal
    assert at_once(house, accept_case, NameCase(no), house.clerk) == illegal
    pause = PauseCase(no, PauseKind.TEST, "检测", 2)
    assert at_once(house, pause_case, pause, house.clerk) == illegal
    asked = at_once(house, ask_extension, AskExtension(no, 5, "复杂"), house.clerk)
    assert asked == ["", *["extension-once"] * (WINDOWS - 1)]
    house.go("03-06 09:00")
    decided = DecideCase(no, Outcome.APPROVED, "符合", "1号")
    assert at_once(house, decide_case, decided, house.clerk) == illegal
    for kind in (EventKind.RECEIVED, EventKind.ACCEPTED, EventKind.PAUSED, EventKind.RESUMED):
        assert count(house, kind) == 1, kind
    assert count(house, EventKind.DECIDED) == 1


def test_at_once_one_notice_of_correction(house: ApprovalCast) -> None:
    no = house.received()
    command = AskCorrection(no, (Missing(1, "缺签字", Owes.OWNER),))
    found = at_once(house, ask_correction, command, house.clerk)
    assert found == ["", *["illegal-move"] * (WINDOWS - 1)]
    assert count(house, EventKind.CORRECTION) == 1


def test_at_once_what_follows_by_itself_is_written_once(house: ApprovalCast) -> None:
    no = house.received()
    house.go("03-12 09:00")
    key = house.facts(no).line.id
    assert at_once(house, write_crossings, key, HOUSE) == [""] * WINDOWS
    assert count(house, EventKind.ACCEPTED) == 1


def test_at_once_one_version_waits_and_one_is_in_force(house: ApprovalCast) -> None:
    found = at_once(house, propose_item, ProposeItem(CONTENT), house.clerk)
    assert found == ["", *["item-waits"] * (WINDOWS - 1)]
    with Session(house.engine) as session:
        key = session.scalars(
            select(ApprovalItem.id).where(ApprovalItem.state == ItemState.PROPOSED)
        ).one()
    found = at_once(house, approve_item, NameItem(key), house.head)
    assert found == ["", *["illegal-move"] * (WINDOWS - 1)]
    with Session(house.engine) as session:
        states = session.scalars(select(ApprovalItem.state).order_by(ApprovalItem.state)).all()
    assert states == [ItemState.IN_FORCE, ItemState.REPLACED]


@pytest.mark.parametrize("times", [2, 3])
def test_a_form_sent_again_is_one_act_and_answers_alike(
    house: ApprovalCast, redis_url: str, tmp_path: Path, times: int, engine: Engine
) -> None:
    del engine
    app = app_of(house.cast, (ACCOUNTS, PROJECTS, FEATURE), redis_url, tmp_path)
    no = house.accepted()
    clerk = signed_in(app, house.cast, "shen")
    path = f"/desk/approvals/{no}/forms/decision"
    marks, _ = clerk._form(path, "DecisionForm", None)
    typed = {**marks, "outcome": "approved", "paper_no": "1号", "reasons": "符合"}
    answers = {
        (got.status_code, got.headers["Location"])
        for got in (clerk.client.post(path, data=typed) for _ in range(times))
    }
    assert answers == {(303, f"/desk/approvals/{no}")}
    assert count(house, EventKind.DECIDED) == 1
