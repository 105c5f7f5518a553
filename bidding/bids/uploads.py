"""Leaving a ciphertext: admitted by token and bid key, resumable, gone if no act names it."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from bidding.bids.model import Upload
from bidding.bids.store import SealedStore
from bidding.bonds.queries import key_ring, refuse_used_elsewhere
from bidding.tenders.queries import bidding_terms
from market.command import Work
from market.kernel.errors import MarketError, NotFound, Refusal
from market.protocol.acts import check_in_time
from market.protocol.encoding import b64u, digest, unb64u
from market.protocol.tokens import check_token, nullifier
from market.protocol.uploads import check_quota, check_upload_length, read_ticket

TENDER_LIMIT: Final = 600 * 1024 * 1024
"""Bytes of all envelopes of one bid: 500 MB of documents, padded to their class."""
AFTER_DEADLINE: Final = timedelta(hours=24)
CAPABILITY_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class BeginUpload:
    """The ticket as it came in its header, and the length that was stated."""

    ticket: str
    length: int


def begin_upload(work: Work, command: BeginUpload) -> str:
    """Admit one upload; its capability, 256 random bits, known to the uploader alone.

    Refusals: `malformed`, `bad-signature`, `length-differs`, those of the token, `token-used`,
    `late`, `quota`. Sent twice it makes two uploads: a lost answer costs quota and nothing else.
    """
    ticket = read_ticket(command.ticket)
    check_upload_length(ticket, command.length)
    terms = bidding_terms(work.session, ticket.tender)
    if terms is None or not terms.takes_bids:
        raise NotFound
    check_in_time(work.now, terms.deadline)
    key = check_token(ticket.token, ticket.bid_pub, key_ring(work.session))
    name = nullifier(key.id, ticket.token.prepared)
    work.hold(f"nullifier:{b64u(name)}")
    refuse_used_elsewhere(work.session, name, ticket.tender)
    used = work.session.scalar(
        select(func.coalesce(func.sum(Upload.length), 0)).where(Upload.nullifier == name)
    )
    check_quota(int(used or 0), ticket, TENDER_LIMIT)
    capability = secrets.token_bytes(CAPABILITY_LENGTH)
    work.session.add(
        Upload(
            name=digest(capability),
            tender_no=ticket.tender,
            nullifier=name,
            bid_pub=ticket.bid_pub,
            length=ticket.length,
            offset=0,
            digest=None,
            expires_at=terms.deadline + AFTER_DEADLINE,
        )
    )
    return b64u(capability)


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of an upload is there."""

    name: bytes
    offset: int
    length: int
    expires_at: datetime


def name_of(capability: str) -> bytes:
    """The name of an upload by its capability; `NotFound` for text that is none."""
    try:
        return digest(unb64u(capability, CAPABILITY_LENGTH))
    except MarketError as cause:
        raise NotFound from cause


def progress(work: Work, name: bytes) -> Progress:
    """How much is there; `NotFound` for no such upload or one that has expired."""
    row = work.session.get(Upload, name)
    if row is None or work.now > row.expires_at:
        raise NotFound
    return Progress(row.name, row.offset, row.length, row.expires_at)


def refuse_other_offset(known: Progress, stated: int) -> None:
    """Refuse (`offset-differs`) to write anywhere but where the last byte was."""
    if known.offset != stated:
        raise Refusal(
            "offset-differs",
            zh=f"已收到 {known.offset} 字节，从此处继续",
            en=f"{known.offset} bytes are here; go on from there",
        )


@dataclass(frozen=True, slots=True)
class Advance:
    """An upload has grown to `offset` bytes on the disk; `digest` is known when it is whole."""

    name: bytes
    offset: int
    digest: bytes | None


def advance(work: Work, command: Advance) -> None:
    """Write down how much is on the disk; never less than before."""
    row = work.session.get(Upload, command.name, with_for_update=True)
    if row is None:
        raise NotFound
    row.offset = max(row.offset, command.offset)
    if row.offset == row.length:
        row.digest = command.digest


def keep_named(work: Work, bid_pub: bytes, tender_no: str, named: Collection[bytes]) -> None:
    """Keep the ciphertexts that the standing act of a bid key names, and no others of that key.

    What was replaced or withdrawn is nobody's to open: it goes when its time is over, like what no
    act ever named.
    """
    rows = work.session.scalars(
        select(Upload).where(Upload.bid_pub == bid_pub, Upload.tender_no == tender_no)
    )
    for row in rows:
        row.kept = row.digest is not None and row.digest in named


@dataclass(frozen=True, slots=True)
class ForgetUploads:
    """At most so many uploads whose time is over."""

    store: SealedStore
    limit: int


def forget_uploads(work: Work, command: ForgetUploads) -> int:
    """Destroy uploads that no standing act names, a day after the deadline now in force; how many.

    The file goes first, so that a crash leaves a row to try again. Nothing is written about it: a
    line for each would count them.
    """
    rows = work.session.scalars(
        select(Upload)
        .where(~Upload.kept, Upload.expires_at < work.now)
        .order_by(Upload.expires_at, Upload.name)
        .limit(command.limit)
        .with_for_update(skip_locked=True)
    ).all()
    gone = 0
    for row in rows:
        terms = bidding_terms(work.session, row.tender_no)
        if terms is not None and work.now <= terms.deadline + AFTER_DEADLINE:
            row.expires_at = terms.deadline + AFTER_DEADLINE
            continue
        command.store.remove(row.name)
        work.session.delete(row)
        gone += 1
    return gone
