"""The closing: the list of enrolments, the draw on it, the rule, and what it gave, published.

Each act stands in the journal by a command of its own: list, freeze, selection file, result.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from intermediaries.demands import queries as demands
from intermediaries.demands.commands.recording import (
    record_closed,
    record_extended,
    record_failed,
    record_selected,
)
from intermediaries.offers.commands.bidding_rounds import call_to_rounds
from intermediaries.offers.commands.shortlisting import keep_shortlist
from intermediaries.offers.judging import judge, standing_act
from intermediaries.offers.lacking import is_given_up
from intermediaries.offers.model import Selection, SelectionResult
from intermediaries.offers.parties import drawing_seats
from intermediaries.offers.reckoning import DrawGiven, is_extended_now, may_draw, reckon
from intermediaries.offers.round_prices import rounds_act
from intermediaries.offers.rows import live, locked, terms_of
from intermediaries.offers.rules.picking import asked_at, waits_for_pick
from intermediaries.offers.rules.rounds import waits_for_rounds
from intermediaries.offers.rules.states import (
    DRAWN,
    SELECTION_TABLE,
    SelectionAction,
    SelectionState,
)
from intermediaries.offers.schemes import waits_for_scores
from intermediaries.rulebook.selection.rerun import draw_purpose
from market.accounts.queries import people
from market.accounts.roles import Role
from market.command import Work
from market.draws.commands.freezing import FreezeOrder, freeze_order
from market.draws.commands.seating import seat_parties
from market.draws.commands.walking import PublishDraw, publish_draw
from market.kernel.permissions import Permission
from market.protocol.encoding import Json, b64u, canonical, digest, stamp
from market.protocol.members import octet_list

LISTED_MOST: Final = 256
"""Hashes that stand in the journal's entry itself; of a longer list only the hash of it."""
JUDGED_MOST: Final = 32
"""Enrolments of which the entry itself says how each stood; of more only the hash of it."""


def close(work: Work, key: UUID) -> None:
    """Close a round: nothing is taken any more, and the list of enrolments is journaled.

    With it how each stood at the last moment to enrol: what is decided about an agency later
    changes nothing here.
    """
    work.need(Permission.HOUSE_ACT)
    row = locked(work, key)
    if row.state not in (SelectionState.AWAITING_KEYS, SelectionState.OPEN):
        return
    if work.now <= row.enrol_closes:
        return
    hashes = [one.act_hash for one in live(work.session, row.id)]
    listed = octet_list(hashes)
    shown: list[Json] | None = listed if len(hashes) <= LISTED_MOST else None
    row.closed_at = work.now
    work.move(row, SELECTION_TABLE, SelectionAction.CLOSE)
    work.publish(
        "enrolments",
        row.subject,
        {
            "demand": row.demand_no,
            "round": row.round,
            "terms": b64u(row.terms_hash),
            "closes": stamp(row.enrol_closes),
            "count": len(hashes),
            "enrolments": shown,
            "list_hash": b64u(digest(canonical({"enrolments": listed}))),
            **standing_act(judge(work.session, row), JUDGED_MOST),
        },
    )
    record_closed(work, row.demand_no)
    begins = terms_of(row).rounds_from
    if begins is not None and may_draw(work.session, row):
        call_to_rounds(work, row, begins)


def freeze(work: Work, key: UUID) -> None:
    """Freeze the draw on the list, where enough came; supervisor, owner and centre draw.

    Each with its registered key; without owner and centre a notary. `bad-parties` while too few
    have one: the draw waits.
    """
    work.need(Permission.HOUSE_ACT)
    row = locked(work, key)
    if row.state is not SelectionState.CLOSED or not may_draw(work.session, row):
        return
    order = FreezeOrder(
        case=row.demand_no,
        purpose=draw_purpose(row.round),
        leaves=tuple(one.act_hash for one in live(work.session, row.id)),
        parties=seat_parties(work, drawing_seats(work.session, row, work.now)),
    )
    row.draw_no = freeze_order(work, order).no
    work.move(row, SELECTION_TABLE, SelectionAction.FREEZE)


def extend(work: Work, key: UUID) -> None:
    """Let enrolment go on for its one working day, where the rule says so."""
    work.need(Permission.HOUSE_ACT)
    row = locked(work, key)
    if row.state is not SelectionState.CLOSED or not is_extended_now(work.session, row):
        return
    record_extended(work, row.demand_no)
    found = demands.facts(work.session, row.demand_no)
    if found.enrol_closes is None or found.opens_at is None or found.terms_hash != row.terms_hash:
        raise AssertionError("an extension moves the end and leaves the terms")
    row.enrol_closes, row.opens_at = found.enrol_closes, found.opens_at
    row.amendment, row.is_extended, row.closed_at = found.amendment, True, None
    work.move(row, SELECTION_TABLE, SelectionAction.EXTEND)


