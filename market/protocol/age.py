"""age v1 files (age-encryption.org/v1), written in one exact form and read strictly.

A file to a recipient has a header of exactly 168 bytes with exactly one X25519 stanza. Other
writers add random stanzas that tell one program from another; here all files of one length look
alike, and a file with any other header is refused. Any age program opens what is written here.
"""

import base64
import hmac
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from market.protocol import bech32, stream
from market.protocol.chance import Chance, fresh
from market.protocol.encoding import Malformed, refuse

VERSION: Final = b"age-encryption.org/v1\n"
HEADER_LENGTH: Final = 168
NONCE_LENGTH: Final = 16
FILE_KEY_LENGTH: Final = 16
KEY_LENGTH: Final = 32
IDENTITY_LENGTH: Final = 74  # characters of "AGE-SECRET-KEY-1…"
RECIPIENT_LENGTH: Final = 62  # characters of "age1…"
WORK_FACTOR: Final = 18  # log2 of scrypt's N when writing (threat H22)
WORK_LIMIT: Final = 20  # when reading: 1 GiB of memory, no more

_B64_32 = rb"([A-Za-z0-9+/]{43})"
_HEADER = re.compile(
    VERSION + rb"-> X25519 " + _B64_32 + rb"\n" + _B64_32 + rb"\n--- " + _B64_32 + rb"\n"
)
_SCRYPT = re.compile(
    VERSION
    + rb"-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n"
    + _B64_32
    + rb"\n--- "
    + _B64_32
    + rb"\n"
)


def new_identity(chance: Chance = fresh) -> tuple[str, str]:
    """A fresh identity ("AGE-SECRET-KEY-1…", 74 characters) and its recipient ("age1…", 62).

    Draws 32 bytes.
    """
    identity = bech32.write("age-secret-key-", chance(KEY_LENGTH)).upper()
    return identity, recipient_of(identity)


def recipient_of(identity: str) -> str:
    """The recipient that belongs to an identity; text that is no identity is `bad-key-text`."""
    return bech32.write("age", _private(identity).public_key().public_bytes_raw())


def check_recipient(recipient: str) -> None:
    """Refuse (`bad-key-text`) text that is not a recipient in its one form."""
    bech32.read("age", recipient, KEY_LENGTH)


def sealed_length(plain: int) -> int:
    """The length in bytes of the file that holds `plain` bytes."""
    return HEADER_LENGTH + NONCE_LENGTH + stream.sealed_length(plain)


def write_stream(
    recipient: str, pieces: Iterable[bytes], chance: Chance = fresh
) -> Iterator[bytes]:
    """The file that holds the pieces, as an iterator; memory needed is two chunks.

    Draws the file key (16 bytes), the ephemeral secret (32) and the nonce (16).
    """
    key, secret = chance(FILE_KEY_LENGTH), X25519PrivateKey.from_private_bytes(chance(KEY_LENGTH))
    public = bech32.read("age", recipient, KEY_LENGTH)
    share = secret.public_key().public_bytes_raw()
    wrapping = _wrapping_key(secret, public, share + public)
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), key, None)
    head = VERSION + b"-> X25519 " + _b64(share) + b"\n" + _b64(body) + b"\n---"
    return _file(key, head, pieces, chance(NONCE_LENGTH))


def write(recipient: str, plaintext: bytes, chance: Chance = fresh) -> bytes:
    """The whole file that holds the plaintext; draws as `write_stream`."""
    return b"".join(write_stream(recipient, [plaintext], chance))


