"""Q14: two bonds from one account are a sign after the opening, for panel and supervisor alone."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bidding.bonds.model import LinkedBond
from bidding.bonds.queries import payers
from bidding.contracts.feature import FEATURE as CONTRACTS
from bidding.contracts.feature import LISTENERS
from bidding.evaluation.commands.checking import Fault, GiveFindings, give_findings
from bidding.evaluation.desk import SIGN, desk
from bidding.evaluation.feature import FEATURE
from bidding.evaluation.model import Report
from bidding.evaluation.rules.reasons import RejectionCause
from bidding.evaluation.signs import supervised
from market.command import Actor
from market.factory import create_app
from market.journal.model import TrailLine
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.protocol.encoding import digest, parse
from market.web.access import actor_loader
from tests.bidding.evaluation.cast import Hall, make_hall
from tests.market.web.conftest import settings_for

FOUR = {"A": "1800000", "B": "2000000", "C": "2400000", "D": "2100000"}
PAID = {"A": "one", "B": "two", "C": "three", "D": "one"}
WATCHES = frozenset({Permission.SUPERVISION_RECORD_READ})
WORDS = ("同一单位或者个人的账户", "account of one payer", "K6 100", ">K6<")


@pytest.fixture
def hall(engine: Engine) -> Hall:
    """Four bidders; the bonds of A and D came from one account."""
    return make_hall(engine, FOUR, listeners=LISTENERS, accounts=PAID)


@pytest.fixture
def supervisor(hall: Hall) -> Actor:
    return Actor("watch", WATCHES, hall.panel[0].person, hall.bidders["B"].organisation)


@pytest.fixture
def app(hall: Hall, supervisor: Actor, redis_url: str, tmp_path: Path) -> Flask:
    people = {
        "clerk": replace(hall.clerk, permissions=hall.clerk.permissions | WATCHES),
        "expert": hall.panel[1],
        "supervisor": supervisor,
        "bidder": hall.bidders["A"],
    }
    settings = settings_for(redis_url, tmp_path)
    made = create_app(settings, (FEATURE, CONTRACTS), office=hall.house.office)
    actor_loader(made, lambda: people.get(request.cookies.get("who", "")))
    return made


def page(app: Flask, who: str, path: str) -> tuple[int, str]:
    one = app.test_client()
    one.set_cookie("who", who)
    answer = one.get(path)
    return answer.status_code, answer.text


def says(text: str) -> bool:
    return any(word in text for word in WORDS)


def collusive(hall: Hall, letters: str) -> tuple[Fault, ...]:
    clause = "第四十条"
    return tuple(Fault(hall.number(one), RejectionCause.COLLUSION, clause) for one in letters)


def test_before_the_opening_there_is_nothing_to_find(engine: Engine, hall: Hall) -> None:
    """No evaluation stands before the opening record, and no bond is linked before the closing."""
    with pytest.raises(NotFound):
        hall.ask(supervised, "ZC-2026-999999", Actor("watch", WATCHES))
    assert hall.ask(payers, ["ZC-2026-999999"]) == []
    # The control: after it, the same question finds the two and scores them.
    (sign,) = hall.ask(supervised, hall.no, Actor("watch", WATCHES))
    assert (sign.rule, sign.score, sign.found) == ("K6", 100, None)
    assert sign.numbers == tuple(sorted((hall.number("A"), hall.number("D"))))


def test_different_accounts_and_bonds_without_money_are_no_sign(engine: Engine) -> None:
    hall = make_hall(engine, FOUR, accounts={one: one for one in FOUR})
    assert hall.ask(supervised, hall.no, Actor("watch", WATCHES)) == ()
    with Session(engine) as session, session.begin():
        for row in session.scalars(select(LinkedBond)):
            row.kind, row.account_commitment = "admission", digest(b"same")
    assert hall.ask(supervised, hall.no, Actor("watch", WATCHES)) == ()


def test_the_panel_sees_numbers_and_the_supervisor_names(hall: Hall, app: Flask) -> None:
    hall.qualify()
    desk_of_panel = f"/desk/evaluations/{hall.no}"
    status, seen = page(app, "expert", desk_of_panel)
    assert status == 200
    assert says(seen)
    assert "第四十条第（六）项" in seen or "art. 40(6)" in seen
    assert not [uscc for uscc in hall.usccs.values() if uscc in seen]
    status, seen = page(app, "supervisor", f"/supervision/evaluations/{hall.no}")
    assert status == 200
    assert says(seen)
    assert all(hall.usccs[one] in seen for one in "AD")
    assert not [one for one in "BC" if hall.usccs[one] in seen]


def test_purchaser_and_bidder_see_nothing_of_it_before_the_report(hall: Hall, app: Flask) -> None:
    """Even one who holds the supervisor's right does not, while it runs the tender itself."""
    supervision, own = f"/supervision/evaluations/{hall.no}", f"/desk/tenders/{hall.no}/evaluation"

    def told() -> list[bool]:
        return [says(page(app, "clerk", path)[1]) for path in (own, "/desk")]

    assert page(app, "clerk", supervision)[0] == 404
    assert page(app, "bidder", supervision)[0] == 403
    assert not any(told())
    # Not the page's mark alone: the question itself answers nobody without that right.
    for who in (hall.bidders["A"], hall.house.stranger, hall.panel[0]):
        with pytest.raises(NotFound):
            hall.ask(supervised, hall.no, who)
    hall.qualify()
    assert not any(told())
    hall.comply()
    assert page(app, "clerk", supervision)[0] == 404
    assert not any(told())


