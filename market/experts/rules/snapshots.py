"""The library of a day as one canonical structure, whose root the journal fixes.

A draw's pool is audited against it: every expert with all that eligibility asks, and the hash of
all that recusal asks. Ids, units and attributes stay in the structure; only its root is public, and
leaves are salted, so that a proof for one expert tells nothing of the neighbours.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import pairwise
from typing import Final

from market.experts.rules.eligibility import Candidate
from market.experts.rules.periods import Span
from market.experts.rules.relations import RecusalFacts
from market.kernel.errors import BadInput
from market.protocol import merkle
from market.protocol.encoding import Json, JsonObject, b64u, canonical, digest, structure

KEY_LENGTH: Final = 32
_UNIT = b"unit\x00"
_SALT = b"salt\x00"


@dataclass(frozen=True, slots=True)
class Entry:
    """One expert in the snapshot."""

    id: str
    unit_tag: str
    attributes: JsonObject

    def structure(self) -> JsonObject:
        """`{id, unit_tag, attributes}`, exactly these members."""
        return {"id": self.id, "unit_tag": self.unit_tag, "attributes": self.attributes}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A library on one legal day; entries strictly ascending by id."""

    library: str
    day: date
    entries: tuple[Entry, ...]

    def structure(self) -> JsonObject:
        """The whole snapshot, as an audit program outside the platform receives it."""
        return structure(
            "library-snapshot",
            library=self.library,
            day=self.day.isoformat(),
            entries=[entry.structure() for entry in self.entries],
        )

    def leaves(self, key: bytes) -> tuple[bytes, ...]:
        """The leaf hashes in order: each over a salt of 32 bytes and the entry in JCS."""
        return tuple(
            merkle.leaf_hash(salt(key, entry.id) + canonical(entry.structure()))
            for entry in self.entries
        )

    def root_structure(self, key: bytes) -> JsonObject:
        """What the journal holds of the day: library, day, size, root and the hash of the key."""
        return structure(
            "library-root",
            library=self.library,
            day=self.day.isoformat(),
            size=len(self.entries),
            root=b64u(merkle.root(self.leaves(key))),
            key_hash=b64u(digest(key)),
        )


def salt(key: bytes, expert: str) -> bytes:
    """The salt of one entry, 32 bytes, from the snapshot's key."""
    return _keyed(key, _SALT + expert.encode())


def unit_tag(key: bytes, unit: str) -> str:
    """A name for a unit that tells only whether two experts share it: 43 characters."""
    return b64u(_keyed(key, _UNIT + unit.encode()))


def snapshot(
    library: str,
    day: date,
    key: bytes,
    experts: Iterable[Candidate],
    declared: Mapping[str, RecusalFacts],
) -> Snapshot:
    """The snapshot of these experts, everybody in the register, eligible or not.

    `key` is 32 secret bytes of this snapshot. `BadInput` (`expert-twice`) where an id repeats;
    `KeyError` where somebody's declarations are missing.
    """
    entries = sorted(
        (_entry(key, each, declared[each.id]) for each in experts), key=lambda entry: entry.id
    )
    for one, other in pairwise(entries):
        if one.id == other.id:
            raise BadInput(
                "expert-twice",
                zh=f"专家编号 {one.id} 重复，应先合并登记",
                en=f"Expert {one.id} stands in the library twice; merge the records",
            )
    return Snapshot(library, day, tuple(entries))


def attributes(expert: Candidate, declared: RecusalFacts) -> JsonObject:
    """All that eligibility asks of an expert, and the hash of the declarations."""
    suspended = expert.suspended_until
    return {
        "academician": expert.academician,
        "applied_and_recommended": expert.applied_and_recommended,
        "blacklisted": expert.blacklisted,
        "born_on": expert.born_on.isoformat(),
        "declared": b64u(digest(canonical(declarations(declared)))),
        "drawn_this_month": expert.drawn_this_month,
        "evaluates_online": expert.evaluates_online,
        "field_since": expert.field_since.isoformat(),
        "level": int(expert.level),
        "libraries": [*sorted(str(each) for each in expert.libraries)],
        "region": expert.region,
        "specialties": [*sorted(expert.specialties)],
        "suspended_until": None if suspended is None else suspended.isoformat(),
        "valid_until": expert.valid_until.isoformat(),
    }


def declarations(facts: RecusalFacts) -> JsonObject:
    """Everything declared, as a structure; lists ascending, so that order says nothing."""
    return structure(
        "recusal-facts",
        expert=facts.expert,
        person=facts.person,
        unit=facts.unit,
        employments=_rows([each.organisation, each.span] for each in facts.employments),
        relatives=_rows([each.person, each.kinship] for each in facts.relatives),
        interests=_rows([each.party, each.span] for each in facts.interests),
        directorships=_rows([each.organisation, each.span] for each in facts.directorships),
        shareholdings=_rows(
            [each.organisation, each.controlling, each.span] for each in facts.shareholdings
        ),
        punishments=_rows([each.on, each.kind] for each in facts.punishments),
        participations=_rows([each.project, each.part] for each in facts.participations),
        services=_rows([each.owner, each.drawn_on] for each in facts.services),
        ties=_rows([each] for each in facts.ties),
    )


def _entry(key: bytes, expert: Candidate, declared: RecusalFacts) -> Entry:
    return Entry(expert.id, unit_tag(key, expert.unit), attributes(expert, declared))


def _keyed(key: bytes, message: bytes) -> bytes:
    if len(key) != KEY_LENGTH:
        raise ValueError(f"the key of a snapshot has {KEY_LENGTH} bytes")
    return hmac.new(key, message, hashlib.sha256).digest()


def _rows(rows: Iterable[list[str | bool | date | Span]]) -> Json:
    plain = [[_plain(cell) for cell in row] for row in rows]
    return [*sorted(plain, key=canonical)]


def _plain(cell: str | bool | date | Span) -> Json:  # noqa: FBT001 (a cell, not a switch)
    if isinstance(cell, Span):
        until = None if cell.until is None else cell.until.isoformat()
        return [cell.since.isoformat(), until]
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Enum):
        return str(cell)
    return cell
