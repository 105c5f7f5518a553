"""`offer.json`: what a bidder offers, as facts that can be shown one by one.

Each fact is a salted leaf of a small tree whose root enters the payload's hash. So after opening
a name, a price or a period is published with a proof, while the rest of the bid (how the price
is built, whose certificates) stays with those who may read it (threat H13).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from market.protocol import merkle
from market.protocol.batches import salted_leaf
from market.protocol.chance import Chance, fresh
from market.protocol.encoding import Json, JsonObject, b64u, refuse, structure
from market.protocol.members import Members, octet_list, octets_of
from market.protocol.names import word
from market.protocol.payload import payload_hash

SALT_LENGTH: Final = 32
FACT_LIMIT: Final = 4096
PATH_LIMIT: Final = 12  # hashes from a fact to the root of 4096


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing offered: its name, its value, 32 random bytes of its own."""

    name: str
    value: Json
    salt: bytes

    @property
    def leaf(self) -> bytes:
        """`H(0x00 || salt || JCS({name, value}))`."""
        return salted_leaf(self.salt, {"name": self.name, "value": self.value})


def salted_facts(values: dict[str, Json], chance: Chance = fresh) -> tuple[Fact, ...]:
    """Facts in ascending order of their names. Draws 32 bytes for each, in this order."""
    return tuple(Fact(word(name), values[name], chance(SALT_LENGTH)) for name in sorted(values))


def offer_json(facts: Sequence[Fact]) -> JsonObject:
    """The structure `yg/offer/v1` of facts in ascending order."""
    items: list[Json] = [
        {"name": fact.name, "value": fact.value, "salt": b64u(fact.salt)} for fact in facts
    ]
    return structure("offer", facts=items)


def read_offer(value: Json) -> tuple[Fact, ...]:
    """The facts of an offer: 1 to 4096, strictly ascending by name; else `malformed`."""
    given = Members(value, "offer")
    facts = given.array("facts", _fact, 1, FACT_LIMIT)
    given.end()
    if any(a.name >= b.name for a, b in pairwise(facts)):
        refuse("报价事实次序不对或重复", "Facts of an offer are out of order or stand twice")
    if len({fact.salt for fact in facts}) != len(facts):
        refuse("报价事实的盐重复", "Two facts of an offer have the same salt")
    return facts


def facts_root(facts: Sequence[Fact]) -> bytes:
    """The root over the facts' leaves, in their order (RFC 9162); of none, H of nothing."""
    return merkle.root([fact.leaf for fact in facts])


@dataclass(frozen=True, slots=True)
class FactProof:
    """`yg/fact/v1`: one fact with its way to the hash of the payload it was sealed in."""

    fact: Fact
    index: int
    count: int
    path: tuple[bytes, ...]
    payload_digest: bytes

    def to_json(self) -> JsonObject:
        """The structure."""
        return structure(
            "fact",
            name=self.fact.name,
            value=self.fact.value,
            salt=b64u(self.fact.salt),
            index=self.index,
            count=self.count,
            path=octet_list(self.path),
            payload_digest=b64u(self.payload_digest),
        )


def prove_fact(facts: Sequence[Fact], name: str, payload_digest: bytes) -> FactProof:
    """The proof of the fact of this name; `no-such-fact` without one."""
    index = next((place for place, fact in enumerate(facts) if fact.name == name), None)
    if index is None:
        refuse(f"报价中没有 {name}", f"The offer holds no {name}", code="no-such-fact")
    leaves = merkle.Leaves([fact.leaf for fact in facts])
    path = merkle.inclusion_proof(leaves, index, len(facts))
    return FactProof(facts[index], index, len(facts), path, payload_digest)


def read_fact_proof(value: Json) -> FactProof:
    """The proof of a structure, form only; `malformed` otherwise."""
    given = Members(value, "fact")
    name, held, salt = word(given.take("name")), given.take("value"), given.octets("salt", 32)
    count = given.whole("count", 1, FACT_LIMIT)
    proof = FactProof(
        Fact(name, held, salt),
        given.whole("index", 0, count - 1),
        count,
        given.array("path", octets_of(merkle.HASH_LENGTH), high=PATH_LIMIT),
        given.octets("payload_digest", merkle.HASH_LENGTH),
    )
    given.end()
    return proof


def check_fact(proof: FactProof, expected: bytes) -> None:
    """Refuse (`fact-not-proved`) unless the fact is part of the payload of this hash."""
    root = _root_of(proof)
    if payload_hash(root, proof.payload_digest) != expected:
        refuse(
            "该事实不属于所封装的投标",
            "The fact is not part of the sealed bid",
            code="fact-not-proved",
        )


def _root_of(proof: FactProof) -> bytes:
    """The root that leaf and path lead to (RFC 9162 section 2.1.3.2)."""
    place, last, found = proof.index, proof.count - 1, proof.fact.leaf
    for step in proof.path:
        if last == 0:
            _too_long()
        if place & 1 or place == last:
            found = merkle.node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = merkle.node_hash(found, step)
        place, last = place >> 1, last >> 1
    if last:
        _too_long()
    return found


def _too_long() -> None:
    refuse("证明长度不对", "The proof has the wrong length", code="fact-not-proved")


def _fact(item: Json) -> Fact:
    given = Members(item)
    fact = Fact(word(given.take("name")), given.take("value"), given.octets("salt", SALT_LENGTH))
    given.end()
    return fact
