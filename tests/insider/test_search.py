"""PROTOCOL section 6: every byte that each party has before the deadline, searched for marks.

Three bidders whose names, numbers, prices and papers occur nowhere else have bought tokens, sealed
and submitted through programs of their own. The platform may know its organisations, and it must
know the sealed bids; it must hold nothing in which the two stand together.
"""

import re
import secrets
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine, text
from sqlalchemy.exc import DataError

from tests.insider.conftest import Evening
from tests.insider.searching import (
    Mark,
    Piece,
    broker,
    cluster,
    data_files,
    dump,
    files,
    forms,
    found,
    found_together,
    lines,
    memory,
    rows,
    server_log,
    unreadable,
    write_ahead,
)
from tests.support.databases import Databases

SEALED_TABLES = {
    "bid_act",
    "bid_live_mark",
    "bid_upload",
    "bond_nullifier",
    "bond_permit",
    "linked_bond",
    "sealed_batch",
    "sealed_leaf",
}
NAME = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|[A-Za-z0-9_-]{22,}")
HOLDER = """
import sys
kept = sys.stdin.readline().strip()
print("ready", flush=True)
sys.stdin.readline()
"""


def at_the_platform(evening: Evening) -> list[Piece]:
    """Everything the platform has: rows, files, logs, Redis, what it answers to anybody."""
    house = evening.house
    return [
        *rows(house.engine),
        *files(house.settings.files),
        *files(house.settings.sealed_files),
        *lines(evening.anonymous.log),
        *lines(evening.platform.log),
        *(line for program in evening.behind.values() for line in lines(program.log)),
        *broker(evening.redis_url),
        *evening.answers,
    ]


def at_the_custodian(evening: Evening) -> list[Piece]:
    """Everything the custodian has."""
    return [
        *rows(evening.bank_engine),
        *files(evening.house.folder / "bank"),
        *lines(evening.custodian.log),
    ]


def on_disk(evening: Evening, databases: Databases, which: str) -> list[Piece]:
    """The data files of one database as they lie on the disk."""
    engine = evening.bank_engine if which == "custodian" else evening.house.engine
    return data_files(engine, written(engine, databases))


def written(engine: Engine, databases: Databases) -> Path:
    """The server's data directory, everything written out to it."""
    folder = cluster(engine)
    if folder is None:
        unreadable("the server's data directory cannot be read from here")
    with databases.empty():
        pass  # making a database by copying files writes everything to the disk first
    return folder


def of_table(pieces: Iterable[Piece], tables: set[str]) -> list[Piece]:
    """The files of these tables."""
    return [piece for piece in pieces if piece.place.removeprefix("data ") in tables]


# --- the platform ---------------------------------------------------------------------------------


def test_the_platform_holds_nothing_that_names_a_bidder_with_the_tender(evening: Evening) -> None:
    everything = at_the_platform(evening)
    assert found_together(everything, evening.identities, evening.house.no) == set()
    for name, mark in evening.bids.items():
        assert found_together(everything, evening.identities, mark) == set(), name
    # The control: both are there, each for itself.
    assert found(everything, {"tender": evening.house.no})
    assert {name for _, name in found(everything, evening.identities)} >= {
        f"{what} {index}" for what in ("name", "clerk", "code") for index in range(3)
    }
    assert {name for _, name in found(everything, evening.bids)} == set(evening.bids)


def test_the_rows_of_a_bid_share_no_name_with_the_rows_of_its_bidder(evening: Evening) -> None:
    every = rows(evening.house.engine)
    left = [piece for piece in every if piece.raw not in evening.before]
    whose = [piece for piece in every if found([piece], evening.identities)]
    assert {piece.place for piece in left} >= {"bid_act", "bid_upload", "bond_nullifier"}
    assert shared(left, whose) == set()
    # The control: a row of the bid that carries the organisation's number.
    number = evening.house.cast.organisations[f"firm-{evening.bidders[0].name}"]
    planted = Piece("bid_act", left[0].raw + str(number).encode())
    assert shared([*left, planted], whose) == {str(number).encode()}


def shared(some: Iterable[Piece], others: Iterable[Piece]) -> set[bytes]:
    """The long names that stand in pieces of both kinds."""
    here, there = (
        {name for piece in pieces for name in NAME.findall(piece.raw)} for pieces in (some, others)
    )
    return here & there


def test_a_submission_leaves_rows_in_the_sealed_tables_alone(evening: Evening) -> None:
    left = [piece for piece in rows(evening.house.engine) if piece.raw not in evening.before]
    journal = {"journal_entry", "log_node", "log_checkpoint", "log_cosignature", "pg_stat_activity"}
    assert {piece.place for piece in left} <= SEALED_TABLES | journal
    assert found([p for p in left if p.place in journal], without_tender(evening)) == set()


