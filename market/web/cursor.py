"""Where a list goes on: the key of the last row shown, as opaque text (keyset, never OFFSET)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

from market.kernel.errors import BadInput
from market.protocol.encoding import Malformed, b64u, canonical, parse, unb64u

I = TypeVar("I")  # noqa: E741  the item of a page
Key: TypeAlias = tuple[str | int, ...]

LENGTH_LIMIT: Final = 600  # characters; no key of ours is longer


def write_cursor(key: Key) -> str:
    """The key as text that a reader hands back unchanged."""
    return b64u(canonical({"after": list(key)}))


def read_cursor(text: str | None, kinds: Sequence[type[str] | type[int]]) -> Key | None:
    """The key in a cursor, or None at the start of a list.

    `kinds` are the types of its parts; anything else is `BadInput` "bad-cursor" (422). A cursor
    is a place in a list and no right: what a reader may see is decided anew for each page.
    """
    if text is None or text == "":
        return None
    try:
        if len(text) > LENGTH_LIMIT:
            raise _bad()
        value = parse(unb64u(text))
    except Malformed as cause:
        raise _bad() from cause
    after = value.get("after")
    if value.keys() != {"after"} or not isinstance(after, list) or len(after) != len(kinds):
        raise _bad()
    key: list[str | int] = []
    for part, kind in zip(after, kinds, strict=True):
        if not isinstance(part, str | int) or type(part) is not kind:
            raise _bad()
        key.append(part)
    return tuple(key)


def _bad() -> BadInput:
    return BadInput("bad-cursor", zh="翻页标识无效", en="The cursor is not one of this list")


@dataclass(frozen=True, slots=True)
class Page(Generic[I]):
    """One page of a list and where the next one begins, if there is one."""

    items: tuple[I, ...]
    next: str | None


def page_of(rows: Sequence[I], limit: int, key: Callable[[I], Key]) -> Page[I]:
    """The first `limit` of at most `limit + 1` rows; the one too many says that more follow."""
    shown = tuple(rows[:limit])
    more = len(rows) > limit
    return Page(shown, write_cursor(key(shown[-1])) if more else None)
