"""The agency's desk: the steps of its entry, its certificates, services, people, declaration."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from intermediaries.agencies.casework import Case, QualificationFacts, own_case
from intermediaries.agencies.commands import applying, files
from intermediaries.agencies.commands.files import (
    AddPractitioner,
    AddQualification,
    Certified,
    CorrectQualification,
    DeclareInterests,
    NamePart,
    OfferService,
)
from intermediaries.agencies.rules.states import ENTERED, FILES_OPEN, AgencyState
from intermediaries.catalogue.queries import Search, items
from intermediaries.catalogue.rules import Level, Qualification
from market.accounts.signin.entrance import door
from market.accounts.vault import Purpose
from market.command import Work
from market.files.attachment import download
from market.files.commands import KeepDocument
from market.files.store import FileStore
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.web.access import current_actor, needs
from market.web.fields import FileField, LinesField, Option, TextField, TickField, maybe
from market.web.forms import Form, submit
from market.web.language import gettext, language, lazy_gettext
from market.web.pages import Pages
from market.web.patterns import Step, StepState
from market.web.press import press
from market.web.sent_file import SentFile
from market.web.site import moment, site
from market.web.typed_fields import ChoiceField, DateField, IntegerField, MoneyField, PickField

ENDINGS: Final = (".pdf", ".png", ".jpg", ".jpeg")
MOST_ITEMS: Final = 500
_COURSE: Final[dict[str, Callable[[Work, applying.OwnAgency], Any]]] = {
    "apply": applying.apply_for_entry,
    "check": applying.check_again,
    "hand-in": applying.hand_in,
    "leave": applying.leave,
}
_PARTS: Final[dict[str, Callable[[Work, NamePart], None]]] = {
    "end-qualification": files.end_qualification,
    "hand-in-qualification": files.hand_in_qualification,
    "end-service": files.end_service,
    "end-practitioner": files.end_practitioner,
}

pages = Pages("agency_desk", "intermediaries.agencies.feature", url_prefix="/desk/agency")


class QualificationForm(Form):
    """A certificate."""

    kind = ChoiceField(lazy_gettext("Kind of certificate"), Qualification)
    level = ChoiceField(lazy_gettext("Level"), Level)
    number = TextField(lazy_gettext("Number of the certificate"), longest=100)
    issuer = TextField(lazy_gettext("Issued by"))
    expires_on = DateField(lazy_gettext("Last valid day"))
    paper = FileField(lazy_gettext("The certificate"), endings=ENDINGS)


class CorrectedQualification(QualificationForm):
    """A certificate corrected; without a file the one that is there stays."""

    paper = maybe(FileField(lazy_gettext("Another file of the certificate"), endings=ENDINGS))  # type: ignore[assignment]  # may stay empty here


class ServiceForm(Form):
    """A service with its price and its promise."""

    item = PickField(lazy_gettext("Service item"))
    price = MoneyField(
        lazy_gettext("Published price"), hint=lazy_gettext("Published in your price table.")
    )
    promise_days = IntegerField(
        lazy_gettext("Promised time"),
        least=1,
        most=365,
        hint=lazy_gettext("Working days, at most the standard time of the item."),
    )
    conditions = maybe(LinesField(lazy_gettext("Conditions of the service"), longest=1000))


class PractitionerForm(Form):
    """Somebody whose practice a law asks for."""

    profession = TextField(lazy_gettext("Profession as the certificate says"), longest=100)
    full_name = TextField(lazy_gettext("Name"), longest=100)
    number = TextField(
        lazy_gettext("Number of the practising certificate"),
        longest=100,
        hint=lazy_gettext("Name and number are sealed; the public sees how many there are."),
    )


class DeclarationForm(Form):
    """What ties the agency to others."""

    departments = maybe(
        LinesField(
            lazy_gettext("Administrative organs it belongs or is tied to"),
            longest=1000,
            hint=lazy_gettext("Credit codes, one a line. Their approvals are closed to it."),
        )
    )
    interests = LinesField(
        lazy_gettext("Interests in owners, projects or other agencies"),
        longest=2000,
        hint=lazy_gettext("Write “none” if there are none. Only the operator reads this."),
    )
    true = TickField(lazy_gettext("This is complete and true"), must=True)


@pages.get("")
@needs(Permission.AGENCIES_ENTRY_APPLY)
def own() -> str:
    """Where the entry stands, what waits, everything that was entered."""
    case = _case()
    return render_template(
        "agencies/own.html",
        case=case,
        steps=_steps(case),
        may_edit=case is not None and case.state in FILES_OPEN,
        is_in=case is not None and case.state in ENTERED,
        people=_opened(case),
    )


@pages.post("/<any(apply, check, 'hand-in', leave):act>")
@needs(Permission.AGENCIES_ENTRY_APPLY)
def move(act: str) -> ResponseReturnValue:
    """A step of the entry."""
    return press(_COURSE[act], applying.OwnAgency(), lambda: url_for("agency_desk.own"))


@pages.post(
    "/parts/<uuid:key>/<any('end-qualification', 'hand-in-qualification', 'end-service',"
    " 'end-practitioner'):act>"
)
@needs(Permission.AGENCIES_ENTRY_APPLY)
def part(key: UUID, act: str) -> ResponseReturnValue:
    """Take something off, or hand in one certificate."""
    return press(_PARTS[act], NamePart(key), lambda: url_for("agency_desk.own"))


@pages.route("/qualifications/new", methods=["GET", "POST"])
@needs(Permission.AGENCIES_ENTRY_APPLY)
def new_qualification() -> ResponseReturnValue:
    """Add a certificate."""
    form, case = QualificationForm(), _there()
    if not form.is_sent:
        return _page(form, "qualification")
    return submit(
        form,
        site().office,
        files.add_qualification,
        lambda: AddQualification(_says(form), _kept(form.paper, case)),
        again=lambda: _page(form, "qualification"),
        to=lambda _: url_for("agency_desk.own", _anchor="qualifications"),
    )


@pages.route("/qualifications/<uuid:key>", methods=["GET", "POST"])
@needs(Permission.AGENCIES_ENTRY_APPLY)
def qualification(key: UUID) -> ResponseReturnValue:
    """Correct a certificate that is a draft, or came back."""
    case = _there()
    facts = _certificate(case, key)
    form = CorrectedQualification(
        initial={
            "kind": facts.kind,
            "level": facts.level,
            "number": facts.number,
            "issuer": facts.issuer,
            "expires_on": facts.expires_on,
        }
    )
    if not form.is_sent:
        return _page(form, "correction", facts)
    return submit(
        form,
        site().office,
        files.correct_qualification,
        lambda: CorrectQualification(
            key, _says(form), None if form.paper is None else _kept(form.paper, case)
        ),
        again=lambda: _page(form, "correction", facts),
        to=lambda _: url_for("agency_desk.own", _anchor="qualifications"),
    )


@pages.get("/qualifications/<uuid:key>/file")
@needs(Permission.AGENCIES_ENTRY_APPLY)
def file(key: UUID) -> ResponseReturnValue:
    """The file of one's own certificate."""
    facts = _certificate(_there(), key)
    return download(FileStore(site().settings.files), facts.document)


