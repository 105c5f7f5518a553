"""Criteria as lines of text: read, written back, refused with the number of the line."""

import pytest

from bidding.tenders.scheme_lines import EXAMPLE, read_lines, write_lines
from market.kernel.errors import BadInput
from tests.bidding.evaluation.makers import scheme


def test_the_example_is_read_and_written_back() -> None:
    criteria = read_lines(EXAMPLE)
    assert [row.code for row in criteria] == ["T1", "B1"]
    assert write_lines(criteria) == EXAMPLE


def test_every_criterion_of_a_scheme_survives_its_lines() -> None:
    criteria = scheme().criteria
    assert read_lines(write_lines(criteria)) == criteria


def test_full_width_marks_and_empty_lines_are_taken() -> None:
    assert read_lines(EXAMPLE.replace(";", "；").replace("\n", "\n\n")) == read_lines(EXAMPLE)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("= 50; 好; good", "1"),
        ("T1; technical; subjective; plan; 方案", "1"),
        (EXAMPLE + "\n= x; 好; good", "7"),
        (EXAMPLE + "\n= 5; 好", "7"),
        (EXAMPLE + "\n= 5; 好; good; 1..2..3", "7"),
    ],
)
def test_a_line_that_is_wrong_is_named(text: str, line: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_lines(text)
    assert f"第 {line} 行" in refused.value.zh
    assert "criteria" in refused.value.fields


def test_an_unknown_part_names_the_known_ones() -> None:
    with pytest.raises(BadInput) as refused:
        read_lines(EXAMPLE.replace("technical;", "tech;"))
    assert "technical" in refused.value.zh
