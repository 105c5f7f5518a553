"""The deposit behind one bid that was not opened: asked for alone, when its holder came forward.

A bid that stayed shut for its bidder's own cause was not among the bids of its tender's request.
Its holder showed token and `inv` under its bid key, so the custodian needs nobody's word for it.
"""

from dataclasses import dataclass
from datetime import datetime

from bidding.custodian.command import Desk
from bidding.custodian.commands.bondkeys import ring
from bidding.custodian.commands.links import Asked, answer, closing_of, link_bid
from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.model import LinkBatch, LinkRow
from market.kernel.errors import Refusal
from market.protocol.encoding import JsonObject, canonical, digest
from market.protocol.held import read_held_token
from market.protocol.inclusions import check_inclusion
from market.protocol.links import Link, read_link_request
from market.protocol.trust import Trust


@dataclass(frozen=True, slots=True)
class AskLateLink:
    """The platform's signed request for one bid, the closing's proof, the holder's own word."""

    request: JsonObject
    closing: JsonObject
    held: JsonObject
    platform: bytes
    trust: Trust
    files: KeyFiles


def answer_late_link(desk: Desk, command: AskLateLink) -> JsonObject:
    """Link one bid with its deposit: `yg/link-answer/v1`; again, the same answer.

    Refusals: `malformed`, "bad-signature", those of the closing's proof, "closing-differs",
    "links-differ" (not exactly the bid whose holder signed).
    """
    tender, closing_hash, links = read_link_request(command.request, command.platform)
    held = read_held_token(command.held)
    if (held.tender, (held.link,)) != (tender, links):
        raise Refusal(
            "links-differ",
            zh="查询的投标不是持有人出示的那一份",
            en="This is not the bid whose holder came forward",
        )
    included = check_inclusion(command.closing, command.trust)
    closing = closing_of(included, tender, closing_hash)
    asked = Asked(tender, closing, included.index, links)
    desk.hold("links")
    batch = desk.session.get(LinkBatch, closing_hash)
    if batch is None:
        batch = _batch(asked, digest(canonical(command.request)), desk.now)
        desk.session.add(batch)
        desk.session.flush()
    _link_once(desk, asked, held.link)
    return answer(desk, command.files, asked)


def _batch(asked: Asked, request_hash: bytes, at: datetime) -> LinkBatch:
    """None of the tender's bids was identified, so nobody asked before."""
    return LinkBatch(
        closing_hash=asked.closing.hash,
        tender=asked.tender,
        closing_index=asked.index,
        request_hash=request_hash,
        answered_at=at,
    )


def _link_once(desk: Desk, asked: Asked, link: Link) -> None:
    if desk.session.get(LinkRow, (asked.closing.hash, link.bid_pub)) is None:
        desk.session.add(link_bid(desk, asked, link, ring(desk.session)))
        desk.session.flush()
        desk.note(asked.tender, "links.late")
