"""The workbook: another program reads it, its bytes depend on its content alone."""

import io
from decimal import Decimal

import openpyxl
import pytest

from intermediaries.assessment.workbook import Sheet, write

ROWS = [
    ["一号机构", 3, Decimal("72.33"), None],
    ["=1+1", 0, Decimal("-5.00"), "<&\"'>"],
    ["两行\n文字 ", 10**12, Decimal("0.01"), "\x00\x0bx"],
]


def read(raw: bytes) -> dict[str, list[list[object]]]:
    book = openpyxl.load_workbook(io.BytesIO(raw))
    return {one.title: [[cell.value for cell in row] for row in one.rows] for one in book}


def test_another_program_reads_what_was_written() -> None:
    raw = write(
        [Sheet("部门 & <A>", ["名称", "件", "分", "注"], ROWS), Sheet("空", ["只有表头"], [])]
    )
    found = read(raw)
    assert found["部门 & <A>"] == [
        ["名称", "件", "分", "注"],
        ["一号机构", 3, 72.33, None],
        ["=1+1", 0, -5, "<&\"'>"],
        ["两行\n文字 ", 10**12, 0.01, "\ufffd\ufffdx"],
    ]
    assert found["空"] == [["只有表头"]]


def test_text_that_looks_like_a_formula_stays_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write([Sheet("一", ["a"], ROWS)])))
    assert book["一"]["A3"].data_type != "f"


def test_the_same_content_is_the_same_bytes_and_other_content_is_not() -> None:
    one, again, other = (write([Sheet("一", ["a"], [[n]])]) for n in (1, 1, 2))
    assert one == again
    assert one != other


def test_columns_go_on_after_z() -> None:
    raw = write([Sheet("宽", [str(n) for n in range(703)], [])])
    (row,) = read(raw)["宽"]
    assert row == [str(n) for n in range(703)]


@pytest.mark.parametrize("titles", [[], ["一", "一"], [""], ["a" * 32], ["a/b"]])
def test_names_of_sheets_that_no_program_takes_are_a_bug(titles: list[str]) -> None:
    with pytest.raises(ValueError, match="names of sheets"):
        write([Sheet(title, ["a"], []) for title in titles])
