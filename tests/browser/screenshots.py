"""`make screenshots`: the twelve main pages of a filled demonstration, into docs/screens.

python -m tests.browser.screenshots                       starts a demonstration of its own
python -m tests.browser.screenshots <its folder>:<PORT>   looks at one that runs already
"""

import sys
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

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "screens"
OWNER: Final = (Part.PURCHASER, Duty.PROJECT_OFFICER)
MEMBER: Final = (Part.PURCHASER, Duty.OWNER_REPRESENTATIVE)
OFFICER: Final = (Part.NOTARY, Duty.OPENING_OFFICER)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: its name, the page, and who looks at it in which language."""

    name: str
    path: str
    language: str = "zh"
    who: tuple[Part, Duty] | None = None
    at: Stage | None = None
    dark: bool = False


SHOTS: Final = (
    Shot("01-home", "/"),
    Shot("02-tenders", "/tenders", "en"),
    Shot("03-tender", "/tenders/{no}", at=Stage.BIDDING),
    Shot("04-owner-desk", "/desk", "en", OWNER),
    Shot("05-preparation", "/desk/tenders/{no}", who=OWNER, at=Stage.DRAFTING),
    Shot("06-sealing", "{anonymous}/seal", "en"),
    Shot("07-opening-hall", "/tenders/{no}/opening", at=Stage.RESULT),
    Shot("08-officer-seat", "/desk/officer/{no}", "en", OFFICER, Stage.OPENING),
    Shot("09-score-sheet", "/desk/evaluations/{no}", who=MEMBER, at=Stage.EVALUATING),
    Shot("10-result", "/tenders/{no}/result", "en", at=Stage.RESULT),
    Shot("11-public-record", "/record/0", dark=True),
    Shot("12-tour", "/demo/tour", "en"),
)


def take(exchange: Exchange, folder: Path = FOLDER) -> None:
    """Take all pictures; those that stood there under the same names are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    tenders = {one.stage: one.no for one in staged(exchange.var)}
    with sync_playwright() as player:
        chrome = player.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        visits = Visits(exchange, chrome, {})
        for shot in SHOTS:
            no = "" if shot.at is None else tenders[shot.at]
            path = shot.path.format(no=no, anonymous=exchange.anonymous)
            person = None if shot.who is None else visits.person(*shot.who)
            page = visits.browser(person, language=shot.language, dark=shot.dark).new_page()
            page.goto(path if path.startswith("http") else exchange.platform + path)
            page.wait_for_load_state("networkidle")
            raw = page.screenshot()
            (folder / f"{shot.name}.png").write_bytes(shrink(raw))
            sys.stdout.write(f"{shot.name}\n")
        visits.end()
        chrome.close()


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
