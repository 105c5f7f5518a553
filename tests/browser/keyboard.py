"""A reader without a mouse: Tab from stop to stop, and at each stop the focus must be seen.

    keys = Keyboard(page)
    keys.skip_to_content()                     # Tab, Enter on the first link of the page
    keys.type_into("[name=title_zh]", "…")     # Tab until there, then the text
    keys.press_on("button[type=submit]")       # Tab until there, then Enter

A control that Tab never reaches fails the test, and so does a stop whose focus cannot be seen:
nothing marks it, something lies over it, it stands outside the window, its mark is cut off.
"""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

STOPS: Final = 400  # on one page; more are a trap
CHOICES: Final = 60  # of one group or list
PRESSES: Final = 3
OPENS_WITHIN: Final = 10_000  # milliseconds until the dialogue of a file
ROUNDS: Final = 2  # times that the first stop of the page is passed before one gives up
PAUSE: Final = 25  # milliseconds between two looks at a focus that moves into sight
PATIENCE: Final = 20
TROUBLE: Final = """
() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return "";
  const name = `${at.tagName.toLowerCase()}${at.id ? "#" + at.id : ""} `
    + `"${(at.innerText || at.value || "").trim().slice(0, 40)}"`;
  if (at.matches("main")) return "";
  const look = getComputedStyle(at);
  const width = look.outlineStyle === "none" ? 0 : parseFloat(look.outlineWidth);
  if (width < 2) return `${name}: no outline marks the focus`;
  const box = at.getClientRects()[0];
  if (!box || !box.width || !box.height) return `${name}: takes no room`;
  const seen = {
    left: Math.max(box.left, 0), right: Math.min(box.right, innerWidth),
    top: Math.max(box.top, 0), bottom: Math.min(box.bottom, innerHeight),
  };
  // A tall field of text may reach out of the window: its reader sees the line being typed.
  const least = (length) => Math.min(length - 1, 40);
  if (seen.right - seen.left < least(box.width) || seen.bottom - seen.top < least(box.height)) {
    return `${name}: stands outside the window`;
  }
  const reach = parseFloat(look.outlineOffset) + width;
  const cut = new Set();
  let covered = "";
  for (let over = at.parentElement; over; over = over.parentElement) {
    const flows = getComputedStyle(over);
    if (flows.overflowX === "visible" && flows.overflowY === "visible") continue;
    const frame = over.getBoundingClientRect();
    if (over === document.documentElement || over === document.body) continue;
    if (box.left - reach < frame.left - 1) cut.add("left");
    if (box.right + reach > frame.right + 1) cut.add("right");
    if (box.top - reach < frame.top - 1) cut.add("top");
    if (box.bottom + reach > frame.bottom + 1) cut.add("bottom");
  }
  if (cut.size > 1) return `${name}: the mark of the focus is cut off at ${[...cut].join(", ")}`;
  const inset = Math.min(4, (seen.right - seen.left) / 4, (seen.bottom - seen.top) / 4);
  for (const x of [seen.left + inset, (seen.left + seen.right) / 2, seen.right - inset]) {
    for (const y of [seen.top + inset, (seen.top + seen.bottom) / 2, seen.bottom - inset]) {
      const there = document.elementFromPoint(x, y);
      const own = there && (there === at || at.contains(there) || there.contains(at));
      if (!own) covered = there ? `${there.tagName.toLowerCase()}.${there.className}` : "nothing";
    }
  }
  return covered ? `${name}: covered by ${covered}` : "";
}
"""
"""What is wrong with how the focus is seen; "" where it is well or nothing has it."""

IS_HERE: Final = "(wanted) => document.activeElement.matches(wanted)"


