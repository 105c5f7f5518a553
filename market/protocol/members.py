"""Reading a structure member by member: each read once with its type, nothing left over.

A reader of a structure takes its members from a `Members` and ends with `end()`; a member that
is missing, of another type, out of range or not foreseen is `Malformed`.
"""

import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final, TypeVar

from market.protocol.encoding import (
    INTEGER_LIMIT,
    Json,
    JsonObject,
    b64u,
    check_type,
    moment,
    refuse,
    unb64u,
)

T = TypeVar("T")

TEXT_LIMIT: Final = 200  # characters of a name or reason, where a reader states no other limit
_TENDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}", re.ASCII)
_EPOCH = re.compile(r"[0-9]{4}Q[1-4]", re.ASCII)


class Members:
    """The members of one JSON object, taken one by one.

    With `kind`, the object must be a structure "yg/<kind>/v1" of this suite.
    """

    def __init__(self, value: Json, kind: str | None = None) -> None:
        if not isinstance(value, dict):
            refuse("应为 JSON 对象", "A JSON object is needed")
        self._left: JsonObject = dict(value)
        if kind is not None:
            check_type(value, kind)
            del self._left["type"], self._left["suite"]

    def take(self, name: str) -> Json:
        """The member as it stands."""
        if name not in self._left:
            refuse(f"缺少成员 {name}", f"Member {name} is missing")
        return self._left.pop(name)

    def end(self) -> None:
        """Refuse members that nobody has taken: a structure has exactly its members."""
        if self._left:
            odd = ", ".join(sorted(self._left))[:TEXT_LIMIT]
            refuse(f"多余成员：{odd}", f"Members not foreseen: {odd}")

    def text(self, name: str, low: int = 1, high: int = TEXT_LIMIT) -> str:
        """A text of `low` to `high` characters, both allowed."""
        value = self.take(name)
        if not isinstance(value, str) or not low <= len(value) <= high:
            refuse(f"成员 {name} 应为文本", f"Member {name} must be text of a fit length")
        return value

    def whole(self, name: str, low: int = 0, high: int = INTEGER_LIMIT - 1) -> int:
        """A whole number from `low` to `high`, both allowed."""
        value = self.take(name)
        if type(value) is not int or not low <= value <= high:
            refuse(
                f"成员 {name} 应为 {low} 到 {high} 的整数",
                f"Member {name} must be a whole number from {low} to {high}",
            )
        return value

    def truth(self, name: str) -> bool:
        """True or false."""
        value = self.take(name)
        if not isinstance(value, bool):
            refuse(f"成员 {name} 应为真假值", f"Member {name} must be true or false")
        return value

    def octets(self, name: str, length: int | None = None) -> bytes:
        """Bytes written as base64url; exactly `length` of them where a length is given."""
        value = self.take(name)
        if not isinstance(value, str):
            refuse(f"成员 {name} 应为文本", f"Member {name} must be text")
        return unb64u(value, length)

    def moment(self, name: str) -> datetime:
        """A moment in UTC with microseconds."""
        return moment(self.text(name))

    def choice(self, name: str, allowed: Collection[str]) -> str:
        """One of the allowed words."""
        value = self.take(name)
        if not isinstance(value, str) or value not in allowed:
            refuse(f"成员 {name} 的取值不对", f"Member {name} has a value not foreseen")
        return value

    def tender(self, name: str = "tender") -> str:
        """The number of a tender: 1 to 64 letters, digits, points, hyphens or low lines."""
        return self._matching(name, _TENDER)

    def uscc(self, name: str = "uscc") -> str:
        """A unified social credit code of the form of GB 32100-2015, 18 characters."""
        return self._matching(name, _USCC)

    def epoch(self, name: str = "epoch") -> str:
        """A quarter, such as "2026Q4"."""
        return self._matching(name, _EPOCH)

    def maybe(self, name: str, reader: Callable[[str], T]) -> T | None:
        """None for null, else what the reader (a method of this object) makes of the member."""
        if name in self._left and self._left[name] is None:
            del self._left[name]
            return None
        return reader(name)

    def inner(self, name: str, kind: str | None = None) -> "Members":
        """The members of an object inside this one."""
        return Members(self.take(name), kind)

    def array(
        self, name: str, reader: Callable[[Json], T], low: int = 0, high: int = 4096
    ) -> tuple[T, ...]:
        """A list of `low` to `high` items, each made by the reader."""
        value = self.take(name)
        if not isinstance(value, list) or not low <= len(value) <= high:
            refuse(
                f"成员 {name} 应为 {low} 到 {high} 项的列表",
                f"Member {name} must be a list of {low} to {high} items",
            )
        return tuple(reader(item) for item in value)

    def _matching(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self.take(name)
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            refuse(f"成员 {name} 的写法不对", f"Member {name} is not written as agreed")
        return value


def whole_of(low: int, high: int) -> Callable[[Json], int]:
    """A reader of list items that are whole numbers from `low` to `high`, both allowed."""

    def read(item: Json) -> int:
        return Members({"item": item}).whole("item", low, high)

    return read


def octets_of(length: int) -> Callable[[Json], bytes]:
    """A reader of list items that are `length` bytes in base64url."""

    def read(item: Json) -> bytes:
        return Members({"item": item}).octets("item", length)

    return read


def choice_of(allowed: Collection[str]) -> Callable[[Json], str]:
    """A reader of list items that are one of the allowed words."""

    def read(item: Json) -> str:
        return Members({"item": item}).choice("item", allowed)

    return read


def uscc_item(item: Json) -> str:
    """A list item that is a unified social credit code."""
    return Members({"item": item}).uscc("item")


def check_tender(tender: str) -> str:
    """The tender number, if it has the form a structure may carry."""
    return Members({"tender": tender}).tender()


def octet_list(items: Collection[bytes]) -> list[Json]:
    """Byte strings as a JSON list of base64url texts."""
    return [b64u(item) for item in items]
