"""No page is open by accident."""

import pytest
from flask import Blueprint, Flask

from market.command import ANONYMOUS
from market.factory import create_anonymous_app, create_app
from market.feature import Feature
from market.kernel.permissions import Permission
from market.web.access import (
    UnmarkedView,
    anonymous,
    current_actor,
    local_path,
    marks,
    needs,
    public,
    signed_in,
)
from tests.market.web.conftest import Browser, settings_for
from tests.support.offices import TestOffice


def view() -> str:
    return ""


def feature_with(marked, *, anonymous_host: bool = False) -> Feature:
    pages = Blueprint("odd", __name__)
    pages.add_url_rule("/odd", "odd", marked)
    if anonymous_host:
        return Feature("odd", anonymous_pages=(pages,))
    return Feature("odd", pages=(pages,))


def test_an_unmarked_view_stops_the_start(house: TestOffice, tmp_path) -> None:
    settings = settings_for("redis://localhost/0", tmp_path)
    with pytest.raises(UnmarkedView, match=r"odd\.odd"):
        create_app(settings, (feature_with(lambda: ""),), office=house.office)
    with pytest.raises(UnmarkedView, match=r"odd\.odd"):
        create_anonymous_app(
            settings, (feature_with(lambda: "", anonymous_host=True),), office=house.office
        )


def test_a_mark_of_the_other_host_stops_the_start(house: TestOffice, tmp_path) -> None:
    settings = settings_for("redis://localhost/0", tmp_path)
    with pytest.raises(UnmarkedView, match="platform"):
        create_app(settings, (feature_with(anonymous(lambda: "")),), office=house.office)
    with pytest.raises(UnmarkedView, match="anonymous"):
        create_anonymous_app(
            settings, (feature_with(public(lambda: ""), anonymous_host=True),), office=house.office
        )


def test_a_marked_view_starts(house: TestOffice, tmp_path) -> None:
    settings = settings_for("redis://localhost/0", tmp_path)
    made = create_app(settings, (feature_with(public(lambda: "")),), office=house.office)
    assert marks(made)["odd.odd GET"] == "public"


def test_two_marks_on_one_view_are_a_bug() -> None:
    with pytest.raises(TypeError, match="two marks"):
        public(signed_in(lambda: ""))


def test_needs_without_a_permission_is_a_bug() -> None:
    with pytest.raises(TypeError):
        needs()


def test_the_marks_of_all_ways_in_are_told(app: Flask) -> None:
    assert marks(app) == {
        "static GET": "public",
        "front.home GET": "public",
        "front.desk GET": "signed-in",
        "front.health GET": "public",
        "front.openapi GET": "public",
        "trial.note GET": "needs projects:project:create",
        "trial.note POST": "needs projects:project:create",
        "trial.vote GET": "needs projects:project:create",
        "trial.vote POST": "needs projects:project:create",
        "trial.open_note GET": "public",
        "trial.open_note POST": "public",
        "trial.wide GET": "public",
        "trial.wide POST": "public",
        "trial.done GET": "public",
        "trial.mine GET": "signed-in",
        "trial.broken GET": "public",
        "trial.broken POST": "public",
        "trial.refused GET": "public",
        "trial.patterns GET": "public",
        "trial.post_note POST": "needs projects:project:create",
        "trial.letters GET": "public",
    }


def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(browser: Browser) -> None:
    answer = browser.open("/trial/mine?a=1&b=2")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=%2Ftrial%2Fmine%3Fa%3D1%26b%3D2"


def test_who_is_signed_in_comes_in(browser: Browser) -> None:
    browser.sign_in("reader")
    assert browser.open("/trial/mine").text == "reader"


def test_who_lacks_the_right_is_refused(browser: Browser) -> None:
    browser.sign_in("reader")
    answer = browser.open("/trial/note", headers={"Accept-Language": "en"})
    assert answer.status_code == 403
    assert "You lack this right" in answer.text


def test_who_has_the_right_comes_in(browser: Browser) -> None:
    browser.sign_in("clerk")
    assert browser.open("/trial/note").status_code == 200


def test_a_program_without_credentials_gets_a_problem(browser: Browser) -> None:
    answer = browser.client.post("/api/v1/trial/notes", json={})
    assert (answer.status_code, answer.json["code"]) == (401, "not-signed-in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_every_right_named_is_asked_for() -> None:
    both = needs(Permission.DRAWS_DRAW_START, Permission.DRAWS_NONCE_GIVE)(view)
    assert str(vars(both)["access_mark"]) == "needs draws:draw:start draws:nonce:give"


def test_on_the_anonymous_host_everybody_is_anonymous(anonymous: Flask) -> None:
    with anonymous.test_request_context("/"):
        assert current_actor() is ANONYMOUS


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:1",
        "",
        None,
        "/a\nb",
    ],
)
def test_no_address_elsewhere_is_gone_to(text: str | None) -> None:
    assert local_path(text) == "/"


def test_an_address_here_is_gone_to() -> None:
    assert local_path("/tenders/1?q=%E7%94%B5#top") == "/tenders/1?q=%E7%94%B5#top"
