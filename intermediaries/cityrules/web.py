"""The city's rules of choosing: what everybody reads, and the page of those who change them."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intermediaries.cityrules.commands import (
    NameRules,
    ProposeRules,
    adopt_rules,
    drop_rules,
    propose_rules,
)
from intermediaries.cityrules.queries import Waiting, adopted, waiting
from intermediaries.cityrules.rules import QUOTES_MOST, RuleLine, RuleState, holding
from intermediaries.rulebook.selection.admission import DEFAULTS
from intermediaries.rulebook.selection.sources import FISCAL_LEAST
from market.kernel.law import in_force
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.web import access
from market.web.access import current_actor
from market.web.fields import TextField, TickField
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import moment, site
from market.web.typed_fields import DateField, IntegerField, MoneyField
from market.web.words import words_of

STATE_WORDS: Final = words_of(
    RuleState,
    {
        RuleState.PROPOSED: ("待第二人核准", "waits for a second person"),
        RuleState.ADOPTED: ("已核准", "adopted"),
        RuleState.DROPPED: ("已撤下", "dropped"),
    },
)
pages = Pages("cityrules", __name__, words=(STATE_WORDS,))


class NewRules(Form):
    """What is to hold from a day on."""

    first_day = DateField(
        lazy_gettext("First day in force"),
        hint=lazy_gettext("Tomorrow at the earliest. Demands published from then on follow it."),
    )
    direct_max = MoneyField(
        lazy_gettext("Highest ceiling of a direct choice (yuan)"),
        hint=lazy_gettext("This amount is still allowed. 0 allows no direct choice."),
    )
    fiscal_threshold = MoneyField(
        lazy_gettext("From this ceiling on, fiscal funds take an open mode (yuan)"),
        hint=lazy_gettext("This amount itself takes an open mode."),
    )
    min_quotes = IntegerField(
        lazy_gettext("Valid enrolments that fiscal funds need"), most=QUOTES_MOST
    )
    fiscal_direct = TickField(lazy_gettext("Fiscal funds may be given by direct choice"))
    document = TextField(
        lazy_gettext("Number of the city's paper"),
        longest=80,
        hint=lazy_gettext("As the city cites it: office, year and number."),
    )
    paper = TextField(
        lazy_gettext("Address of the city's paper"),
        longest=400,
        hint=lazy_gettext("Where the city publishes it, beginning with https://."),
    )


@pages.get("/selection-rules")
@access.public
def shown() -> str:
    """What holds today, what will hold, and what held before."""
    return render_template("cityrules/shown.html", **_lines(site().office.read(adopted)))


@pages.route("/administration/selection-rules", methods=["GET", "POST"])
@access.needs(Permission.CITYRULES_RULE_PROPOSE)
def edited() -> ResponseReturnValue:
    """The rules that wait, the form that puts rules forward, and what holds."""
    known = _lines(site().office.read(adopted))["held"]
    now = DEFAULTS if known is None else known.settings
    names = ("direct_max", "fiscal_threshold", "min_quotes", "fiscal_direct")
    form = NewRules(initial={name: getattr(now, name) for name in names})
    if not form.is_sent:
        return _edited(form)
    return submit(
        form,
        site().office,
        propose_rules,
        lambda: ProposeRules(
            first_day=form.first_day,
            direct_max=form.direct_max,
            fiscal_threshold=form.fiscal_threshold,
            min_quotes=form.min_quotes,
            fiscal_direct=form.fiscal_direct,
            document=form.document,
            paper=form.paper,
        ),
        again=lambda: _edited(form),
        to=lambda _: url_for("cityrules.edited"),
    )


@pages.post("/administration/selection-rules/<uuid:key>/adopt")
@access.needs(Permission.CITYRULES_RULE_ADOPT)
def adopt(key: UUID) -> ResponseReturnValue:
    """Adopt rules that another person put forward."""
    return press(adopt_rules, NameRules(key), lambda: url_for("cityrules.edited"))


@pages.post("/administration/selection-rules/<uuid:key>/drop")
@access.needs(Permission.CITYRULES_RULE_PROPOSE)
def drop(key: UUID) -> ResponseReturnValue:
    """Take back rules that wait."""
    return press(drop_rules, NameRules(key), lambda: url_for("cityrules.edited"))


def _edited(form: NewRules) -> str:
    def both(session: Session) -> tuple[Waiting | None, list[RuleLine]]:
        return waiting(session), list(adopted(session))

    one, lines = site().office.read(both)
    actor = current_actor()
    return render_template(
        "cityrules/edited.html",
        form=form,
        one=one,
        may_adopt=actor.may(Permission.CITYRULES_RULE_ADOPT),
        me=actor.person,
        **_lines(lines),
    )


def _lines(lines: Sequence[RuleLine]) -> dict[str, Any]:
    """What holds today (None: the platform's own numbers), what comes, what was before."""
    today = legal_day(moment())
    held = holding(lines, today)
    return {
        "held": held,
        "defaults": DEFAULTS,
        "least": in_force(FISCAL_LEAST, today),
        "coming": [line for line in reversed(lines) if line.first_day > today],
        "before": [line for line in lines if line.first_day <= today and line is not held],
    }