def without_tender(evening: Evening) -> dict[str, Mark]:
    """What marks single bids."""
    return {name: mark for name, mark in evening.bids.items() if name != "tender"}


def test_prices_and_papers_are_nowhere(evening: Evening) -> None:
    assert found(at_the_platform(evening), evening.secrets) == set()
    assert found(at_the_custodian(evening), evening.secrets) == set()


def test_nothing_open_to_anybody_tells_of_a_bid(evening: Evening) -> None:
    marks = without_tender(evening) | evening.identities | evening.secrets
    assert found(evening.answers, marks) == set()
    assert len(evening.answers) > 40
    assert found(evening.answers, {"tender": evening.house.no})


def test_the_platform_never_has_telephone_or_account_in_the_clear(evening: Evening) -> None:
    kept = {n: m for n, m in evening.identities.items() if n.startswith(("phone", "account"))}
    assert found(at_the_platform(evening), kept) == set()


def test_the_anonymous_host_writes_no_line(evening: Evening) -> None:
    assert evening.anonymous.log.read_bytes() == b""
    assert lines(evening.platform.log), "the control: the other host does"


def test_no_log_has_an_address(evening: Evening) -> None:
    for program in evening.hosts.values():
        assert found(lines(program.log), {"address": "127.0.0.1"}) == set()


def test_the_disk_tells_no_more_than_the_tables(evening: Evening, databases: Databases) -> None:
    everything = on_disk(evening, databases, "platform")
    hidden = {n: m for n, m in evening.identities.items() if n.startswith(("phone", "account"))}
    assert found(everything, evening.secrets | hidden) == set()
    sealed = of_table(everything, SEALED_TABLES)
    assert found(sealed, evening.identities) == set()
    # The control: the bid keys are read from the same files, the names from others.
    assert {n for _, n in found(sealed, evening.bids)} >= {f"bid key {i}" for i in range(3)}
    assert {n for _, n in found(everything, evening.identities)} >= {f"name {i}" for i in range(3)}


def test_what_the_servers_write_ahead_log_and_dump_tells_no_more(
    evening: Evening, databases: Databases
) -> None:
    """One server holds both houses' databases here: what one of them knows is no finding."""
    nowhere = {n: m for n, m in evening.identities.items() if n.startswith("phone")}
    ahead = write_ahead(written(evening.house.engine, databases))
    assert found(ahead, evening.secrets | nowhere) == set()
    said = server_log(evening.house.engine)
    assert found(said, evening.secrets | evening.identities | without_tender(evening)) == set()
    kept = dump(evening.redis_url)
    assert found(kept, evening.secrets | nowhere | without_tender(evening)) == set()
    assert found_together(kept, evening.identities, evening.house.no) == set()
    # The controls are below: marks planted a moment before are found in all three.


# --- the custodian --------------------------------------------------------------------------------


def test_the_custodian_holds_nothing_of_a_tender(evening: Evening) -> None:
    assert found(at_the_custodian(evening), evening.bids) == set()
    # The control: it does know who paid.
    kept = {n: m for n, m in evening.identities.items() if n.startswith(("code", "account"))}
    assert {name for _, name in found(at_the_custodian(evening), kept)} == set(kept)


def test_the_custodians_disk_holds_nothing_of_a_tender(
    evening: Evening, databases: Databases
) -> None:
    everything = on_disk(evening, databases, "custodian")
    assert found(everything, evening.bids | evening.secrets) == set()
    assert found(everything, evening.identities), "the control: names are read from these files"


# --- controls: the search finds what is planted ---------------------------------------------------


@pytest.mark.parametrize("how", range(6))
def test_however_a_mark_is_written_it_is_found(how: int) -> None:
    mark, other = f"价{secrets.token_hex(8)}", secrets.token_bytes(32)
    written = sorted(forms(mark), key=len)
    planted = Piece("somewhere", b"before" + written[how % len(written)] + b"after")
    assert found([planted], {"it": mark}) == {("somewhere", "it")}
    assert found([planted], {"it": other}) == set()


def test_a_mark_planted_in_a_row_is_found(evening: Evening, databases: Databases) -> None:
    mark = f"planted{secrets.token_hex(8)}"
    with evening.house.engine.begin() as connection:
        connection.execute(text("CREATE TABLE planted (a text, b bytea)"))
        connection.execute(
            text("INSERT INTO planted VALUES (:no, :raw)"),
            {"no": evening.house.no, "raw": mark.encode()},
        )
    try:
        every = rows(evening.house.engine)
        assert found_together(every, {"it": mark}, evening.house.no) == {("planted", "it")}
        assert ("data planted", "it") in found(
            on_disk(evening, databases, "platform"), {"it": mark}
        )
        ahead = write_ahead(written(evening.house.engine, databases))
        assert {name for _, name in found(ahead, {"it": mark})} == {"it"}
    finally:
        with evening.house.engine.begin() as connection:
            connection.execute(text("DROP TABLE planted"))


