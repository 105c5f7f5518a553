"""RSA blind signatures, RSABSSA-SHA384-PSS (RFC 9474), and the equation that links them.

The signer signs what it cannot see; the holder takes the blinding off and has an ordinary PSS
signature. Encoding and lengths follow the modulus; keys of the product are of 3072 bits
(`blindkeys`). Salt 48 bytes, always; MGF1 with SHA-384.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, NoReturn

import gmpy2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA384

from market.protocol.chance import Chance, fresh
from market.protocol.encoding import Malformed, refuse

SALT_LENGTH: Final = 48
_HASH_LENGTH: Final = 48
_TRIES: Final = 256  # a sound generator fails so often once in 2^256


class SigningFault(RuntimeError):
    """The signing machine computed wrongly: nothing may leave, for a fault betrays a factor."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Modulus and exponent; `length` is the length in bytes of everything under this key."""

    n: int
    e: int

    @property
    def length(self) -> int:
        """Bytes of a signature, a blinded value or an `inv`."""
        return (self.n.bit_length() + 7) // 8


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A signer's key, used for nothing but blind signing."""

    public: PublicKey
    p: int
    q: int
    d: int


@dataclass(frozen=True, slots=True)
class Blinding:
    """What the holder sends (`blinded`) and what it keeps (`inv`), both as long as the modulus."""

    blinded: bytes
    inv: bytes


