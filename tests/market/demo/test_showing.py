"""The tour and the page of patterns: every stop, every pattern, in both languages."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask

from market.demo.people.kinds import Duty, OrganisationKind
from market.demo.samples import STEPS, TWENTY_DAYS, refused_sample, samples
from market.demo.seed.house import account_of
from market.demo.staged import Stage, Staged, write
from market.demo.tour import LOSER, TOUR
from market.demo.words import DUTIES, PARTS
from market.web.patterns import StepState
from tests.market.demo.conftest import CAST
from tests.support.browsing import Browser

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LANGUAGES = ("zh", "en")
OPENS = 'target="_blank" rel="noopener"'
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tour_says_at_each_stop_whom_to_be_and_where_to_go(
    browser: Browser, language: str
) -> None:
    page = replace(browser, language=language).open("/demo/tour").text
    stops = page.split('<ol class="tour">')[1].split("</ol>")[0].split("<li ")[1:]
    assert len(stops) == len(TOUR) == 10
    for number, (stop, shown) in enumerate(zip(TOUR, stops, strict=True), start=1):
        assert shown.startswith(f'id="step-{number}"')
        assert shown.count(OPENS) == 1 + len(stop.who) + stop.types, "no step leaves this page"
        for part, duty in stop.who:
            firms = (
                CAST.bidders()[LOSER:] if part is OrganisationKind.BIDDER else CAST.of_kind(part)
            )
            person = CAST.with_duty(duty, firms[0].uscc)[0]
            led = f'href="/demo/people/{account_of(person)}?step={number}"'
            assert led in shown
    assert bool(HAN.search(stops[0])) is (language == "zh")


def test_the_tour_leads_to_the_tenders_of_the_seed(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path, [Staged(stage, f"ZC-{stage}", "名", "name") for stage in Stage])
    page = browser.open("/demo/tour").text
    for stop in TOUR:
        if stop.at is not None and "{no}" in stop.path:
            assert f'href="{stop.path.format(no=f"ZC-{stop.at}")}"' in page, stop.path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pattern_stands_on_its_page_once(browser: Browser, language: str) -> None:
    page = replace(browser, language=language).open("/demo/patterns").text
    for named in (
        'aria-current="step"',
        'class="steps"',
        "data-deadline=",
        'class="box proof"',
        'class="holder-bar"',
        'class="timetable"',
        'role="alert"',
        'aria-invalid="true"',
        "<progress",
        'class="empty"',
    ):
        assert named in page, named


def test_the_form_of_the_patterns_comes_back_with_what_was_typed(browser: Browser) -> None:
    """What is right is shown as it looks when refused; what is wrong is refused in earnest."""
    right = {"title": "My own title", "budget": "1,234.56"}
    shown = browser.send("/demo/patterns", right, form="Sample")
    assert shown.status_code == 200
    assert 'aria-invalid="true"' in shown.text
    wrong = browser.send("/demo/patterns", {"title": "My own", "budget": "much"}, form="Sample")
    assert 'value="My own"' in wrong.text
    assert 'value="much"' in wrong.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_samples_hold_together_around_the_moment(app: Flask, language: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        shown = samples(NOW, b"r" * 32)
        assert [step.state for step in shown["steps"]] == [state for _, state, _ in STEPS]
        assert [step.state for step in shown["steps"]].count(StepState.NOW) == 1
        assert NOW < shown["deadline"] < shown["far"]
        (current,) = [row for row in shown["rows"] if row.is_current]
        assert (current.when, current.article) == (shown["deadline"], TWENTY_DAYS)
        assert sum(Decimal(one.width.rstrip("%")) for one in shown["bar"]) == 100
        assert shown["proof"].root == b"r" * 32
        assert "budget" in refused_sample().fields


def test_every_part_and_duty_has_a_name_in_both_languages() -> None:
    for words, kind in ((DUTIES, Duty), (PARTS, OrganisationKind)):
        for one in kind:
            zh, en = words.names[one.value]
            assert HAN.search(zh), one
            assert en.isascii(), one
