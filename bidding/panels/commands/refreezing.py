"""Freezing a panel's pool again after an audit found it wanting: same draw, same seats and parties.

What was mended is the pool: the register as it is now, the recusals as they follow from it. The
bidders may be known by then; whoever is called later is checked against them when called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bidding.panels.commands.starting import Wish, makings, may_start, open_window
from bidding.panels.model import Panel
from bidding.panels.rules import DRAWN, PanelState, StratumPlan
from bidding.tenders import queries as tenders
from market.accounts.commands.duties import TakeDuty, take_duty
from market.accounts.queries import people
from market.accounts.roles import Role
from market.accounts.separation import Duty
from market.command import Work
from market.draws.commands.refreezing import RefreezeWalk, refreeze_walk
from market.draws.sealing import Sealer
from market.draws.trouble import draw_of_stop
from market.experts.rules.limits import terms_on
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission

TEMPLATE: Final = "draw-stopped"


@dataclass(frozen=True, slots=True)
class RefreezePanel:
    """Freeze the pool of a tender's panel again; `remedy` says what was mended."""

    no: str
    remedy: str
    sealer: Sealer


def refreeze_panel(work: Work, cmd: RefreezePanel) -> Mapping[str, Any]:
    """Make the pool anew from the register of now and freeze it under the same draw.

    Refusals: those of `refreeze_walk`, of the draw's window, "no-library", "register-changed",
    "panel-ended". `NotFound` for all but owner, agent and trading centre, and without a panel.
    """
    work.need(Permission.DRAWS_DRAW_START)
    tender = tenders.facts(work.session, cmd.no)
    work.hold(f"panel:{cmd.no}")
    panel = work.session.scalar(select(Panel).where(Panel.tender_no == cmd.no).with_for_update())
    if panel is None or not may_start(work.session, work.actor, tender):
        raise NotFound("no-panel", zh="没有此项目的评审小组信息", en="There is no panel to be seen")
    if panel.state is PanelState.ENDED:
        raise Refusal(
            "panel-ended",
            zh="项目已结束，不再抽取",
            en="The tender has ended; no panel is drawn any more",
            article=DRAWN,
        )
    terms = terms_on(panel.published_on)
    open_window(work, panel.evaluation_at, terms)
    made = makings(work, _wish(panel), tender, terms, cmd.sealer)
    frozen = refreeze_walk(
        work,
        RefreezeWalk(
            no=panel.draw_no,
            plan=made.plan,
            register=made.register,
            register_key=made.register_key,
            candidates=made.candidates,
            sealer=cmd.sealer,
            remedy=cmd.remedy,
            recusals=made.recusals,
        ),
    )
    if work.actor.person is not None:
        opener = TakeDuty(
            tender.project, work.actor.person, Duty.DRAW_OPENER, work.actor.organisation
        )
        take_duty(work, opener)
    work.note(tender.no, "panel.refrozen")
    return {"no": tender.no, "draw": frozen.no}


def tell_stopped(work: Work, stop: UUID) -> None:
    """Write to owner and agent that an audit stopped the draw; another kind of draw: nothing."""
    draw_no = draw_of_stop(work.session, stop)
    panel = work.session.scalar(select(Panel).where(Panel.draw_no == draw_no))
    if panel is None:
        return
    tender = tenders.facts_by_id(work.session, panel.tender)
    sides = ((tender.owner, Role.OWNER), (tender.agent, Role.AGENT))
    for organisation, role in sides:
        if organisation is None:
            continue
        for address in people.addresses_of_role(work.session, organisation, role):
            work.letter(
                address,
                TEMPLATE,
                key=f"{TEMPLATE}:{stop}:{address}",
                zh=f"{tender.no}：评审专家抽取名册核验未通过，抽取已停止；"
                "核实并改正后可重新冻结名册",
                en=f"{tender.no}: an audit found the pool of the panel's draw wanting and stopped"
                " it; mend it and freeze the pool again",
                link=f"/desk/tenders/{tender.no}/panel",
            )


def _wish(panel: Panel) -> Wish:
    strata = tuple(
        StratumPlan(str(one["name"]), _texts(one.get("specialties")), int(str(one["quota"])))
        for one in panel.strata
    )
    regions = frozenset(name for one in panel.strata for name in _texts(one.get("regions")))
    return Wish(panel.size, strata, regions, panel.evaluation_at)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