@dataclass(frozen=True, slots=True)
class Choose:
    """Run the rule for a round, with its published draw where there is one."""

    selection: UUID
    draw: DrawGiven | None


def choose_agency(work: Work, cmd: Choose) -> bool:
    """Open the quotes, run the rule, keep its file and journal the file's hash; whether it did.

    Nothing while it waits: for a draw that is asked for, for the extension, for timekeepers
    (`too-few-releases`), or for the owner's pick, for which the short list is kept and journaled;
    for reviewers until their time is over.
    """
    work.need(Permission.HOUSE_ACT)
    row = locked(work, cmd.selection)
    given_up = is_given_up(work.session, row, work.now)
    if _waits(work, row, cmd.draw, given_up=given_up):
        return False
    as_of = work.now if given_up else asked_at(row, work.now)
    found = reckon(work.session, row, cmd.draw, as_of=as_of)
    outcome = found.outcome
    if outcome.is_waiting:
        keep_shortlist(work, row, found)
        return True
    winner = None if outcome.winner is None else found.holders[outcome.winner].agency
    file_hash = digest(found.file)
    work.session.add(
        SelectionResult(
            selection=row.id,
            file=found.file,
            file_hash=file_hash,
            outcome_hash=found.outcome_hash,
            winner=winner,
            failure=None if outcome.failure is None else outcome.failure.cause.value,
            chosen_at=work.now,
        )
    )
    work.move(row, SELECTION_TABLE, SelectionAction.CHOOSE)
    work.publish(
        "selection",
        row.subject,
        {
            "demand": row.demand_no,
            "round": row.round,
            "file": b64u(file_hash),
            "outcome": b64u(found.outcome_hash),
            **rounds_act(work.session, row),
        },
    )
    return True


def _waits(work: Work, row: Selection, draw: DrawGiven | None, *, given_up: bool) -> bool:
    """Whether the rule is not to be run yet, or not any more."""
    if row.state is SelectionState.CLOSED:
        return may_draw(work.session, row) or is_extended_now(work.session, row)
    if row.state not in DRAWN or draw is None or waits_for_rounds(row, work.now):
        return True
    if waits_for_pick(row, work.now):
        return True
    return not given_up and waits_for_scores(work.session, row)


def publish_result(work: Work, key: UUID) -> None:
    """Publish what the rule gave, the same day: the demand is selected, or has failed."""
    work.need(Permission.HOUSE_ACT)
    row = locked(work, key)
    if row.state is not SelectionState.CHOSEN:
        return
    result = work.session.get_one(SelectionResult, row.id)
    row.published_at = work.now
    if result.failure is None:
        work.move(row, SELECTION_TABLE, SelectionAction.SELECT)
        record_selected(work, row.demand_no)
    else:
        work.move(row, SELECTION_TABLE, SelectionAction.FAIL)
        record_failed(work, row.demand_no, result.failure)
    work.publish(
        "result",
        row.subject,
        {
            "demand": row.demand_no,
            "round": row.round,
            "selection": b64u(result.outcome_hash),
            "file": b64u(result.file_hash),
            "failure": result.failure,
        },
    )
    tell(
        work,
        row,
        f"{row.demand_no}：选取结果已公布，每家的数字和原因可在选取页面查看",
        f"{row.demand_no}: the result of the selection is published, with every figure and why",
    )
    fact = "offers.selected" if result.failure is None else "offers.failed"
    work.state_fact(fact, row.demand)


def publish_order(work: Work, key: UUID) -> None:
    """Publish the drawn order: in a supermarket nothing of it is secret once it is drawn."""
    work.need(Permission.HOUSE_ACT)
    row = work.session.get_one(Selection, key)
    if row.draw_no is not None:
        publish_draw(work, PublishDraw(row.draw_no, names_public=True))


def tell(work: Work, row: Selection, zh: str, en: str) -> None:
    """Write to the owner and to every agency on the list what became of the round."""
    owner = demands.facts(work.session, row.demand_no).owner
    told = [(owner, Role.OWNER)]
    told += [(one.agency, Role.AGENCY) for one in live(work.session, row.id)]
    for organisation, role in told:
        for address in people.addresses_of_role(work.session, organisation, role):
            work.letter(
                address,
                "SM19",
                key=f"selection:{row.id}:{address}",
                zh=zh,
                en=en,
                link=f"/demands/{row.demand_no}/selection",
            )
