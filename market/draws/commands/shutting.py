"""Who takes no part in a draw: whoever works for somebody whom the drawn people will judge.

Where a draw begins before those are known, its owner names them as soon as they are; where they
are known already, the draw is held until then, so that nobody commits or reveals before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from market.accounts.queries import people
from market.accounts.queries.organisations import ids_by_uscc, staff
from market.command import Work
from market.draws.commands.lapses import ROLES
from market.draws.model import Draw, DrawShutOut
from market.draws.rows import draw_row, freeze_of
from market.draws.rules import NEUTRAL, DrawState
from market.kernel.errors import Refusal
from market.kernel.permissions import Permission
from market.protocol.parties import Party

TEMPLATE: Final = "draw-shut-out"
RUNNING: Final = (DrawState.FROZEN, DrawState.STOPPED, DrawState.AUDITED, DrawState.COMMITTED)
"""States in which a party may still give something."""


def hold_draw(work: Work, no: str) -> None:
    """Take nothing from any party until `shut_out` has said who takes no part; `NotFound`."""
    draw_row(work.session, no, lock=True).held = True


@dataclass(frozen=True, slots=True)
class ShutOut:
    """The organisations whose people, and who themselves, take no part in a draw from now on."""

    no: str
    organisations: tuple[UUID, ...]


def shut_out(work: Work, cmd: ShutOut) -> None:
    """Displace whoever works for one of these before they commit or reveal; the hold is over.

    Another of the same party acts, and where the party itself is shut out, its stand-in, once the
    limit has passed. Each displacement is noted with its reason, and the party is told. Again, or
    once the seed is there, nothing. What a party committed to before stays: its number is the
    party's, and somebody else of it reveals.
    """
    work.need(Permission.HOUSE_ACT)
    row = draw_row(work.session, cmd.no, lock=True)
    row.held = False
    if row.state not in RUNNING:
        return
    known = set(
        work.session.scalars(select(DrawShutOut.organisation).where(DrawShutOut.draw == row.id))
    )
    fresh = [one for one in dict.fromkeys(cmd.organisations) if one not in known]
    work.session.add_all(
        DrawShutOut(draw=row.id, organisation=one, shut_at=work.now) for one in fresh
    )
    for party, own, reason in _displaced(work, row, fresh):
        work.note(row.no, "draw.displaced", party=party.party, reason=reason)
        _tell(work, row, party, own)


def open_to(work: Work, no: str) -> Draw:
    """The row of a draw, locked, for whoever may give something now.

    `NotFound`; `Refusal`s "draw-held" until it is known who takes no part, "shut-out" for whoever
    works for somebody judged, or acts for such an organisation.
    """
    row = draw_row(work.session, no, lock=True)
    if row.held:
        raise Refusal(
            "draw-held",
            zh="正在核对应当回避的单位，稍后再提交",
            en="Who takes no part is being found out; give it a little later",
            article=NEUTRAL,
        )
    shut = select(DrawShutOut.organisation).where(DrawShutOut.draw == row.id)
    for one in work.session.scalars(shut):
        if work.actor.organisation == one or work.actor.person in staff(work.session, one):
            raise Refusal(
                "shut-out",
                zh="与被评审单位有任职关系的人员不得参加本次抽取，由本单位其他人员提交",
                en="Whoever works for somebody judged takes no part in the draw: let another of"
                " your organisation act",
                status=403,
                article=NEUTRAL,
            )
    return row


def _displaced(work: Work, row: Draw, shut: list[UUID]) -> Iterator[tuple[Party, UUID, str]]:
    """The parties that are shut out themselves, or some of whose people are."""
    parties = freeze_of(row).parties
    known = ids_by_uscc(work.session, [one.organisation for one in parties])
    working = frozenset[UUID]().union(*(staff(work.session, one) for one in shut))
    for party in parties:
        own = known.get(party.organisation)
        if own is None:
            continue
        if own in shut:
            yield party, own, "judged"
        elif staff(work.session, own) & working:
            yield party, own, "works-for-judged"


def _tell(work: Work, row: Draw, party: Party, own: UUID) -> None:
    if party.role not in ROLES:
        return
    for address in people.addresses_of_role(work.session, own, ROLES[party.role]):
        work.letter(
            address,
            TEMPLATE,
            key=f"{TEMPLATE}:{row.id}:{party.party}:{address}",
            zh=f"{row.no}：与被评审单位有任职关系的人员不再参加本次抽取，"
            "由本单位其他人员或替补参与方提交",
            en=f"{row.no}: whoever works for somebody judged takes no part in this draw any more;"
            " another of your organisation or your stand-in acts",
            link="/desk",
        )
