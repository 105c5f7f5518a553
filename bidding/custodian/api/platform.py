"""For the platform alone, by its signature: links after a closing, and what becomes of bonds."""

from typing import Final

from flask import Blueprint, Response

from bidding.custodian.api.place import answer, place, raw_body
from bidding.custodian.commands.late_links import AskLateLink, answer_late_link
from bidding.custodian.commands.links import AskLinks, answer_links
from bidding.custodian.commands.settlements import Settle, settle
from market.protocol.encoding import parse, refuse

pages: Final = Blueprint("platform", __name__)
LIMIT: Final = 32 * 1024 * 1024
"""Bytes of one request: ten thousand bids of one tender."""


@pages.post("/links")
def links() -> Response:
    """`{request: yg/link-request/v1, closing: yg/inclusion/v1}` → `yg/link-answer/v1`."""
    held = place()
    given = parse(raw_body(LIMIT), limit=LIMIT)
    request, closing = given.pop("request", None), given.pop("closing", None)
    if not isinstance(request, dict) or not isinstance(closing, dict) or given:
        refuse(
            "应恰有成员 request 和 closing", "Exactly the members request and closing are needed"
        )
    command = AskLinks(request, closing, held.settings.platform_key, held.trust, held.files)
    return answer(held.office.run(answer_links, command))


@pages.post("/late-links")
def late_links() -> Response:
    """`{request: yg/link-request/v1 of one bid, closing, held: yg/held-token/v1}`, as `/links`."""
    held = place()
    given = parse(raw_body(LIMIT), limit=LIMIT)
    parts = [given.pop(name, None) for name in ("request", "closing", "held")]
    request, closing, token = parts
    if (
        not isinstance(request, dict)
        or not isinstance(closing, dict)
        or not isinstance(token, dict)
        or given
    ):
        refuse(
            "应恰有成员 request、closing 和 held",
            "Exactly the members request, closing and held are needed",
        )
    command = AskLateLink(
        request, closing, token, held.settings.platform_key, held.trust, held.files
    )
    return answer(held.office.run(answer_late_link, command))


@pages.post("/settlements")
def settlements() -> Response:
    """`yg/settlement-request/v1` → `yg/settlement-answer/v1`; money goes out at once."""
    held = place()
    request = parse(raw_body(LIMIT), limit=LIMIT)
    settled = held.office.run(settle, Settle(request, held.settings, held.files))
    return answer(settled)
