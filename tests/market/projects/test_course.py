"""The course of a project: gate 1 before anything is traded, who may know and end it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from market.accounts.roles import Role
from market.kernel.errors import BadInput, IllegalMove, NotFound, Refusal
from market.kernel.ids import Track
from market.kernel.law import Standing
from market.kernel.money import Money
from market.projects.commands.course import (
    NameProject,
    admit_project,
    allow_early_notice,
    cancel_project,
    close_project,
    return_project,
    submit_project,
)
from market.projects.commands.entry import (
    AppointAgent,
    appoint_agent,
)
from market.projects.commands.papers import (
    NameParty,
    RecordFunds,
    record_funds,
    record_party,
)
from market.projects.queries import (
    all_projects,
    facts_for,
    projects_of,
    refuse_unless_admitted,
)
from market.projects.rules import (
    PROJECT_TABLE,
    Approval,
    Funds,
    Gate,
    PartyKind,
    ProjectAction,
    ProjectState,
    gate_one,
)
from market.projects.tracks import Subject
from tests.support.people_cast import Cast
from tests.support.project_cast import (
    BUDGET,
    FEN,
    admitted,
    approve,
    centre,
    create,
    fund,
    known,
    owner,
    paper,
    ripe,
    with_owner,
)


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The centre, the owner `bureau` with `wang`, the agent `agency` with `lili`."""
    return with_owner(engine)


LEGAL = {
    ("draft", "submit"): "submitted",
    ("submitted", "return"): "draft",
    ("submitted", "admit"): "admitted",
    ("admitted", "close"): "closed",
    ("draft", "cancel"): "cancelled",
    ("submitted", "cancel"): "cancelled",
    ("admitted", "cancel"): "cancelled",
}


@pytest.mark.parametrize("state", list(ProjectState))
@pytest.mark.parametrize("action", list(ProjectAction))
def test_every_pair_of_state_and_action_moves_or_refuses(state, action) -> None:
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalMove):
            PROJECT_TABLE.move(state, action)
    else:
        assert PROJECT_TABLE.move(state, action).target.value == target


APPROVED = [Approval("1", "a", date(2026, 1, 1), b"d")]


def settled(*amounts: Money) -> list[Funds]:
    return [Funds(amount, "s", b"d") for amount in amounts]


@pytest.mark.parametrize(
    ("approvals", "funds", "code"),
    [
        ([], settled(BUDGET), "approval-missing"),
        (APPROVED, [], "funds-missing"),
        (APPROVED, settled(BUDGET - FEN), "funds-missing"),
        (APPROVED, settled(BUDGET), None),
        (APPROVED, settled(BUDGET - FEN, FEN), None),
        (APPROVED, settled(BUDGET + FEN), None),
    ],
)
@pytest.mark.parametrize("track", list(Track))
def test_nothing_is_traded_without_approval_and_money(track, approvals, funds, code) -> None:
    if code is None:
        assert gate_one(track, BUDGET, approvals, funds, early=False) is Gate.OPEN
        assert gate_one(track, BUDGET, approvals, funds, early=True) is Gate.OPEN
        return
    with pytest.raises(Refusal, match=code) as refused:
        gate_one(track, BUDGET, approvals, funds, early=False)
    article = refused.value.article
    assert article is not None
    sourced = article.standing is Standing.SOURCED
    assert sourced is (track is Track.ENGINEERING)
    assert gate_one(track, BUDGET, approvals, funds, early=True) is Gate.CONDITIONAL


def test_a_ripe_project_is_let_in_and_other_rooms_may_go_on(engine: Engine, cast: Cast) -> None:
    named = ripe(cast)
    with Session(engine) as session, pytest.raises(Refusal, match="project-not-admitted"):
        refuse_unless_admitted(session, named.project)
    cast.office.run(submit_project, named, owner(cast))
    with pytest.raises(IllegalMove):
        cast.office.run(close_project, named, owner(cast))
    cast.office.run(admit_project, named, centre(cast))
    with Session(engine) as session:
        found = refuse_unless_admitted(session, named.project)
    assert (found.gate, found.admitted_at) == (Gate.OPEN, cast.now)
    with pytest.raises(IllegalMove):
        cast.office.run(admit_project, named, centre(cast))


def test_an_unripe_project_is_not_even_handed_in(engine: Engine, cast: Cast) -> None:
    project = create(cast)
    named = NameProject(project)
    with pytest.raises(Refusal, match="approval-missing"):
        cast.office.run(submit_project, named, owner(cast))
    approve(cast, project)
    fund(cast, project, BUDGET - FEN)
    with pytest.raises(Refusal, match="funds-missing"):
        cast.office.run(submit_project, named, owner(cast))
    assert known(engine, project).state is ProjectState.DRAFT


