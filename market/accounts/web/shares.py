"""Holders of an organisation as people type them: one line each, read strictly."""

from decimal import Decimal, InvalidOperation

from market.accounts.commands.organisations import Share
from market.accounts.rules import ControllerKind
from market.accounts.vault import Vault, citizen_mark
from market.kernel.errors import BadInput, MarketError
from market.kernel.ids import uscc

SEPARATORS = str.maketrans({"；": ";", "，": ";", ",": ";", "\t": ";"})
PARTS = 3
WITH_CONTROL = 4


def read_shares(vault: Vault, typed: str) -> tuple[Share, ...]:
    """The holders in a text of lines "name; code or id number; percent" and, at will, "; controls".

    `BadInput` "bad-holder" names the line; percentages have at most two decimals. An 18-sign code
    that is a credit code is an organisation, otherwise it has to be a citizen id number, of which
    only a mark is kept.
    """
    lines = [line for line in typed.splitlines() if line.strip()]
    return tuple(_share(vault, number, line) for number, line in enumerate(lines, start=1))


def _share(vault: Vault, number: int, line: str) -> Share:
    parts = [part.strip() for part in line.translate(SEPARATORS).split(";")]
    if len(parts) not in (PARTS, WITH_CONTROL) or not all(parts):
        raise _bad(number)
    name, code, percent = parts[:PARTS]
    controls = len(parts) == WITH_CONTROL
    if controls and parts[PARTS] not in ("controls", "实际控制"):
        raise _bad(number)
    share = _hundredths(number, percent)
    try:
        return Share(ControllerKind.ORGANISATION, name, share, controls, uscc=uscc(code))
    except MarketError:
        pass
    try:
        mark = citizen_mark(vault, code)
    except MarketError:
        raise _bad(number) from None
    return Share(ControllerKind.PERSON, name, share, controls, mark=mark)


def _hundredths(number: int, percent: str) -> int:
    try:
        exact = Decimal(percent.removesuffix("%").strip()) * 100
    except InvalidOperation:
        raise _bad(number) from None
    if not exact.is_finite() or exact != exact.to_integral_value():
        raise _bad(number)
    return int(exact)


def _bad(number: int) -> BadInput:
    zh = f"第{number}行格式不对：名称；统一社会信用代码或身份证号码；百分比"
    en = f"Line {number}: write name; credit code or id number; percent"
    return BadInput("bad-holder", zh=zh, en=en, fields={"shares": (zh, en)})
