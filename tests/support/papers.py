"""Real documents for stories: PDF by typst, XLSX by openpyxl, DOCX by python-docx."""

from pathlib import Path

import docx
import openpyxl
import typst


def make_pdf(path: Path, title: str, words: str) -> Path:
    """A page of text as PDF; made once."""
    if not path.exists():
        source = f"#set page(width: 210mm, height: 297mm)\n= {title}\n{words}\n"
        path.write_bytes(typst.compile(source.encode(), format="pdf"))
    return path


def make_sheet(path: Path, rows: list[tuple[str, int]]) -> Path:
    """A priced bill as XLSX."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def make_letter(path: Path, words: str) -> Path:
    """A letter as DOCX."""
    letter = docx.Document()
    letter.add_paragraph(words)
    letter.save(str(path))
    return path
