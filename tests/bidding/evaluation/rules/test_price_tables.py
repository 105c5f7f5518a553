"""A price table as it is copied: read exactly, or refused with the row that is wrong."""

from fractions import Fraction

import pytest

from bidding.evaluation.rules.error_correction import Line
from bidding.evaluation.rules.price_tables import ROWS_LIMIT, read_table
from market.kernel.errors import BadInput


def test_rows_are_read_exactly_in_fen_with_findings_beside_them():
    lines, misplaced = read_table("主机 | 2 | 1,234.5\n\n软件\t0.5\t10\t-1\n安装｜１｜２｜0")
    assert lines == (
        Line("主机", Fraction(2), Fraction(123450)),
        Line("软件", Fraction(1, 2), Fraction(1000)),
        Line("安装", Fraction(1), Fraction(200)),
    )
    assert misplaced == {"软件": -1, "安装": 0}


@pytest.mark.parametrize(
    "text",
    ["", "a", "a|1", "a|1|2|3|4", "|1|2", "a|x|2", "a|1|2|11", "a|1|2|x", "a|-1|2", "a|1e3|2"],
)
def test_anything_else_is_refused_and_points_at_the_field(text):
    with pytest.raises(BadInput) as refusal:
        read_table(text)
    assert refusal.value.code == "price-table-malformed"
    assert "table" in refusal.value.fields


def test_a_table_has_an_end():
    rows = [f"n{number} | 1 | 1" for number in range(ROWS_LIMIT + 1)]
    assert len(read_table("\n".join(rows[:ROWS_LIMIT]))[0]) == ROWS_LIMIT
    with pytest.raises(BadInput):
        read_table("\n".join(rows))
