"""A form takes effect once, and what was typed is never lost."""

from urllib.parse import parse_qs, urlsplit

import pytest
import redis
from flask import Flask
from sqlalchemy import Engine, func, select
from werkzeug.test import TestResponse

from market.db.once import OnceOutcome
from market.journal.model import TrailLine
from market.web.csrf import ONCE, proof
from market.web.errors import FORM, PAGE
from market.web.fields import TextField
from market.web.forms import Form
from tests.market.web.conftest import Browser
from tests.market.web.trial import NoteForm

EN = {"Accept-Language": "en"}
TYPED = {"title": "A new <bridge>", "budget": "1,234.50", "remark": "two\nlines"}
NOTE = "/trial/note"


def effects(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(TrailLine)) or 0


def shows_what_was_typed(page: TestResponse) -> bool:
    return all(
        part in page.text
        for part in ('value="A new &lt;bridge&gt;"', 'value="1,234.50"', "two\nlines</textarea>")
    )


@pytest.fixture
def clerk(browser: Browser) -> Browser:
    browser.sign_in("clerk")
    browser.open("/?lang=en")
    return browser


def test_a_form_that_is_sent_leads_to_its_outcome(clerk: Browser, engine: Engine) -> None:
    answer = clerk.send(NOTE, TYPED)
    assert (answer.status_code, answer.location) == (
        303,
        "/trial/done?title=A%20new%20%3Cbridge%3E",
    )
    assert effects(engine) == 1


def test_a_form_sent_twice_takes_effect_once(clerk: Browser, engine: Engine) -> None:
    marks = clerk.marks(clerk.open(NOTE))
    first, second = (clerk.client.post(NOTE, data={**marks, **TYPED}) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert effects(engine) == 1


def test_two_forms_with_the_same_text_take_effect_twice(clerk: Browser, engine: Engine) -> None:
    clerk.send(NOTE, TYPED)
    clerk.send(NOTE, TYPED)
    assert effects(engine) == 2


def test_one_form_sent_again_with_other_text_is_refused_and_may_be_sent_anew(
    clerk: Browser, engine: Engine
) -> None:
    marks = clerk.marks(clerk.open(NOTE))
    clerk.client.post(NOTE, data={**marks, **TYPED})
    again = clerk.client.post(NOTE, data={**marks, **TYPED, "remark": "other"})
    assert (again.status_code, effects(engine)) == (409, 1)
    assert "This submission mark was used for something else" in again.text
    fresh = clerk.marks(again)
    assert fresh["_once"] != marks["_once"]
    clerk.client.post(NOTE, data={**fresh, **TYPED, "remark": "other"})
    assert effects(engine) == 2


def test_what_cannot_be_read_is_pointed_at_and_all_text_stays(
    clerk: Browser, engine: Engine
) -> None:
    answer = clerk.send(NOTE, {**TYPED, "budget": "much", "title": " "})
    assert (answer.status_code, effects(engine)) == (422, 0)
    assert "2 things to look at" in answer.text
    assert '<a href="#NoteForm-title">Title – This is needed.</a>' in answer.text
    assert 'id="NoteForm-title"' in answer.text
    assert 'value="much"' in answer.text
    assert "two\nlines</textarea>" in answer.text
    assert 'aria-describedby="NoteForm-budget-wrong"' in answer.text


def test_what_the_law_refuses_is_said_on_top_with_its_article(
    clerk: Browser, engine: Engine
) -> None:
    answer = clerk.send(NOTE, {**TYPED, "title": "forbidden"})
    assert (answer.status_code, effects(engine)) == (409, 0)
    assert "The deadline is over (Tendering and Bidding Law art. 24)" in answer.text
    assert 'value="1,234.50"' in answer.text


def test_a_refusal_that_names_a_field_leads_to_it(clerk: Browser) -> None:
    answer = clerk.send(NOTE, {**TYPED, "title": "twice"})
    assert '<a href="#NoteForm-title">Title – Taken already</a>' in answer.text


def test_after_a_refusal_the_same_form_can_be_mended_and_sent(
    clerk: Browser, engine: Engine
) -> None:
    refused = clerk.send(NOTE, {**TYPED, "title": "forbidden"})
    answer = clerk.client.post(NOTE, data={**clerk.marks(refused), **TYPED})
    assert (answer.status_code, effects(engine)) == (303, 1)


def test_what_may_not_be_known_is_not_found(clerk: Browser) -> None:
    assert clerk.send(NOTE, {**TYPED, "title": "unknown"}).status_code == 404


def test_a_password_never_comes_back_and_is_not_hashed(clerk: Browser, engine: Engine) -> None:
    refused = clerk.send(NOTE, {**TYPED, "title": "forbidden", "secret.password": "open sesame"})
    assert "open sesame" not in refused.text
    marks = clerk.marks(clerk.open(NOTE))
    for word in ("one", "two"):
        clerk.client.post(NOTE, data={**marks, **TYPED, "secret.password": word})
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(OnceOutcome)) == 1


# --- a session that ended, a form of another sign-in --------------------------------------------


@pytest.mark.parametrize("broken", [{"_csrf": "A" * 43}, {"_csrf": ""}, {"_once": "B" * 43}])
def test_a_form_without_its_proof_has_no_effect_and_keeps_the_text(
    clerk: Browser, engine: Engine, broken: dict[str, str]
) -> None:
    answer = clerk.send(NOTE, TYPED, **broken)
    assert (answer.status_code, effects(engine)) == (303, 0)
    assert answer.location.startswith(f"{NOTE}?kept=")
    page = clerk.open(answer.location)
    assert shows_what_was_typed(page)
    assert "it was not sent" in page.text
    sent = clerk.client.post(NOTE, data={**clerk.marks(page), **TYPED})
    assert (sent.status_code, effects(engine)) == (303, 1)


