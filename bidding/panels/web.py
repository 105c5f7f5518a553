"""Pages of a panel: the draw begun by the purchaser, its counts, names when they may be seen."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bidding.panels import queries
from bidding.panels.commands.attending import (
    NameRepresentative,
    SignInRepresentative,
    name_representative,
    sign_in_representative,
)
from bidding.panels.commands.refreezing import RefreezePanel, refreeze_panel
from bidding.panels.commands.starting import (
    BEFORE_EVALUATION,
    BEFORE_OPENING,
    StartPanel,
    may_start,
    start_panel,
)
from bidding.panels.parties import possible_parties, seats_chosen, usual_choice
from bidding.panels.rules import PanelState, StratumPlan, refuse_representative
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.accounts.queries.organisations import members
from market.accounts.queries.people import name
from market.accounts.vault import vault_of
from market.command import HOUSE, Actor
from market.draws.commands.refreezing import REMEDY_LENGTH
from market.draws.course import course
from market.draws.sealing import sealer
from market.draws.showing import Event, public_events
from market.draws.words import STATE_WORDS as DRAW_WORDS
from market.draws.words import Spoken
from market.experts.commands.attendance import DECLARATION
from market.experts.commands.register import TakeSnapshot, take_snapshot
from market.kernel.errors import BadInput, NotFound
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs, signed_in
from market.web.fields import LinesField, Option, TextField, TickField
from market.web.forms import Form, submit
from market.web.language import gettext, language, lazy_gettext
from market.web.pages import Pages
from market.web.site import moment, site
from market.web.typed_fields import (
    IntegerField,
    MomentField,
    MoneyField,
    PickField,
    PicksField,
)
from market.web.words import words_of

STRATUM_PARTS: Final = 3
EMPTY: Final = "empty"

STATE_WORDS: Final = words_of(
    PanelState,
    {
        PanelState.DRAWING: ("抽取与通知中", "being drawn and called"),
        PanelState.COMPLETE: ("人员已齐", "complete"),
        PanelState.SEATED: ("已全部签到", "all signed in"),
        PanelState.ENDED: ("已结束", "ended"),
    },
)
PAGES: Final = Pages("panels", __name__, words=(STATE_WORDS, DRAW_WORDS))


class StartForm(Form):
    """The plan of a panel."""

    size = IntegerField(lazy_gettext("Seats"))
    strata = LinesField(
        lazy_gettext("Fields and seats"),
        hint=lazy_gettext(
            "One field a line: name; codes with commas; seats. So: Medical equipment; B02,B03; 3"
        ),
    )
    representatives = PicksField(lazy_gettext("Representatives of the purchaser"))
    parties = PicksField(
        lazy_gettext("Who takes part in the draw"),
        hint=lazy_gettext("Different organisations, a supervisor always; each gives a number."),
    )
    stand_ins = PicksField(
        lazy_gettext("Who stands in"),
        hint=lazy_gettext("Takes the seat of its own side when the other lets the time pass."),
    )
    evaluation_at = MomentField(lazy_gettext("Evaluation begins"))
    city_zh = TextField(lazy_gettext("City (Chinese)"))
    city_en = TextField(lazy_gettext("City (English)"))
    place_zh = TextField(lazy_gettext("Place (Chinese)"))
    place_en = TextField(lazy_gettext("Place (English)"))
    hours = IntegerField(lazy_gettext("Hours"))
    fee = MoneyField(lazy_gettext("Fee of each expert (yuan)"))


class AgainForm(Form):
    """What was mended before the pool is frozen again."""

    remedy = LinesField(
        lazy_gettext("What was mended"),
        longest=REMEDY_LENGTH,
        hint=lazy_gettext(
            "The supervisor reads it before signing. Name no expert and nothing secret."
        ),
    )


class NameForm(Form):
    """Who sits for the purchaser from now on."""

    person = PickField(lazy_gettext("New representative"))
    instead_of = PickField(
        lazy_gettext("In the place of"),
        hint=lazy_gettext("Only of somebody who has not signed in."),
    )


class SignInForm(Form):
    """The declaration of discipline."""

    declares = TickField(lazy_gettext("I declare this and keep to it."), must=True)


def read_strata(text: str) -> tuple[StratumPlan, ...]:
    """Strata as they are typed: "name; A01,A02; 3", one a line; `BadInput` "bad-strata"."""
    found = list[StratumPlan]()
    for line in filter(None, (one.strip() for one in text.splitlines())):
        parts = [part.strip() for part in line.replace("；", ";").split(";")]
        if len(parts) != STRATUM_PARTS or not parts[2].isdecimal():
            words = (
                "每行一个专业：名称；专业代码（逗号分隔）；席位数",
                "One field a line: name; codes with commas; seats",
            )
            raise BadInput("bad-strata", zh=words[0], en=words[1], fields={"strata": words})
        codes = tuple(filter(None, (c.strip() for c in parts[1].replace("，", ",").split(","))))
        found.append(StratumPlan(parts[0], codes, int(parts[2])))
    return tuple(found)


def _tender(no: str) -> TenderFacts:
    actor = current_actor()
    found = site().office.read(lambda session: tenders.facts(session, no))
    if not site().office.read(lambda session: may_start(session, actor, found)):
        raise NotFound
    return found


@PAGES.get("/desk/tenders/<no>/panel")
@signed_in
def show(no: str) -> ResponseReturnValue:
    """How far the panel is, in numbers; names for those who may see them now.

    Whoever has to draw one that is missing is led there.
    """
    actor, now = current_actor(), moment()
    if site().office.read(lambda session: _is_to_draw(session, no, actor)):
        return redirect(url_for("panels.start", no=no), 303)

    def read(session: Session) -> tuple[queries.PanelView, list[str], tuple[Event, ...]]:
        found = queries.panel(session, no, actor, now)
        vault = vault_of(site().settings)
        names = [name(session, vault, one.person) for one in found.members or ()]
        return found, names, public_events(session, found.draw_no)

    view, names, events = site().office.read(read)
    return render_template(
        "panels/panel.html",
        view=view,
        names=names,
        steps=course(view.course, events),
        said=Spoken(language()),
    )


@PAGES.route("/desk/tenders/<no>/panel/new", methods=["GET", "POST"])
@needs(Permission.DRAWS_DRAW_START)
def start(no: str) -> ResponseReturnValue:
    """Begin the draw of a tender's panel."""
    tender = _tender(no)
    options = site().office.read(lambda session: _representatives(session, tender.owner))
    possible = site().office.read(lambda session: possible_parties(session, tender))
    takes, stands = usual_choice(possible)
    sides = [Option(one.value, one.words(language())) for one in possible]
    form = StartForm(
        initial={"parties": tuple(takes), "stand_ins": tuple(stands)},
        options={"representatives": options, "parties": sides, "stand_ins": sides},
    )

    begun = site().office.read(lambda session: queries.has_panel(session, no))

    def again() -> str:
        is_late = tender.state not in BEFORE_OPENING
        shown = None if begun and not form.is_sent else form
        return render_template("panels/new.html", form=shown, tender=tender, is_late=is_late)

    def command() -> StartPanel:
        strata = read_strata(form.strata)
        return StartPanel(
            no=no,
            size=form.size,
            experts=sum(one.quota for one in strata),
            strata=strata,
            representatives=tuple(UUID(one) for one in form.representatives),
            evaluation_at=form.evaluation_at,
            city=(form.city_zh, form.city_en),
            place=(form.place_zh, form.place_en),
            hours=form.hours,
            fee=form.fee,
            parties=seats_chosen(possible, form.parties, form.stand_ins),
            sealer=sealer(site().settings.keys),
        )

    if not form.is_sent:
        return again()
    _renew_register()
    return submit(form, site().office, start_panel, command, again=again, to=_to_panel)


