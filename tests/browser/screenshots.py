"""`make screenshots`: the main pages of a filled demonstration, into docs/screens.

docs/screens.md is written with them: it shows the pictures that were taken.

python -m tests.browser.screenshots                       starts a demonstration of its own
python -m tests.browser.screenshots <its folder>:<PORT>   looks at one that runs already
"""

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.staged import Stage, staged
from tests.browser.palette import shrink
from tests.browser.visits import FLAGS, Visits, at, find_chromium
from tests.support.exchange import Exchange, running_exchange

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
FOLDER: Final = DOCS / "screens"
HEAD: Final = """# The main pages

Taken by `make screenshots` from the demonstration on its first morning, in Chinese and
English, one of them dark.

| | |
|---|---|
"""
OWNER: Final = (Part.PURCHASER, Duty.PROJECT_OFFICER)
MEMBER: Final = (Part.PURCHASER, Duty.OWNER_REPRESENTATIVE)
OFFICER: Final = (Part.NOTARY, Duty.OPENING_OFFICER)
TWO_ROUNDS: Final = "ZJ-2026-000029"
"""An order of January with a second round that is its department's."""
DEPARTMENT: Final = (Part.APPROVING_DEPARTMENT, Duty.CASE_OFFICER)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: its name, what it shows, the page, and who looks at it in which language."""

    name: str
    shows: str
    path: str
    language: str = "zh"
    who: tuple[Part, Duty] | None = None
    at: Stage | None = None
    dark: bool = False


SHOTS: Final = (
    Shot("01-home", "The home page", "/"),
    Shot("02-tenders", "The board of tenders", "/tenders", "en"),
    Shot("03-tender", "A tender that takes bids", "/tenders/{no}", at=Stage.BIDDING),
    Shot("04-owner-desk", "The desk of a purchaser", "/desk", "en", OWNER),
    Shot(
        "05-preparation",
        "A tender being prepared",
        "/desk/tenders/{no}",
        who=OWNER,
        at=Stage.DRAFTING,
    ),
    Shot("06-sealing", "The sealing page", "{anonymous}/seal", "en"),
    Shot("07-opening-hall", "The opening hall", "/tenders/{no}/opening", at=Stage.RESULT),
    Shot(
        "08-officer-seat",
        "An opening officer's seat",
        "/desk/officer/{no}",
        "en",
        OFFICER,
        Stage.OPENING,
    ),
    Shot(
        "09-score-sheet", "A score sheet", "/desk/evaluations/{no}", who=MEMBER, at=Stage.EVALUATING
    ),
    Shot("10-result", "A result", "/tenders/{no}/result", "en", at=Stage.RESULT),
    Shot("11-public-record", "The public record, dark", "/record/0", dark=True),
    Shot("12-tour", "The tour", "/demo/tour", "en"),
    Shot("13-items", "Services of the intermediary supermarket", "/items"),
    Shot("14-agencies", "Agencies that have entered", "/agencies", "en"),
    Shot("15-demands", "Demands for evaluation work", "/demands"),
    Shot("16-approvals", "What departments decide", "/approvals", "en"),
    Shot("17-cases", "Cases of a department by time left", "/desk/approvals", who=DEPARTMENT),
    Shot("18-orders", "What an owner has commissioned", "/desk/orders", "en", OWNER),
    Shot("19-clock", "The bundled clock of an order", f"/orders/{TWO_ROUNDS}", who=OWNER),
    Shot("20-month", "A month's ranking of departments and agencies", "/assessment/2026-01", "en"),
    Shot(
        "21-points",
        "Every point of a case explained",
        f"/assessment/2026-01/cases/{TWO_ROUNDS}",
    ),
)


def take(exchange: Exchange, folder: Path = FOLDER) -> None:
    """Take all pictures; those that stood there under the same names are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    tenders = {one.stage: one.no for one in staged(exchange.var)}
    taken: list[Shot] = []
    with sync_playwright() as player:
        chrome = player.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        visits = Visits(exchange, chrome, {})
        for shot in SHOTS:
            no = "" if shot.at is None else tenders[shot.at]
            path = shot.path.format(no=no, anonymous=exchange.anonymous)
            person = None if shot.who is None else visits.person(*shot.who)
            page = visits.browser(person, language=shot.language, dark=shot.dark).new_page()
            answer = page.goto(path if path.startswith("http") else exchange.platform + path)
            if answer is None or not answer.ok:
                sys.stdout.write(f"{shot.name}: left out, {path} is not there\n")
                continue
            page.wait_for_load_state("networkidle")
            raw = page.screenshot()
            (folder / f"{shot.name}.png").write_bytes(shrink(raw))
            sys.stdout.write(f"{shot.name}\n")
            taken.append(shot)
        visits.end()
        chrome.close()
    if folder == FOLDER:
        (DOCS / "screens.md").write_text(told(taken), "utf-8")


def told(taken: Sequence[Shot]) -> str:
    """The page of docs that shows these pictures, two beside each other."""
    cells = [f"![{one.shows}](screens/{one.name}.png)" for one in taken]
    pairs = [cells[at : at + 2] for at in range(0, len(cells), 2)]
    return HEAD + "".join(f"| {' | '.join([*pair, ''][:2])} |\n" for pair in pairs)


def main(arguments: list[str]) -> int:
    """Take the pictures of a demonstration that runs, or of one started for it."""
    running: AbstractContextManager[Exchange] = (
        nullcontext(at(arguments[0])) if arguments else running_exchange(())
    )
    with running as exchange:
        take(exchange)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
