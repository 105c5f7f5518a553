"""The operator's desk: what waits by time left, one entry, its outcome, objections answered."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from intermediaries.agencies.casework import Case, case, waiting
from intermediaries.agencies.commands.checking import (
    AnswerObjection,
    DecideQualification,
    NameEntry,
    RejectEntry,
    answer_objection,
    confirm_qualification,
    pass_entry,
    reject_entry,
    return_qualification,
)
from intermediaries.agencies.rules.grounds import CHECK_LIST, Ground, Reason, Section
from intermediaries.agencies.rules.states import ENTERED, AgencyState, ObjectionState
from market.accounts.signin.entrance import door
from market.accounts.vault import Purpose
from market.files.attachment import download
from market.files.store import FileStore
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.web.access import needs
from market.web.fields import LinesField, Option, maybe
from market.web.filters import word
from market.web.forms import Form, submit
from market.web.language import gettext, language, lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import moment, site
from market.web.typed_fields import PicksField

pages = Pages("entries_desk", "intermediaries.agencies.feature", url_prefix="/desk/entries")


class ReasonsForm(Form):
    """Grounds of the check list, and for each a line that says what is to be mended."""

    grounds = PicksField(lazy_gettext("Grounds"))
    words = maybe(
        LinesField(
            lazy_gettext("What is to be mended"),
            longest=4000,
            hint=lazy_gettext("One line for each ground, in the order of the list."),
        )
    )

    def check(self) -> None:
        """As many lines as grounds."""
        if len(self._lines()) != len(self.grounds):
            self.wrong("words", gettext("Write one line for each ground that is ticked."))

    def reasons(self) -> tuple[Reason, ...]:
        """The grounds with their words."""
        pairs = zip(self.grounds, self._lines(), strict=True)
        return tuple(Reason(ground, words) for ground, words in pairs)

    def _lines(self) -> list[str]:
        return [line.strip() for line in (self.words or "").splitlines() if line.strip()]


class RejectForm(ReasonsForm):
    """Every reason at once."""

    grounds = PicksField(
        lazy_gettext("Grounds"),
        least=1,
        hint=lazy_gettext("Every reason at once: later ones count only for what changes."),
    )
    words = LinesField(  # a reason is needed here
        lazy_gettext("What is to be mended"),
        longest=4000,
        hint=lazy_gettext("One line for each ground, in the order of the list."),
    )


class AnswerForm(ReasonsForm):
    """The answer to an objection; with grounds it is right and the entry goes back."""

    answer = LinesField(lazy_gettext("Answer"), longest=2000)
    grounds = PicksField(
        lazy_gettext("Grounds"),
        hint=lazy_gettext(
            "Tick what law requires and is not there; leave all open if it is not right."
        ),
    )


def grounds(*sections: Section) -> list[Option]:
    """The check list, or the parts of it about some sections, each line with its article."""
    said = language()
    return [
        Option(ground.value, word(ground), CHECK_LIST[ground].law.cite(said))
        for ground in Ground
        if not sections or CHECK_LIST[ground].section in sections
    ]


@pages.get("")
@needs(Permission.AGENCIES_ENTRY_CHECK)
def listed() -> str:
    """What waits, by the time left."""
    lines = site().office.read(waiting)
    return render_template("agencies/waiting.html", lines=lines, now=moment())


@pages.get("/<no>")
@needs(Permission.AGENCIES_ENTRY_CHECK)
def entry(no: str) -> str:
    """One entry with everything it holds."""
    return _show(_known(no))


@pages.post("/<no>/pass")
@needs(Permission.AGENCIES_ENTRY_CHECK)
def approve(no: str) -> ResponseReturnValue:
    """Pass an entry."""
    return press(pass_entry, NameEntry(no), lambda: url_for("entries_desk.entry", no=no))


@pages.post("/<no>/rejection")
@needs(Permission.AGENCIES_ENTRY_CHECK)
def reject(no: str) -> ResponseReturnValue:
    """Send an entry back with every reason."""
    form, known = RejectForm(options={"grounds": grounds()}), _known(no)
    return submit(
        form,
        site().office,
        reject_entry,
        lambda: RejectEntry(no, form.reasons()),
        again=lambda: _show(known, reject=form),
        to=lambda _: url_for("entries_desk.entry", no=no),
    )


@pages.post("/<no>/qualifications/<uuid:key>/confirm")
@needs(Permission.AGENCIES_ENTRY_CHECK)
def confirm(no: str, key: UUID) -> ResponseReturnValue:
    """Confirm one certificate of an agency that is in."""
    return press(
        confirm_qualification,
        DecideQualification(no, key),
        lambda: url_for("entries_desk.entry", no=no),
    )


@pages.route("/<no>/qualifications/<uuid:key>/return", methods=["GET", "POST"])
@needs(Permission.AGENCIES_ENTRY_CHECK)
def give_back(no: str, key: UUID) -> ResponseReturnValue:
    """Send one certificate back, on grounds about certificates."""
    known = _known(no)
    form = RejectForm(options={"grounds": grounds(Section.QUALIFICATIONS)})

    def again() -> str:
        return render_template("agencies/give_back.html", form=form, case=known)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        return_qualification,
        lambda: DecideQualification(no, key, form.reasons()),
        again=again,
        to=lambda _: url_for("entries_desk.entry", no=no),
    )


@pages.get("/<no>/qualifications/<uuid:key>/file")
@needs(Permission.AGENCIES_ENTRY_CHECK)
def file(no: str, key: UUID) -> ResponseReturnValue:
    """The file of a certificate."""
    found = next((one for one in _known(no).qualifications if one.id == key), None)
    if found is None:
        raise NotFound("no-document", zh="没有此文件", en="There is no such file")
    return download(FileStore(site().settings.files), found.document)


@pages.route("/<no>/objections/<uuid:key>", methods=["GET", "POST"])
@needs(Permission.AGENCIES_ENTRY_CHECK)
def objection(no: str, key: UUID) -> ResponseReturnValue:
    """Answer an objection."""
    known = _known(no)
    found = next((one for one in known.objections if one.id == key), None)
    if found is None:
        raise NotFound("no-objection", zh="没有此异议", en="There is no such objection")
    form = AnswerForm(options={"grounds": grounds()})

    def again() -> str:
        return render_template("agencies/answer.html", form=form, case=known, objection=found)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        answer_objection,
        lambda: AnswerObjection(no, key, form.answer, form.reasons()),
        again=again,
        to=lambda _: url_for("entries_desk.entry", no=no),
    )


def _known(no: str) -> Case:
    """An entry that was handed in at some time; a draft is its agency's business."""
    now = moment()
    found = site().office.read(lambda session: case(session, no, now))
    if not found.checks:
        raise NotFound("no-agency", zh="没有此中介机构", en="There is no such agency")
    return found


def _show(known: Case, reject: RejectForm | None = None) -> str:
    vault = door().vault
    names = {one.id: vault.open(Purpose.NAME, one.id, one.name) for one in known.practitioners}
    return render_template(
        "agencies/entry.html",
        case=known,
        form=reject or RejectForm(options={"grounds": grounds()}),
        check_list=CHECK_LIST,
        names=names,
        now=moment(),
        is_checked=known.state is AgencyState.CHECKING,
        is_in=known.state in ENTERED,
        waits=[one for one in known.objections if one.state is ObjectionState.OPEN],
    )
