"""An officer's pool of sealing keys: one file on the officer's own medium, one key per tender.

The secret half is an age identity file under a generated passphrase: lines of identities, which
any age program takes as `-i`. The public half is signed by the officer's organisation and handed
to whoever names officers. The platform has no field for the secret half.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol import age, signing
from market.protocol.binding import HASH_LENGTH
from market.protocol.chance import Chance, fresh
from market.protocol.encoding import Json, JsonObject, b64u, refuse, structure
from market.protocol.members import Members
from market.protocol.officers import ROLES, Organisation, read_organisation

POOL_SIZE: Final = 200  # keys made at a time
POOL_LIMIT: Final = 1000
_WARNING: Final = (
    "# 阳光交易平台 开标密钥池：任何人（包括客服）都无权索要此文件",
    "# Yangguang officer key pool: nobody, support staff included, may ask for this file",
)
_GROUPS: Final = 5
_GROUP: Final = 4
_SIGNS: Final = "0123456789abcdefghjkmnpqrstvwxyz"


def new_passphrase(chance: Chance = fresh) -> str:
    """A generated passphrase of 100 bits: five groups of four signs. Draws 20 bytes."""
    signs = "".join(_SIGNS[byte & 31] for byte in chance(_GROUPS * _GROUP))
    return "-".join(signs[place : place + _GROUP] for place in range(0, len(signs), _GROUP))


def new_pool(count: int = POOL_SIZE, chance: Chance = fresh) -> tuple[str, ...]:
    """So many fresh identities. Draws 32 bytes for each."""
    return tuple(age.new_identity(chance)[0] for _ in range(count))


def seal_pool(
    identities: Sequence[str],
    passphrase: str,
    *,
    work: int = age.WORK_FACTOR,
    chance: Chance = fresh,
) -> bytes:
    """The pool's file: two lines of warning, then an identity on each line."""
    text = "\n".join((*_WARNING, *identities)) + "\n"
    return age.write_passphrase(passphrase, text.encode(), work=work, chance=chance)


def open_pool(file: bytes, passphrase: str) -> tuple[str, ...]:
    """The identities of a pool's file; lines that begin with # and empty lines are passed over.

    Refused: as `age.read_passphrase`, and `malformed` when another line is no identity.
    """
    try:
        text = age.read_passphrase(passphrase, file).decode("utf-8")
    except UnicodeDecodeError:
        refuse("密钥池文件内容不对", "The file is not a pool of keys")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    for line in lines:
        age.recipient_of(line)
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class KeyPool:
    """`yg/key-pool/v1`: the public half, in the order in which the keys are to be used."""

    role: str
    organisation: Organisation
    person_commitment: bytes
    recipients: tuple[str, ...]

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The structure, signed by the organisation's key."""
        return signing.signed(
            structure(
                "key-pool",
                role=self.role,
                organisation=self.organisation.to_json(),
                person_commitment=b64u(self.person_commitment),
                recipients=[*self.recipients],
            ),
            key,
        )


def read_key_pool(value: JsonObject, public: bytes) -> KeyPool:
    """The pool of a structure: form (`malformed`, `bad-key-text`), then signature."""
    given = Members(value, "key-pool")
    pool = KeyPool(
        given.choice("role", ROLES),
        read_organisation(given.inner("organisation")),
        given.octets("person_commitment", HASH_LENGTH),
        given.array("recipients", _recipient, 1, POOL_LIMIT),
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    if len(set(pool.recipients)) != len(pool.recipients):
        refuse("密钥池中有重复的密钥", "A key stands twice in the pool")
    signing.check_signature(value, public)
    return pool


def _recipient(item: Json) -> str:
    text = Members({"item": item}).text("item")
    age.check_recipient(text)
    return text
