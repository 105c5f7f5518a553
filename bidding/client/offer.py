"""What is offered: the facts of the offer file, and the documents, read piece by piece.

The offer file is JSON: `{"price": {…}, "technical": {…}}`, facts by name. The price is in fen;
its capitals are written by the program. Nothing that names the bidder belongs in the technical
part: the panel scores it without knowing whose it is.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bidding.client import files
from bidding.client.wire import json_of
from market.kernel.errors import BadInput, Refusal
from market.kernel.money import Money
from market.protocol.binding import Kind
from market.protocol.encoding import Json, JsonObject, b64u
from market.protocol.payload import Document

PIECE: Final = 256 * 1024
NEEDED: Final = ("price", "delivery")
CAPITALS: Final = "price-capitals"


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to be sealed: its place, length and SHA-256, and whether it names the bidder."""

    path: Path
    length: int
    digest: bytes
    names_bidder: bool

    @property
    def extension(self) -> str:
        """Its ending, in small letters."""
        return self.path.suffix.lstrip(".").lower()

    def document(self) -> Document:
        """The document as a payload takes it; `document-changed` if it is another by then."""
        return Document(self.extension, self.length, self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        seen, left = hashlib.sha256(), self.length
        with self.path.open("rb") as file:
            while left and (piece := file.read(min(PIECE, left))):
                seen.update(piece)
                left -= len(piece)
                yield piece
        if left or seen.digest() != self.digest:
            raise Refusal(
                "document-changed",
                zh=f"封装时文件被改动：{self.path.name}，重新封装",
                en=f"The document was changed while it was sealed: {self.path.name}; seal again",
            )


def read_papers(paths: Sequence[Path], marks: Sequence[str]) -> list[Paper]:
    """Documents, each read once through for its hash and for words that name the bidder."""
    return [_paper(path, [word for mark in marks if mark for word in _spellings(mark)])
            for path in paths]  # fmt: skip


def read_offer_file(path: Path) -> dict[Kind, JsonObject]:
    """The facts of each envelope; `bad-offer` says what is missing or wrong."""
    value = json_of(files.read(path))
    found = dict[Kind, JsonObject]()
    for name, facts in value.items():
        if name not in (Kind.PRICE, Kind.TECHNICAL) or not isinstance(facts, dict):
            raise _bad(f"不认识的部分 {name}", f"it has an unknown part {name}")
        found[Kind(name)] = facts
    price = found.get(Kind.PRICE)
    missing = [name for name in NEEDED if price is None or name not in price]
    if price is None or missing:
        raise _bad(f"报价部分缺少 {missing}", f"its price part lacks {missing}")
    amount = price["price"]
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
        raise _bad("price 应为正整数（分）", "price is a positive whole number of fen")
    capitals = Money(amount).in_capitals()
    if price.get(CAPITALS, capitals) != capitals:
        said = price[CAPITALS]
        if not isinstance(said, str) or Money.from_capitals(said).fen != amount:
            raise _bad("大写金额与 price 不符", "price-capitals is another amount than price")
    found[Kind.PRICE] = {**price, CAPITALS: price.get(CAPITALS, capitals)}
    return found


def with_documents(facts: JsonObject, papers: Sequence[Paper]) -> JsonObject:
    """The facts with the hash of each document, so that any one of them can be shown later."""
    hashes: dict[str, Json] = {
        f"document-{place:04d}": b64u(paper.digest) for place, paper in enumerate(papers, start=1)
    }
    return {**facts, **hashes}


def refuse_above(facts: JsonObject, ceiling: Json) -> None:
    """Refuse (`above-ceiling`) a price that the tender's ceiling makes invalid."""
    price = facts["price"]
    if isinstance(price, int) and isinstance(ceiling, int) and price > ceiling:
        raise Refusal(
            "above-ceiling",
            zh=f"报价 {Money(price)} 元超过最高限价 {Money(ceiling)} 元",
            en=f"The price of {Money(price)} yuan exceeds the ceiling of {Money(ceiling)} yuan",
        )


def _paper(path: Path, words: Sequence[bytes]) -> Paper:
    seen, length, tail, named = hashlib.sha256(), 0, b"", False
    longest = max(map(len, words), default=1)
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                seen.update(piece)
                length += len(piece)
                window = tail + piece
                named = named or any(word in window for word in words)
                tail = window[-longest:]
    except OSError as cause:
        raise BadInput(
            "no-file", zh=f"无法读取文件：{path}", en=f"The file cannot be read: {path}"
        ) from cause
    return Paper(path, length, seen.digest(), named)


def _spellings(mark: str) -> list[bytes]:
    """A mark as plain text and as PDF writes titles."""
    return [mark.encode(), mark.encode("utf-16-be"), mark.encode("gb18030")]


def _bad(zh: str, en: str) -> BadInput:
    return BadInput("bad-offer", zh=f"报价文件有误：{zh}", en=f"The offer file is wrong: {en}")
