"""Owner and agency on the clock: inputs, requests, drafts, changes, extension, objections."""

from dataclasses import dataclass
from typing import Final

from intermediaries.orders.commands import rows, syncing
from intermediaries.orders.commands.rows import Brought, NameOrder
from intermediaries.orders.model.orders import ServiceOrder
from intermediaries.orders.rules.states import RUNNING, Side
from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.parties import Party
from market.command import Work
from market.kernel.workhours import HOUR

_PARTIES: Final = {
    Side.OWNER: Party.OWNER,
    Side.AGENCY: Party.AGENCY,
    Side.DEPARTMENT: Party.DEPARTMENT,
}


@dataclass(frozen=True, slots=True)
class GiveItems:
    """Things given, or said to be missing, by name; with the files for them."""

    no: str
    items: tuple[str, ...]
    papers: tuple[Brought, ...] = ()


def deliver_inputs(work: Work, cmd: GiveItems) -> None:
    """The owner gives some or all of what the contract lists."""
    row = running(work, cmd.no, Side.OWNER)
    rows.record(work, row, lambda key, at: events.InputsDelivered(key, at, cmd.items), cmd.papers)
    _tell(work, row, Side.AGENCY, "业主已提供资料，请核对", "inputs were given; check them")


def object_to_inputs(work: Work, cmd: GiveItems) -> None:
    """The agency says in time that listed inputs are missing or not usable."""
    row = running(work, cmd.no, Side.AGENCY)
    rows.record(work, row, lambda key, at: events.InputsObjected(key, at, cmd.items))
    _tell(work, row, Side.OWNER, "中介机构称资料不全", "the agency says that inputs are missing")


def confirm_inputs(work: Work, cmd: NameOrder) -> None:
    """The agency confirms that the inputs are complete."""
    row = running(work, cmd.no, Side.AGENCY)
    rows.record(work, row, events.InputsConfirmed)


@dataclass(frozen=True, slots=True)
class AskOwner:
    """What the agency asks the owner for, and whether it could have been known before."""

    no: str
    items: tuple[str, ...]
    knowable_before: bool


def ask_owner(work: Work, cmd: AskOwner) -> None:
    """Ask the owner for more; a second request for what was knowable is the agency's own time."""
    row = running(work, cmd.no, Side.AGENCY)
    rows.record(
        work, row, lambda key, at: events.OwnerAsked(key, at, cmd.items, cmd.knowable_before)
    )
    _tell(work, row, Side.OWNER, "中介机构要求补充资料", "the agency asks for more")


def answer_owner(work: Work, cmd: GiveItems) -> None:
    """The owner gives some or all of what was asked for."""
    row = running(work, cmd.no, Side.OWNER)
    rows.record(work, row, lambda key, at: events.OwnerAnswered(key, at, cmd.items), cmd.papers)
    _tell(work, row, Side.AGENCY, "业主已补充资料", "the owner gave what was asked for")


@dataclass(frozen=True, slots=True)
class BringPaper:
    """A file that is the act itself: a draft, a revised file."""

    no: str
    paper: Brought


def deliver_draft(work: Work, cmd: BringPaper) -> None:
    """The agency delivers its draft to the owner; silence for two working days accepts it."""
    row = running(work, cmd.no, Side.AGENCY)
    rows.record(work, row, events.DraftDelivered, (cmd.paper,))
    _tell(
        work,
        row,
        Side.OWNER,
        "成果已送达，2个工作日内未答复视为验收",
        "the draft is here; silence for two working days accepts it",
    )


def accept_draft(work: Work, cmd: NameOrder) -> None:
    """The owner signs for the draft; where no approval uses it, the service is completed."""
    row = running(work, cmd.no, Side.OWNER)
    event = rows.record(work, row, events.DraftAccepted)
    if not row.uses_approval:
        syncing.finish(work, row, event.at)


@dataclass(frozen=True, slots=True)
class GiveWords:
    """An act that has its reason, or its words."""

    no: str
    words: str


