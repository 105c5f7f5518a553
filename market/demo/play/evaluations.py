"""How an evaluation goes, and what follows: checks, scores, report, result, contract."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from market.demo.people.kinds import Person
from market.demo.play.driver import Page
from market.demo.play.owners import owner
from market.demo.play.troupe import PlayFailed, Troupe, fine, paper

BEST: Final = {"T1": "30", "T2": "20"}
GOOD: Final = {"T1": "24", "T2": "16"}
"""Points by criterion of the demonstration's scheme."""
FEWEST: Final = "8"
"""The lowest level of T2, which nobody gives."""
DOUBT: Final = "服务方案缺驻场安排 / The plan of service lacks people on site"


def qualified(troupe: Troupe, no: str) -> None:
    """The purchaser finds every bidder qualified."""
    page = _desk(troupe, no)
    fine(page.submit({}, has=_first(page, "cause_")))


def complied(troupe: Troupe, no: str, members: Sequence[Person]) -> None:
    """Every member finds every bid compliant."""
    for person in members:
        page = troupe.page(person).get(f"/desk/evaluations/{no}")
        fine(page.submit({}, has=_first(page, "cause_")))


def scored(troupe: Troupe, no: str, members: Sequence[Person]) -> None:
    """Every member scores alone, and locks."""
    for place, person in enumerate(members):
        page = troupe.page(person).get(f"/desk/evaluations/{no}")
        form = page.form(has="lock")
        marks = [name for name in form.values if name.startswith("mark_")]
        given = BEST if place % 2 else GOOD
        points = {name: given[name.rpartition("_")[2]] for name in marks}
        fine(page.submit({**points, "lock": "yes"}, has="lock"))


def doubted(troupe: Troupe, no: str, members: Sequence[Person]) -> None:
    """Low prices closed; the panel votes on a score that one member finds grossly off: it is not.

    Everybody gives a vote, and nobody ticks that the score is off.
    """
    first, path = troupe.page(members[0]), f"/desk/evaluations/{no}"
    fine(fine(first.get(path)).submit({}, named="CloseForm"))
    page = fine(first.get(f"{path}/corrections"))
    choices = page.form(has="points").offered
    asked = {
        "ground": "grossly_off",
        "member": choices["member"][-1],
        "number": choices["number"][-1],
        "criterion": "T2",
        "points": FEWEST,
        "reason": DOUBT,
    }
    fine(page.submit(asked, has="points"))
    for person in members:
        fine(fine(troupe.page(person).get(f"{path}/corrections")).submit({}, has="grossly_off"))


def reported(troupe: Troupe, no: str, members: Sequence[Person]) -> None:
    """Low prices closed, the report called for and signed by everybody."""
    first = troupe.page(members[0])
    for name in ("CloseForm", "CallForm"):
        page = first.get(f"/desk/evaluations/{no}")
        if any(form.values.get("_form") == [name] for form in page.forms):
            fine(page.submit({}, named=name))
    for person in members:
        page = troupe.page(person).get(f"/desk/evaluations/{no}")
        fine(page.submit({}, has="dissent"))


def awarded(troupe: Troupe, no: str) -> None:
    """The purchaser determines the first as winner and publishes the result."""
    fine(_desk(troupe, no).submit({"sure": "yes"}, has="number"))
    fine(_desk(troupe, no).submit({}, named="ResultForm"))
    troupe.until(lambda: troupe.entries(no, "result"), beating=True)


def contracted(troupe: Troupe, no: str, amount: str, on: date) -> None:
    """The signed contract, recorded and filed."""
    file = paper(troupe.folder("papers"), f"contract-{no}.pdf", "合同 / Contract", no)
    typed = {"amount": amount, "signed_on": on.isoformat()}
    fine(_desk(troupe, no).submit(typed, {"document": file}, has="signed_on"))
    fine(_desk(troupe, no).submit({"receipt": "云财采备2026-0001"}, has="receipt"))


def _desk(troupe: Troupe, no: str) -> Page:
    return fine(owner(troupe).get(f"/desk/tenders/{no}/evaluation"))


def _first(page: Page, prefix: str) -> str:
    for form in page.forms:
        for name in {**form.values, **form.offered}:
            if name.startswith(prefix):
                return name
    raise PlayFailed(f"no field {prefix}… on {page.url}: {page.text[:600]}")
