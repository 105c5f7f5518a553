"""Whether a bond is kept: only for a listed cause, after its bidder was heard, decided by another.

A bond that was opened is in its bidder's name. A held token is nobody's until its holder shows the
supervisor whose it is; then it is released, or a hearing decides about it (PROTOCOL section 2.4).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bidding.bonds.model import BondHearing, LinkedBond, Nullifier
from bidding.bonds.queries import key_ring
from bidding.bonds.rules import (
    HEARING_TABLE,
    LINK_TABLE,
    REASONS_DAYS,
    REASONS_DAYS_UNKNOWN,
    TOKEN_TABLE,
    HearingAction,
    HearingState,
    LinkAction,
    LinkState,
    TokenAction,
    TokenState,
    refuse_late_reasons,
    refuse_same_person,
    refuse_unless_heard,
)
from bidding.bonds.waiting import return_heard
from bidding.rulebook.bonds import forfeitures
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.accounts.queries import organisations, people
from market.accounts.roles import Role
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import NotYetPublished, days_after, end_of, if_published, legal_day
from market.projects import queries as projects
from market.protocol.encoding import JsonObject, b64u, canonical, parse
from market.protocol.entries import SALT_LENGTH, commitment
from market.protocol.held import check_claimant, read_held_claim, read_held_token
from market.protocol.tokens import check_token, linked_deposit, nullifier

WORDS_LIMIT: Final = 4000
"""Characters of facts, reasons and words of a decision."""
KEEP, GIVE_BACK = "forfeit", "return"


@dataclass(frozen=True, slots=True)
class ShowIdentity:
    """`yg/held-claim/v1` as its holder's program made it."""

    claim: JsonObject


