"""Experts of the demonstration: who was called by letter, who still scores, at which screen.

They have every page at 150 % (`ZOOM`), as a reader of 68 may.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from itertools import islice
from typing import Final

from playwright.sync_api import Locator, Page

from market.demo.people.kinds import Person
from market.demo.play.evaluations import BEST
from market.demo.staged import Stage, staged
from tests.browser.visits import Visits
from tests.support.exchange import Exchange
from tests.support.story_evaluation import representative
from tests.support.story_owner import deadline, fine
from tests.support.story_panel import EXPERTS, called, drawn, mailbox

BEFORE: Final = timedelta(hours=20)
"""How long before the deadline the panel is drawn."""
SITTING: Final = timedelta(hours=1)
LETTER: Final = "SM14"
LINK: Final = re.compile(r"/invitations/[\w-]+")
CODE: Final = re.compile(r"\d{6}(?=[。.])")
LANGUAGES: Final = ("zh", "en")


def no_of(exchange: Exchange, stage: Stage) -> str:
    """The number of the demonstration's tender at a stage."""
    return next(one.no for one in staged(exchange.var) if one.stage is stage)


def panel_called(exchange: Exchange) -> Sequence[Person]:
    """The experts called for the tender that takes questions; its panel is drawn if it is not."""
    no = no_of(exchange, Stage.QUESTIONS)
    until = deadline(exchange, no)
    if not exchange.entries(f"{no}.panel", "draw-freeze"):
        exchange.advance_to(max(exchange.now(), until - BEFORE))
        known = _letters(exchange)  # time that passed may have called somebody for another panel

        def are_called() -> bool:
            exchange.beat()
            return len(_letters(exchange) - known) >= EXPERTS

        drawn(exchange, no, until + SITTING)
        exchange.wait_for(are_called, 60)
    return called(exchange)[:EXPERTS]


def _letters(exchange: Exchange) -> set[str]:
    return set(LINK.findall(mailbox(exchange)))


def still_scoring(visit: Visits, no: str, count: int) -> Sequence[Person]:
    """So many experts of an evaluation whose sheets are open; a member of the panel knows all."""
    exchange = visit.exchange
    panel = fine(exchange.page(representative(exchange)).get(f"/desk/tenders/{no}/panel")).text
    members = [one.person for one in exchange.cast.experts if one.person.name_zh in panel]

    def is_open(person: Person) -> bool:
        asked = visit.browser(person).request
        answer = asked.get(f"{exchange.platform}/desk/evaluations/{no}")
        return bool(answer.status == HTTPStatus.OK and "score-form" in answer.text())

    found = list(islice(filter(is_open, members), count))
    assert len(found) == count, f"{len(found)} of {len(members)} members still score"
    return found


def letter_to(page: Page, person: Person) -> Locator:
    """The newest invitation of somebody in the mailbox, which shows a number in part only."""
    masked = f"{person.mobile[:3]}****{person.mobile[-4:]}"
    return page.locator("li", has_text=masked).filter(has_text=LETTER).first


def sheets_locked(exchange: Exchange, no: str) -> None:
    """The purchaser's representative scores and locks too, the last one of the panel."""
    page = fine(exchange.page(representative(exchange)).get(f"/desk/evaluations/{no}"))
    marks = [name for name in page.form(has="lock").values if name.startswith("mark_")]
    points = {name: BEST[name.rpartition("_")[2]] for name in marks}
    fine(page.submit({**points, "lock": "yes"}, has="lock"))


def report_called(exchange: Exchange, no: str) -> None:
    """The bids are ranked and the report is compiled, by the purchaser's representative."""
    page = exchange.page(representative(exchange))
    for name in ("CloseForm", "CallForm"):
        fine(page.get(f"/desk/evaluations/{no}"))
        if any(form.values.get("_form") == [name] for form in page.forms):
            fine(page.submit({}, named=name))
