"""The public record as anybody reads it: heads, tiles, entries and proofs, on both hosts.

Everything here is either immutable (tiles, entries, old heads) or the newest head; nothing tells
who reads. The paths are those of C2SP tlog-tiles.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from market.feature import Feature
from market.journal import queries
from market.kernel.errors import BadInput, NotFound
from market.protocol.encoding import Json, b64u, canonical, digest, stamp
from market.protocol.inclusions import inclusion
from market.protocol.tiles import Tile, is_served, parse_path, write_bundle
from market.web import entries
from market.web.access import anonymous, public
from market.web.site import site

V = TypeVar("V", bound=Callable[..., object])

FOR_EVER: Final = "public, max-age=31536000, immutable"
BRIEFLY: Final = "public, max-age=1"
LISTED: Final = 500
"""Entries named in one answer of `/log/entries`."""


def _checkpoint(size: int | None = None) -> Response:
    found = site().office.read(lambda session: queries.head(session, size=size))
    if found is None:
        raise NotFound
    return _text(found.note, BRIEFLY)


def _tile(path: str) -> Response:
    tile = parse_path(f"tile/{path}")
    raw = site().office.read(lambda session: _tile_bytes(session, tile))
    answer = Response(raw, content_type="application/octet-stream")
    answer.headers["Cache-Control"] = FOR_EVER
    return answer


def _tile_bytes(session: Session, tile: Tile) -> bytes:
    head = queries.head(session)
    # A narrower tile of a log that has grown since is still served: mirrors ask for what their
    # own head says.
    if head is None or not _reached(tile, head.size):
        raise NotFound
    if tile.level is None:
        return write_bundle(queries.entry_range(session, tile.index * 256, tile.width))
    return b"".join(queries.tile_hashes(session, tile.level, tile.index, tile.width))


def _reached(tile: Tile, size: int) -> bool:
    filled = size >> 8 * (tile.level or 0)
    return is_served(tile, size) or tile.index * 256 + tile.width <= filled


def _entries() -> Response:
    subject, kind = request.args.get("subject", ""), request.args.get("type")
    if not subject:
        raise BadInput("no-subject", zh="缺少 subject", en="subject is missing")
    found = site().office.read(lambda session: queries.entries_of(session, subject, kind))
    items: list[Json] = [
        {
            "index": item.index,
            "at": stamp(item.at),
            "type": item.type,
            "subject": item.subject,
            "hash": b64u(digest(item.entry)),
        }
        for item in found[-LISTED:]
    ]
    return _json({"items": items}, BRIEFLY)


def _proof(index: int) -> Response:
    def read(session: Session) -> Response:
        head = queries.head(session, witnesses=1)
        entry = queries.entry_at(session, index)
        if head is None or entry is None or index >= head.size:
            raise NotFound(
                "not-yet", zh="尚未载入经见证的日志", en="Not under a witnessed head yet"
            )
        path = queries.inclusion(session, index, head.size)
        return _json(inclusion(entry.entry, index, path, head.note.encode()), BRIEFLY)

    return site().office.read(read)


def _consistency(old: int, new: int) -> Response:
    def read(session: Session) -> Response:
        head = queries.head(session)
        if head is None or not 0 <= old <= new <= head.size:
            raise NotFound
        proof: list[Json] = [b64u(step) for step in queries.consistency(session, old, new)]
        return _json({"old": old, "new": new, "proof": proof}, FOR_EVER)

    return site().office.read(read)


def _text(text: str, keep: str) -> Response:
    answer = Response(text, content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = keep
    return answer


def _json(value: Json, keep: str) -> Response:
    answer = Response(canonical(value), content_type="application/json")
    answer.headers["Cache-Control"] = keep
    return answer


def log_pages(name: str, mark: Callable[[V], V]) -> Blueprint:
    """The calls of the log under one mark: each host has its own."""
    pages = Blueprint(name, __name__, url_prefix="/log")

    def put(rule: str, view: Callable[..., Response], endpoint: str) -> None:
        def marked(**values: object) -> Response:
            return view(**values)

        pages.add_url_rule(rule, endpoint, mark(marked))  # type: ignore[arg-type]  # V is a view

    put("/checkpoint", _checkpoint, "checkpoint")
    put("/checkpoint/<int:size>", _checkpoint, "checkpoint_of_size")
    put("/tile/<path:path>", _tile, "tile")
    put("/entries", _entries, "entries")
    put("/proof/<int:index>", _proof, "proof")
    put("/consistency/<int:old>/<int:new>", _consistency, "consistency")
    return pages


FEATURE: Final = Feature(
    "record",
    pages=(log_pages("log", public), entries.pages),
    anonymous_pages=(log_pages("log_anonymous", anonymous),),
)
