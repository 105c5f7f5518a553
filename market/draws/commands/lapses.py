"""Parties that let an attempt lapse: a row is kept of each, its own side and supervisors are told.

Nothing follows by rule from a lapse but the loss of the right in this draw; what it means for the
organisation's conduct is for its supervisor, who takes note.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from market.accounts.queries import people
from market.accounts.queries.organisations import ids_by_uscc, organisation
from market.accounts.roles import Role
from market.command import Work
from market.draws.model import Draw, DrawLapse
from market.draws.rows import freeze_of
from market.draws.rules import no_draw
from market.draws.trouble import supervisors_of
from market.kernel.permissions import Permission
from market.protocol.draws import Void
from market.protocol.freezes import Freeze
from market.protocol.parties import SUPERVISOR

ROLES: Final[Mapping[str, Role]] = MappingProxyType(
    {
        SUPERVISOR: Role.SUPV,
        "notary": Role.NOTARY,
        "centre": Role.CENTER,
        "owner": Role.OWNER,
        "agent": Role.AGENT,
    }
)
"""Whose people act for a party of this role."""
TEMPLATE: Final = "draw-lapsed"


def write_lapse(work: Work, row: Draw, freeze: Freeze, found: Void) -> None:
    """Keep that a party let an attempt lapse; write to it and to the draw's supervisors."""
    named = freeze.party(found.party)
    work.session.add(
        DrawLapse(
            draw=row.id,
            draw_no=row.no,
            attempt=found.attempt,
            party=named.party,
            organisation=named.organisation,
            cause=found.cause,
            named_at=work.now,
        )
    )
    work.note(row.no, "draw.lapsed", party=named.party, cause=found.cause)
    told = {named.organisation: named.role}
    told |= {one.organisation: SUPERVISOR for one in freeze.parties if one.role == SUPERVISOR}
    known = ids_by_uscc(work.session, tuple(told))
    for uscc, role in sorted(told.items()):
        if uscc in known and role in ROLES:
            _tell(work, row, found, known[uscc], ROLES[role])


@dataclass(frozen=True, slots=True)
class NoteLapse:
    """A supervisor of the draw has seen that a party let it lapse."""

    lapse: UUID


def note_lapse(work: Work, cmd: NoteLapse) -> None:
    """Take note of a lapse; again, nothing. `NotFound` for all but a supervisor of this draw."""
    work.need(Permission.SUPERVISION_RECORD_READ)
    found = work.session.get(DrawLapse, cmd.lapse, with_for_update=True)
    if found is None or work.actor.organisation is None or work.actor.person is None:
        raise no_draw()
    own = organisation(work.session, work.actor.organisation).uscc
    if own not in supervisors_of(freeze_of(work.session.get_one(Draw, found.draw))):
        raise no_draw()
    if found.noted_at is None:
        found.noted_at, found.noted_by = work.now, work.actor.person
        work.note(found.subject, "draw.lapse-noted", party=found.party)


def _tell(work: Work, row: Draw, found: Void, organisation_id: UUID, role: Role) -> None:
    for address in people.addresses_of_role(work.session, organisation_id, role):
        work.letter(
            address,
            TEMPLATE,
            key=f"{TEMPLATE}:{row.id}:{found.attempt}:{found.party}:{address}",
            zh=f"{row.no}：参与方 {found.party} 在第 {found.attempt} 轮逾时未履行，"
            "已失去本次抽取的参与资格，监督方已签名记录",
            en=f"{row.no}: party {found.party} let the limit of attempt {found.attempt} pass; it"
            " takes no further part in this draw, and a supervisor signed the record",
            link="/desk",
        )
