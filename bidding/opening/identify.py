"""Round 1: whose bids these are. Signature, other sides, deposit, duplicates; in this order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from bidding.bonds.feature import custodian
from bidding.opening.around import sides_of
from bidding.opening.outcomes import Named, Outcome
from bidding.opening.shares import WITNESSES, witnessed
from bidding.opening.sides import refusing
from bidding.tenders import queries as tenders
from market.accounts.queries import organisations
from market.command import Office
from market.journal import queries as journal
from market.kernel.errors import MarketError, NotFound, Refusal
from market.kernel.money import Money
from market.protocol.binding import Kind
from market.protocol.encoding import JsonObject
from market.protocol.identity import (
    Identity,
    check_identity,
    check_identity_signature,
    read_identity,
)
from market.protocol.inclusions import inclusion
from market.protocol.links import Link, Linked
from market.protocol.manifest import Manifest
from market.settings import Settings


def identify(
    office: Office,
    settings: Settings,
    no: str,
    closing_hash: bytes,
    manifest: Manifest,
    outcomes: Sequence[Outcome],
) -> list[Outcome]:
    """Name the bidder of each opened identity, or say why the bid is out.

    The custodian is asked once for the whole tender, with the proof that it is closed; bids that
    are out before that are not named to it. `CustodianSilent` leaves everything to be tried again.
    """
    read = office.read(lambda session: [_read(session, no, manifest, each) for each in outcomes])
    asked = {
        item.act.bid_pub: Link(item.act.bid_pub, item.act.token, found.uscc, found.inv)
        for item, found in read
        if found is not None
    }
    answers: dict[bytes, Linked] = {}
    if asked:
        proof = office.read(lambda session: _closing_proof(session, no, closing_hash))
        said = custodian(settings).links(no, proof, closing_hash, list(asked.values()))
        answers = {item.bid_pub: item for item in said}
    bond = Money(manifest.bond)
    named = [_named(item, found, answers.get(item.act.bid_pub), bond) for item, found in read]
    return _without_duplicates(named)


def _read(
    session: Session, no: str, manifest: Manifest, outcome: Outcome
) -> tuple[Outcome, Identity | None]:
    """The identity of an opened envelope, checked against the act and the registered keys."""
    if outcome.found is None:
        return outcome, None
    value = outcome.found.main
    try:
        identity, _ = read_identity(value)
        tender = tenders.facts(session, no)
        facts = _organisation(session, identity.uscc)
        registered = {
            key.key_id: key.public
            for key in organisations.keys(session, facts.id)
            if key.counts_at(tender.deadline)
        }
        check_identity_signature(value, identity.uscc, registered)
        check_identity(identity, outcome.act.binding(Kind.IDENTITY), manifest.kinds)
    except MarketError as refusal:
        return replace(outcome, cause=refusal.code), None
    rule = refusing(sides_of(session, tender, facts))
    if rule is not None:
        return replace(outcome, cause=rule.cause), None
    return outcome, identity


def _organisation(session: Session, uscc: str) -> organisations.OrganisationFacts:
    try:
        found = organisations.organisation_by_uscc(session, uscc)
        return organisations.refuse_unless_confirmed(session, found.id)
    except (NotFound, Refusal) as cause:
        raise Refusal(
            "unknown-organisation",
            zh="该单位未登记或基本账户未确认",
            en="The organisation is not registered, or its basic account not confirmed",
        ) from cause


def _named(
    outcome: Outcome, identity: Identity | None, answer: Linked | None, bond: Money
) -> Outcome:
    if identity is None or outcome.cause is not None:
        return outcome
    if answer is None or answer.reason is not None:
        return replace(outcome, cause="bad-link" if answer is None else answer.reason)
    if answer.h_blinded is None or answer.account_commitment is None or answer.kind is None:
        raise TypeError("a good link names its deposit")
    named = Named(identity, answer.h_blinded, answer.account_commitment, answer.kind, bond)
    return replace(outcome, named=named)


def _without_duplicates(outcomes: list[Outcome]) -> list[Outcome]:
    """Refuse all bids of an organisation that has several; a copy before this harms nobody."""
    counted = Counter(item.named.identity.uscc for item in outcomes if item.named is not None)
    return [
        replace(item, cause="duplicate")
        if item.named is not None and counted[item.named.identity.uscc] > 1
        else item
        for item in outcomes
    ]


def _closing_proof(session: Session, no: str, closing_hash: bytes) -> JsonObject:
    index = witnessed(session, no, "closing", closing_hash)
    head = journal.head(session, witnesses=WITNESSES)
    placed = None if index is None else journal.entry_at(session, index)
    if index is None or head is None or placed is None:
        raise Refusal("not-witnessed", zh="截标记录尚待见证", en="The closing is not witnessed")
    path = journal.inclusion(session, index, head.size)
    return inclusion(placed.entry, index, path, head.note.encode())
