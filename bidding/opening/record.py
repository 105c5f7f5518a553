"""Writing a round down: what each bid is, whose token goes where, and at last the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bidding.bonds import queries as bonds
from bidding.bonds.commands import move_token
from bidding.bonds.links import KeepLink, keep_link
from bidding.bonds.rules import TokenAction
from bidding.opening.model import ListedBid, OpenedDocument, Opening
from bidding.opening.outcomes import Found, Outcome
from bidding.opening.rules import (
    BID_TABLE,
    CAUSES,
    FEWEST,
    OPENING_TABLE,
    SHARES_WITHIN,
    BidAction,
    BidState,
    OpeningAction,
    OpeningState,
    is_bidders,
    words_of,
)
from bidding.opening.shares import manifest_of
from bidding.tenders import commands as tenders
from market.accounts.queries import organisations
from market.command import Work
from market.kernel.money import Money
from market.protocol.binding import Kind
from market.protocol.encoding import Json, JsonObject, b64u, canonical, digest, parse, structure
from market.protocol.identity import read_identity
from market.protocol.offers import Fact, prove_fact, read_offer

PUBLIC_FACTS: Final = ("price", "price-capitals", "delivery", "validity", "quality", "size-class")
"""Facts of the price envelope that the opening form names; everything else stays restricted."""
NO_BOND: Final = "no-open-deposit"
NEEDED: Final = frozenset({"price", "price-capitals", "delivery"})


@dataclass(frozen=True, slots=True)
class RecordRound:
    """The outcomes of one round of one opening, in list order."""

    opening: UUID
    number: int
    outcomes: tuple[Outcome, ...]


def record_round(work: Work, command: RecordRound) -> None:
    """Write down what a round gave and go on to the next, or finish with the record.

    A second call for the same round changes nothing.
    """
    opening = work.session.get_one(Opening, command.opening, with_for_update=True)
    if opening.state is not OpeningState.COMBINING or opening.round != command.number:
        return
    gone = bonds.displaced(work.session, opening.tender_no)
    for outcome in command.outcomes:
        bid = work.session.get_one(ListedBid, outcome.bid)
        # Since it was identified, a tender that closed earlier may have taken its deposit.
        cause = NO_BOND if bid.bid_pub in gone else outcome.cause or _differs(bid, outcome)
        if cause is None:
            _keep(work, opening, bid, outcome)
        else:
            _put_out(work, opening, bid, outcome, cause)
    work.session.flush()
    left = _standing(work, opening)
    if len(left) < FEWEST:
        _end(work, opening)
        return
    manifest = manifest_of(work.session, opening.tender_no)
    if command.number < len(manifest.rounds):
        work.move(opening, OPENING_TABLE, OpeningAction.NEXT_ROUND)
        opening.round += 1
        opening.round_since = work.now
        opening.shares_closed_at = None
        opening.shares_closed = None
        if command.number == 1:
            work.state_fact("opening.identified", opening.tender)
        return
    _finish(work, opening, left)


def _differs(bid: ListedBid, outcome: Outcome) -> str | None:
    """The cause if an envelope is not the one signed for, or lacks what the form asks."""
    found = outcome.found
    if found is None or found.kind is Kind.IDENTITY:
        return None
    identity, _ = read_identity(parse(bid.identity or b""))
    if dict(identity.envelopes).get(found.kind) != found.hash:
        return "payload-differs"
    if found.kind is not Kind.PRICE:
        return None
    facts = {fact.name: fact.value for fact in read_offer(found.main)}
    price = facts.get("price")
    if not facts.keys() >= NEEDED or not isinstance(price, int) or price <= 0:
        return "offer-incomplete"
    return None


def _keep(work: Work, opening: Opening, bid: ListedBid, outcome: Outcome) -> None:
    found, named = outcome.found, outcome.named
    if found is None:
        raise AssertionError("neither found nor out")
    if named is not None:
        _link(work, opening, bid, outcome)
        bid.uscc = named.identity.uscc
        bid.identity = canonical(found.main)
        work.move(bid, BID_TABLE, BidAction.IDENTIFY)
    elif found.kind is Kind.PRICE:
        facts = {fact.name: fact.value for fact in read_offer(found.main)}
        bid.price = Money(int(str(facts["price"])))
        bid.price_offer = canonical(found.main)
        bid.price_digest = found.digest
    else:
        bid.technical = canonical(found.main)
    _documents(work, bid, found)


def _link(work: Work, opening: Opening, bid: ListedBid, outcome: Outcome) -> None:
    named = outcome.named
    if named is None:
        return
    keep_link(
        work,
        KeepLink(
            opening.tender_no,
            bid.bid_pub,
            bid.nullifier,
            named.identity.uscc,
            named.h_blinded,
            named.kind,
            named.amount,
            named.account_commitment,
        ),
    )


def _put_out(work: Work, opening: Opening, bid: ListedBid, outcome: Outcome, cause: str) -> None:
    """Take a bid out: for the bidder's cause its token is held, for any other it is free."""
    cause = cause if cause in CAUSES else "bad-payload"
    if bid.state is BidState.LISTED:
        if outcome.named is not None:
            _link(work, opening, bid, outcome)
            bid.uscc = outcome.named.identity.uscc
        else:
            action = TokenAction.HOLD if is_bidders(cause) else TokenAction.RELEASE
            move_token(work, bid.nullifier, action)
    bid.cause = cause
    work.move(bid, BID_TABLE, CAUSES[cause][0])


