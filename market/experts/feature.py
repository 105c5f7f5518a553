"""What the room of experts hands to the factory."""

from typing import Final

from sqlalchemy.orm import Session

from market.command import HOUSE, Office
from market.draws import queries as draws
from market.draws.sealing import Sealer, sealer
from market.experts import queries
from market.experts.commands.attendance import miss
from market.experts.commands.inviting import Invite, invite, lapse
from market.experts.commands.register import TakeSnapshot, take_snapshot
from market.experts.desk import desk
from market.experts.web import PAGES
from market.feature import Feature, Job, Tick
from market.kernel.workdays import legal_day
from market.settings import Settings

DRAWS_AT_ONCE: Final = 200


def write_library(office: Office, settings: Settings) -> int:
    """Write down the register of the day, once a day."""
    day = legal_day(office.clock.now())
    if office.read(lambda session: queries.has_snapshot(session, day)):
        return 0
    return int(office.run(take_snapshot, TakeSnapshot(sealer(settings.keys)), HOUSE))


def invite_drawn(office: Office, settings: Settings) -> int:
    """Call whoever holds a seat of a walked draw and was not called yet."""
    held = sealer(settings.keys)
    numbers = office.read(lambda session: draws.walked(session, DRAWS_AT_ONCE))
    return sum(_call_seats(office, settings, held, no) for no in numbers)


def _call_seats(office: Office, settings: Settings, held: Sealer, no: str) -> int:
    until = office.read(lambda session: queries.fill_until(session, no))
    if until is None or office.clock.now() > until:
        return 0
    done = 0
    for seat, expert in office.read(lambda session: _to_call(session, held, no)):
        cmd = Invite(no, seat.stratum, seat.leaf, expert, settings.platform_url)
        done += office.run(invite, cmd, HOUSE) is not None
    return done


def _to_call(session: Session, held: Sealer, no: str) -> list[tuple[draws.Seat, str]]:
    return [
        (seat, draws.candidate(session, held, no, seat.leaf))
        for seat in draws.seats(session, no)
        if seat.callable and not queries.is_invited(session, no, seat.leaf)
    ]


FEATURE: Final = Feature(
    "experts",
    pages=(PAGES,),
    ticks=(
        Tick("experts.lapse", queries.lapsing, lapse),
        Tick("experts.absent", queries.missing, miss),
    ),
    jobs=(Job("experts.library", write_library), Job("experts.invite", invite_drawn)),
    desk=desk,
)
"""Invitations go out, lapse and turn into absences by the beat; the register is listed daily."""
