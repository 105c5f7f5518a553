"""An order in stories: its buttons and forms, and its page read back to the microsecond."""

import html
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.demo.play.driver import Page
from market.protocol.encoding import canonical, parse
from market.protocol.signing import signed
from tests.support.story_owner import fine

OWNER: Final = "业主"
AGENCY: Final = "中介机构"
AUTHORITY: Final = "审批部门"
EXPERTS: Final = "评审专家"
_ROW: Final = re.compile(r'<tr id="segment-(\d+)">(.*?)<details>.*?<p>(.*?)</p>', re.DOTALL)
_TIME: Final = re.compile(r'<time datetime="([^"]+)">')
_CELL: Final = re.compile(r"<td\b[^>]*>(.*?)</td>", re.DOTALL)
_LIMIT: Final = re.compile(
    r'<tr><th scope="row"[^>]*>([^<]+)</th><td class="right"[^>]*>([\d.]+)</td>'
    r'<td class="right"[^>]*>([\d.–]+)</td>'
)
_TAG: Final = re.compile(r"<[^>]+>")
_POINTS: Final = re.compile(r"<strong>(-?\d+\.\d\d)</strong>")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A row of the table of hours, as the page shows it."""

    number: int
    start: datetime
    end: datetime
    state: str
    holder: str
    liable: str
    hours: Fraction
    why: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A row of the table of limits, in working hours; None without a limit."""

    charged: Fraction
    limit: Fraction | None


def press(page: Page, no: str, act: str) -> Page:
    """Press a button of an order."""
    return fine(fine(page.get(f"/orders/{no}")).submit(action=f"/{act}"))


def fill(
    page: Page,
    no: str,
    act: str,
    typed: Mapping[str, Any],
    files: Mapping[str, Path] | None = None,
) -> Page:
    """Fill in a form of an order, which its page leads to."""
    shown = fine(page.get(f"/orders/{no}"))
    address = f"/desk/orders/{no}/forms/{act}"
    assert address in {path for _, path in shown.links}, (act, shown.links)
    has = next(iter({**typed, **(files or {})}))
    return fine(fine(shown.get(address)).submit(typed, files, has=has))


def sign(page: Page, no: str, key: Ed25519PrivateKey) -> Page:
    """Sign the contract as a program outside of the page does: the exact text, under one's key."""
    form = fine(page.get(f"/desk/orders/{no}/forms/signature"))
    found = re.search(r"data-statement>([^<]+)<", form.body.decode())
    assert found is not None, form.text[:600]
    said = parse(html.unescape(found[1]).encode())
    statement = canonical(signed(said, key)).decode()
    return fine(form.submit({"statement": statement}, has="statement"))


def stretches(page: Page) -> list[Stretch]:
    """Every stretch of time of an order's page, in its order."""
    found = []
    for number, row, why in _ROW.findall(page.body.decode()):
        start, end = (datetime.fromisoformat(one) for one in _TIME.findall(row)[:2])
        state, holder, liable, hours = (_words(one) for one in _CELL.findall(row)[:4])
        words = Fraction(hours), _words(why)
        found.append(Stretch(int(number), start, end, state, holder, liable, *words))
    return found


def limits(page: Page) -> dict[str, Limit]:
    """What each party is charged with, and its limit."""
    return {
        who.strip(): Limit(Fraction(used), None if most == "–" else Fraction(most))
        for who, used, most in _LIMIT.findall(page.body.decode())
    }


def points(page: Page) -> list[Fraction]:
    """The scores that a page of the assessment ends its tables with."""
    return [Fraction(one) for one in _POINTS.findall(page.body.decode())]


def fact_moments(page: Page, label: str) -> list[datetime]:
    """The moments that facts with this label show."""
    shown = re.findall(rf"<dt>{label}</dt><dd>(.*?)</dd>", page.body.decode(), re.DOTALL)
    return [datetime.fromisoformat(one) for fact in shown for one in _TIME.findall(fact)]


def two_places(value: Fraction) -> Fraction:
    """A figure as pages show it: two decimals, half up."""
    return Fraction(math.floor(value * 100 + Fraction(1, 2)), 100)


def exact_hours(working: timedelta) -> Fraction:
    """Working time in hours, nothing rounded."""
    return Fraction(working // timedelta(microseconds=1), 3_600_000_000)


def _words(cell: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", cell)).split())
