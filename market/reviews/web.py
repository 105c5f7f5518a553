"""An expert's own pages of a review: what is asked, yes, and the way out with its reason."""

from typing import Final
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from market.kernel.permissions import Permission
from market.reviews import queries
from market.reviews.commands.answering import (
    WORDS_LIMIT,
    LeaveSeat,
    NameSeat,
    accept_seat,
    leave_seat,
)
from market.reviews.queries import ReviewFacts, SeatFacts
from market.reviews.rules import OWN_REASONS, Leaving, no_seat
from market.reviews.words import LEAVING_WORDS, STATE_WORDS
from market.web.access import current_actor, needs
from market.web.fields import LinesField, Option
from market.web.forms import Form, submit
from market.web.language import language, lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import site
from market.web.typed_fields import PickField

OWN: Final = Permission.EXPERTS_INVITATION_ANSWER
PAGES: Final = Pages(
    "reviews",
    "market.reviews.feature",
    url_prefix="/desk/reviews",
    words=(STATE_WORDS, LEAVING_WORDS),
)


class LeaveForm(Form):
    """Why somebody gives a seat back."""

    reason = PickField(lazy_gettext("Reason"))
    words = LinesField(
        lazy_gettext("In words"),
        longest=WORDS_LIMIT,
        hint=lazy_gettext("Kept with the review; pages show the reason above alone."),
    )


def _mine(seat: UUID) -> tuple[ReviewFacts, SeatFacts]:
    person = current_actor().person
    review, found = site().office.read(lambda session: queries.seat(session, seat))
    if person is None or found.person != person:
        raise no_seat()
    return review, found


@PAGES.get("/<uuid:seat>")
@needs(OWN)
def called(seat: UUID) -> str:
    """One's own seat: the case, the time for an answer, and what to do next."""
    review, found = _mine(seat)
    return render_template("reviews/seat.html", review=review, seat=found)


@PAGES.post("/<uuid:seat>/acceptance")
@needs(OWN)
def accept(seat: UUID) -> ResponseReturnValue:
    """Say yes."""
    return press(accept_seat, NameSeat(seat), lambda: url_for("reviews.called", seat=seat))


@PAGES.route("/<uuid:seat>/leaving", methods=["GET", "POST"])
@needs(OWN)
def leave(seat: UUID) -> ResponseReturnValue:
    """Give the seat back with a reason."""
    review, found = _mine(seat)
    names = LEAVING_WORDS.names
    form = LeaveForm(
        options={
            "reason": [
                Option(one.value, names[one.value][language() != "zh"]) for one in OWN_REASONS
            ]
        }
    )

    def again() -> str:
        return render_template("reviews/leaving.html", form=form, review=review, seat=found)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        leave_seat,
        lambda: LeaveSeat(seat, Leaving(form.reason), form.words),
        again=again,
        to=lambda _: url_for("reviews.called", seat=seat),
    )
