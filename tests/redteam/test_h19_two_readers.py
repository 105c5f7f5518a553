"""H19: one archive is made so that the panel's program and the verifier read different offers."""

import pytest

from market.protocol.binding import Kind, bind_json
from market.protocol.encoding import canonical, parse
from market.protocol.offers import offer_json, salted_facts
from market.protocol.payload import padded_length, unpack_whole
from tests.support.bidding_questions import refused
from tests.support.protocol_cast import Tape, binding

BIND = canonical(bind_json(binding("a", Kind.PRICE), Tape("bind")))
CHEAP, DEAR = (
    canonical(offer_json(salted_facts({"price": price}, Tape("facts")))) for price in (100, 999)
)


def entry(name: bytes, raw: bytes) -> bytes:
    return len(name).to_bytes(2, "big") + name + len(raw).to_bytes(8, "big") + raw


def payload(*entries: tuple[bytes, bytes], padding: bytes = b"\x00", behind: bytes = b"") -> bytes:
    """A payload written by hand."""
    body = b"".join(entry(*item) for item in entries)
    raw = b"YGP1" + len(body).to_bytes(8, "big") + bytes(32) + body
    return raw + padding * (padded_length(Kind.PRICE, len(body)) - len(raw)) + behind


HONEST = ((b"bind.json", BIND), (b"offer.json", CHEAP))
CROOKED = {
    "two offers": payload(*HONEST, (b"offer.json", DEAR)),
    "an offer before the header": payload(*reversed(HONEST)),
    "an offer under another name": payload(*HONEST, (b"Offer.json", DEAR)),
    "an offer in the padding": payload(*HONEST, padding=b"\x20"),
    "an offer behind the end": payload(*HONEST, behind=entry(b"offer.json", DEAR)),
    "an archive behind the end": payload(*HONEST, behind=b"PK\x03\x04"),
    "an archive": b"PK\x03\x04" + payload(*HONEST)[4:],
}


@pytest.mark.parametrize("name", CROOKED)
def test_whatever_two_readers_could_see_differently_is_refused(name: str) -> None:
    with refused("bad-payload"):
        unpack_whole(Kind.PRICE, CROOKED[name])


@pytest.mark.parametrize(
    "raw",
    [
        CHEAP.replace(b'"suite"', b'"facts":[],"suite"'),  # the same member twice
        CHEAP.replace(b":100", b":1e2"),
        CHEAP.replace(b":100", b":100.0"),
        b" " + CHEAP,
    ],
)
def test_json_that_two_languages_read_differently_is_refused(raw: bytes) -> None:
    with refused("malformed"):
        unpack_whole(Kind.PRICE, payload((b"bind.json", BIND), (b"offer.json", raw)))


def test_the_one_form_is_read_and_written_back_byte_for_byte() -> None:
    read, documents = unpack_whole(Kind.PRICE, payload(*HONEST))
    assert (canonical(read.main), documents) == (CHEAP, {})
    assert parse(CHEAP) == read.main
