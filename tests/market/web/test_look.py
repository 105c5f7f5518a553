"""Colours that can be read, templates without inline code, headers that hold."""

import re
import zlib
from itertools import product
from pathlib import Path

import pytest
from flask import Flask

from market.factory import create_app
from market.web.assets import STATIC, asset, integrity
from market.web.catalogue import ROOT
from market.web.extraction import templates
from tests.market.web.conftest import Browser, settings_for
from tests.market.web.trial import FEATURE
from tests.support.offices import TestOffice

SHEET = (STATIC / "market.css").read_text()
TEMPLATES = templates()

TEXT_PAIRS = [
    *product(
        ["ink", "soft", "pine", "cinnabar", "amber", "blue"],
        ["paper", "sheet"],
    ),
    *product(["ink", "pine"], ["pine-soft"]),
    *product(["ink", "amber"], ["amber-soft"]),
    *product(["ink", "cinnabar"], ["cinnabar-soft"]),
    ("on-pine", "pine-fill"),
    ("on-cinnabar", "cinnabar-fill"),
    *product(["on-holder"], ["owner", "agency", "department", "expert"]),
]
EDGE_PAIRS = [*product(["edge", "blue", "pine-fill"], ["paper", "sheet"])]


def colours(scheme: str) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[0]))
    if scheme == "light":
        return light
    return light | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[1]))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(scheme: str, text: str, ground: str) -> None:
    known = colours(scheme)
    assert contrast(known[text], known[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edges_of_fields_and_focus_can_be_seen(scheme: str, edge: str, ground: str) -> None:
    known = colours(scheme)
    assert contrast(known[edge], known[ground]) >= 3


def test_colours_stand_in_the_two_blocks_alone() -> None:
    rest = re.sub(r":root \{.*?\}", "", SHEET, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsl", rest) == []
    used = set(re.findall(r"var\(--([\w-]+)\)", SHEET))
    stated = set(re.findall(r"--([\w-]+):", SHEET))
    assert used <= stated
    assert "shadow" not in SHEET


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_has_inline_style_or_script(path: Path) -> None:
    assert inline(path.read_text()) == []


def test_inline_code_is_found() -> None:
    assert inline('<p style="a">') != []
    assert inline("<style>a</style>") != []
    assert inline("<script>a</script>") != []
    assert inline("<script nonce='x'>") != []
    assert inline('<a onclick="a">') != []
    assert inline('<a href="javascript:a">') != []
    assert inline('<script src="https://other.example/a.js"></script>') != []
    assert (
        inline("<script src=\"{{ asset('x.js') }}\" integrity=\"{{ integrity('x.js') }}\">") == []
    )


def inline(source: str) -> list[str]:
    found = re.findall(r"<style\b|\bstyle\s*=|\bon[a-z]+\s*=\s*[\"']|javascript:", source)
    for tag in re.findall(r"<script\b[^>]*>", source):
        if "asset(" not in tag or "integrity=" not in tag:
            found.append(tag)
    return found


def test_the_policy_lets_our_own_files_act_and_nothing_else(browser: Browser) -> None:
    for path in ("/", "/nowhere", "/trial/refused", "/static/market.css", "/api/v1/openapi.json"):
        headers = browser.open(path).headers
        assert headers["Content-Security-Policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "font-src 'self'; connect-src 'self' http://anonymous.test http://custodian.test; "
            "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in headers


def test_production_binds_cookies_to_the_host_and_to_tls(
    house: TestOffice, redis_url: str, tmp_path: Path
) -> None:
    settings = settings_for(redis_url, tmp_path, "production")
    app = create_app(settings, (FEATURE,), office=house.office)
    answer = app.test_client().get("/trial/open-note?lang=en")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-session"
    assert app.config["SESSION_COOKIE_SECURE"]
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-browser", "lang"}
    for cookie in cookies:
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


def test_pages_of_persons_are_not_kept_and_files_are_kept_for_ever(browser: Browser) -> None:
    assert browser.open("/").headers["Cache-Control"] == "private, no-cache"
    browser.sign_in("clerk")
    assert browser.open("/").headers["Cache-Control"] == "no-store"
    assert "max-age=31536000" in browser.open(asset("market.css")).headers["Cache-Control"]
    for stale in ("/static/market.css", "/static/market.css?v=other"):
        assert "no-cache" in browser.open(stale).headers["Cache-Control"]


def test_the_first_load_is_small(browser: Browser) -> None:
    page = browser.open("/trial/patterns")
    files = re.findall(r'(?:href|src)="(/static/[^"]*)"', page.text)
    bodies = [page.data, *(browser.open(one.replace("&amp;", "&")).data for one in set(files))]
    assert sum(len(zlib.compress(body)) for body in bodies) < 100 * 1024


def test_scripts_carry_the_hash_of_their_bytes(browser: Browser) -> None:
    assert integrity("countdown.js") in browser.open("/trial/patterns").text


def test_the_demonstration_says_on_every_page_what_stands_in(
    house: TestOffice, redis_url: str, tmp_path: Path
) -> None:
    app = create_app(settings_for(redis_url, tmp_path, "demo"), (FEATURE,), office=house.office)
    app.extensions["market"].demo_clock = "/demo/clock"
    client = app.test_client()
    for path in ("/", "/nowhere", "/trial/done"):
        page = client.get(path, headers={"Accept-Language": "en"}).text
        for words in ("Fictional", "custodian bank", "certificate authority", "mailbox"):
            assert words in page
        assert "Demonstration clock" in page
        assert "2 March 2026, 09:00:00" in page
        assert 'href="/demo/clock"' in page


def test_outside_the_demonstration_nothing_of_it_is_shown(browser: Browser) -> None:
    assert "Demonstration" not in browser.open("/?lang=en").text


def test_the_sheet_is_one_and_nothing_comes_from_elsewhere(app: Flask) -> None:
    assert re.findall(r"@import|url\(", SHEET) == []
    for path in TEMPLATES:
        assert re.findall(r"(?:src|href)=\"(?:https?:)?//", path.read_text()) == [], path
