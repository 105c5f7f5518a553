"""An organisation's signing key: made here, kept in a file of its own, proved to be possessed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bidding.client import files
from bidding.client.profile import Profile
from market.protocol import age
from market.protocol.encoding import b64u, canonical, parse
from market.protocol.keypool import new_passphrase
from market.protocol.members import Members, uscc_item
from market.protocol.possession import prove_possession
from market.protocol.signing import (
    key_id,
    load_private,
    new_key,
    private_bytes,
    public_bytes,
)

KIND: Final = "organisation-secret"


@dataclass(frozen=True, slots=True)
class OrganisationSecret:
    """Whose key it is, and the key."""

    uscc: str
    name: str
    key: Ed25519PrivateKey

    @property
    def key_id(self) -> str:
        """The name of the key."""
        return key_id(public_bytes(self.key))


def make_organisation_key(
    profile: Profile, uscc: str, name: str, out: Path, proof: Path, *, locked: bool
) -> None:
    """Make a signing key; the secret file first, then the proof that can be handed in.

    `locked`: the secret file is an age file under a generated passphrase, told once.
    """
    made = OrganisationSecret(uscc_item(uscc), name, new_key())
    value = canonical(
        {"kind": KIND, "uscc": made.uscc, "name": name, "secret": b64u(private_bytes(made.key))}
    )
    if locked:
        word = new_passphrase()
        value = age.write_passphrase(word, value)
        profile.told.warn(
            f"密钥文件口令（只显示这一次，抄写后与文件分开保管）：{word}",
            f"Passphrase of the key file (shown this once; write it down, keep it apart): {word}",
        )
    files.keep_new(out, value)
    public = public_bytes(made.key)
    files.keep(proof, canonical(prove_possession(made.uscc, made.key)))
    profile.told.facts = {"key_id": made.key_id, "public": b64u(public), "uscc": made.uscc}
    profile.told.say(
        f"签名密钥已生成，公钥名 {made.key_id}；把 {proof.name} 交给平台登记",
        f"The signing key is made, its name is {made.key_id}; hand in {proof.name} to register it",
    )


def open_organisation_key(
    profile: Profile, path: Path, passphrase_file: Path | None = None
) -> OrganisationSecret:
    """The signing key of a file that `make_organisation_key` wrote."""
    raw = files.read_secret(path)
    if raw.startswith(age.VERSION):
        word = profile.secret_word("ORG_PASSPHRASE", "密钥文件口令", "passphrase", passphrase_file)
        raw = age.read_passphrase(word, raw)
    held = Members(parse(raw))
    held.choice("kind", (KIND,))
    found = OrganisationSecret(
        held.uscc(), held.text("name"), load_private(held.octets("secret", 32))
    )
    held.end()
    return found