class Keyboard:
    """Somebody at a page with nothing but keys."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def skip_to_content(self) -> None:
        """The first stop of every page leads past its head, unless its address did so already.

        A form sent from there keeps `#main` in its address, and so does where it leads.
        """
        if self.page.evaluate("location.hash") == "#main":
            return
        self.page.keyboard.press("Tab")
        expect(self.page.locator(".skip")).to_be_focused()
        self.page.wait_for_function("() => document.activeElement.getBoundingClientRect().top >= 0")
        self.page.keyboard.press("Enter")
        expect(self.page.locator("main")).to_be_focused()

    def reach(self, wanted: str) -> None:
        """Tab until something that matches the selector has the focus, at most once around."""
        around = 0
        for _ in range(STOPS):
            self.page.keyboard.press("Tab")
            self.see()
            if self.page.evaluate(IS_HERE, wanted):
                return
            around += self.page.evaluate(IS_HERE, ".skip")
            if around == ROUNDS:
                break
        raise AssertionError(f"Tab never comes to {wanted} on {self.page.url}")

    def see(self) -> None:
        """The focus is where its reader sees it, at the latest when what moves has come to rest."""
        trouble = ""
        for _ in range(PATIENCE):
            trouble = str(self.page.evaluate(TROUBLE))
            if not trouble:
                return
            self.page.wait_for_timeout(PAUSE)
        raise AssertionError(f"{self.page.url}: {trouble}")

    def at(self, end: str) -> str:
        """Wait until the address ends like this (a regex); its last part."""
        self.page.wait_for_url(re.compile(rf"/{end}(#.*)?$"))
        return urlsplit(self.page.url).path.rsplit("/", 1)[-1]

    def type_into(self, wanted: str, text: str, *, here: bool = False) -> None:
        """Go to a field, unless it has the focus, and put this in place of what stands in it."""
        if not here:
            self.reach(wanted)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)
        self.see()

    def type_moment(self, wanted: str, when: datetime, *, here: bool = False) -> None:
        """Go to a field of a moment, unless it has the focus, and type its parts one by one."""
        self.type_date(wanted, when, here=here)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(when.strftime("%I%M%p"))
        self.see()

    def type_date(self, wanted: str, when: date, *, here: bool = False) -> None:
        """The same with a field of a date: Chromium shows month, day, year in this order."""
        if not here:
            self.reach(wanted)
        self.page.keyboard.type(when.strftime("%m%d%Y"))

    def press_on(self, wanted: str, key: str = "Enter") -> None:
        """Go to a link, a button or a box, and press it."""
        self.reach(wanted)
        self.page.keyboard.press(key)

    def choose(self, name: str, value: str) -> None:
        """Go to a group of choices, or a list, and take one."""
        self.reach(f"[name={name}]")
        here = f"[name={name}][value='{value}']:checked, select[name={name}]"
        if self.page.evaluate(IS_HERE, f"[name={name}][value='{value}']"):
            self.page.keyboard.press("Space")
        for _ in range(CHOICES):
            if self.page.evaluate(IS_HERE, here) and self._value() == value:
                return
            self.page.keyboard.press("ArrowDown")
            self.see()
        raise AssertionError(f"{name} never becomes {value} on {self.page.url}")

    def tick(self, name: str, value: str = "yes") -> None:
        """Go to a box and tick it."""
        box = f"[name={name}][value='{value}']"
        self.press_on(box, "Space")
        assert self.page.evaluate(IS_HERE, f"{box}:checked")

    def choose_file(self, wanted: str, file: Path) -> None:
        """Go to a field of a file and choose one.

        A browser that is short of time may let a press of the key pass without its dialogue.
        """
        for _ in range(PRESSES):
            self.reach(wanted)
            try:
                with self.page.expect_file_chooser(timeout=OPENS_WITHIN) as asked:
                    self.page.keyboard.press("Space")
            except PlaywrightTimeout:
                continue
            asked.value.set_files(file)
            return
        raise AssertionError(f"no dialogue for {wanted} on {self.page.url}")

    def _value(self) -> str:
        return str(self.page.evaluate("document.activeElement.value"))
