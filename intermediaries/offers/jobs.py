"""What the beat asks of others: keys and releases of timekeepers; the choice once all is there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.demands import queries as demands
from intermediaries.offers.commands.closing import Choose, choose_agency
from intermediaries.offers.commands.keeping import (
    KeepRecipient,
    KeepRelease,
    TakeUpKeeper,
    keep_recipient,
    keep_release,
    take_up_keeper,
)
from intermediaries.offers.keepers import Keeper, KeeperSilent
from intermediaries.offers.lacking import is_given_up
from intermediaries.offers.model import (
    Selection,
    Timekeeper,
    TimeRecipientRow,
    TimeReleaseRow,
)
from intermediaries.offers.reckoning import DrawGiven, is_drawn_from
from intermediaries.offers.rows import live, manifest_of, occasion_of, releases
from intermediaries.offers.rules.enrolling import GRACE
from intermediaries.offers.rules.states import SelectionState
from intermediaries.offers.schemes import waits_for_scores
from intermediaries.rulebook.selection.modes import Mode
from market.accounts.queries.organisations import (
    ids_by_uscc,
    interests,
    organisation,
    organisations_with,
)
from market.accounts.roles import Role
from market.accounts.rules import relation
from market.command import HOUSE, Office
from market.draws import publication
from market.draws.queries import facts, seed
from market.draws.sealing import sealer
from market.journal.keys import load
from market.kernel.errors import MarketError, NotFound
from market.kernel.workdays import legal_day
from market.protocol.draw_files import FILE_LIMIT
from market.protocol.encoding import parse
from market.protocol.timekeeping import NEEDED, Occasion, make_request
from market.protocol.trust import Trust, read_trust
from market.settings import Settings

log = structlog.get_logger()

AT_ONCE: Final = 50
"""Rounds that one beat looks at, oldest first."""


def take_up_keepers(office: Office, settings: Settings) -> int:
    """Journal every timekeeper of the settings that is not known yet; how many were."""
    known = set(office.read(lambda session: list(session.scalars(select(Timekeeper.url)))))
    missing = [url for url in settings.timekeeper_urls if url not in known]
    if not missing:
        return 0
    trust, done = _trust(settings), 0
    for url in missing:
        try:
            command = TakeUpKeeper(Keeper(url).who(), url, trust)
            done += office.run(take_up_keeper, command, HOUSE)
        except MarketError as refusal:
            log.info("keepers.wait", url=url, code=refusal.code)
    return done


@dataclass(frozen=True, slots=True)
class _Asked:
    """A round whose keys are not complete: whom to ask yet, and the interests to keep apart."""

    selection: UUID
    occasion: Occasion
    urls: tuple[str, ...]
    interests: tuple[frozenset[str], ...]


def ask_recipients(office: Office, settings: Settings) -> int:
    """Ask timekeepers for the keys of every round that waits for them; how many were kept."""
    now = office.clock.now()
    waiting = office.read(lambda session: _unkeyed(session, now))
    if not waiting:
        return 0
    platform, done, gone = load(settings.keys).platform, 0, set[str]()
    for one in waiting:
        request = make_request(one.occasion, platform)
        for url in one.urls:
            if url in gone:
                continue
            try:
                raw = Keeper(url).recipient(request)
                office.run(keep_recipient, KeepRecipient(one.selection, raw, one.interests), HOUSE)
            except MarketError as refusal:
                _note_gone(gone, url, refusal)
                log.info("keepers.key_waits", demand=one.occasion.subject, code=refusal.code)
            else:
                done += 1
    return done


def fetch_releases(office: Office, settings: Settings) -> int:
    """Fetch what timekeepers released for closed rounds whose time has come; how many counted."""
    del settings
    now = office.clock.now()
    done, gone = 0, set[str]()
    for key, occasion, number, url in office.read(lambda session: list(_unreleased(session, now))):
        if url in gone:
            continue
        try:
            raw = Keeper(url).release(occasion)
            done += office.run(keep_release, KeepRelease(key, number, raw), HOUSE)
        except MarketError as refusal:
            _note_gone(gone, url, refusal)
            log.info("keepers.release_waits", demand=occasion.subject, code=refusal.code)
    return done


def choose_ready(office: Office, settings: Settings) -> int:
    """Run the rule for every closed round that has all it needs; how many were chosen."""
    now = office.clock.now()
    waiting = office.read(lambda session: _unchosen(session, now))
    done = 0
    for key, draw_no in waiting:
        try:
            draw = None if draw_no is None else _draw(office, settings, draw_no)
            done += office.run(choose_agency, Choose(key, draw), HOUSE)
        except MarketError as refusal:
            # The draw is not published and witnessed yet, or two timekeepers have not come.
            log.info("selection.waits", selection=str(key), code=refusal.code)
    return done


def _note_gone(gone: set[str], url: str, refusal: MarketError) -> None:
    """Remember who does not answer at all: a dead timekeeper holds up no other."""
    if isinstance(refusal, KeeperSilent) and refusal.is_gone:
        gone.add(url)


def _draw(office: Office, settings: Settings, no: str) -> DrawGiven:
    quorum, seals = _trust(settings).quorum, sealer(settings.keys)

    def read(session: Session) -> tuple[bytes, bytes | None]:
        return publication.draw_file(session, no, quorum, seals), seed(session, no)

    raw, found = office.read(read)
    if found is None:
        raise NotFound
    return DrawGiven(parse(raw, limit=FILE_LIMIT), found)


def _unkeyed(session: Session, now: datetime) -> list[_Asked]:
    rows = session.scalars(
        select(Selection)
        .where(
            Selection.state == SelectionState.AWAITING_KEYS,
            Selection.sealed,
            Selection.enrol_closes > now,
        )
        .order_by(Selection.enrol_closes, Selection.id)
        .limit(AT_ONCE)
    )
    return [_asked(session, row, now) for row in rows]


def _asked(session: Session, row: Selection, now: datetime) -> _Asked:
    keepers = session.scalars(select(Timekeeper).order_by(Timekeeper.taken_up_at, Timekeeper.uscc))
    held = set(
        session.scalars(select(TimeRecipientRow.uscc).where(TimeRecipientRow.selection == row.id))
    )
    known = list(keepers)
    groups = _interests(session, row, [one.uscc for one in known], now)
    outside = [one for one in known if not any(one.uscc in group for group in groups)]
    inside = [one for one in known if one not in outside]
    chosen = [*outside, *inside][:3]
    urls = tuple(one.url for one in chosen if one.uscc not in held)
    return _Asked(row.id, occasion_of(row), urls, groups)


def _interests(
    session: Session, row: Selection, codes: Sequence[str], now: datetime
) -> tuple[frozenset[str], ...]:
    """Which of these organisations belong to the owner's interest, and which to the operator's."""
    today, registered = legal_day(now), ids_by_uscc(session, codes)
    owner = demands.facts(session, row.demand_no).owner
    sides = [[owner], [one.id for one in organisations_with(session, Role.CENTER)]]
    found = list[frozenset[str]]()
    for side in sides:
        group = {organisation(session, one).uscc for one in side}
        for code, key in registered.items():
            held = interests(session, key, today)
            if any(relation(interests(session, one, today), held) for one in side):
                group.add(code)
        found.append(frozenset(group))
    return tuple(found)


def _unreleased(session: Session, now: datetime) -> Iterator[tuple[UUID, Occasion, int, str]]:
    rows = session.scalars(
        select(Selection)
        .where(
            Selection.state.in_([SelectionState.CLOSED, SelectionState.DRAWING]),
            Selection.manifest.is_not(None),
            Selection.opens_at <= now,
        )
        .order_by(Selection.opens_at, Selection.id)
        .limit(AT_ONCE)
    ).all()
    urls = {one.uscc: one.url for one in session.scalars(select(Timekeeper))}
    for row in rows:
        manifest = manifest_of(row)
        if manifest is None or not is_drawn_from(session, row):
            continue
        there = set(
            session.scalars(select(TimeReleaseRow.number).where(TimeReleaseRow.selection == row.id))
        )
        for number, held in enumerate(manifest.recipients, start=1):
            if number not in there and held.organisation.uscc in urls:
                yield row.id, occasion_of(row), number, urls[held.organisation.uscc]


def _unchosen(session: Session, now: datetime) -> list[tuple[UUID, str | None]]:
    """Closed rounds whose draw is published, where they have one, and whose quotes can open.

    One whose short list stands: once the owner has picked, or its time to pick is over. One that
    bids in rounds: once the last is over, grace and all.
    """
    state = SelectionState
    rows = session.scalars(
        select(Selection)
        .where(
            Selection.state.in_([state.CLOSED, state.PICKED])
            | (
                (Selection.state == state.DRAWING)
                & ((Selection.mode != Mode.MULTIROUND) | (Selection.decides_at < now - GRACE))
            )
            | ((Selection.state == state.SHORTLISTED) & (Selection.decides_at < now))
        )
        .order_by(Selection.closed_at, Selection.id)
        .limit(AT_ONCE)
    ).all()
    return [(row.id, row.draw_no) for row in rows if _is_ready(session, row, now)]


def _is_ready(session: Session, row: Selection, now: datetime) -> bool:
    if row.draw_no is not None and facts(session, row.draw_no).published_at is None:
        return False
    if waits_for_scores(session, row) and not is_given_up(session, row, now):
        return False
    opens = row.manifest is not None and bool(live(session, row.id))
    return not opens or len(releases(session, row)) >= NEEDED


def _trust(settings: Settings) -> Trust:
    return read_trust(settings.trust_file.read_bytes())