def test_a_mark_in_a_statement_that_fails_is_found_in_the_servers_log(evening: Evening) -> None:
    mark = f"planted{secrets.token_hex(8)}"
    assert found(server_log(evening.house.engine), {"it": mark}) == set()
    with pytest.raises(DataError), evening.house.engine.connect() as connection:
        connection.execute(text(f"SELECT 1 / 0 AS {mark}"))
    assert found(server_log(evening.house.engine), {"it": mark}) == {("server log", "it")}


def test_a_mark_planted_in_a_file_or_a_log_is_found(evening: Evening, tmp_path: Path) -> None:
    mark, no = f"planted{secrets.token_hex(8)}", evening.house.no
    (tmp_path / f"{mark}.pdf").write_text(no)
    (tmp_path / "web.log").write_text(f"one\n{no} {mark.encode().hex()}\nthree {mark}\n")
    assert found_together(files(tmp_path), {"it": mark}, no) == {
        (f"file {mark}.pdf", "it"),
        ("file web.log", "it"),
    }
    assert len([p for p in lines(tmp_path / "web.log") if found([p], {"it": mark})]) == 2
    assert found_together(lines(tmp_path / "web.log"), {"it": mark}, no)


def test_a_mark_planted_in_redis_is_found(redis_url: str) -> None:
    mark, no = f"planted{secrets.token_hex(8)}", "T-1"
    with redis.Redis.from_url(redis_url) as store:
        store.set(f"{no}:{mark}", "1")
        store.hset("hash", mapping={no: mark})
        store.rpush("list", no, mark)
        store.zadd("zset", {f"{no}{mark}": 1.0})
        store.sadd("set", no, mark)
        store.xadd("stream", {no: mark})
    assert len(found_together(broker(redis_url), {"it": mark}, no)) == 6
    assert found_together(dump(redis_url), {"it": mark}, no) == {("redis dump", "it")}


# --- memory ---------------------------------------------------------------------------------------


def remembered(pid: int, marks: dict[str, Mark]) -> set[str]:
    """The marks in the memory of a process of ours."""
    try:
        return memory(pid, marks)
    except PermissionError:
        unreadable("this machine lets nobody read the memory of another process")


@pytest.fixture(scope="module")
def memories(evening: Evening, linux: None) -> dict[str, set[str]]:
    """What each program remembers, looked at once for everything."""
    told = {"folder": str(evening.house.folder)}
    marks = evening.identities | evening.secrets | evening.bids | told
    return {name: remembered(host.pid, marks) for name, host in evening.programs.items()}


def test_no_process_has_a_price_or_a_paper_in_its_memory(
    evening: Evening, memories: dict[str, set[str]]
) -> None:
    for name, seen in memories.items():
        assert seen & set(evening.secrets) == set(), name
        assert "folder" in seen, f"the control: what the {name} was told is found there"


@pytest.mark.parametrize("name", ["witness", "heartbeat", "worker"])
def test_who_works_behind_the_hosts_remembers_neither_bidders_nor_bids(
    evening: Evening, memories: dict[str, set[str]], name: str
) -> None:
    assert memories[name] & set(evening.identities) == set()
    assert memories[name] & set(without_tender(evening)) == set()


def test_the_sequencer_remembers_acts_by_their_hash_and_nothing_of_whose_they_are(
    evening: Evening, memories: dict[str, set[str]]
) -> None:
    seen = memories["sequencer"]
    assert seen & set(evening.identities) == set()
    seen_of_bids = seen & set(without_tender(evening))
    assert {name.rstrip("012 ") for name in seen_of_bids} == {"act"}, "leaves are what it orders"


def test_the_anonymous_host_has_nobody_in_its_memory(
    evening: Evening, memories: dict[str, set[str]]
) -> None:
    seen = memories["anonymous"]
    assert seen & set(evening.identities) == set()
    # The control: what it was handed is found there.
    assert "tender" in seen
    assert any(name.startswith("bid key") for name in seen)


def test_the_custodian_has_no_tender_in_its_memory(
    evening: Evening, memories: dict[str, set[str]]
) -> None:
    seen = memories["custodian"]
    assert seen & set(evening.bids) == set()
    assert any(name.startswith("code") for name in seen), "the control: it knows who paid"


@pytest.mark.usefixtures("linux")
def test_a_process_that_holds_a_mark_is_found() -> None:
    mark = f"价{secrets.token_hex(12)}"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(mark.encode() + b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"ready\n"
        assert remembered(process.pid, {"it": mark, "not it": secrets.token_hex(12)}) == {"it"}
        process.stdin.close()
