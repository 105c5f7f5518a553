"""Makes `tests/vectors/timekeeping.json`: recipients, manifest, a sealed quote, its opening.

    python -m tests.support.make_timekeeping_vectors

Cases as in `make_protocol_vectors`; `tests/support/replay_timekeeping.mjs` replays them. The
ciphertext is not written down: it follows from the bytes of chance, and the envelope has its hash.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from market.protocol.encoding import Json, JsonObject, b64u, canonical, digest, parse
from market.protocol.enrolments import open_quote, quote_binding, quote_facts, seal_quote
from market.protocol.offers import offer_json, salted_facts
from market.protocol.payload import Document
from market.protocol.schemes import open_scheme, seal_scheme
from market.protocol.timekeeping import check_releases, read_release
from tests.support.protocol_cast import Tape
from tests.support.timekeeping_cast import (
    OCCASION,
    agency_key,
    enrolled,
    keeper_at,
    release_json,
    time_manifest,
)

TARGET = Path(__file__).parents[1] / "vectors" / "timekeeping.json"
PAPER = b"%PDF-1.7 scheme"
FACTS: JsonObject = {"days": 20, "price": 9_100_000}


def cases() -> Iterator[Json]:
    """All of them, each standing on those before."""
    manifest = time_manifest()
    for number, held in enumerate(manifest.recipients, start=1):
        yield _signed("time-recipient", held.json, f"timekeeper/{keeper_at(number)}")
    given: JsonObject = {"manifest": manifest.to_json()}
    yield {"name": "time-manifest", "given": given, "gives": {"hash": b64u(manifest.hash)}}
    yield from _quote()
    for number in (1, 2, 3):
        yield _signed("time-release", release_json(number), f"timekeeper/{keeper_at(number)}")
    bare = enrolled("b")
    yield _signed("enrolment", parse(bare.raw), "agency/b")
    gone = enrolled("b", seq=1, previous=bare.hash, is_withdrawal=True)
    yield _signed("enrolment-withdrawal", parse(gone.raw), "agency/b")
    yield from _scheme()


def _quote() -> Iterator[Json]:
    """A quote sealed, and opened by each pair of timekeepers."""
    manifest, tape, kept = time_manifest(), Tape("quote vector"), bytearray()
    facts = salted_facts(FACTS, tape)
    binding = quote_binding(OCCASION.subject, manifest.hash, 0, agency_key("a"))
    envelope = seal_quote(binding, manifest, facts, kept.extend, (), tape)
    held = enrolled("a", envelope=envelope, manifest_hash=manifest.hash)
    yield {
        "name": "seal_quote",
        "given": {"facts": FACTS, "enrolment": held.to_json(), "signer": "agency/a"},
        "chance": b64u(tape.drawn),
        "gives": {"enrolment": parse(held.raw), "hash": b64u(held.hash)},
    }
    for numbers in ((1, 2), (1, 3), (2, 3)):
        releases = [release_json(number) for number in numbers]
        identities = check_releases([read_release(item, manifest) for item in releases])
        opened = open_quote(held, manifest, identities, [bytes(kept)], lambda _: len)
        yield {
            "name": "open_quote",
            "given": {"releases": [*releases]},
            "gives": {"offer": offer_json(opened.facts)},
        }


def _scheme() -> Iterator[Json]:
    """A scheme sealed beside its price, and both opened by a pair of timekeepers."""
    manifest, tape, kept, hidden = time_manifest(), Tape("scheme vector"), bytearray(), bytearray()
    binding = quote_binding(OCCASION.subject, manifest.hash, 0, agency_key("c"))
    paper = Document("pdf", len(PAPER), [PAPER])
    scheme = seal_scheme(binding, manifest, [paper], hidden.extend, tape)
    facts = quote_facts(9_100_000, scheme, tape)
    envelope = seal_quote(binding, manifest, facts, kept.extend, (), tape)
    held = enrolled("c", envelope=envelope, manifest_hash=manifest.hash, scheme=scheme)
    yield {
        "name": "seal_scheme",
        "given": {
            "price": 9_100_000,
            "paper": b64u(PAPER),
            "enrolment": held.to_json(),
            "signer": "agency/c",
        },
        "chance": b64u(tape.drawn),
        "gives": {"enrolment": parse(held.raw), "hash": b64u(held.hash)},
    }
    releases = [release_json(number) for number in (1, 3)]
    identities = check_releases([read_release(item, manifest) for item in releases])
    found = open_scheme(held, manifest, identities, [bytes(hidden)], lambda _: len)
    yield {
        "name": "open_scheme",
        "given": {"releases": [*releases]},
        "gives": {"documents": [{"name": one.name, "digest": b64u(one.digest)} for one in found]},
    }


def _signed(name: str, value: JsonObject, signer: str) -> Json:
    return {
        "name": name,
        "given": {"signed": value, "signer": signer},
        "gives": {"hash": b64u(digest(canonical(value)))},
    }


def text() -> str:
    """The file's text."""
    made: JsonObject = {
        "note": "Test keys only. Bytes are base64url; see docs/protocol.md, section 17.",
        "timekeeping": [*cases()],
    }
    return json.dumps(parse(canonical(made)), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
