"""Pages of the centre management office and the regulator: suspensions, removals, bad records."""

from collections.abc import Callable
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from intermediaries.agencies.casework import bad_records, sanctioned
from intermediaries.agencies.commands.sanctions import (
    DecideAgency,
    NameRecord,
    RecordBad,
    SuspendAgency,
    lift_bad,
    record_bad,
    remove_agency,
    restore_agency,
    suspend_agency,
)
from intermediaries.agencies.queries import PublicAgency, public_agency
from intermediaries.agencies.rules.states import AgencyState
from market.command import Work
from market.kernel.ids import uscc
from market.kernel.permissions import Permission
from market.web.access import needs
from market.web.fields import LinesField, ReadField, TextField, maybe
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import moment, site
from market.web.typed_fields import DateField

pages = Pages("sanctions", "intermediaries.agencies.feature", url_prefix="/desk/sanctions")


class Decision(Form):
    """A decision about an agency."""

    reason = LinesField(
        lazy_gettext("Decision, facts and grounds"),
        longest=1000,
        hint=lazy_gettext("With the number of the decision. Everybody reads this."),
    )


class Suspension(Decision):
    """A suspension, through a day or until restored."""

    until = maybe(DateField(lazy_gettext("Through"), hint=lazy_gettext("Open: until restored.")))


class BadRecordForm(Form):
    """A legal decision that keeps an organisation out."""

    uscc = ReadField(lazy_gettext("Credit code"), uscc)
    organisation = TextField(lazy_gettext("Name of the organisation"))
    decision = TextField(
        lazy_gettext("Number of the legal decision"),
        hint=lazy_gettext("Without a decision in force nobody stands on this list."),
    )
    from_day = DateField(lazy_gettext("First day"))
    until_day = DateField(lazy_gettext("Last day"))


@pages.get("")
@needs(Permission.AGENCIES_AGENCY_SUSPEND)
def listed() -> str:
    """The agencies that one may decide about, and the bad-record list."""
    return _list(BadRecordForm())


@pages.post("/bad-records")
@needs(Permission.AGENCIES_AGENCY_SUSPEND)
def record() -> ResponseReturnValue:
    """Enter a decision into the bad-record list."""
    form = BadRecordForm(page=url_for("sanctions.listed"))
    return submit(
        form,
        site().office,
        record_bad,
        lambda: RecordBad(
            form.uscc, form.organisation, form.decision, form.from_day, form.until_day
        ),
        again=lambda: _list(form),
        to=lambda _: url_for("sanctions.listed"),
    )


@pages.post("/bad-records/<uuid:key>/lift")
@needs(Permission.AGENCIES_AGENCY_SUSPEND)
def lift(key: UUID) -> ResponseReturnValue:
    """Take a decision off the list."""
    return press(lift_bad, NameRecord(key), lambda: url_for("sanctions.listed"))


@pages.route("/<no>/suspension", methods=["GET", "POST"])
@needs(Permission.AGENCIES_AGENCY_SUSPEND)
def suspension(no: str) -> ResponseReturnValue:
    """Suspend an agency."""
    form, facts = Suspension(), _known(no)
    if not form.is_sent:
        return _page(form, facts, "suspension")
    return submit(
        form,
        site().office,
        suspend_agency,
        lambda: SuspendAgency(no, form.reason, form.until),
        again=lambda: _page(form, facts, "suspension"),
        to=lambda _: url_for("sanctions.listed"),
    )


@pages.route("/<no>/restoration", methods=["GET", "POST"])
@needs(Permission.AGENCIES_AGENCY_SUSPEND)
def restoration(no: str) -> ResponseReturnValue:
    """End a suspension before its last day."""
    return _decide(no, "restoration", restore_agency)


@pages.route("/<no>/removal", methods=["GET", "POST"])
@needs(Permission.AGENCIES_AGENCY_SUSPEND)
def removal(no: str) -> ResponseReturnValue:
    """Remove an agency."""
    return _decide(no, "removal", remove_agency)


def _decide(
    no: str, act: str, handler: Callable[[Work, DecideAgency], None]
) -> ResponseReturnValue:
    form, facts = Decision(), _known(no)
    if not form.is_sent:
        return _page(form, facts, act)
    return submit(
        form,
        site().office,
        handler,
        lambda: DecideAgency(no, form.reason),
        again=lambda: _page(form, facts, act),
        to=lambda _: url_for("sanctions.listed"),
    )


def _known(no: str) -> PublicAgency:
    now = moment()
    return site().office.read(lambda session: public_agency(session, no, now))


def _page(form: Form, facts: PublicAgency, act: str) -> str:
    return render_template("agencies/sanction.html", form=form, facts=facts, act=act)


def _list(form: BadRecordForm) -> str:
    return render_template(
        "agencies/sanctions.html",
        form=form,
        lines=site().office.read(sanctioned),
        records=site().office.read(bad_records),
        active=AgencyState.ACTIVE,
        suspended=AgencyState.SUSPENDED,
    )
