"""Bytes and JSON as the protocol writes them: one form for every value, everything else refused.

Every hash and signature of the protocol is taken over bytes made here, so a value that could be
written in two ways would be a hole: RFC 8785 (JCS) for JSON, RFC 4648 section 5 without padding
for bytes, RFC 3339 in UTC with six digits for moments. Written out in `docs/protocol.md`.
"""

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, NoReturn, TypeAlias

import rfc8785

from market.kernel.errors import BadInput

Json: TypeAlias = bool | int | str | list["Json"] | dict[str, "Json"] | None
JsonObject: TypeAlias = dict[str, Json]
Checker: TypeAlias = Callable[[Json], object]

SUITE: Final = "intl-1"
BODY_LIMIT: Final = 262_144  # bytes of one JSON body, so few that reading it is immediate
DEPTH_LIMIT: Final = (
    16  # no structure of the protocol nests deeper; keeps readers off the stack edge
)
INTEGER_LIMIT: Final = 2**53  # first whole number that JavaScript cannot tell from its neighbour

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_TYPE = re.compile(r"yg/[a-z0-9]+(?:-[a-z0-9]+)*/v1", re.ASCII)
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{6})Z", re.ASCII)


class Malformed(BadInput):
    """Bytes or JSON that are not exactly of the agreed form; nothing was done (422)."""

    def __init__(
        self,
        code: str = "malformed",
        *,
        zh: str = "数据格式不符合协议",
        en: str = "The data do not have the form the protocol fixes",
    ) -> None:
        super().__init__(code, zh=zh, en=en)


def refuse(zh: str, en: str, code: str = "malformed") -> NoReturn:
    """Refuse as `Malformed`, saying in both languages what is wrong."""
    raise Malformed(code, zh=zh, en=en)


def digest(raw: bytes) -> bytes:
    """`H` of the protocol: SHA-256, 32 bytes."""
    return hashlib.sha256(raw).digest()


