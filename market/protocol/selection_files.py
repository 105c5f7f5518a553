"""The selection file: everything one choice of an agency followed from, so that anybody re-runs it.

It holds the terms as published, every enrolment with its sealed quote and what it held, the
timekeepers' recipients and released identities, the draw file (or its hash) and the outcome. How
an outcome follows is the business of the rulebook; here is the form alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from market.protocol.binding import HASH_LENGTH
from market.protocol.draw_files import FILE_LIMIT, DrawFile, draw_file
from market.protocol.encoding import (
    Json,
    JsonObject,
    b64u,
    canonical,
    digest,
    parse,
    refuse,
    stamp,
    structure,
)
from market.protocol.enrolments import Enrolment, read_enrolment
from market.protocol.members import Members
from market.protocol.names import word
from market.protocol.offers import Fact, read_offer
from market.protocol.round_prices import NamedPrice, read_named
from market.protocol.timekeeping import Release, TimeManifest, read_release, read_time_manifest

QUOTE_LIMIT: Final = 4096  # enrolments of one selection
OFFER_LIMIT: Final = 1000  # prices one agency names in rounds
SHEET_LIMIT: Final = 64  # reviewers
JOURNAL_LIMIT: Final = 1024  # proofs of entries about the selection
_INPUTS: Final = (
    "terms",
    "timekeepers",
    "releases",
    "sheets",
    "pick",
    "as_of",
    "is_extended",
)


@dataclass(frozen=True, slots=True)
class HeldQuote:
    """One enrolment of the file.

    `ciphertext` None where it is not handed out; `offer` the facts it held, None where nothing was
    sealed or it did not open; `fault` a word why it does not count; `credit` in hundredths of a
    point; `offers` the prices named in rounds, in the order of their moments.
    """

    enrolment: Enrolment
    ciphertext: bytes | None
    offer: tuple[Fact, ...] | None
    fault: str | None
    credit: int | None
    offers: tuple[NamedPrice, ...]


@dataclass(frozen=True, slots=True)
class HeldSheet:
    """A reviewer's points by enrolment's hash, in hundredths."""

    reviewer: str
    is_outside: bool
    points: tuple[tuple[bytes, int], ...]


@dataclass(frozen=True, slots=True)
class HeldPick:
    """The owner's pick from a short list."""

    quote: bytes
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SelectionFile:
    """A selection file, read; nothing but its form and its signatures is checked yet.

    `given`: the hash over everything an outcome follows from, except ciphertexts and draw, which
    have hashes of their own.
    """

    terms: JsonObject
    manifest: TimeManifest | None
    releases: tuple[Release, ...]
    quotes: tuple[HeldQuote, ...]
    sheets: tuple[HeldSheet, ...]
    pick: HeldPick | None
    as_of: datetime | None
    is_extended: bool
    draw: DrawFile | None
    draw_hash: bytes | None
    outcome: JsonObject
    journal: tuple[JsonObject, ...]
    given: bytes

    @property
    def terms_hash(self) -> bytes:
        """By which enrolments name the terms."""
        return digest(canonical(self.terms))


def quote_json(
    enrolment: Enrolment,
    *,
    ciphertext: bytes | None = None,
    offer: JsonObject | None = None,
    fault: str | None = None,
    credit: int | None = None,
    offers: Sequence[NamedPrice] = (),
) -> JsonObject:
    """One enrolment as a selection file writes it."""
    return {
        "enrolment": parse(enrolment.raw),
        "ciphertext": None if ciphertext is None else b64u(ciphertext),
        "offer": offer,
        "fault": fault,
        "credit": credit,
        "offers": [one.to_json() for one in offers],
    }


def sheet_json(held: HeldSheet) -> JsonObject:
    """A reviewer's sheet as a selection file writes it."""
    return {
        "reviewer": held.reviewer,
        "is_outside": held.is_outside,
        "points": [{"quote": b64u(key), "hundredths": points} for key, points in held.points],
    }


def pick_json(held: HeldPick) -> JsonObject:
    """The owner's pick as a selection file writes it."""
    return {"quote": b64u(held.quote), "reason": held.reason, "at": stamp(held.at)}


def write_inputs(
    *,
    terms: JsonObject,
    quotes: Sequence[JsonObject],
    timekeepers: JsonObject | None = None,
    releases: Sequence[JsonObject] = (),
    sheets: Sequence[JsonObject] = (),
    pick: JsonObject | None = None,
    as_of: datetime | None = None,
    is_extended: bool = False,
) -> JsonObject:
    """The part of a selection file that its outcome follows from; `quotes` in any order."""
    by_hash = {digest(canonical(item["enrolment"])): item for item in quotes}
    return {
        "terms": terms,
        "timekeepers": timekeepers,
        "releases": list[Json](releases),
        "quotes": [by_hash[key] for key in sorted(by_hash)],
        "sheets": list[Json](sheets),
        "pick": pick,
        "as_of": None if as_of is None else stamp(as_of),
        "is_extended": is_extended,
    }


