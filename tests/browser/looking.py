"""What holds of every page on a reader's way, at every width it is looked at."""

from typing import Final

from playwright.sync_api import Page

from tests.browser.accessibility import assert_accessible
from tests.browser.keeping import unkept

NARROW: Final = 390
WIDE: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def look(page: Page, *, narrow: bool = False) -> None:
    """Nothing sticks out, nobody is shut out, typed text is kept; `narrow`: on a telephone too."""
    assert page.evaluate(WIDE) <= 0, f"{page.url} is wider than its window"
    assert unkept(page) == [], page.url
    assert_accessible(page)
    before = page.viewport_size
    if narrow and before is not None:
        page.set_viewport_size({"width": NARROW, "height": 844})
        assert page.evaluate(WIDE) <= 0, f"{page.url} is wider than {NARROW} pixels"
        page.set_viewport_size(before)
