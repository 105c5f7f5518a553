"""The same answer to the same form, also once the page does not show that form any more.

A form that was carried out and whose answer was lost is sent again. By then the page may have moved
on: the vote is given, the draft published, the role resigned. Where nothing takes the form, whoever
sent it is led to where its outcome was shown the first time; nothing is done again.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeVar

from flask import Response, g, make_response, redirect, request
from werkzeug.exceptions import HTTPException

from market.command import Handler, Work
from market.kernel.errors import MarketError
from market.web.access import current_actor
from market.web.csrf import ONCE, PROOF, is_proven
from market.web.site import site

C = TypeVar("C")

PLACE: Final = "_place"
"""The member of a stored outcome that says where it was shown."""
SERVER_ERRORS: Final = 500
REDIRECTS: Final = range(300, 400)


def taken() -> None:
    """A form of this request was taken by its page."""
    g.form_is_taken = True


def with_place(
    handler: Handler[C, Mapping[str, Any] | None], to: Callable[[Mapping[str, Any]], str]
) -> Handler[C, Mapping[str, Any]]:
    """The same handler, whose outcome remembers where it is shown."""

    @wraps(handler)
    def carried(work: Work, command: C) -> Mapping[str, Any]:
        outcome = dict(handler(work, command) or {})
        return {**outcome, PLACE: to(outcome)}

    return carried


def place_of(outcome: Mapping[str, Any]) -> str | None:
    """Where an outcome was shown; None for one that was stored without its place."""
    place = outcome.get(PLACE)
    return place if isinstance(place, str) else None


def answer_again(answer: Response) -> Response:
    """Lead to the outcome of a form that was carried out before and that nothing took now."""
    if request.method != "POST" or g.get("form_is_taken", False):
        return answer
    if answer.status_code in REDIRECTS or answer.status_code >= SERVER_ERRORS:
        return answer
    try:
        once = request.form.get(ONCE, "")
        if not once or not is_proven(once, request.form.get(PROOF, "")):
            return answer
        known = site().office.answered(current_actor(), once)
    except (MarketError, HTTPException):
        return answer
    place = None if known is None else place_of(known)
    return answer if place is None else make_response(redirect(place, 303))
