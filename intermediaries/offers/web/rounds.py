"""An agency's page of bidding in rounds: the round that runs, its own last price, the next one."""

from dataclasses import dataclass
from typing import Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intermediaries.demands import queries as demands
from intermediaries.demands.facts import DemandFacts
from intermediaries.demands.guards import shut_to_departments
from intermediaries.offers import queries
from intermediaries.offers.commands.bidding_rounds import NamePrice, name_price
from intermediaries.offers.queries import SelectionFacts
from intermediaries.offers.round_prices import OwnPrice, own_enrolment, own_prices
from intermediaries.offers.rows import no_selection
from intermediaries.offers.rules.rounds import Running, running_at
from intermediaries.offers.rules.states import SelectionState
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.quotes import FAULT_WORDS, Fault
from intermediaries.rulebook.selection.sources import ROUNDS_RULE
from market.command import Actor
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs
from market.web.forms import Form, submit
from market.web.language import language, lazy_gettext
from market.web.pages import Pages
from market.web.site import moment, site
from market.web.typed_fields import MoneyField

LISTED: Final = frozenset({SelectionState.CLOSED, SelectionState.DRAWING})

pages = Pages("offers_rounds", "intermediaries.offers.feature")
shut_to_departments(pages)


class PriceForm(Form):
    """A price of this round."""

    price = MoneyField(
        lazy_gettext("Your price in yuan"),
        least=Money(1),
        hint=lazy_gettext("At most your own price before. The same price again changes nothing."),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """Everything the page shows."""

    demand: DemandFacts
    facts: SelectionFacts
    fault: Fault | None
    prices: tuple[OwnPrice, ...]


@pages.route("/demands/<no>/rounds", methods=["GET", "POST"])
@needs(Permission.OFFERS_OFFER_MAKE)
def bid(no: str) -> ResponseReturnValue:
    """Name a price while a round runs; what others name is shown to no agency."""
    actor = current_actor()
    form = PriceForm()

    def again() -> str:
        shown = site().office.read(lambda session: _shown(session, no, actor))
        now = moment()
        running: Running = running_at(shown.facts.terms, now)
        counts = shown.facts.state in LISTED and shown.fault is None
        which = 0 if language() == "zh" else 1
        return render_template(
            "offers/rounds.html",
            shown=shown,
            form=form,
            running=running,
            bids=counts and running.number is not None,
            fault=None if shown.fault is None else FAULT_WORDS[shown.fault][which],
            article=ROUNDS_RULE.cite(language()),
        )

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        name_price,
        lambda: NamePrice(no, form.price),
        again=again,
        to=lambda _: url_for("offers_rounds.bid", no=no),
    )


def _shown(session: Session, no: str, actor: Actor) -> _Shown:
    """For an agency on the list alone; anybody else finds no such page."""
    facts = queries.selection(session, no)
    own = actor.organisation
    if facts.mode is not Mode.MULTIROUND or facts.closed_at is None or own is None:
        raise no_selection()
    enrolment = own_enrolment(session, facts.id, own)
    if enrolment is None:
        raise no_selection()
    prices = tuple(own_prices(session, facts.id, own))
    return _Shown(demands.facts(session, no), facts, enrolment.fault, prices)
