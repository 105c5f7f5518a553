"""Reads everything a party has as bytes, and looks for marks in it, however they are written.

A `Piece` is what is kept together: one row, one file, one line of a log, one key of Redis with its
value, one answer. Two things are found *together* when they stand in one piece.
"""

import base64
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn
from urllib.parse import quote

import pytest
import redis
from sqlalchemy import Engine, text

Mark = str | bytes | int
HEX_COLUMN = re.compile(r"\\x([0-9a-f]+)")
CHUNK = 4 * 1024 * 1024
WITH_ACTIVITY = "pg_stat_activity"


@dataclass(frozen=True)
class Piece:
    """Bytes that are kept together, and where."""

    place: str
    raw: bytes


def forms(mark: Mark) -> set[bytes]:
    """How a mark may be written: plain, hexadecimal, base64 at any offset, escaped."""
    raw = mark if isinstance(mark, bytes) else str(mark).encode()
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    for skipped in range(3):
        # What stands before and behind shares its first and last characters with its neighbours.
        coded = base64.b64encode(bytes(skipped) + raw).rstrip(b"=")
        inner = coded[-(-skipped * 8 // 6) : (skipped + len(raw)) * 8 // 6]
        found |= {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}
    if not isinstance(mark, bytes):
        said = str(mark)
        found |= {said.encode("utf-16-le"), quote(said).encode()}
        found.add(json.dumps(said)[1:-1].encode())
    return found


def found_in(piece: Piece, marks: Mapping[str, Mark]) -> set[str]:
    """The names of the marks that stand in a piece."""
    return {name for name, mark in marks.items() if any(form in piece.raw for form in forms(mark))}


def found(pieces: Iterable[Piece], marks: Mapping[str, Mark]) -> set[tuple[str, str]]:
    """Every (place, name of mark) that occurs."""
    every = {name: forms(mark) for name, mark in marks.items()}
    return {
        (piece.place, name)
        for piece in pieces
        for name, written in every.items()
        if any(form in piece.raw for form in written)
    }


def found_together(
    pieces: Iterable[Piece], marks: Mapping[str, Mark], other: Mark
) -> set[tuple[str, str]]:
    """Every (place, name of mark) that stands in one piece with `other`."""
    written = forms(other)
    return found((p for p in pieces if any(form in p.raw for form in written)), marks)


def rows(engine: Engine) -> list[Piece]:
    """Every row of every table, and what the server tells of its connections.

    Columns of bytes are there twice: as the server writes them, and as the bytes themselves.
    """
    pieces = []
    with engine.connect() as connection:
        named = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        ).all()
        for table in (*named, WITH_ACTIVITY):
            only = "WHERE datname = current_database()" if table == WITH_ACTIVITY else ""
            lines = connection.scalars(text(f'SELECT t::text FROM "{table}" t {only}'))  # noqa: S608  names of our tables
            pieces += [Piece(table, row_bytes(line)) for line in lines]
    return pieces


def unreadable(what: str) -> NoReturn:
    """Nothing was searched: a failure where everything may be read, else the test is left out."""
    if os.environ.get("CI") == "true" or os.geteuid() == 0:
        pytest.fail(f"{what}: nothing was searched")
    pytest.skip(what)


def row_bytes(line: str) -> bytes:
    """One row as text with its byte columns decoded behind it."""
    decoded = (bytes.fromhex(found[1]) for found in HEX_COLUMN.finditer(line))
    return b"\n".join([line.encode(), *decoded])


def files(folder: Path) -> Iterator[Piece]:
    """Every file of a folder with its name."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield Piece(f"file {path.name}", path.name.encode() + b"\n" + path.read_bytes())


def lines(log: Path) -> list[Piece]:
    """Every line of a log."""
    return [Piece(f"log {log.name}", line) for line in log.read_bytes().splitlines()]


def broker(url: str) -> list[Piece]:
    """Every key of Redis with its value, whatever kind it has."""
    read = {
        b"string": lambda store, key: store.get(key),
        b"hash": lambda store, key: store.hgetall(key),
        b"list": lambda store, key: store.lrange(key, 0, -1),
        b"set": lambda store, key: store.smembers(key),
        b"zset": lambda store, key: store.zrange(key, 0, -1, withscores=True),
        b"stream": lambda store, key: store.xrange(key),
        b"none": lambda *_: b"",  # gone since the keys were listed: a queue moves on
    }
    with redis.Redis.from_url(url) as store:
        keys = list(store.scan_iter(count=1000))
        values = [flat(read[store.type(key)](store, key)) for key in keys]
    return [
        Piece(f"redis {key!r}", key + b"\n" + value)
        for key, value in zip(keys, values, strict=True)
    ]


def dump(url: str) -> list[Piece]:
    """The file to which Redis writes everything it has, written now, uncompressed."""
    with redis.Redis.from_url(url) as store:
        told = store.config_get("dir", "dbfilename", "rdbcompression")
        store.config_set("rdbcompression", "no")
        try:
            store.save()
        finally:
            store.config_set("rdbcompression", told["rdbcompression"])
    return [Piece("redis dump", read_bytes(Path(told["dir"]) / told["dbfilename"]))]


def read_bytes(path: Path) -> bytes:
    """The bytes of a server's own file; nothing is searched where it may not be read."""
    try:
        return path.read_bytes()
    except OSError as cause:
        unreadable(f"{path.name} cannot be read ({type(cause).__name__})")


def flat(value: object) -> bytes:
    """All bytes in what Redis answered."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        return b"\n".join(flat(part) for pair in value.items() for part in pair)
    if isinstance(value, (list, tuple, set)):
        return b"\n".join(flat(part) for part in value)
    return str(value).encode()


def cluster(engine: Engine) -> Path | None:
    """The directory of the server's data, or None where it cannot be read from here.

    A server's process stands in its own data directory.
    """
    with engine.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        try:
            folder = Path(f"/proc/{pid}/cwd").resolve(strict=True)
            readable = (folder / "PG_VERSION").is_file()
        except OSError:
            return None
    return folder if readable else None


def write_ahead(folder: Path) -> list[Piece]:
    """What the server has written ahead, of all its databases, in segments as they lie there."""
    segments = [path for path in sorted((folder / "pg_wal").iterdir()) if path.is_file()]
    return [Piece(f"wal {path.name}", read_bytes(path)) for path in segments]


def server_log(engine: Engine) -> list[Piece]:
    """Every line of the database server's log, found where its process writes it."""
    with engine.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        try:
            log = Path(f"/proc/{pid}/fd/2").resolve(strict=True)
        except OSError as cause:
            unreadable(f"the server's log cannot be found ({type(cause).__name__})")
    return [Piece("server log", line) for line in read_bytes(log).splitlines()]


def data_files(engine: Engine, folder: Path) -> list[Piece]:
    """The files of one database, by the name of their table where it has one."""
    with engine.connect() as connection:
        oid = connection.scalar(
            text("SELECT oid FROM pg_database WHERE datname = current_database()")
        )
        names: dict[str, str] = dict(
            connection.execute(
                text("SELECT pg_relation_filenode(oid)::text, relname FROM pg_class")
            ).all()
        )
    # In the cluster's own folder, or in the tablespace in which databases of tests lie.
    (home,) = [*folder.glob(f"base/{oid}"), *folder.glob(f"pg_tblspc/*/PG_*/{oid}")]
    return [
        Piece(f"data {names.get(path.name.split('_')[0].split('.')[0], path.name)}", raw)
        for path in sorted(home.iterdir())
        if (raw := path.read_bytes())
    ]


def plain_forms(mark: Mark) -> set[bytes]:
    """The three ways in which our programs write a value: itself, hexadecimal, base64url."""
    raw = mark if isinstance(mark, bytes) else str(mark).encode()
    return {raw, raw.hex().encode(), base64.urlsafe_b64encode(raw).rstrip(b"=")[:-1]}


def memory(pid: int, marks: Mapping[str, Mark]) -> set[str]:
    """The names of the marks in everything a process may write to; `PermissionError`."""
    every = {name: plain_forms(mark) for name, mark in marks.items()}
    seen: set[str] = set()
    overlap = max(len(form) for written in every.values() for form in written)
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as held:
        for low, high in written_regions(pid):
            for raw in parts(held, low, high, overlap):
                seen |= {name for name, some in every.items() if any(form in raw for form in some)}
    return seen


def written_regions(pid: int) -> list[tuple[int, int]]:
    """The address ranges of a process that it may write to."""
    regions = []
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        span, rights, *_ = line.split()
        if rights.startswith("rw") and "[v" not in line:
            low, high = span.split("-")
            regions.append((int(low, 16), int(high, 16)))
    return regions


def parts(held: IO[bytes], low: int, high: int, overlap: int) -> Iterator[bytes]:
    """The bytes of a range in parts that overlap; what is gone meanwhile is left out."""
    at, tail = low, b""
    while at < high:
        try:
            held.seek(at)
            raw = held.read(min(CHUNK, high - at))
        except (OSError, ValueError):
            return
        if not raw:
            return
        if raw.count(0) < len(raw):  # much of what a process has been given it never used
            yield tail + raw
        at, tail = at + len(raw), raw[-overlap:]
