"""Keys for blind signing: which are fit (threat M1), and how they are written.

A key that somebody shaped could make a holder's blinding fail visibly or its token forgeable,
so a client uses only moduli of exactly 3072 bits without small or common factors.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

import gmpy2
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from market.protocol.blind import PrivateKey, PublicKey
from market.protocol.encoding import Malformed, digest, refuse

BITS: Final = 3072
LENGTH: Final = BITS // 8  # bytes of sigma, blinded and inv
EXPONENT: Final = 65_537
SMALL_FACTOR: Final = 1 << 16


def write_public(key: PublicKey) -> bytes:
    """The key as SubjectPublicKeyInfo (DER, rsaEncryption 1.2.840.113549.1.1.1)."""
    return (
        rsa.RSAPublicNumbers(key.e, key.n)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def read_public(spki: bytes) -> PublicKey:
    """The key that these DER bytes write, if it is fit.

    Refused (`bad-bond-key`): another algorithm or another way to write the same key, a modulus
    that is not of exactly 3072 bits, even or with a factor below 2^16, an exponent other than
    65537.
    """
    try:
        loaded = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as cause:
        raise Malformed(
            "bad-bond-key", zh="不是 RSA 公钥", en="This is not an RSA public key"
        ) from cause
    if not isinstance(loaded, rsa.RSAPublicKey):
        refuse("不是 RSA 公钥", "This is not an RSA public key", code="bad-bond-key")
    numbers = loaded.public_numbers()
    key = PublicKey(numbers.n, numbers.e)
    check_public(key)
    if write_public(key) != spki:
        refuse("公钥写法不规范", "The key is not written in its one form", code="bad-bond-key")
    return key


def check_public(key: PublicKey) -> None:
    """Refuse (`bad-bond-key`) a key that is not fit; see `read_public`."""
    if key.n.bit_length() != BITS or key.e != EXPONENT:
        refuse(
            "公钥应为 3072 位、指数 65537",
            "The key must have 3072 bits and the exponent 65537",
            code="bad-bond-key",
        )
    if gmpy2.gcd(key.n, _small_primes()) != 1:
        refuse("公钥模数有小因子", "The modulus has a small factor", code="bad-bond-key")


def check_moduli(keys: Sequence[PublicKey]) -> None:
    """Refuse (`bad-bond-key`) keys of which two are equal or share a factor."""
    product = gmpy2.mpz(1)
    for key in keys:
        if gmpy2.gcd(product, key.n) != 1:
            refuse("两把公钥有公因子", "Two keys share a factor", code="bad-bond-key")
        product *= key.n


def key_id(key: PublicKey) -> bytes:
    """The name of a key inside nullifiers: SHA-256 of its DER bytes, 32 bytes."""
    return digest(write_public(key))


def new_private() -> PrivateKey:
    """A fresh key of 3072 bits for one (denomination, epoch, purpose), fit for clients."""
    while True:
        made = _from_numbers(rsa.generate_private_key(EXPONENT, BITS).private_numbers())
        if gmpy2.gcd(made.public.n, _small_primes()) == 1:
            return made


def write_private(private: PrivateKey) -> bytes:
    """The signer's key as PKCS #8 (DER, not encrypted: it stays in a 0600 file)."""
    p, q, d = private.p, private.q, private.d
    numbers = rsa.RSAPrivateNumbers(
        p,
        q,
        d,
        rsa.rsa_crt_dmp1(d, p),
        rsa.rsa_crt_dmq1(d, q),
        rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(private.public.e, private.public.n),
    )
    return numbers.private_key().private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def read_private(pkcs8: bytes) -> PrivateKey:
    """The signer's key of PKCS #8 bytes; refused (`bad-bond-key`) unless it is fit."""
    try:
        loaded = serialization.load_der_private_key(pkcs8, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
        raise Malformed(
            "bad-bond-key", zh="不是 RSA 私钥", en="This is not an RSA private key"
        ) from cause
    if not isinstance(loaded, rsa.RSAPrivateKey):
        refuse("不是 RSA 私钥", "This is not an RSA private key", code="bad-bond-key")
    private = _from_numbers(loaded.private_numbers())
    check_public(private.public)
    return private


def _from_numbers(numbers: rsa.RSAPrivateNumbers) -> PrivateKey:
    public = PublicKey(numbers.public_numbers.n, numbers.public_numbers.e)
    return PrivateKey(public, numbers.p, numbers.q, numbers.d)


@cache
def _small_primes() -> int:
    """The product of all primes below 2^16."""
    return int(gmpy2.primorial(SMALL_FACTOR - 1))
