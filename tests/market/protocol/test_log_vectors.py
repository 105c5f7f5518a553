"""The published vectors: made again to the byte, accepted by the readers, and re-computed by hand.

`test_the_draw_comes_out_the_same_when_computed_from_the_text_alone` shares nothing with the
product but SHA-256: it is a second implementation of the draw, written from docs/protocol-log.md.
"""

import base64
import hashlib
import hmac
import json
import struct

from market.protocol.draw_files import draw_file
from market.protocol.draw_journals import check_journal
from market.protocol.encoding import unb64u
from market.protocol.inclusions import check_consistency, check_inclusion, check_redemption
from market.protocol.reruns import rerun
from market.protocol.statements import Account
from market.protocol.trust import read_trust
from tests.support.make_log_vectors import FILE, written

VECTORS = json.loads(FILE.read_text("utf-8"))
DRAWS = VECTORS["draws"]


def test_the_vectors_are_what_the_product_makes_today():
    assert FILE.read_text("utf-8") == written()


def test_the_readers_accept_their_own_vectors():
    trust = read_trust(VECTORS["notes"]["trust"].encode())
    assert trust.check_checkpoint(VECTORS["notes"]["checkpoint"].encode()).checkpoint.size == 5
    assert check_inclusion(VECTORS["notes"]["inclusion"], trust).index == 2
    assert check_consistency(VECTORS["notes"]["consistency"], trust)[0].checkpoint.size == 2
    batches = VECTORS["batches"]
    held = check_redemption(batches["redemption"], unb64u(batches["act_leaf"]), trust)
    assert held.batch.tick == 0
    for name in ("walk", "permutation", "pick"):
        account = Account()
        again = draw_file(DRAWS[name])
        rerun(again, account)
        if name == "walk":
            check_journal(again, trust, account)


def test_the_walk_of_the_vectors_has_every_computed_skip():
    codes = {step["code"] for step in DRAWS["walk"]["steps"]}
    assert codes == {"unit-cap", "earlier-stratum", "declined", "no-answer"}


# From here on: no import of the product.


def sha(raw):
    return hashlib.sha256(raw).digest()


def mac(key, raw):
    return hmac.new(key, raw, hashlib.sha256).digest()


