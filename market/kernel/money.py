"""Money in whole fen; yuan only at the edges, for people and for forms.

Adding up is exact, money never meets a bare number, and multiplying by a rate names its rounding.
Amounts in Chinese capitals (大写) are written and read here, because where capitals and figures
differ in an offer the capitals prevail (MOF Order 87, art. 59).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Self

from market.kernel.errors import BadInput
from market.kernel.rounding import Rounding, to_whole

FEN_PER_YUAN: Final = 100
LARGEST_FEN: Final = 10**18 - 1
"""Sixteen digits of yuan: what a BIGINT of fen holds with room, and what 万亿 can name."""

_YUAN: Final = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
_LONGEST_TEXT: Final = 40


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of whole fen, below zero where something is owed the other way.

    `TypeError` for anything but an int, `ValueError` beyond `LARGEST_FEN` on either side.
    """

    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError(f"money is whole fen, not {type(self.fen).__name__}")
        if abs(self.fen) > LARGEST_FEN:
            raise ValueError("more than sixteen digits of yuan")

    @classmethod
    def from_yuan(cls, yuan: Decimal | str) -> Self:
        """An amount given in yuan, as a Decimal or as typed: "1234.5", "1,234.50".

        `BadInput`: "money-malformed" for what is no amount, "money-below-fen" for parts of a
        fen (nothing is rounded away in silence), "money-too-large" beyond sixteen digits of yuan.
        """
        fen = _exact_yuan(yuan) * FEN_PER_YUAN
        if fen.denominator != 1:
            raise _bad(
                "money-below-fen", "金额最多到分（两位小数）", "An amount has at most two decimals"
            )
        if abs(fen) > LARGEST_FEN:
            raise _bad(
                "money-too-large",
                "金额过大：整数部分最多16位",
                "The amount is too large: at most 16 digits before the point",
            )
        return cls(fen.numerator)

    @classmethod
    def from_capitals(cls, text: str) -> Self:
        """The amount that capitals mean; `BadInput` "capitals-malformed" for anything unclear.

        Read is what `in_capitals` writes, and beside it: 人民币 before, 圆 for 元, 正 for 整, the
        closing 整 left out or set after 分, and a 零 after 亿, 万 or 元 that could be left out.
        """
        return cls(_read_capitals(text))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.fen + other.fen) if isinstance(other, Money) else NotImplemented

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.fen - other.fen) if isinstance(other, Money) else NotImplemented

    def __str__(self) -> str:
        return f"{self.yuan:,.2f}"

    @property
    def yuan(self) -> Decimal:
        """The amount in yuan with exactly two decimals."""
        return Decimal(f"{self.fen}E-2")

    def times(self, rate: Fraction | Decimal | int, rounding: Rounding) -> "Money":
        """The amount multiplied by an exact rate, brought to whole fen by the named rounding."""
        if isinstance(rate, bool) or not isinstance(rate, Fraction | Decimal | int):
            raise TypeError(f"a rate is exact, not {type(rate).__name__}")
        return Money(to_whole(Fraction(rate) * self.fen, rounding))

    def over(self, other: "Money") -> Fraction:
        """The exact ratio of two amounts; `ZeroDivisionError` over nothing."""
        return Fraction(self.fen, other.fen)

    def in_capitals(self) -> str:
        """The amount in Chinese capitals: 壹佰万元整; a negative one begins with 负."""
        return _write_capitals(self.fen)


def total(amounts: Iterable[Money]) -> Money:
    """All amounts together; nothing is zero."""
    return Money(sum(amount.fen for amount in amounts))


def _exact_yuan(yuan: Decimal | str) -> Fraction:
    if isinstance(yuan, str):
        typed = yuan.strip()
        if len(typed) <= _LONGEST_TEXT and _YUAN.fullmatch(typed):
            return Fraction(typed.replace(",", ""))
    elif isinstance(yuan, Decimal):
        if yuan.is_finite() and abs(yuan.adjusted()) <= _LONGEST_TEXT:
            return Fraction(yuan)
    else:
        raise TypeError(f"yuan come as Decimal or text, not {type(yuan).__name__}")
    raise _bad("money-malformed", "金额格式不对；写法如 1234.50", "Not an amount; write 1234.50")


