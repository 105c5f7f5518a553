"""Pages of the demonstration: its clock. Only a demonstration puts them on its host."""

from datetime import datetime
from typing import Final

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from market.demo.clock import DemoClock
from market.feature import Feature
from market.jobs.heartbeat import drain, heart_of
from market.kernel.errors import BadInput
from market.kernel.workdays import SHANGHAI
from market.protocol.encoding import canonical
from market.web.access import public
from market.web.pages import Pages
from market.web.site import site

pages = Pages("demo", __name__, url_prefix="/demo")


def clock() -> DemoClock:
    """The demonstration's clock, which its office runs by."""
    found = site().office.clock
    if not isinstance(found, DemoClock):
        raise TypeError("these pages stand in a demonstration only")
    return found


@pages.get("/clock.json")
@public
def clock_json() -> Response:
    """How far the demonstration's time is from the machine's: other organisations follow it."""
    shift = clock().shift()
    microseconds = (shift.days * 86_400 + shift.seconds) * 1_000_000 + shift.microseconds
    return Response(
        canonical({"shift_microseconds": microseconds}), content_type="application/json"
    )


@pages.post("/clock")
@public
def move_clock() -> AnyResponse:
    """Move forward to a moment typed as Beijing time, then beat until nothing is due."""
    typed = request.form.get("to", "")
    try:
        wanted = datetime.fromisoformat(typed).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise BadInput(
            "bad-moment",
            zh="时间写作 2026-03-24 09:30",
            en="Write the moment as 2026-03-24 09:30",
        ) from None
    clock().advance_to(wanted)
    known = site()
    drain(heart_of(known.office, known.settings, known.features))
    return redirect(request.referrer or url_for("front.home"))


FEATURE: Final = Feature("demo", pages=(pages,))
