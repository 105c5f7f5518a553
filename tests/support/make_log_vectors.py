"""Makes `tests/vectors/log.json`: the log and the draw to the byte, for other implementations.

Run `python -m tests.support.make_log_vectors` to write it anew; a test makes it again and
compares. All secrets follow from labels: `secret("x")` is SHA-256 of "yg-test/x", a signing key
of a label is the Ed25519 key with seed `secret("key/<label>")`.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path

from market.draws.changes import changes
from market.protocol.audits import Finding, make_audit
from market.protocol.batches import (
    Listed,
    batch_data,
    batch_tree,
    list_root,
    salted_leaf,
    write_closing_list,
)
from market.protocol.checkpoints import add_checkpoint, parse_checkpoint
from market.protocol.deposits import deposit, deposits_statement
from market.protocol.draw_files import write_attempt, write_earlier
from market.protocol.draws import NOT_COMMITTED, REFREEZE, SKIPS, make_void
from market.protocol.encoding import Json, JsonObject, b64u, canonical
from market.protocol.entries import commitment, read_entry
from market.protocol.exclusions import (
    Claim,
    Fact,
    RecusalCase,
    Recusals,
    fact_data,
    fact_leaves,
    facts_root,
)
from market.protocol.fixed_trees import BATCH_DEPTH, COVER_DEPTH, DEPOSIT_DEPTH, FixedTree
from market.protocol.freezes import PERMUTATION, PICK, Replaced
from market.protocol.inclusions import consistency, redemption
from market.protocol.keyring import first_keyring, keys_data, rotation_data
from market.protocol.merkle import (
    Leaves,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
)
from market.protocol.notes import verifier_key
from market.protocol.numbers import below, distinct, permutation, pick, stream
from market.protocol.pools import leaf_data, unit_tag
from market.protocol.signing import signed
from market.protocol.tiles import Tile, tiles_of, write_bundle
from tests.support.draw_cast import (
    K_DRAW,
    K_REGISTER,
    DrawScene,
    carry_out,
    commits_of,
    consent_of,
    json_of,
    make_plan,
    register,
    with_pool,
)
from tests.support.draw_journaling import journal_of
from tests.support.log_cast import (
    CENTRE_USCC,
    NOTARY_USCC,
    ORIGIN,
    SUPERVISOR_USCC,
    Log,
    make_trust,
    private,
    public,
    seconds,
    secret,
)

FILE = Path(__file__).parents[1] / "vectors" / "log.json"
LABELS = (
    "log",
    "log-2",
    "receipt",
    "custodian",
    "clear",
    "spring",
    "supervisor",
    "notary",
    "centre",
)


def make() -> JsonObject:
    """All vectors, each group under its name."""
    return {
        "about": (
            "Vectors of the public record and the draw. Bytes are base64url without padding unless "
            "a name says otherwise; secret(x) = SHA-256('yg-test/' + x)."
        ),
        "keys": {label: b64u(public(label)) for label in LABELS},
        "trees": trees(),
        "notes": notes(),
        "tiles": tiles(),
        "entries": entries(),
        "fixed_trees": [fixed(depth, count) for depth, count in SIZES],
        "batches": batches(),
        "numbers": numbers(),
        "draws": draws(),
    }


SIZES = ((BATCH_DEPTH, 0), (BATCH_DEPTH, 3), (DEPOSIT_DEPTH, 2), (COVER_DEPTH, 4))


def trees() -> JsonObject:
    """Roots and proofs of small trees; entry n is the text "entry n"."""
    leaves = [leaf_hash(f"entry {number}".encode()) for number in range(13)]
    nodes = Leaves(leaves)
    return {
        "leaves": texts(leaves),
        "roots": texts([root(leaves[:size]) for size in range(14)]),
        "inclusion": [
            {"index": index, "size": size, "proof": texts(inclusion_proof(nodes, index, size))}
            for index, size in ((0, 1), (0, 13), (6, 13), (12, 13), (4, 5))
        ],
        "consistency": [
            {"old": old, "new": new, "proof": texts(consistency_proof(nodes, old, new))}
            for old, new in ((1, 13), (4, 13), (6, 13), (8, 8), (0, 13), (12, 13))
        ],
    }


def small_log() -> Log:
    """A log of keys, a change of key, two notices and a batch."""
    log = Log()
    data = keys_data(ORIGIN, {"log": public("log"), "receipt": public("receipt")})
    log.append("keys", seconds(0), "keys", data)
    ring = first_keyring(read_entry(log.entries[0]))
    change = rotation_data(ring, "receipt", private("receipt"), private("receipt-2"))
    log.append("key-rotation", seconds(1), "keys", change)
    log.append("notice", seconds(2), "tender/ZC-2026-000123", {"标题": "水库除险加固"})
    log.append(
        "notice", seconds(3), "tender/ZC-2026-000124", {"b": [1, True, None], "a": "\u20ac\r"}
    )
    log.append("sealed-batch", seconds(5), "journal", batch_data(0, act_tree().root))
    return log


def act_tree() -> FixedTree:
    """The batch of the small log: three acts."""
    return batch_tree(secret("batch/0"), [act_leaf(number) for number in range(3)])


def act_leaf(number: int) -> bytes:
    """The leaf of an act {"act": number}."""
    return salted_leaf(secret(f"salt/{number}"), {"act": number})


def notes() -> JsonObject:
    """Keys, a checkpoint with two cosignatures, a request to a witness, proof files."""
    log = small_log()
    held = log.checkpoint(at=seconds(60), by=("clear", "spring"))
    earlier = log.checkpoint(2, at=seconds(30))
    return {
        "log_key": str(verifier_key(ORIGIN, 1, public("log"))),
        "witness_keys": [str(key) for key in make_trust().witnesses],
        "trust": make_trust().write().decode(),
        "trust_hash": b64u(make_trust().hash()),
        "checkpoint": held.decode(),
        "earlier": earlier.decode(),
        "add_checkpoint": add_checkpoint(2, log.growth(2, 5), parse_checkpoint(held)[1]).decode(),
        "inclusion": log.inclusion(2, at=seconds(60)),
        "consistency": consistency(earlier, held, log.growth(2, 5)),
    }


def tiles() -> JsonObject:
    """Paths, the tiles of a size, a bundle in hexadecimal."""
    wide = (Tile(0, 1_234_067), Tile(None, 1_234_067, 8), Tile(2, 0, 1), Tile(1, 1000, 255))
    return {
        "paths": [
            {"level": tile.level, "index": tile.index, "width": tile.width, "path": tile.path()}
            for tile in wide
        ],
        "size_600": [tile.path() for tile in tiles_of(600)],
        "bundle_hex": write_bundle([b"", b"a", b"bc"]).hex(),
    }


def entries() -> JsonObject:
    """The entries of the small log as text, their leaves, and a commitment."""
    log = small_log()
    return {
        "entries": [raw.decode() for raw in log.entries],
        "leaves": texts([read_entry(raw).leaf for raw in log.entries]),
        "root": b64u(log.head().root),
        "commitment": {
            "salt": b64u(secret("salt")),
            "value": {"name": "张三"},
            "commitment": b64u(commitment(secret("salt"), {"name": "张三"})),
        },
    }


def fixed(depth: int, count: int) -> JsonObject:
    """A tree of fixed depth: places, root, and the path of each leaf."""
    leaves = [secret(f"leaf/{number}") for number in range(count)]
    tree = FixedTree(depth, secret("seed"), leaves)
    return {
        "depth": depth,
        "seed": b64u(secret("seed")),
        "leaves": texts(leaves),
        "places": list(tree.places),
        "root": b64u(tree.root),
        "paths": [texts(tree.path(place)) for place in tree.places],
    }


def batches() -> JsonObject:
    """An act's leaf and redemption, a deposit and its root, a closing list."""
    log, tree = small_log(), act_tree()
    one = deposit(
        h_blinded=secret("blinded"),
        denomination=5_000_000,
        epoch="2026Q4",
        uscc="91350100M000100Y43",
        account_hash=secret("account"),
        kind="cash",
        booked_at=seconds(0),
    )
    leaf = salted_leaf(secret("deposit"), one)
    deposits = FixedTree(DEPOSIT_DEPTH, secret("tick"), [leaf])
    acts = [
        Listed(seconds(number), act_leaf(number), 0, tree.places[number]) for number in range(3)
    ]
    place = tree.places[1]
    return {
        "act_salt": b64u(secret("salt/1")),
        "act_leaf": b64u(act_leaf(1)),
        "redemption": redemption(place, tree.path(place), log.inclusion(4, at=seconds(60))),
        "deposit": one,
        "deposit_salt": b64u(secret("deposit")),
        "deposit_leaf": b64u(leaf),
        "deposits_statement": signed(
            deposits_statement(seconds(600), 0, deposits.root), private("custodian")
        ),
        "closing_list": write_closing_list("ZC-2026-000123", acts),
        "closing_root": b64u(list_root([act.leaf for act in acts])),
    }


