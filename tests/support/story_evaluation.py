"""How an evaluation and what follows go in stories: checks, scores, report, award, contract."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from tests.support.exchange import Exchange
from tests.support.page_driver import Page
from tests.support.papers import make_pdf
from tests.support.story_owner import fine, owner

BEST: Final = "50"
GOOD: Final = "40"
SETTLED: Final = timedelta(days=12)
"""Five working days, holidays among them, and the custodian's pay run."""


def qualified(exchange: Exchange, no: str) -> None:
    """The purchaser finds every bidder qualified."""
    page = _desk(exchange, no)
    fine(page.submit({}, has=_first(page, "cause_")))


def members_do(exchange: Exchange, no: str, members: Sequence[Person]) -> None:
    """Every member finds every bid compliant, scores and locks."""
    for person in members:
        page = exchange.page(person).get(f"/desk/evaluations/{no}")
        fine(page.submit({}, has=_first(page, "cause_")))
    for place, person in enumerate(members):
        page = exchange.page(person).get(f"/desk/evaluations/{no}")
        marks = [name for name in page.form(has="lock").offered if name.startswith("mark_")]
        points = dict.fromkeys(marks, BEST if place % 2 else GOOD)
        fine(page.submit({**points, "lock": "yes"}, has="lock"))


def reported(exchange: Exchange, no: str, members: Sequence[Person]) -> None:
    """Low prices closed, the report called and signed by everybody."""
    first = exchange.page(members[0])
    for name in ("CloseForm", "CallForm"):
        page = first.get(f"/desk/evaluations/{no}")
        if any(form.values.get("_form") == [name] for form in page.forms):
            fine(_press(page, name))
    for person in members:
        page = exchange.page(person).get(f"/desk/evaluations/{no}")
        fine(page.submit({}, has="dissent"))


def awarded(exchange: Exchange, no: str) -> None:
    """The purchaser determines the first as winner and publishes the result."""
    fine(_desk(exchange, no).submit({"sure": "yes"}, has="number"))
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
