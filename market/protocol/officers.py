"""The officers of a manifest: whose organisation signed for which sealing key.

An officer's sealing key (`recipient`) counts only with the proof of its organisation, over this
tender, so that nobody can invent officers (threat C3). The person stays a commitment. A stand-in
of the same organisation counts as the same officer: the same share, a sealed copy of its own.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.kernel.errors import Refusal
from market.protocol import age, signing
from market.protocol.binding import HASH_LENGTH
from market.protocol.encoding import Json, JsonObject, Malformed, b64u, structure, unb64u
from market.protocol.members import Members

ROLES: Final = ("owner", "agent", "operator", "centre", "supervisor", "notary", "witness")
TOOLS: Final = ("client", "organisation-page", "platform-page")  # what an officer works with
PLATFORM_PAGE: Final = "platform-page"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation, in clear: name and credit code."""

    name: str
    uscc: str

    def to_json(self) -> JsonObject:
        """The object as it stands in structures."""
        return {"name": self.name, "uscc": self.uscc}


@dataclass(frozen=True, slots=True)
class OrganisationKey:
    """A registered signing key: whose it is, and its 32 public bytes."""

    uscc: str
    public: bytes


@dataclass(frozen=True, slots=True)
class SealingKey:
    """One sealing key in a seat: the age recipient, the person behind it, the proof."""

    recipient: str
    person_commitment: bytes
    tool: str
    proof: bytes

    def to_json(self) -> JsonObject:
        """The object as it stands in structures."""
        return {
            "recipient": self.recipient,
            "person_commitment": b64u(self.person_commitment),
            "tool": self.tool,
            "proof": b64u(self.proof),
        }


@dataclass(frozen=True, slots=True)
class Seat:
    """One officer of a manifest; officer i holds share x = i, and so does the stand-in."""

    role: str
    organisation: Organisation
    org_key_id: str
    key: SealingKey
    stand_in: SealingKey | None = None

    @property
    def keys(self) -> tuple[SealingKey, ...]:
        """The officer's sealing key, then the stand-in's."""
        return (self.key,) if self.stand_in is None else (self.key, self.stand_in)

    @property
    def recipients(self) -> tuple[str, ...]:
        """To whom this seat's share is sealed, in this order."""
        return tuple(key.recipient for key in self.keys)

    def to_json(self) -> JsonObject:
        """The object as it stands in a manifest."""
        return {
            "role": self.role,
            "organisation": self.organisation.to_json(),
            "org_key_id": self.org_key_id,
            **self.key.to_json(),
            "stand_in": None if self.stand_in is None else self.stand_in.to_json(),
        }


def officer_key(
    tender: str,
    role: str,
    organisation: Organisation,
    key: SealingKey,
    *,
    stand_in: bool = False,
) -> JsonObject:
    """What an organisation signs for a sealing key: `yg/officer-key/v1`, without its signature."""
    return structure(
        "officer-key",
        tender=tender,
        role=role,
        organisation=organisation.to_json(),
        recipient=key.recipient,
        person_commitment=b64u(key.person_commitment),
        tool=key.tool,
        stand_in=stand_in,
    )


def prove_officer(statement: JsonObject, key: Ed25519PrivateKey) -> JsonObject:
    """The statement signed by the organisation's key; its `signature` is the manifest's `proof`."""
    return signing.signed(statement, key)


def read_officer_key(value: JsonObject, public: bytes) -> tuple[str, str, Organisation, SealingKey]:
    """Tender, role, organisation and sealing key of a signed statement.

    Refused: `malformed`, `bad-key-text`, `bad-signature`.
    """
    given = Members(value, "officer-key")
    tender, role = given.tender(), given.choice("role", ROLES)
    organisation = read_organisation(given.inner("organisation"))
    recipient, person = _recipient(given), given.octets("person_commitment", HASH_LENGTH)
    tool = given.choice("tool", TOOLS)
    given.truth("stand_in")
    proof = given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    signing.check_signature(value, public)
    return tender, role, organisation, SealingKey(recipient, person, tool, proof)


def check_seat(tender: str, seat: Seat, registered: dict[str, OrganisationKey]) -> None:
    """Refuse a seat that its organisation did not sign for.

    `registered` are all organisations' keys by name. Refused: `unknown-organisation-key`,
    `organisation-differs` (the key is another organisation's), `bad-officer-proof`.
    """
    key = registered.get(seat.org_key_id)
    if key is None or signing.key_id(key.public) != seat.org_key_id:
        raise Refusal(
            "unknown-organisation-key",
            zh=f"没有登记过 {seat.organisation.name} 的这把签名密钥",
            en=f"No such signing key of {seat.organisation.name} is registered",
        )
    if key.uscc != seat.organisation.uscc:
        raise Refusal(
            "organisation-differs",
            zh="签名密钥属于另一家单位",
            en="The signing key belongs to another organisation",
        )
    for held in seat.keys:
        stated = officer_key(
            tender, seat.role, seat.organisation, held, stand_in=held is seat.stand_in
        )
        try:
            signing.check_signature({**stated, "signature": b64u(held.proof)}, key.public)
        except Malformed as cause:
            raise Malformed(
                "bad-officer-proof",
                zh=f"{seat.organisation.name} 没有为此密钥签名",
                en=f"{seat.organisation.name} did not sign for this sealing key",
            ) from cause


def read_seat(item: Json) -> Seat:
    """One officer of a manifest; `malformed` or `bad-key-text` otherwise."""
    given = Members(item)
    role, organisation = given.choice("role", ROLES), read_organisation(given.inner("organisation"))
    org_key_id = b64u(unb64u(given.text("org_key_id"), HASH_LENGTH))
    key = _sealing_key(given)
    inner = given.maybe("stand_in", given.inner)
    stand_in = None
    if inner is not None:
        stand_in = _sealing_key(inner)
        inner.end()
    given.end()
    return Seat(role, organisation, org_key_id, key, stand_in)


def read_organisation(given: Members) -> Organisation:
    """Name and credit code of an organisation."""
    organisation = Organisation(given.text("name"), given.uscc())
    given.end()
    return organisation


def _sealing_key(given: Members) -> SealingKey:
    return SealingKey(
        _recipient(given),
        given.octets("person_commitment", HASH_LENGTH),
        given.choice("tool", TOOLS),
        given.octets("proof", signing.SIGNATURE_LENGTH),
    )


def _recipient(given: Members) -> str:
    recipient = given.text("recipient")
    age.check_recipient(recipient)
    return recipient
