"""From the determined winner to the contract: result, notice, contract, filing, bonds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from bidding.contracts import wording
from bidding.contracts.model import Award, ContractHold
from bidding.contracts.refunds import last_day, refund, refund_losers
from bidding.contracts.rows import held_by, lapsed, owners, standing
from bidding.contracts.rules import (
    AWARD_TABLE,
    LAPSES,
    RESULT,
    AwardAction,
    AwardState,
    refuse_if_held,
    refuse_other_amount,
    refuse_other_day,
)
from bidding.evaluation import queries as evaluations
from bidding.evaluation.papers import printed
from bidding.evaluation.rules.states import EvaluationState
from bidding.opening import queries as openings
from bidding.rulebook import procurement
from bidding.rulebook.events import Event
from bidding.tenders import commands as course
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.accounts.queries import organisations, people
from market.accounts.queries.organisations import OrganisationFacts
from market.accounts.roles import Role
from market.accounts.vault import Vault
from market.command import Work
from market.files.commands import KeepDocument, keep_document
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.workdays import end_of, legal_day
from market.notices.commands import put_up
from market.notices.rules import NoticeKind, NoticeText
from market.protocol.encoding import b64u, digest, structure

FORM: Final = Path(__file__).parent / "printed" / "award.typ"


@dataclass(frozen=True, slots=True)
class PublishResult:
    """Publish the result; `vault` opens the names of the panel, which the notice must state."""

    no: str
    vault: Vault = field(repr=False)


def publish_result(work: Work, cmd: PublishResult) -> Mapping[str, Any]:
    """Put up the result notice and journal the result; the award notice follows by itself.

    Refusals: "not-determined", "result-published", `NotFound` for everybody but the purchaser.
    """
    work.need(Permission.EVALUATION_WINNER_DETERMINE)
    tender = owners(work, cmd.no)
    work.hold(f"award:{tender.no}")
    found = evaluations.result(work.session, tender.no)
    if found.state is not EvaluationState.DETERMINED or found.winner is None:
        raise Refusal(
            "not-determined",
            zh="中标人尚未确定，不能公告结果",
            en="The winner is not determined yet; there is no result to publish",
            article=RESULT,
        )
    if standing(work, tender.id) is not None:
        raise Refusal("result-published", zh="结果已公告", en="The result is published already")
    facts = _result_facts(work, tender, found, cmd.vault)
    zh, en = wording.result(facts)
    notice = _notice(work, NoticeKind.RESULT, tender, ("中标结果公告", "result"), (zh, en))
    award = Award(
        tender=tender.id,
        tender_no=tender.no,
        state=AwardState.PUBLISHED,
        winner=found.winner.uscc,
        amount=found.winner.offer,
        result_notice=notice,
        published_at=work.now,
    )
    work.session.add(award)
    work.session.flush()
    work.publish(
        "result",
        tender.no,
        structure(
            "result",
            tender=tender.no,
            notice=b64u(notice),
            kind=NoticeKind.RESULT.value,
            winner=award.winner,
            amount=award.amount.fen,
            opened=_opened(work, tender.no, award.winner).fen,
            report_hash=b64u(found.report_hash or b""),
        ),
    )
    course.record_awarded(work, tender.no, again=bool(lapsed(work.session, tender.id)))
    work.state_fact("award.published", award.id)
    return {"no": tender.no}


def _opened(work: Work, no: str, winner: str) -> Money:
    """The price that the opening record states; the award is of the one that was confirmed."""
    return next(bid.price for bid in openings.opened_bids(work.session, no) if bid.uscc == winner)


def issue_award(work: Work, award_id: UUID) -> None:
    """Issue the award notice once the result is public, and let the losers' bonds fall due."""
    award = work.session.get_one(Award, award_id, with_for_update=True)
    if award.state is not AwardState.PUBLISHED:
        return
    tender = tenders.facts_by_id(work.session, award.tender)
    winner = organisations.organisation_by_uscc(work.session, award.winner)
    owner = organisations.organisation(work.session, tender.owner)
    facts = _award_facts(work, tender, owner, winner, award.amount)
    notice = printed(FORM, facts, work.now, is_demo=work.is_demo)
    with work.session.no_autoflush:
        award.notice, award.notice_hash, award.notified_at = notice, digest(notice), work.now
        work.as_house().move(award, AWARD_TABLE, AwardAction.NOTIFY)
    work.publish(
        "award",
        tender.no,
        structure(
            "award",
            tender=tender.no,
            winner=award.winner,
            amount=award.amount.fen,
            notice_hash=b64u(digest(notice)),
        ),
    )
    refund_losers(work, tender, award.winner)
    for address in people.addresses_of_role(work.session, winner.id, Role.BIDDER):
        work.letter(
            address,
            "award",
            key=f"award:{tender.no}:{award.id}:{address}",
            zh=f"{tender.no}：贵单位中标，中标通知书已发出",
            en=f"{tender.no}: your organisation has won; the award notice is issued",
            link=f"/tenders/{tender.no}/result",
        )


