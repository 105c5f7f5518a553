"""The owner's page of a choice by credit: the drawn short list, and its pick of one."""

from dataclasses import dataclass
from typing import Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intermediaries.demands import queries as demands
from intermediaries.demands.facts import DemandFacts
from intermediaries.demands.guards import shut_to_departments
from intermediaries.offers import queries
from intermediaries.offers.commands.shortlisting import PickAgency, pick_agency
from intermediaries.offers.rows import no_selection
from intermediaries.offers.rules.picking import REASON_LIMIT
from intermediaries.offers.rules.states import SelectionState
from intermediaries.offers.shortlists import Candidate, ShortlistShown, shortlist
from market.command import Actor
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u, unb64u
from market.web.access import current_actor, needs
from market.web.fields import LinesField, Option
from market.web.forms import Form, submit
from market.web.language import language, lazy_gettext
from market.web.pages import Pages
from market.web.site import moment, site
from market.web.typed_fields import PickField

HASH: Final = 32

pages = Pages("offers_pick", "intermediaries.offers.feature")
shut_to_departments(pages)


class PickForm(Form):
    """Which one, and why."""

    agency = PickField(lazy_gettext("The agency you take"))
    reason = LinesField(
        lazy_gettext("Why this one"),
        longest=REASON_LIMIT,
        hint=lazy_gettext("Everybody reads it, word for word. A pick is made once and stays."),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """Everything the page shows."""

    demand: DemandFacts
    state: SelectionState
    short: ShortlistShown


@pages.route("/demands/<no>/pick", methods=["GET", "POST"])
@needs(Permission.DEMANDS_DEMAND_PREPARE)
def pick(no: str) -> ResponseReturnValue:
    """The short list with every figure; the owner takes one and writes why, in time."""
    actor = current_actor()
    shown = site().office.read(lambda session: _shown(session, no, actor))
    form = PickForm(options={"agency": [_option(one) for one in shown.short.candidates]})

    def again() -> str:
        open_now = shown.state is SelectionState.SHORTLISTED and moment() <= shown.short.until
        return render_template("offers/pick.html", shown=shown, form=form, is_open=open_now)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        pick_agency,
        lambda: PickAgency(no, unb64u(form.agency, HASH), form.reason),
        again=again,
        to=lambda _: url_for("offers_pick.pick", no=no),
    )


def _shown(session: Session, no: str, actor: Actor) -> _Shown:
    """For the owner alone; anybody else finds no such page."""
    facts = queries.selection(session, no)
    demand, short = demands.facts(session, no), shortlist(session, no)
    if short is None or actor.organisation != demand.owner:
        raise no_selection()
    return _Shown(demand, facts.state, short)


def _option(one: Candidate) -> Option:
    named = one.row.uscc if one.row.agency is None else one.row.agency.name(language())
    figures = "，" if language() == "zh" else ", "
    said = figures.join(f"{item.label(language())} {item.shown}" for item in one.row.figures)
    return Option(b64u(one.quote), named, said)
