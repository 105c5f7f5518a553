"""A letter is taken up, then carried outside any transaction, then its outcome is written down."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from market.command import Work
from market.db.outbox import Letter
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day, start_of
from market.messages.carriers import Channel, Parcel
from market.messages.model import LetterTry, MailboxItem, Outcome
from market.messages.rules import (
    AT_ONCE,
    DAILY_CAP,
    earliest,
    is_lapsed,
    masked,
    next_morning,
    next_try,
)


@dataclass(frozen=True, slots=True)
class TakeLetter:
    """A letter to be tried now; `channel` is None if its handle leads nowhere any more."""

    letter: UUID
    channel: Channel | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What is carried: `tries` counts this try, `at` is its moment."""

    letter: UUID
    key: str
    template: str
    zh: str
    en: str
    link: str | None
    tries: int
    at: datetime


def take_letter(work: Work, cmd: TakeLetter) -> Taken | None:
    """Take a letter up, or put it off; whatever happens, it is not due any more at this moment.

    None if there is nothing to carry: somebody else has it, it is sent, it lapsed, it is night,
    the telephone had its ten, there is no address. The next try is fixed before this one is made,
    so a letter whose carrying dies halfway comes up again.
    """
    work.need(Permission.HOUSE_ACT)
    letter = work.session.scalar(
        select(Letter).where(Letter.id == cmd.letter).with_for_update(skip_locked=True)
    )
    if letter is None or letter.sent_at is not None or letter.next_try_at > work.now:
        return None
    if is_lapsed(letter.written_at, work.now):
        return None
    if cmd.channel is not None:
        later = _put_off_until(work, letter, cmd.channel)
        if later > work.now:
            letter.next_try_at = later
            return None
    letter.tries += 1
    letter.next_try_at = next_try(letter.tries, work.now)
    if cmd.channel is None:
        _put_down(work, letter, "", Outcome.NO_ADDRESS, "")
        return None
    return Taken(
        letter.id,
        letter.key,
        letter.template,
        letter.zh,
        letter.en,
        letter.link,
        letter.tries,
        work.now,
    )


@dataclass(frozen=True, slots=True)
class NoteTry:
    """What became of carrying a letter: the carrier's reference, or why it failed."""

    letter: UUID
    carrier: str
    outcome: Outcome
    detail: str


def note_try(work: Work, cmd: NoteTry) -> None:
    """Write the outcome of a try down; a letter taken by a carrier is sent, once and for all."""
    work.need(Permission.HOUSE_ACT)
    letter = work.session.get_one(Letter, cmd.letter, with_for_update=True)
    if cmd.outcome is Outcome.TAKEN and letter.sent_at is None:
        letter.sent_at = work.now
        letter.carrier_reference = cmd.detail[:200]
    _put_down(work, letter, cmd.carrier, cmd.outcome, cmd.detail)


def put_in_mailbox(work: Work, parcel: Parcel) -> None:
    """Let a letter arrive in the demonstration's mailbox; the same key again is only counted."""
    work.need(Permission.HOUSE_ACT)
    work.session.execute(
        insert(MailboxItem)
        .values(
            key=parcel.key,
            template=parcel.template,
            channel=parcel.channel,
            to=masked(parcel.to),
            text=parcel.text,
            link=parcel.link,
            arrived_at=parcel.at,
        )
        .on_conflict_do_update(
            index_elements=[MailboxItem.key], set_={"times": MailboxItem.times + 1}
        )
    )


def _put_off_until(work: Work, letter: Letter, channel: Channel) -> datetime:
    """When this letter may go: quiet hours and the daily number count for telephones alone."""
    if channel is not Channel.MOBILE or letter.template in AT_ONCE:
        return work.now
    open_from = earliest(letter.template, work.now)
    if open_from > work.now:
        return open_from
    # Whoever is written to from two processes at once still gets ten.
    work.hold(f"letters:{letter.address}")
    had = work.session.scalar(
        select(func.count())
        .select_from(LetterTry)
        .join(Letter, Letter.id == LetterTry.letter)
        .where(
            LetterTry.address == letter.address,
            LetterTry.outcome == Outcome.TAKEN,
            LetterTry.at >= start_of(legal_day(work.now)),
            Letter.template.not_in(AT_ONCE),
        )
    )
    return next_morning(work.now) if (had or 0) >= DAILY_CAP else work.now


def _put_down(work: Work, letter: Letter, carrier: str, outcome: Outcome, detail: str) -> None:
    work.session.add(
        LetterTry(
            letter=letter.id,
            address=letter.address,
            carrier=carrier,
            at=work.now,
            outcome=outcome,
            detail=detail[:200],
        )
    )