def read_stream(identity: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The plaintext of a file, as an iterator. Nothing taken stands before it has ended.

    Refused: `sealed-header` (not exactly one X25519 stanza in the one form), `sealed-key`
    (sealed to somebody else), `sealed-mac` (header changed), `sealed-body` (text changed or cut).
    """
    head, rest = _split(pieces, HEADER_LENGTH)
    return _body(_unwrap(identity, head), head, rest)


def read(identity: str, file: bytes) -> bytes:
    """The whole plaintext of a file; refusals of `read_stream`."""
    return b"".join(read_stream(identity, [file]))


def check_form(file: bytes) -> None:
    """Refuse (`sealed-header`) a file whose first 168 bytes are not a header in the one form.

    Takes the whole file or its beginning; needs no key, so anybody can check it.
    """
    _header(file[:HEADER_LENGTH])


def file_key(identity: str, file: bytes) -> bytes:
    """The 16-byte key of one file alone: what is shown in a dispute instead of the identity.

    Refused as in `read_stream`, without looking at the text.
    """
    head = file[:HEADER_LENGTH]
    key = _unwrap(identity, head)
    _check_mac(key, head)
    return key


def read_with_file_key(key: bytes, file: bytes) -> bytes:
    """The plaintext of a file opened by its file key; the header's MAC proves the key is its own.

    Refused: `sealed-header`, `sealed-mac`, `sealed-body`.
    """
    head = file[:HEADER_LENGTH]
    _header(head)
    return b"".join(_body(key, head, [file[HEADER_LENGTH:]]))


def write_passphrase(
    passphrase: str, plaintext: bytes, *, work: int = WORK_FACTOR, chance: Chance = fresh
) -> bytes:
    """A file under a passphrase (one scrypt stanza, N = 2^work, r = 8, p = 1).

    Draws the file key (16 bytes), the salt (16) and the nonce (16).
    """
    key, salt = chance(FILE_KEY_LENGTH), chance(16)
    wrapping = _passphrase_key(passphrase, salt, work)
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), key, None)
    head = VERSION + b"-> scrypt " + _b64(salt) + b" %d\n" % work + _b64(body) + b"\n---"
    return b"".join(_file(key, head, [plaintext], chance(NONCE_LENGTH)))


def read_passphrase(passphrase: str, file: bytes, *, limit: int = WORK_LIMIT) -> bytes:
    """The plaintext of a file under a passphrase, written by any age program.

    Refused: `sealed-header` (another form, or a work factor above `limit`), `sealed-key` (wrong
    passphrase), `sealed-mac`, `sealed-body`.
    """
    found = _SCRYPT.match(file)
    if found is None or int(found[2]) > limit:
        _refuse_header()
    salt = _unb64(found[1])
    wrapping = _passphrase_key(passphrase, salt, int(found[2]))
    key = _open_stanza(wrapping, _unb64(found[3]))
    return b"".join(_body(key, file[: found.end()], [file[found.end() :]]))


def _file(key: bytes, head: bytes, pieces: Iterable[bytes], nonce: bytes) -> Iterator[bytes]:
    mac = hmac.digest(_derive(key, b"", b"header"), head, "sha256")
    yield head + b" " + _b64(mac) + b"\n" + nonce
    yield from stream.seal(_derive(key, nonce, b"payload"), pieces)


def _body(key: bytes, head: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    _check_mac(key, head)
    nonce, chunks = _split(rest, NONCE_LENGTH)
    if len(nonce) < NONCE_LENGTH:
        refuse("密文不完整", "The sealed file is cut", code="sealed-body")
    yield from stream.unseal(_derive(key, nonce, b"payload"), chunks)


def _check_mac(key: bytes, head: bytes) -> None:
    covered, mac = head[:-45], head[-44:-1]  # up to and with "---"; 43 characters and a line end
    right = _b64(hmac.digest(_derive(key, b"", b"header"), covered, "sha256"))
    if not hmac.compare_digest(right, mac):
        refuse("密文头校验不符", "The header of the sealed file was changed", code="sealed-mac")


def _unwrap(identity: str, head: bytes) -> bytes:
    share, body = _header(head)
    secret = _private(identity)
    own = secret.public_key().public_bytes_raw()
    return _open_stanza(_wrapping_key(secret, share, share + own), body)


def _header(head: bytes) -> tuple[bytes, bytes]:
    found = _HEADER.fullmatch(head)
    if found is None:
        _refuse_header()
    _unb64(found[3])
    return _unb64(found[1]), _unb64(found[2])


def _open_stanza(wrapping: bytes, body: bytes) -> bytes:
    try:
        return ChaCha20Poly1305(wrapping).decrypt(bytes(12), body, None)
    except InvalidTag as cause:
        raise Malformed(
            "sealed-key",
            zh="此密钥打不开这份密文",
            en="This key does not open this sealed file",
        ) from cause


def _wrapping_key(secret: X25519PrivateKey, public: bytes, salt: bytes) -> bytes:
    try:
        shared = secret.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as cause:  # the point is of small order: everybody would know the result
        raise Malformed(
            "sealed-header", zh="密文的公钥不可用", en="A public point is not usable"
        ) from cause
    return _derive(shared, salt, b"age-encryption.org/v1/X25519")


def _passphrase_key(passphrase: str, salt: bytes, work: int) -> bytes:
    labelled = b"age-encryption.org/v1/scrypt" + salt
    return Scrypt(salt=labelled, length=KEY_LENGTH, n=1 << work, r=8, p=1).derive(
        passphrase.encode()
    )


def _derive(secret: bytes, salt: bytes, label: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_LENGTH, salt=salt, info=label).derive(secret)


def _private(identity: str) -> X25519PrivateKey:
    if not (identity.isascii() and identity.isupper()):
        refuse("密钥文本应为大写", "An identity is written in upper case", code="bad-key-text")
    raw = bech32.read("age-secret-key-", identity.lower(), KEY_LENGTH)
    return X25519PrivateKey.from_private_bytes(raw)


def _split(pieces: Iterable[bytes], length: int) -> tuple[bytes, Iterator[bytes]]:
    """The first `length` bytes (fewer if there are no more) and the rest."""
    held, source = bytearray(), iter(pieces)
    while len(held) < length:
        piece = next(source, None)
        if piece is None:
            break
        held += piece
    return bytes(held[:length]), chain([bytes(held[length:])], source)


def _b64(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _unb64(text: bytes) -> bytes:
    raw = base64.b64decode(text + b"=" * (-len(text) % 4))
    if _b64(raw) != text:
        _refuse_header()
    return raw


def _refuse_header() -> NoReturn:
    refuse(
        "密文头不是约定的形式（应恰有一个 X25519 段）",
        "The sealed file does not have the one agreed header",
        code="sealed-header",
    )
