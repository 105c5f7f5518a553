"""The pages of members, purchaser and suppliers, without JavaScript."""

import re
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from bidding.complaints.feature import FEATURE as COMPLAINTS
from bidding.contracts.commands import PublishResult, publish_result
from bidding.contracts.feature import FEATURE as CONTRACTS
from bidding.contracts.feature import LISTENERS
from bidding.evaluation.feature import FEATURE as EVALUATION
from bidding.evaluation.rules.states import EvaluationState as S
from bidding.evaluation.rules.states import SheetState
from bidding.tenders.feature import FEATURE as TENDERS
from market.command import Actor
from market.factory import create_app
from market.notices.feature import FEATURE as NOTICES
from market.web.access import actor_loader, marks
from tests.bidding.evaluation.cast import PLANS, Hall, make_hall
from tests.market.web.conftest import settings_for


@pytest.fixture
def hall(engine) -> Hall:
    return make_hall(engine, listeners=LISTENERS)


@pytest.fixture
def app(hall: Hall, redis_url: str, tmp_path: Path) -> Flask:
    people = {"clerk": hall.clerk, **{f"sup{one}": hall.bidders[one] for one in "ABC"}}
    people |= {f"expert{place}": one for place, one in enumerate(hall.panel, start=1)}
    rooms = (NOTICES, TENDERS, EVALUATION, CONTRACTS, COMPLAINTS)
    made = create_app(settings_for(redis_url, tmp_path), rooms, office=hall.house.office)

    def load() -> Actor | None:
        return people.get(request.cookies.get("who", ""))

    actor_loader(made, load)
    return made


def client(app: Flask, who: str) -> FlaskClient:
    made = app.test_client()
    made.set_cookie("who", who)
    return made


def sent(one: FlaskClient, path: str, typed: dict, *, expect: int = 303):
    """Open the page, fill in its first form as a browser would, send it."""
    page = one.get(path)
    assert page.status_code == 200, page.text
    part = next(
        each for each in page.text.split("<form")[1:] if 'name="_form" value="sign' not in each
    )
    hidden = dict(re.findall(r'type="hidden"[^>]* name="(\w+)" value="([^"]*)"', part))
    answer = one.post(path, data={**hidden, **typed})
    assert answer.status_code == expect, answer.text
    return answer


def test_the_marks_of_all_ways_in_are_these(app: Flask) -> None:
    mine = {
        name: mark
        for name, mark in marks(app).items()
        if name.split(".")[0].startswith(("evaluation", "awards", "challenges"))
    }
    check, own = "needs evaluation:qualification:check", "needs bids:own:read"
    file, reply = "needs challenges:challenge:file", "needs challenges:challenge:answer"
    assert mine == {
        "evaluations.own GET": "signed-in",
        "evaluations.member GET": "signed-in",
        "evaluations.member POST": "signed-in",
        "evaluations.document GET": "signed-in",
        "evaluations.report GET": "signed-in",
        "evaluation_calls.sheet GET": "signed-in",
        "evaluation_calls.keep PUT": "signed-in",
        "evaluation_prices.review GET": "signed-in",
        "evaluation_prices.review POST": "signed-in",
        "evaluation_prices.document GET": "signed-in",
        "evaluation_prices.confirmation GET": own,
        "evaluation_prices.confirmation POST": own,
        "evaluation_supervision.signs GET": "needs supervision:record:read",
        "evaluation_course.corrections GET": "signed-in",
        "evaluation_course.corrections POST": "signed-in",
        "evaluation_course.rest GET": check,
        "evaluation_course.rest POST": check,
        "awards.purchaser GET": check,
        "awards.purchaser POST": check,
        "awards.notice GET": check,
        "awards.result GET": "public",
        "awards.winner_notice GET": own,
        "awards.own_result GET": own,
        "awards.price_answer GET": own,
        "awards.price_answer POST": own,
        "challenges.own GET": file,
        "challenges.new GET": file,
        "challenges.new POST": file,
        "challenges.withdrawal GET": file,
        "challenges.withdrawal POST": file,
        "challenges.against GET": reply,
        "challenges.answer GET": reply,
        "challenges.answer POST": reply,
    }


def test_the_panel_goes_from_the_check_to_the_report_by_its_pages(hall: Hall, app: Flask) -> None:
    desk = f"/desk/evaluations/{hall.no}"
    sent(client(app, "clerk"), f"/desk/tenders/{hall.no}/evaluation", {})
    experts = [client(app, f"expert{place}") for place in range(1, 6)]
    for one in experts:
        sent(one, desk, {})
    assert hall.state is S.SCORING
    for place, one in enumerate(experts):
        page = one.get(desk).text
        secret = [*hall.usccs.values(), "180000000", "1,800,000", "2,000,000.00", "bidderA"]
        assert not [mark for mark in secret if mark in page]
        grid = {f"mark_{hall.number(x)}_T1": str(PLANS[x][place]) for x in PLANS}
        first = dict(list(grid.items())[:1])
        sent(one, desk, first)
        assert hall.view(hall.panel[place]).sheet.state is SheetState.OPEN
        sent(one, desk, {**first, "lock": "yes"}, expect=422)
        sent(one, desk, {**grid, "lock": "yes"})
    assert hall.state is S.LOW_PRICES
    # Positive control: the same page now names them.
    assert all(code in experts[0].get(desk).text for code in hall.usccs.values())
    sent(experts[0], desk, {})
    sent(experts[1], desk, {})
    for one in experts:
        sent(one, desk, {})
    assert hall.state is S.REPORTED
    report = experts[0].get(f"{desk}/report.pdf")
    assert report.data.startswith(b"%PDF")
    page = f"/desk/tenders/{hall.no}/evaluation"
    sent(client(app, "clerk"), page, {}, expect=422)
    sent(client(app, "clerk"), page, {"sure": "yes"})
    assert hall.state is S.DETERMINED


def test_result_own_scores_and_challenges_have_their_pages(hall: Hall, app: Flask) -> None:
    hall.to_winner()
    nobody = app.test_client()
    assert nobody.get(f"/tenders/{hall.no}/result").status_code == 404
    hall.run(publish_result, PublishResult(hall.no, hall.house.cast.vault))
    page = nobody.get(f"/tenders/{hall.no}/result").text
    assert hall.usccs["C"] in page
    assert hall.usccs["A"] not in page
    loser, winner = client(app, "supA"), client(app, "supC")
    own = loser.get(f"/desk/tenders/{hall.no}/own-result").text
    assert "84.33" in own
    assert "86.85" not in own
    notice = f"/tenders/{hall.no}/award-notice.pdf"
    assert winner.get(notice).data.startswith(b"%PDF")
    assert loser.get(notice).status_code == 404
    words = {"stage": "result", "matters": "复核", "facts": "明细", "basis": "第五十二条"}
    new = f"/desk/tenders/{hall.no}/challenges/new"
    sent(loser, new, {**words, "may_change_result": "yes"})
    assert "ZY-" in loser.get("/desk/challenges").text
    clerk = client(app, "clerk")
    listed = clerk.get(f"/desk/tenders/{hall.no}/challenges").text
    number = re.search(r"ZY-\d{4}-\d{6}", listed)[0]
    reply = {"answer": "维持", "finding": "not_upheld"}
    sent(clerk, f"/desk/tenders/{hall.no}/challenges/{number}", reply)
    assert "维持" in loser.get("/desk/challenges").text
    assert clerk.get(f"/desk/tenders/{hall.no}/evaluation").status_code == 200
    assert nobody.get(f"/desk/evaluations/{hall.no}").status_code in (302, 303, 401)
