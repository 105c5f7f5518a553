"""What an officer's program remembers: which key serves which tender, what it has signed.

A key is marked as used before it is shown to anybody, a batch is kept before it is posted: so a
key never serves two tenders and no round gets two different batches.
"""

from dataclasses import dataclass
from pathlib import Path

from bidding.client import files
from market.kernel.errors import Refusal
from market.protocol import age
from market.protocol.encoding import JsonObject, b64u
from market.protocol.keypool import open_pool
from market.protocol.members import Members, check_tender


@dataclass(frozen=True, slots=True)
class Assigned:
    """A key of the pool in its seat: the recipient, and what stands for the person."""

    recipient: str
    person_commitment: bytes
    person_salt: bytes


class OfficerBook:
    """The officer's part of a profile."""

    def __init__(self, home: Path) -> None:
        self._home = home / "officer"

    def assigned(self, tender: str) -> Assigned | None:
        """The key that serves a tender."""
        value = files.read_json_or_none(self._seat(tender))
        return None if value is None else _read(value)

    def used(self) -> set[str]:
        """Every key that ever served, also those that were replaced."""
        return {
            _read(files.read_json(path)).recipient
            for path in files.listed(self._home / "seats", ".json")
        }

    def assign(self, tender: str, made: Assigned) -> None:
        """Let a key serve a tender; one that served it before stays marked as used."""
        path = self._seat(tender)
        before = self.assigned(tender)
        if before is not None:
            files.keep_json(
                path.with_name(f"{tender}~{before.recipient[-8:]}.json"), _write(before)
            )
        files.keep_json(path, _write(made))

    def batch(self, tender: str, closing_hash: bytes, round_no: int) -> JsonObject | None:
        """The batch that was signed for a round of an opening; None before."""
        return files.read_json_or_none(self._batch(tender, closing_hash, round_no))

    def keep_batch(
        self, tender: str, closing_hash: bytes, round_no: int, batch: JsonObject
    ) -> None:
        """Write a batch down before it is posted."""
        files.keep_json(self._batch(tender, closing_hash, round_no), batch)

    def refuse_other_closing(self, tender: str, closing_hash: bytes) -> None:
        """Refuse (`two-closings`) to open a tender for another set of bids than before."""
        path = self._home / "closings" / f"{check_tender(tender)}.json"
        known = files.read_json_or_none(path)
        if known is None:
            files.keep_json(path, {"closing_hash": b64u(closing_hash)})
        elif known != {"closing_hash": b64u(closing_hash)}:
            raise Refusal(
                "two-closings",
                zh="此项目曾出示过另一份截标记录，停止开标并报告监督部门",
                en="Another closing of this tender was shown before; stop and tell the supervisor",
            )

    def _seat(self, tender: str) -> Path:
        return self._home / "seats" / f"{check_tender(tender)}.json"

    def _batch(self, tender: str, closing_hash: bytes, round_no: int) -> Path:
        name = f"{check_tender(tender)}-{b64u(closing_hash)[:12]}-{round_no}.json"
        return self._home / "batches" / name


def unlock_pool(path: Path, passphrase: str) -> dict[str, str]:
    """The pool's identities by recipient, in their order."""
    identities = open_pool(files.read(path), passphrase)
    return {age.recipient_of(identity): identity for identity in identities}


def next_key(pool: dict[str, str], used: set[str]) -> str:
    """The first recipient of the pool that never served; `pool-empty`."""
    for recipient in pool:
        if recipient not in used:
            return recipient
    raise Refusal(
        "pool-empty",
        zh="密钥池已用完，用 officer keygen 生成新的密钥池",
        en="Every key of the pool has served; make a new pool with officer keygen",
    )


def _write(held: Assigned) -> JsonObject:
    return {
        "recipient": held.recipient,
        "person_commitment": b64u(held.person_commitment),
        "person_salt": b64u(held.person_salt),
    }


def _read(value: JsonObject) -> Assigned:
    given = Members(value)
    held = Assigned(
        given.text("recipient"),
        given.octets("person_commitment", 32),
        given.octets("person_salt", 32),
    )
    given.end()
    return held
