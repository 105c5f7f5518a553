"""H9: small differences in a bid's bytes tell which program made it, and so whose it is."""

from dataclasses import replace

from market.protocol import age
from market.protocol.encoding import canonical, parse
from market.protocol.signing import signed
from tests.support.bidding_cast import House
from tests.support.bidding_hosts import anonymous, begin, leave, post_act
from tests.support.bidding_questions import outcome


def test_file_names_and_other_words_about_an_upload_are_refused(house: House) -> None:
    made, client = house.bid("a"), anonymous(house)
    named = begin(client, made, 65_736, {"Upload-Metadata": "filename YS5wZGY="})
    assert (named.status_code, named.json["code"]) == (400, "upload-metadata")
    assert begin(client, made, 65_736).status_code == 201


def test_a_member_nobody_asked_for_is_refused_even_when_signed(house: House) -> None:
    made, client = house.bid("a"), anonymous(house)
    leave(client, made)
    value = parse(made.act.raw)
    del value["signature"]
    for extra in ({"at_client": "2026-03-02T01:00:00.000000Z"}, {"lots": 1}, {"tool": "cli"}):
        raw = canonical(signed(value | extra, made.wallet.key))
        assert post_act(client, house.no, raw).json["code"] == "malformed"
    assert post_act(client, house.no, made.act.raw).status_code == 200


def test_a_share_with_a_second_stanza_is_refused(house: House) -> None:
    """As some age programs add one of chance to every file."""
    made = house.bid("a")
    envelope = made.act.envelopes[0]
    share = envelope.shares[0]
    head, rest = share.sealed.split(b"\n--- ", 1)
    greased = head + b"\n-> x-grease a\nAAAA\n--- " + rest
    shares = (replace(share, sealed=greased), *envelope.shares[1:])
    bad = made.with_envelope(replace(envelope, shares=shares))
    house.upload(made)
    assert outcome(lambda: house.send(bad.act)) == "sealed-header"
    age.check_form(share.sealed)
    assert outcome(lambda: house.send(made.act)) == "done"


def test_the_same_json_in_another_order_or_with_a_space_is_refused(house: House) -> None:
    made, client = house.bid("a"), anonymous(house)
    leave(client, made)
    value = parse(made.act.raw)
    import json  # noqa: PLC0415

    backwards = json.dumps(dict(reversed(value.items())), separators=(",", ":")).encode()
    for raw in (backwards, made.act.raw.replace(b'":', b'": ', 1)):
        assert post_act(client, house.no, raw).json["code"] == "malformed"
    assert post_act(client, house.no, made.act.raw).status_code == 200


def test_bids_of_all_bidders_have_one_size(house: House) -> None:
    bids = [house.bid(name, price=10**number) for number, name in enumerate("abcd", start=5)]
    assert len({tuple(e.size for e in made.act.envelopes) for made in bids}) == 1
    assert len({len(made.act.raw) for made in bids}) == 1
