"""Pages of bonds after opening: the bidder's own, hearings, and the centre's view of custody.

Before a tender's opening nothing of its bonds stands here, for nobody here knows it.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bidding.bonds import listing
from bidding.bonds.hearings import (
    WORDS_LIMIT,
    DecideHearing,
    ProposeOnBond,
    ProposeOnHeld,
    StateReasons,
    decide_hearing,
    propose_on_bond,
    propose_on_held,
    state_reasons,
)
from bidding.bonds.listing import BondLine, HearingLine
from bidding.bonds.rules import HearingState, LinkState
from bidding.rulebook.bonds import forfeitures
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.accounts.queries import organisations
from market.command import Handler
from market.kernel.errors import NotFound
from market.kernel.ids import Track
from market.kernel.permissions import Permission
from market.projects import queries as projects
from market.web.access import current_actor, needs
from market.web.fields import LinesField, Option
from market.web.forms import Form, submit
from market.web.language import language, lazy_gettext
from market.web.pages import Pages
from market.web.site import site
from market.web.typed_fields import PickField
from market.web.words import words_of

C = TypeVar("C")

pages = Pages(
    "bonds",
    __name__,
    words=(
        words_of(
            LinkState,
            {
                LinkState.HELD: ("托管中", "in custody"),
                LinkState.ORDERED: ("正在退还", "on its way back"),
                LinkState.RELEASED: ("已退还", "returned"),
                LinkState.FORFEITED: ("不予退还", "forfeited"),
                LinkState.DISPLACED: ("已由先截止的项目占用", "taken by an earlier tender"),
            },
        ),
        words_of(
            HearingState,
            {
                HearingState.SHOWN: ("已出示身份", "identity shown"),
                HearingState.PROPOSED: ("听取陈述", "being heard"),
                HearingState.KEPT: ("决定不予退还", "decided: forfeited"),
                HearingState.RETURNED: ("决定退还", "decided: returned"),
            },
        ),
    ),
)

KEEP, GIVE_BACK = "keep", "return"


class ProposalForm(Form):
    """A listed cause and the facts."""

    cause = PickField(lazy_gettext("Cause"))
    facts = LinesField(
        lazy_gettext("Facts"),
        longest=WORDS_LIMIT,
        hint=lazy_gettext("What happened, with the evidence. The bidder reads this."),
    )


class ReasonsForm(Form):
    """The bidder's own words."""

    reasons = LinesField(lazy_gettext("Your reasons"), longest=WORDS_LIMIT)


class DecisionForm(Form):
    """Keep or return, and why."""

    outcome = PickField(lazy_gettext("Decision"))
    words = LinesField(
        lazy_gettext("Reasons of the decision"),
        longest=WORDS_LIMIT,
        hint=lazy_gettext("The bidder reads this; the record holds its hash."),
    )


@pages.get("/desk/bonds")
@needs(Permission.BIDS_OWN_READ)
def own() -> str:
    """The bonds of the reader's organisation, and hearings about them."""
    mine = _own_organisation()

    def look(session: Session) -> tuple[list[BondLine], list[HearingLine]]:
        uscc = organisations.organisation(session, mine).uscc
        return listing.own_bonds(session, mine), listing.hearings(session, uscc=uscc)

    lines, heard = site().office.read(look)
    return render_template("bonds/own.html", lines=lines, hearings=heard)


@pages.route("/desk/bonds/hearings/<uuid:hearing>", methods=["GET", "POST"])
@needs(Permission.BIDS_OWN_READ)
def own_hearing(hearing: UUID) -> ResponseReturnValue:
    """The bidder reads what is proposed and states its reasons."""
    line = _hearing(hearing)
    mine = _own_organisation()
    if site().office.read(lambda s: organisations.organisation(s, mine)).uscc != line.uscc:
        raise NotFound
    form = ReasonsForm()
    now = site().office.clock.now()
    speaks = line.state is HearingState.PROPOSED and (
        line.reasons_until is not None and now <= line.reasons_until
    )

    def again() -> str:
        shown = form if speaks or form.is_sent else None
        return render_template(
            "bonds/hearing.html", line=line, form=shown, back=url_for(".own"), propose=None
        )

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        state_reasons,
        lambda: StateReasons(hearing, form.reasons),
        again=again,
        to=lambda _: url_for("bonds.own_hearing", hearing=hearing),
    )


@pages.get("/desk/bond-hearings")
@needs(Permission.BONDS_BOND_FORFEIT)
def hearing_list() -> str:
    """Hearings of the owner's tenders; for the supervisor, all."""
    owner = None if _supervises() else _own_organisation()
    lines = site().office.read(lambda session: listing.hearings(session, owner=owner))
    return render_template("bonds/hearings.html", lines=lines)