@pages.route("/services/new", methods=["GET", "POST"])
@needs(Permission.AGENCIES_ENTRY_APPLY)
def new_service() -> ResponseReturnValue:
    """Offer a service, or change its price and promise."""
    _there()
    form = ServiceForm(options={"item": _items()})
    if not form.is_sent:
        return _page(form, "service")
    return submit(
        form,
        site().office,
        files.offer_service,
        lambda: OfferService(form.item, form.price, form.promise_days, form.conditions),
        again=lambda: _page(form, "service"),
        to=lambda _: url_for("agency_desk.own", _anchor="services"),
    )


@pages.route("/practitioners/new", methods=["GET", "POST"])
@needs(Permission.AGENCIES_ENTRY_APPLY)
def new_practitioner() -> ResponseReturnValue:
    """Enter a practitioner."""
    _there()
    form = PractitionerForm()
    if not form.is_sent:
        return _page(form, "practitioner")
    return submit(
        form,
        site().office,
        files.add_practitioner,
        lambda: _sealed(form),
        again=lambda: _page(form, "practitioner"),
        to=lambda _: url_for("agency_desk.own", _anchor="practitioners"),
    )


@pages.route("/declaration", methods=["GET", "POST"])
@needs(Permission.AGENCIES_ENTRY_APPLY)
def declaration() -> ResponseReturnValue:
    """Declare interests."""
    known = _there().declaration
    initial: dict[str, object] = {}
    if known is not None:
        initial = {
            "departments": "\n".join(known.departments) or None,
            "interests": known.interests,
        }
    form = DeclarationForm(initial=initial)
    if not form.is_sent:
        return _page(form, "declaration")
    return submit(
        form,
        site().office,
        files.declare_interests,
        lambda: DeclareInterests(tuple((form.departments or "").split()), form.interests),
        again=lambda: _page(form, "declaration"),
        to=lambda _: url_for("agency_desk.own", _anchor="declaration"),
    )


