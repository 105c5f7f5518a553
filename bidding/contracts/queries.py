"""What may be seen of an award: the result by everybody, one's own scores by each bidder."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bidding.bonds import queries as bonds
from bidding.bonds.rules import LinkState
from bidding.contracts.model import Award
from bidding.contracts.rows import held_by, lapsed
from bidding.contracts.rules import AwardState, LapseCause
from bidding.evaluation import queries as evaluations
from bidding.evaluation.facts import RankedBid
from bidding.opening import queries as openings
from bidding.rulebook import procurement
from bidding.rulebook.due import due
from bidding.rulebook.events import Event
from bidding.tenders import queries as tenders
from bidding.tenders.dates import running
from bidding.tenders.facts import TenderFacts
from bidding.tenders.rules import TenderState
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.kernel.workdays import NotYetPublished, WorkCalendar, end_of, legal_day

_IN_THE_RUNNING: Final = (
    TenderState.OPENED,
    TenderState.EVALUATING,
    TenderState.REPORTED,
    TenderState.DETERMINED,
    TenderState.AWARDED,
)
INSTANT: Final = timedelta(microseconds=1)
"""The end of a day is the first moment of the next: a step back leads into the day itself."""


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """The award as everybody knows it; the window for challenges is `challenge_until`."""

    no: str
    state: AwardState
    winner: str
    amount: Money
    result_notice: bytes
    published_at: datetime
    notice_hash: bytes | None
    notified_at: datetime | None
    signed_on: date | None
    contract_hash: bytes | None
    recorded_at: datetime | None
    challenge_until: datetime | NotYetPublished | None
    sign_until: datetime | None
    """The last moment to sign in time; None before the notice or while a year is not published."""
    publish_until: date | None
    file_until: date | None

    @property
    def sign_by(self) -> date | None:
        """The last legal day to sign."""
        return None if self.sign_until is None else legal_day(self.sign_until - INSTANT)

    @property
    def challenge_by(self) -> date | NotYetPublished | None:
        """The last legal day to challenge the result."""
        until = self.challenge_until
        return legal_day(until - INSTANT) if isinstance(until, datetime) else until


@dataclass(frozen=True, slots=True)
class LapseFacts:
    """A winner that fell out, as everybody knows it."""

    winner: str
    amount: Money
    cause: LapseCause
    notified_at: datetime | None
    lapsed_at: datetime | None
    words: str
    evidence: bytes


@dataclass(frozen=True, slots=True)
class OwnResult:
    """What one bidder is told of its own bid: scores and rank, or why it was invalid."""

    no: str
    uscc: str
    ranked: RankedBid | None
    places: int
    """How many bids were ranked."""
    zh: str
    en: str
    bond: LinkState | None
    bond_due_on: date | None


def award(session: Session, no: str, calendar: WorkCalendar) -> AwardFacts:
    """The award of a tender; `NotFound` before its result is published."""
    row = _row(session, no)
    facts = tenders.facts(session, no)
    at = running(facts, calendar)[Event.RESULT_CHALLENGE_END].at
    on = legal_day(facts.published_at)
    days: list[date | None] = []
    for rule in (procurement.CONTRACT_PUBLICATION, procurement.CONTRACT_FILING):
        day = None
        if row.signed_on is not None:
            found = due(rule, Event.CONTRACT, row.signed_on, calendar, on=on).day
            day = None if isinstance(found, NotYetPublished) else found
        days.append(day)
    return AwardFacts(
        no=row.tender_no,
        state=row.state,
        winner=row.winner,
        amount=row.amount,
        result_notice=row.result_notice,
        published_at=row.published_at,
        notice_hash=row.notice_hash,
        notified_at=row.notified_at,
        signed_on=row.signed_on,
        contract_hash=row.contract_hash,
        recorded_at=row.recorded_at,
        challenge_until=at,
        sign_until=None
        if row.notified_at is None
        else sign_until(facts, row.notified_at, calendar),
        publish_until=days[0],
        file_until=days[1],
    )


def awards_to_act_on(
    session: Session, numbers: Collection[str], since: datetime, uscc: str
) -> list[str]:
    """Of these tenders, those whose award was published since then or waits for `uscc` to sign."""
    won = and_(Award.winner == uscc, Award.state == AwardState.NOTIFIED)
    rows = session.scalars(
        select(Award.tender_no)
        .where(
            Award.tender_no.in_(numbers),
            Award.state != AwardState.LAPSED,
            or_(Award.published_at >= since, won),
        )
        .order_by(Award.published_at)
    )
    return list(rows)


def sign_until(
    tender: TenderFacts, notified_at: datetime, calendar: WorkCalendar
) -> datetime | None:
    """The last moment to sign after an award notice: thirty days (law, article 46)."""
    on = legal_day(tender.published_at)
    found = due(procurement.CONTRACT, Event.AWARD_NOTICE, legal_day(notified_at), calendar, on=on)
    return None if isinstance(found.day, NotYetPublished) else end_of(found.day)


def lapses(session: Session, no: str) -> list[LapseFacts]:
    """The winners of a tender that fell out, oldest first."""
    tender = tenders.facts(session, no)
    return [
        LapseFacts(
            row.winner,
            row.amount,
            row.lapse_cause,
            row.notified_at,
            row.lapsed_at,
            row.lapse_words or "",
            row.lapse_evidence or b"",
        )
        for row in lapsed(session, tender.id)
        if row.lapse_cause is not None
    ]


def tender_of(session: Session, award_id: UUID) -> UUID:
    """The tender of an award, for the subject of a fact."""
    return session.get_one(Award, award_id).tender


def award_notice(session: Session, no: str, organisation: UUID | None, uscc: str) -> bytes:
    """The printed award notice, for winner, owner and agent; `NotFound` for everybody else."""
    row = _row(session, no)
    insiders = tenders.facts(session, no).insiders()
    if row.notice is None or (organisation not in insiders and uscc != row.winner):
        raise NotFound
    return row.notice


def own_result(session: Session, no: str, uscc: str) -> OwnResult:
    """A bidder's own scores and rank once the result is published; `NotFound` otherwise."""
    _row(session, no)
    found = evaluations.result(session, no)
    ranked = next((line for line in found.ranking if line.uscc == uscc), None)
    out = next((bid for bid in found.rejected if bid.uscc == uscc), None)
    if ranked is None and (out is None or out.rejection is None):
        raise NotFound
    words = ("", "")
    if out is not None and out.rejection is not None:
        words = (out.rejection.words("zh"), out.rejection.words("en"))
    bond = next((one for one in bonds.bonds_of(session, no) if one.uscc == uscc), None)
    return OwnResult(
        no,
        uscc,
        ranked,
        len(found.ranking),
        *words,
        None if bond is None else bond.state,
        None if bond is None else bond.due_on,
    )


