"""The pages in a real browser: nothing overflows, nothing is refused by our own policy."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

PAGES = {
    "home": "/",
    "patterns": "/trial/patterns",
    "form": "/trial/wide",
    "desk": "/desk",
    "missing": "/nowhere",
    "empty": "/trial/done",
}
SIZES = {"wide": (1366, 768), "narrow": (390, 844)}

pytestmark = pytest.mark.browser


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def chrome(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def open_page(
    chrome: Browser, address: str, size: str, scheme: str, path: str
) -> tuple[Page, list[str]]:
    width, height = SIZES[size]
    context = chrome.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="zh-CN"
    )
    context.add_cookies([{"name": "who", "value": "clerk", "url": address}])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address + path)
    return page, said


@pytest.mark.parametrize(("size", "scheme"), list(zip(SIZES, ("light", "dark"), strict=True)))
def test_no_page_overflows_or_breaks_our_own_policy(
    chrome: Browser, address: str, size: str, scheme: str
) -> None:
    for name, path in PAGES.items():
        page, said = open_page(chrome, address, size, scheme, path)
        if name == "form":
            page.click("form.form button[type=submit]")
            page.wait_for_load_state()
        wide = page.evaluate("document.documentElement.scrollWidth")
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            page.screenshot(path=Path(folder) / f"{name}-{size}-{scheme}.png", full_page=True)
        assert wide <= SIZES[size][0], name
        assert [one for one in said if "404" not in one] == [], name
        page.context.close()


def test_the_countdown_runs_by_the_servers_clock(chrome: Browser, address: str) -> None:
    page, said = open_page(chrome, address, "wide", "light", "/trial/patterns")
    clock = page.locator(".countdown .clock")
    clock.wait_for(state="visible")
    # The office's clock stands on 2 March at 09:00; the machine's says something else.
    assert clock.inner_text().startswith("22")
    assert [one for one in said if "404" not in one] == []  # the trial's record is no record


def test_the_summary_leads_to_the_field_by_keyboard(chrome: Browser, address: str) -> None:
    page, _said = open_page(chrome, address, "wide", "light", "/trial/wide")
    page.focus("form.form button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".summary")
    page.focus(".summary a[href='#WideForm-budget']")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id || location.hash") in (
        "WideForm-budget",
        "#WideForm-budget",
    )
    page.keyboard.press("Tab")
    reached = page.evaluate("document.activeElement.id")
    assert reached in ("WideForm-budget", "WideForm-lots")