def _case() -> Case | None:
    organisation, now = current_actor().organisation, moment()
    if organisation is None:
        return None
    return site().office.read(lambda session: own_case(session, organisation, now))


def _there() -> Case:
    """One's own entry, once it was begun; `NotFound`."""
    case = _case()
    if case is None:
        raise NotFound("no-agency", zh="尚未申请入驻", en="No entry was applied for yet")
    return case


def _certificate(case: Case, key: UUID) -> QualificationFacts:
    found = next((one for one in case.qualifications if one.id == key), None)
    if found is None:
        raise NotFound("no-qualification", zh="没有此资质", en="There is no such qualification")
    return found


def _says(form: QualificationForm) -> Certified:
    return Certified(form.kind, form.level, form.number, form.issuer, form.expires_on)


def _kept(sent: SentFile, case: Case) -> KeepDocument:
    stored = FileStore(site().settings.files).put(sent.source)
    return KeepDocument(stored, sent.name, case.organisation.id)


def _sealed(form: PractitionerForm) -> AddPractitioner:
    vault, key = door().vault, uuid4()
    return AddPractitioner(
        key,
        form.profession,
        vault.seal(Purpose.NAME, key, form.full_name),
        vault.seal(Purpose.CITIZEN_ID, key, form.number),
    )


def _opened(case: Case | None) -> dict[UUID, tuple[str, str]]:
    """Names and numbers of practitioners, for those who may read them."""
    vault = door().vault
    return {
        one.id: (
            vault.open(Purpose.NAME, one.id, one.name),
            vault.open(Purpose.CITIZEN_ID, one.id, one.number),
        )
        for one in (case.practitioners if case else ())
    }


def _items() -> Sequence[Option]:
    today = legal_day(moment())
    found = site().office.read(lambda session: items(session, Search(), today, MOST_ITEMS))
    return [Option(one.code, f"{one.code} {one.name(language())}") for one in found]


def _page(form: Form, kind: str, facts: QualificationFacts | None = None) -> str:
    return render_template("agencies/part.html", form=form, kind=kind, facts=facts)


_ORDER: Final = (
    (AgencyState.APPLIED, lazy_gettext("Automatic check")),
    (AgencyState.FILES, lazy_gettext("Files")),
    (AgencyState.CHECKING, lazy_gettext("Operator's check")),
    (AgencyState.PUBLICITY, lazy_gettext("Publicity")),
    (AgencyState.ACTIVE, lazy_gettext("Active")),
)
_AT: Final = {AgencyState.REJECTED: AgencyState.FILES, AgencyState.SUSPENDED: AgencyState.ACTIVE}


def _steps(case: Case | None) -> list[Step]:
    """The way in, with where it stands; none for an agency that left or was removed."""
    if case is None or case.state in (AgencyState.LEFT, AgencyState.REMOVED):
        return []
    states = [state for state, _ in _ORDER]
    place = states.index(_AT.get(case.state, case.state))
    notes = {
        AgencyState.CHECKING: gettext("at most 3 working days"),
        AgencyState.PUBLICITY: gettext("3 working days"),
    }
    found = []
    for number, (state, label) in enumerate(_ORDER):
        stands = StepState.NEXT if number > place else StepState.NOW
        stands = StepState.DONE if number < place else stands
        found.append(Step(str(label), notes.get(state, ""), stands))
    return found
