"""A choice by credit after its draw: the short list is kept and journaled, the owner picks one.

Short list and pick stand in the journal each by an act of its own; when the owner's time ends
without a pick, the rule chooses the first in drawn order, and no later hand changes that.
"""

from dataclasses import dataclass

from intermediaries.demands import queries as demands
from intermediaries.offers.model import Selection, Shortlist
from intermediaries.offers.reckoning import Reckoned
from intermediaries.offers.rows import known, locked, no_selection
from intermediaries.offers.rules.picking import refuse_unless_pick
from intermediaries.offers.rules.states import SELECTION_TABLE, SelectionAction
from intermediaries.offers.shortlists import shortlist_of
from market.accounts.queries import people
from market.accounts.roles import Role
from market.command import Work
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u, digest, stamp


@dataclass(frozen=True, slots=True)
class PickAgency:
    """The enrolment, by its hash, of the agency that the owner takes, and why."""

    no: str
    quote: bytes
    reason: str


def keep_shortlist(work: Work, row: Selection, found: Reckoned) -> None:
    """Keep the drawn short list with the file that gives it; write to the owner."""
    file_hash = digest(found.file)
    work.session.add(
        Shortlist(selection=row.id, file=found.file, file_hash=file_hash, made_at=work.now)
    )
    work.move(row, SELECTION_TABLE, SelectionAction.SHORTLIST)
    work.publish(
        "selection",
        row.subject,
        {
            "demand": row.demand_no,
            "round": row.round,
            "file": b64u(file_hash),
            "outcome": b64u(found.outcome_hash),
        },
    )
    owner = demands.facts(work.session, row.demand_no).owner
    for address in people.addresses_of_role(work.session, owner, Role.OWNER):
        work.letter(
            address,
            "SM19",
            key=f"shortlist:{row.id}:{address}",
            zh=f"{row.demand_no}：入围名单已抽出，请在公告期限内选定一家并写明理由；逾期按抽取次序取第一名",
            en=f"{row.demand_no}: the short list is drawn; pick one and write why within the time"
            " of the notice, otherwise the first in drawn order is chosen",
            link=f"/demands/{row.demand_no}/pick",
        )


def pick_agency(work: Work, cmd: PickAgency) -> None:
    """Take one of the short list, for the owner; the same pick again is nothing.

    `NotFound` for anybody but the owner, and before there is a short list; what
    `refuse_unless_pick` refuses; `IllegalMove` once the result is there.
    """
    work.need(Permission.DEMANDS_DEMAND_PREPARE)
    row = locked(work, known(work.session, cmd.no).id)
    held = work.session.get(Shortlist, row.id)
    owner = demands.facts(work.session, row.demand_no).owner
    if held is None or work.actor.organisation != owner or work.actor.person is None:
        raise no_selection()
    reason = cmd.reason.strip()
    if (held.picked, held.reason) == (cmd.quote, reason):
        return
    refuse_unless_pick(row, shortlist_of(held), cmd.quote, reason, work.now)
    work.move(row, SELECTION_TABLE, SelectionAction.PICK)
    held.picked, held.reason = cmd.quote, reason
    held.picked_at, held.picked_by = work.now, work.actor.person
    work.publish(
        "selection",
        row.subject,
        {
            "demand": row.demand_no,
            "round": row.round,
            "pick": {"quote": b64u(cmd.quote), "reason": reason, "at": stamp(work.now)},
        },
    )