def test_text_survives_a_session_that_ended(clerk: Browser, engine: Engine) -> None:
    marks = clerk.marks(clerk.open(NOTE))
    clerk.sign_out()
    refused = clerk.client.post(NOTE, data={**marks, **TYPED, "secret.password": "open sesame"})
    assert refused.status_code == 303
    assert refused.location.startswith("/sign-in?next=%2Ftrial%2Fnote%3Fkept%3D")
    clerk.sign_in("clerk")
    page = clerk.open(after_sign_in(refused))
    assert shows_what_was_typed(page)
    assert "You were signed out before this was sent" in page.text
    assert (effects(engine), "open sesame" in page.text) == (0, False)


def test_text_is_shown_again_to_nobody_else(clerk: Browser, app: Flask) -> None:
    marks = clerk.marks(clerk.open(NOTE))
    clerk.sign_out()
    kept = after_sign_in(clerk.client.post(NOTE, data={**marks, **TYPED}))
    another_browser = Browser(app.test_client())
    another_browser.sign_in("clerk")
    assert "bridge" not in another_browser.open(kept).text
    with app.test_request_context(kept, headers={"Cookie": cookies(clerk, who="")}):
        assert "bridge" not in str(NoteForm()["title"].texts)
    with app.test_request_context(kept, headers={"Cookie": cookies(clerk, who="clerk")}):
        assert "bridge" in str(NoteForm()["title"].texts)


def test_text_is_not_readable_where_it_is_kept(clerk: Browser, redis_url: str) -> None:
    clerk.send(NOTE, TYPED, _csrf="")
    with redis.Redis.from_url(redis_url, decode_responses=True) as store:
        (key,) = store.keys("kept:*")
        assert 1700 < store.ttl(key) <= 1800
        assert "bridge" not in store.get(key)


def test_a_password_is_not_kept(clerk: Browser, app: Flask) -> None:
    answer = clerk.send(NOTE, {**TYPED, "secret.password": "open sesame"}, _csrf="")
    token = parse_qs(urlsplit(answer.location).query)["kept"][0]
    browser = clerk.client.get_cookie("browser").value
    known = app.extensions["market"].kept
    assert set(known.recall(token, browser).values) == set(TYPED)
    assert known.recall(token, "another browser") is None
    assert known.recall("another token", browser) is None


def test_without_a_store_the_text_is_shown_to_be_copied(clerk: Browser, app: Flask) -> None:
    app.extensions["market"].kept._redis.connection_pool.connection_kwargs["port"] = 1
    app.extensions["market"].kept._redis.connection_pool.disconnect()
    answer = clerk.send(NOTE, TYPED, _csrf="")
    assert answer.status_code == 400
    assert "two\nlines</textarea>" in answer.text
    assert "A new &lt;bridge&gt;</textarea>" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ],
)
def test_another_site_sends_nothing_here(
    clerk: Browser, engine: Engine, headers: dict[str, str]
) -> None:
    marks = clerk.marks(clerk.open(NOTE))
    answer = clerk.client.post(NOTE, data={**marks, **TYPED}, headers=headers)
    assert (answer.status_code, effects(engine)) == (400, 0)
    assert "cross-site" in answer.text


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "null"}, {"Origin": "http://localhost"}],
)
def test_our_own_pages_may_send(clerk: Browser, engine: Engine, headers: dict[str, str]) -> None:
    marks = clerk.marks(clerk.open(NOTE))
    clerk.client.post(NOTE, data={**marks, **TYPED}, headers=headers)
    assert effects(engine) == 1


def test_the_form_of_another_browser_proves_nothing(clerk: Browser, app: Flask) -> None:
    other = Browser(app.test_client())
    other.sign_in("clerk")
    marks = other.marks(other.open(NOTE))
    answer = clerk.client.post(NOTE, data={**marks, **TYPED})
    assert answer.location.startswith(f"{NOTE}?kept=")


def test_a_proof_ends_with_the_sign_in(app: Flask) -> None:
    with app.test_request_context():
        assert proof("A" * 43, "one") != proof("A" * 43, "two")


def after_sign_in(response: TestResponse) -> str:
    """Where the sign-in page would lead on to."""
    return parse_qs(urlsplit(response.location).query)["next"][0]


def cookies(browser: Browser, *, who: str) -> str:
    return f"browser={browser.client.get_cookie('browser').value}; who={who}"


def test_a_field_called_name_gives_what_was_typed_and_not_the_forms_own(app: Flask) -> None:
    class Guest(Form):
        name = TextField("Name")

    sent = {FORM: "Guest", ONCE: "x", PAGE: "/", "name": "赵某"}
    with app.test_request_context("/", method="POST", data=sent):
        form = Guest()
        assert (form.is_valid(), form.name, form.form_name) == (True, "赵某", "Guest")


@pytest.mark.parametrize("taken", ["page", "once", "status", "is_valid", "fields", "form_name"])
def test_a_field_cannot_be_called_like_what_a_form_says_of_itself(taken: str) -> None:
    with pytest.raises(TypeError, match=taken):
        type("Hidden", (Form,), {taken: TextField("Hidden")})
