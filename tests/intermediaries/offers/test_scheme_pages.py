"""Pages of a choice by scheme: the owner's plan, a reviewer's seat and sheet, every point."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from intermediaries.demands.commands import preparing
from intermediaries.offers import schemes
from intermediaries.offers.rows import known
from intermediaries.rulebook.selection.modes import Funds
from market.command import Actor
from market.journal.keys import make
from market.kernel.money import Money
from market.reviews.feature import FEATURE as REVIEWS
from market.web.access import actor_loader
from tests.bidding.panels.cast import SPECIALTY
from tests.intermediaries.offers.test_schemes import (
    PRICES,
    called,
    finish,
    opened,
    review,
)
from tests.intermediaries.offers.test_web import ROOMS
from tests.support.browsing import Browser, app_of
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar
from tests.support.review_cast import ReviewTable
from tests.support.strangers import keys_beside


class Door:
    """Who asks; nobody at first."""

    def __init__(self) -> None:
        self.actor: Actor | None = None


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    made = make_bazaar(engine, tmp_path, AGENCIES[:3])
    make(tmp_path / "keys")
    keys_beside(tmp_path / "keys")
    return made


@pytest.fixture
def table(place: Bazaar) -> ReviewTable:
    keys = {"supervisor": place.keys["jian"], "centre": place.keys["ceng"]}
    made = ReviewTable(place.market.cast, lambda: None, keys=keys)
    made.admit()
    made.enter(30)
    return made


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def app(place: Bazaar, door: Door, redis_url: str, tmp_path: Path) -> Flask:
    made = app_of(place.market.cast, (*ROOMS, REVIEWS), redis_url, tmp_path)
    actor_loader(made, lambda: door.actor)
    return made


def browser(app: Flask, place: Bazaar, door: Door, who: Actor) -> Browser:
    door.actor = who
    return Browser(app.test_client(), place.market.cast)


def test_an_owner_says_how_schemes_are_reviewed_and_reads_what_does_not_fit(
    app: Flask, place: Bazaar, table: ReviewTable, door: Door
) -> None:
    owner = browser(app, place, door, place.owner)
    begin = preparing.BeginDemand(place.market.plain, "方案", "Schemes")
    no = str(place.office.run(preparing.begin_demand, begin, place.owner)["no"])
    money = preparing.SetMoney(no, Funds.PRIVATE, Money.from_yuan("90000"))
    place.office.run(preparing.set_money, money, place.owner)
    page = f"/desk/demands/{no}/mode"
    typed = {
        "mode": "scheme",
        "scheme_weight": "60",
        "criteria": "技术路线；40\n人员安排；19",
        "reviewers": "3",
        "specialties": SPECIALTY,
    }
    wrong = owner.send(page, typed, form="ModeForm")
    assert wrong.status_code == 422
    assert "人员安排；19" in wrong.text, "what was typed stays"
    assert "59" in wrong.text
    half = owner.send(page, {**typed, "reviewers": ""}, form="ModeForm")
    assert half.status_code == 422
    assert "人员安排；19" in half.text
    right = owner.send(page, {**typed, "criteria": "技术路线；40\n人员安排；20"}, form="ModeForm")
    assert right.status_code == 303, right.text[:3000]
    assert "人员安排；20" in owner.open(page).text


def test_a_reviewer_says_yes_reads_and_locks_and_everybody_reads_the_points_after(
    app: Flask, place: Bazaar, table: ReviewTable, door: Door
) -> None:
    no = opened(place)
    reviewers = called(place, table)
    for seat, who in zip(review(place).held, reviewers, strict=True):
        one = browser(app, place, door, who)
        own, page = f"/desk/reviews/{seat.id}", f"/desk/schemes/{no}"
        assert one.press(own, f"{own}/acceptance").status_code == 303
        assert page in one.open(own).text
        shown = one.open(page).text
        assert "Scheme 3" in shown
        assert not [name for name in AGENCIES[:3] if name in shown]
        assert not [price for price in PRICES if f"{price // 100:,}" in shown]
        assert one.open(f"{page}/1/1").data.decode().startswith("方案 ")
        assert one.open(f"{page}/4/1").status_code == 404
        typed = {f"points_{n}_{c}": "10.5" for n in (1, 2, 3) for c in (1, 2)}
        over = one.send(page, {**typed, "points_1_2": "20.01"}, form="SheetForm")
        assert over.status_code == 422
        assert "10.5" in over.text
        assert one.send(page, typed, form="SheetForm").status_code == 303
        assert "Your sheet is locked" in one.open(page).text
    nobody = Browser(app.test_client(), place.market.cast)
    door.actor = None
    before = nobody.open(f"/demands/{no}/selection").text
    assert "sheets locked" in before
    assert "21.00" not in before
    assert nobody.open(f"/api/v1/demands/{no}/sheets").status_code == 404
    finish(place, table)
    after = nobody.open(f"/demands/{no}/selection").text
    assert "21.00" in after
    assert "技术路线" in after
    assert all(f"name of expert{one.expert[1:]}" in after for one in review(place).held)
    assert nobody.open(f"/api/v1/demands/{no}/sheets").status_code == 200


def test_a_seat_and_a_sheet_are_nobody_elses(
    app: Flask, place: Bazaar, table: ReviewTable, door: Door
) -> None:
    no = opened(place)
    first, second, _ = called(place, table)
    seat = review(place).held[0]
    stranger = next(
        one
        for number, one in table.experts.items()
        if number not in {each.expert for each in review(place).held}
    )
    for who, own in ((second, False), (stranger, False), (first, True)):
        one = browser(app, place, door, who)
        wanted = 200 if own else 404
        assert one.open(f"/desk/reviews/{seat.id}").status_code == wanted
        assert one.open(f"/desk/reviews/{seat.id}/leaving").status_code == wanted
    one = browser(app, place, door, stranger)
    for way in (f"/desk/schemes/{no}", f"/desk/schemes/{no}/1/1"):
        assert one.open(way).status_code == 404
    for who in (place.owner, place.actor(AGENCIES[0])):
        assert browser(app, place, door, who).open(f"/desk/schemes/{no}").status_code == 403


def test_who_leaves_by_form_keeps_what_was_typed_after_a_refusal(
    app: Flask, place: Bazaar, table: ReviewTable, door: Door
) -> None:
    opened(place)
    first, *_ = called(place, table)
    seat = review(place).held[0]
    one = browser(app, place, door, first)
    own = f"/desk/reviews/{seat.id}"
    refused = one.send(f"{own}/leaving", {"words": "出差"}, form="LeaveForm")
    assert refused.status_code == 422
    assert "出差" in refused.text
    left = one.send(f"{own}/leaving", {"reason": "busy", "words": "出差"}, form="LeaveForm")
    assert left.status_code == 303
    assert "gave this seat back" in one.open(own).text
    table.beat()
    assert first not in [table.experts[each.expert] for each in review(place).held]
    assert place.ask(lambda s: schemes.own_seat(s, known(s, place.no), first.person)) is None
