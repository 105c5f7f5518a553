"""The worked example, row by row, and both scores to the figure."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.scores import agency_score, department_score, figures, points
from market.kernel.workhours import HOUR, NOTHING, hours_of
from tests.intermediaries.rulebook.clock.cast import HOURS, at, example

LATER = at(30)
ON = at(2).date()


def test_every_row_of_the_example_has_its_hours_holder_and_charged_party():
    assert example().rows(LATER) == [
        ("BS1", "owner", "owner", "17"),
        ("BS2", "agency", "agency", "60.5"),
        ("BS4", "owner", "owner", "4.5"),
        ("BS6", "department", "department", "6"),
        ("BS8", "department", "department", "6.5"),
        ("BS9", "expert", "expert", "12.5"),
        ("BS10", "agency", "agency", "14"),
        ("BS8", "department", "department", "13.5"),
        ("BS10", "agency", "department", "12.5"),
        ("BS11", "department", "department", "10.5"),
    ]


def test_every_row_begins_where_the_one_before_ends():
    segments = example().at(LATER).segments
    assert segments[0].start == at(2, "09:00")
    assert segments[-1].end == at(27, "16:00")
    assert all(one.end == two.start for one, two in pairwise(segments))
    assert [segment.no for segment in segments] == list(range(1, 11))


def test_the_hours_of_the_parties_add_up_to_those_of_the_case():
    reading = example().at(LATER)
    assert {party: hours_of(worked) for party, worked in reading.charged.items()} == {
        Party.OWNER: "21.5",
        Party.AGENCY: "74.5",
        Party.DEPARTMENT: "49",
        Party.EXPERT: "12.5",
        Party.STATUTORY: "0",
        Party.PLATFORM: "0",
    }
    total = sum(reading.charged.values(), NOTHING)
    assert total == HOURS.between(at(2, "09:00"), at(27, "16:00")) == timedelta(hours=157.5)
    assert reading.held[Party.AGENCY] == 87 * HOUR


def test_both_scores_of_the_example_to_the_figure():
    case = figures(example().at(LATER))
    assert case.limit == 144 * HOUR
    assert case.agency_share == Fraction("0.93125")
    assert case.department_share == Fraction("1.225")
    assert case.bundle_share == Fraction(136, 144)
    shown = [
        f"{float(points(share)):.2f}"
        for share in (case.agency_share, case.department_share, case.bundle_share)
    ]
    assert shown == ["82.75", "57.50", "82.22"]
    assert agency_score(case, Fraction("4.5"), on=ON).shown == Decimal("84.04")
    department = department_score(case, on=ON)
    assert department.shown == Decimal("67.33")
    before = sum((row.adds for row in department.rows if row.adds > 0), Fraction(0))
    assert f"{float(before):.2f}" == "72.33"


def test_without_the_rule_on_new_issues_the_agency_would_be_over_its_limit():
    reading = example().at(LATER)
    assert Fraction(reading.held[Party.AGENCY] // HOUR, 80) == Fraction("1.0875")


def test_every_hour_says_in_both_languages_whose_it_is():
    segments = example().at(LATER).segments
    assert segments[8].why("zh") == (
        "第2轮属新增意见，此前即可发现（dust），计审批部门（本平台规则）"
    )
    assert segments[8].why("en") == (
        "Round 2 raises new issues that were visible before (dust): the department is charged"
        " (rule of this platform)"
    )
    assert segments[3].why("zh").endswith("（《行政许可法》第三十二条第一款第（四）项）")
    assert [segment.cause for segment in segments][:4] == [("e1",), ("e3",), ("e4",), ("e6",)]


def test_a_decided_case_takes_no_more_time():
    story = example()
    assert story.at(at(27, "16:00")).segments == story.at(at(31, "10:00", 12)).segments
    assert story.at(LATER).ended_at == at(27, "16:00")
    assert story.at(LATER).next_change is None
