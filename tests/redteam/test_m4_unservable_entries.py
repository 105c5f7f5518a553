"""M4: an entry too large to be served, or one key in two parts, stops readers from following."""

from dataclasses import replace

import pytest

from market.command import HOUSE, Work
from market.protocol.entries import ENTRY_LIMIT, read_entry, write_entry
from market.protocol.trust import read_trust
from tests.support import log_cast
from tests.support.bidding_cast import House
from tests.support.bidding_questions import refused


def filled(length: int) -> dict[str, str]:
    """Data that makes an entry of exactly so many bytes."""
    bare = len(write_entry("notice", log_cast.NOON, "T", {"said": ""}))
    return {"said": "x" * (length - bare)}


def test_sixteen_kibibytes_are_the_limit_to_the_byte() -> None:
    raw = write_entry("notice", log_cast.NOON, "T", filled(ENTRY_LIMIT))
    assert len(raw) == ENTRY_LIMIT < 65_535
    assert read_entry(raw).raw == raw
    with refused("too-large"):
        write_entry("notice", log_cast.NOON, "T", filled(ENTRY_LIMIT + 1))


def test_an_act_whose_entry_would_be_too_large_is_rolled_back_whole(house: House) -> None:
    def act(work: Work, length: int) -> None:
        work.publish("notice", "T", filled(length))

    with refused("too-large"):
        house.office.run(act, ENTRY_LIMIT + 200, HOUSE)
    house.office.run(act, ENTRY_LIMIT - 200, HOUSE)
    house.tick()


def test_one_key_for_two_purposes_is_no_trust_file() -> None:
    trust = log_cast.make_trust()
    read_trust(trust.write())
    receipt_is_log = replace(trust, receipts=(log_cast.public("log"),))
    with refused("malformed"):
        read_trust(receipt_is_log.write())


@pytest.mark.parametrize("kind", ["submission", "withdrawal", "upload", "surrender"])
def test_an_anonymous_act_never_gets_an_entry_of_its_own(kind: str) -> None:
    with refused("not-official"):
        write_entry(kind, log_cast.NOON, "T", {})
    write_entry("sealed-batch", log_cast.NOON, "journal", {})
