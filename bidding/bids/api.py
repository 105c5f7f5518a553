"""The anonymous host's calls: uploads (tus 1.0), acts, receipts.

Whoever calls has a token and a bid key and says nothing else. No address, cookie or user agent is
asked for or kept.
"""

import base64
import binascii
from typing import Final, NoReturn

from flask import Blueprint, Response, request

from bidding.bids import queries, uploads
from bidding.bids.commands import SubmitAct, submit_act
from bidding.bids.store import SealedStore
from market.command import ANONYMOUS
from market.journal import queries as journal
from market.journal.keys import load
from market.kernel.errors import BadInput, NotFound
from market.protocol.answers import REDEMPTION_LENGTH, write_answer
from market.protocol.encoding import JsonObject, parse, unb64u
from market.protocol.inclusions import inclusion, redemption
from market.web.access import anonymous
from market.web.api import received
from market.web.problems import MEDIA_TYPE
from market.web.site import site

pages = Blueprint("bids_anonymous", __name__)

TUS: Final = "1.0.0"
UPLOAD_TYPE: Final = "application/offset+octet-stream"
WAIT_SECONDS: Final = 5


@pages.route("/api/v1/uploads", methods=["OPTIONS"])
@anonymous
def abilities() -> Response:
    """What of tus this host speaks."""
    answer = Response(status=204)
    answer.headers["Tus-Version"] = TUS
    answer.headers["Tus-Extension"] = "creation,checksum,expiration"
    answer.headers["Tus-Checksum-Algorithm"] = "sha256"
    answer.headers["Tus-Max-Size"] = str(uploads.TENDER_LIMIT)
    return answer


@pages.post("/api/v1/uploads")
@anonymous
def create() -> Response:
    """Admit one upload for a ticket."""
    _need_tus()
    if "Upload-Metadata" in request.headers:
        _bad("upload-metadata", "不接受文件名等信息", "File names and the like are not taken")
    ticket = request.headers.get("Upload-Token", "")
    command = uploads.BeginUpload(ticket, _number("Upload-Length"))
    capability = site().office.run(uploads.begin_upload, command, ANONYMOUS)
    answer = Response(status=201)
    answer.headers["Location"] = f"/api/v1/uploads/{capability}"
    answer.headers["Tus-Resumable"] = TUS
    return answer


@pages.route("/api/v1/uploads/<capability>", methods=["HEAD"])
@anonymous
def how_far(capability: str) -> Response:
    """Where to go on."""
    known = site().office.run(uploads.progress, uploads.name_of(capability), ANONYMOUS)
    return _at(known.offset, known, 200)


@pages.patch("/api/v1/uploads/<capability>")
@anonymous
def append(capability: str) -> Response:
    """Take more bytes at the offset where the last ones ended."""
    _need_tus()
    if request.mimetype != UPLOAD_TYPE:
        _bad("not-an-upload", f"内容类型应为 {UPLOAD_TYPE}", f"Send it as {UPLOAD_TYPE}", 415)
    office, name = site().office, uploads.name_of(capability)
    store = SealedStore(site().settings.sealed_files)
    request.max_content_length = uploads.TENDER_LIMIT
    with store.turn(name):
        known = office.run(uploads.progress, name, ANONYMOUS)
        uploads.refuse_other_offset(known, _number("Upload-Offset"))
        room = known.length - known.offset
        written = store.write(name, known.offset, request.stream, room, _checksum())
        offset = known.offset + written
        whole = store.digest(name, known.length) if offset == known.length else None
        office.run(uploads.advance, uploads.Advance(name, offset, whole), ANONYMOUS)
    return _at(offset, known, 204)


@pages.post("/api/v1/tenders/<no>/acts")
@anonymous
def act(no: str) -> Response:
    """Submit, replace or withdraw: the act's canonical bytes for its receipt, one length always."""
    body = received()
    key = load(site().settings.keys).receipt
    command = SubmitAct(no, body.raw, key)
    receipt = site().office.run(submit_act, command, ANONYMOUS, at=body.at)
    return Response(write_answer(parse(receipt)), content_type="application/json")


@pages.get("/api/v1/receipts/<submission_hash>")
@anonymous
def redeem(submission_hash: str) -> Response:
    """What a receipt is redeemed for, once its batch stands under a witnessed head."""
    act_hash = unb64u(submission_hash, 32)
    session_answer = site().office.read(
        lambda session: (
            queries.receipt_of(session, act_hash),
            journal.leaf_place(session, act_hash),
            journal.head(session, witnesses=1),
        )
    )
    receipt, place, head = session_answer
    if receipt is None:
        raise NotFound
    index = None if place is None else place.batch_index
    if place is None or index is None or head is None or index >= head.size:
        raise NotFound(
            "not-yet",
            zh="所在批次尚待见证，稍后再试",
            en="Its batch waits for a witness; try again shortly",
        )
    entry, path = site().office.read(
        lambda session: (
            journal.entry_at(session, index),
            journal.inclusion(session, index, head.size),
        )
    )
    if entry is None:
        raise NotFound
    proof = inclusion(entry.entry, index, path, head.note.encode())
    body: JsonObject = {
        "receipt": parse(receipt),
        "redemption": redemption(place.place, place.path, proof),
    }
    raw = write_answer(body, REDEMPTION_LENGTH)
    return Response(raw, content_type="application/json", headers={"Cache-Control": "no-store"})


@pages.after_request
def as_long_as_redemptions(response: Response) -> Response:
    """Fill a refusal to redeem up to the length of what is redeemed; both say when to ask again."""
    if request.endpoint == f"{pages.name}.{redeem.__name__}":
        response.headers["Retry-After"] = str(WAIT_SECONDS)
        if response.mimetype == MEDIA_TYPE:
            response.data = response.data.ljust(REDEMPTION_LENGTH)
    return response


def _at(offset: int, known: uploads.Progress, status: int) -> Response:
    answer = Response(status=status)
    answer.headers["Tus-Resumable"] = TUS
    answer.headers["Upload-Offset"] = str(offset)
    answer.headers["Upload-Length"] = str(known.length)
    answer.headers["Upload-Expires"] = known.expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _need_tus() -> None:
    if request.headers.get("Tus-Resumable") != TUS:
        _bad("tus-version", "需要 tus 1.0.0", "tus 1.0.0 is needed", 412)


def _number(name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):  # noqa: PLR2004  below 2**63
        _bad("malformed", f"缺少 {name}", f"{name} is missing or no number")
    return int(text)


def _checksum() -> bytes | None:
    stated = request.headers.get("Upload-Checksum")
    if stated is None:
        return None
    algorithm, _, encoded = stated.partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm != "sha256" or len(digest) != 32:  # noqa: PLR2004  SHA-256
        _bad("malformed", "校验值应为 sha256", "The checksum must be a sha256")
    return digest


def _bad(code: str, zh: str, en: str, status: int = 400) -> NoReturn:
    raise BadInput(code, zh=zh, en=en, status=status)
