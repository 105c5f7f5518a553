"""The payload of an envelope: one canonical byte form that two readers cannot read differently.

`"YGP1" || uint64 length of the body || 32 random bytes || body || zeros` up to a size class. The
body is entries `uint16 length of name || name || uint64 length || bytes`, all big-endian, in this
order: `bind.json`, then the one that the kind asks for, then `documents/0001.ext` and on without
a gap. Everything is written and read as a stream; a document is never held in memory.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, TypeAlias

from market.protocol import age, stream
from market.protocol.binding import SMALL_KINDS, Kind
from market.protocol.chance import Chance, fresh
from market.protocol.encoding import JsonObject, canonical, digest, parse, refuse

MAGIC: Final = b"YGP1"
RANDOM_LENGTH: Final = 32
HEAD_LENGTH: Final = len(MAGIC) + 8 + RANDOM_LENGTH
SMALL_CLASS: Final = 4096
FIRST_CLASS: Final = 65_536
LAST_CLASS: Final = 1 << 30
STEPS: Final = 8  # classes between a power of two and the next: at most 12.5 % is padding
BIND_LIMIT: Final = 4096
MAIN_LIMIT: Final = 4 * 1024 * 1024
DOCUMENT_LIMIT: Final = 9999
PIECE: Final = 65_536

BIND_NAME: Final = "bind.json"
MAIN_NAMES: Final = {
    Kind.IDENTITY: "identity.json",
    Kind.TECHNICAL: "offer.json",
    Kind.PRICE: "offer.json",
    Kind.QUOTE: "offer.json",
    Kind.SCHEME: "scheme.json",
    Kind.NONCE: "nonce.json",
}
_EXTENSION = re.compile(r"[a-z0-9]{1,10}", re.ASCII)
_DOCUMENT = re.compile(r"documents/([0-9]{4})\.[a-z0-9]{1,10}", re.ASCII)
_NAME_LIMIT: Final = 64
_LABEL: Final = b"yg/payload/v1"

Sink: TypeAlias = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Document:
    """A document to be packed: its extension, its length in bytes, its bytes in pieces."""

    extension: str
    length: int
    pieces: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class DocumentFound:
    """A document that was unpacked: its name inside the payload, its length, its SHA-256."""

    name: str
    length: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Payload:
    """A payload read to its end and found good. `digest` is SHA-256 of all its bytes."""

    bind: JsonObject
    main: JsonObject
    documents: tuple[DocumentFound, ...]
    digest: bytes


def padded_length(kind: Kind, body: int) -> int:
    """The size class, in bytes, of a payload with a body of so many bytes.

    `too-large` above 4 KiB (identity, nonce) or 1 GiB.
    """
    total = HEAD_LENGTH + body
    if total > (SMALL_CLASS if kind in SMALL_KINDS else LAST_CLASS):
        refuse("内容超过信封的容量", "The content is too large for its envelope", code="too-large")
    if kind in SMALL_KINDS:
        return SMALL_CLASS
    if total <= FIRST_CLASS:
        return FIRST_CLASS
    step = (1 << (total - 1).bit_length() - 1) // STEPS
    return -(-total // step) * step


def is_sealed_length(kind: Kind, size: int) -> bool:
    """Whether a ciphertext of so many bytes can hold a payload of this kind."""
    chunk = stream.CHUNK + stream.TAG
    cover = age.HEADER_LENGTH + age.NONCE_LENGTH
    plain = size - cover - stream.TAG * -(-(size - cover) // chunk)
    if plain < HEAD_LENGTH or plain > LAST_CLASS or age.sealed_length(plain) != size:
        return False
    if kind in SMALL_KINDS:
        return plain == SMALL_CLASS
    return padded_length(kind, plain - HEAD_LENGTH) == plain


def payload_hash(facts_root: bytes, payload_digest: bytes) -> bytes:
    """What stands for a payload: `H("yg/payload/v1" || root of its facts || H(payload))`.

    A single fact is proved against it without showing the rest (threat H13); the payload's 32
    random bytes and the facts' salts keep it from being guessed.
    """
    return digest(_LABEL + facts_root + payload_digest)


def pack(
    kind: Kind,
    bind: JsonObject,
    main: JsonObject,
    documents: Sequence[Document] = (),
    chance: Chance = fresh,
) -> Iterator[bytes]:
    """The payload in pieces. Draws 32 bytes.

    `too-large`; `malformed` for an extension that is not 1 to 10 small letters or digits.
    `ValueError` when a document's pieces do not make its stated length.
    """
    parts = [(BIND_NAME, canonical(bind)), (MAIN_NAMES[kind], canonical(main))]
    heads = [_head(name, len(raw)) + raw for name, raw in parts]
    names = [_document_name(place, item) for place, item in enumerate(documents, start=1)]
    body = sum(map(len, heads)) + sum(
        len(_head(name, 0)) + item.length for name, item in zip(names, documents, strict=True)
    )
    if documents and kind in SMALL_KINDS:
        refuse("此信封不能带附件", "This envelope holds no documents", code="too-large")
    if len(parts[1][1]) > MAIN_LIMIT:
        refuse("内容超过信封的容量", "The content is too large for its envelope", code="too-large")
    padding = padded_length(kind, body) - HEAD_LENGTH - body
    front = MAGIC + body.to_bytes(8, "big") + chance(RANDOM_LENGTH) + b"".join(heads)
    return _write(front, names, documents, padding)


def unpack(kind: Kind, pieces: Iterable[bytes], sink_for: Callable[[str], Sink]) -> Payload:
    """Read a payload to its end. Each document goes, piece by piece, to `sink_for(name)`.

    What the sinks got stands only once this has returned. Refused: `bad-payload` for anything
    but the one byte form, `malformed` for JSON that is not canonical.
    """
    source = _Source(pieces)
    if source.take(len(MAGIC)) != MAGIC:
        _bad("开头不对", "does not begin as one")
    body = int.from_bytes(source.take(8), "big")
    source.take(RANDOM_LENGTH)
    if HEAD_LENGTH + body > (SMALL_CLASS if kind in SMALL_KINDS else LAST_CLASS):
        _bad("长度不对", "states a length out of range")
    size, end = padded_length(kind, body), HEAD_LENGTH + body
    bind = _json(source, BIND_NAME, end, BIND_LIMIT)
    main = _json(source, MAIN_NAMES[kind], end, MAIN_LIMIT)
    documents: list[DocumentFound] = []
    while source.position < end:
        documents.append(_document(source, end, len(documents) + 1, sink_for))
    if documents and kind in SMALL_KINDS:
        _bad("不应有附件", "holds a document where none may be")
    source.zeros(size - end)
    source.finish()
    return Payload(bind, main, tuple(documents), source.digest())


def unpack_whole(kind: Kind, raw: bytes) -> tuple[Payload, dict[str, bytes]]:
    """A small payload, with its documents by name; refusals of `unpack`."""
    kept: dict[str, bytearray] = {}
    payload = unpack(kind, [raw], lambda name: kept.setdefault(name, bytearray()).extend)
    return payload, {name: bytes(held) for name, held in kept.items()}


def _write(
    front: bytes, names: Sequence[str], documents: Sequence[Document], padding: int
) -> Iterator[bytes]:
    yield front
    for name, item in zip(names, documents, strict=True):
        yield _head(name, item.length)
        written = 0
        for piece in item.pieces:
            written += len(piece)
            yield piece
        if written != item.length:
            raise ValueError(f"{name} has {written} bytes, not {item.length} as stated")
    for start in range(0, padding, PIECE):
        yield bytes(min(PIECE, padding - start))


def _head(name: str, length: int) -> bytes:
    raw = name.encode("ascii")
    return len(raw).to_bytes(2, "big") + raw + length.to_bytes(8, "big")


def _document_name(place: int, item: Document) -> str:
    if place > DOCUMENT_LIMIT or _EXTENSION.fullmatch(item.extension) is None:
        refuse("附件过多或扩展名不对", "Too many documents, or an extension not allowed")
    return f"documents/{place:04d}.{item.extension}"


def _json(source: "_Source", name: str, end: int, limit: int) -> JsonObject:
    found, length = source.head(end)
    if found != name or length > limit:
        _bad(f"此处应为 {name}", f"must hold {name} here")
    return parse(source.take(length), limit=limit)


def _document(
    source: "_Source", end: int, place: int, sink_for: Callable[[str], Sink]
) -> DocumentFound:
    name, length = source.head(end)
    found = _DOCUMENT.fullmatch(name)
    if found is None or int(found[1]) != place:
        _bad("附件名称或次序不对", "names a document wrongly or out of order")
    sink, hasher = sink_for(name), hashlib.sha256()
    for piece in source.stream(length):
        hasher.update(piece)
        sink(piece)
    return DocumentFound(name, length, hasher.digest())


def _bad(zh: str, en: str) -> NoReturn:
    refuse(f"信封内容格式不符：{zh}", f"The payload {en}", code="bad-payload")


class _Source:
    """The bytes of a payload in order, counted and hashed; too few of them is `bad-payload`."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = b""
        self._hasher = hashlib.sha256()
        self.position = 0

    def stream(self, count: int) -> Iterator[bytes]:
        """The next `count` bytes in pieces."""
        while count:
            if not self._held:
                self._held = next(self._pieces, None) or self._more()
            piece, self._held = self._held[:count], self._held[count:]
            count -= len(piece)
            self.position += len(piece)
            self._hasher.update(piece)
            yield piece

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        return b"".join(self.stream(count))

    def head(self, end: int) -> tuple[str, int]:
        """The head of an entry that must lie whole before `end`: name and length."""
        if self.position + 2 > end:
            _bad("条目不完整", "ends inside an entry")
        size = int.from_bytes(self.take(2), "big")
        if not 0 < size <= _NAME_LIMIT or self.position + size + 8 > end:
            _bad("条目名长度不对", "names an entry wrongly")
        name = self.take(size).decode("ascii", "replace")
        length = int.from_bytes(self.take(8), "big")
        if self.position + length > end:
            _bad("条目超出正文", "states an entry longer than its body")
        return name, length

    def zeros(self, count: int) -> None:
        """The next `count` bytes, which must be zero."""
        if any(piece.strip(b"\x00") for piece in self.stream(count)):
            _bad("填充不是零", "is padded with something other than zeros")

    def finish(self) -> None:
        """Refuse bytes behind the end."""
        if self._held or any(self._pieces):
            _bad("末尾有多余数据", "goes on behind its end")

    def digest(self) -> bytes:
        """SHA-256 of everything read."""
        return self._hasher.digest()

    def _more(self) -> bytes:
        for piece in self._pieces:
            if piece:
                return piece
        _bad("不完整", "is cut")
