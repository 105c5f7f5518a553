"""The agency's own credit: where it stands, what it may answer, and until when."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intermediaries.credit import queries
from intermediaries.credit.casework import PenaltyCase, case, own_cases
from intermediaries.credit.commands.deciding import SayOnPenalty, appeal, make_statement
from intermediaries.credit.queries import CreditFacts
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.web.access import current_actor, needs
from market.web.fields import LinesField
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.site import moment, site

pages = Pages("own_credit", "intermediaries.credit.feature", url_prefix="/desk/credit/own")


class StatementForm(Form):
    """What the agency says before the decision."""

    words = LinesField(
        lazy_gettext("Your statement"),
        longest=4000,
        hint=lazy_gettext("Facts, and where they can be seen. It is made once."),
    )


class AppealForm(Form):
    """What the agency says against the decision."""

    words = LinesField(
        lazy_gettext("Reasons of the appeal"),
        longest=4000,
        hint=lazy_gettext("Somebody else than who made the decision reads it."),
    )


@pages.get("")
@needs(Permission.CREDIT_OWN_ANSWER)
def show() -> str:
    """The own score, and every penalty with what may be done about it."""
    organisation, now = current_actor().organisation, moment()
    if organisation is None:
        raise NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")

    def read(session: Session) -> tuple[CreditFacts, list[PenaltyCase]]:
        facts = queries.standing(session, organisation, now)
        return facts, own_cases(session, organisation)

    facts, cases = site().office.read(read)
    return render_template(
        "credit/own.html",
        facts=facts,
        cases=cases,
        numbers={str(one.id): one for one in cases},
        now=now,
        first=legal_day(now).replace(day=1),
    )


@pages.route("/<no>/statement", methods=["GET", "POST"])
@needs(Permission.CREDIT_OWN_ANSWER)
def statement(no: str) -> ResponseReturnValue:
    """Answer a notice."""
    form, one = StatementForm(), _own(no)
    if not form.is_sent:
        return _say(form, one, "statement")
    return submit(
        form,
        site().office,
        make_statement,
        lambda: SayOnPenalty(no, form.words),
        again=lambda: _say(form, one, "statement"),
        to=lambda _: url_for("own_credit.show"),
    )


@pages.route("/<no>/appeal", methods=["GET", "POST"])
@needs(Permission.CREDIT_OWN_ANSWER)
def file_appeal(no: str) -> ResponseReturnValue:
    """Appeal against a decision."""
    form, one = AppealForm(), _own(no)
    if not form.is_sent:
        return _say(form, one, "appeal")
    return submit(
        form,
        site().office,
        appeal,
        lambda: SayOnPenalty(no, form.words),
        again=lambda: _say(form, one, "appeal"),
        to=lambda _: url_for("own_credit.show"),
    )


def _own(no: str) -> PenaltyCase:
    found = site().office.read(lambda session: case(session, no))
    if found.organisation != current_actor().organisation:
        raise NotFound("penalty-unknown", zh="没有这一扣分", en="No such penalty")
    return found


def _say(form: Form, one: PenaltyCase, act: str) -> str:
    return render_template("credit/say.html", form=form, case=one, act=act, now=moment())