def raw64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text64(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def jcs(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def merkle_root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha(b"\x01" + merkle_root(leaves[:k]) + merkle_root(leaves[k:]))


def fits(condition, attributes):
    held, wanted = attributes.get(condition["attribute"]), condition["value"]
    if held is None:
        return False
    if condition["operator"] == "one-of":
        return bool(set(held if isinstance(held, list) else [held]) & set(wanted))
    return {"is": held == wanted, "at-least": held >= wanted, "at-most": held <= wanted}[
        condition["operator"]
    ]


def pool_by_hand(pool):
    """Leaves of each stratum, the tag of each leaf, the counts of the excluded."""
    key = raw64(pool["key"])
    strata = {item["stratum"]: [] for item in pool["plan"]["strata"]}
    tags, excluded = {}, {}
    for one in pool["candidates"]:
        attributes = one["attributes"]
        rules = [
            rule["rule"]
            for rule in pool["plan"]["exclusions"]
            if one["id"] in rule["ids"]
            or one["unit"] in rule["units"]
            or (rule["when"] and all(fits(item, attributes) for item in rule["when"]))
        ]
        homes = [
            item["stratum"]
            for item in pool["plan"]["strata"]
            if all(fits(condition, attributes) for condition in item["requires"])
        ]
        reason = rules[0] if rules else None if homes else "no-stratum"
        if reason:
            excluded[reason] = excluded.get(reason, 0) + 1
            continue
        tag = text64(mac(key, b"yg/draw-unit/v1\x00" + one["unit"].encode()))
        salt = mac(key, b"yg/draw-salt/v1\x00" + one["id"].encode())
        value = {"id": one["id"], "unit_tag": tag, "attributes": attributes}
        leaf = sha(b"\x00" + salt + jcs(value))
        tags[leaf] = tag
        for home in homes if pool["plan"]["repeats"] else homes[:1]:
            strata[home].append(leaf)
    return {name: sorted(leaves) for name, leaves in strata.items()}, tags, excluded


def seed_by_hand(held):
    freeze, attempt = held["freeze"], held["attempts"][0]
    freeze_hash = text64(sha(jcs(freeze)))
    for commit, reveal in zip(attempt["commits"], attempt["reveals"], strict=True):
        named = {name: commit[name] for name in ("draw", "attempt", "party", "escrow_hash")}
        named["freeze_hash"] = freeze_hash
        assert raw64(commit["commitment"]) == sha(
            b"yg/nonce/v1" + jcs(named) + raw64(reveal["nonce"])
        )
    return sha(
        b"yg/draw/v1\n"
        + jcs(
            {
                "draw": freeze["draw"],
                "attempt": 1,
                "freeze_hash": freeze_hash,
                "commits": [text64(sha(jcs(commit))) for commit in attempt["commits"]],
                "nonces": [
                    {"party": reveal["party"], "nonce": reveal["nonce"]}
                    for reveal in attempt["reveals"]
                ],
                "beacon": None,
            }
        )
    )


def walk_by_hand(freeze, strata, tags, seed, steps):
    """Seats and skips: a queue for each stratum, gone through once, forwards."""
    seats = {item["stratum"]: [] for item in freeze["strata"]}
    queues = {
        name: sorted(leaves, key=lambda leaf, name=name: mac(seed, name.encode() + leaf))
        for name, leaves in strata.items()
    }
    quotas = {item["stratum"]: item["quota"] for item in freeze["strata"]}
    called, skips = set(), []

    def fill(name):
        while len(seats[name]) < quotas[name] and queues[name]:
            leaf = queues[name].pop(0)
            seated = [one for held in seats.values() for one in held]
            alike = [one for one in seated if tags[one] == tags[leaf]]
            if leaf in called:
                skips.append((name, leaf, "earlier-stratum", None))
            elif len(alike) >= freeze["walk"]["unit_cap"]:
                skips.append((name, leaf, "unit-cap", alike[0]))
            else:
                called.add(leaf)
                seats[name].append(leaf)

    for item in freeze["strata"]:
        fill(item["stratum"])
    for step in steps:
        if step["code"] in ("declined", "no-answer"):
            leaf = raw64(step["leaf"])
            seats[step["stratum"]].remove(leaf)
            skips.append((step["stratum"], leaf, step["code"], None))
            fill(step["stratum"])
    return seats, skips


def test_the_draw_comes_out_the_same_when_computed_from_the_text_alone():
    held = DRAWS["walk"]
    freeze = held["freeze"]
    strata, tags, excluded = pool_by_hand(held["pool"])
    assert excluded == freeze["walk"]["excluded"]
    assert sha(raw64(held["pool"]["key"])) == raw64(freeze["walk"]["key_hash"])
    for item, listed in zip(freeze["strata"], held["leaves"], strict=True):
        leaves = strata[item["stratum"]]
        assert [text64(leaf) for leaf in leaves] == listed
        assert (text64(merkle_root(leaves)), len(leaves)) == (item["root"], item["size"])
    seed = seed_by_hand(held)
    assert text64(seed) == held["result"]["seed"]
    seats, skips = walk_by_hand(freeze, strata, tags, seed, held["steps"])
    assert [
        {"stratum": name, "leaves": [text64(leaf) for leaf in row], "short": 0}
        for name, row in seats.items()
    ] == held["result"]["seats"]
    assert [(name, text64(leaf), code, met and text64(met)) for name, leaf, code, met in skips] == [
        (step["stratum"], step["leaf"], step["code"], step["collides"]) for step in held["steps"]
    ]


def number_by_hand(seed, label, counter, limit):
    while True:
        block = mac(seed, b"yg/num/v1\x00" + label.encode() + struct.pack(">I", counter))
        counter += 1
        value = struct.unpack(">Q", block[:8])[0]
        if value < 2**64 - 2**64 % limit:
            return value % limit, counter


def test_permutation_and_pick_come_out_the_same_when_computed_from_the_text_alone():
    held = DRAWS["permutation"]
    seed, order, counter = seed_by_hand(held), list(held["leaves"][0]), 0
    for place in range(len(order) - 1, 0, -1):
        other, counter = number_by_hand(
            seed, f"perm/{held['freeze']['purpose']}", counter, place + 1
        )
        order[place], order[other] = order[other], order[place]
    assert order == held["result"]["order"]
    held = DRAWS["pick"]
    index, _ = number_by_hand(
        seed_by_hand(held), f"pick/{held['freeze']['purpose']}", 0, len(held["freeze"]["options"])
    )
    assert (index, held["freeze"]["options"][index]) == (
        held["result"]["index"],
        held["result"]["option"],
    )
