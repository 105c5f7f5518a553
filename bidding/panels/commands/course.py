"""What happens to a panel by itself: completed, checked against the true bidders, seated, ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bidding.panels.commands.representatives import (
    all_came,
    release_bidders_people,
    works_for_a_bidder,
)
from bidding.panels.commands.starting import recusal_parties
from bidding.panels.model import Panel
from bidding.panels.rules import PANEL_TABLE, PanelAction, PanelState
from bidding.tenders import queries as tenders
from market.accounts.queries.organisations import (
    ids_by_uscc,
    interests,
)
from market.command import Work
from market.draws import queries as draws
from market.draws.commands.shutting import ShutOut, shut_out
from market.draws.commands.walking import PublishDraw, publish_draw
from market.draws.rules import DrawState
from market.experts import queries as experts
from market.experts.commands.attendance import Recuse, recuse, release, seat_members
from market.experts.library import declared_by
from market.experts.rules.limits import terms_on
from market.experts.rules.recusal import recusals
from market.experts.rules.relations import Activity, Bidder, Parties
from market.kernel.ids import Track
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day

REPLACED: Final = "panel.recused"


@dataclass(frozen=True, slots=True)
class CheckBidders:
    """The true bidders of a tender, by credit code, as the opening's first round gave them."""

    tender: UUID
    bidders: tuple[str, ...]


def check_bidders(work: Work, cmd: CheckBidders) -> None:
    """Look through the seats again over the true bidders; each hit is replaced by the walk.

    A representative who works for a bidder leaves; the purchaser names another. So does whoever
    acts for a drawing party; another of that party, or its stand-in, acts.

    A tender without a panel yet, or checked already, changes nothing.
    """
    work.need(Permission.HOUSE_ACT)
    panel = work.session.scalar(select(Panel).where(Panel.tender == cmd.tender).with_for_update())
    if panel is None or panel.rechecked_at is not None:
        return
    panel.bidders, panel.rechecked_at = sorted(cmd.bidders), work.now
    work.note(panel.subject, "panel.rechecked")
    for member in experts.members(work.session, panel.draw_no):
        _screen(work, panel, member)
    release_bidders_people(work, panel)
    judged = ids_by_uscc(work.session, panel.bidders)
    shut_out(work, ShutOut(panel.draw_no, tuple(judged.values())))
    work.session.flush()
    settle_panel(work, panel)


def screen_called(work: Work, invitation: UUID) -> None:
    """Check a substitute who was called after the bidders were known."""
    panel = _panel_of(work, invitation)
    if panel is None or panel.bidders is None:
        return
    for member in experts.members(work.session, panel.draw_no):
        if member.invitation == invitation:
            _screen(work, panel, member)


def replace_recused(work: Work, invitation: UUID) -> None:
    """Free the seat of somebody whom the second check hit; the next in the walk is called."""
    recuse(work, Recuse(invitation, "true-bidders"))


def settle_invitation(work: Work, invitation: UUID) -> None:
    """Somebody said yes, came or left: see how the panel stands."""
    panel = _panel_of(work, invitation)
    if panel is not None:
        settle_panel(work, panel)


def publish_names(work: Work, tender: UUID) -> None:
    """The result is public: the draw file too, with who was seated."""
    _end(work, tender, names=True)


def end_without_names(work: Work, tender: UUID) -> None:
    """The tender ended without a result: the draw file is public, names stay secret."""
    _end(work, tender, names=False)


def _end(work: Work, tender: UUID, *, names: bool) -> None:
    panel = work.session.scalar(select(Panel).where(Panel.tender == tender).with_for_update())
    if panel is None or panel.state is PanelState.ENDED:
        return
    if not names:
        release(work, panel.draw_no)
    if draws.facts(work.session, panel.draw_no).state is DrawState.DRAWN:
        publish_draw(work, PublishDraw(panel.draw_no, names))
    work.move(panel, PANEL_TABLE, PanelAction.END)


def _screen(work: Work, panel: Panel, member: experts.Member) -> None:
    """State a hit of the second check; each is replaced in a transaction of its own."""
    tender = tenders.facts_by_id(work.session, panel.tender)
    around = recusal_parties(work, tender)
    parties = Parties(
        owners=around.owners,
        agents=around.agents,
        preparers=around.preparers,
        departments=around.departments,
        regulators=around.regulators,
        bidders=_bidders(work, panel, panel.evaluation_at),
    )
    activity = Activity(Track.GOVERNMENT, tender.project_code, legal_day(panel.evaluation_at))
    found = recusals(
        declared_by(work.session, member.expert), activity, parties, terms_on(panel.published_on)
    )
    if found or works_for_a_bidder(work, panel, member.person):
        work.state_fact(REPLACED, member.invitation)


def _bidders(work: Work, panel: Panel, at: datetime) -> tuple[Bidder, ...]:
    codes = panel.bidders or []
    known = ids_by_uscc(work.session, codes)
    found = list[Bidder]()
    for code in codes:
        if code not in known:
            found.append(Bidder(organisation=code))
            continue
        ties = interests(work.session, known[code], legal_day(at))
        found.append(
            Bidder(
                organisation=code,
                legal_representative=ties.head or "",
                controllers=tuple(sorted(one.removeprefix("uscc:") for one in ties.controllers)),
            )
        )
    return tuple(found)


def settle_panel(work: Work, panel: Panel) -> None:
    """Move a panel to where its seats say it is; each fact is stated the first time only."""
    counted = experts.counts(work.session, panel.draw_no)
    full = counted.seated == panel.experts
    if not full and panel.state in (PanelState.COMPLETE, PanelState.SEATED):
        work.move(panel, PANEL_TABLE, PanelAction.REOPEN)
        return
    if full and panel.state is PanelState.DRAWING:
        first = panel.completed_at is None
        panel.completed_at = work.now
        work.move(panel, PANEL_TABLE, PanelAction.COMPLETE)
        if first:
            work.state_fact("panel.complete", panel.id)
    if panel.state is not PanelState.COMPLETE or panel.rechecked_at is None:
        return
    came = counted.signed_in + counted.active == panel.experts
    if came and all_came(work, panel):
        first = panel.seated_at is None
        panel.seated_at = work.now
        seat_members(work, panel.draw_no)
        work.move(panel, PANEL_TABLE, PanelAction.SEAT)
        if first:
            work.state_fact("panel.seated", panel.id)


def _panel_of(work: Work, invitation: UUID) -> Panel | None:
    draw_no = experts.draw_of(work.session, invitation)
    return work.session.scalar(select(Panel).where(Panel.draw_no == draw_no).with_for_update())
