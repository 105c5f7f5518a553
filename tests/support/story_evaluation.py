"""How an evaluation and what follows go in stories: checks, scores, report, award, contract."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Final

from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play.driver import Page
from tests.support.exchange import Exchange
from tests.support.papers import make_pdf
from tests.support.story_owner import fine, owner

BEST: Final = "50"
GOOD: Final = "40"
SETTLED: Final = timedelta(days=12)
"""Five working days, holidays among them, and the custodian's pay run."""


SHEET: Final = re.compile(r"(\d+)/(\d+)")
CODE: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")


@dataclass(frozen=True)
class Seen:
    """What one member's page says: the status, its number, sheets locked of all, bidders named."""

    status: int
    member: str
    locked: str
    bidders: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Done:
    """What came of a step, for the story to judge: summaries of refusals by person, and pages."""

    troubles: tuple[str, ...]
    before: Seen
    after: Seen


@dataclass(frozen=True)
class Reported:
    """The report: its first bytes for each member, and the status for somebody outside."""

    troubles: tuple[str, ...]
    pdfs: tuple[bytes, ...]
    outside: int
    state: str


def seen(exchange: Exchange, no: str, person: Person) -> Seen:
    """The evaluation's page as a member has it now."""
    page = exchange.page(person).get(f"/desk/evaluations/{no}")
    member = re.search(r"M\d{2}", page.text)
    locked = SHEET.search(page.text)
    return Seen(
        page.status,
        member[0] if member else "",
        locked[0] if locked else "",
        tuple(dict.fromkeys(CODE.findall(page.text))),
        page.text,
    )


def qualified(exchange: Exchange, no: str) -> None:
    """The purchaser finds every bidder qualified."""
    page = _desk(exchange, no)
    fine(page.submit({}, has=_first(page, "cause_")))


def complied(exchange: Exchange, no: str, members: Sequence[Person]) -> tuple[str, ...]:
    """Every member finds every bid compliant; what was refused, in the pages' own words."""
    troubles: list[str] = []
    for person in members:
        page = exchange.page(person).get(f"/desk/evaluations/{no}")
        troubles += page.submit({}, has=_first(page, "cause_")).summary
    return tuple(troubles)


def scored(exchange: Exchange, no: str, members: Sequence[Person]) -> Done:
    """Every member scores and locks; the first one's page before the last lock, and after."""
    troubles: list[str] = []
    before = seen(exchange, no, members[0])
    for place, person in enumerate(members):
        before = seen(exchange, no, members[0])
        page = exchange.page(person).get(f"/desk/evaluations/{no}")
        form = page.form(has="lock")
        marks = [name for name in form.values if name.startswith("mark_")]
        points = dict.fromkeys(marks, BEST if place % 2 else GOOD)
        troubles += page.submit({**points, "lock": "yes"}, has="lock").summary
    return Done(tuple(troubles), before, seen(exchange, no, members[0]))


def members_do(exchange: Exchange, no: str, members: Sequence[Person]) -> Done:
    """Every member finds every bid compliant, scores and locks."""
    refused = complied(exchange, no, members)
    done = scored(exchange, no, members)
    return Done((*refused, *done.troubles), done.before, done.after)


def reported(exchange: Exchange, no: str, members: Sequence[Person]) -> Reported:
    """Low prices closed, the report called and signed by everybody; the report as each reads it."""
    troubles: list[str] = []
    first = exchange.page(members[0])
    for name in ("CloseForm", "CallForm"):
        page = first.get(f"/desk/evaluations/{no}")
        if any(form.values.get("_form") == [name] for form in page.forms):
            troubles += _press(page, name).summary
    for person in members:
        page = exchange.page(person).get(f"/desk/evaluations/{no}")
        troubles += page.submit({}, has="dissent").summary
    path = f"/desk/evaluations/{no}/report.pdf"
    pdfs = tuple(exchange.page(person).get(path).body[:5] for person in members)
    outside = exchange.visitor().get(path)
    status = outside.status if "sign-in" not in outside.url else int(HTTPStatus.UNAUTHORIZED)
    return Reported(tuple(troubles), pdfs, status, exchange.tender(no)["state"])


def awarded(exchange: Exchange, no: str) -> None:
    """The purchaser determines the first as winner and publishes the result."""
    fine(_desk(exchange, no).submit({"sure": "yes"}, has="number"))
    announced(exchange, no)


def announced(exchange: Exchange, no: str) -> None:
    """The purchaser publishes the result of the winner that is determined."""
    fine(_press(_desk(exchange, no), "ResultForm"))
    exchange.beat()


def contracted(exchange: Exchange, no: str, amount: str, on: date) -> None:
    """The signed contract, recorded and filed."""
    paper = make_pdf(exchange.folder / "contract.pdf", "合同 / Contract", no)
    typed = {"amount": amount, "signed_on": on.isoformat()}
    fine(_desk(exchange, no).submit(typed, {"document": paper}, has="signed_on"))
    fine(_desk(exchange, no).submit({"receipt": "云财采备2026-0001"}, has="receipt"))


def representative(exchange: Exchange) -> Person:
    """Who sits on the panel for the purchaser."""
    return exchange.person(Part.PURCHASER, Duty.OWNER_REPRESENTATIVE)


def _desk(exchange: Exchange, no: str) -> Page:
    return fine(owner(exchange).get(f"/desk/tenders/{no}/evaluation"))


def _first(page: Page, prefix: str) -> str:
    for form in page.forms:
        for name in {**form.values, **form.offered}:
            if name.startswith(prefix):
                return name
    raise LookupError(f"no field {prefix}… on {page.url}: {page.text[:800]}")


def _press(page: Page, name: str) -> Page:
    return page.submit({}, named=name)
