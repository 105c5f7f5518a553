"""The owner's page for the officers of a tender: who sits, rehearsal, manifest."""

from collections.abc import Sequence
from typing import Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bidding.officers import queries as officers
from bidding.officers.commands import (
    Chair,
    NamePanel,
    SeatOfficers,
    SettleManifest,
    seat_officers,
    settle_manifest,
    start_rehearsal,
)
from bidding.officers.parts import part
from bidding.officers.rules import SMALL_K, SMALL_SEATS, USUAL_K
from bidding.sealing.page import sealing_page
from bidding.tenders import stages
from bidding.tenders.facts import DraftFacts
from bidding.tenders.pieces import Piece
from bidding.tenders.rules import TenderState
from bidding.tenders.wizard import overview, own_draft, prepared
from market.accounts.queries import organisations, people
from market.kernel.errors import BadInput, MarketError
from market.kernel.permissions import Permission
from market.protocol.officers import ROLES
from market.protocol.signing import key_id
from market.protocol.trust import read_trust
from market.web.access import needs
from market.web.fields import LinesField
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.site import site

MAKE: Final = Permission.TENDERS_MANIFEST_MAKE
WORDS: Final = 3

pages = Pages("tender_officers", __name__)


class Seating(Form):
    """The officers, one a line."""

    seats = LinesField(
        lazy_gettext("Officers, one a line"),
        hint=lazy_gettext(
            "Part (owner, agent, centre, supervisor, notary or witness), credit code of the"
            " organisation, sign-in name of the person."
        ),
        longest=2000,
    )


class Confirm(Form):
    """A button alone."""


@pages.route("/desk/tenders/<no>/officers", methods=["GET", "POST"])
@needs(MAKE)
def seats(no: str) -> ResponseReturnValue:
    """Who opens this tender; naming them anew is possible until the manifest stands."""
    draft = own_draft(no)
    form = Seating(initial={"seats": _written(no)})

    def again() -> str:
        return _page(draft, form)

    def command() -> SeatOfficers:
        chairs = site().office.read(lambda session: _chairs(session, form.seats))
        k = SMALL_K if len(chairs) == SMALL_SEATS else USUAL_K
        return SeatOfficers(no, draft.owner, draft.agent, k, chairs)

    if not form.is_sent:
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
        again=lambda: _page(draft, Seating(initial={"seats": _written(no)})),
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
        again=lambda: _page(draft, Seating(initial={"seats": _written(no)})),
        to=lambda _: overview({"no": no}),
    )


def _url(no: str) -> str:
    return url_for("tender_officers.seats", no=no)


def _page(draft: DraftFacts, form: Form) -> str:
    def read(session: Session) -> tuple[object, ...]:
        held = officers.seats(session, draft.no)
        rows = [(seat, organisations.organisation(session, seat.organisation)) for seat in held]
        return officers.panel_state(session, draft.no), rows

    state, rows = site().office.read(read)
    return render_template(
        "tenders/officers.html",
        draft=draft,
        form=form,
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


def _written(no: str) -> str:
    """The seats as they were typed, to be changed."""

    def read(session: Session) -> str:
        lines = []
        for seat in officers.seats(session, no):
            held = organisations.organisation(session, seat.organisation)
            account = people.own(session, seat.person).account
            lines.append(f"{seat.role} {held.uscc} {account}")
        return "\n".join(lines)

    return site().office.read(read)


def _chairs(session: Session, typed: str) -> Sequence[Chair]:
    chairs = []
    for number, line in enumerate(filter(None, map(str.strip, typed.splitlines())), start=1):
        words = line.split()
        if len(words) != WORDS or words[0] not in ROLES:
            raise _bad(number)
        try:
            organisation = organisations.organisation_by_uscc(session, words[1])
            person = people.person_by_account(session, words[2])
        except MarketError as cause:
            raise _bad(number) from cause
        if person not in organisations.staff(session, organisation.id):
            raise _bad(number)
        chairs.append(Chair(words[0], organisation.id, person))
    return chairs


def _bad(number: int) -> BadInput:
    return BadInput(
        "bad-seat",
        zh=f"第 {number} 行不对：写明身份、统一社会信用代码和该单位人员的登录名",
        en=f"Line {number}: write the part, the credit code and somebody of that organisation",
        fields={"seats": ("按行写明", "One officer a line")},
    )
