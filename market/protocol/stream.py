"""The body of an age v1 file: chunks of 64 KiB under ChaCha20-Poly1305 (the STREAM construction).

Nonce of chunk c: c as 11 bytes big-endian, then 01 for the last chunk and 00 for the others. An
empty chunk stands only where the whole text is empty. Memory needed: two chunks.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from market.protocol.encoding import Malformed, refuse

CHUNK: Final = 65_536
TAG: Final = 16


def sealed_length(plain: int) -> int:
    """The length in bytes of the chunks that hold `plain` bytes."""
    return plain + TAG * max(1, -(-plain // CHUNK))


def seal(key: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks of the text that the pieces make, whatever their lengths."""
    cipher = ChaCha20Poly1305(key)
    for place, (block, last) in enumerate(_blocks(pieces, CHUNK)):
        yield cipher.encrypt(_nonce(place, last=last), block, None)


def unseal(key: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The text of the chunks, one after the other.

    Refused (`sealed-body`): a changed, missing, exchanged or added byte. A cut is known only
    when the iterator ends, so nothing taken from it stands before it has ended.
    """
    cipher = ChaCha20Poly1305(key)
    for place, (block, last) in enumerate(_blocks(pieces, CHUNK + TAG)):
        if len(block) <= TAG and place > 0:
            refuse("密文结尾不完整", "The sealed file ends in an empty chunk", code="sealed-body")
        try:
            yield cipher.decrypt(_nonce(place, last=last), block, None)
        except InvalidTag as cause:
            raise Malformed(
                "sealed-body",
                zh="密文已损坏、被改动或不完整",
                en="The sealed file is damaged, changed or cut",
            ) from cause


def _nonce(place: int, *, last: bool) -> bytes:
    return place.to_bytes(11, "big") + bytes([last])


def _blocks(pieces: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Blocks of exactly `size` bytes, then the last one (1 to `size`; empty only if all is)."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) > size:
            yield bytes(held[:size]), False
            del held[:size]
    yield bytes(held), True
