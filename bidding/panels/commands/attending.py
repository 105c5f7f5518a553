"""The purchaser's seats: a representative comes, or another is named in the place of one."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from bidding.panels.commands.course import settle_panel
from bidding.panels.commands.representatives import (
    refuse_unfit,
    sitting,
    works_for_a_bidder,
)
from bidding.panels.commands.starting import may_start
from bidding.panels.model import Panel, PanelRepresentative
from bidding.panels.rules import PanelState, refuse_representative
from bidding.tenders import queries as tenders
from market.accounts.commands.duties import TakeDuty, take_duty
from market.accounts.separation import Duty
from market.command import HOUSE, Work
from market.experts.commands.attendance import DECLARATION
from market.experts.rules.articles import SIGNING_IN
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day, start_of
from market.protocol.encoding import canonical, digest, stamp


@dataclass(frozen=True, slots=True)
class SignInRepresentative:
    """A representative of the purchaser comes and declares what the page says."""

    no: str
    declares: bool


def sign_in_representative(work: Work, cmd: SignInRepresentative) -> None:
    """Sign in for the purchaser, on the day of the evaluation; twice is once.

    Refusals: "declaration-needed", "sign-in-closed", "representative-bidder-staff"; `NotFound`
    for anybody not named, or gone.
    """
    panel = _panel(work, cmd.no)
    row = None
    if panel is not None and work.actor.person is not None:
        row = work.session.get(PanelRepresentative, (panel.id, work.actor.person))
    if panel is None or row is None or row.left_at is not None:
        raise NotFound
    if row.signed_in_at is not None:
        return
    if not cmd.declares:
        raise Refusal(
            "declaration-needed",
            zh="签到须先确认评审纪律声明",
            en="Sign-in needs the declaration of discipline",
            article=SIGNING_IN,
            fields={"declares": ("须确认声明", "Tick the declaration")},
        )
    if work.now < start_of(legal_day(panel.evaluation_at)):
        raise Refusal(
            "sign-in-closed",
            zh="评审当日方可签到",
            en="Sign-in is open on the day of the evaluation",
            article=SIGNING_IN,
        )
    if works_for_a_bidder(work, panel, row.person):
        raise refuse_representative("bidder-staff")
    said = {"panel": str(panel.id), "text": DECLARATION[0], "at": stamp(work.now)}
    row.signed_in_at, row.declaration_hash = work.now, digest(canonical(dict(said)))
    work.note(panel.subject, "panel.representative-signed-in")
    work.session.flush()
    # Whether the panel is whole now is the house's finding, not the representative's act.
    settle_panel(replace(work, actor=HOUSE), panel)


@dataclass(frozen=True, slots=True)
class NameRepresentative:
    """Somebody sits for the purchaser, on an empty seat or in the place of one not come yet."""

    no: str
    person: UUID
    instead_of: UUID | None = None


def name_representative(work: Work, cmd: NameRepresentative) -> None:
    """Name a representative after the draw has begun, until everybody is seated.

    Refusals: those of `start_panel` on representatives; "representative-bidder-staff",
    "-named", "-no-seat", "-came". `NotFound` for all but owner, agent and trading centre.
    """
    work.need(Permission.DRAWS_DRAW_START)
    panel = _panel(work, cmd.no)
    tender = tenders.facts(work.session, cmd.no)
    if panel is None or not may_start(work.session, work.actor, tender):
        raise NotFound("no-tender", zh="没有此项目", en="There is no such tender")
    if panel.state in (PanelState.SEATED, PanelState.ENDED):
        raise refuse_representative("came")
    refuse_unfit(work, tender, [cmd.person])
    if works_for_a_bidder(work, panel, cmd.person):
        raise refuse_representative("bidder-staff")
    if work.session.get(PanelRepresentative, (panel.id, cmd.person)) is not None:
        raise refuse_representative("named")
    _give_up_seat(work, panel, cmd.instead_of)
    take_duty(work, TakeDuty(tender.project, cmd.person, Duty.OWNER, tender.owner))
    work.session.add(PanelRepresentative(panel=panel.id, person=cmd.person, named_at=work.now))
    work.note(panel.subject, "panel.representative-named")


def _give_up_seat(work: Work, panel: Panel, gone: UUID | None) -> None:
    """Free the seat of somebody not come yet; "representative-no-seat" if none is free then."""
    rows = sitting(work, panel)
    leaving = next((row for row in rows if row.person == gone), None)
    if gone is not None and leaving is None:
        raise NotFound
    if leaving is not None:
        if leaving.signed_in_at is not None:
            raise refuse_representative("came")
        leaving.left_at = work.now
    if len(rows) - (leaving is not None) >= panel.seats_of_purchaser:
        raise refuse_representative("no-seat")


def _panel(work: Work, no: str) -> Panel | None:
    return work.session.scalar(select(Panel).where(Panel.tender_no == no).with_for_update())