def numbers() -> JsonObject:
    """Values of a stream (as text, they pass 2^53), numbers, a permutation, a pick, places."""
    seed = secret("numbers")
    things = sorted(secret(f"thing/{number}") for number in range(7))
    values = stream(seed, "numbers/six")
    return {
        "seed": b64u(seed),
        "stream_label": "perm/dark-numbers",
        "stream": [str(value) for value in islice(stream(seed, "perm/dark-numbers"), 4)],
        "below_label": "numbers/six",
        "below_six": [below(values, 6) for _ in range(12)],
        "permutation_of": texts(things),
        "permutation": texts(permutation(seed, "dark-numbers", things)),
        "pick": dict(
            zip(("index", "option"), pick(seed, "k", ("95", "96", "97", "98")), strict=True)
        ),
        "distinct_4096": list(distinct(seed, "place/12", 4096, 8)),
    }


def draws() -> JsonObject:
    """A walk with its register, plan, key and journal, a permutation, a pick; two that went wrong.

    `lapsed`: two parties let an attempt lapse. `refrozen`: an audit stopped the first freeze.
    """
    scene = DrawScene(plan=make_plan(5, repeats=True), candidates=register(78))
    made = with_pool(scene, carry_out(scene))
    late = made.freeze.strata[1].name  # more were passed over there than it has seats
    made.consents.append(consent_of(made.freeze, SKIPS, late, 3))
    journal, _ = journal_of(made)
    items = tuple(sorted(secret(f"bid/{number}") for number in range(7)))
    one = scene.candidates[0]
    return {
        "key": b64u(K_DRAW),
        "register_key": b64u(K_REGISTER),
        "candidate": one.json(),
        "candidate_data": b64u(leaf_data(K_DRAW, one)),
        "unit_tag": b64u(unit_tag(K_DRAW, "U000")),
        "walk": json_of(made, journal),
        "permutation": json_of(carry_out(DrawScene(kind=PERMUTATION, items=items))),
        "pick": json_of(carry_out(DrawScene(kind=PICK, options=("0.95", "0.96", "0.97", "0.98")))),
        "lapsed": lapsed(items),
        "refrozen": refrozen(),
        "recusals": recusals(),
    }


