"""A reviewer's page of a choice by scheme: the schemes by number, and the sheet that is locked."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, cast

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intermediaries.demands import queries as demands
from intermediaries.demands.facts import DemandFacts
from intermediaries.demands.guards import shut_to_departments
from intermediaries.offers import schemes
from intermediaries.offers.commands.scoring import LockSheet, lock_sheet
from intermediaries.offers.rows import known, no_selection, terms_of
from intermediaries.offers.schemes import Scoring
from intermediaries.offers.sheets import HUNDREDTHS
from intermediaries.rulebook.selection.scheme_plan import Criterion
from market.command import Actor
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs
from market.web.fields import Field
from market.web.forms import Form, submit
from market.web.language import gettext
from market.web.pages import Pages
from market.web.site import site
from market.web.typed_fields import DecimalField

OWN: Final = Permission.EXPERTS_INVITATION_ANSWER
_KINDS: Final = {"pdf": "application/pdf"}

pages = Pages("offers_schemes", "intermediaries.offers.feature", url_prefix="/desk/schemes")
shut_to_departments(pages)


def field_of(scheme: int, criterion: int) -> str:
    """The field of a scheme's points by a criterion, both counted from 1."""
    return f"points_{scheme}_{criterion}"


@pages.route("/<no>", methods=["GET", "POST"])
@needs(OWN)
def sheet(no: str) -> ResponseReturnValue:
    """One's own sheet: every scheme by every criterion, locked once."""
    actor = current_actor()
    demand, found, criteria = site().office.read(lambda session: _shown(session, no, actor))
    form = _form(found, criteria)

    def again() -> str:
        return render_template(
            "offers/sheet.html",
            demand=demand,
            found=found,
            criteria=criteria,
            form=form,
            field_of=field_of,
        )

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        lock_sheet,
        lambda: LockSheet(no, _points(form, found, criteria)),
        again=again,
        to=lambda _: url_for("offers_schemes.sheet", no=no),
    )


@pages.get("/<no>/<int:number>/<int:place>")
@needs(OWN)
def document(no: str, number: int, place: int) -> Response:
    """A document of a scheme, opened for this reviewer now."""
    actor = current_actor()

    def ask(session: Session) -> tuple[str, bytes]:
        row = known(session, no)
        if schemes.own_seat(session, row, actor.person) is None:
            raise no_selection()
        return schemes.document(session, row, number, place)

    name, raw = site().office.read(ask)
    ending = name.rpartition(".")[2]
    answer = Response(raw, content_type=_KINDS.get(ending, "application/octet-stream"))
    shown = f"{no}-{number}-{place}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{shown}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _shown(
    session: Session, no: str, actor: Actor
) -> tuple[DemandFacts, Scoring, tuple[Criterion, ...]]:
    row = known(session, no)
    found = schemes.scoring(session, row, actor.person)
    plan = terms_of(row).scheme
    return demands.facts(session, no), found, () if plan is None else plan.criteria


def _form(found: Scoring, criteria: tuple[Criterion, ...]) -> Form:
    fields: dict[str, Field[Any]] = {}
    if found.is_open and not found.is_locked:
        for scheme in found.schemes:
            for place, one in enumerate(criteria, start=1):
                label = gettext(
                    "%(name)s (0 to %(points)s points)", name=one.name, points=one.points
                )
                fields[field_of(scheme.number, place)] = DecimalField(
                    label, places=2, least=Decimal(0), most=Decimal(one.points)
                )
    return cast("Callable[[], Form]", type("SheetForm", (Form,), fields))()


def _points(
    form: Form, found: Scoring, criteria: tuple[Criterion, ...]
) -> dict[bytes, tuple[int, ...]]:
    def hundredths(scheme: int, place: int) -> int:
        return int(cast("Decimal", form.value_of(field_of(scheme, place))) * HUNDREDTHS)

    return {
        scheme.key: tuple(hundredths(scheme.number, place) for place in range(1, len(criteria) + 1))
        for scheme in found.schemes
    }