def return_draft(work: Work, cmd: GiveWords) -> None:
    """The owner sends the draft back with reasons."""
    row = running(work, cmd.no, Side.OWNER)
    words = rows.said(cmd.words, "words")
    rows.record(work, row, lambda key, at: events.DraftReturned(key, at, words))
    _tell(work, row, Side.AGENCY, "业主退回成果，请修改", "the owner returned the draft")


def order_change(work: Work, cmd: GiveWords) -> None:
    """The owner changes the scope: from now on it is the owner's time, the rework included."""
    row = running(work, cmd.no, Side.OWNER)
    words = rows.said(cmd.words, "words")
    rows.record(work, row, lambda key, at: events.ChangeOrdered(key, at, words))
    _tell(work, row, Side.AGENCY, "业主下达变更", "the owner ordered a change")


def specify_change(work: Work, cmd: NameOrder) -> None:
    """The agency has everything that the change needs and begins the rework."""
    row = running(work, cmd.no, Side.AGENCY)
    rows.record(work, row, events.ChangeSpecified)


@dataclass(frozen=True, slots=True)
class AskTime:
    """More working time for the agency, in hours, and why."""

    no: str
    hours: int
    reason: str


def ask_time(work: Work, cmd: AskTime) -> None:
    """Ask for the one extension, before the agency's limit is used up."""
    row = running(work, cmd.no, Side.AGENCY)
    reason = rows.said(cmd.reason)
    rows.record(work, row, lambda key, at: events.ExtensionAsked(key, at, cmd.hours * HOUR, reason))
    _tell(work, row, Side.OWNER, "中介机构申请延期", "the agency asks for more time")


def agree_time(work: Work, cmd: NameOrder) -> None:
    """The owner agrees to the extension; the department sees it."""
    row = running(work, cmd.no, Side.OWNER)
    event = rows.record(work, row, events.ExtensionAgreed)
    zh, en = "业主同意延期", "the owner agrees to more time"
    rows.tell(work, row, Side.AGENCY, f"time:{event.id}", zh, en)


def decline_time(work: Work, cmd: NameOrder) -> None:
    """The owner does not agree."""
    row = running(work, cmd.no, Side.OWNER)
    event = rows.record(work, row, events.ExtensionDeclined)
    zh, en = "业主不同意延期", "the owner does not agree to more time"
    rows.tell(work, row, Side.AGENCY, f"time:{event.id}", zh, en)


@dataclass(frozen=True, slots=True)
class ObjectToSegment:
    """An objection to who is charged with a segment, by its number."""

    no: str
    segment: int
    reason: str


def object_to_segment(work: Work, cmd: ObjectToSegment) -> None:
    """Object within two working days of the segment's end, also after the decision."""
    row, side = rows.of_side(work, cmd.no, Side.OWNER, Side.AGENCY, Side.DEPARTMENT)
    syncing.sync(work, row)
    reason = rows.said(cmd.reason)
    if row.began_at is None or (row.ended_at is not None and row.approval_case is None):
        raise rows.wrong_state("本订单不在捆绑考核计时内", "The clock of this order does not run")
    event = rows.record(
        work, row, lambda key, at: events.Objected(key, at, cmd.segment, _PARTIES[side], reason)
    )
    zh, en = (
        "收到归责异议，请在3个工作日内裁定",
        "an objection about hours; rule on it in three working days",
    )
    rows.tell_office(work, row, f"objected:{event.id}", zh, en)


def running(work: Work, no: str, *sides: Side) -> ServiceOrder:
    """An order whose clock runs, of one of these sides, with what silence did written down."""
    row, _ = rows.of_side(work, no, *sides)
    syncing.sync(work, row)
    if row.state not in RUNNING:
        raise rows.wrong_state(
            "本订单未在计时，不能办理此事项", "The clock of this order does not run"
        )
    return row


def _tell(work: Work, row: ServiceOrder, side: Side, zh: str, en: str) -> None:
    rows.tell(work, row, side, f"turn:{work.now.isoformat()}", zh, en)
