"""Desks of whoever watches and helps, and of a bidder after the opening: by keyboard alone."""

import re
from typing import Final

import pytest
from playwright.sync_api import expect

from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.staged import Stage, staged
from tests.browser.keyboard import Keyboard
from tests.browser.looking import look
from tests.browser.visits import Visits

SEATS: Final = {
    "supervisor": (Part.SUPERVISOR, Duty.SUPERVISION_OFFICER, "/supervision/tenders"),
    "centre": (Part.TRADING_CENTRE, Duty.REGISTER_KEEPER, "/register"),
    "agent": (Part.AGENT, Duty.AGENT_MANAGER, "/desk/tenders"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("seat", SEATS)
def test_a_desk_leads_to_its_first_page_by_keyboard(
    visit: Visits, seat: str, language: str
) -> None:
    part, duty, first = SEATS[seat]
    page = visit("/desk", visit.person(part, duty), language=language)
    look(page, narrow=True)
    keys = Keyboard(page)
    keys.skip_to_content()
    keys.press_on(f"main a[href='{first}']")
    page.wait_for_url(re.compile(rf"{first}(#.*)?$"))
    expect(page.locator("h1")).to_be_visible()
    look(page, narrow=True)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_bidder_reads_its_own_result_after_the_opening(visit: Visits, language: str) -> None:
    no = next(one.no for one in staged(visit.exchange.var) if one.stage is Stage.RESULT)
    opened = visit.exchange.ask(f"/api/v1/tenders/{no}/opening")
    codes = re.findall(r"\b[0-9A-Z]{18}\b", str(opened))
    firm = next(one for one in visit.exchange.cast.bidders() if one.uscc in codes)
    page = visit("/desk", visit.exchange.clerk(firm), language=language)
    look(page, narrow=True)
    keys = Keyboard(page)
    keys.skip_to_content()
    keys.press_on("main a[href='/desk/own-results']")
    page.wait_for_url(re.compile(r"/own-results(#.*)?$"))
    look(page, narrow=True)
    keys.skip_to_content()
    keys.press_on(f"main a[href$='/desk/tenders/{no}/own-result']")
    page.wait_for_url("**/own-result")
    points, bond = ("得分", "保证金") if language == "zh" else ("points", "bond")
    main = page.locator("main")
    for words in (points, bond):
        expect(main).to_contain_text(re.compile(words, re.IGNORECASE))
    look(page, narrow=True)