@dataclass(frozen=True, slots=True)
class RecordContract:
    """The signed contract: its amount, the day it was signed, the document."""

    no: str
    amount: Money
    signed_on: date
    document: KeepDocument


def record_contract(work: Work, cmd: RecordContract) -> Mapping[str, Any]:
    """Record and publish the contract; the winner's bond falls due.

    Refusals: "contract-held" while a challenge or complaint may change the result,
    "amount-differs", "signed-on-wrong", `IllegalMove`, `NotFound` for others.
    """
    work.need(Permission.CONTRACTS_CONTRACT_RECORD)
    tender = owners(work, cmd.no)
    work.hold(f"award:{tender.no}")
    award = standing(work, tender.id)
    if award is None or award.notified_at is None:
        raise NotFound
    AWARD_TABLE.move(award.state, AwardAction.CONTRACT)
    refuse_if_held(held_by(work.session, tender.id))
    refuse_other_amount(cmd.amount, award.amount)
    refuse_other_day(
        cmd.signed_on, awarded_on=legal_day(award.notified_at), today=legal_day(work.now)
    )
    document = keep_document(work, cmd.document)
    with work.session.no_autoflush:
        award.signed_on, award.contract_hash = cmd.signed_on, document
        award.recorded_at = work.now
        work.move(award, AWARD_TABLE, AwardAction.CONTRACT)
    owner = organisations.organisation(work.session, tender.owner)
    winner = organisations.organisation_by_uscc(work.session, award.winner)
    words = wording.contract(tender, owner, winner, award.amount, cmd.signed_on)
    notice = _notice(work, NoticeKind.CONTRACT, tender, ("合同公告", "contract"), words)
    work.publish(
        "contract",
        tender.no,
        structure(
            "contract",
            tender=tender.no,
            notice=b64u(notice),
            kind=NoticeKind.CONTRACT.value,
            contract_hash=b64u(document),
            signed_on=cmd.signed_on.isoformat(),
        ),
    )
    refund(work, tender, Event.CONTRACT, frozenset({award.winner}), since=cmd.signed_on)
    course.record_contracted(work, tender.no)
    return {"no": tender.no}


@dataclass(frozen=True, slots=True)
class RecordFiling:
    """That a copy of the contract was filed with the finance department: its receipt number."""

    no: str
    receipt: str


def record_filing(work: Work, cmd: RecordFiling) -> Mapping[str, Any]:
    """Write down the filing; "no-words" without a receipt, `IllegalMove`, `NotFound`."""
    work.need(Permission.CONTRACTS_CONTRACT_RECORD)
    tender = owners(work, cmd.no)
    award = standing(work, tender.id)
    if award is None:
        raise NotFound
    if not cmd.receipt.strip():
        raise BadInput("no-words", zh="请填写备案编号", en="State the number of the filing")
    with work.session.no_autoflush:
        work.move(award, AWARD_TABLE, AwardAction.FILE)
        award.filing, award.filed_at = cmd.receipt.strip(), work.now
    return {"no": tender.no}


