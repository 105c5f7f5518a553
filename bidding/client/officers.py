"""The officer before the opening: a pool of keys, a key for a tender, the rehearsal."""

from pathlib import Path
from typing import Final

from bidding.client import files
from bidding.client.officerbook import Assigned, OfficerBook, next_key, unlock_pool
from bidding.client.organisations import OrganisationSecret
from bidding.client.profile import Profile
from market.kernel.errors import Refusal
from market.protocol import keypool
from market.protocol.binding import Binding, Kind
from market.protocol.chance import fresh
from market.protocol.encoding import JsonObject, Malformed, canonical, digest
from market.protocol.entries import SALT_LENGTH, commitment
from market.protocol.envelopes import Envelope, open_share, read_envelope
from market.protocol.manifest import rehearsal_hash
from market.protocol.members import Members
from market.protocol.officers import Organisation, SealingKey, officer_key, prove_officer
from market.protocol.opening import PostedShare, ShareBatch

TOOL: Final = "client"
SHEET: Final = "rehearsal-sheet"


def make_pool(profile: Profile, count: int, out: Path) -> None:
    """Write a pool of sealing keys under a generated passphrase, which is told once.

    The file opens with any age program. No copy of passphrase or key is kept in the profile.
    """
    word = keypool.new_passphrase()
    files.keep_new(out, keypool.seal_pool(keypool.new_pool(count), word))
    profile.told.facts = {"file": str(out), "keys": count}
    profile.told.warn(
        f"密钥池口令（只显示这一次，抄写后与文件分开保管）：{word}",
        f"Passphrase of the pool (shown this once; write it down, keep it apart): {word}",
    )
    profile.told.warn(
        "任何人（包括客服）都无权索要此文件或口令",
        "Nobody, support staff included, may ask for this file or its passphrase",
    )
    profile.told.say(f"已生成 {count} 把开标密钥", f"{count} sealing keys are made")


def join(
    profile: Profile,
    tender: str,
    role: str,
    person: str,
    signer: OrganisationSecret,
    pool: dict[str, str],
    *,
    renew: bool,
) -> None:
    """Give the officer's key for a tender, signed by its organisation; again, the same key.

    `renew` takes the next key of the pool: the one before was seen in a rehearsal that is void.
    """
    book = OfficerBook(profile.home)
    held = book.assigned(tender)
    if held is None or renew:
        salt = fresh(SALT_LENGTH)
        named = commitment(salt, {"person": person, "uscc": signer.uscc})
        held = Assigned(next_key(pool, book.used()), named, salt)
        book.assign(tender, held)
    statement = prove_officer(
        officer_key(
            tender,
            role,
            Organisation(signer.name, signer.uscc),
            SealingKey(held.recipient, held.person_commitment, TOOL, b""),
        ),
        signer.key,
    )
    answer = profile.platform().post(f"/api/v1/tenders/{tender}/officers", statement).json()
    profile.told.facts = {"tender": tender, "seat": answer.get("seat"), "recipient": held.recipient}
    profile.told.say(
        f"已提交公钥，席位 {answer.get('seat')}", f"The key is given for seat {answer.get('seat')}"
    )


def rehearse(
    profile: Profile, tender: str, signer: OrganisationSecret, pool: dict[str, str]
) -> None:
    """Open the rehearsal's one share and hand the batch in; a real share is refused here."""
    line = profile.platform()
    path = f"/api/v1/tenders/{tender}/rehearsal/shares"
    answer = Members(line.get(path).json())
    i, sheet = answer.whole("seat", 1), answer.take("sheet")
    answer.end()
    if not isinstance(sheet, dict):
        raise Malformed
    binding, envelope, recipients = _sheet(sheet, tender)
    held = OfficerBook(profile.home).assigned(tender)
    if held is None or i > len(recipients) or recipients[i - 1] != held.recipient:
        raise Refusal(
            "not-my-key",
            zh="演练用的不是本资料夹为此项目交出的公钥",
            en="The rehearsal is not sealed to the key that this profile gave for the tender",
        )
    identity = identity_of(pool, held.recipient)
    share = open_share(identity, envelope.shares[i - 1], binding, i)
    batch = ShareBatch(
        tender,
        binding.manifest_hash,
        0,
        digest(canonical(sheet)),
        i,
        held.recipient,
        (PostedShare(binding.bid_pub, Kind.IDENTITY, share),),
        (),
        rehearsal=True,
    )
    done = line.post(path, batch.sign(signer.key)).json()
    profile.told.facts = {"tender": tender, "seat": i, **done}
    profile.told.say(
        f"演练完成：{done.get('rehearsed')} / {done.get('officers')}",
        f"Rehearsed: {done.get('rehearsed')} of {done.get('officers')}",
    )


def pool_of(profile: Profile, path: Path, passphrase_file: Path | None) -> dict[str, str]:
    """The pool's identities by recipient."""
    word = profile.secret_word("POOL_PASSPHRASE", "密钥池口令", "passphrase", passphrase_file)
    return unlock_pool(path, word)


def identity_of(pool: dict[str, str], recipient: str) -> str:
    """The identity of a recipient; `key-not-in-pool`."""
    if recipient not in pool:
        raise Refusal(
            "key-not-in-pool",
            zh="密钥池文件中没有此项目的密钥，换用当时的密钥池文件",
            en="This pool does not hold the key of the tender; take the file it came from",
        )
    return pool[recipient]


def _sheet(sheet: JsonObject, tender: str) -> tuple[Binding, Envelope, tuple[str, ...]]:
    given = Members(sheet, SHEET)
    named = given.tender()
    recipients = given.array("recipients", _text, 3, 15)
    nonce, bid_pub = given.octets("nonce", 32), given.octets("bid_pub", 32)
    given.whole("k", 2)
    envelope = read_envelope(given.take("envelope"))
    given.end()
    if named != tender or [share.recipient for share in envelope.shares] != list(recipients):
        raise Malformed
    binding = Binding(
        tender, rehearsal_hash(tender, recipients, nonce), 0, Kind.IDENTITY, bid_pub, rehearsal=True
    )
    return binding, envelope, recipients


def _text(item: object) -> str:
    if not isinstance(item, str):
        raise Malformed
    return item
