"""A page on A4: what sticks out, what is cut off, and the words that stand on the sheets."""

import io
import unicodedata
from collections.abc import Iterable
from typing import Final

import pypdf
from playwright.sync_api import Page

SHEET: Final = {"width": 718, "height": 1047}
"""A4 at 96 dots to the inch, between margins of one centimetre."""
POINTS: Final = (595, 842)
WIDE: Final = "document.documentElement.scrollWidth"
OUTSIDE: Final = """
(width) => [...document.querySelectorAll("main *")].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && box.right > width + 1;
}).map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`)
"""
CUT: Final = """
[...document.querySelectorAll("main th, main td, main dd, .steps li, .steps b")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth)
  .map((one) => one.textContent.trim().slice(0, 40))
"""


def lay_on_paper(page: Page) -> None:
    """Show the page as it is printed; nothing may stick out of the sheet or be cut off."""
    page.set_viewport_size(SHEET)  # type: ignore[arg-type]  # the driver's own type
    page.emulate_media(media="print")
    assert page.evaluate(WIDE) <= SHEET["width"]
    assert page.evaluate(OUTSIDE, SHEET["width"]) == []
    assert page.evaluate(CUT) == []


def printed(page: Page) -> pypdf.PdfReader:
    """The page as a PDF of A4 sheets."""
    margin = {"top": "10mm", "right": "10mm", "bottom": "10mm", "left": "10mm"}
    return pypdf.PdfReader(io.BytesIO(page.pdf(format="A4", margin=margin)))  # type: ignore[arg-type]  # the driver's own type


def is_a4(sheet: pypdf.PageObject) -> bool:
    """Whether a sheet has the size of A4, to the next dot of the screen."""
    size = (float(sheet.mediabox.width), float(sheet.mediabox.height))
    return all(abs(one - wanted) <= 1 for one, wanted in zip(size, POINTS, strict=True))


def words_on(sheets: Iterable[pypdf.PageObject]) -> str:
    """All words of printed sheets, without the room between them.

    A sheet may write a Chinese character as its radical: it is told as the character.
    """
    text = "".join(one.extract_text() for one in sheets)
    return "".join(unicodedata.normalize("NFKC", text).split())
