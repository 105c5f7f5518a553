"""What follows a challenge that is right and affects the result (MOF order 94, article 16).

A challenge of the documents: they are clarified or amended and the procurement goes on, otherwise
it starts again. One of the process or the result: another winner from the candidates where enough
qualified suppliers are left, otherwise it starts again. Until then no contract is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bidding.complaints import telling
from bidding.complaints.model import Challenge
from bidding.complaints.rules import (
    CHALLENGE_TABLE,
    TEXT_LIMIT,
    ChallengeAction,
    ChallengeState,
    Remedy,
    Stage,
    refuse_while_award_stands,
)
from bidding.contracts import queries as awards
from bidding.contracts.commands import let_go
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from bidding.tenders.rules import ENDED_WITHOUT_AWARD
from market.command import Work
from market.kernel.errors import BadInput, NotFound
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u, digest


@dataclass(frozen=True, slots=True)
class RecordRemedy:
    """What was done about a challenge that is right with effect, where no award stands."""

    challenge: str
    words: str


def record_remedy(work: Work, cmd: RecordRemedy) -> Mapping[str, Any]:
    """Record what was done, for challenger, bidders and supervisor; the contract is free again.

    The trail keeps the hash of the words. Refusals: `NotFound` for others, `IllegalMove` unless it
    was upheld with effect, "no-words", "award-stands" where the award must lapse instead.
    """
    work.need(Permission.CHALLENGES_CHALLENGE_ANSWER)
    row = locked(work, cmd.challenge)
    tender = tenders.facts_by_id(work.session, row.tender)
    if work.actor.organisation not in tender.insiders():
        raise NotFound
    CHALLENGE_TABLE.move(row.state, ChallengeAction.REMEDY)
    words = _written(cmd.words)
    work.hold(f"award:{tender.no}")
    refuse_while_award_stands(awards.standing_since(work.session, row.tender), row.answered_at)
    with work.session.no_autoflush:
        row.remedy, row.remedy_words, row.remedied_at = Remedy.WRITTEN, words, work.now
        work.move(row, CHALLENGE_TABLE, ChallengeAction.REMEDY)
    work.note(row.no, "challenge.remedy-recorded", words=b64u(digest(words.encode())))
    let_go(work, row.tender, row.no)
    telling.remedied(work, tender, row)
    return {"no": row.no}


def follow_lapse(work: Work, award: UUID) -> None:
    """The award has lapsed: what challenges of process and result asked for is done.

    A challenge of the documents is not settled by another winner under the same documents.
    """
    tender = tenders.facts_by_id(work.session, awards.tender_of(work.session, award))
    again = tender.state in ENDED_WITHOUT_AWARD
    for row in _upheld(work, tender.id):
        if again or row.stage is not Stage.DOCUMENTS:
            follow(work, tender, row, Remedy.RESTARTED if again else Remedy.ANOTHER_WINNER)


def follow_end(work: Work, tender: UUID) -> None:
    """The tender has ended without a contract: nothing of it is left to be put right."""
    facts = tenders.facts_by_id(work.session, tender)
    for row in _upheld(work, tender):
        follow(work, facts, row, Remedy.RESTARTED)


def follow(work: Work, tender: TenderFacts, row: Challenge, remedy: Remedy) -> None:
    """Settle an upheld challenge by what has happened, as the house."""
    with work.session.no_autoflush:
        row.remedy, row.remedied_at = remedy, work.now
        work.as_house().move(row, CHALLENGE_TABLE, ChallengeAction.FOLLOW)
    let_go(work, row.tender, row.no)
    telling.remedied(work, tender, row)


def locked(work: Work, no: str) -> Challenge:
    """A challenge by its number, locked; `NotFound`."""
    row = work.session.scalar(select(Challenge).where(Challenge.no == no).with_for_update())
    if row is None:
        raise NotFound
    return row


def _upheld(work: Work, tender: UUID) -> list[Challenge]:
    return list(
        work.session.scalars(
            select(Challenge)
            .where(Challenge.tender == tender, Challenge.state == ChallengeState.UPHELD)
            .order_by(Challenge.no)
            .with_for_update()
        )
    )


def _written(text: str) -> str:
    words = text.strip()
    if not words or len(words) > TEXT_LIMIT:
        said = ("请写明采取了什么措施", "Say what was done")
        raise BadInput("no-words", zh=said[0], en=said[1], fields={"words": said})
    return words
