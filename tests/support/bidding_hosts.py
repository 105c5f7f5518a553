"""A bidder's own program in front of the anonymous host: requests by hand, byte for byte."""

import base64
import hashlib
from collections.abc import Mapping
from threading import Lock

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from market.factory import create_anonymous_app, create_app
from market.features import FEATURES
from market.protocol.binding import Kind
from market.protocol.uploads import write_ticket
from tests.support.bidding_bids import MadeBid
from tests.support.bidding_cast import House

TUS = {"Tus-Resumable": "1.0.0"}


_MAKING = Lock()
"""CPython 3.11 up to 3.11.7 counts the depth of syntax trees for all threads together and fails
(gh-106905); routes are compiled from such trees, and tests make hosts in several threads.
"""


def anonymous(house: House) -> FlaskClient:
    """The anonymous host."""
    with _MAKING:
        app = create_anonymous_app(house.settings, FEATURES, office=house.office)
    return app.test_client(use_cookies=False)


def platform(house: House) -> FlaskClient:
    """The platform's host, nobody signed in."""
    with _MAKING:
        app = create_app(house.settings, FEATURES, office=house.office)
    return app.test_client()


def checksum(raw: bytes) -> dict[str, str]:
    """The header that states what the bytes should be."""
    return {"Upload-Checksum": "sha256 " + base64.b64encode(hashlib.sha256(raw).digest()).decode()}


def begin(
    client: FlaskClient, made: MadeBid, length: int, more: Mapping[str, str] | None = None
) -> TestResponse:
    """Ask for an upload of so many bytes."""
    ticket = write_ticket(made.act.tender, length, made.wallet.token, made.wallet.key)
    headers = {**TUS, "Upload-Token": ticket, "Upload-Length": str(length), **(more or {})}
    return client.post("/api/v1/uploads", headers=headers)


def go_on(
    client: FlaskClient,
    place: str,
    offset: int,
    raw: bytes,
    more: Mapping[str, str] | None = None,
) -> TestResponse:
    """Send bytes of an upload from an offset on."""
    headers = {**TUS, "Upload-Offset": str(offset), **(more or {})}
    kind = "application/offset+octet-stream"
    return client.patch(place, data=raw, headers=headers, content_type=kind)


def leave(client: FlaskClient, made: MadeBid) -> None:
    """Upload every ciphertext of a bid."""
    for kind in Kind:
        raw = made.ciphertexts.get(kind)
        if raw is not None:
            place = begin(client, made, len(raw)).headers["Location"]
            assert go_on(client, place, 0, raw).status_code == 204


def post_act(client: FlaskClient, no: str, raw: bytes) -> TestResponse:
    """Hand in an act."""
    path = f"/api/v1/tenders/{no}/acts"
    return client.post(path, data=raw, content_type="application/json")
