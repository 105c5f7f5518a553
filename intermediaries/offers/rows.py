"""Selections and enrolments as commands and queries of this room read them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, undefer

from intermediaries.offers.model import EnrolmentRow, Selection, TimeReleaseRow
from intermediaries.rulebook.selection.record import read_terms
from intermediaries.rulebook.selection.terms import Terms
from market.command import Work
from market.kernel.errors import NotFound
from market.protocol.encoding import parse
from market.protocol.timekeeping import (
    Occasion,
    Release,
    TimeManifest,
    read_release,
    read_time_manifest,
)


def no_selection() -> NotFound:
    """The answer where nothing is selected, or the asker may not know of it."""
    return NotFound("no-selection", zh="没有此选取事项", en="There is no such selection")


def of_demand(session: Session, no: str) -> Selection | None:
    """The newest round of a demand; None before its publication."""
    return session.scalar(
        select(Selection).where(Selection.demand_no == no).order_by(Selection.round.desc()).limit(1)
    )


def known(session: Session, no: str) -> Selection:
    """The newest round of a demand; `NotFound`."""
    found = of_demand(session, no)
    if found is None:
        raise no_selection()
    return found


def locked(work: Work, key: UUID) -> Selection:
    """A selection, for this command alone: everybody who writes about a demand takes turns."""
    row = work.session.get_one(Selection, key)
    work.hold(f"selection:{row.demand_no}")
    work.session.refresh(row, with_for_update=True)
    return row


def terms_of(row: Selection) -> Terms:
    """The terms of a round as they were published."""
    return read_terms(parse(row.terms))


def occasion_of(row: Selection) -> Occasion:
    """What timekeepers make keys for in this round."""
    return Occasion(row.demand_no, row.round, row.opens_at)


def manifest_of(row: Selection) -> TimeManifest | None:
    """The timekeepers' keys of this round, once all three are there."""
    return None if row.manifest is None else read_time_manifest(parse(row.manifest))


def last_act(session: Session, selection: UUID, agency: UUID) -> EnrolmentRow | None:
    """The newest act of an agency in a round."""
    return session.scalar(
        select(EnrolmentRow)
        .where(EnrolmentRow.selection == selection, EnrolmentRow.agency == agency)
        .order_by(EnrolmentRow.seq.desc())
        .limit(1)
    )


def live(session: Session, selection: UUID, *, sealed: bool = False) -> Sequence[EnrolmentRow]:
    """Each agency's newest act, unless it is a withdrawal; ascending by hash.

    `sealed`: with the ciphertexts of price and scheme, read in the same question.
    """
    asked = [undefer(EnrolmentRow.ciphertext), undefer(EnrolmentRow.scheme)] if sealed else []
    newest = session.scalars(
        select(EnrolmentRow)
        .where(EnrolmentRow.selection == selection)
        .options(*asked)
        .ext(distinct_on(EnrolmentRow.agency))
        .order_by(EnrolmentRow.agency, EnrolmentRow.seq.desc())
    )
    return sorted((row for row in newest if not row.is_withdrawal), key=lambda row: row.act_hash)


def releases(session: Session, row: Selection) -> tuple[Release, ...]:
    """The releases that count, ascending by the timekeeper's number."""
    manifest = manifest_of(row)
    if manifest is None:
        return ()
    rows = session.scalars(
        select(TimeReleaseRow)
        .where(TimeReleaseRow.selection == row.id, TimeReleaseRow.fault.is_(None))
        .order_by(TimeReleaseRow.number)
    )
    return tuple(read_release(parse(held.body), manifest) for held in rows)
