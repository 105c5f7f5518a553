"""What every call of the custodian stands on: the process's parts, the body, who is signed in."""

import json
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from flask import Response, current_app, request

from bidding.custodian.command import Office
from bidding.custodian.commands.holders import Passwords, holder_of
from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.settings import Settings
from bidding.custodian.ticks import Beat
from market.kernel.errors import NotSignedIn
from market.protocol.encoding import Json, JsonObject, Malformed, canonical, refuse
from market.protocol.trust import Trust

EXTENSION: Final = "custodian"
BODY_LIMIT: Final = 64 * 1024
_BEARER: Final = "Bearer "


@dataclass(frozen=True, slots=True)
class Custodian:
    """The parts of the process, for its calls."""

    settings: Settings
    office: Office
    files: KeyFiles
    passwords: Passwords
    trust: Trust
    beat: Beat


def place() -> Custodian:
    """The parts of this process."""
    held = current_app.extensions[EXTENSION]
    if not isinstance(held, Custodian):
        raise TypeError("another extension took the custodian's name")
    return held


def raw_body(limit: int) -> bytes:
    """The body of this request; 413 for more than `limit` bytes."""
    request.max_content_length = limit
    return request.get_data()


def body() -> JsonObject:
    """The JSON object of this request; `malformed` for anything that could be read two ways.

    Bodies of plain calls may be written with spaces and in any order; a structure inside is
    checked by its signature over its canonical bytes.
    """
    try:
        value: Json = json.loads(
            raw_body(BODY_LIMIT).decode("utf-8"),
            object_pairs_hook=_no_duplicates,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
    except Malformed:
        raise
    except (ValueError, RecursionError) as cause:
        raise Malformed(zh="不是 JSON", en="Not JSON") from cause
    if not isinstance(value, dict):
        refuse("最外层应为 JSON 对象", "The outermost value must be a JSON object")
    canonical(value)  # refuses what the protocol cannot write
    return value


def answer(value: JsonObject, status: int = 200) -> Response:
    """A JSON answer in canonical bytes."""
    return Response(canonical(value), status=status, content_type="application/json")


def signed_in() -> UUID:
    """The holder of this request's bearer token; `NotSignedIn`."""
    given = request.headers.get("Authorization", "")
    if not given.startswith(_BEARER):
        raise NotSignedIn
    held = place()
    machine_now = held.office.machine.now()
    token = given.removeprefix(_BEARER).strip()
    return held.office.read(lambda session: holder_of(session, token, machine_now))


def _no_duplicates(pairs: list[tuple[str, Json]]) -> JsonObject:
    seen = dict(pairs)
    if len(seen) != len(pairs):
        refuse("同一对象中有同名成员", "An object names a member twice")
    return seen


def _no_fraction(text: str) -> Json:
    refuse(f"只接受整数：{text[:40]}", f"Only whole numbers are taken: {text[:40]}")
