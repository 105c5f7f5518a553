"""What an owner does at forms again and again; officers named row by row."""

from collections.abc import Sequence

from playwright.sync_api import Page, expect

from tests.browser.keyboard import Keyboard
from tests.browser.looking import look
from tests.browser.owner_support import Sitting

SAVE = "form:has([name=organisation_1]) button:not([name])"


def refused(page: Page, name: str, text: str) -> None:
    """The summary leads to the field, which holds what was typed."""
    expect(page.locator(".summary")).to_be_visible()
    expect(page.locator(f"[name={name}]")).to_have_value(text)
    look(page, narrow=True)
    keys = Keyboard(page)
    keys.skip_to_content()
    keys.press_on(".summary a")
    expect(page.locator(f"[name={name}]")).to_be_focused()
    keys.see()


def names_officers(keys: Keyboard, officers: Sequence[Sitting], language: str) -> None:
    """Row by row; a name that fits nobody and a choice out of balance are told before saving."""
    page, told = keys.page, keys.page.locator("#reckoned")
    keys.skip_to_content()
    keys.type_into("[name=organisation_1]", "somebody nobody")
    expect(page.locator("[data-live=organisation_1] .wrong")).to_be_visible()
    keys.press_on(SAVE)
    refused(page, "organisation_1", "somebody nobody")
    for number, one in enumerate(officers, start=1):
        if number > 1:
            keys.choose(f"part_{number}", one.role)
        named = one.names[language] if number == 1 else officers[0].names[language]
        keys.type_into(f"[name=organisation_{number}]", named, here=number == 1)
        keys.type_into(f"[name=person_{number}]", one.account)
    expect(told.locator(".tag.refusal").first).to_contain_text(str(len(officers)))
    expect(told).not_to_have_attribute("aria-busy", "true")
    look(page, narrow=True)
    keys.press_on(SAVE)
    expect(page.locator(".summary")).to_be_visible()
    for number, one in list(enumerate(officers, start=1))[1:]:
        expect(page.locator(f"[name=person_{number}]")).to_have_value(one.account)
        keys.type_into(f"[name=organisation_{number}]", one.names[language])
    expect(told.locator(".tag.good")).to_have_count(len(officers) + 1)
    expect(told.locator(".tag.refusal")).to_have_count(0)
    keys.press_on(SAVE)
