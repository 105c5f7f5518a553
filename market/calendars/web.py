"""The working calendar: what everybody may read, and the page where two persons change it."""

from typing import Final
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from market.calendars.commands import (
    NameYear,
    ProposeYear,
    approve_year,
    drop_year,
    propose_year,
)
from market.calendars.queries import years_in_force, years_waiting
from market.calendars.rules import FIRST_YEAR, LAST_YEAR, YearState, read_holidays
from market.kernel.permissions import Permission
from market.web import access
from market.web.access import current_actor
from market.web.fields import LinesField, TextField
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import site
from market.web.typed_fields import IntegerField
from market.web.words import words_of

STATE_WORDS: Final = words_of(
    YearState,
    {
        YearState.PROPOSED: ("待第二人核准", "waits for a second person"),
        YearState.IN_FORCE: ("有效", "in force"),
        YearState.DROPPED: ("已撤下", "dropped"),
        YearState.REPLACED: ("已被替代", "replaced"),
    },
)
pages = Pages("calendars", __name__, words=(STATE_WORDS,))


class NewYear(Form):
    """The holidays of one year."""

    year = IntegerField(lazy_gettext("Year"), least=FIRST_YEAR, most=LAST_YEAR)
    document = TextField(
        lazy_gettext("Number of the notice"),
        longest=80,
        hint=lazy_gettext("As it is cited: office, year and number."),
    )
    paper = TextField(
        lazy_gettext("Address of the notice"),
        longest=400,
        hint=lazy_gettext("Where the State Council publishes it, beginning with https://."),
    )
    holidays = LinesField(
        lazy_gettext("Holidays"),
        hint=lazy_gettext(
            "A line for each: name; English name; first day off; last day off; make-up days parted"
            " by commas. For example: Yuandan; New Year's Day; 2026-01-01; 2026-01-03; 2026-01-04"
        ),
    )


@pages.get("/calendar")
@access.public
def shown() -> str:
    """Which days are worked, year by year, and where that is written."""
    return render_template("calendars/shown.html", years=site().office.read(years_in_force))


@pages.route("/administration/calendar", methods=["GET", "POST"])
@access.needs(Permission.CALENDAR_YEAR_EDIT)
def edited() -> ResponseReturnValue:
    """The years there are, those that wait, and the form that puts one forward."""
    form = NewYear()
    if not form.is_sent:
        return _edited(form)
    return submit(
        form,
        site().office,
        propose_year,
        lambda: ProposeYear(form.year, form.document, form.paper, read_holidays(form.holidays)),
        again=lambda: _edited(form),
        to=lambda _: url_for("calendars.edited"),
    )


def _edited(form: NewYear) -> str:
    waiting, years = site().office.read(lambda s: (years_waiting(s), years_in_force(s)))
    return render_template(
        "calendars/edited.html", form=form, waiting=waiting, years=years, me=current_actor().person
    )


@pages.post("/administration/calendar/<uuid:key>/approve")
@access.needs(Permission.CALENDAR_YEAR_EDIT)
def approve(key: UUID) -> ResponseReturnValue:
    """Put a schedule in force."""
    return press(approve_year, NameYear(key), lambda: url_for("calendars.edited"))


@pages.post("/administration/calendar/<uuid:key>/drop")
@access.needs(Permission.CALENDAR_YEAR_EDIT)
def drop(key: UUID) -> ResponseReturnValue:
    """Take back a schedule that waits."""
    return press(drop_year, NameYear(key), lambda: url_for("calendars.edited"))
