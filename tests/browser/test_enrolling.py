"""An agency at its browser: seals its quote, keeps the receipt, replaces, withdraws, comes back."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from market.demo.people.kinds import Duty, Organisation, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.offers import LIBRARY, PRICES
from market.protocol.encoding import parse
from market.protocol.enrolment_receipts import read_enrolment_receipt
from market.protocol.trust import read_trust
from tests.browser.looking import look
from tests.browser.visits import Visits
from tests.support.exchange import Exchange

LANGUAGES = ("zh", "en")
WAIT = 60_000
SAID = {
    "enrolled": {"zh": "报名完成", "en": "You are enrolled"},
    "withdrawn": {"zh": "报名已撤回", "en": "The enrolment is withdrawn"},
    "beyond": {"zh": "超出公告的限价范围", "en": "beyond the limits"},
}


@pytest.fixture(scope="module")
def no(exchange: Exchange) -> str:
    """The demand of the seed that takes sealed quotes."""
    _, page = exchange.answer("/demands?lang=zh")
    found = re.search(rf"/demands/(ZJ-\d{{4}}-\d{{6}})[^>]*>\s*{LIBRARY.zh}", page.decode())
    assert found is not None
    return found[1]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def agency(exchange: Exchange, language: str) -> tuple[Organisation, Person]:
    """An agency of the cast that has enrolled, another one for each language."""
    place = PRICES[LANGUAGES.index(language)][0]
    firm = exchange.cast.of_kind(Part.AGENCY)[place]
    return firm, exchange.cast.with_duty(Duty.AGENCY_CLERK, firm.uscc)[0]


def sent(page: Page, act: str, key: Path, price: str | None = None) -> Locator:
    """A form of the page filled in and sent; what it stands in."""
    part = page.locator(f"[data-act={act}]")
    if price is not None:
        part.locator("#enrol-price").fill(price)
    part.locator(f"#{act}-organisation").set_input_files(key)
    part.locator("button").click()
    return part


def done(part: Locator, words: str) -> None:
    """It was taken: the page says so, and the receipt is there."""
    part.locator("[data-receipt]").wait_for(timeout=WAIT)
    expect(part.locator("[data-line]")).to_contain_text(words)


def test_a_quote_is_sealed_replaced_withdrawn_and_sealed_again(
    visit: Visits, exchange: Exchange, no: str, language: str
) -> None:
    firm, clerk = agency(exchange, language)
    key = exchange.organisation_key(firm.uscc)
    page = visit(f"/demands/{no}/enrol", clerk, language=language)
    look(page, narrow=True)
    beyond = sent(page, "enrol", key, "99,000,000")
    expect(beyond.locator(".summary")).to_contain_text(SAID["beyond"][language])
    part = sent(page, "enrol", key, "81,234.50")
    done(part, SAID["enrolled"][language])
    with page.expect_download() as kept:
        part.locator("[data-receipt]").click()
    raw = Path(kept.value.path()).read_bytes()
    (pinned,) = read_trust(exchange.trust.read_bytes()).receipts
    receipt = read_enrolment_receipt(parse(raw), pinned)
    assert (receipt.subject, receipt.agency) == (no, firm.uscc)
    assert "81234" not in json.dumps(parse(raw))
    page.reload()
    page.locator("summary").click()
    done(sent(page, "withdraw", key), SAID["withdrawn"][language])
    page.reload()
    expect(page.locator("[data-act=withdraw]")).to_have_count(0)
    done(sent(page, "enrol", key, "80000"), SAID["enrolled"][language])
    look(visit("/desk/offers", clerk, language=language), narrow=True)
    look(visit(f"/demands/{no}/selection", language=language), narrow=True)


def test_the_operator_sees_who_and_the_public_nobody(
    visit: Visits, exchange: Exchange, no: str, language: str
) -> None:
    firm, _ = agency(exchange, language)
    keeper = exchange.person(Part.TRADING_CENTRE, Duty.REGISTER_KEEPER)
    listed = visit(f"/desk/enrolments/{no}", keeper, language=language)
    look(listed, narrow=True)
    name = firm.name_zh if language == "zh" else firm.name_en
    expect(listed.locator("main")).to_contain_text(name)
    public = visit(f"/demands/{no}/selection", language=language)
    expect(public.locator("main")).not_to_contain_text(name)
    look(visit("/desk/enrolments", keeper, language=language), narrow=True)
