"""The hosts of a house as processes of their own, and what a bidder's program sends to them."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from market.protocol import blind
from market.protocol.bondkeys import BID
from market.protocol.encoding import b64u, unb64u
from market.protocol.notes import COSIGNER, verifier_key
from market.protocol.signing import new_key, public_bytes
from market.protocol.tokens import blinded_hash, make_token, prepare
from market.protocol.uploads import write_ticket
from tests.support.bidding_bank import BOND, EPOCH, KEYS, RSA, Holder, Wallet
from tests.support.bidding_bids import MadeBid
from tests.support.bidding_cast import House

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a long enough word"
SECONDS = 180  # a busy machine takes a minute to start seven programs
STEP = b"1"
Answer = tuple[int, list[tuple[str, str]], bytes]


@dataclass(frozen=True)
class Program:
    """A host that runs: its process, its port, what it wrote."""

    pid: int
    port: int
    log: Path

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            line.request(method, path, body, dict(headers or {}))
            answer = line.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            line.close()

    def tell(self, path: str, value: Mapping[str, object], bearer: str = "") -> dict[str, object]:
        """Post JSON and read JSON; an empty value is a question."""
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {bearer}"} if bearer else {}
        method, body = ("POST", json.dumps(value).encode()) if value else ("GET", None)
        status, _, raw = self.ask(method, path, body, headers)
        assert status == 200, raw
        answer: dict[str, object] = json.loads(raw)
        return answer


@contextmanager
def running(
    kind: str, house: House, database: str, redis_url: str, *, name: str = "", clock: str = ""
) -> Iterator[Program]:
    """One host while the block runs; `name` where there are several, `clock` a table it reads."""
    more = {"clock": clock, "platform": public_bytes(house.held.platform).hex()}
    told = _about(kind, house, database, redis_url) | more
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        port = listener.getsockname()[1]
        with _started("tests.insider.program", told, listener, house, name or kind) as found:
            yield Program(found.pid, port, house.folder / f"{name or kind}.log")


@contextmanager
def queued(kind: str, house: House, redis_url: str) -> Iterator[Program]:
    """The worker or the heartbeat while the block runs."""
    told = _about(kind, house, _database(house), redis_url)
    with _started("tests.insider.behind", told, None, house, kind) as found:
        yield Program(found.pid, 0, house.folder / f"{kind}.log")


@contextmanager
def witnessing(house: House) -> Iterator[Program]:
    """The house's witness as a program of its own, with the house's key and book."""
    told = _about("witness", house, "", "") | {"key": house.witness_key.private_bytes_raw().hex()}
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        port = listener.getsockname()[1]
        with _started("tests.insider.behind", told, listener, house, "witness") as found:
            yield Program(found.pid, port, house.folder / "witness.log")


class Steps:
    """The sequencer of a house when it is a program of its own: one step at a time."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def tick(self) -> None:
        """Have it take a step and await its end."""
        self._line.sendall(STEP)
        assert self._line.recv(1) == STEP, "the sequencer has ended"


@contextmanager
def sequencing(house: House, witness: Program) -> Iterator[Program]:
    """The house's sequencer as a program of its own, which takes the house's steps."""
    seen = verifier_key("witness.test", COSIGNER, public_bytes(house.witness_key))
    told = _about("sequencer", house, _database(house), "")
    told |= {"witness": f"http://127.0.0.1:{witness.port}", "seen": str(seen)}
    ours, its = socket.socketpair()
    with ours, its, _started("tests.insider.behind", told, its, house, "sequencer") as found:
        ours.settimeout(SECONDS)
        before, house.sequencer = house.sequencer, Steps(ours)  # type: ignore[assignment]  # steps alone
        try:
            yield Program(found.pid, 0, house.folder / "sequencer.log")
        finally:
            house.sequencer = before


def _database(house: House) -> str:
    return house.engine.url.render_as_string(hide_password=False)


def _about(kind: str, house: House, database: str, redis_url: str) -> dict[str, str]:
    """What every program is told."""
    return {
        "kind": kind,
        "database": database,
        "redis": redis_url,
        "folder": str(house.folder),
        "at": house.clock.at.isoformat(),
    }


@contextmanager
def _started(
    module: str, told: dict[str, str], line: socket.socket | None, house: House, name: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """A module as a process that writes a log into the house's folder and is handed a socket."""
    handed = [] if line is None else [line.fileno()]
    told = told | {"socket": "".join(map(str, handed))}
    with (house.folder / f"{name}.log").open("wb") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=words,
            stderr=subprocess.STDOUT,
            pass_fds=handed,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(told).encode() + b"\n")
        process.stdin.flush()
        try:
            yield process
        finally:
            process.stdin.close()
            process.terminate()
            process.wait()


def buy(house: House, custodian: Program, holder: Holder) -> Wallet:
    """A token as a bidder's program buys it: sign in, order, pay, fetch the answer."""
    key = new_key()
    prepared = prepare(public_bytes(key))
    blinding = blind.blind(RSA[BOND, BID].public, prepared)
    said = custodian.tell("/sign-in", {"uscc": holder.uscc, "password": PASSWORD})
    bearer = str(said["token"])
    order = {"denomination": BOND, "epoch": EPOCH, "blinded": b64u(blinding.blinded)}
    custodian.tell("/deposits", order, bearer)
    name = blinded_hash(blinding.blinded)
    assert house.bank.pay(name, holder.account, BOND) == "deposit"
    shown = custodian.tell(f"/deposits/{b64u(name)}", {}, bearer)
    token = make_token(
        KEYS[BOND, BID], prepared, unb64u(str(shown["blind_signature"])), blinding.inv
    )
    return Wallet(holder, key, token, blinding)


def submit(anonymous: Program, made: MadeBid) -> None:
    """A bid as a bidder's program hands it in: three uploads and an act."""
    for raw in made.ciphertexts.values():
        ticket = write_ticket(made.act.tender, len(raw), made.wallet.token, made.wallet.key)
        asked = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(raw)), "Upload-Token": ticket}
        status, headers, body = anonymous.ask("POST", "/api/v1/uploads", b"", asked)
        assert status == 201, body
        sent = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        }
        status, _, body = anonymous.ask("PATCH", dict(headers)["Location"], raw, sent)
        assert status == 204, body
    status, _, body = anonymous.ask(
        "POST",
        f"/api/v1/tenders/{made.act.tender}/acts",
        made.act.raw,
        {"Content-Type": "application/json"},
    )
    assert status == 200, body
