"""A bid's price table as the panel copies it: one row a line, its cells parted by `|` or a tab.

    name | quantity | unit price in yuan | places by which its decimal is misplaced

The last cell is the panel's finding and may be left out; 0 says that it was looked at and stands
where it should. Everything is read exactly; full-width
digits are read as digits.
"""

import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from bidding.evaluation.rules.error_correction import Line
from bidding.rulebook.articles import ORDER_87_59
from market.kernel.errors import BadInput

ROWS_LIMIT: Final = 500
NAME_LIMIT: Final = 120
CELLS: Final = (3, 4)
CENT: Final = 100
_FIGURE: Final = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
_PLACES: Final = re.compile(r"[+-]?\d", re.ASCII)


def read_table(text: str) -> tuple[tuple[Line, ...], Mapping[str, int]]:
    """The rows and, by their names, the misplaced decimals; `BadInput` "price-table-malformed"."""
    rows = [line for line in text.splitlines() if line.strip()]
    if not rows or len(rows) > ROWS_LIMIT:
        raise _malformed(f"应有 1 至 {ROWS_LIMIT} 行", f"it has 1 to {ROWS_LIMIT} rows")
    lines: list[Line] = []
    misplaced: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in re.split(r"[|\t]", unicodedata.normalize("NFKC", row))]
        if len(cells) not in CELLS or not 0 < len(cells[0]) <= NAME_LIMIT:
            raise _malformed(f"第 {number} 行应有 3 或 4 格", f"row {number} has 3 or 4 cells")
        lines.append(Line(cells[0], _figure(cells[1], number), _figure(cells[2], number) * CENT))
        if cells[3:] and cells[3]:
            if _PLACES.fullmatch(cells[3]) is None:
                raise _malformed(
                    f"第 {number} 行的移动位数不对", f"row {number}: the last cell counts places"
                )
            misplaced[cells[0]] = int(cells[3])
    return tuple(lines), misplaced


def _figure(text: str, row: int) -> Fraction:
    plain = text.replace(",", "")
    if _FIGURE.fullmatch(plain) is None:
        typed = text[:30]
        raise _malformed(f"第 {row} 行的数字不对：{typed}", f"row {row}: not a figure {typed}")
    return Fraction(plain)


def _malformed(zh: str, en: str) -> BadInput:
    return BadInput(
        "price-table-malformed",
        zh=f"分项报价表有误：{zh}",
        en=f"The price table is wrong: {en}",
        article=ORDER_87_59,
        fields={"table": (zh, en)},
    )