def encode(prepared: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE (RFC 8017 section 9.1.1) with SHA-384 for a modulus of `bits` bits."""
    length, top = (bits + 6) // 8, (bits - 1) % 8
    inner = hashlib.sha384(bytes(8) + hashlib.sha384(prepared).digest() + salt).digest()
    block = bytes(length - len(salt) - _HASH_LENGTH - 2) + b"\x01" + salt
    mask = _mask(inner, len(block))
    masked = bytearray(a ^ b for a, b in zip(block, mask, strict=True))
    if top:
        masked[0] &= (1 << top) - 1
    return bytes(masked) + inner + b"\xbc"


def blind(key: PublicKey, prepared: bytes, chance: Chance = fresh) -> Blinding:
    """Blind a prepared message (RFC 9474 section 4.2).

    Draws the salt (48 bytes), then r (as many bytes as the modulus, big-endian) again and again
    until 0 < r < n and r has an inverse.
    """
    encoded = int.from_bytes(encode(prepared, key.n.bit_length(), chance(SALT_LENGTH)), "big")
    if gmpy2.gcd(encoded, key.n) != 1:
        refuse("此密钥不能使用", "This key cannot be used", code="bad-bond-key")
    for _ in range(_TRIES):
        r = int.from_bytes(chance(key.length), "big")
        if 0 < r < key.n and gmpy2.gcd(r, key.n) == 1:
            blinded = encoded * int(gmpy2.powmod(r, key.e, key.n)) % key.n
            inverse = int(gmpy2.invert(r, key.n))
            return Blinding(_bytes(blinded, key), _bytes(inverse, key))
    raise RuntimeError("the generator of chance is broken")


def check_blinded(key: PublicKey, blinded: bytes) -> None:
    """Refuse (`bad-blinded`) what no holder could have blinded: 0 < value < n, coprime to n."""
    value = int.from_bytes(blinded, "big")
    if len(blinded) != key.length or not 0 < value < key.n or gmpy2.gcd(value, key.n) != 1:
        refuse("盲化值不成立", "This is not a blinded value for the key", code="bad-blinded")


def sign_blinded(private: PrivateKey, blinded: bytes) -> bytes:
    """Sign a blinded value (RFC 9474 section 4.3), with the Chinese remainder theorem.

    Refused (`bad-blinded`) as in `check_blinded`. The result is checked before it leaves:
    `SigningFault` when it does not give the blinded value back.
    """
    key = private.public
    check_blinded(key, blinded)
    value, p, q = int.from_bytes(blinded, "big"), private.p, private.q
    at_p = int(gmpy2.powmod_sec(value % p, private.d % (p - 1), p))
    at_q = int(gmpy2.powmod_sec(value % q, private.d % (q - 1), q))
    signed = at_q + q * ((at_p - at_q) * int(gmpy2.invert(q, p)) % p)
    if not 0 < signed < key.n or int(gmpy2.powmod(signed, key.e, key.n)) != value:
        raise SigningFault("the blind signature does not verify; nothing was given out")
    return _bytes(signed, key)


def finalize(key: PublicKey, prepared: bytes, blind_signature: bytes, inv: bytes) -> bytes:
    """Take the blinding off and verify (RFC 9474 section 4.4): the signature `sigma`.

    Refused (`bad-blind-signature`) when the signer's answer is not good; secrets may be erased
    only after this has returned.
    """
    answer = int.from_bytes(blind_signature, "big")
    if len(blind_signature) != key.length or not 0 < answer < key.n:
        _refuse_answer()
    sigma = _bytes(answer * _inverse_of(inv, key) % key.n, key)
    try:
        verify(key, prepared, sigma)
    except Malformed as cause:
        raise Malformed(
            "bad-blind-signature",
            zh="保证金托管方的答复不成立，不要删除任何文件，向托管方查询",
            en="The custodian's answer is not good; delete nothing and ask the custodian",
        ) from cause
    return sigma


def verify(key: PublicKey, prepared: bytes, sigma: bytes) -> None:
    """Refuse (`bad-token-signature`) unless sigma is the PSS signature, salt exactly 48 bytes."""
    try:
        if len(sigma) != key.length or int.from_bytes(sigma, "big") >= key.n:
            _refuse_signature()
        RSAPublicNumbers(key.e, key.n).public_key().verify(
            sigma, prepared, padding.PSS(padding.MGF1(SHA384()), SALT_LENGTH), SHA384()
        )
    except InvalidSignature as cause:
        raise _not_signed() from cause


def link_blinded(sigma: bytes, inv: bytes, key: PublicKey) -> bytes:
    """The blinded value that was once signed for this signature: `(sigma * inv^-1)^e mod n`.

    It shows that whoever knows `inv` knew the signer's answer for that value, no more: the
    organisation's signature must agree with it (threat H1). Refused: `bad-link`.
    """
    number = int.from_bytes(sigma, "big")
    if len(sigma) != key.length or not 0 < number < key.n:
        _refuse_link()
    r = int(gmpy2.invert(_inverse_of(inv, key), key.n))
    return _bytes(int(gmpy2.powmod(number * r % key.n, key.e, key.n)), key)


def recover_inv(sigma: bytes, blind_signature: bytes, key: PublicKey) -> bytes:
    """The `inv` of a lost wallet, from the signature and the signer's answer (threat H18)."""
    answer = int.from_bytes(blind_signature, "big")
    if len(blind_signature) != key.length or not 0 < answer < key.n:
        _refuse_answer()
    if gmpy2.gcd(answer, key.n) != 1 or len(sigma) != key.length:
        _refuse_answer()
    inverse = int.from_bytes(sigma, "big") * int(gmpy2.invert(answer, key.n)) % key.n
    return _bytes(inverse, key)


def _inverse_of(inv: bytes, key: PublicKey) -> int:
    value = int.from_bytes(inv, "big")
    if len(inv) != key.length or not 0 < value < key.n or gmpy2.gcd(value, key.n) != 1:
        _refuse_link()
    return value


def _bytes(value: int, key: PublicKey) -> bytes:
    return value.to_bytes(key.length, "big")


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 with SHA-384 (RFC 8017 appendix B.2.1)."""
    rounds = -(-length // _HASH_LENGTH)
    blocks = (hashlib.sha384(seed + c.to_bytes(4, "big")).digest() for c in range(rounds))
    return b"".join(blocks)[:length]


def _refuse_answer() -> NoReturn:
    refuse(
        "保证金托管方的答复不成立",
        "The custodian's answer does not have the right form",
        code="bad-blind-signature",
    )


def _refuse_link() -> NoReturn:
    refuse("保证金关联值不成立", "The value that links the bond is not good", code="bad-link")


def _not_signed() -> Malformed:
    return Malformed(
        "bad-token-signature",
        zh="令牌签名不成立",
        en="The signature of the token does not hold",
    )


def _refuse_signature() -> NoReturn:
    raise _not_signed()
