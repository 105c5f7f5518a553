"""What opening an envelope gave: found or not, and then whose it is."""

from dataclasses import dataclass
from uuid import UUID

from market.kernel.money import Money
from market.protocol.acts import Act
from market.protocol.binding import Kind
from market.protocol.encoding import JsonObject
from market.protocol.identity import Identity


@dataclass(frozen=True, slots=True)
class Document:
    """A document of an envelope: its name inside, its length and hash, its sealed file."""

    name: str
    length: int
    digest: bytes
    stored: UUID


@dataclass(frozen=True, slots=True)
class Found:
    """A payload that opened: its main structure, its digest, and the hash that stands for it."""

    kind: Kind
    main: JsonObject
    digest: bytes
    hash: bytes
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Whose bid it is, and the deposit that stands behind it."""

    identity: Identity
    h_blinded: bytes
    account_commitment: bytes
    kind: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one envelope of one bid in one round; `cause` if it is out."""

    bid: UUID
    act: Act
    found: Found | None = None
    named: Named | None = None
    cause: str | None = None
