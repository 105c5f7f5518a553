"""Amendments of a tender's documents, and which bids outlive them.

An amendment either explains (bids sent before stand) or requires new bids (they are released at
once, and the deadline is moved by rule). Nobody can be told, for nobody knows who has bid: clients
poll the public file (threat H16). Once said, an effect is never taken back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from market.protocol.binding import AMENDMENT_LIMIT, HASH_LENGTH
from market.protocol.encoding import Json, JsonObject, b64u, refuse, stamp, structure
from market.protocol.members import Members

FIRST: Final = 1  # version 0 are the documents as published


class Effect(StrEnum):
    """What becomes of bids sent before."""

    EXPLAINS = "explains"
    REQUIRES_NEW = "requires-new"


@dataclass(frozen=True, slots=True)
class Amendment:
    """`yg/amendment/v1`: version 1, 2, … of a tender's documents.

    `text_hash` is H of the amendment's text, `manifest_hash` the manifest from now on,
    `deadline` the deadline from now on.
    """

    tender: str
    version: int
    effect: Effect
    text_hash: bytes
    manifest_hash: bytes
    deadline: datetime

    def to_json(self) -> JsonObject:
        """The structure as journaled."""
        return structure(
            "amendment",
            tender=self.tender,
            version=self.version,
            effect=self.effect.value,
            text_hash=b64u(self.text_hash),
            manifest_hash=b64u(self.manifest_hash),
            deadline=stamp(self.deadline),
        )


def read_amendment(value: Json) -> Amendment:
    """The amendment of a structure; `malformed` otherwise."""
    given = Members(value, "amendment")
    read = Amendment(
        given.tender(),
        given.whole("version", FIRST, AMENDMENT_LIMIT),
        Effect(given.choice("effect", tuple(Effect))),
        given.octets("text_hash", HASH_LENGTH),
        given.octets("manifest_hash", HASH_LENGTH),
        given.moment("deadline"),
    )
    given.end()
    return read


def check_history(manifest_hash: bytes, amendments: Iterable[Amendment]) -> None:
    """Refuse (`bad-amendment`) a history that changes what it may not.

    Versions follow from 1; only an amendment that requires new bids may bring a new manifest
    (`manifest_hash` is the one of publication), and it never brings an earlier deadline.
    """
    deadline: datetime | None = None
    for version, amendment in enumerate(amendments, start=FIRST):
        renewed = amendment.effect is Effect.REQUIRES_NEW
        if amendment.version != version or (
            amendment.manifest_hash != manifest_hash and not renewed
        ):
            _bad()
        if renewed and deadline is not None and amendment.deadline < deadline:
            _bad()
        manifest_hash, deadline = amendment.manifest_hash, amendment.deadline


def stands(made_at: int, amendments: Iterable[Amendment]) -> bool:
    """Whether a bid made under version `made_at` still stands after all these amendments."""
    return not any(
        amendment.version > made_at and amendment.effect is Effect.REQUIRES_NEW
        for amendment in amendments
    )


def _bad() -> None:
    refuse(
        "更正不合规则：版本不连续，或擅自更换开标清单、提前截止",
        "The amendments break the rule: a version, the manifest or the deadline is not allowed",
        code="bad-amendment",
    )