def lapsed(items: tuple[bytes, ...]) -> JsonObject:
    """A draw whose first attempt two parties let lapse: each is named, a stand-in goes on."""
    scene = DrawScene(kind=PERMUTATION, items=items)
    freeze = scene.freeze()
    named = [
        make_void(freeze, 1, NOT_COMMITTED, party, "supervisor", private("supervisor"))
        for party in ("centre", "notary")
    ]
    made = carry_out(scene, ("notary-2", "supervisor"), 2)
    attempts = [
        write_attempt(1, commits_of(freeze, ("supervisor",)), [], void=named),
        write_attempt(2, made.commits, made.reveals),
    ]
    return json_of(made, attempts=attempts)


def refrozen() -> JsonObject:
    """A draw whose pool was frozen again after an audit found it wanting; one record has left."""
    scene = DrawScene(reported=())
    old, thinner = carry_out(scene), replace(scene, candidates=scene.candidates[:-1])
    listed = changes(K_DRAW, (scene.plan, scene.candidates), (scene.plan, thinner.candidates))
    made = carry_out(replace(thinner, replaces=Replaced(old.freeze.hash, listed)))
    found = Finding("pool-differs", "名册不同", "The pool differs")
    failed = make_audit(old.freeze, "notary", [found], private("notary"))
    return json_of(
        made,
        consents=[*made.consents, consent_of(made.freeze, REFREEZE)],
        earlier=[write_earlier(old.freeze.json(), old.leaves, [failed])],
    )


def recusals() -> JsonObject:
    """What backs a recusal: one expert's declared facts, salted, and the claim of rule r10."""
    key, owner = secret("register/facts"), CENTRE_USCC
    facts = (
        Fact("unit", (NOTARY_USCC,)),
        Fact("employments", (owner, ["2021-07-01", None])),
        Fact("services", (owner, "2026-01-09")),
    )
    leaves = fact_leaves(key, "E0001", facts)
    opened = fact_data(key, "E0001", facts[1])
    case = RecusalCase(
        project="371400-2026-0007",
        on=date(2026, 3, 30),
        owners=(owner,),
        regulators=(SUPERVISOR_USCC,),
        same_owner_days=1095,
        monthly_cap=4,
    )
    return {
        "key": b64u(key),
        "id": "E0001",
        "facts": [{"section": fact.section, "row": [*fact.row]} for fact in facts],
        "data": [b64u(fact_data(key, "E0001", fact)) for fact in facts],
        "declared": facts_root(leaves),
        "recusals": Recusals(case, (Claim("E0001", "r10", opened, leaves),)).json(),
    }


def texts(held: Sequence[bytes]) -> list[Json]:
    """Byte strings as base64url."""
    return [b64u(item) for item in held]


def written() -> str:
    """The file's text: sorted, indented by one, so that a change can be read."""
    canonical(make())  # every vector is a value the protocol can write
    return json.dumps(make(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
