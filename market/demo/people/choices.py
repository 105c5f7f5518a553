"""Choices that look like chance and are always the same: numbers read off SHA-256.

Nothing here is secret and nothing depends on it being fair; draws have `market.draws`.
"""

import hashlib
from collections.abc import Sequence
from typing import Final, TypeVar

T = TypeVar("T")

_TEXT: Final = "yangguang/fictional-people/v1"
_BYTES: Final = 8


class Choices:
    """A stream of choices of its own for each `label`, so that one more person moves no other."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._taken = 0

    def number(self, below: int) -> int:
        """The next whole number in [0, below)."""
        self._taken += 1
        text = f"{_TEXT}|{self._label}|{self._taken}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:_BYTES], "big") % below

    def one(self, things: Sequence[T]) -> T:
        """The next of these things."""
        return things[self.number(len(things))]
