r"""Commitments, nonces and the seed of a draw.

Every party commits to a nonce it also put in escrow; when all commitments stand in a witnessed
checkpoint, the nonces are revealed, by the party or out of escrow, so nobody can stop a draw he
dislikes. The seed is the hash of `"yg/draw/v1\n"` and the JCS of
`{draw, attempt, freeze_hash, commits, nonces, beacon}`, commits and nonces ascending by party.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol.encoding import (
    Json,
    JsonObject,
    Malformed,
    b64u,
    canonical,
    digest,
    refuse,
    stamp,
    structure,
)
from market.protocol.freezes import BeaconChain, Freeze
from market.protocol.members import Members
from market.protocol.names import serial, word
from market.protocol.parties import SUPERVISOR, active_parties
from market.protocol.pools import stratum_name
from market.protocol.signing import check_signature, signed

NONCE_LENGTH: Final = 32
PLATFORM_PAGE: Final = "platform-page"  # a nonce made by a page the platform served
TOOLS: Final = ("client", "own-page", "dice", PLATFORM_PAGE)
BY_PARTY: Final = "party"
BY_ESCROW: Final = "escrow"
NOT_COMMITTED: Final = "not-committed"
BAD_ESCROW: Final = "bad-escrow"
PREDICTABLE: Final = "predictable"
SKIPS: Final = "skips"
REFREEZE: Final = "refreeze"
REASONS: Final = (PREDICTABLE, SKIPS, REFREEZE)

_NONCE: Final = b"yg/nonce/v1"
_SEED: Final = b"yg/draw/v1\n"
_SIGNATURES: Final = (48, 96)  # bytes of a BLS signature: points of G1 or G2 of BLS12-381


@dataclass(frozen=True, slots=True)
class Commit:
    """One party's commitment, read; `json` is the structure as it was journaled."""

    draw: str
    attempt: int
    freeze_hash: bytes
    party: str
    escrow_hash: bytes
    commitment: bytes
    tool: str
    json: JsonObject

    @property
    def hash(self) -> bytes:
        """`H` of the structure with its signature, as the seed takes it in."""
        return digest(canonical(self.json))


@dataclass(frozen=True, slots=True)
class Reveal:
    """One nonce, read; `by` says whether the party revealed it or the officers out of escrow."""

    draw: str
    attempt: int
    party: str
    nonce: bytes
    by: str
    json: JsonObject


@dataclass(frozen=True, slots=True)
class Void:
    """An attempt that could not be completed: who lost its right, and why; signed by a supervisor.

    Causes: `not-committed`, or `bad-escrow` when a nonce was neither revealed nor in the escrow.
    """

    draw: str
    attempt: int
    cause: str
    party: str
    json: JsonObject


@dataclass(frozen=True, slots=True)
class BeaconRound:
    """One round of the freeze's beacon. Its own signature is not verified here."""

    chain_hash: bytes
    round: int
    signature: bytes

    def json(self) -> JsonObject:
        """The round as the seed takes it in."""
        return {
            "chain_hash": b64u(self.chain_hash),
            "round": self.round,
            "signature": b64u(self.signature),
        }


@dataclass(frozen=True, slots=True)
class Consent:
    """A supervisor's signature: on a predictable pool, on more skips than seats, on a new freeze.

    For `skips`: in which stratum, and up to how many.
    """

    reason: str
    stratum: str | None
    count: int
    json: JsonObject


def commitment_of(
    draw: str, attempt: int, freeze_hash: bytes, party: str, escrow_hash: bytes, nonce: bytes
) -> bytes:
    """H("yg/nonce/v1" || JCS({draw, attempt, freeze_hash, party, escrow_hash}) || nonce)."""
    if len(nonce) != NONCE_LENGTH:
        raise ValueError("a nonce has 32 bytes")
    named: JsonObject = {
        "draw": draw,
        "attempt": attempt,
        "freeze_hash": b64u(freeze_hash),
        "party": party,
        "escrow_hash": b64u(escrow_hash),
    }
    return digest(_NONCE + canonical(named) + nonce)