# --- Chinese capitals -----------------------------------------------------------------------------

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_NONZERO: Final = _DIGITS[1:]
_PLACES: Final = ("仟", "佰", "拾", "")
_GROUP: Final = 10_000
_WAN_UNIT: Final = "万"
_YI_UNIT: Final = "亿"
_FORM: Final = re.compile(
    rf"(?P<minus>负?)(?:(?P<yuan>[{_DIGITS}仟佰拾万亿]+)元)?零?"
    rf"(?:(?P<jiao>[{_NONZERO}])角)?零?(?:(?P<fen>[{_NONZERO}])分)?"
)


def _write_capitals(fen: int) -> str:
    yuan, rest = divmod(abs(fen), FEN_PER_YUAN)
    jiao, last = divmod(rest, 10)
    text = f"{_whole(yuan)}元" if yuan or not rest else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    if last:
        # 零 marks the missing 角, except where the amount begins with the 分.
        gap = "零" if yuan and not jiao else ""
        text += f"{gap}{_DIGITS[last]}分"
    else:
        text += "整"
    return ("负" if fen < 0 else "") + text


def _whole(number: int) -> str:
    """A whole number below 10**16 in capitals: groups of four, 亿 counting 万 of its own."""
    if number == 0:
        return _DIGITS[0]
    high, low = divmod(number, _GROUP * _GROUP)
    wan, ones = divmod(low, _GROUP)
    text = f"{_whole(high)}{_YI_UNIT}" if high else ""
    for group, unit in ((wan, _WAN_UNIT), (ones, "")):
        if group:
            if text and (group < _GROUP // 10 or (not unit and high and not wan)):
                text += _DIGITS[0]
            text += _four(group) + unit
    return text


def _four(group: int) -> str:
    """One to four digits with their units, a single 零 for a gap between them."""
    text, gap = "", False
    for digit, unit in zip(f"{group:04d}", _PLACES, strict=True):
        if digit == "0":
            gap = bool(text)
        else:
            text += (_DIGITS[0] if gap else "") + _DIGITS[int(digit)] + unit
            gap = False
    return text


def _read_capitals(text: str) -> int:
    plain = text.strip().removeprefix("人民币").replace("圆", "元").replace("正", "整")
    plain = plain.removesuffix("整")
    form = _FORM.fullmatch(plain) if len(plain) <= _LONGEST_TEXT * 2 else None
    if form is None or not plain.endswith(("元", "角", "分")):
        raise _bad_capitals()
    rest = 10 * _digit(form["jiao"]) + _digit(form["fen"])
    fen = _number(form["yuan"] or "") * FEN_PER_YUAN + rest
    amount = -fen if form["minus"] else fen
    # The sum of the signs says what was meant; only one writing of it is right, give or take a 零.
    written = _write_capitals(amount).removesuffix("整") if abs(amount) <= LARGEST_FEN else ""
    if not re.fullmatch(re.sub(rf"([亿万元])(?=[{_NONZERO}])", r"\1零?", written), plain):
        raise _bad_capitals()
    return amount


def _number(text: str) -> int:
    high, yi, low = text.rpartition(_YI_UNIT)
    total_high = _number(high) * _GROUP * _GROUP if yi else 0
    wan, _, ones = low.rpartition(_WAN_UNIT)
    return total_high + _section(wan) * _GROUP + _section(ones)


def _section(text: str) -> int:
    value = 0
    for digit, unit in re.findall(rf"([{_NONZERO}])([仟佰拾]?)", text):
        value += _digit(digit) * {"仟": 1000, "佰": 100, "拾": 10, "": 1}[unit]
    return value


def _digit(sign: str | None) -> int:
    return _DIGITS.index(sign) if sign else 0


def _bad_capitals() -> BadInput:
    return _bad(
        "capitals-malformed",
        "大写金额书写有误；写法如 壹佰贰拾叁元肆角伍分",
        "The amount in capitals is not written correctly; write it like 壹佰贰拾叁元肆角伍分",
    )


def _bad(code: str, zh: str, en: str) -> BadInput:
    return BadInput(code, zh=zh, en=en)
