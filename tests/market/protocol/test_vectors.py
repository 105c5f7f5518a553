import json
from datetime import UTC, datetime, timedelta

from market.protocol.encoding import canonical, parse, stamp, unb64u
from market.protocol.signing import check_signature
from tests.support.make_protocol_vectors import SECTIONS, TARGET, text

HELD = json.loads(TARGET.read_text(encoding="utf-8"))


def test_the_code_still_makes_the_vectors_that_are_kept():
    """Run `python -m tests.support.make_protocol_vectors` only when the protocol itself changes."""
    assert text() == TARGET.read_text(encoding="utf-8")


def test_there_are_vectors_for_every_section():
    assert set(HELD) == {"note", *SECTIONS}
    assert all(HELD[name] for name in SECTIONS)


def test_every_signed_structure_verifies_from_the_file_alone():
    cases = [case for case in HELD["acts"] if "signed" in case["given"]]
    for case in cases:
        value = parse(canonical(case["given"]["signed"]))
        check_signature(value, unb64u(case["given"]["public"], 32))
    types = {case["given"]["signed"]["type"] for case in cases}
    assert len(types) == len(cases) == 16


def test_the_moment_of_the_vector_is_the_one_that_stamp_writes():
    held = next(case for case in HELD["encoding"] if case["name"] == "stamp")
    micros = timedelta(microseconds=held["given"]["unix_microseconds"])
    assert stamp(datetime(1970, 1, 1, tzinfo=UTC) + micros) == held["gives"]["text"]
