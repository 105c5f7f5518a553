"""Typed text is never lost: refused, closed, signed out by time; and it is gone when it may go."""

from playwright.sync_api import BrowserContext, Page, expect

from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.house import account_of
from tests.browser.visits import Visits

FORM = "/projects/new"
TITLE = "手写的项目名称 / typed by hand"
SECRET = "a passphrase that nobody keeps"
KEPT = "JSON.stringify(Object.entries(localStorage))"


def owner(visit: Visits, language: str = "en", duty: Duty = Duty.PROJECT_OFFICER) -> BrowserContext:
    """Somebody of the purchaser; who signs in twice in a minute is another one each time."""
    return visit.browser(visit.person(Part.PURCHASER, duty), language=language)


def forget(visit: Visits, duty: Duty) -> None:
    """The session of somebody has ended."""
    account = account_of(visit.person(Part.PURCHASER, duty))
    visit.known.pop((visit.exchange.platform, account))


def opened(visit: Visits, context: BrowserContext, path: str = FORM) -> Page:
    page = context.new_page()
    page.goto(visit.exchange.platform + path)
    return page


def typed(visit: Visits, context: BrowserContext) -> Page:
    page = opened(visit, context)
    page.fill("[name=name_zh]", TITLE)
    await_kept(page, wanted=True)
    return page


def await_kept(page: Page, *, wanted: bool) -> None:
    """Wait until this browser keeps what was typed, or no more."""
    for _ in range(200):
        if ("by hand" in page.evaluate(KEPT)) is wanted:
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"kept should be {wanted}: {page.evaluate(KEPT)}")


def test_a_closed_tab_loses_nothing_and_what_is_discarded_is_gone(visit: Visits) -> None:
    context = owner(visit)
    typed(visit, context).close()
    page = opened(visit, context)
    expect(page.locator("[name=name_zh]")).to_have_value(TITLE)
    note = page.locator(".draft-note")
    expect(note).to_have_text("What you typed here before is back in place.Discard it")
    note.get_by_role("button").press("Enter")
    expect(page.locator("[name=name_zh]")).to_have_value("")
    expect(note).to_have_count(0)
    page.reload()
    expect(page.locator("[name=name_zh]")).to_have_value("")
    assert "by hand" not in page.evaluate(KEPT)


def test_a_refusal_keeps_the_text_also_over_a_closed_tab(visit: Visits) -> None:
    context = owner(visit, "zh")
    page = typed(visit, context)
    page.locator("main form button[type=submit]").press("Enter")
    expect(page.locator(".summary")).to_be_visible()
    expect(page.locator("[name=name_zh]")).to_have_value(TITLE)
    page.close()
    expect(opened(visit, context).locator("[name=name_zh]")).to_have_value(TITLE)


def test_an_ended_session_keeps_the_text_until_the_next_sign_in(visit: Visits) -> None:
    context = owner(visit, duty=Duty.DRAW_PARTY)
    page = typed(visit, context)
    context.clear_cookies()
    page.reload()
    assert "/sign-in" in page.url
    clerk = visit.person(Part.PURCHASER, Duty.DRAW_PARTY)
    page.goto(f"{visit.exchange.platform}/demo/people/{account_of(clerk)}")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/desk")
    page.goto(visit.exchange.platform + FORM)
    expect(page.locator("[name=name_zh]")).to_have_value(TITLE)
    forget(visit, Duty.DRAW_PARTY)


def test_what_was_accepted_is_not_kept(visit: Visits) -> None:
    context = owner(visit)
    page = typed(visit, context)
    for name, words in {"name_en": "Typed", "region": "890102", "budget": "1000"}.items():
        page.fill(f"[name={name}]", words)
    for name, value in {"kind": "goods", "funds": "fiscal", "track": "GP"}.items():
        field = page.locator(f"[name={name}]")
        if field.first.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            page.check(f"[name={name}][value={value}]")
    page.locator("main form button[type=submit]").press("Enter")
    page.wait_for_url("**/projects/*-*")
    await_kept(page, wanted=False)
    again = opened(visit, context)
    expect(again.locator("[name=name_zh]")).to_have_value("")
    expect(again.locator(".draft-note")).to_have_count(0)


def test_whoever_signs_out_leaves_nothing_behind(visit: Visits) -> None:
    context = owner(visit, duty=Duty.OPENING_OFFICER)
    page = typed(visit, context)
    page.click(".account form button")
    page.wait_for_load_state()
    assert "by hand" not in page.evaluate(KEPT)
    forget(visit, Duty.OPENING_OFFICER)


def test_another_reader_of_the_same_browser_sees_nothing(visit: Visits) -> None:
    context = owner(visit, duty=Duty.OWNER_REPRESENTATIVE)
    page = typed(visit, context)
    other = visit.person(Part.AGENT, Duty.AGENT_MANAGER)
    context.clear_cookies()
    page.goto(f"{visit.exchange.platform}/demo/people/{account_of(other)}")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/desk")
    page.goto(visit.exchange.platform + FORM)
    expect(page.locator("[name=name_zh]")).to_have_value("")


def test_secrets_are_never_kept(visit: Visits) -> None:
    context = owner(visit)
    for path in ("/account/password", "/sign-in"):
        page = opened(visit, context, path)
        fields = page.locator("main input[type=password]")
        for place in range(fields.count()):
            fields.nth(place).press_sequentially(SECRET[:12])
        page.evaluate("new Promise((done) => setTimeout(done, 600))")
        page.reload()
        assert SECRET[:12] not in page.evaluate(KEPT)
        assert SECRET[:12] not in page.evaluate("JSON.stringify(Object.entries(sessionStorage))")


def test_what_is_a_week_old_goes_with_the_next_page_whoever_typed_it(visit: Visits) -> None:
    page = opened(visit, owner(visit), "/glossary")
    keep = """(days) => localStorage.setItem(`draft/nobody/${days}`,
        JSON.stringify({at: Date.now() - days * 24 * 3600 * 1000, initial: {}, values: {}}))"""
    for days in (6.99, 7):
        page.evaluate(keep, days)
    page.reload()
    held = page.evaluate("Object.keys(localStorage)")
    assert "draft/nobody/6.99" in held
    assert "draft/nobody/7" not in held
