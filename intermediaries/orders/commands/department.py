"""The department's part of the clock: the approval case is handled here, each act one fact.

Owner and agency submit, supply and revise; the department accepts, asks once, gives
consolidated opinions, decides. Every act is also the act of the approval case, in one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from intermediaries.orders.commands import rows, syncing
from intermediaries.orders.commands.awarding import free_others
from intermediaries.orders.commands.rows import Brought, NameOrder
from intermediaries.orders.model.orders import ServiceOrder
from intermediaries.orders.reading import facts_of
from intermediaries.orders.rules.states import (
    ONE_CLOCK,
    ORDER_TABLE,
    OrderAction,
    OrderState,
    Side,
)
from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.events import CorrectionItem, Issue, Origin
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.reading import round_warning
from market.approvals.commands import by_service, filing, handling
from market.approvals.queries import history, items
from market.approvals.queries.items import ItemFacts
from market.approvals.rules import cases
from market.approvals.rules.cases import IssueKind, Missing, Owes
from market.command import Work
from market.kernel.errors import NotFound, Refusal

_OWING: Final = {Owes.OWNER: Party.OWNER, Owes.AGENCY: Party.AGENCY}
_ORIGINS: Final = {
    IssueKind.FIRST: Origin.NEW_HIDDEN,
    IssueKind.UNSOLVED: Origin.UNSOLVED,
    IssueKind.NEW_VISIBLE: Origin.NEW_VISIBLE,
    IssueKind.NEW_ARISEN: Origin.NEW_HIDDEN,
    IssueKind.SCOPE: Origin.SCOPE,
}
_OUTCOMES: Final = {
    cases.Outcome.APPROVED: events.Outcome.APPROVED,
    cases.Outcome.REFUSED: events.Outcome.REFUSED,
}


def submit(work: Work, cmd: NameOrder) -> Mapping[str, Any]:
    """The owner hands the accepted deliverable to the department as an approval case.

    A case that the owner prepares for this item is used, with its other papers; else one of this
    service is opened beside those of the others, with the owner's papers that lie there.
    `Refusal`s "no-approval" where none follows, and those of the room of approvals.
    """
    row, _ = rows.of_side(work, cmd.no, Side.OWNER)
    syncing.sync(work, row)
    if row.state is not OrderState.SERVING:
        raise rows.wrong_state(
            "履约中、成果验收后才能报送", "It is submitted while serving, after the acceptance"
        )
    if row.project is None or row.approval_item is None:
        raise Refusal(
            "no-approval",
            zh="本订单成果不用于审批，验收即办结",
            en="No approval uses this deliverable; the acceptance completes the order",
            article=ONE_CLOCK,
        )
    draft = rows.last_draft(work, row)
    rows.record(work, row, events.Submitted)
    service = by_service.NameService(row.project, row.approval_item, row.item_code)
    case_id, case_no = by_service.case_for_service(work, service)
    material = _deliverable(items.item(work.session, row.approval_item))
    filing.add_paper(work, filing.AddPaper(case_no, material, draft))
    filing.hand_in(work, filing.NameCase(case_no))
    filing.keep_in_order(work, case_id, row.no)
    with work.session.no_autoflush:
        row.approval_case, row.case_no = case_id, case_no
        row.department = history.department_of(work.session, case_id)
        work.move(row, ORDER_TABLE, OrderAction.SUBMIT)
    rows.touch(work, row)
    _tell(work, row, Side.DEPARTMENT, "收到报送的成果，请受理", "a deliverable was submitted")
    return {"no": row.no}


def accept(work: Work, cmd: NameOrder) -> None:
    """The department accepts the application."""
    row, room, case = at_desk(work, cmd.no)
    handling.accept_case(room, filing.NameCase(case))
    rows.record(work, row, events.CaseAccepted)


@dataclass(frozen=True, slots=True)
class ListMissing:
    """Everything that is missing, at once: by the number of the material."""

    no: str
    missing: tuple[Missing, ...]


def list_missing(work: Work, cmd: ListMissing) -> None:
    """Tell once what is missing; each thing is owed by the owner or the agency."""
    row, room, case = at_desk(work, cmd.no)
    handling.ask_correction(room, handling.AskCorrection(case, cmd.missing))
    item = _item(work, row)
    listed = tuple(
        CorrectionItem(material_name(item, one.material), _OWING[one.owes]) for one in cmd.missing
    )
    rows.record(work, row, lambda key, at: events.CorrectionNotified(key, at, listed))
    for side in (Side.OWNER, Side.AGENCY):
        _tell(work, row, side, "审批部门一次性告知补正", "the department says what is missing")


@dataclass(frozen=True, slots=True)
class Supply:
    """A missing material, by its number: with a paper, or the word that it had been there."""

    no: str
    material: int
    paper: Brought | None


def supply(work: Work, cmd: Supply) -> None:
    """Owner or agency brings something that the notice names."""
    row, _ = _of(work, cmd.no, Side.OWNER, Side.AGENCY)
    room, case = rows.in_room(work), row.case_no or ""
    if cmd.paper is None:
        filing.supply(room, filing.ClaimSupplied(case, cmd.material))
    else:
        filing.supply(room, filing.AddPaper(case, cmd.material, cmd.paper.document))
    name = material_name(_item(work, row), cmd.material)
    papers = () if cmd.paper is None else (cmd.paper,)
    rows.record(work, row, lambda key, at: events.CorrectionSupplied(key, at, (name,)), papers)


@dataclass(frozen=True, slots=True)
class GiveReasons:
    """An act of the department with its reasons."""

    no: str
    reasons: str


def not_accept(work: Work, cmd: GiveReasons) -> None:
    """Not this department's business, or no licence is needed: the order ends unscored."""
    row, room, case = at_desk(work, cmd.no)
    handling.not_accept(room, handling.GiveReasons(case, cmd.reasons))
    words = rows.said(cmd.reasons, "reasons")
    event = rows.record(work, row, lambda key, at: events.Terminated(key, at, words))
    with work.session.no_autoflush:
        row.ended_at = event.at
        work.as_house().move(row, ORDER_TABLE, OrderAction.TURN_AWAY)
    rows.touch(work, row)
    rows.count_running(work, row.agency)
    free_others(work, row)