def make_commit(
    freeze: Freeze, attempt: int, party: str, escrow_hash: bytes, nonce: bytes, tool: str,
    key: Ed25519PrivateKey,
) -> JsonObject:  # fmt: skip
    """A party's signed commitment: the data of a `draw-commit` entry."""
    committed = commitment_of(freeze.draw, attempt, freeze.hash, party, escrow_hash, nonce)
    made = structure(
        "draw-commit",
        draw=freeze.draw,
        attempt=attempt,
        freeze_hash=b64u(freeze.hash),
        party=party,
        escrow_hash=b64u(escrow_hash),
        commitment=b64u(committed),
        tool=tool,
    )
    return signed(made, key)


def read_commit(value: Json) -> Commit:
    """The commitment that `make_commit` writes; its signature is checked by `check_commits`."""
    held = Members(value, "draw-commit")
    found = Commit(
        serial(held.take("draw")),
        held.whole("attempt", 1),
        held.octets("freeze_hash", 32),
        word(held.take("party")),
        held.octets("escrow_hash", 32),
        held.octets("commitment", 32),
        held.choice("tool", TOOLS),
        _object(value),
    )
    held.take("signature")
    held.end()
    return found


def check_commits(
    freeze: Freeze, attempt: int, commits: Sequence[Commit], removed: frozenset[str]
) -> None:
    """Refuse unless exactly the active parties committed, each with its key, to this attempt.

    `wrong-commits`: a party missing, too many or twice, another draw, attempt or freeze, not
    ascending by party. `bad-signature`. `all-by-platform` unless one nonce comes from outside
    the platform's code.
    """
    wanted = active_parties(freeze.parties, removed)
    names = [commit.party for commit in commits]
    about = {(commit.draw, commit.attempt, commit.freeze_hash) for commit in commits}
    if names != [item.party for item in wanted] or about != {(freeze.draw, attempt, freeze.hash)}:
        refuse(
            f"第 {attempt} 轮的承诺不齐，或不属于此次冻结",
            f"The commitments of attempt {attempt} are not those of its parties and this freeze",
            code="wrong-commits",
        )
    check_commit_signatures(freeze, commits)
    if all(commit.tool == PLATFORM_PAGE for commit in commits):
        refuse(
            "没有一个随机数来自平台程序以外",
            "No nonce comes from outside the platform's code",
            code="all-by-platform",
        )


def check_commit_signatures(freeze: Freeze, commits: Sequence[Commit]) -> None:
    """Refuse (`bad-signature`) a commitment that its party, by the freeze's key, did not sign."""
    for commit in commits:
        check_signature(commit.json, freeze.party(commit.party).key)


def make_reveal(draw: str, attempt: int, party: str, nonce: bytes, by: str) -> JsonObject:
    """A nonce made public: the data of a `draw-reveal` entry. The commitment is its proof."""
    return structure(
        "draw-reveal", draw=draw, attempt=attempt, party=party, nonce=b64u(nonce), by=by
    )


def read_reveal(value: Json) -> Reveal:
    """The reveal that `make_reveal` writes."""
    held = Members(value, "draw-reveal")
    found = Reveal(
        serial(held.take("draw")),
        held.whole("attempt", 1),
        word(held.take("party")),
        held.octets("nonce", NONCE_LENGTH),
        held.choice("by", (BY_PARTY, BY_ESCROW)),
        _object(value),
    )
    held.end()
    return found


def check_reveal(commit: Commit, reveal: Reveal) -> None:
    """Refuse (`wrong-nonce`) a nonce that is not the one its party committed to."""
    about = (reveal.draw, reveal.attempt, reveal.party)
    held = commitment_of(
        commit.draw, commit.attempt, commit.freeze_hash, commit.party, commit.escrow_hash,
        reveal.nonce,
    )  # fmt: skip
    if about != (commit.draw, commit.attempt, commit.party) or held != commit.commitment:
        raise Malformed(
            "wrong-nonce",
            zh=f"{reveal.party} 公开的随机数与其承诺不符",
            en=f"The nonce of {reveal.party} is not the one it committed to",
        )


def make_void(
    freeze: Freeze, attempt: int, cause: str, party: str, by: str, key: Ed25519PrivateKey
) -> JsonObject:
    """The end of an attempt, signed by the supervisor `by`: the data of a `draw-void` entry."""
    made = structure(
        "draw-void",
        draw=freeze.draw,
        attempt=attempt,
        freeze_hash=b64u(freeze.hash),
        cause=cause,
        party=party,
        by=by,
    )
    return signed(made, key)


