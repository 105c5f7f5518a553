"""Every page of the demonstration says at its top that it is one, and what its stand-ins are."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from market.accounts.feature import FEATURE as ACCOUNTS
from tests.support import sources
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.people_cast import Cast

SAID = {
    "en": (
        "Demonstration. Fictional: all people and organisations.",
        "trial custodian bank",
        "trial certificate authority",
        "mailbox in place of SMS and e-mail",
    ),
    "zh": ("演示环境", "虚构", "试用托管银行", "试用证书机构", "以信箱代替短信和邮件"),
}
PUBLIC = ("/", "/sign-in", "/demo/people", "/demo/tour", "/demo/patterns", "/demo/clock")
LAYOUT = "market/web/templates/layout.html"
COUNTER = "bidding/custodian/trialbank/templates/trialbank/counter.html"
"""The one page of another organisation: the bank that is itself a stand-in, and says so."""
TEMPLATES = {
    sources.place(path): path.read_text()
    for path in sources.files(*sources.PRODUCT)
    if path.suffix == ".html" and "templates" in path.parts
}


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize("path", [*PUBLIC, "/no/such/page"])
def test_a_page_names_all_three_stand_ins(browser: Browser, path: str, language: str) -> None:
    page = replace(browser, language=language).open(path)
    assert page.status_code == (404 if path not in PUBLIC else 200)
    top = page.text.split("<main")[0]
    assert [words for words in SAID[language] if words not in top] == []


def test_whoever_is_signed_in_reads_it_as_well(app: Flask, cast: Cast) -> None:
    cast.enrol("wang")
    page = signed_in(app, cast, "wang").open("/desk")
    assert page.status_code == 200
    assert [words for words in SAID["en"] if words not in page.text] == []


def test_where_it_is_no_demonstration_nothing_of_it_is_said(
    cast: Cast, redis_url: str, tmp_path: Path
) -> None:
    app = app_of(cast, (ACCOUNTS,), redis_url, tmp_path, "test")
    page = Browser(app.test_client(), cast).open("/sign-in")
    assert page.status_code == 200
    assert [words for words in SAID["en"] if words in page.text] == []


def test_every_template_of_a_whole_page_is_laid_out_by_the_one_that_says_it() -> None:
    whole = {name for name, text in TEMPLATES.items() if "<html" in text or "<body" in text}
    assert whole == {LAYOUT, COUNTER}
    laid = [name for name, text in TEMPLATES.items() if '{% extends "layout.html" %}' in text]
    assert len(laid) > 80
    other = [name for name, text in TEMPLATES.items() if "{% extends" in text and name not in laid]
    assert other == []
    assert "试验银行 · TRIAL BANK" in TEMPLATES[COUNTER]


def test_no_page_can_leave_the_banner_out() -> None:
    """It stands in no block, so that a template that extends the layout cannot replace it."""
    before = TEMPLATES[LAYOUT].split('<aside class="demo"')[0]
    opened = before.count("{% block")
    assert opened == before.count("{% endblock") == 2
