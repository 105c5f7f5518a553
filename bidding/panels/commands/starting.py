"""Starting: the plan is checked against the law and the register, and the pool is frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.panels.commands.representatives import refuse_unfit
from bidding.panels.model import Panel, PanelRepresentative
from bidding.panels.rules import (
    DRAWN,
    PURPOSE,
    PanelState,
    StratumPlan,
    refuse_unless_planned,
    substitutes_for,
)
from bidding.rulebook.panels import panel_demand, refuse_unless_panel
from bidding.rulebook.procedures import Procedure
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from bidding.tenders.rules import TenderState
from market.accounts.commands.duties import TakeDuty, take_duty
from market.accounts.queries.entrances import capacities
from market.accounts.queries.organisations import (
    organisation,
    organisations_with,
)
from market.accounts.roles import Role
from market.accounts.separation import Duty
from market.command import Actor, Work
from market.draws.commands.freezing import FreezeWalk, Frozen, freeze_walk
from market.draws.commands.seating import PartySeat, seat_parties
from market.draws.commands.shutting import hold_draw
from market.draws.rules import draw_no
from market.draws.sealing import Sealer
from market.experts.commands.inviting import CallFor, call_for
from market.experts.commands.register import REGISTER
from market.experts.library import Snapshot, declared, is_current, latest_snapshot
from market.experts.rules.eligibility import Wanted
from market.experts.rules.evidence import panel_recusals, recusal_case
from market.experts.rules.limits import Terms, terms_on
from market.experts.rules.plans import WantedStratum, panel_plan
from market.experts.rules.relations import Activity, Parties
from market.experts.rules.walk import unit_cap
from market.experts.rules.windows import DrawWindow, draw_window
from market.kernel.errors import NotFound, Refusal
from market.kernel.ids import Track
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.projects import queries as projects
from market.protocol.exclusions import Recusals
from market.protocol.freezes import Register
from market.protocol.pools import Candidate, Plan

BEFORE_OPENING: Final = (TenderState.PUBLISHED, TenderState.CLOSED)
"""While nobody knows the bidders; the opening then has the second check made over them."""
BEFORE_EVALUATION: Final = (*BEFORE_OPENING, TenderState.OPENING, TenderState.OPENED)
"""While a panel may be begun. A tender that opened without one waits for it: its evaluation is
postponed, whoever is called is checked over the bidders, who are known by then, and its draw is
held until whoever works for one of them is shut out of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPanel:
    """Draw the panel of a tender: `size` seats, `experts` of them drawn, the rest named.

    `regions` narrows the register; `is_complex` as in the law on seven members.
    """

    no: str
    size: int
    experts: int
    strata: tuple[StratumPlan, ...]
    representatives: tuple[UUID, ...]
    evaluation_at: datetime
    city: tuple[str, str]
    place: tuple[str, str]
    hours: int
    fee: Money
    parties: tuple[PartySeat, ...]
    sealer: Sealer
    regions: frozenset[str] = frozenset()
    is_complex: bool = False


def start_panel(work: Work, cmd: StartPanel) -> Mapping[str, Any]:
    """Check the plan, freeze the pool, name the representatives.

    Refusals: those of the law on panels, of the draw's window, of the freeze; "panel-plan";
    "evaluation-before-deadline";
    "representative-…", `refuse_unless_separate`; "no-library" before the register's first daily
    root, "register-changed" until it is renewed; "no-key" for a party without a registered key;
    "panel-started" for a second one; "wrong-state" once the evaluation has begun or the tender has
    ended. `NotFound` for all but owner, agent and trading centre. Fact: "panel.started".
    """
    work.need(Permission.DRAWS_DRAW_START)
    tender = tenders.facts(work.session, cmd.no)
    if not may_start(work.session, work.actor, tender):
        raise NotFound("no-tender", zh="没有此项目", en="There is no such tender")
    _refuse_started(work, tender)
    refuse_unless_planned(cmd.size, cmd.experts, len(set(cmd.representatives)), cmd.strata)
    terms = terms_on(legal_day(tender.published_at))
    window = _window(work, cmd, tender, terms)
    refuse_unfit(work, tender, cmd.representatives)
    frozen = _freeze(work, cmd, tender, terms)
    if tender.state not in BEFORE_OPENING:
        hold_draw(work, frozen.no)
    _write_panel(work, cmd, tender, frozen)
    _take_sides(work, cmd, tender)
    _summon(work, cmd, tender, frozen, window)
    work.note(tender.no, "panel.started")
    return {"no": tender.no, "draw": frozen.no, "needs_consent": frozen.needs_consent}


