"""The owner's page of dates: whoever changes one sees at once which others move, and why.

The page answers the same to a plain form, to a link that offers a date and to a script that asks
for it with other dates in the address: the reckoning is the server's alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from bidding.rulebook.plan import FIELDS
from bidding.rulebook.timetable import Timetable
from bidding.tenders import forms, stages
from bidding.tenders.dates import preview
from bidding.tenders.facts import DraftFacts
from bidding.tenders.pieces import Piece
from bidding.tenders.preparing import SetTimetable, set_timetable
from bidding.tenders.reckoning import MovedRow, nearest, side_by_side
from bidding.tenders.view import MAIN
from bidding.tenders.wizard import PREPARE, prepared, unpublished
from market.kernel.errors import MarketError
from market.web.access import needs
from market.web.filters import day, short_moment
from market.web.forms import submit
from market.web.language import language
from market.web.pages import Pages
from market.web.site import moment, site

pages = Pages("tender_planning", __name__)


@dataclass(frozen=True, slots=True)
class Offer:
    """A date that may stand, beside the field whose date may not."""

    shown: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What would stand with the typed dates."""

    dates: Timetable
    rows: list[MovedRow]
    offers: Mapping[str, Offer]

    @property
    def moved(self) -> list[MovedRow]:
        """The dates that differ from the saved ones."""
        return [row for row in self.rows if row.moves]

    @property
    def main(self) -> list[MovedRow]:
        """The dates a reader looks for first."""
        return [row for row in self.rows if row.event in MAIN]

    @property
    def others(self) -> list[MovedRow]:
        """All further ones."""
        return [row for row in self.rows if row.event not in MAIN]


@pages.route("/desk/tenders/<no>/timetable", methods=["GET", "POST"])
@needs(PREPARE)
def timetable(no: str) -> ResponseReturnValue:
    """The dates; one that is too early is refused with its rule and article."""
    draft = unpublished(no)
    names = forms.TimetableForm.live
    initial = {name: at for name in names if (at := getattr(draft.plan, name)) is not None}
    form = forms.TimetableForm(initial=initial)
    back, further = stages.neighbours(Piece.TIMETABLE, no)

    def again() -> str:
        return render_template(
            "tenders/timetable.html",
            form=form,
            draft=draft,
            reckoned=_reckoned(form, draft),
            stages=stages.stages(prepared(draft), Piece.TIMETABLE),
            back=back,
        )

    if not form.is_sent or form.only_reckons:
        return again()
    return submit(
        form,
        site().office,
        set_timetable,
        lambda: _command(form, no),
        again=again,
        to=lambda _: further,
    )


def _command(form: forms.TimetableForm, no: str) -> SetTimetable:
    return SetTimetable(
        no=no,
        intention_on=form.intention_on,
        notice_until=form.notice_until,
        documents_from=form.documents_from,
        documents_until=form.documents_until,
        questions_until=form.questions_until,
        bid_deadline=form.bid_deadline,
        evaluation_at=form.evaluation_at,
    )


def _reckoned(form: forms.TimetableForm, draft: DraftFacts) -> Reckoned:
    """The dates as typed beside the dates as saved, both as if they were published now."""
    now, chosen = moment(), form.chosen()
    calendar = site().office.read(site().office.calendar)
    standing = replace(draft.plan, published_at=now)
    # What cannot be read is left open, so that the rest is reckoned all the same.
    planned: dict[str, Any] = {name: chosen.get(name) for name in form.live}
    status = form.status
    try:
        wanted = preview(replace(standing, **planned), calendar)
    except MarketError as refusal:  # a date beyond all calendars
        if not form.summary:
            form.refuse(refusal)
        planned, wanted = {}, preview(standing, calendar)
    for problem in wanted.problems:
        name = FIELDS.get(problem.event)
        if name is not None:
            words = problem.zh if language() == "zh" else problem.en[:1].upper() + problem.en[1:]
            form.wrong(name, words)
    form.status = status  # what the house said of it stays; looking ahead is no refusal
    filled = [name for name, value in chosen.items() if value is not None]
    rows = side_by_side(preview(standing, calendar), wanted, now, filled)
    found = nearest(wanted, planned, calendar)
    offers = {name: _offer(form, draft.no, name, at) for name, at in found.items()}
    return Reckoned(wanted, rows, offers)


def _offer(form: forms.TimetableForm, no: str, name: str, at: date | datetime) -> Offer:
    value = form.fields[name].show(at)[0]
    asked = form.typed() | {name: value}
    shown = short_moment(at) if isinstance(at, datetime) else day(at)
    return Offer(shown, value, f"{url_for('tender_planning.timetable', no=no)}?{urlencode(asked)}")