def read_void(value: Json, freeze: Freeze) -> Void:
    """The void that `make_void` writes, its signature checked."""
    held = Members(value, "draw-void")
    found = Void(
        serial(held.take("draw")),
        held.whole("attempt", 1),
        held.choice("cause", (NOT_COMMITTED, BAD_ESCROW)),
        word(held.take("party")),
        _object(value),
    )
    _check_supervised(held, found.json, freeze)
    return found


def make_consent(
    freeze: Freeze, reason: str, stratum: str | None, count: int, by: str, at: datetime,
    key: Ed25519PrivateKey,
) -> JsonObject:  # fmt: skip
    """A supervisor's consent: the data of a `draw-consent` entry."""
    made = structure(
        "draw-consent",
        draw=freeze.draw,
        freeze_hash=b64u(freeze.hash),
        reason=reason,
        stratum=stratum,
        count=count,
        at=stamp(at),
        by=by,
    )
    return signed(made, key)


def read_consent(value: Json, freeze: Freeze) -> Consent:
    """The consent that `make_consent` writes, its signature checked."""
    held = Members(value, "draw-consent")
    serial(held.take("draw"))
    held.moment("at")
    found = Consent(
        held.choice("reason", REASONS),
        held.maybe("stratum", lambda name: stratum_name(held.take(name))),
        held.whole("count"),
        _object(value),
    )
    _check_supervised(held, found.json, freeze)
    return found


def _check_supervised(held: Members, value: JsonObject, freeze: Freeze) -> None:
    """The rest of a structure that a supervisor of the freeze signed (`not-supervisor`)."""
    about = held.octets("freeze_hash", 32)
    by = freeze.party(word(held.take("by")))
    held.take("signature")
    held.end()
    if by.role != SUPERVISOR or about != freeze.hash or value["draw"] != freeze.draw:
        refuse(
            "须由此次冻结的监督方签名",
            "A supervisor named by this freeze must sign",
            code="not-supervisor",
        )
    check_signature(value, by.key)


def read_beacon_round(value: Json) -> BeaconRound:
    """The round that `BeaconRound.json` writes."""
    held = Members(value)
    found = BeaconRound(
        held.octets("chain_hash", 32), held.whole("round", 1), held.octets("signature")
    )
    held.end()
    if len(found.signature) not in _SIGNATURES:
        refuse("信标签名长度不对", "The beacon's signature has the wrong length")
    return found


def check_beacon(chain: BeaconChain | None, found: BeaconRound | None, limit: datetime) -> None:
    """Refuse (`wrong-beacon`) another round than the first after the reveal limit.

    Fixed by the freeze and the limit, so nobody chooses among rounds; without a chain, none.
    """
    wanted = None if chain is None else (chain.chain_hash, chain.round_after(limit))
    if (None if found is None else (found.chain_hash, found.round)) != wanted:
        refuse(
            "信标轮次不是公开截止后的第一轮",
            "The beacon's round is not the first one after the limit for revealing",
            code="wrong-beacon",
        )


def make_seed(
    freeze: Freeze,
    attempt: int,
    commits: Sequence[Commit],
    nonces: Mapping[str, bytes],
    beacon: BeaconRound | None,
) -> bytes:
    """The seed of a complete attempt; `commits` ascending by party, a nonce for each."""
    if [commit.party for commit in commits] != sorted(nonces):
        raise ValueError("one nonce for each commitment, ascending by party")
    value: JsonObject = {
        "draw": freeze.draw,
        "attempt": attempt,
        "freeze_hash": b64u(freeze.hash),
        "commits": [b64u(commit.hash) for commit in commits],
        "nonces": [
            {"party": commit.party, "nonce": b64u(nonces[commit.party])} for commit in commits
        ],
        "beacon": None if beacon is None else beacon.json(),
    }
    return digest(_SEED + canonical(value))


def _object(value: Json) -> JsonObject:
    if not isinstance(value, dict):
        raise TypeError("Members() let another type through")
    return value