def may_start(session: Session, actor: Actor, tender: TenderFacts) -> bool:
    """Whether somebody's organisation draws the panel of a tender: owner, agent, trading centre."""
    own = actor.organisation
    return own is not None and (own in tender.insiders() or Role.CENTER in capacities(session, own))


def _window(work: Work, cmd: StartPanel, tender: TenderFacts, terms: Terms) -> DrawWindow:
    """Refuse a panel that the law does not allow, or at another time; the window of its draw."""
    demand = panel_demand(
        Track.GOVERNMENT,
        Procedure.OPEN_TENDER,
        tender.budget,
        legal_day(tender.published_at),
        is_complex=cmd.is_complex,
    )
    refuse_unless_panel(demand, cmd.size, cmd.experts)
    _refuse_before_deadline(cmd, tender)
    return open_window(work, cmd.evaluation_at, terms)


def _refuse_before_deadline(cmd: StartPanel, tender: TenderFacts) -> None:
    """Refuse an evaluation before bids close; the deadline's own moment is not before it.

    The draw's window hangs on the evaluation: an earlier one would draw the experts weeks ahead.
    """
    if cmd.evaluation_at < tender.deadline:
        words = ("评审开始不得早于投标截止", "The evaluation begins after bids have closed")
        raise Refusal(
            "evaluation-before-deadline",
            zh=words[0],
            en=words[1],
            status=422,
            fields={"evaluation_at": words},
        )


def open_window(work: Work, evaluation_at: datetime, terms: Terms) -> DrawWindow:
    """The window of a panel's draw; refuses to freeze outside it."""
    window = draw_window(Track.GOVERNMENT, evaluation_at, work.calendar, terms)
    window.refuse_outside(work.now)
    return window


def _write_panel(work: Work, cmd: StartPanel, tender: TenderFacts, frozen: Frozen) -> None:
    panel = Panel(
        id=uuid4(),
        tender=tender.id,
        tender_no=tender.no,
        draw_no=frozen.no,
        state=PanelState.DRAWING,
        size=cmd.size,
        experts=cmd.experts,
        strata=[
            {
                "name": one.name,
                "specialties": [*one.specialties],
                "quota": one.quota,
                "regions": sorted(cmd.regions),
            }
            for one in cmd.strata
        ],
        published_on=legal_day(tender.published_at),
        evaluation_at=cmd.evaluation_at,
        started_by=work.actor.person,
        started_at=work.now,
    )
    work.session.add(panel)
    work.session.flush()
    work.session.add_all(
        PanelRepresentative(panel=panel.id, person=person, named_at=work.now)
        for person in set(cmd.representatives)
    )
    work.state_fact("panel.started", panel.id)


def _take_sides(work: Work, cmd: StartPanel, tender: TenderFacts) -> None:
    """Who opens the draw and who represents the purchaser stand on one side of the project."""
    for person in set(cmd.representatives):
        take_duty(work, TakeDuty(tender.project, person, Duty.OWNER, tender.owner))
    if work.actor.person is not None:
        opener = TakeDuty(
            tender.project, work.actor.person, Duty.DRAW_OPENER, work.actor.organisation
        )
        take_duty(work, opener)


def _summon(
    work: Work, cmd: StartPanel, tender: TenderFacts, frozen: Frozen, window: DrawWindow
) -> None:
    call_for(
        work,
        CallFor(
            draw_no=frozen.no,
            owner=organisation(work.session, tender.owner).uscc,
            published_on=legal_day(tender.published_at),
            evaluation_at=cmd.evaluation_at,
            fill_until=window.supplement_until,
            city=cmd.city,
            place=cmd.place,
            hours=cmd.hours,
            fee=cmd.fee,
        ),
    )