@dataclass(frozen=True, slots=True)
class GiveOpinion:
    """The consolidated list of a round: issues with where each comes from."""

    no: str
    issues: tuple[cases.Issue, ...]


def give_opinion(work: Work, cmd: GiveOpinion) -> None:
    """Give the agency the one list of this round; what was left unsolved keeps its words.

    From the third round on the management office is told of each.
    """
    row, room, case = at_desk(work, cmd.no)
    handling.give_opinion(room, handling.GiveOpinion(case, cmd.issues))
    listed = tuple(Issue(one.words.strip(), _ORIGINS[one.kind]) for one in cmd.issues)
    rows.record(work, row, lambda key, at: events.OpinionIssued(key, at, listed))
    _tell(work, row, Side.AGENCY, "审查意见已汇总，请修改", "the opinions of a round are here")
    facts = facts_of(work.session, row.id)
    warned = round_warning(facts)
    if warned is not None:
        rows.tell_office(work, row, f"round-{facts[-1].id}", warned.zh, warned.en)


@dataclass(frozen=True, slots=True)
class Revise:
    """The revised file and what was changed."""

    no: str
    words: str
    paper: Brought


def revise(work: Work, cmd: Revise) -> None:
    """The agency submits the revised file to the department."""
    row, _ = _of(work, cmd.no, Side.AGENCY)
    material = _deliverable(_item(work, row))
    revised = filing.Revise(row.case_no or "", cmd.words, material, cmd.paper.document)
    filing.revise(rows.in_room(work), revised)
    rows.record(work, row, events.Revised, (cmd.paper,))
    _tell(work, row, Side.DEPARTMENT, "修改稿已提交", "the revised file is here")


def finalise(work: Work, cmd: NameOrder) -> None:
    """The department holds the final file and begins to decide."""
    row, _, _ = at_desk(work, cmd.no)
    rows.record(work, row, events.FileFinal)


@dataclass(frozen=True, slots=True)
class Decide:
    """The decision, its reasons and the number it bears."""

    no: str
    outcome: cases.Outcome
    reasons: str
    paper_no: str


def decide(work: Work, cmd: Decide) -> None:
    """Decide: T_end, whatever the decision is."""
    row, room, case = at_desk(work, cmd.no)
    handling.decide_case(room, handling.DecideCase(case, cmd.outcome, cmd.reasons, cmd.paper_no))
    outcome = _OUTCOMES[cmd.outcome]
    event = rows.record(work, row, lambda key, at: events.Decided(key, at, outcome))
    syncing.finish(work, row, event.at)
    rows.tell(work, row, Side.AGENCY, "decided", "审批部门已作出决定", "the department has decided")


def material_name(item: ItemFacts, number: int) -> str:
    """A material by its place in the item's list, from 1; `NotFound`."""
    materials = item.content.materials
    if not 0 < number <= len(materials):
        raise NotFound("no-material", zh="没有此项材料", en="There is no such material")
    return materials[number - 1].zh


def _of(work: Work, no: str, *sides: Side) -> tuple[ServiceOrder, Side]:
    row, side = rows.of_side(work, no, *sides)
    syncing.sync(work, row)
    if row.state is not OrderState.SUBMITTED:
        raise rows.wrong_state(
            "成果已报送、未决定时才能办理", "Only between the submission and the decision"
        )
    return row, side


def at_desk(work: Work, no: str) -> tuple[ServiceOrder, Work, str]:
    """An order at the department one acts for, the desk towards its case, and the case."""
    row, _ = _of(work, no, Side.DEPARTMENT)
    return row, rows.in_room(work), row.case_no or ""


def _item(work: Work, row: ServiceOrder) -> ItemFacts:
    """The version of the item that the case follows."""
    return (
        history.item_of_case(work.session, row.approval_case)
        if row.approval_case
        else (items.item(work.session, row.approval_item or ""))
    )


def _deliverable(item: ItemFacts) -> int:
    """The material that an agency makes; the first one where the item names none."""
    made = (n for n, one in enumerate(item.content.materials, 1) if one.is_deliverable)
    return next(made, 1)


def _tell(work: Work, row: ServiceOrder, side: Side, zh: str, en: str) -> None:
    rows.tell(work, row, side, f"turn:{work.now.isoformat()}", zh, en)
