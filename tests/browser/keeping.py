"""Forms whose typed text would be lost with the tab: none may stand on any page.

A form keeps its text by static/drafts.js (`data-draft`) or by itself: the score sheet cell by cell
(`data-keep`), the sealing page in the browser's file store (`data-step`). A search has its words
in its address, and a form with a password keeps nothing on purpose.
"""

from typing import Final

from playwright.sync_api import Page

UNKEPT: Final = """
() => {
  const texts = "textarea, input:not([type]), input[type=text], input[type=search], "
    + "input[type=email], input[type=tel], input[type=url], input[type=number], "
    + "input[type=date], input[type=datetime-local]";
  const kept = "[data-draft], [data-keep], [data-sealing] form, [data-officer] form";
  return [...document.querySelectorAll("form")]
    .filter((form) => form.checkVisibility() && form.getAttribute("method") === "post")
    .filter((form) => [...form.querySelectorAll(texts)].some((one) => one.checkVisibility()))
    .filter((form) => !form.querySelector("input[type=password]") && !form.matches(kept))
    .map((form) => form.outerHTML.slice(0, 120));
}
"""


FILL: Final = """
() => {
  const texts = "textarea, input:not([type]), input[type=text], input[type=search], "
    + "input[type=email], input[type=tel], input[type=url], input[type=number], "
    + "input[type=date], input[type=datetime-local]";
  const valid = { number: "7", date: "2027-05-06", "datetime-local": "2027-05-06T10:10" };
  let count = 0;
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (form.querySelector("input[type=password]")) continue;
    for (const field of form.querySelectorAll(texts)) {
      count += 1;
      field.value = valid[field.type] ?? `手写 ${count} typed`;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  return count;
}
"""
TYPED: Final = """
() => [...document.querySelectorAll("form[data-draft]")]
  .filter((form) => !form.querySelector("input[type=password]"))
  .flatMap((form) => [...form.elements])
  .filter((one) => one.matches("textarea, input:not([type=hidden], [type=radio], "
    + "[type=checkbox], [type=file], [type=submit])"))
  .map((one) => `${one.form.action} ${one.name}: ${one.value}`)
"""
WRITTEN: Final = """
new Promise((done) => setTimeout(() => done(Object.keys(localStorage).length), 450))
"""
"""What was typed is written down a moment after the last key."""


def lost_with_the_tab(page: Page) -> tuple[Page, list[str]]:
    """Type into every field, close the tab, open the page again: that page, and what is gone."""
    if not page.evaluate(FILL):
        return page, []
    typed = page.evaluate(TYPED)
    page.evaluate(WRITTEN)
    url, context = page.url, page.context
    page.close()
    again = context.new_page()
    again.goto(url)
    back = again.evaluate(TYPED)
    return again, [one for one in typed if one not in back]


def unkept(page: Page) -> list[str]:
    """The visible forms with a field of text that nothing keeps."""
    return [str(one) for one in page.evaluate(UNKEPT)]
