"""Which deposits stand behind the bids of a tender: asked once, after its closing was witnessed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from bidding.custodian.command import Desk
from bidding.custodian.commands.bondkeys import ring
from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.ledger import Account, Side, post
from bidding.custodian.model import Deposit, Holder, LinkBatch, LinkRow
from bidding.custodian.rules import DEPOSIT_TABLE, DepositAction, DepositState
from market.kernel.errors import MarketError, Refusal
from market.protocol.bondkeys import KeyRing
from market.protocol.encoding import JsonObject, canonical, digest
from market.protocol.inclusions import Included, check_inclusion
from market.protocol.links import Link, Linked, link_answer, read_link_request
from market.protocol.opening import Closing, read_closing
from market.protocol.tokens import check_token, linked_deposit
from market.protocol.trust import Trust

CLOSING: Final = "closing"
UNKNOWN, BAD, NONE_OPEN, LATE = "unknown-deposit", "bad-link", "no-open-deposit", "deposit-late"


@dataclass(frozen=True, slots=True)
class AskLinks:
    """The platform's signed request, the proof file of the closing entry, and who is believed."""

    request: JsonObject
    closing: JsonObject
    platform: bytes
    trust: Trust
    files: KeyFiles


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks: the bids of a tender, under a closing and its place in the journal."""

    tender: str
    closing: Closing
    index: int
    links: tuple[Link, ...]


def answer_links(desk: Desk, command: AskLinks) -> JsonObject:
    """Link the bids of a tender with deposits: `yg/link-answer/v1`; again, the same answer.

    A bond stands on the deposit that token and `inv` point at, or, since deposits of one key and
    organisation are interchangeable, on another open one; where none is open, a tender that closed
    earlier takes it from one that closed later. Refusals: `malformed`, "bad-signature", those of
    the closing's proof, "closing-differs", "links-differ".
    """
    tender, closing_hash, links = read_link_request(command.request, command.platform)
    included = check_inclusion(command.closing, command.trust)
    closing = closing_of(included, tender, closing_hash)
    asked = Asked(tender, closing, included.index, links)
    desk.hold("links")
    hashed = digest(canonical(command.request))
    known = desk.session.get(LinkBatch, closing_hash)
    if known is None:
        _refuse_second_closing(desk, tender)
        desk.session.add(
            LinkBatch(
                closing_hash=closing_hash,
                tender=tender,
                closing_index=included.index,
                request_hash=hashed,
                answered_at=desk.now,
            )
        )
        desk.session.flush()
        keys = ring(desk.session)
        for link in links:
            desk.session.add(link_bid(desk, asked, link, keys))
            desk.session.flush()
        desk.note(tender, "links.answered")
    elif known.request_hash != hashed:
        raise Refusal(
            "links-differ",
            zh="该项目此前已就另一组投标查询过保证金",
            en="The bonds of this tender were asked for before, for other bids",
        )
    return answer(desk, command.files, asked)


def closing_of(included: Included, tender: str, closing_hash: bytes) -> Closing:
    """The closing that a proved entry is; "closing-differs" unless it is this tender's."""
    if included.entry.kind == CLOSING and included.entry.subject == tender:
        closing = read_closing(included.entry.data)
        if closing.tender == tender and closing.hash == closing_hash:
            return closing
    raise Refusal(
        "closing-differs",
        zh="所附日志条目不是该项目的截标记录",
        en="The entry that was sent along is not the closing of this tender",
    )


def _refuse_second_closing(desk: Desk, tender: str) -> None:
    if desk.session.scalar(select(LinkBatch.closing_hash).where(LinkBatch.tender == tender)):
        raise Refusal(
            "closing-differs",
            zh="该项目此前已按另一截标记录查询过保证金",
            en="The bonds of this tender were asked for before, under another closing",
        )


def link_bid(desk: Desk, asked: Asked, link: Link, keys: KeyRing) -> LinkRow:
    """Take the deposit behind one bid, or write down why there is none."""
    row = LinkRow(closing_hash=asked.closing.hash, bid_pub=link.bid_pub, displaced=False)
    found = _find(desk, asked, link, keys)
    if isinstance(found, str):
        row.reason = found
    else:
        row.deposit_id = found.id
        if found.state is DepositState.PAID:
            desk.move(found, DEPOSIT_TABLE, DepositAction.LINK)
            key = (found.denomination, found.epoch)
            amount = found.amount
            post(
                desk,
                amount,
                debit=Side(Account.OUTSTANDING, key),
                credit=Side(Account.HELD, key),
            )
    return row


