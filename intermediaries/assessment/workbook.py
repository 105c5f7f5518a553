"""Tables as an XLSX workbook whose bytes depend on what is in it alone (ECMA-376, transitional).

Text is written as text: whatever it begins with, no program takes it for a formula.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape, quoteattr

Cell = str | int | Decimal | None

_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest moment that a ZIP archive can hold: no file of ours says when it was made."""
_TITLE_LIMIT: Final = 31  # characters of a sheet's name
_LETTERS: Final = 26
_UNSEEN: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINK: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, the words over its columns, its rows."""

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def write(sheets: Sequence[Sheet]) -> bytes:
    """The workbook; `ValueError` without a sheet, or with a name that is too long or not new."""
    titles = [sheet.title for sheet in sheets]
    if not titles or len(set(titles)) < len(titles) or any(not _fits(one) for one in titles):
        raise ValueError(f"names of sheets: {titles}")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in _parts(sheets):
            part = zipfile.ZipInfo(name, _FIRST_DAY)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            part.create_system = 3
            with archive.open(part, "w", force_zip64=True) as file:
                for piece in text:
                    file.write(piece.encode())
    return made.getvalue()


def _fits(title: str) -> bool:
    return 0 < len(title) <= _TITLE_LIMIT and not re.search(r"[\[\]:*?/\\']", title)


def _parts(sheets: Sequence[Sheet]) -> Iterable[tuple[str, Iterable[str]]]:
    numbers = range(1, len(sheets) + 1)
    yield "[Content_Types].xml", [_kinds(numbers)]
    yield "_rels/.rels", [_links([("officeDocument", "xl/workbook.xml")])]
    names = "".join(
        f'<sheet name={quoteattr(sheet.title)} sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in zip(numbers, sheets, strict=True)
    )
    book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINK}"><sheets>{names}</sheets></workbook>'
    yield "xl/workbook.xml", [_HEAD + book]
    targets = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    yield "xl/_rels/workbook.xml.rels", [_links(targets)]
    for number, sheet in zip(numbers, sheets, strict=True):
        yield f"xl/worksheets/sheet{number}.xml", _sheet(sheet)


def _kinds(numbers: Iterable[int]) -> str:
    """What each part of the archive is."""
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    main = f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml"'
        f' ContentType="{_KIND}.worksheet+xml"/>'
        for number in numbers
    )
    default = f'<Default Extension="rels" ContentType="{rels}"/>'
    return f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{default}{main}{sheets}</Types>'


def _links(targets: Iterable[tuple[str, str]]) -> str:
    """Which parts a part refers to, numbered from 1."""
    inside = "".join(
        f'<Relationship Id="rId{number}" Type="{_LINK}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _sheet(sheet: Sheet) -> Iterable[str]:
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'
    yield _row(1, sheet.columns)
    for number, cells in enumerate(sheet.rows, 2):
        yield _row(number, cells)
    yield "</sheetData></worksheet>"


def _row(number: int, cells: Sequence[Cell]) -> str:
    inside = "".join(_cell(f"{_column(place)}{number}", cell) for place, cell in enumerate(cells))
    return f'<row r="{number}">{inside}</row>'


def _cell(place: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = escape(_UNSEEN.sub("\ufffd", cell))
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f'<c r="{place}"><v>{cell}</v></c>'


def _column(place: int) -> str:
    """The letters over a column, counted from 0: A, Z, AA."""
    letters = ""
    place += 1
    while place:
        place, left = divmod(place - 1, _LETTERS)
        letters = chr(ord("A") + left) + letters
    return letters
