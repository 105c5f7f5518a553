"""One answer of a public page serves everybody without a session for a second, and nobody else."""

from dataclasses import dataclass, field

import pytest
from flask import Flask, make_response, request
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from market.settings import read
from market.web.shared import KEPT, LARGEST, SharedAnswers, shared

SECONDS = 1.0


@dataclass
class Watch:
    """Machine time that stands still until it is moved."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Place:
    """A small host whose pages count how often they are made."""

    watch: Watch = field(default_factory=Watch)
    made: int = 0
    app: Flask = field(default_factory=lambda: Flask("place"))

    def __post_init__(self) -> None:
        self.app.add_url_rule("/board", "board", shared(self._board))
        self.app.add_url_rule("/own", "own", self._board)
        self.app.add_url_rule("/choice", "choice", shared(self._choice))
        self.app.add_url_rule("/broken", "broken", shared(lambda: ("no", 503)))
        self.app.add_url_rule("/large", "large", shared(lambda: self._board() + "x" * LARGEST))
        self.app.wsgi_app = SharedAnswers(self.app.wsgi_app, SECONDS, self.watch)

    def _board(self) -> str:
        self.made += 1
        return f"{self.made} {request.full_path} {request.headers.get('Accept-Language')}"

    def _choice(self):
        answer = make_response(self._board())
        answer.set_cookie("choice", "1")
        return answer

    def get(self, path: str = "/board", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.test_client(use_cookies=False).get(path, headers=named)


@pytest.fixture
def place() -> Place:
    return Place()


def test_many_readers_of_a_second_get_one_answer_with_its_headers(place):
    first = place.get()
    again = place.get()
    assert (again.data, again.headers, again.status) == (first.data, first.headers, first.status)
    assert place.made == 1


@pytest.mark.parametrize(("passed", "made"), [(0.999, 1), (1.0, 2)])
def test_an_answer_serves_for_a_second_and_no_longer(place, passed, made):
    place.get()
    place.watch.now = passed
    place.get()
    assert place.made == made


def test_a_second_counts_from_when_the_answer_was_asked_for(place):
    """What was read from the database is as old as the request, however long it took."""
    place.app.add_url_rule("/slow", "slow", shared(lambda: slow(place)))
    place.get("/slow")
    place.get("/slow")
    assert place.made == 2


def slow(place: Place) -> str:
    place.made += 1
    place.watch.now += SECONDS
    return "slow"


@pytest.mark.parametrize(("age", "made"), [(1.0, 2), (1.999, 2), (2.0, 3)])
def test_while_one_reader_has_it_made_anew_the_others_get_the_last_one_for_a_second(
    place, age, made
):
    """Else all who come in that moment would have it made, each waiting for all the others."""
    seen: list[bytes] = []

    def meanwhile() -> str:
        place.made += 1
        if place.made == 2:
            seen.append(place.get("/slow").data)
        return f"{place.made}"

    place.app.add_url_rule("/slow", "slow", shared(meanwhile))
    first = place.get("/slow").data
    place.watch.now = age
    place.get("/slow")
    assert place.made == made
    assert (seen == [first]) == (made == 2)


def test_a_page_that_could_not_be_made_is_made_for_the_next_reader(place):
    def broken() -> str:
        place.made += 1
        if place.made == 2:
            raise RuntimeError("broken")
        return "made"

    place.app.add_url_rule("/fails", "fails", shared(broken))
    place.get("/fails")
    place.watch.now = SECONDS
    assert place.get("/fails").status_code == 500
    assert place.get("/fails").data == b"made"
    assert place.made == 3


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "session=abc"},
        {"Cookie": "lang=en; session=abc"},
        {"Cookie": "lang=fr"},
        {"Authorization": "Bearer abc"},
        {"If_None_Match": '"abc"'},
        {"Range": "bytes=0-9"},
    ],
)
def test_whoever_carries_something_of_his_own_has_a_page_made_and_leaves_none(place, headers):
    place.get()
    place.get(**headers)
    place.get(**headers)
    assert place.made == 3
    place.watch.now = SECONDS
    place.get(**headers)
    place.get()
    assert place.made == 5


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/board?q=a"},
        {"Accept_Language": "en"},
        {"Cookie": "lang=en"},
        {"Host": "elsewhere.test"},
        {"Accept": "application/json"},
    ],
)
def test_another_address_or_language_is_another_answer(place, other):
    place.get()
    place.get(**other)
    assert place.made == 2
    place.get(**other)
    assert place.made == 2


@pytest.mark.parametrize("path", ["/own", "/choice", "/large"])
def test_what_is_not_for_all_or_too_large_is_never_kept(place, path):
    place.get(path)
    place.get(path)
    assert place.made == 2


def test_only_a_page_that_was_made_is_kept(place):
    assert [place.get("/broken").status_code for _ in range(2)] == [503, 503]
    with place.app.test_client() as client:
        client.head("/board")
        client.head("/board")
    assert place.made == 2


def test_the_answers_used_longest_ago_are_forgotten(place):
    for number in range(KEPT):
        place.get(f"/board?{number}")
    place.get("/board?0")  # used again: number 1 is now the oldest
    place.get("/board?new")
    made = place.made
    place.get("/board?0")
    assert place.made == made
    place.get("/board?1")
    assert place.made == made + 1


def test_a_shared_answer_leaves_its_line_in_the_log(place):
    place.get()
    with capture_logs() as lines:
        place.get()
    assert [(line["event"], line["endpoint"], line["status"]) for line in lines] == [
        ("web.request", "board", 200)
    ]


@pytest.mark.parametrize(("mode", "seconds"), [("production", 1), ("demo", 0), ("test", 0)])
def test_only_production_shares_unless_it_is_told_to(mode, seconds):
    """The demonstration's clock leaps: an answer of a second ago may be a day old."""
    names = ("DATABASE_URL", "REDIS_URL", "PLATFORM_URL", "ANONYMOUS_URL", "CUSTODIAN_URL")
    named = dict.fromkeys((*names, "WITNESS_URLS", "MARKET_VAR"), "x")
    origin = "demo/journal" if mode == "demo" else "journal"
    named |= {"MARKET_MODE": mode, "MARKET_SECRET_KEY": "x" * 32, "MARKET_ORIGIN": origin}
    assert read(named).shared_seconds == seconds
    assert read({**named, "MARKET_SHARED_SECONDS": "2.5"}).shared_seconds == 2.5


def test_the_platform_has_it_before_all_its_pages(paper_app: Flask):
    assert isinstance(paper_app.wsgi_app, SharedAnswers)
