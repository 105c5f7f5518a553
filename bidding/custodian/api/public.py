"""For everybody: the keys, the reports of ended quarters, and refund tokens for a permit."""

from typing import Final

from flask import Blueprint, Response

from bidding.custodian.api.place import answer, body, place
from bidding.custodian.commands.refunds import SignRefund, sign_refund
from bidding.custodian.commands.reports import published
from bidding.custodian.queries import published_keys
from market.protocol.bondkeys import custodian_keys
from market.protocol.encoding import b64u, structure

pages: Final = Blueprint("public", __name__)


@pages.get("/keys")
def keys() -> Response:
    """`yg/custodian-keys/v1`: every bond key, signed, the same for everybody (review H10)."""
    held = place()
    response = answer(custodian_keys(held.office.read(published_keys), held.files.signer))
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@pages.get("/reports/<epoch>")
def report(epoch: str) -> Response:
    """The signed report of a quarter that has ended."""
    raw = place().office.read(lambda session: published(session, epoch))
    return Response(raw, content_type="application/json")


@pages.post("/refund-tokens")
def refund_tokens() -> Response:
    """A blind signature under the refund key, for whoever brings a permit; nobody signs in here.

    Taken are `{permit, blinded}` and the structure `yg/refund-request/v1`.
    """
    held = place()
    given = body()
    request = given if "type" in given else structure("refund-request", **given)
    signature = held.office.run(
        sign_refund, SignRefund(request, held.settings.platform_key, held.files)
    )
    return answer({"blind_signature": b64u(signature)})


@pages.get("/healthz")
def health() -> Response:
    """Whether the process and its database are there."""
    place().office.machine.now()
    return Response("ok\n", content_type="text/plain")
