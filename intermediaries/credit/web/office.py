"""The management office's desk: what waits and until when, notices, bonuses, decisions, appeals."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from intermediaries.agencies.queries import agency_names, agency_numbers
from intermediaries.credit.casework import PenaltyCase, case, newest, waiting
from intermediaries.credit.commands.deciding import (
    DecidePenalty,
    RecordLegal,
    decide,
    decide_appeal,
    record_legal,
)
from intermediaries.credit.commands.notices import AddBonus, GiveNotice, add_bonus, give_notice
from intermediaries.credit.rules import MOST_BONUS
from intermediaries.rulebook.penalties import Act, credit_rules
from intermediaries.rulebook.states import COUNTING, PenaltyState
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.protocol.encoding import moment as read_moment
from market.protocol.encoding import stamp
from market.web.access import current_actor, needs
from market.web.cursor import page_of, read_cursor
from market.web.fields import LinesField, Option, TextField, maybe
from market.web.forms import Form, submit
from market.web.language import language, lazy_gettext
from market.web.pages import Pages
from market.web.site import moment, site
from market.web.typed_fields import DateField, IntegerField, PickField

SHOWN = 50
pages = Pages("credit_desk", "intermediaries.credit.feature", url_prefix="/desk/credit")
supervision = Pages(
    "credit_record", "intermediaries.credit.feature", url_prefix="/supervision/credit"
)


class NoticeForm(Form):
    """A notice: points are to be taken."""

    agency = PickField(lazy_gettext("Agency"))
    act = PickField(lazy_gettext("Conduct"))
    occurred = DateField(lazy_gettext("Day of the act"))
    overdue_days = maybe(
        IntegerField(
            lazy_gettext("Working days overdue"),
            least=1,
            most=1000,
            hint=lazy_gettext("Only where the act is being overdue."),
        )
    )
    order_no = maybe(TextField(lazy_gettext("Number of the order"), longest=32))
    facts = LinesField(
        lazy_gettext("Facts"),
        longest=4000,
        hint=lazy_gettext("What happened. The agency reads it and may answer."),
    )
    evidence = LinesField(
        lazy_gettext("Evidence"),
        longest=2000,
        hint=lazy_gettext("What it rests on, and where it can be seen."),
    )


class BonusForm(Form):
    """Points for something that deserves them."""

    agency = PickField(lazy_gettext("Agency"))
    points = IntegerField(lazy_gettext("Points"), least=1, most=MOST_BONUS)
    reason = LinesField(
        lazy_gettext("What they are for"),
        longest=300,
        hint=lazy_gettext("Everybody reads this: what was done, and nobody's name."),
    )


class DecisionForm(Form):
    """Points are taken, or not."""

    outcome = PickField(lazy_gettext("Decision"))
    reason = LinesField(
        lazy_gettext("Reasons"),
        longest=4000,
        hint=lazy_gettext("They answer what the agency said. The agency reads them."),
    )


class LegalForm(Form):
    """A decision of a court or an authority."""

    paper = TextField(
        lazy_gettext("Number of the legal decision"),
        hint=lazy_gettext("Only with one the penalty has the effect of a blacklist."),
    )


class AppealDecisionForm(DecisionForm):
    """An appeal is dismissed, or right."""


@pages.get("")
@needs(Permission.CREDIT_APPEAL_DECIDE)
def listed() -> str:
    """What waits, by the time left."""
    cases = site().office.read(waiting)
    may_make = current_actor().may(Permission.CREDIT_ENTRY_MAKE)
    return render_template("credit/waiting.html", cases=cases, now=moment(), may_make=may_make)


@pages.route("/notice", methods=["GET", "POST"])
@needs(Permission.CREDIT_ENTRY_MAKE)
def notice() -> ResponseReturnValue:
    """Tell an agency that points are to be taken."""
    form = NoticeForm(options={"agency": _agencies(), "act": _acts()})
    if not form.is_sent:
        return render_template("credit/notice.html", form=form)
    return submit(
        form,
        site().office,
        give_notice,
        lambda: GiveNotice(
            agency_no=form.agency,
            act=Act(form.act),
            occurred=form.occurred,
            facts=form.facts,
            evidence=form.evidence,
            order_no=form.order_no,
            overdue_days=form.overdue_days or 0,
        ),
        again=lambda: render_template("credit/notice.html", form=form),
        to=lambda done: url_for("credit_desk.penalty", no=done["no"]),
    )


@pages.route("/bonus", methods=["GET", "POST"])
@needs(Permission.CREDIT_ENTRY_MAKE)
def bonus() -> ResponseReturnValue:
    """Give an agency points."""
    form = BonusForm(options={"agency": _agencies()})
    if not form.is_sent:
        return render_template("credit/bonus.html", form=form)
    return submit(
        form,
        site().office,
        add_bonus,
        lambda: AddBonus(agency_no=form.agency, points=form.points, reason=form.reason),
        again=lambda: render_template("credit/bonus.html", form=form),
        to=lambda _: url_for("credit.agency", no=form.agency),
    )


@pages.route("/<no>", methods=["GET", "POST"])
@needs(Permission.CREDIT_APPEAL_DECIDE)
def penalty(no: str) -> ResponseReturnValue:
    """One penalty with everything that was said, and the decision where one waits."""
    one = _case(no)
    form = DecisionForm(options={"outcome": _outcomes(one)})
    if not form.is_sent:
        return _show(one, form)
    return submit(
        form,
        site().office,
        decide,
        lambda: DecidePenalty(no, form.outcome == "stands", form.reason),
        again=lambda: _show(one, form),
        to=lambda _: url_for("credit_desk.penalty", no=no),
    )


@pages.post("/<no>/appeal")
@needs(Permission.CREDIT_APPEAL_DECIDE)
def answer(no: str) -> ResponseReturnValue:
    """Decide an appeal."""
    one = _case(no)
    form = AppealDecisionForm(
        page=url_for("credit_desk.penalty", no=no), options={"outcome": _outcomes(one)}
    )
    return submit(
        form,
        site().office,
        decide_appeal,
        lambda: DecidePenalty(no, form.outcome == "stands", form.reason),
        again=lambda: _show(one, form),
        to=lambda _: url_for("credit_desk.penalty", no=no),
    )


@pages.post("/<no>/legal")
@needs(Permission.CREDIT_PENALTY_DECIDE)
def legal(no: str) -> ResponseReturnValue:
    """Note a legal decision behind a penalty."""
    one = _case(no)
    form = LegalForm(page=url_for("credit_desk.penalty", no=no))
    return submit(
        form,
        site().office,
        record_legal,
        lambda: RecordLegal(no, form.paper),
        again=lambda: _show(one, None, form),
        to=lambda _: url_for("credit_desk.penalty", no=no),
    )


@supervision.get("")
@needs(Permission.SUPERVISION_RECORD_READ)
def record() -> str:
    """All penalties, newest first, and which decisions are late."""
    after = read_cursor(request.args.get("cursor"), (str, str))
    start = None if after is None else (read_moment(str(after[0])), str(after[1]))
    cases = site().office.read(lambda session: newest(session, SHOWN + 1, start))
    page = page_of(cases, SHOWN, lambda one: (stamp(one.noticed_at), one.no))
    return render_template(
        "credit/record.html",
        cases=page.items,
        now=moment(),
        further=page.next and url_for("credit_record.record", cursor=page.next),
    )


def _case(no: str) -> PenaltyCase:
    return site().office.read(lambda session: case(session, no))


def _show(one: PenaltyCase, form: Form | None, paper: LegalForm | None = None) -> str:
    now, actor = moment(), current_actor()
    decides = one.may_be_decided(now) and actor.may(Permission.CREDIT_PENALTY_DECIDE)
    answers = one.state is PenaltyState.APPEALED and actor.person != one.final_by
    if answers and not isinstance(form, AppealDecisionForm):
        form = AppealDecisionForm(options={"outcome": _outcomes(one)})
    legal = one.state in COUNTING and actor.may(Permission.CREDIT_PENALTY_DECIDE)
    return render_template(
        "credit/penalty.html",
        case=one,
        form=form if decides or answers else None,
        answers=answers,
        own_decision=one.state is PenaltyState.APPEALED and not answers,
        paper=(paper or LegalForm()) if legal else None,
        now=now,
    )


def _outcomes(one: PenaltyCase) -> list[Option]:
    if one.state is PenaltyState.APPEALED:
        return [
            Option("stands", str(lazy_gettext("The appeal is not right: the points stay taken"))),
            Option("falls", str(lazy_gettext("The appeal is right: the points come back"))),
        ]
    return [
        Option("stands", str(lazy_gettext("The points are taken"))),
        Option("falls", str(lazy_gettext("No points are taken"))),
    ]


def _agencies() -> list[Option]:
    said = language()
    named = site().office.read(lambda s: agency_names(s, list(agency_numbers(s))))
    return [Option(one.no, f"{one.no} {one.name(said)}") for one in named.values()]


def _acts() -> list[Option]:
    rules = credit_rules(legal_day(moment()))
    said = language()
    return [
        Option(act.value, f"{act.zh if said == 'zh' else act.en} (-{rules.points[act]})")
        for act in Act
    ]