def b64u(raw: bytes) -> str:
    """Bytes as base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def unb64u(text: str, length: int | None = None) -> bytes:
    """The bytes of a base64url text; exactly `length` of them where a length is given.

    Only the one canonical text of each value is read: padding, other alphabets, spaces and
    loose bits in the last character are `Malformed`.
    """
    if _ALPHABET.fullmatch(text) is None or len(text) % 4 == 1:
        refuse("不是规范的 base64url 文本", "Not canonical base64url text")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(raw) != text:
        refuse("不是规范的 base64url 文本", "Not canonical base64url text")
    if length is not None and len(raw) != length:
        refuse(f"长度应为 {length} 字节", f"The length must be {length} bytes")
    return raw


def canonical(value: Json) -> bytes:
    """The one byte form of a JSON value (RFC 8785).

    Fractions, whole numbers from 2^53 on (either sign), strings that are not NFC, lone
    surrogates, U+0000 and nesting deeper than 16 are `Malformed`.
    """
    _check_value(value, 0)
    return rfc8785.dumps(value)


def parse(raw: bytes, *, limit: int = BODY_LIMIT) -> JsonObject:
    """The JSON object that exactly these bytes write: `canonical(parse(raw)) == raw`.

    More than `limit` bytes, members named twice, another order of members, spaces, other
    escapes or number forms, and anything `canonical` refuses are `Malformed`.
    """
    if len(raw) > limit:
        refuse(f"超过 {limit} 字节", f"More than {limit} bytes")
    try:
        value: Json = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_no_duplicates,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
    except Malformed:
        raise
    except (ValueError, RecursionError) as cause:
        raise Malformed(zh="不是规范的 JSON", en="Not JSON") from cause
    if not isinstance(value, dict):
        refuse("最外层应为 JSON 对象", "The outermost value must be a JSON object")
    if canonical(value) != raw:
        refuse("JSON 未按 RFC 8785 书写", "The JSON is not written as RFC 8785 says")
    return value


def exact(value: Json, members: Mapping[str, type | Checker]) -> JsonObject:
    """The object, if it has exactly these members, each of its type or passing its check.

    A type means exactly that type (`int` does not take a boolean); a check is a function that
    raises `Malformed`. A member too many or missing is `Malformed`.
    """
    if not isinstance(value, dict):
        refuse("应为 JSON 对象", "A JSON object is needed")
    if value.keys() != members.keys():
        odd = ", ".join(sorted(value.keys() ^ members.keys()))[:200]
        refuse(f"成员缺少或多余：{odd}", f"Members missing or not foreseen: {odd}")
    for name, wanted in members.items():
        if not isinstance(wanted, type):
            wanted(value[name])
        elif type(value[name]) is not wanted:
            refuse(f"成员 {name} 的类型不对", f"Member {name} has the wrong type")
    return value


def stamp(when: datetime) -> str:
    """A moment as the protocol writes it: UTC, microseconds, `Z`. It must know its zone."""
    if when.tzinfo is None:
        raise ValueError("a moment without a zone is no moment")
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def moment(text: str) -> datetime:
    """The moment that a text written by `stamp` means; any other form is `Malformed`."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        refuse("时间格式不对", "The moment is not written as agreed")
    try:
        return datetime(*(int(part) for part in found.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError as cause:
        raise Malformed(zh="没有这样的时间", en="There is no such moment") from cause


def structure(kind: str, /, **members: Json) -> JsonObject:
    """A structure of the protocol: its members with `type` "yg/<kind>/v1" and the suite."""
    name = f"yg/{kind}/v1"
    if _TYPE.fullmatch(name) is None:
        raise ValueError(f"not a name of a structure: {kind}")
    return {"type": name, "suite": SUITE, **members}


def type_of(value: JsonObject) -> str:
    """The `type` of a structure, of this suite; another form or suite is refused.

    Codes `malformed` and `unknown-suite`: a later suite is a new value, never a silent swap.
    """
    name, suite = value.get("type"), value.get("suite")
    if not isinstance(name, str) or _TYPE.fullmatch(name) is None:
        refuse("成员 type 不对", "Member type is not one of the protocol")
    if suite != SUITE:
        refuse("不支持的算法套件", "The suite is not known here", code="unknown-suite")
    return name


def check_type(value: JsonObject, kind: str) -> None:
    """Refuse a structure that is not a "yg/<kind>/v1" of this suite (code `wrong-type`)."""
    if type_of(value) != f"yg/{kind}/v1":
        refuse(
            f"此处应为 yg/{kind}/v1", f"A structure yg/{kind}/v1 is needed here", code="wrong-type"
        )


def _no_duplicates(pairs: list[tuple[str, Json]]) -> JsonObject:
    seen = dict(pairs)
    if len(seen) != len(pairs):
        refuse("同一对象中有同名成员", "An object names a member twice")
    return seen


def _no_fraction(text: str) -> NoReturn:
    refuse(f"只接受整数：{text[:40]}", f"Only whole numbers are taken: {text[:40]}")


def _check_value(value: Json, depth: int) -> None:
    if depth > DEPTH_LIMIT:
        refuse("嵌套过深", "Nested too deeply")
    if isinstance(value, dict):
        for name, item in value.items():
            _check_text(name)
            _check_value(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_value(item, depth + 1)
    elif value is not None:
        _check_scalar(value)


def _check_scalar(value: bool | int | str) -> None:  # noqa: FBT001 (a JSON value, not a switch)
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, float):
        _no_fraction(str(value))
    elif abs(value) >= INTEGER_LIMIT:
        refuse("整数达到或超过 2^53", "A whole number reaches 2^53")


def _check_text(text: str) -> None:
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        refuse("文本含有不允许的字符", "A text holds a character that is not allowed")
    if not unicodedata.is_normalized("NFC", text):
        refuse("文本不是 NFC 形式", "A text is not in Unicode form NFC")
