"""Openings over real HTTP and from a mirror; one batch for a round, one key for a tender."""

import json
from pathlib import Path

from sqlalchemy import select

from bidding.bids.model import BidAct
from bidding.officers.commands import NamePanel, start_rehearsal
from market.protocol.encoding import b64u, canonical, digest, parse, unb64u
from market.protocol.signing import key_id
from tests.bidding.client.scene import OFFICERS, Scene


def with_three_bids(scene: Scene) -> str:
    no = scene.published()
    for name, yuan in (("jia", 3_000_000), ("yi", 2_900_000), ("bing", 3_100_000)):
        firm = scene.firm(name)
        scene.given_token(firm.home)
        scene.sealed(firm, no, yuan)
        scene.run(firm.home, "bid", "send", no)
    scene.tick()
    return no


def mirror(scene: Scene, no: str) -> Path:
    """What a mirror holds of a closed tender, and the keys of the officers' organisations."""
    folder = scene.folder / "mirror"
    for name in ("acts", "ciphertexts"):
        (folder / name).mkdir(parents=True)
    line = scene.anonymous_app.test_client()
    (folder / "manifest.json").write_bytes(line.get(f"/api/v1/tenders/{no}/manifest").data)
    index = line.get(f"/log/entries?subject={no}&type=closing").json["items"][0]["index"]
    (folder / "closing.json").write_bytes(line.get(f"/log/proof/{index}").data)
    rows = scene.office.read(lambda session: session.scalars(select(BidAct.raw)).all())
    for place, raw in enumerate(sorted(rows, key=digest)):
        (folder / "acts" / f"{place:04d}.json").write_bytes(raw)
    for path in scene.folder.glob("home-*/bids/*/*/*.age"):
        raw = path.read_bytes()
        (folder / "ciphertexts" / b64u(digest(raw))).write_bytes(raw)
    keys = {}
    for _, organisation, _ in OFFICERS:
        proof = parse(scene.org_keys[organisation].with_suffix(".proof").read_bytes())
        key = str(proof["key"])
        keys[key_id(unb64u(key, 32))] = {"uscc": proof["uscc"], "key": key}
    (folder / "organisations.json").write_bytes(canonical(keys))
    (folder / "organisations.json").chmod(0o600)
    return folder


def test_two_officers_open_everything_from_a_mirror_without_the_platform(scene: Scene) -> None:
    no = with_three_bids(scene)
    scene.close(no)
    folder = mirror(scene, no)
    gone = ["--platform", "http://127.0.0.1:1", "--anonymous", "http://127.0.0.1:1"]
    for number in (1, 2, 3):
        options = ["--from", str(folder), "--round", str(number)]
        one = scene.officer("wang", "open", no, *options, before=gone)
        assert (one["batches"], one["needed"]) == (1, 2)
        assert "opened" not in one
        two = scene.officer("gong", "open", no, *options, before=gone)
        assert [row["cause"] for row in two["opened"]] == [None, None, None]
    prices = {
        fact["value"]
        for path in folder.glob("opened/*/price/main.json")
        for fact in json.loads(path.read_text())["facts"]
        if fact["name"] == "price"
    }
    assert prices == {300_000_000, 290_000_000, 310_000_000}
    papers = list(folder.glob("opened/*/technical/documents/0001.pdf"))
    assert {path.read_bytes() for path in papers} == {(scene.folder / "plan.pdf").read_bytes()}


def test_a_ciphertext_missing_from_the_mirror_stops_its_own_bid_alone(scene: Scene) -> None:
    no = with_three_bids(scene)
    scene.close(no)
    folder = mirror(scene, no)
    act = json.loads((folder / "acts" / "0001.json").read_text())
    (folder / "ciphertexts" / act["envelopes"][0]["ciphertext_hash"]).unlink()
    scene.officer("wang", "open", no, "--from", str(folder))
    done = scene.officer("gong", "open", no, "--from", str(folder))
    assert [row["cause"] for row in done["opened"]] == [None, "ciphertext-missing", None]


def test_the_same_round_is_answered_alike_and_nothing_is_opened_unwitnessed(scene: Scene) -> None:
    no = with_three_bids(scene)
    assert scene.officer("wang", "open", no, code=1)["code"] == "not-found"
    scene.close(no)
    first = scene.officer("wang", "open", no)
    assert (first["batches"], first["needed"]) == (1, 2)
    assert scene.officer("wang", "open", no) == first
    batches = list((scene.officer_home("wang") / "officer" / "batches").iterdir())
    assert len(batches) == 1


def test_a_pool_opens_with_its_passphrase_alone_and_gives_each_key_once(scene: Scene) -> None:
    no = scene.drafted()
    scene.seated(no)
    join = ["--role", "owner", "--person", "王"]
    first = scene.officer("wang", "join", no, *join)
    assert scene.officer("wang", "join", no, *join) == first
    second = scene.officer("wang", "join", no, *join, "--new-key")
    assert second["recipient"] != first["recipient"]
    third = scene.officer("wang", "join", no, *join, "--new-key")
    assert third["recipient"] not in {first["recipient"], second["recipient"]}
    empty = scene.officer("wang", "join", no, *join, "--new-key", code=1)
    assert empty["code"] == "pool-empty"
    home = scene.officer_home("wang")
    (home / "word").write_text("another passphrase")
    assert scene.officer("wang", "join", no, *join, code=1)["code"] == "sealed-key"
    whole = "".join(path.read_text("latin-1") for path in home.rglob("*") if path.is_file())
    assert "AGE-SECRET-KEY" not in whole


def test_a_rehearsal_for_a_key_that_was_not_given_is_refused(scene: Scene) -> None:
    no = scene.drafted()
    scene.seated(no)
    for role, _, account in OFFICERS:
        scene.officer(account, "join", no, "--role", role, "--person", account)
    scene.tenders.run(start_rehearsal, NamePanel(no))
    seat = scene.officer_home("wang") / "officer" / "seats" / f"{no}.json"
    kept = seat.read_text()
    other = json.loads(
        (scene.officer_home("gong") / "officer" / "seats" / f"{no}.json").read_text()
    )
    seat.write_bytes(canonical({**json.loads(kept), "recipient": other["recipient"]}))
    assert scene.officer("wang", "rehearse", no, code=1)["code"] == "not-my-key"
    seat.write_text(kept)
    assert scene.officer("wang", "rehearse", no)["rehearsed"] == 1
