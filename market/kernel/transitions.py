"""State machines as rows that a lawyer can read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from market.kernel.errors import IllegalMove
from market.kernel.law import Article
from market.kernel.permissions import Permission

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Move(Generic[S, A]):
    """From `source`, whoever holds `by` may do `action`, and the thing becomes `target`."""

    source: S
    action: A
    target: S
    by: Permission
    law: Article


class Table(Generic[S, A]):
    """All legal moves of one kind of thing; `name` is the kind in trail and documents."""

    def __init__(self, name: str, *, start: S, moves: Iterable[Move[S, A]]) -> None:
        self.name = name
        self.start = start
        self._moves: dict[tuple[S, A], Move[S, A]] = {}
        for move in moves:
            if (move.source, move.action) in self._moves:
                raise ValueError(f"two rows for {move.source} + {move.action}")
            self._moves[move.source, move.action] = move

    def __iter__(self) -> Iterator[Move[S, A]]:
        return iter(self._moves.values())

    def move(self, source: S, action: A) -> Move[S, A]:
        """The row for this move; `IllegalMove` if the table has none."""
        try:
            return self._moves[source, action]
        except KeyError:
            raise IllegalMove(
                "illegal-move",
                zh=f"当前状态（{source}）不允许此操作（{action}）",
                en=f"{action} is not possible while the {self.name} is {source}",
            ) from None

    def allows(self, source: S, action: A) -> bool:
        """Whether the table has a row for this move."""
        return (source, action) in self._moves

    def as_mermaid(self) -> str:
        """Draw the table for docs/states/."""
        rows = [f"    {m.source} --> {m.target} : {m.action}" for m in self]
        return "\n".join(["stateDiagram-v2", f"    [*] --> {self.start}", *rows])
