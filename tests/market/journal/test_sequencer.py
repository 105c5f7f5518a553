"""The journal's places have no gap, its heads are witnessed, and acts without a name stay so."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from market.command import ANONYMOUS, SEQUENCER, Actor, Work
from market.jobs.sequencer import Sequencer, WitnessAddress
from market.journal import queries
from market.journal.commands import Place, Sealed, place, seal, seal_batch
from market.journal.model import JournalEntry, SealedLeaf
from market.kernel.clock import StoppedClock
from market.protocol.batches import check_in_batch, read_batch
from market.protocol.checkpoints import verify_checkpoint
from market.protocol.encoding import canonical, digest
from market.protocol.entries import read_entry
from market.protocol.merkle import (
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from market.protocol.notes import COSIGNER, LOG, VerifierKey, verifier_key
from market.protocol.signing import public_bytes
from market.witness.app import Witness, create_app
from market.witness.book import Book
from tests.support.offices import MORNING, TestOffice, make_office

LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x01")
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x02")
ORIGIN = "test/journal"
LOG_VKEY = verifier_key(ORIGIN, LOG, public_bytes(LOG_KEY))
WITNESS_VKEY = verifier_key("witness.test", COSIGNER, public_bytes(WITNESS_KEY))
ORDERS = Place(ORIGIN, LOG_KEY)
CLERK = Actor("clerk")


@pytest.fixture
def house(engine: Engine) -> TestOffice:
    return make_office(engine)


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[WitnessAddress]:
    made = Witness("witness.test", WITNESS_KEY, (LOG_VKEY,), Book(tmp_path), StoppedClock(MORNING))
    server = make_server("127.0.0.1", 0, create_app(made), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield WitnessAddress(f"http://127.0.0.1:{server.port}", WITNESS_VKEY)
    server.shutdown()
    thread.join()
    server.server_close()


def write(house: TestOffice, subject: str) -> None:
    def notice(work: Work, said: str) -> None:
        work.publish("notice", said, {"said": said})

    house.office.run(notice, subject, CLERK)


def seal_act(house: TestOffice, act: bytes) -> Sealed:
    return house.office.run(seal, act, ANONYMOUS)


def test_entries_get_places_without_gap_and_time_never_runs_back(house: TestOffice) -> None:
    for second in (3, 1, 2):
        house.clock.at = MORNING + timedelta(seconds=second)
        write(house, f"T-{second}")
    house.office.run(place, ORDERS, SEQUENCER)
    house.clock.at = MORNING
    write(house, "T-late")  # its transaction was tried again: it commits behind later acts
    house.office.run(place, ORDERS, SEQUENCER)
    entries = [read_entry(raw) for raw in house.office.read(lambda s: queries.entry_range(s, 0, 9))]
    assert [entry.subject for entry in entries] == ["T-1", "T-2", "T-3", "T-late"]
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    assert entries[3].at == entries[2].at


def test_what_has_a_place_keeps_it_and_placing_twice_changes_nothing(house: TestOffice) -> None:
    write(house, "T-1")
    assert house.office.run(place, ORDERS, SEQUENCER) == 1
    before = house.office.read(queries.head)
    assert house.office.run(place, ORDERS, SEQUENCER) == 1
    assert house.office.read(queries.head) == before


def test_two_sequencers_at_once_make_one_log(house: TestOffice) -> None:
    for number in range(40):
        write(house, f"T-{number}")
    workers = [
        threading.Thread(target=house.office.run, args=(place, ORDERS, SEQUENCER)) for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    raws = house.office.read(lambda s: queries.entry_range(s, 0, 100))
    head = house.office.read(queries.head)
    assert head is not None
    assert (len(raws), head.size) == (40, 40)
    assert head.root == root([leaf_hash(raw) for raw in raws])


def test_a_batch_is_sealed_each_tick_and_looks_the_same_for_none_and_for_many(
    house: TestOffice,
) -> None:
    for acts in (0, 50, 0):
        for number in range(acts):
            seal_act(house, str(number).encode())
        house.clock.at += timedelta(seconds=5)
        house.office.run(seal_batch, None, SEQUENCER)
    house.office.run(place, ORDERS, SEQUENCER)
    raws = house.office.read(lambda s: queries.entry_range(s, 0, 9))
    assert len({len(raw) for raw in raws}) == 1
    assert [read_batch(read_entry(raw)).tick for raw in raws] == [0, 1, 2]
    assert len({read_batch(read_entry(raw)).root for raw in raws}) == 3


def test_an_act_is_found_in_its_batch_and_the_batch_under_the_head(house: TestOffice) -> None:
    acts = [str(number).encode() for number in range(7)]
    sealed = [seal_act(house, act) for act in acts]
    assert house.office.read(lambda s: queries.leaf_place(s, digest(acts[3]))) is None
    house.office.run(seal_batch, None, SEQUENCER)
    house.office.run(place, ORDERS, SEQUENCER)
    found = house.office.read(lambda s: queries.leaf_place(s, digest(acts[3])))
    head = house.office.read(queries.head)
    assert found is not None
    assert head is not None
    assert found.batch_index is not None
    entry = house.office.read(lambda s: queries.entry_at(s, 0))
    assert entry is not None
    check_in_batch(read_batch(read_entry(entry.entry)), sealed[3].leaf, found.place, found.path)
    proof = house.office.read(lambda s: queries.inclusion(s, 0, head.size))
    verify_inclusion(leaf_hash(entry.entry), 0, head.size, proof, head.root)
    assert house.office.read(lambda s: queries.leaf_place(s, digest(b"never sent"))) is None


def test_4097_waiting_acts_need_two_ticks(house: TestOffice) -> None:
    def many(work: Work, number: int) -> None:
        work.session.add_all(
            SealedLeaf(act_hash=digest(name), salt=bytes(32), leaf=digest(b"leaf" + name))
            for name in (str(each).encode() for each in range(number))
        )

    house.office.run(many, 4097, ANONYMOUS)
    for left in (1, 0):
        house.office.run(seal_batch, None, SEQUENCER)
        waiting = select(func.count()).select_from(SealedLeaf).where(SealedLeaf.tick.is_(None))
        assert house.office.read(lambda s, q=waiting: s.scalar(q)) == left


def test_every_head_is_cosigned_and_continues_the_one_before(
    house: TestOffice, witness: WitnessAddress
) -> None:
    sequencer = Sequencer(house.office, ORDERS, [witness])
    heads = []
    for number in range(5):
        write(house, f"T-{number}")
        sequencer.tick()
        head = house.office.read(lambda s: queries.head(s, witnesses=1))
        assert head is not None
        verify_checkpoint(head.note.encode(), [LOG_VKEY], [WITNESS_VKEY], 1)
        heads.append(head)
    for old, new in pairwise(heads):
        proof = house.office.read(lambda s, o=old, n=new: queries.consistency(s, o.size, n.size))
        verify_consistency(old.size, old.root, new.size, new.root, proof)
    assert house.office.read(lambda s: queries.first_witnessed_size(s, 0, 1)) == heads[0].size


def test_a_sequencer_started_again_goes_on_where_the_witness_stands(
    house: TestOffice, witness: WitnessAddress
) -> None:
    for number in range(2):
        write(house, f"T-{number}")
        Sequencer(house.office, ORDERS, [witness]).settle()
    head = house.office.read(lambda s: queries.head(s, witnesses=1))
    assert head is not None
    assert head.size == 2


def test_without_a_witness_the_log_goes_on_but_nothing_is_witnessed(house: TestOffice) -> None:
    nobody = WitnessAddress("http://127.0.0.1:9", VerifierKey("w", COSIGNER, bytes(32)))
    write(house, "T-1")
    assert Sequencer(house.office, ORDERS, [nobody]).settle()
    assert house.office.read(queries.head) is not None
    assert house.office.read(lambda s: queries.head(s, witnesses=1)) is None
    assert house.office.read(lambda s: queries.first_witnessed_size(s, 0, 1)) is None


def test_a_log_rewritten_in_the_database_is_never_cosigned_again(
    house: TestOffice, witness: WitnessAddress, engine: Engine, tmp_path: Path
) -> None:
    sequencer = Sequencer(house.office, ORDERS, [witness])
    write(house, "T-1")
    sequencer.settle()
    with Session(engine) as session, session.begin():
        # An administrator switches the trigger off and changes what was said.
        session.connection().exec_driver_sql("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        row = session.scalars(select(JournalEntry)).one()
        row.entry = canonical({"changed": True})
        row.leaf_hash = leaf_hash(row.entry)
    write(house, "T-2")
    sequencer.settle()
    head = house.office.read(lambda s: queries.head(s, witnesses=1))
    assert head is not None
    assert head.size == 1
    alarms = [json.loads(line) for line in (tmp_path / "alarms").read_text().splitlines()]
    assert [alarm["what"] for alarm in alarms] == ["not-consistent"]