def _documents(work: Work, bid: ListedBid, found: Found) -> None:
    for item in found.documents:
        work.session.add(
            OpenedDocument(
                bid=bid.id,
                kind=found.kind.value,
                name=item.name,
                length=item.length,
                digest=item.digest,
                stored=item.stored,
            )
        )


def _standing(work: Work, opening: Opening) -> list[ListedBid]:
    return list(
        work.session.scalars(
            select(ListedBid)
            .where(
                ListedBid.opening == opening.id,
                ListedBid.state.in_([BidState.LISTED, BidState.IDENTIFIED]),
            )
            .order_by(ListedBid.uscc)
        )
    )


def fail_overdue(work: Work, opening_id: UUID) -> None:
    """End an opening whose officers did not come: by rule, for no bidder's cause."""
    opening = work.session.get_one(Opening, opening_id, with_for_update=True)
    if opening.state is not OpeningState.COLLECTING:
        return
    if work.now <= opening.round_since + SHARES_WITHIN:
        return
    _shut(work, opening, "shares-missing")
    ending = tenders.EndTender(
        opening.tender_no,
        "officers-missing",
        "到场开启人不足，按规则终止开标；原因不在投标人，保证金全部退还",
        "Too few officers came; the opening ends by rule, for no bidder's cause",
    )
    tenders.fail(work, ending)


def _shut(work: Work, opening: Opening, cause: str) -> None:
    """What is not open stays shut: deemed withdrawn, tokens free, linked bonds to be returned."""
    work.move(opening, OPENING_TABLE, OpeningAction.FAIL)
    for bid in _standing(work, opening):
        if bid.state is BidState.LISTED:
            move_token(work, bid.nullifier, TokenAction.RELEASE)
        bid.cause = cause
        work.move(bid, BID_TABLE, BidAction.WITHDRAW)


def _end(work: Work, opening: Opening) -> None:
    """Fewer than three are left: the law lets nothing more be opened."""
    _shut(work, opening, "too-few-valid")
    ending = tenders.EndTender(
        opening.tender_no,
        "too-few-valid",
        "有效投标不足三家，停止开标",
        "Fewer than three bids stand; the opening ends",
    )
    tenders.fail(work, ending)


def _finish(work: Work, opening: Opening, left: Sequence[ListedBid]) -> None:
    for bid in left:
        work.move(bid, BID_TABLE, BidAction.OPEN)
    record = canonical(_record(work, opening))
    opening.record = record
    work.move(opening, OPENING_TABLE, OpeningAction.FINISH)
    tenders.record_opened(work, opening.tender_no)
    work.publish(
        "opening-record",
        opening.tender_no,
        {"record_hash": b64u(digest(record)), "closing_hash": b64u(opening.closing_hash)},
    )


def _record(work: Work, opening: Opening) -> JsonObject:
    """The record for everybody: names, prices and other stated facts, each with its proof."""
    rows = work.session.scalars(
        select(ListedBid).where(ListedBid.opening == opening.id).order_by(ListedBid.uscc)
    ).all()
    opened: list[Json] = [
        _line(work, row) for row in rows if row.state is BidState.OPENED and row.uscc
    ]
    out: list[Json] = [_out(work, row) for row in rows if row.cause is not None]
    return structure(
        "opening-record",
        tender=opening.tender_no,
        closing_hash=b64u(opening.closing_hash),
        bids=opened,
        out=out,
    )


def _line(work: Work, row: ListedBid) -> JsonObject:
    facts = read_offer(parse(row.price_offer or b"", limit=4 * 1024 * 1024))
    identity, _ = read_identity(parse(row.identity or b""))
    shown: list[Json] = [
        prove_fact(facts, fact.name, row.price_digest or b"").to_json() for fact in _public(facts)
    ]
    return {
        "uscc": row.uscc,
        "name_zh": _name(work, row.uscc, "zh"),
        "name_en": _name(work, row.uscc, "en"),
        "price_hash": b64u(dict(identity.envelopes)[Kind.PRICE]),
        "facts": shown,
    }


def _out(work: Work, row: ListedBid) -> JsonObject:
    zh, en = words_of(row.cause or "")
    return {
        "uscc": row.uscc,
        "name_zh": _name(work, row.uscc, "zh"),
        "name_en": _name(work, row.uscc, "en"),
        "state": row.state.value,
        "cause": row.cause,
        "zh": zh,
        "en": en,
    }


def _public(facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.name in PUBLIC_FACTS]


def _name(work: Work, uscc: str | None, language: str) -> str | None:
    if uscc is None:
        return None
    return organisations.organisation_by_uscc(work.session, uscc).name(language)
