"""M10: the anonymous host is filled as free disk, or somebody else's upload is taken over."""

import pytest

from bidding.bids import uploads
from bidding.bids.uploads import BeginUpload, begin_upload
from market.command import ANONYMOUS
from market.protocol.binding import Kind
from market.protocol.signing import new_key
from market.protocol.uploads import QUOTA_FACTOR, write_ticket
from tests.support.bidding_cast import House
from tests.support.bidding_hosts import anonymous, begin, checksum, go_on, leave, post_act
from tests.support.bidding_questions import outcome

SIZE = 65_736


def asked(house: House, name: str, **changes) -> str:
    """What the room says to one more upload of this bidder."""
    wallet = house.bidder(name).wallet
    values = {"tender": house.no, "length": SIZE, "token": wallet.token, "key": wallet.key}
    ticket = write_ticket(**(values | changes))
    command = BeginUpload(ticket, int(values["length"]))
    return outcome(lambda: house.office.run(begin_upload, command, ANONYMOUS))


def test_without_a_good_token_of_ones_own_nothing_is_taken(house: House) -> None:
    assert asked(house, "a", key=new_key()) == "foreign-token"
    assert asked(house, "a", tender="ZC-2026-000999") == "not-found"
    assert asked(house, "a", length=SIZE * 8) in ("malformed", "length-differs")
    assert asked(house, "a") == "done"


def test_a_token_fills_three_bids_and_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "TENDER_LIMIT", 2 * SIZE)
    told = [asked(house, "a") for _ in range(2 * QUOTA_FACTOR + 1)]
    assert told == ["done"] * (2 * QUOTA_FACTOR) + ["quota"]
    assert asked(house, "b") == "done"  # another token has its own
    monkeypatch.setattr(uploads, "check_quota", lambda *_: None)
    assert asked(house, "a") == "done"


def test_an_upload_serves_its_own_bid_key_alone(house: House) -> None:
    thief = house.bid("b")
    made = house.bid("a")
    client = anonymous(house)
    leave(client, made)
    # b names the ciphertext that a uploaded, sealed to b's own shares: no mark shows it yet.
    from dataclasses import replace  # noqa: PLC0415

    envelope = replace(
        thief.act.envelope(Kind.PRICE),
        ciphertext_hash=made.act.envelope(Kind.PRICE).ciphertext_hash,
    )
    copied = thief.with_envelope(envelope)
    house.upload(thief, [Kind.IDENTITY, Kind.TECHNICAL])
    answer = post_act(client, house.no, copied.act.raw)
    assert answer.json["code"] == "ciphertext-missing"
    assert post_act(client, house.no, made.act.raw).status_code == 200


def test_an_upload_is_known_to_nobody_without_its_address(house: House) -> None:
    made, client = house.bid("a"), anonymous(house)
    place = begin(client, made, SIZE).headers["Location"]
    other = begin(client, made, SIZE).headers["Location"]
    assert place != other
    wrong = place[:-1] + ("A" if place[-1] != "A" else "B")
    assert client.head(wrong, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    assert go_on(client, wrong, 0, b"x").status_code == 404
    assert go_on(client, place, 0, b"x").status_code == 204
    assert client.delete(place).status_code == 405


def test_bytes_that_miss_their_checksum_are_not_kept(house: House) -> None:
    made, client = house.bid("a"), anonymous(house)
    place = begin(client, made, SIZE).headers["Location"]
    assert go_on(client, place, 0, b"good", checksum(b"evil")).status_code == 460
    assert client.head(place).headers["Upload-Offset"] == "0"
    assert go_on(client, place, 0, b"good", checksum(b"good")).headers["Upload-Offset"] == "4"