def test_the_centre_returns_with_a_reason_and_papers_open_again(engine: Engine, cast: Cast) -> None:
    named = ripe(cast)
    cast.office.run(submit_project, named, owner(cast))
    with pytest.raises(Refusal, match="project-fixed"):
        fund(cast, named.project, FEN, "省级财政")
    with pytest.raises(BadInput, match="reason-missing"):
        cast.office.run(return_project, named, centre(cast))
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(return_project, replace(named, reason="x"), owner(cast))
    cast.office.run(return_project, replace(named, reason=" 批复不清晰 "), centre(cast))
    assert known(engine, named.project).returned_for == "批复不清晰"
    fund(cast, named.project, FEN, "省级财政")
    cast.office.run(submit_project, named, owner(cast))
    assert known(engine, named.project).returned_for is None


def test_the_owner_lets_nothing_in_and_the_centre_ends_nothing(cast: Cast) -> None:
    named = ripe(cast)
    cast.office.run(submit_project, named, owner(cast))
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(admit_project, named, owner(cast))
    for end in (close_project, cancel_project):
        with pytest.raises(Refusal, match="not-allowed"):
            cast.office.run(end, named, centre(cast))


def test_design_is_announced_early_when_the_regulator_allows_it(engine: Engine, cast: Cast) -> None:
    fan = cast.staffed("finance", "fan", Role.REG)
    design = NameProject(create(cast, kind=Subject.SURVEY_OR_DESIGN))
    works = NameProject(create(cast))
    with pytest.raises(Refusal, match="not-early"):
        cast.office.run(allow_early_notice, works, fan)
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(allow_early_notice, design, owner(cast))
    for _ in range(2):
        cast.office.run(allow_early_notice, design, fan)
    cast.office.run(submit_project, design, owner(cast))
    cast.office.run(admit_project, design, centre(cast))
    with Session(engine) as session:
        assert refuse_unless_admitted(session, design.project).gate is Gate.CONDITIONAL
    approve(cast, design.project)
    fund(cast, design.project)
    assert known(engine, design.project).gate is Gate.OPEN


def test_an_ended_project_is_fixed(engine: Engine, cast: Cast) -> None:
    done, dropped = admitted(cast), NameProject(create(cast))
    cast.office.run(close_project, done, owner(cast))
    cast.office.run(cancel_project, dropped, owner(cast))
    for named, end in ((done, close_project), (dropped, cancel_project)):
        with pytest.raises(IllegalMove):
            cast.office.run(end, named, owner(cast))
        with pytest.raises(Refusal, match="project-fixed"):
            approve(cast, named.project, "another")
        with pytest.raises(Refusal, match="project-fixed"):
            cast.office.run(appoint_agent, AppointAgent(named.project, None), owner(cast))
    assert known(engine, done.project).state is ProjectState.CLOSED


def test_what_one_may_not_know_is_not_found(engine: Engine, cast: Cast) -> None:
    draft, public = create(cast), admitted(cast).project
    other = cast.staffed("other", "zhao", Role.OWNER)
    codes = {key: known(engine, key).code for key in (draft, public)}
    with Session(engine) as session:
        assert facts_for(session, owner(cast), codes[draft]).id == draft
        assert facts_for(session, centre(cast), codes[public]).id == public
        for actor, key in (
            (other, draft),
            (other, public),
            (centre(cast), draft),
            (cast.actor("lili", "agency"), draft),
        ):
            with pytest.raises(NotFound):
                facts_for(session, actor, codes[key])
        with pytest.raises(NotFound):
            facts_for(session, owner(cast), "371400-2026-ENG-00000")
        assert {line.id for line in all_projects(session, 10)} == {public}
        mine = projects_of(session, cast.organisations["bureau"], 10)
        assert {line.id for line in mine} == {draft, public}
        assert projects_of(session, cast.organisations["other"], 10) == []


def test_a_list_goes_on_where_it_stopped(engine: Engine, cast: Cast) -> None:
    made = {create(cast) for _ in range(5)}
    seen: list[UUID] = []
    after = None
    with Session(engine) as session:
        while lines := projects_of(session, cast.organisations["bureau"], 2, after):
            seen += [line.id for line in lines]
            after = (lines[-1].created_at, lines[-1].id)
    assert (len(seen), set(seen)) == (5, made)


def test_nobody_touches_anothers_project(cast: Cast) -> None:
    named = ripe(cast)
    other = cast.staffed("other", "zhao", Role.OWNER)
    for handler, command in (
        (submit_project, named),
        (cancel_project, named),
        (close_project, named),
        (record_funds, RecordFunds(named.project, FEN, "s", paper("s"))),
        (record_party, NameParty(named.project, PartyKind.DESIGNER, cast.fresh_uscc())),
    ):
        with pytest.raises(NotFound):
            cast.office.run(handler, command, other)
