"""A winner that falls out after the award notice: recorded, then the next in order or a new start.

Regulation on the Government Procurement Law, article 49: who refuses to sign is followed by the
next in the ranking, or the procurement starts again. Order 94, article 16: so does a result that
a challenge found right has changed. The bond of a winner that refused without force majeure is not
due: it waits for a proposal to keep it; any other goes back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bidding.contracts.model import Award
from bidding.contracts.queries import sign_until
from bidding.contracts.refunds import refund_fallen
from bidding.contracts.rows import held_by, owners, standing
from bidding.contracts.rules import (
    AWARD_TABLE,
    LAPSES,
    AwardAction,
    Further,
    LapseCause,
    refuse_if_held,
    refuse_lapse_in_time,
    refuse_unless_upheld,
    written_words,
)
from bidding.evaluation.commands.succession import TakeNext, take_next
from bidding.tenders import commands as course
from bidding.tenders.facts import TenderFacts
from market.accounts.queries import organisations, people
from market.accounts.roles import Role
from market.command import Work
from market.files.commands import KeepDocument, keep_document
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u, structure


@dataclass(frozen=True, slots=True)
class RecordLapse:
    """Why the winner falls out, the document that shows it, and what the purchaser does now."""

    no: str
    cause: LapseCause
    words: str
    evidence: KeepDocument
    further: Further


def record_lapse(work: Work, cmd: RecordLapse) -> Mapping[str, Any]:
    """Record that the winner fell out; the next in the ranking is determined, or the tender ends.

    Refusals: `NotFound` for everybody but the purchaser and without an award notice,
    "still-in-time" for a contract that is not overdue, "contract-held" while a challenge holds it
    back (the winner is not late then), "nothing-upheld", "no-words", "no-candidate-left",
    `IllegalMove`.
    """
    work.need(Permission.CONTRACTS_CONTRACT_RECORD)
    tender = owners(work, cmd.no)
    work.hold(f"award:{tender.no}")
    award = standing(work, tender.id)
    if award is None or award.notified_at is None:
        raise NotFound
    AWARD_TABLE.move(award.state, AwardAction.LAPSE)
    words = written_words(cmd.words)
    _refuse_cause(work, tender, award, cmd.cause)
    evidence = keep_document(work, cmd.evidence)
    with work.session.no_autoflush:
        award.lapsed_at, award.lapse_cause = work.now, cmd.cause
        award.lapse_words, award.lapse_evidence = words, evidence
        work.move(award, AWARD_TABLE, AwardAction.LAPSE)
    work.session.flush()
    work.publish(
        "award",
        tender.no,
        structure(
            "award-lapse",
            tender=tender.no,
            winner=award.winner,
            amount=award.amount.fen,
            cause=cmd.cause.value,
            evidence_hash=b64u(evidence),
            further=cmd.further.value,
        ),
    )
    refund_fallen(work, tender, award)
    _tell(work, tender, award)
    _go_on(work, tender, cmd, words)
    work.state_fact("award.lapsed", award.id)
    return {"no": tender.no, "further": cmd.further.value}


def _refuse_cause(work: Work, tender: TenderFacts, award: Award, cause: LapseCause) -> None:
    held = held_by(work.session, tender.id)
    if cause is LapseCause.CHALLENGE_UPHELD:
        refuse_unless_upheld(held)
    if cause is LapseCause.NOT_SIGNED:
        refuse_if_held(held)
        refuse_lapse_in_time(work.now, _last_moment(work, tender, award))


def _last_moment(work: Work, tender: TenderFacts, award: Award) -> datetime | None:
    if award.notified_at is None:
        return None
    return sign_until(tender, award.notified_at, work.calendar)


def _go_on(work: Work, tender: TenderFacts, cmd: RecordLapse, words: str) -> None:
    if cmd.further is Further.NEXT:
        take_next(work, TakeNext(tender.no, cmd.cause.value, words))
        course.take_next(work, tender.no)
        return
    zh, en = LAPSES[cmd.cause]
    course.cancel(
        work,
        course.EndTender(
            tender.no,
            "winner-fell-out",
            f"{zh}，采购人决定重新开展采购活动",
            f"Ended: {en}; the purchaser starts the procurement again",
        ),
    )


def _tell(work: Work, tender: TenderFacts, award: Award) -> None:
    winner = organisations.organisation_by_uscc(work.session, award.winner)
    for address in people.addresses_of_role(work.session, winner.id, Role.BIDDER):
        work.letter(
            address,
            "award",
            key=f"award-lapse:{tender.no}:{award.id}:{address}",
            zh=f"{tender.no}：采购人已记录贵单位丧失中标资格，原因见结果页面",
            en=f"{tender.no}: the purchaser recorded that your award lapsed; the page says why",
            link=f"/tenders/{tender.no}/result",
        )