def _find(desk: Desk, asked: Asked, link: Link, keys: KeyRing) -> Deposit | str:
    """The deposit that stands behind a bid, or the reason why none does."""
    try:
        check_token(link.token, link.bid_pub, keys)
        name = linked_deposit(link.token, link.inv, keys)
    except MarketError:
        return BAD
    named = desk.session.scalar(select(Deposit).where(Deposit.h_blinded == name))
    key = (link.token.denomination, link.token.epoch)
    if (
        named is None
        or named.booked_at is None
        or named.holder.uscc != link.uscc
        or (named.denomination, named.epoch) != key
    ):
        return UNKNOWN
    own = _own(desk, link)
    return _choose(desk, asked, named, own)


def _own(desk: Desk, link: Link) -> list[Deposit]:
    """Every booked deposit of the organisation and key, oldest first, held until the commit."""
    return list(
        desk.session.scalars(
            select(Deposit)
            .join(Holder, Holder.id == Deposit.holder_id)
            .where(
                Holder.uscc == link.uscc,
                Deposit.denomination == link.token.denomination,
                Deposit.epoch == link.token.epoch,
                Deposit.booked_at.is_not(None),
            )
            .order_by(Deposit.booked_at, Deposit.h_blinded)
            .with_for_update(of=Deposit)
            .execution_options(populate_existing=True)
        )
    )


def _choose(desk: Desk, asked: Asked, named: Deposit, own: list[Deposit]) -> Deposit | str:
    deadline = asked.closing.deadline
    still_open = [row for row in own if row.state is DepositState.PAID]
    in_time = [row for row in still_open if row.booked_at and row.booked_at <= deadline]
    if named in in_time:
        return named
    if in_time:
        return in_time[0]
    taken = _take_from_later(desk, asked, own)
    if taken is not None:
        return taken
    return LATE if still_open else NONE_OPEN


def _take_from_later(desk: Desk, asked: Asked, own: list[Deposit]) -> Deposit | None:
    """A deposit linked for a tender that closed after this one: who closed first comes first.

    The order of closings is public; the order of calls is the platform's to choose (review M11).
    """
    held = {row.id: row for row in own if row.state is DepositState.LINKED}
    if not held:
        return None
    later = desk.session.scalars(
        select(LinkRow)
        .join(LinkBatch, LinkBatch.closing_hash == LinkRow.closing_hash)
        .where(LinkRow.deposit_id.in_(held), LinkBatch.closing_index > asked.index)
        .order_by(LinkBatch.closing_index.desc(), LinkRow.bid_pub)
    )
    for row in later:
        deposit = None if row.deposit_id is None else held[row.deposit_id]
        if deposit and deposit.booked_at and deposit.booked_at <= asked.closing.deadline:
            row.deposit_id, row.reason, row.displaced = None, NONE_OPEN, True
            desk.session.flush()
            desk.note(deposit.subject, "link.displaced")
            return deposit
    return None


def answer(desk: Desk, files: KeyFiles, asked: Asked) -> JsonObject:
    """What stands behind the bids that were asked for, signed."""
    rows = desk.session.execute(
        select(LinkRow, Deposit)
        .outerjoin(Deposit, Deposit.id == LinkRow.deposit_id)
        .where(
            LinkRow.closing_hash == asked.closing.hash,
            LinkRow.bid_pub.in_([link.bid_pub for link in asked.links]),
        )
    )
    return link_answer(
        asked.tender, asked.closing.hash, _linked(rows, asked.tender, files), files.signer
    )


def _linked(
    rows: Iterable[tuple[LinkRow, Deposit | None]], tender: str, files: KeyFiles
) -> Iterable[Linked]:
    """The answers; the protocol orders them by bid key, which is random."""
    for row, deposit in rows:
        if deposit is None or deposit.account is None:
            yield Linked(row.bid_pub, row.reason, None, None, None)
        else:
            commitment = files.account_commitment(tender, deposit.account)
            yield Linked(row.bid_pub, None, deposit.h_blinded, commitment, deposit.kind.value)
