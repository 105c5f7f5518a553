"""The notice in the journal is what whoever audits a draw of reviewers compares a pool with."""

import pytest
from sqlalchemy import Engine

from tests.intermediaries.demands.test_course import acts
from tests.support.demand_cast import Demands, make_demands


@pytest.fixture
def demands(engine: Engine) -> Demands:
    return make_demands(engine)


def test_the_notice_names_owner_and_project_as_recusals_of_reviewers_are_judged_by(
    demands: Demands,
) -> None:
    no = demands.published()
    kind, data = acts(demands, no)[0]
    assert kind == "notice"
    assert data["owner"] == demands.place.cast.usccs["estate"]
    # A demand without a project of its own is its own case: `AskReview.project` says the same.
    assert demands.facts(no).project_code is None
    assert (data["project"], "agent" in data) == (no, False)