@PAGES.route("/desk/tenders/<no>/panel/again", methods=["GET", "POST"])
@needs(Permission.DRAWS_DRAW_START)
def again(no: str) -> ResponseReturnValue:
    """Freeze the pool again after an audit stopped the draw."""
    tender = _tender(no)
    actor, now = current_actor(), moment()
    view = site().office.read(lambda session: queries.panel(session, no, actor, now))
    form = AgainForm()

    def shown() -> str:
        return render_template(
            "panels/again.html", form=form, tender=tender, view=view, said=Spoken(language())
        )

    if not form.is_sent:
        return shown()
    _renew_register()
    return submit(
        form,
        site().office,
        refreeze_panel,
        lambda: RefreezePanel(no, form.remedy, sealer(site().settings.keys)),
        again=shown,
        to=_to_panel,
    )


@PAGES.route("/desk/tenders/<no>/panel/representative", methods=["GET", "POST"])
@needs(Permission.DRAWS_DRAW_START)
def rename(no: str) -> ResponseReturnValue:
    """Name a representative of the purchaser on an empty seat, or in the place of another."""
    tender = _tender(no)
    actor, now = current_actor(), moment()

    def read(session: Session) -> tuple[queries.PurchaserSeats | None, list[Option]]:
        seats = queries.panel(session, no, actor, now).seats
        return seats, _representatives(session, tender.owner)

    seats, people = site().office.read(read)
    if seats is None:
        raise refuse_representative("came")
    waiting = [one for one in people if one.value in {str(person) for person in seats.waiting}]
    empty = [Option(EMPTY, gettext("the empty seat"))] if seats.empty else []
    form = NameForm(options={"person": people, "instead_of": [*empty, *waiting]})

    def again() -> str:
        return render_template("panels/representative.html", form=form, tender=tender, seats=seats)

    def command() -> NameRepresentative:
        gone = None if form.instead_of == EMPTY else UUID(form.instead_of)
        return NameRepresentative(no, UUID(form.person), gone)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        name_representative,
        command,
        again=again,
        to=lambda _: url_for("panels.show", no=no),
    )


