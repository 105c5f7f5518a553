"""Calls of officers' programs, and the records for everybody."""

from typing import Final

from flask import Blueprint, Response, request

from bidding.bids.uploads import TENDER_LIMIT
from bidding.opening import queries
from bidding.opening.shares import PostShares, post_shares, sheet
from bidding.opening.supply import supply
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.protocol.binding import HASH_LENGTH
from market.protocol.encoding import JsonObject, canonical, parse, unb64u
from market.web.access import anonymous, current_actor, needs, public
from market.web.api import received
from market.web.site import site

BATCH_LIMIT: Final = 4 * 1024 * 1024
LIST_LIMIT: Final = 32 * 1024 * 1024

pages: Final = Blueprint("opening_api", __name__)
supply_pages: Final = Blueprint("opening_anonymous", __name__)


@pages.get("/api/v1/tenders/<no>/opening/shares")
@needs(Permission.OFFICERS_SHARE_POST)
def shares(no: str) -> Response:
    """What an officer opens in this round, with the proof that the closing is witnessed."""
    actor = current_actor()
    return _json(site().office.read(lambda session: sheet(session, no, actor.person)))


@pages.post("/api/v1/tenders/<no>/opening/shares")
@needs(Permission.OFFICERS_SHARE_POST)
def post(no: str) -> Response:
    """Take an officer's signed batch; again: the same answer."""
    body = received(BATCH_LIMIT)
    done = site().office.run(post_shares, PostShares(no, body.raw), current_actor(), at=body.at)
    return _json({"round": done["round"], "batches": done["batches"], "needed": done["needed"]})


@pages.get("/api/v1/tenders/<no>/closing")
@public
def closing(no: str) -> Response:
    """The closing record and its list: every act that is opened, with its place."""
    found = site().office.read(lambda session: queries.opening(session, no))
    return _json(
        {"closing": parse(found.closing), "list": parse(found.closing_list, limit=LIST_LIMIT)}
    )


@pages.get("/api/v1/tenders/<no>/opening")
@public
def record(no: str) -> Response:
    """The opening record; `not-yet` until it stands."""
    found = site().office.read(lambda session: queries.opening(session, no))
    if found.record is None:
        raise NotFound("not-yet", zh="开标尚未结束", en="The opening is not over yet")
    return _json(found.record)


@supply_pages.put("/api/v1/tenders/<no>/ciphertexts/<hashed>")
@anonymous
def bring_back(no: str, hashed: str) -> Response:
    """Bring back a ciphertext that was lost: bytes with the hash that a bid names."""
    request.max_content_length = TENDER_LIMIT
    supply(site().office, site().settings, no, unb64u(hashed, HASH_LENGTH), request.stream)
    return Response(status=204)


def _json(value: JsonObject) -> Response:
    return Response(canonical(value), content_type="application/json")