def write_selection_file(
    inputs: JsonObject,
    outcome: JsonObject,
    *,
    draw: JsonObject | None = None,
    draw_hash: bytes | None = None,
    journal: Sequence[JsonObject] = (),
) -> JsonObject:
    """The selection file "yg/selection-file/v1"; its form is checked."""
    made = structure(
        "selection-file",
        **inputs,
        draw=draw,
        draw_hash=None if draw_hash is None else b64u(draw_hash),
        outcome=outcome,
        journal=list[Json](journal),
    )
    selection_file(made)
    return made


def given_hash(inputs: JsonObject) -> bytes:
    """H of the inputs without their ciphertexts, which enrolments name by hash."""
    rows = inputs["quotes"]
    if not isinstance(rows, list):
        raise TypeError("the quotes of a selection file are a list")
    bare: list[Json] = [
        {name: item for name, item in row.items() if name != "ciphertext"}
        for row in rows
        if isinstance(row, dict)
    ]
    return digest(canonical({**{name: inputs[name] for name in _INPUTS}, "quotes": bare}))


@dataclass(frozen=True, slots=True)
class Judged:
    """How an enrolment stood at the closing: a word why it does not count, credit in hundredths."""

    enrolment: bytes
    fault: str | None
    credit: int | None


def standing_json(held: Judged) -> JsonObject:
    """How an enrolment stood, as the journal writes it."""
    return {"enrolment": b64u(held.enrolment), "fault": held.fault, "credit": held.credit}


def standing_hash(held: Iterable[Judged]) -> bytes:
    """H over how every enrolment stood at the closing, ascending by the enrolments' hashes."""
    rows = sorted(held, key=lambda one: one.enrolment)
    return digest(canonical({"standing": [standing_json(one) for one in rows]}))


def draw_hash_of(draw: JsonObject) -> bytes:
    """By which a selection file names a draw file it does not hold."""
    return digest(canonical(draw))


def read_selection_file(raw: bytes) -> SelectionFile:
    """The selection file that these bytes are."""
    return selection_file(parse(raw, limit=FILE_LIMIT))


def selection_file(value: Json) -> SelectionFile:
    """The selection file that a JSON value is.

    Refused: `malformed`, also for quotes that do not stand ascending by hash; what enrolments,
    timekeepers, releases and draw files refuse.
    """
    held = Members(value, "selection-file")
    manifest = held.maybe("timekeepers", lambda name: read_time_manifest(held.take(name)))
    found = SelectionFile(
        _object(held.take("terms")),
        manifest,
        held.array("releases", lambda item: _release(item, manifest)),
        held.array("quotes", _quote, high=QUOTE_LIMIT),
        held.array("sheets", _sheet, high=SHEET_LIMIT),
        held.maybe("pick", lambda name: _pick(held.take(name))),
        held.maybe("as_of", held.moment),
        held.truth("is_extended"),
        held.maybe("draw", lambda name: draw_file(held.take(name))),
        held.maybe("draw_hash", lambda name: held.octets(name, HASH_LENGTH)),
        _object(held.take("outcome")),
        held.array("journal", _object, high=JOURNAL_LIMIT),
        given_hash(_object(value)),
    )
    held.end()
    hashes = [item.enrolment.hash for item in found.quotes]
    if hashes != sorted(set(hashes)):
        refuse("报名未按摘要递增排列", "The enrolments do not stand ascending by their hashes")
    if found.draw is not None and found.draw_hash is not None:
        refuse("抽取文件与其摘要只留一项", "A draw file or its hash, not both")
    return found


def _release(item: Json, manifest: TimeManifest | None) -> Release:
    if manifest is None:
        refuse("没有守时人却有公开的密钥", "There are releases and no timekeepers")
    return read_release(item, manifest)


def _quote(item: Json) -> HeldQuote:
    held = Members(item)
    found = HeldQuote(
        read_enrolment(held.take("enrolment")),
        held.maybe("ciphertext", held.octets),
        held.maybe("offer", lambda name: read_offer(held.take(name))),
        held.maybe("fault", lambda name: word(held.take(name))),
        held.maybe("credit", held.whole),
        held.array("offers", read_named, high=OFFER_LIMIT),
    )
    held.end()
    if found.enrolment.is_withdrawal:
        refuse("撤回的报名不在选取之列", "A withdrawn enrolment stands in the selection")
    return found


def _sheet(item: Json) -> HeldSheet:
    held = Members(item)
    found = HeldSheet(
        held.text("reviewer"),
        held.truth("is_outside"),
        held.array("points", _points, high=QUOTE_LIMIT),
    )
    held.end()
    return found


def _points(item: Json) -> tuple[bytes, int]:
    held = Members(item)
    found = held.octets("quote", HASH_LENGTH), held.whole("hundredths")
    held.end()
    return found


def _pick(value: Json) -> HeldPick:
    held = Members(value)
    found = HeldPick(
        held.octets("quote", HASH_LENGTH), held.text("reason", high=2000), held.moment("at")
    )
    held.end()
    return found


def _object(value: Json) -> JsonObject:
    if not isinstance(value, dict):
        refuse("应为 JSON 对象", "A JSON object is needed")
    return value