@PAGES.route("/desk/tenders/<no>/panel/sign-in", methods=["GET", "POST"])
@signed_in
def arrive(no: str) -> ResponseReturnValue:
    """Sign in as a representative of the purchaser, with the declaration of discipline."""
    person = current_actor().person
    own = site().office.read(
        lambda session: [] if person is None else queries.own_representations(session, person)
    )
    if no not in {one[0] for one in own}:
        raise NotFound
    form = SignInForm()
    text = DECLARATION[0] if language() == "zh" else DECLARATION[1]

    def again() -> str:
        return render_template("panels/sign_in.html", form=form, no=no, text=text)

    if not form.is_sent:
        return again()
    command = SignInRepresentative(no, declares=True)
    return submit(
        form,
        site().office,
        sign_in_representative,
        lambda: command,
        again=again,
        to=lambda _: url_for("panels.show", no=no),
    )


def _is_to_draw(session: Session, no: str, actor: Actor) -> bool:
    """Whether there is no panel yet and this reader may begin one now."""
    if queries.has_panel(session, no) or not actor.may(Permission.DRAWS_DRAW_START):
        return False
    tender = tenders.facts(session, no)
    return tender.state in BEFORE_EVALUATION and may_start(session, actor, tender)


def _representatives(session: Session, owner: UUID) -> list[Option]:
    """Everybody of the purchaser, by account, with the name."""
    vault = vault_of(site().settings)
    people = {(one.account, one.person) for one in members(session, owner)}
    return [
        Option(str(person), account, name(session, vault, person))
        for account, person in sorted(people)
    ]


def _renew_register() -> None:
    """Whoever changed since the morning stands in the register's root before a pool is frozen."""
    renewal = TakeSnapshot(sealer(site().settings.keys), renew=True)
    site().office.run(take_snapshot, renewal, HOUSE)


def _to_panel(outcome: Mapping[str, Any]) -> str:
    return url_for("panels.show", no=outcome["no"])
