"""The operator's desk: demands by time left, one of them, published or sent back."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from intermediaries.demands import listing
from intermediaries.demands.casework import DemandCase, checked_case
from intermediaries.demands.commands.checking import (
    PublishDemand,
    ReturnDemand,
    publish_demand,
    return_demand,
)
from intermediaries.demands.guards import shut_to_departments
from intermediaries.demands.rules.completeness import Reason, gaps
from intermediaries.demands.rules.contents import Section
from intermediaries.demands.rules.states import DemandState
from intermediaries.demands.web.sections import TITLES
from market.kernel.permissions import Permission
from market.web.access import needs
from market.web.fields import LinesField, Option
from market.web.filters import word
from market.web.forms import Form, submit
from market.web.language import gettext, lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import moment, site
from market.web.typed_fields import PicksField

LISTED = 200

pages = Pages("demand_checks", "intermediaries.demands.feature", url_prefix="/desk/demand-checks")
shut_to_departments(pages)


class ReturnForm(Form):
    """Every reason at once: the pages, and for each a line that says what is to be mended."""

    parts = PicksField(
        lazy_gettext("Pages that lack something"),
        least=1,
        hint=lazy_gettext("Every reason at once: later ones count only for what changes."),
    )
    words = LinesField(
        lazy_gettext("What is to be mended"),
        longest=8000,
        hint=lazy_gettext("One line for each page, in the order of the list."),
    )

    def check(self) -> None:
        """As many lines as pages."""
        if len(self._lines()) != len(self.parts):
            self.wrong("words", gettext("Write one line for each page that is ticked."))

    def reasons(self) -> tuple[Reason, ...]:
        """The pages with their words."""
        pairs = zip(self.parts, self._lines(), strict=True)
        return tuple(Reason(part, words) for part, words in pairs)

    def _lines(self) -> list[str]:
        return [line.strip() for line in self.words.splitlines() if line.strip()]


@pages.get("")
@needs(Permission.DEMANDS_NOTICE_CHECK)
def listed() -> str:
    """What waits, by the time left."""
    lines = site().office.read(lambda session: listing.waiting(session, LISTED))
    return render_template("demands/waiting.html", lines=lines, now=moment())


@pages.get("/<no>")
@needs(Permission.DEMANDS_NOTICE_CHECK)
def check(no: str) -> str:
    """One demand that was handed in, with its check list."""
    return _show(_known(no))


@pages.post("/<no>/publication")
@needs(Permission.DEMANDS_NOTICE_CHECK)
def publication(no: str) -> ResponseReturnValue:
    """Publish a demand that is complete."""
    return press(publish_demand, PublishDemand(no), lambda: url_for("demand_checks.check", no=no))


@pages.post("/<no>/return")
@needs(Permission.DEMANDS_NOTICE_CHECK)
def give_back(no: str) -> ResponseReturnValue:
    """Send a demand back with every reason."""
    known = _known(no)
    form = _form(no)
    return submit(
        form,
        site().office,
        return_demand,
        lambda: ReturnDemand(no, form.reasons()),
        again=lambda: _show(known, form),
        to=lambda _: url_for("demand_checks.check", no=no),
    )


def _form(no: str) -> ReturnForm:
    options = {"parts": [Option(one.value, word(one), str(TITLES[one])) for one in Section]}
    return ReturnForm(options=options, page=url_for("demand_checks.check", no=no))


def _known(no: str) -> DemandCase:
    now = moment()
    return site().office.read(lambda session: checked_case(session, no, now))


def _show(known: DemandCase, form: ReturnForm | None = None) -> str:
    lacking = {one.section for one in gaps(known.draft)}
    return render_template(
        "demands/check.html",
        case=known,
        draft=known.draft,
        form=form or _form(known.draft.no),
        check_list=[(word(one), one not in lacking) for one in Section],
        waits=known.draft.state is DemandState.REVIEW,
        now=moment(),
    )
