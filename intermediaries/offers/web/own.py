"""An agency's own pages: enrol for a demand with a sealed quote, its enrolments, its receipt."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Response, render_template
from sqlalchemy.orm import Session

from intermediaries.agencies.queries import refuse_unless_enrolment
from intermediaries.credit.queries import refuse_unless_may_take
from intermediaries.demands import queries as demands
from intermediaries.demands.facts import DemandFacts
from intermediaries.demands.guards import shut_to_departments
from intermediaries.offers import listing, queries
from intermediaries.offers.queries import OwnEnrolment, SelectionFacts
from intermediaries.offers.rows import no_selection
from intermediaries.offers.rules.enrolling import refuse_unless_open
from intermediaries.rulebook.selection.modes import NAMES, Mode
from market.accounts.queries.organisations import OrganisationFacts, keys, organisation
from market.command import Actor
from market.journal.keys import load
from market.kernel.errors import MarketError, NotFound
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u, canonical, digest, parse
from market.protocol.enrolment_receipts import enrolment_receipt
from market.protocol.enrolments import read_enrolment
from market.web.access import current_actor, needs
from market.web.language import gettext, language
from market.web.pages import Pages
from market.web.site import moment, site

LISTED: Final = 100

pages = Pages("offers_own", "intermediaries.offers.feature")
shut_to_departments(pages)


@dataclass(frozen=True, slots=True)
class _Shown:
    """Everything the page of one enrolment shows."""

    demand: DemandFacts
    facts: SelectionFacts
    own: OwnEnrolment | None
    organisation: OrganisationFacts
    bar: MarketError | None
    has_key: bool


@pages.get("/demands/<no>/enrol")
@needs(Permission.OFFERS_OFFER_MAKE)
def enrol(no: str) -> str:
    """Enrol for one demand: the script seals the quote and signs; without it the page says how."""
    actor, now = current_actor(), moment()
    shown = site().office.read(lambda session: _shown(session, no, actor, now))
    trust = site().settings.trust_file.read_bytes()
    return render_template(
        "offers/enrol.html",
        shown=shown,
        mode=NAMES[shown.facts.mode][0 if language() == "zh" else 1],
        live=shown.own is not None and not shown.own.is_withdrawal,
        trust=b64u(trust),
        trust_hash=digest(trust).hex(),
        words=_words(),
    )


@pages.get("/demands/<no>/enrol/receipt")
@needs(Permission.OFFERS_OFFER_MAKE)
def receipt(no: str) -> Response:
    """The receipt of one's own last act, to keep: proof if it is left out."""
    actor = current_actor()
    found = site().office.read(
        lambda session: (
            None if actor.organisation is None else queries.own(session, no, actor.organisation)
        )
    )
    if found is None:
        raise NotFound("no-enrolment", zh="没有报名", en="There is no enrolment")
    held = enrolment_receipt(read_enrolment(parse(found.act)), found.at)
    raw = canonical(held.sign(load(site().settings.keys).receipt))
    answer = Response(raw, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{no}-receipt.json"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@pages.get("/desk/offers")
@needs(Permission.OFFERS_OFFER_MAKE)
def own() -> str:
    """One's own enrolments, the newest first."""
    actor = current_actor()
    mine = actor.organisation
    lines = site().office.read(
        lambda session: [] if mine is None else listing.own_rounds(session, mine, LISTED)
    )
    return render_template("offers/own.html", lines=lines)


def _shown(session: Session, no: str, actor: Actor, now: datetime) -> _Shown:
    if actor.organisation is None:
        raise no_selection()
    demand, facts = demands.facts(session, no), queries.selection(session, no)
    found = [key for key in keys(session, actor.organisation) if key.counts_at(now)]
    return _Shown(
        demand,
        facts,
        queries.own(session, no, actor.organisation),
        organisation(session, actor.organisation),
        _bar(session, demand, facts, actor, now),
        bool(found),
    )


def _bar(
    session: Session, demand: DemandFacts, facts: SelectionFacts, actor: Actor, now: datetime
) -> MarketError | None:
    """Why the agency cannot enrol now, told before it has sealed anything; None if it can."""
    if actor.organisation is None:
        raise no_selection()
    try:
        refuse_unless_open(facts.state, facts.enrol_opens, facts.enrol_closes, now)
        refuse_unless_enrolment(session, actor.organisation, demand.item, now)
        refuse_unless_may_take(session, actor.organisation, now)
    except MarketError as refusal:
        return refusal
    named = facts.terms.named
    if facts.mode is Mode.DIRECT and named != organisation(session, actor.organisation).uscc:
        return NotFound(
            "not-named",
            zh="本项目由业主书面指名另一家中介",
            en="The owner named another agency for this job in writing",
        )
    return None


def _words() -> dict[str, str]:
    """What the script says, in the reader's language."""
    return {
        "insecure": gettext(
            "This page needs HTTPS and a current browser (Chromium 137, Firefox 130, Safari 18 or"
            " later); use another browser, or a program of your own."
        ),
        "broken": gettext(
            "Something unforeseen went wrong; nothing was sent. Reload the page and try again."
        ),
        "signer": gettext("Opening the signing key…"),
        "seconds": gettext("{0} seconds"),
        "sealing": gettext("Sealing and signing…"),
        "sending": gettext("Handing in…"),
        "enrolled": gettext(
            "You are enrolled. Keep the receipt: it is the proof if your enrolment were left out."
        ),
        "withdrawn": gettext("The enrolment is withdrawn. Keep the receipt."),
    }
