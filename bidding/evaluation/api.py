"""Calls of the evaluation: a member's own sheet, kept cell by cell as it is typed.

The page's script asks these with the cookie of the signed-in member; a browser that speaks for
another site is refused like everywhere (`market.web.csrf`).
"""

from typing import Annotated, Final

from flask import Blueprint
from pydantic import Field

from bidding.evaluation import queries
from bidding.evaluation.commands.scoring import KeepTyped, TypedMark, keep_typed
from bidding.evaluation.rules.states import SheetState
from bidding.rulebook.names import CriterionCode
from market.kernel.errors import NotFound
from market.protocol.encoding import stamp
from market.web.access import current_actor, signed_in
from market.web.api import Answer, Body, call
from market.web.site import moment, site

CELLS_LIMIT: Final = 2_000
"""Cells in one call; a grid of forty bids and fifty criteria."""

calls = Blueprint("evaluation_calls", __name__)


class CellBody(Body):
    """One cell of the grid as it stands typed."""

    number: Annotated[str, Field(max_length=8)]
    criterion: Annotated[str, Field(max_length=32)]
    typed: Annotated[str, Field(max_length=64)]


class CellsBody(Body):
    """Cells to be kept; `seen` is the version that the page holds."""

    seen: int
    cells: Annotated[list[CellBody], Field(max_length=CELLS_LIMIT)]


class SheetAnswer(Answer):
    """The sheet as it is kept now, and the moment by the clock of the house."""

    version: int
    open: bool
    at: str
    marks: dict[str, dict[str, str]]


@calls.get("/api/v1/evaluations/<no>/sheet")
@call(summary="One's own score sheet", gives=SheetAnswer)
@signed_in
def sheet(no: str) -> SheetAnswer:
    """The member's own sheet; `NotFound` for everybody without one."""
    person = current_actor().person
    found = site().office.read(lambda session: queries.own_sheet(session, no, person))
    if found is None:
        raise NotFound
    marks = {number: dict(given) for number, given in found.marks.items()}
    is_open = found.state is SheetState.OPEN
    return SheetAnswer(version=found.version, open=is_open, at=stamp(moment()), marks=marks)


@calls.put("/api/v1/evaluations/<no>/sheet")
@call(summary="Keep cells of one's own score sheet as typed", takes=CellsBody, gives=SheetAnswer)
@signed_in
def keep(no: str, body: CellsBody) -> SheetAnswer:
    """Keep cells; 409 "sheet-changed" where another window kept something newer."""
    cells = tuple(
        TypedMark(one.number, CriterionCode(one.criterion), one.typed) for one in body.cells
    )
    kept = site().office.run(keep_typed, KeepTyped(no, body.seen, cells), current_actor())
    return SheetAnswer(
        version=int(kept["version"]), open=True, at=stamp(moment()), marks=dict(kept["marks"])
    )
