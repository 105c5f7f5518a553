"""The browser without scripts: what it reads of a page, what it sends, to whom it gives cookies."""

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from market.demo.play.driver import Page, _encoded, _Reader

PAGE = """<!doctype html><html><head><title> A
 page </title><style>p { color: red }</style></head><body>
<form method="post" action="/sign-out"><button>Sign out</button></form>
<div class="box summary"><ul><li><a href="#f-title">Say what it is called.</a></li>
<li>Nothing was written.</li><li> </li></ul></div>
<p>One&nbsp;&amp; two</p><ul><li>no trouble</li></ul>
<a href="/somewhere?a=1&amp;b=2">Go <b>there</b></a><a name="anchor">nowhere</a>
<form method="post" enctype="multipart/form-data">
<input type="hidden" name="_form" value="Trial"><input name="title" value="a &quot;b&quot;">
<input name="secret.password" type="password"><input name="paper" type="file">
<textarea name="words">
first
 second</textarea>
<select name="kind"><option value="a">A</option><option value="b" selected>B</option></select>
<select name="other"><option value="x">X</option><option value="y">Y</option></select>
<input type="checkbox" name="many" value="1" checked><input type="checkbox" name="many" value="2">
<input type="radio" name="one" value="p"><input type="submit" name="sent" value="Send">
<button name="act" value="keep">Keep it</button><button name="act" value="send">Send it</button>
</form><script>const p = "never read";</script></body></html>"""


def read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


def shown(html: str, url: str = "http://exchange.test/at") -> Page:
    """A browser that was shown this page."""
    page = Page("http://exchange.test")
    page.url, page._seen = url, read(html)
    return page


def test_it_reads_what_a_person_reads() -> None:
    page = shown(PAGE)
    assert page.title == "A page"
    assert page.summary == ["Say what it is called.", "Nothing was written."]
    assert page.links[-1] == ("Go there", "/somewhere?a=1&b=2")
    assert "One & two" in page.text
    assert "no trouble" in page.text
    assert "never read" not in page.text
    assert "color" not in page.text


def test_a_form_holds_what_would_be_sent_as_it_is() -> None:
    out, form = shown(PAGE).forms
    assert (out.action, out.values) == ("/sign-out", {})
    assert form.values == {
        "_form": ["Trial"],
        "title": ['a "b"'],
        "secret.password": [""],
        "words": ["first\n second"],
        "kind": ["b"],
        "other": ["x"],
        "many": ["1"],
    }
    assert form.offered == {
        "kind": ["a", "b"],
        "other": ["x", "y"],
        "many": ["1", "2"],
        "one": ["p"],
    }
    assert form.files == {"paper"}
    assert form.multipart
    assert form.pressed == {"Keep it": ("act", "keep"), "Send it": ("act", "send")}


def test_a_secret_field_is_found_by_its_plain_name_and_no_other_is_made_up() -> None:
    form = shown(PAGE).forms[1]
    assert form.name_of("password") == "secret.password"
    assert form.name_of("one") == "one"
    with pytest.raises(KeyError, match="no field 'passwords'"):
        form.name_of("passwords")


def test_a_form_is_found_by_button_field_mark_or_where_it_goes() -> None:
    page = shown(PAGE)
    out, form = page.forms
    assert page.form() is form, "leaving is never the form that is meant"
    assert page.form("Sign out") is page.form(action="/sign-out") is out
    assert page.form("Keep") is page.form(has="paper") is page.form(named="Trial") is form
    assert page.form(action="/at") is form, "without an address it goes where the page is"
    for wanted in ({"button": "Pay"}, {"has": "amount"}, {"named": "Other"}, {"action": "/pay"}):
        with pytest.raises(LookupError, match="no form"):
            page.form(**wanted)
    with pytest.raises(LookupError, match="no link"):
        page.link("Elsewhere")


def test_files_travel_in_parts_and_words_in_a_line(tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(b"%PDF-\x00")
    out, form = shown(PAGE).forms
    body, kind = _encoded([("a", "1 2"), ("a", "三")], {}, out)
    assert kind == "application/x-www-form-urlencoded"
    assert parse_qs(body.decode()) == {"a": ["1 2", "三"]}
    body, kind = _encoded([("a", "三")], {"paper": file}, form)
    assert kind.startswith("multipart/form-data; boundary=")
    assert b'name="paper"; filename="paper.pdf"' in body
    assert b"%PDF-\x00" in body
    assert "三".encode() in body


class Exchange:
    """Answers every request with the page; remembers what came."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, str], str]] = []
        self.kept: list[str] = []

    def __call__(self, request: Request) -> Response:
        self.kept.append(request.headers.get("Connection", ""))
        form = {name: ",".join(given) for name, given in request.form.lists()}
        self.seen.append(
            (request.method, request.full_path, form, request.headers.get("Cookie", ""))
        )
        if request.path == "/leads-on":
            return Response("", 303, {"Location": "/at?there=1"})
        if request.path == "/forgets":
            return Response("gone", headers={"Set-Cookie": "session=; Path=/"})
        if request.path == "/for-ever":
            return Response("", 302, {"Location": "/for-ever"})
        return Response(
            PAGE, content_type="text/html", headers={"Set-Cookie": "session=s1; Path=/"}
        )


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


@pytest.fixture
def url(exchange: Exchange) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, Request.application(exchange), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_typed_is_sent_with_the_button_that_was_pressed(
    exchange: Exchange, url: str
) -> None:
    page = Page(url).get("/at")
    page.submit({"title": "new", "many": ["1", "2"], "password": "p"}, button="Send it")
    method, _, form, cookie = exchange.seen[-1]
    assert (method, cookie) == ("POST", "session=s1")
    assert (form["title"], form["many"], form["act"]) == ("new", "1,2", "send")
    assert (form["secret.password"], form["_form"]) == ("p", "Trial")
    page.submit({}, has="title")
    assert exchange.seen[-1][2]["act"] == "keep", "the first button is what Enter presses"


def test_it_follows_where_an_answer_leads_but_not_for_ever(exchange: Exchange, url: str) -> None:
    page = Page(url).get("/leads-on")
    assert (page.status, page.url) == (200, f"{url}/at?there=1")
    exchange.seen.clear()
    assert page.get("/for-ever").status == 302
    assert len(exchange.seen) == 8


def test_cookies_stay_with_the_host_they_came_from_until_taken_back(
    exchange: Exchange, url: str
) -> None:
    page = Page(url).get("/at")
    other = url.replace("127.0.0.1", "localhost")
    page.get(f"{other}/at")
    assert exchange.seen[-1][3] == ""
    page.get(f"{url}/forgets")
    assert exchange.seen[-1][3] == "session=s1"
    page.get(f"{url}/at")
    assert exchange.seen[-1][3] == ""


def test_no_connection_is_kept_that_the_host_could_close_under_a_request(
    exchange: Exchange, url: str
) -> None:
    page = Page(url).get("/leads-on")
    page.submit({}, has="title")
    assert exchange.kept == ["close"] * 3