def holds(session: Session, tender: UUID) -> list[str]:
    """Challenges and complaints that hold the contract of a tender back, by number."""
    return [one.no for one in held_by(session, tender)]


def upheld(session: Session, tender: UUID) -> list[str]:
    """Those of them that were found right, so that the award must lapse, by number."""
    return [one.no for one in held_by(session, tender) if one.until_lapse]


def standing_since(session: Session, tender: UUID) -> datetime | None:
    """When the result was published whose award stands and may still lapse; None without one."""
    return session.scalar(
        select(Award.published_at).where(
            Award.tender == tender,
            Award.state.in_([AwardState.PUBLISHED, AwardState.NOTIFIED]),
        )
    )


def without_bond(session: Session, no: str) -> list[str]:
    """Bidders still in the running whose deposit an earlier tender took, by credit code.

    Once a winner is determined its bid alone matters. Empty before the opening record and when
    everything is over. Never a table number: marks are given without names.
    """
    gone = set(bonds.displaced(session, no).values())
    state = tenders.facts(session, no).state
    if not gone or state not in _IN_THE_RUNNING:
        return []
    gone &= set(openings.bidders(session, no))
    if state is TenderState.OPENED:
        return sorted(gone)
    found = evaluations.result(session, no)
    if found.winner is not None:
        return sorted(gone & {found.winner.uscc})
    return sorted(gone - {bid.uscc for bid in found.rejected})


def fallen(session: Session, tender: UUID) -> int:
    """How many awards of a tender have lapsed: each result is challenged for itself."""
    return len(lapsed(session, tender))


def _row(session: Session, no: str) -> Award:
    row = session.scalar(
        select(Award).where(Award.tender_no == no, Award.state != AwardState.LAPSED)
    )
    if row is None:
        raise NotFound("no-result", zh="结果尚未公告", en="There is no published result")
    return row
