"""The owner's page for the officers of a tender: who sits, rehearsal, manifest."""

from typing import Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bidding.officers import queries as officers
from bidding.officers.balance import refuse_unless_balanced
from bidding.officers.commands import (
    NamePanel,
    SeatOfficers,
    SettleManifest,
    seat_officers,
    settle_manifest,
    start_rehearsal,
)
from bidding.officers.parts import part
from bidding.officers.rules import SMALL_SEATS
from bidding.sealing.page import sealing_page
from bidding.tenders import stages
from bidding.tenders.chairs import Look, Seating, chairs, look, written
from bidding.tenders.facts import DraftFacts
from bidding.tenders.pieces import Piece
from bidding.tenders.rules import TenderState
from bidding.tenders.wizard import overview, own_draft, prepared
from market.accounts.queries import organisations
from market.kernel.errors import BadInput
from market.kernel.permissions import Permission
from market.protocol.signing import key_id
from market.protocol.trust import read_trust
from market.web.access import current_actor, needs
from market.web.forms import Form, submit
from market.web.pages import Pages
from market.web.site import site

MAKE: Final = Permission.TENDERS_MANIFEST_MAKE

pages = Pages("tender_officers", __name__)


class Confirm(Form):
    """A button alone."""


@pages.route("/desk/tenders/<no>/officers", methods=["GET", "POST"])
@needs(MAKE)
def seats(no: str) -> ResponseReturnValue:
    """Who opens this tender; naming them anew is possible until the manifest stands."""
    draft = own_draft(no)
    form = _form(draft)

    def again() -> str:
        return _page(draft, form)

    def command() -> SeatOfficers:
        named = site().office.read(lambda session: chairs(session, draft, form))
        marked = [one.field.name for one in form if one.error]
        if marked:
            zh, en = "席位未填对", "This seat is not filled in right"
            raise BadInput("bad-seat", zh=zh, en=en, fields=dict.fromkeys(marked, (zh, en)))
        found = _look(draft, form).balance
        refuse_unless_balanced(found)
        return SeatOfficers(no, draft.owner, draft.agent, found.k, named)

    if not form.is_sent or form.only_reckons:
        return again()
    return submit(form, site().office, seat_officers, command, again=again, to=lambda _: _url(no))


@pages.post("/desk/tenders/<no>/officers/rehearsal")
@needs(MAKE)
def rehearse(no: str) -> ResponseReturnValue:
    """Seal a rehearsal to every officer."""
    draft, form = own_draft(no), Confirm()
    return submit(
        form,
        site().office,
        start_rehearsal,
        lambda: NamePanel(no),
        again=lambda: _page(draft, _form(draft), form),
        to=lambda _: _url(no),
    )


@pages.post("/desk/tenders/<no>/officers/manifest")
@needs(MAKE)
def settle(no: str) -> ResponseReturnValue:
    """Put the manifest into the journal; it never changes afterwards."""
    draft, form = own_draft(no), Confirm()

    def command() -> SettleManifest:
        if draft.bond is None:
            raise BadInput("no-terms", zh="请先填写商务条件", en="Enter the terms first")
        trust = read_trust(site().settings.trust_file.read_bytes())
        pinned = frozenset(key_id(held.key) for held in trust.organisations)
        return SettleManifest(no, draft.bond.fen, sealing_page().hash, pinned)

    return submit(
        form,
        site().office,
        settle_manifest,
        command,
        again=lambda: _page(draft, _form(draft), form),
        to=lambda _: overview({"no": no}),
    )


def _url(no: str) -> str:
    return url_for("tender_officers.seats", no=no)


def _form(draft: DraftFacts) -> Seating:
    return Seating(initial=site().office.read(lambda session: written(session, draft)))


def _look(draft: DraftFacts, form: Seating) -> Look:
    reader = current_actor().organisation
    return site().office.read(lambda session: look(session, draft, form, reader))


def _page(draft: DraftFacts, form: Seating, pressed: Form | None = None) -> str:
    """The page; `pressed` is the button that was refused, where it was not the form of seats."""

    def read(session: Session) -> tuple[object, ...]:
        held = officers.seats(session, draft.no)
        rows = [(seat, organisations.organisation(session, seat.organisation)) for seat in held]
        return officers.panel_state(session, draft.no), rows

    state, rows = site().office.read(read)
    status, seen = form.status, _look(draft, form)
    form.status = status  # what the house said of it stays; looking ahead is no refusal
    return render_template(
        "tenders/officers.html",
        draft=draft,
        form=form,
        look=seen,
        least=SMALL_SEATS,
        pressed=pressed,
        state=None if state is None else str(state),
        rows=rows,
        part=part,
        stages=_way(draft),
        rehearsal=Confirm(),
        manifest=Confirm(),
    )


def _way(draft: DraftFacts) -> list[stages.Stage] | None:
    """The steps of the preparation; none once the tender is published."""
    if draft.state is not TenderState.DRAFT:
        return None
    return stages.stages(prepared(draft), Piece.OFFICERS)
