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


def unkept(page: Page) -> list[str]:
    """The visible forms with a field of text that nothing keeps."""
    return [str(one) for one in page.evaluate(UNKEPT)]