def hold_for(work: Work, tender: UUID, challenge_no: str, *, until_lapse: bool = False) -> None:
    """Hold the contract back for a challenge or complaint; twice is once.

    `until_lapse`: it was found right and affects the result, so that this award must lapse.
    """
    hold = work.session.get(ContractHold, (tender, challenge_no))
    if hold is None:
        hold = ContractHold(tender=tender, challenge_no=challenge_no, held_at=work.now)
        work.session.add(hold)
    hold.until_lapse = until_lapse
    work.session.flush()


def let_go(work: Work, tender: UUID, challenge_no: str) -> None:
    """It is answered, withdrawn or settled; nothing to let go is no error."""
    hold = work.session.get(ContractHold, (tender, challenge_no))
    if hold is not None:
        work.session.delete(hold)
        work.session.flush()


def _result_facts(
    work: Work, tender: TenderFacts, found: evaluations.Result, vault: Vault
) -> wording.ResultFacts:
    if found.winner is None:
        raise AssertionError("a determined evaluation has a winner")
    session = work.session
    agent = None if tender.agent is None else organisations.organisation(session, tender.agent)
    deductions = tender.scheme.deductions
    claimed = found.preferences[found.winner.uscc]
    granted = {
        "small": deductions.small,
        "joint": deductions.joint,
        "national": deductions.national,
    }
    return wording.ResultFacts(
        tender=tender,
        owner=organisations.organisation(session, tender.owner),
        agent=agent,
        winner=organisations.organisation_by_uscc(session, found.winner.uscc),
        amount=found.winner.offer,
        preferences=[one for one in claimed if granted.get(one) is not None],
        earlier=[_fallen(session, one) for one in lapsed(session, tender.id)],
        experts=sorted(people.name(session, vault, person) for person in found.members),
        rejected=[
            (
                organisations.organisation_by_uscc(session, bid.uscc).name_zh,
                bid.rejection.words("zh"),
                bid.rejection.words("en"),
            )
            for bid in found.rejected
            if bid.rejection is not None
        ],
    )


def _fallen(session: Session, award: Award) -> tuple[str, str, str]:
    """A winner that fell out: its name, and why, in both languages."""
    if award.lapse_cause is None:
        raise AssertionError("an award that lapsed has its cause")
    name = organisations.organisation_by_uscc(session, award.winner).name_zh
    return (name, *LAPSES[award.lapse_cause])


def _award_facts(
    work: Work,
    tender: TenderFacts,
    owner: OrganisationFacts,
    winner: OrganisationFacts,
    amount: Money,
) -> dict[str, Any]:
    last = last_day(work, tender, procurement.CONTRACT, Event.AWARD_NOTICE, legal_day(work.now))
    return {
        "no": tender.no,
        "title_zh": tender.title_zh,
        "title_en": tender.title_en,
        "winner_zh": winner.name_zh,
        "winner_en": winner.name_en,
        "uscc": winner.uscc,
        "owner_zh": owner.name_zh,
        "owner_en": owner.name_en,
        "amount": str(amount),
        "capitals": amount.in_capitals(),
        "day": legal_day(work.now).isoformat(),
        "contract_by": "" if last is None else last.isoformat(),
    }


def _notice(
    work: Work,
    kind: NoticeKind,
    tender: TenderFacts,
    name: tuple[str, str],
    words: tuple[str, str],
) -> bytes:
    end = None
    if kind is NoticeKind.RESULT:
        day = last_day(
            work, tender, procurement.RESULT_NOTICE, Event.AWARD_NOTICE, legal_day(work.now)
        )
        end = None if day is None else end_of(day)
    return put_up(
        work,
        NoticeText(
            kind=kind,
            subject=tender.no,
            page=f"/tenders/{tender.no}/result",
            title_zh=f"{tender.title_zh}{name[0]}",
            title_en=f"{tender.title_en}: {name[1]}",
            zh=words[0],
            en=words[1],
            published_at=work.now,
            period_end=end,
        ),
    )
