"""A new demand from one that failed: the same words, a declaration of its own, counted once."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intermediaries.agencies.feature import FEATURE as AGENCIES
from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.cityrules.feature import FEATURE as CITYRULES
from intermediaries.demands import listing
from intermediaries.demands.casework import own_case
from intermediaries.demands.commands import preparing, recording, submitting
from intermediaries.demands.commands.following import BeginAgain, begin_again
from intermediaries.demands.commands.preparing import Declare
from intermediaries.demands.commands.submitting import SubmitDemand, WithdrawDemand
from intermediaries.demands.feature import FEATURE
from intermediaries.demands.rules.completeness import gaps
from intermediaries.demands.rules.contents import Section
from intermediaries.demands.rules.states import DemandState
from intermediaries.rulebook.selection.modes import Mode
from market.accounts.feature import FEATURE as ACCOUNTS
from market.command import HOUSE
from market.kernel.errors import NotFound, Refusal
from market.kernel.workdays import end_of
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.demand_cast import Demands, make_demands
from tests.support.repeated import at_once

TICK = timedelta(microseconds=1)


@pytest.fixture
def demands(engine: Engine) -> Demands:
    return make_demands(engine)


def failed(demands: Demands, cause: str = "given-up", **wanted: object) -> str:
    """A demand whose agencies have all given up."""
    no = demands.published(**wanted)  # type: ignore[arg-type]  # the same words
    demands.go(end_of(date(2026, 3, 5)) + TICK)
    for done in (recording.record_closed, recording.record_selected):
        demands.place.cast.office.run(lambda work, act: act(work, no), done, HOUSE)
    demands.place.cast.office.run(
        lambda work, _: recording.record_failed(work, no, cause), None, HOUSE
    )
    return no


def again(demands: Demands, no: str) -> str:
    return str(demands.run(begin_again, BeginAgain(no))["no"])


def test_everything_is_taken_over_but_the_declaration(demands: Demands) -> None:
    no = failed(demands)
    old, new = demands.row(no), demands.row(again(demands, no))
    assert (new.state, new.follows, new.submitted_at) == (DemandState.DRAFT, old.id, None)
    for name in ("scope", "deliverables", "ceiling", "mode", "item", "contract", "enrol_days"):
        assert getattr(new, name) == getattr(old, name)
    with pytest.raises(Refusal, match="demand-incomplete") as refused:
        demands.run(submitting.submit_demand, SubmitDemand(new.no))
    assert refused.value.zh == "尚缺：声明"
    demands.run(preparing.declare, Declare(new.no))
    demands.run(submitting.submit_demand, SubmitDemand(new.no))


def test_pressed_often_and_at_once_it_is_one_draft(demands: Demands) -> None:
    no = failed(demands)
    actor = demands.wang
    found = at_once(lambda _: demands.run(begin_again, BeginAgain(no), actor)["no"])
    assert len(set(found)) == 1
    assert again(demands, no) == found[0]


def test_after_the_draft_was_given_up_another_one_may_be_begun(demands: Demands) -> None:
    no = failed(demands)
    first = again(demands, no)
    demands.run(submitting.withdraw_demand, WithdrawDemand(first))
    second = again(demands, no)
    assert second != first
    with Session(demands.engine) as session:
        assert listing.chain(session, no, public=False).after == second
        assert listing.chain(session, second, public=False).before == no
        assert listing.chain(session, no, public=True).after is None, "a draft is its owner's"


def test_only_a_failed_demand_of_ones_own_is_begun_again(demands: Demands) -> None:
    running = demands.published()
    with pytest.raises(Refusal, match="demand-not-failed"):
        again(demands, running)
    with pytest.raises(Refusal, match="not-allowed"):
        demands.run(begin_again, BeginAgain(running), demands.shen)
    with pytest.raises(NotFound):
        again(demands, "ZJ-2026-999999")


def test_the_failed_one_counts_in_no_sum(demands: Demands) -> None:
    no = failed(demands, ceiling="600000", mode=Mode.REFPRICE)
    new = again(demands, no)
    demands.run(preparing.declare, Declare(new))
    demands.run(submitting.submit_demand, SubmitDemand(new))
    assert demands.row(new).separate is None
    other = demands.written(ceiling="600000", mode=Mode.REFPRICE)
    with pytest.raises(Refusal, match="splitting-unexplained"):  # beside the new one it does
        demands.run(submitting.submit_demand, SubmitDemand(other))


def test_the_desk_names_it_until_something_was_begun(demands: Demands) -> None:
    def named() -> list[str]:
        row = demands.row(no)
        with Session(demands.engine) as session:
            return [one.no for one in listing.failed(session, row.owner, row.ended_at, 9)]

    no = failed(demands)
    assert named() == [no]
    with Session(demands.engine) as session:
        later = demands.row(no).ended_at + TICK
        assert listing.failed(session, demands.row(no).owner, later, 9) == []
    again(demands, no)
    assert named() == []


def test_an_approval_that_uses_the_deliverable_belongs_to_a_project(demands: Demands) -> None:
    no = demands.written()
    with Session(demands.engine) as session:
        draft = own_case(session, no, demands.row(no).owner, demands.now).draft
    assert gaps(draft) == ()
    (missing,) = gaps(replace(draft, approval_item="SG-001"))
    assert (missing.section, missing.zh) == (Section.ITEM, "申请该审批的项目")
    assert gaps(replace(draft, approval_item="SG-001", project_code="GP-2026-0001")) == ()


def test_the_owner_finds_it_on_the_desk_and_begins_again_by_one_button(
    demands: Demands, redis_url: str, tmp_path: Path
) -> None:
    no = failed(demands)
    features = (ACCOUNTS, CITYRULES, CATALOGUE, AGENCIES, FEATURE)
    app = app_of(demands.place.cast, features, redis_url, tmp_path)
    wang = signed_in(app, demands.place.cast, "wang")
    assert "begin a new demand from this one" in wang.open("/desk").text
    page = f"/desk/demands/{no}"
    done = wang.press(page, f"{page}/again")
    assert done.status_code == 303
    with Session(demands.engine) as session:
        new = listing.chain(session, no, public=False).after
    assert done.headers["Location"].endswith(f"/desk/demands/{new}")
    draft = wang.open(f"/desk/demands/{new}").text
    assert "Begun in place of a demand that came to nothing" in draft
    assert no in draft
    old = wang.open(page).text
    assert str(new) in old
    assert "/again" not in old
    assert "begin a new demand from this one" not in wang.open("/desk").text
    public = Browser(app.test_client(), demands.place.cast, "en").open(f"/demands/{no}").text
    assert str(new) not in public