@pages.route("/desk/bond-hearings/<uuid:hearing>", methods=["GET", "POST"])
@needs(Permission.BONDS_BOND_FORFEIT)
def hearing(hearing: UUID) -> ResponseReturnValue:
    """Read a hearing and decide it."""
    line = _seen_hearing(hearing)
    kept = Option(KEEP, lazy_gettext("Forfeited"))
    given = Option(GIVE_BACK, lazy_gettext("Returned"))
    may_keep = line.may_decide(site().office.clock.now())
    form = DecisionForm(options={"outcome": [given, kept] if may_keep else [given]})
    open_ = line.state in (HearingState.SHOWN, HearingState.PROPOSED)
    decides = open_ and (_supervises() or not line.is_held)

    def again() -> str:
        shown = form if decides or form.is_sent else None
        proposes = line.state is HearingState.SHOWN and _supervises()
        return render_template(
            "bonds/hearing.html",
            line=line,
            form=shown,
            back=url_for("bonds.hearing_list"),
            propose=url_for("bonds.propose_held", hearing=line.id) if proposes else None,
        )

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        decide_hearing,
        lambda: DecideHearing(hearing, form.outcome == KEEP, form.words),
        again=again,
        to=lambda _: url_for("bonds.hearing", hearing=hearing),
    )


@pages.route("/desk/bond-hearings/<uuid:hearing>/proposal", methods=["GET", "POST"])
@needs(Permission.BONDS_BOND_FORFEIT, Permission.SUPERVISION_RECORD_READ)
def propose_held(hearing: UUID) -> ResponseReturnValue:
    """The supervisor proposes to keep the bond behind a held token."""
    line = _seen_hearing(hearing)
    form = _proposal_form(line.tender_no)
    return _proposal(
        form,
        line,
        propose_on_held,
        lambda: ProposeOnHeld(hearing, form.cause, form.facts),
        url_for("bonds.hearing", hearing=hearing),
    )


@pages.get("/desk/tenders/<no>/bonds")
@needs(Permission.BONDS_BOND_FORFEIT)
def of_tender(no: str) -> str:
    """The bonds of a tender, for its owner and the supervisor."""
    tender = _seen_tender(no)
    lines = site().office.read(lambda session: listing.bonds_of_tender(session, no))
    return render_template("bonds/tender.html", tender=tender, lines=lines)


@pages.route("/desk/tenders/<no>/bonds/<uscc>/proposal", methods=["GET", "POST"])
@needs(Permission.BONDS_BOND_FORFEIT)
def propose(no: str, uscc: str) -> ResponseReturnValue:
    """Propose to keep the bond of an opened bid."""
    _seen_tender(no)
    lines = site().office.read(lambda session: listing.bonds_of_tender(session, no))
    line = next((one for one in lines if one.uscc == uscc), None)
    if line is None:
        raise NotFound
    form = _proposal_form(no)
    return _proposal(
        form,
        line,
        propose_on_bond,
        lambda: ProposeOnBond(no, uscc, form.cause, form.facts),
        url_for("bonds.of_tender", no=no),
    )


@pages.get("/desk/custody")
@needs(Permission.PROJECTS_ANY_READ)
def custody() -> str:
    """Bonds on their way back, and what the custodian left as it is."""
    due, differing = site().office.read(
        lambda session: (listing.on_their_way(session), listing.differences(session))
    )
    return render_template("bonds/custody.html", due=due, differing=differing)


def _proposal(
    form: ProposalForm,
    line: BondLine | HearingLine,
    handler: Handler[C, Mapping[str, Any]],
    make: Callable[[], C],
    back: str,
) -> ResponseReturnValue:
    def again() -> str:
        return render_template("bonds/proposal.html", line=line, form=form, back=back)

    if not form.is_sent:
        return again()
    return submit(form, site().office, handler, make, again=again, to=_to_hearing)


def _proposal_form(no: str) -> ProposalForm:
    """The causes that the law of the tender's track lists, and no others."""

    def look(session: Session) -> Track:
        return projects.facts(session, tenders.facts(session, no).project).track

    known = forfeitures(site().office.read(look))
    spoken = language()
    options = [Option(one.id, one.zh if spoken == "zh" else one.en) for one in known]
    return ProposalForm(options={"cause": options})


def _to_hearing(outcome: Mapping[str, Any]) -> str:
    return url_for("bonds.hearing", hearing=outcome["hearing"])


def _hearing(hearing: UUID) -> HearingLine:
    return site().office.read(lambda session: listing.hearing(session, hearing))


def _seen_hearing(hearing: UUID) -> HearingLine:
    """For the supervisor every hearing, for an owner those of its tenders."""
    line = _hearing(hearing)
    if not _supervises() and current_actor().organisation != line.owner:
        raise NotFound
    return line


def _seen_tender(no: str) -> TenderFacts:
    """A tender for its owner and supervisors; not found before bids are closed: not even nothing.

    Where a bond stands is secret until then, so there is no page that could show none.
    """
    facts = site().office.read(lambda session: tenders.facts(session, no))
    if not _supervises() and current_actor().organisation != facts.owner:
        raise NotFound
    if facts.happened.closed_at is None:
        raise NotFound
    return facts


def _supervises() -> bool:
    return current_actor().may(Permission.SUPERVISION_RECORD_READ)


def _own_organisation() -> UUID:
    mine = current_actor().organisation
    if mine is None:
        raise NotFound
    return mine
