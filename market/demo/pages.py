"""Pages of the demonstration: its clock and its people. Only a demonstration has them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, cast

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from market.accounts.signin.door import Typed
from market.accounts.signin.entrance import door, let_in
from market.accounts.signin.second_factor import code_at, step_of
from market.demo.clock import DemoClock
from market.demo.media import files_of, organisation_of
from market.demo.people.everybody import everybody
from market.demo.roles import FEW, GROUPS, MOST, players
from market.demo.samples import Sample, refused_sample, samples
from market.demo.seed.house import PASSWORD, account_of, secret_of
from market.demo.staged import Staged, staged
from market.demo.tour import tour
from market.demo.words import DUTIES, PARTS
from market.jobs.heartbeat import drain, heart_of
from market.journal.queries import head
from market.kernel.errors import MarketError, NotFound, NotSignedIn, Refusal
from market.protocol.encoding import canonical, parse, stamp
from market.protocol.encoding import moment as read_moment
from market.web.access import public
from market.web.api import received
from market.web.forms import Form
from market.web.language import lazy_gettext
from market.web.pages import HomeItem, HomeSlot, NavItem, Pages
from market.web.site import moment, site, site_of
from market.web.typed_fields import MomentField

NEXT: Final = 12  # deadlines shown beside the clock
AFTER: Final = timedelta(seconds=61)
"""How long after a deadline the clock is put: the grace of sixty seconds is over then."""

pages = Pages(
    "demo",
    __name__,
    url_prefix="/demo",
    words=(DUTIES, PARTS),
    navigation=(NavItem(lazy_gettext("Try it out"), "demo.people", 90),),
)
calls: Final = Blueprint("demo_calls", __name__)


class Jump(Form):
    """Where the clock is to stand."""

    to = MomentField(lazy_gettext("Move the clock forward to"))


def _set_up(state: BlueprintSetupState) -> None:
    site_of(cast("Flask", state.app)).demo_clock = "/demo/clock"


pages.record(_set_up)


def clock() -> DemoClock:
    """The demonstration's clock, which its office runs by."""
    found = site().office.clock
    if not isinstance(found, DemoClock):
        raise TypeError("these pages stand in a demonstration only")
    return found


def go_to(wanted: datetime) -> None:
    """Put the clock forward and carry out whatever is due by then; `clock-only-forward`."""
    clock().advance_to(wanted)
    known = site()
    drain(heart_of(known.office, known.settings, known.features))


@pages.get("/clock.json")
@public
def clock_json() -> Response:
    """How far the demonstration's time is from the machine's: other organisations follow it."""
    shift = clock().shift()
    microseconds = (shift.days * 86_400 + shift.seconds) * 1_000_000 + shift.microseconds
    return Response(
        canonical({"shift_microseconds": microseconds}), content_type="application/json"
    )


@calls.post("/api/v1/demo/clock")
@public
def move_clock() -> Response:
    """Put the demonstration's clock forward: `{to}`, a moment in UTC; answers where it stands."""
    go_to(read_moment(str(parse(received().raw).get("to", ""))))
    return Response(canonical({"now": stamp(clock().now())}), content_type="application/json")


@pages.route("/clock", methods=["GET", "POST"])
@public
def clock_page() -> ResponseReturnValue:
    """The clock, what falls due next, and a button for each."""
    form = Jump()
    if form.is_sent and form.is_valid():
        try:
            go_to(form.to)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("demo.clock_page"), 303)
    rows = [
        (item, Jump(initial={"to": item.when + AFTER}))
        for item in site().office.read(_deadlines)
        if item.when is not None
    ]
    page = render_template("demo/clock.html", form=form, rows=rows, now=moment())
    return page, form.status


def _deadlines(session: Session) -> list[HomeItem]:
    """What closes next, of all rooms that show it on the home page."""
    now = moment()
    found = [
        item
        for source in site().home
        if source.slot is HomeSlot.CLOSING
        for item in source.read(session, now, NEXT)
    ]
    return sorted(found, key=lambda item: item.when or now)[:NEXT]


@pages.get("/people")
@public
def people() -> str:
    """Everybody one can be, by what they do; and what else there is to try."""
    return render_template(
        "demo/people.html",
        groups=[(group, players(everybody(), group)) for group in GROUPS],
        few=FEW,
        most=MOST,
        staged=_staged(),
        account_of=account_of,
        password=PASSWORD,
        custodian_url=site().settings.custodian_url,
    )


@pages.get("/tour", endpoint="tour")
@public
def tour_page() -> str:
    """Ten steps from a notice to a proof."""
    steps = tour(_staged(), site().settings.anonymous_url)
    return render_template("demo/tour.html", steps=steps, account_of=account_of)


@pages.route("/patterns", methods=["GET", "POST"])
@public
def patterns() -> ResponseReturnValue:
    """Every pattern of the pages once, alive; the form comes back as it does when refused."""
    form = Sample()
    if not form.is_sent or form.is_valid():
        form = refused_sample()
    record = site().office.read(lambda session: head(session, witnesses=1))
    known = dict(samples(moment(), b"" if record is None else record.root))
    return render_template(
        "demo/patterns.html", form=form, progress_now=known.pop("progress"), **known
    )


@pages.get("/people/<account>/<name>")
@public
def file_of(account: str, name: str) -> Response:
    """A file that a fictional person would keep on a medium of their own."""
    person = next((one for one in everybody().persons if account_of(one) == account), None)
    found = [] if person is None else files_of(_folder(), person)
    kept = next((one for one in found if one.name == name), None)
    if kept is None:
        raise NotFound
    answer = Response(kept.path.read_bytes(), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{kept.name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _folder() -> Path:
    return site().settings.trust_file.parent


def _staged() -> Sequence[Staged]:
    return staged(_folder())


@pages.route("/people/<account>", methods=["GET", "POST"])
@public
def one_of_them(account: str) -> ResponseReturnValue:
    """Sign in as one of the fictional people, with the second factor that stands on this page."""
    person = next((one for one in everybody().persons if account_of(one) == account), None)
    if person is None:
        raise NotFound
    if request.method == "GET":
        form = Form(name="sign-in")
        code = code_at(secret_of(account), step_of(door().machine.now()))
        return render_template(
            "demo/person.html", form=form, person=person, account=account, password=PASSWORD,
            secret=secret_of(account), code=code,
            organisation=organisation_of(everybody(), person), files=files_of(_folder(), person),
        )  # fmt: skip
    _sign_in(account)
    return redirect(_step_of_the_tour() or url_for("front.desk"), 303)


def _step_of_the_tour() -> str | None:
    """Where the step of the tour looks from which somebody signed in; None for any other door."""
    wanted = request.args.get("step", "")
    steps = tour(_staged(), site().settings.anonymous_url)
    return next((one.url for one in steps if str(one.number) == wanted and one.people), None)


def _place(account: str) -> str:
    """A network for each: they all sit at one machine, whose attempts would run out."""
    high, low = divmod(int(account.lstrip("p")), 256)
    return f"10.{high}.{low}.1"


def _sign_in(account: str) -> None:
    """Through the ordinary door; of the three codes that count just now, one not used before."""
    present = step_of(door().machine.now())
    refused: MarketError = NotSignedIn()
    for step in (present - 1, present, present + 1):
        typed = Typed(account, PASSWORD, code_at(secret_of(account), step), _place(account))
        try:
            let_in(door().sign_in(typed))
        except MarketError as error:
            refused = error
        else:
            return
    raise refused
