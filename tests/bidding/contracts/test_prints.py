"""Report and award notice: of a demonstration they say so on every sheet, otherwise never."""

from dataclasses import replace
from io import BytesIO

import pypdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.contracts.commands import PublishResult, publish_result
from bidding.contracts.queries import award_notice
from bidding.evaluation.model import Report
from tests.bidding.evaluation.cast import Hall

SAID = ("演示环境", "没有法律效力", "Demonstration", "nolegaleffect")


def sheets(raw: bytes) -> list[str]:
    """The words on each sheet, without the room between them."""
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(raw)).pages]


def prints_of(hall: Hall) -> dict[str, list[str]]:
    """What the house prints from the ranking to the award."""
    hall.to_winner()
    hall.run(publish_result, PublishResult(hall.no, hall.house.cast.vault))
    with Session(hall.engine) as session:
        report = session.scalars(select(Report.pdf)).one()
    notice = hall.ask(award_notice, hall.no, hall.clerk.organisation, "")
    return {"评审报告": sheets(report), "中标通知书": sheets(notice)}


@pytest.mark.parametrize("is_demo", [True, False])
def test_every_sheet_of_the_demonstration_says_so_and_none_of_production(
    hall: Hall, *, is_demo: bool
) -> None:
    house = hall.house.cast.house
    house.office = replace(house.office, is_demo=is_demo)
    for title, said in prints_of(hall).items():
        assert title in "".join(said)
        assert [[words in sheet for words in SAID] for sheet in said] == [
            [is_demo] * len(SAID) for _ in said
        ]
