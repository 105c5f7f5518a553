"""Ciphertexts on their way: in pieces, after a broken line, twice, with and without checksum."""

from bidding.bids.queries import upload_of
from market.protocol.binding import Kind
from market.protocol.encoding import digest
from tests.support.bidding_cast import House
from tests.support.bidding_hosts import TUS, anonymous, begin, checksum, go_on, leave, post_act


def started(house: House):
    """A bid, the host, and the place of an upload of its price envelope."""
    made, client = house.bid("a"), anonymous(house)
    raw = made.ciphertexts[Kind.PRICE]
    return made, client, begin(client, made, len(raw)).headers["Location"], raw


def test_an_upload_goes_on_where_the_line_broke_and_is_known_when_whole(house: House) -> None:
    _, client, place, raw = started(house)
    assert go_on(client, place, 0, raw[:1000]).headers["Upload-Offset"] == "1000"
    there = client.head(place, headers=TUS)
    assert (there.headers["Upload-Offset"], there.headers["Upload-Length"]) == (
        "1000",
        str(len(raw)),
    )
    assert house.ask(upload_of, digest(raw)) is None
    answer = go_on(client, place, 1000, raw[1000:], checksum(raw[1000:]))
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(len(raw)))
    assert house.ask(upload_of, digest(raw)) is not None


def test_bytes_for_another_offset_are_refused_and_what_is_there_stays(house: House) -> None:
    _, client, place, raw = started(house)
    go_on(client, place, 0, raw[:1000])
    for offset in (0, 999, 1001):
        assert go_on(client, place, offset, raw[offset:]).json["code"] == "offset-differs"
    assert client.head(place, headers=TUS).headers["Upload-Offset"] == "1000"


def test_no_byte_is_taken_beyond_the_stated_length(house: House) -> None:
    _, client, place, raw = started(house)
    answer = go_on(client, place, 0, raw + b"more")
    assert int(answer.headers["Upload-Offset"]) == len(raw)
    assert house.ask(upload_of, digest(raw)) is not None


def test_the_same_last_piece_again_after_a_lost_answer_changes_nothing(house: House) -> None:
    _, client, place, raw = started(house)
    go_on(client, place, 0, raw)
    assert go_on(client, place, 0, raw).json["code"] == "offset-differs"
    assert go_on(client, place, len(raw), b"").status_code == 204


def test_only_tus_with_the_right_kind_of_body_is_spoken(house: House) -> None:
    made, client, place, raw = started(house)
    plain = client.patch(place, data=raw, headers={**TUS, "Upload-Offset": "0"})
    assert plain.json["code"] == "not-an-upload"
    assert client.post("/api/v1/uploads").json["code"] == "tus-version"
    for stated in ("md5 AAAA", "sha256 AAAA", "sha256 ???"):
        answer = go_on(client, place, 0, raw, {"Upload-Checksum": stated})
        assert answer.json["code"] == "malformed"
    assert begin(client, made, 1).json["code"] in ("malformed", "length-differs")


def test_an_act_waits_for_its_last_ciphertext_and_is_then_taken_over_http(house: House) -> None:
    made, client, place, raw = started(house)
    go_on(client, place, 0, raw[:-1])
    assert post_act(client, house.no, made.act.raw).json["code"] == "ciphertext-missing"
    leave(client, made)
    first = post_act(client, house.no, made.act.raw)
    assert (first.status_code, first.data) == (200, post_act(client, house.no, made.act.raw).data)