def recusal_parties(work: Work, tender: TenderFacts) -> Parties:
    """Who stands around a tender, before its bidders are known, by credit codes."""
    project = projects.facts(work.session, tender.project)
    agents = () if tender.agent is None else (organisation(work.session, tender.agent).uscc,)
    regulators = {
        one.uscc for role in (Role.REG, Role.SUPV) for one in organisations_with(work.session, role)
    }
    return Parties(
        owners=(organisation(work.session, tender.owner).uscc,),
        agents=agents,
        preparers=tuple(party.uscc for party in project.parties),
        departments=(),
        regulators=tuple(sorted(regulators)),
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """What a panel's pool is to be made of: seats, fields, regions, for which day."""

    size: int
    strata: tuple[StratumPlan, ...]
    regions: frozenset[str]
    evaluation_at: datetime


@dataclass(frozen=True, slots=True)
class Makings:
    """The plan over the register of now, with what backs the recusals in it."""

    plan: Plan
    register: Register
    register_key: bytes
    candidates: tuple[Candidate, ...]
    recusals: Recusals


def makings(work: Work, wish: Wish, tender: TenderFacts, terms: Terms, sealer: Sealer) -> Makings:
    """What the pool is made of; "no-library" and "register-changed" as in `start_panel`."""
    held = _register_now(work, sealer)
    activity = Activity(Track.GOVERNMENT, tender.project_code, legal_day(wish.evaluation_at))
    parties, facts = recusal_parties(work, tender), declared(work.session)
    no = draw_no(tender.no, PURPOSE)
    plan = panel_plan(no, _strata(wish), facts.values(), activity, parties, terms)
    case = recusal_case(activity, parties, terms)
    return Makings(
        plan,
        Register(REGISTER, held.root, held.size),
        held.key,
        held.records,
        panel_recusals(plan, case, held.facts_key, held.records, facts),
    )


def _freeze(work: Work, cmd: StartPanel, tender: TenderFacts, terms: Terms) -> Frozen:
    wish = Wish(cmd.size, cmd.strata, cmd.regions, cmd.evaluation_at)
    made = makings(work, wish, tender, terms, cmd.sealer)
    return freeze_walk(
        work,
        FreezeWalk(
            case=tender.no,
            purpose=PURPOSE,
            plan=made.plan,
            register=made.register,
            register_key=made.register_key,
            candidates=made.candidates,
            unit_cap=unit_cap(cmd.size, terms),
            parties=seat_parties(work, cmd.parties),
            sealer=cmd.sealer,
            recusals=made.recusals,
        ),
    )


def _register_now(work: Work, sealer: Sealer) -> Snapshot:
    """The register's newest root, if it says what the register says now."""
    held = latest_snapshot(work.session, sealer)
    if held is None:
        raise Refusal(
            "no-library",
            zh="专家名册尚无当日快照入日志，稍后再抽取",
            en="No daily root of the experts' register is in the journal yet; draw a little later",
            article=DRAWN,
        )
    if not is_current(work.session, held, work.now):
        raise Refusal(
            "register-changed",
            zh="专家名册自上次入日志后有变化，须先更新名册日根再抽取",
            en="The experts' register has changed since its root was journaled; draw once the root"
            " is renewed",
            article=DRAWN,
        )
    return held


def _strata(wish: Wish) -> list[WantedStratum]:
    spares = substitutes_for(wish.size, wish.strata)
    return [
        WantedStratum(
            item.name,
            item.quota,
            spare,
            Wanted(
                track=Track.GOVERNMENT,
                specialties=frozenset(item.specialties),
                regions=wish.regions,
            ),
        )
        for item, spare in zip(wish.strata, spares, strict=True)
    ]


def _refuse_started(work: Work, tender: TenderFacts) -> None:
    work.hold(f"panel:{tender.no}")
    known = select(Panel.id).where(Panel.tender_no == tender.no)
    if work.session.scalar(known) is not None:
        raise Refusal(
            "panel-started",
            zh="此项目的专家抽取已经开始",
            en="The draw of this tender's panel has begun already",
            article=DRAWN,
        )
    if tender.state not in BEFORE_EVALUATION:
        raise Refusal(
            "wrong-state",
            zh="评审已开始或项目已结束，不能再抽取",
            en="The evaluation has begun or the tender has ended; no panel is drawn any more",
            article=DRAWN,
        )