def test_it_waits_on_the_supervisors_desk_until_the_winner_is_determined(
    hall: Hall, app: Flask, supervisor: Actor
) -> None:
    def items(actor: Actor) -> list[str]:
        with app.test_request_context():
            return [one.en for one in hall.ask(desk, actor, hall.clock.at)]

    assert SIGN[1] in items(supervisor)
    assert SIGN[1] not in items(replace(supervisor, permissions=frozenset()))
    assert SIGN[1] not in items(replace(supervisor, organisation=hall.clerk.organisation))


def test_the_panels_vote_decides_and_the_report_says_so(engine: Engine) -> None:
    """Five bids: with the two out, three are left. The house itself put nobody out."""
    hall = make_hall(engine, {**FOUR, "E": "2200000"}, listeners=LISTENERS, accounts=PAID)
    hall.qualify()
    assert len(hall.view(hall.panel[0]).offers) == 5
    for place, member in enumerate(hall.panel):
        faults = collusive(hall, "AD") if place < 3 else ()
        hall.run(give_findings, GiveFindings(hall.no, faults), member)
    (sign,) = hall.ask(supervised, hall.no, Actor("watch", WATCHES))
    assert sign.found is True
    assert {one.number for one in hall.view(hall.panel[0]).offers} == {
        hall.number(one) for one in "BCE"
    }


def test_a_panel_that_finds_otherwise_lets_the_bids_stand_and_that_is_reported(
    hall: Hall, engine: Engine
) -> None:
    plans = dict.fromkeys(FOUR, (40, 41, 42, 43, 44))
    hall.to_ranking(plans)
    hall.to_report_from_ranking()
    (sign,) = hall.ask(supervised, hall.no, Actor("watch", WATCHES))
    assert sign.found is False
    with Session(engine) as session:
        report = parse(session.scalars(select(Report.raw)).one())
        trail = [row.moves for row in session.scalars(select(TrailLine))]
    (said,) = report["signs"]
    assert (said["rule"], said["score"], said["found"]) == ("K6", 100, False)
    (noted,) = [one for moves in trail for one in moves if one.get("what") == "collusion.sign"]
    assert (noted["subject"], noted["score"]) == (hall.no, "100")
    assert not [uscc for uscc in hall.usccs.values() if uscc in str(noted)]
