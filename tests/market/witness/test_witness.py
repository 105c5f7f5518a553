"""A witness signs only what continues what it signed before, and never forgets."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from market.kernel.clock import StoppedClock
from market.protocol.checkpoints import Checkpoint, add_checkpoint, sign_checkpoint
from market.protocol.encoding import b64u, canonical, digest, parse
from market.protocol.merkle import Leaves, consistency_proof, leaf_hash, root
from market.protocol.notes import (
    COSIGNER,
    LOG,
    Note,
    joined,
    parse_signatures,
    times_of,
    verifier_key,
)
from market.protocol.receipts import read_drop_receipt
from market.protocol.signing import public_bytes
from market.witness.app import Witness, create_app
from market.witness.book import Book
from tests.support.protocol_cast import bid

ORIGIN = "test/journal"
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x01")
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x02")
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LEAVES = [leaf_hash(str(number).encode()) for number in range(12)]


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    log = verifier_key(ORIGIN, LOG, public_bytes(LOG_KEY))
    return Witness("witness.test", WITNESS_KEY, (log,), Book(tmp_path), StoppedClock(AT))


@pytest.fixture
def ask(witness: Witness) -> FlaskClient:
    return create_app(witness).test_client()


def note_of(leaves: list[bytes], key: Ed25519PrivateKey = LOG_KEY, origin: str = ORIGIN) -> Note:
    return sign_checkpoint(Checkpoint(origin, len(leaves), root(leaves)), key)


def add(ask: FlaskClient, old: int, leaves: list[bytes], note: Note | None = None) -> TestResponse:
    proof = consistency_proof(Leaves(leaves), old, len(leaves))
    return ask.post("/add-checkpoint", data=add_checkpoint(old, proof, note or note_of(leaves)))


def test_the_first_head_is_cosigned_with_the_witness_own_time(ask: FlaskClient) -> None:
    answer = add(ask, 0, LEAVES[:3])
    assert answer.status_code == 200
    key = verifier_key("witness.test", COSIGNER, public_bytes(WITNESS_KEY))
    assert times_of(joined(note_of(LEAVES[:3]), parse_signatures(answer.text)), key) == (AT,)


def test_a_head_that_continues_the_last_is_cosigned_and_again_when_repeated(
    ask: FlaskClient,
) -> None:
    add(ask, 0, LEAVES[:3])
    assert add(ask, 3, LEAVES[:8]).status_code == 200
    again = add(ask, 8, LEAVES[:8])
    assert again.status_code == 200


def test_a_wrong_old_size_is_answered_with_the_size_the_witness_knows(ask: FlaskClient) -> None:
    add(ask, 0, LEAVES[:3])
    answer = add(ask, 2, LEAVES[:8])
    assert (answer.status_code, answer.text) == (409, "3\n")
    assert answer.content_type == "text/x.tlog.size"


def test_a_log_that_rewrites_its_past_is_refused_and_the_alarm_stays(
    ask: FlaskClient, witness: Witness
) -> None:
    add(ask, 0, LEAVES[:3])
    other = [leaf_hash(b"changed"), *LEAVES[1:8]]
    assert add(ask, 3, other).status_code == 422
    other_head = [leaf_hash(b"changed"), *LEAVES[1:3]]
    assert add(ask, 3, other_head).status_code == 409
    kinds = [alarm["what"] for alarm in witness.book.alarms() if isinstance(alarm, dict)]
    assert kinds == ["not-consistent", "two-roots-of-one-size"]
    assert add(ask, 3, LEAVES[:8]).status_code == 200


def test_a_head_of_another_log_or_another_key_is_not_cosigned(ask: FlaskClient) -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x09")
    assert add(ask, 0, LEAVES[:3], note_of(LEAVES[:3], origin="other/log")).status_code == 404
    assert add(ask, 0, LEAVES[:3], note_of(LEAVES[:3], key=stranger)).status_code == 403
    assert ask.post("/add-checkpoint", data=b"old x\n\n").status_code == 400


def test_a_witness_started_again_remembers_what_it_signed(
    ask: FlaskClient, witness: Witness, tmp_path: Path
) -> None:
    add(ask, 0, LEAVES[:5])
    again = Witness(witness.name, witness.key, witness.logs, Book(tmp_path), witness.clock)
    fresh = create_app(again).test_client()
    assert add(fresh, 0, LEAVES[:8]).status_code == 409
    assert add(fresh, 5, LEAVES[:8]).status_code == 200


def test_a_refused_bidder_leaves_its_submission_and_gets_a_dated_acknowledgement(
    ask: FlaskClient,
) -> None:
    act = bid("a").act
    first, second = ask.post("/drop", data=act.raw), ask.post("/drop", data=act.raw)
    assert first.data == second.data
    read = read_drop_receipt(parse(first.data), public_bytes(WITNESS_KEY))
    assert read[:2] == (digest(act.raw), act.tender)
    assert ask.post("/drop", data=bytes(262_145)).status_code == 413


def test_the_first_moment_stays_when_the_same_submission_comes_again(
    ask: FlaskClient, witness: Witness, tmp_path: Path
) -> None:
    raw = bid("a").act.raw
    first = ask.post("/drop", data=raw).data
    later = StoppedClock(witness.clock.now() + timedelta(days=3))
    again = Witness(witness.name, witness.key, witness.logs, Book(tmp_path), later)
    assert create_app(again).test_client().post("/drop", data=raw).data == first


def test_a_witness_keeps_nothing_that_no_bid_key_signed(ask: FlaskClient, tmp_path: Path) -> None:
    act = bid("a").act
    foreign = canonical(parse(act.raw) | {"signature": b64u(bytes(64))})
    for body, code in (
        (b'{"a":1}', "malformed"),
        (b"junk", "malformed"),
        (foreign, "bad-signature"),
    ):
        answer = ask.post("/drop", data=body)
        assert (answer.status_code, answer.text.strip()) == (400, code)
    assert list(tmp_path.glob("drop/*")) == []
