"""A bidder finds what became of its bids in one place, and its desk says what waits."""

from http import HTTPStatus

from flask import Flask

from bidding.contracts.queries import award
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar
from tests.bidding.contracts.pages import client, published
from tests.bidding.evaluation.cast import Hall

CALENDAR = WorkCalendar(SEED)
ENGLISH = {"Accept-Language": "en"}


def desk(app: Flask, who: str) -> str:
    return client(app, who).get("/desk", headers=ENGLISH).text


def test_before_the_result_the_list_says_that_nothing_is_published(hall: Hall, app: Flask) -> None:
    hall.to_winner()
    page = client(app, "supB").get("/desk/own-results", headers=ENGLISH).text
    assert hall.no in page
    assert "not published yet" in page
    assert "Result out" not in desk(app, "supB")


def test_the_loser_has_its_points_and_its_window_the_winner_its_contract(
    hall: Hall, app: Flask
) -> None:
    published(hall, app)
    loser = client(app, "supB").get("/desk/own-results", headers=ENGLISH).text
    assert "Your points and rank" in loser
    assert f"/desk/tenders/{hall.no}/challenges/new" in loser
    assert "in custody" in loser
    assert "Result out" in desk(app, "supB")
    winner = client(app, "supC").get("/desk/own-results", headers=ENGLISH).text
    assert "You won" in winner
    assert "sign the contract" in desk(app, "supC")
    assert "Result out" not in desk(app, "supC")


def test_the_window_closes_after_its_last_moment_and_not_before(hall: Hall, app: Flask) -> None:
    published(hall, app)
    until = hall.ask(award, hall.no, CALENDAR).challenge_until
    hall.house.clock.at = until
    assert "Result out" in desk(app, "supB")
    hall.house.clock.at = until + hall.house.clock.at.resolution
    assert "Result out" not in desk(app, "supB")
    shown = client(app, "supB").get("/desk/own-results", headers=ENGLISH).text
    assert "challenges/new" not in shown


def test_nobody_sees_the_bids_of_another(hall: Hall, app: Flask) -> None:
    published(hall, app)
    stranger = client(app, "stranger").get("/desk/own-results", headers=ENGLISH)
    assert stranger.status_code in {HTTPStatus.OK, HTTPStatus.FORBIDDEN}
    assert hall.no not in stranger.text
    assert client(app, "clerk").get("/desk/own-results").status_code == HTTPStatus.FORBIDDEN