def show_identity(work: Work, command: ShowIdentity) -> Mapping[str, Any]:
    """Write down whose a held token is; again, the same hearing.

    Refusals, in this order: `malformed`, "bad-signature" (bid key), "unknown-organisation-key",
    "bad-signature" (organisation), `NotFound` for another organisation than the acting one, those
    of the token, "bad-link", "not-held".
    """
    work.need(Permission.BIDS_OWN_READ)
    held, shown = read_held_claim(command.claim)
    claimant = organisations.organisation_by_uscc(work.session, held.uscc)
    registered = {
        key.key_id: key.public
        for key in organisations.keys(work.session, claimant.id)
        if key.counts_at(work.now)
    }
    check_claimant(command.claim, held.uscc, registered)
    if work.actor.organisation != claimant.id:
        raise NotFound
    ring = key_ring(work.session)
    key = check_token(held.token, held.bid_pub, ring)
    linked_deposit(held.token, held.inv, ring)
    name = nullifier(key.id, held.token.prepared)
    work.hold(f"nullifier:{b64u(name)}")
    known = work.session.scalar(
        select(BondHearing.id).where(
            BondHearing.bid_pub == held.bid_pub, BondHearing.held.is_not(None)
        )
    )
    if known is not None:
        return {"hearing": str(known)}
    token = work.session.get(Nullifier, name)
    if token is None or (token.state, token.tender_no) != (TokenState.HELD, held.tender):
        raise Refusal(
            "not-held",
            zh="此令牌没有因该项目被扣留，无需出示身份",
            en="This token is not held for this tender; there is nothing to show",
        )
    row = BondHearing(
        tender_no=held.tender,
        owner=tenders.facts(work.session, held.tender).owner,
        uscc=held.uscc,
        bid_pub=held.bid_pub,
        held=canonical(shown),
        state=HearingState.SHOWN,
        opened_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.note(held.tender, "bond.identity-shown")
    return {"hearing": str(row.id)}


@dataclass(frozen=True, slots=True)
class ProposeOnBond:
    """Propose to keep the bond of an opened bid."""

    tender_no: str
    uscc: str
    cause: str
    facts: str


def propose_on_bond(work: Work, command: ProposeOnBond) -> Mapping[str, Any]:
    """Begin a hearing about an opened bid's bond; from now on it does not go back.

    By the tender's owner or the supervisor. Refusals: `NotFound`, "no-such-cause", "no-words",
    "bond-gone" (on its way back, back, or kept), "heard-already" (a hearing about it is open).
    """
    tender = tenders.facts(work.session, command.tender_no)
    _need_part(work, tender.owner)
    row = work.session.scalar(
        select(LinkedBond)
        .where(LinkedBond.tender_no == tender.no, LinkedBond.uscc == command.uscc)
        .with_for_update()
    )
    if row is None:
        raise NotFound
    if row.state is not LinkState.HELD:
        raise Refusal(
            "bond-gone",
            zh="该保证金已退还、正在退还或已处理",
            en="This bond is back, on its way back, or decided about",
        )
    _refuse_second(work, row.bid_pub)
    hearing = BondHearing(
        tender_no=tender.no,
        owner=tender.owner,
        uscc=row.uscc,
        bid_pub=row.bid_pub,
        bond=row.id,
        state=HearingState.SHOWN,
        opened_at=work.now,
    )
    _propose(work, hearing, tender, command.cause, command.facts)
    work.session.add(hearing)
    work.session.flush()
    return {"hearing": str(hearing.id)}


@dataclass(frozen=True, slots=True)
class ProposeOnHeld:
    """Propose to keep the bond behind a held token whose holder came forward."""

    hearing: UUID
    cause: str
    facts: str


def propose_on_held(work: Work, command: ProposeOnHeld) -> Mapping[str, Any]:
    """Begin the hearing proper, by the supervisor. Refusals as in `propose_on_bond`."""
    row = _locked(work, command.hearing)
    work.need(Permission.SUPERVISION_RECORD_READ)
    tender = tenders.facts(work.session, row.tender_no)
    _propose(work, row, tender, command.cause, command.facts)
    return {"hearing": str(row.id)}


def _propose(work: Work, row: BondHearing, tender: TenderFacts, cause: str, facts: str) -> None:
    work.need(Permission.BONDS_BOND_FORFEIT)
    track = projects.facts(work.session, tender.project).track
    if cause not in {known.id for known in forfeitures(track)}:
        raise BadInput(
            "no-such-cause", zh="不属于法定的不予退还情形", en="Not one of the listed causes"
        )
    row.cause, row.facts = cause, _words(facts)
    row.proposed_by = work.actor.person
    row.reasons_until = _reasons_until(work)
    work.move(row, HEARING_TABLE, HearingAction.PROPOSE)
    bidder = organisations.organisation_by_uscc(work.session, row.uscc)
    for address in people.addresses_of_role(work.session, bidder.id, Role.BIDDER):
        work.letter(
            address,
            "bond-hearing",
            key=f"bond-hearing:{row.bid_pub.hex()}:{row.opened_at.isoformat()}:{address}",
            zh=f"{tender.no}：拟不予退还贵单位的保证金，请在期限内陈述意见",
            en=f"{tender.no}: it is proposed to keep your bond; state your reasons in time",
            link="/desk/bonds",
        )


def _reasons_until(work: Work) -> datetime:
    today = legal_day(work.now)
    last = if_published(work.calendar.add_working_days, today, REASONS_DAYS)
    if isinstance(last, NotYetPublished):
        return end_of(days_after(today, REASONS_DAYS_UNKNOWN))
    return end_of(last)


@dataclass(frozen=True, slots=True)
class StateReasons:
    """What the bidder says against it; said again before the decision, the new words count."""

    hearing: UUID
    reasons: str


def state_reasons(work: Work, command: StateReasons) -> Mapping[str, Any]:
    """Hear the bidder. Refusals: `NotFound`, "no-words", "hearing-over", "not-heard-now"."""
    work.need(Permission.BIDS_OWN_READ)
    row = _locked(work, command.hearing)
    mine = work.actor.organisation
    if mine is None or organisations.organisation(work.session, mine).uscc != row.uscc:
        raise NotFound
    if row.state is not HearingState.PROPOSED or row.reasons_until is None:
        raise Refusal(
            "not-heard-now", zh="目前没有待陈述的事项", en="Nothing waits to be answered now"
        )
    refuse_late_reasons(work.now, row.reasons_until)
    row.reasons, row.reasons_at = _words(command.reasons), work.now
    work.note(row.tender_no, "bond.reasons-stated")
    return {"hearing": str(row.id)}


@dataclass(frozen=True, slots=True)
class DecideHearing:
    """Keep the bond or give it back, with the words of the decision."""

    hearing: UUID
    keep: bool
    words: str


def decide_hearing(work: Work, command: DecideHearing) -> Mapping[str, Any]:
    """Decide, by another person than the one who proposed; journaled.

    About a held token the supervisor alone decides. Refusals: `NotFound`, "no-words",
    "hearing-runs", "two-persons", `IllegalMove` (a decision is made once).
    """
    row = _locked(work, command.hearing)
    _need_part(work, row.owner)
    if row.held is not None:
        work.need(Permission.SUPERVISION_RECORD_READ)
    words = _words(command.words)
    if command.keep and row.reasons_until is not None:
        refuse_unless_heard(work.now, row.reasons_until, row.reasons)
    work.move(row, HEARING_TABLE, HearingAction.KEEP if command.keep else HearingAction.RETURN)
    refuse_same_person(row.proposed_by, work.actor.person)
    row.decision, row.decided_by, row.decided_at = words, work.actor.person, work.now
    if row.bond is not None:
        bond = work.session.get_one(LinkedBond, row.bond, with_for_update=True)
        if command.keep:
            work.move(bond, LINK_TABLE, LinkAction.FORFEIT)
            bond.forfeit_cause = row.cause
        else:
            return_heard(work, bond)
    if row.held is not None and not command.keep:
        _release(work, row.held)
    _journal(work, row, KEEP if command.keep else GIVE_BACK)
    return {"hearing": str(row.id), "outcome": KEEP if command.keep else GIVE_BACK}


def _release(work: Work, shown: bytes) -> None:
    """Let a held token go: its holder may give it back like any other."""
    held = read_held_token(parse(shown))
    key = check_token(held.token, held.bid_pub, key_ring(work.session))
    row = work.session.get_one(Nullifier, nullifier(key.id, held.token.prepared))
    work.move(row, TOKEN_TABLE, TokenAction.RELEASE)


def _journal(work: Work, row: BondHearing, outcome: str) -> None:
    """Cause and outcome for everybody; who and why as a commitment (PROTOCOL section 1)."""
    row.salt = secrets.token_bytes(SALT_LENGTH)
    said: JsonObject = {"uscc": row.uscc, "cause": row.cause, "words": row.decision}
    work.publish(
        "bond-decision",
        row.tender_no,
        {
            "hearing": str(row.id),
            "outcome": outcome,
            "cause": row.cause,
            "decision": b64u(commitment(row.salt, said)),
        },
    )


def _need_part(work: Work, owner: UUID) -> None:
    """The tender's owner, or the supervisor; `NotFound` for anybody else who may forfeit."""
    work.need(Permission.BONDS_BOND_FORFEIT)
    if work.actor.organisation != owner and not work.actor.may(Permission.SUPERVISION_RECORD_READ):
        raise NotFound


def _locked(work: Work, hearing: UUID) -> BondHearing:
    row = work.session.get(BondHearing, hearing, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def _refuse_second(work: Work, bid_pub: bytes) -> None:
    known = select(BondHearing.id).where(
        BondHearing.bid_pub == bid_pub, BondHearing.state == HearingState.PROPOSED
    )
    if work.session.scalar(known) is not None:
        raise Refusal(
            "heard-already",
            zh="该保证金已有未决的陈述程序",
            en="A hearing about this bond is open already",
        )


def _words(text: str) -> str:
    words = text.strip()
    if not words or len(words) > WORDS_LIMIT:
        raise BadInput(
            "no-words",
            zh=f"应写明理由，不超过{WORDS_LIMIT}字",
            en=f"Give the reasons, in at most {WORDS_LIMIT} characters",
        )
    return words
