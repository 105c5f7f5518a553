"""Pages of the panel's members: their evaluations, and for each stage its one form."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bidding.evaluation import forms, queries, readers
from bidding.evaluation.commands.checking import (
    GiveFindings,
    SetIndicator,
    give_findings,
    set_indicator,
)
from bidding.evaluation.commands.low_prices import (
    OPEN,
    AskLowPrice,
    NameEvaluation,
    VoteLowPrice,
    ask_low_price,
    close_low_prices,
    vote_low_price,
)
from bidding.evaluation.commands.reporting import SignReport, call_signatures, sign_report
from bidding.evaluation.commands.scoring import KeepMarks, LockSheet, keep_marks, lock_sheet
from bidding.evaluation.facts import MemberView, OpenView
from bidding.evaluation.grid import grid_of
from bidding.evaluation.rules.reasons import CANCELLATIONS, CancelReason, Finder
from bidding.evaluation.rules.signing import Signature
from bidding.evaluation.rules.states import (
    AFTER_LOCK,
    EvaluationState,
    QuestionState,
    SheetState,
)
from bidding.opening.store import RestrictedStore
from bidding.rulebook.criteria import Kind
from bidding.rulebook.names import CriterionCode
from bidding.tenders import queries as tenders
from market.accounts.queries import organisations
from market.web.access import current_actor, signed_in
from market.web.fields import Option
from market.web.forms import Form, submit
from market.web.language import language
from market.web.pages import Pages
from market.web.site import moment, site
from market.web.words import words_of

_S = EvaluationState

pages = Pages(
    "evaluations",
    __name__,
    words=(
        words_of(
            EvaluationState,
            {
                _S.SIGNING_IN: ("等待签到", "waiting for the panel"),
                _S.DISCIPLINE: ("宣读纪律", "discipline"),
                _S.QUALIFICATION: ("资格审查", "check of qualification"),
                _S.COMPLIANCE: ("符合性审查", "check of compliance"),
                _S.SCORING: ("独立评分", "scoring"),
                _S.LOW_PRICES: ("异常低价审查", "review of low offers"),
                _S.RANKING: ("排名", "ranking"),
                _S.DRAWING: ("并列抽签", "draw between equals"),
                _S.DRAFTING: ("编写报告", "drafting the report"),
                _S.SIGNING: ("签署报告", "signing the report"),
                _S.REPORTED: ("已送采购人", "with the purchaser"),
                _S.DETERMINED: ("已确定中标人", "winner determined"),
                _S.CANCELLED: ("废标", "cancelled"),
            },
        ),
        words_of(
            SheetState,
            {
                SheetState.OPEN: ("评分中", "open"),
                SheetState.LOCKED: ("已锁定", "locked"),
                SheetState.HASHED: ("已登记摘要", "hashed"),
                SheetState.VOID: ("作废", "void"),
            },
        ),
        words_of(
            QuestionState,
            {
                QuestionState.ASKED: ("待供应商说明", "asked"),
                QuestionState.ANSWERED: ("已说明", "answered"),
                QuestionState.STANDS: ("报价成立", "stands"),
                QuestionState.INVALID: ("投标无效", "invalid"),
            },
        ),
        words_of(
            Signature,
            {
                Signature.AWAITED: ("待签署", "awaited"),
                Signature.SIGNED: ("已签署", "signed"),
                Signature.DISSENTED: ("不同意见", "dissent"),
                Signature.DEEMED: ("视为同意", "deemed to agree"),
            },
        ),
        words_of(CancelReason, {key: (row.zh, row.en) for key, row in CANCELLATIONS.items()}),
    ),
)


@pages.get("/desk/evaluations")
@signed_in
def own() -> str:
    """The evaluations on whose panels the reader sits."""
    person = current_actor().person
    lines = [] if person is None else site().office.read(lambda s: queries.own_seats(s, person))
    return render_template("evaluation/seats.html", lines=lines)


@pages.route("/desk/evaluations/<no>", methods=["GET", "POST"])
@signed_in
def member(no: str) -> ResponseReturnValue:
    """What a member does at the stage at hand; before the lock bids have numbers only."""
    person = current_actor().person
    view = site().office.read(lambda session: queries.member_view(session, no, person))
    if view.state is _S.COMPLIANCE:
        return _compliance(view)
    if view.state is _S.SCORING:
        return _scoring(view)
    if view.state not in AFTER_LOCK:
        return _shown(view, None, None)
    opened = site().office.read(lambda session: queries.open_view(session, no, person))
    return _after_lock(view, opened)


@pages.get("/desk/evaluations/<no>/bids/<number>/<uuid:file>")
@signed_in
def document(no: str, number: str, file: UUID) -> Response:
    """A technical document of a bid under its number."""
    store = RestrictedStore(site().settings.sealed_files, site().settings.keys)
    person = current_actor().person
    pieces = site().office.read(
        lambda session: queries.dark_document(session, store, no, person, number, file)
    )
    return Response(
        pieces,
        mimetype="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{number}-{file}"'},
    )


@pages.get("/desk/evaluations/<no>/report.pdf")
@signed_in
def report(no: str) -> Response:
    """The report as printed, for those who have to do with this tender (`readers.report_pdf`)."""
    pdf = site().office.read(lambda session: readers.report_pdf(session, no, current_actor()))
    return send_file(BytesIO(pdf), "application/pdf", download_name=f"{no}.pdf")


def _after_lock(view: MemberView, opened: OpenView) -> ResponseReturnValue:
    if view.state is _S.LOW_PRICES:
        return _closing(view, opened)
    if view.state is _S.DRAFTING:
        form = forms.PlainForm(name="CallForm")
        return _send(view, opened, form, call_signatures, lambda: NameEvaluation(view.no))
    if view.state is _S.SIGNING:
        return _signing(view, opened)
    return _shown(view, opened, None)


def _compliance(view: MemberView) -> ResponseReturnValue:
    numbers = [offer.number for offer in view.offers]
    missing = missing_figures(view)
    if missing:
        found = forms.IndicatorForm(options={"place": missing})
        return _send(view, None, found, set_indicator, lambda: _indicator(view, found))
    form = forms.check_form([(one, one) for one in numbers], Finder.PANEL)
    return _send(
        view,
        None,
        form,
        give_findings,
        lambda: GiveFindings(view.no, forms.faults_of(form, numbers)),
    )


def missing_figures(view: MemberView) -> list[Option]:
    """Bids and objective criteria whose figure nobody knows yet."""
    return [
        Option(f"{offer.number} {row.code}", f"{offer.number} · {row.code} {name}")
        for offer in view.offers
        for row in view.scheme.criteria
        if row.kind is Kind.OBJECTIVE and (offer.number, row.code) not in view.figures
        for name in (row.zh if language() == "zh" else row.en,)
    ]


def _indicator(view: MemberView, form: forms.IndicatorForm) -> SetIndicator:
    number, _, code = form.place.partition(" ")
    return SetIndicator(view.no, number, CriterionCode(code), form.value)


def _scoring(view: MemberView) -> ResponseReturnValue:
    if view.sheet is None or view.sheet.state is not SheetState.OPEN:
        return _shown(view, None, None)
    form = forms.score_form(view)

    def seen() -> int:
        return int(str(form.value_of("seen")) or 0)

    if form.is_sent and form.is_valid() and form.value_of("lock"):
        form = forms.score_form(view)
        return _send(
            view,
            None,
            form,
            lock_sheet,
            lambda: LockSheet(view.no, seen(), forms.marks_of(form, view)),
        )
    form = forms.score_form(view)
    return _send(
        view, None, form, keep_marks, lambda: KeepMarks(view.no, seen(), forms.marks_of(form, view))
    )


def _closing(view: MemberView, opened: OpenView) -> ResponseReturnValue:
    asked = {one.number for one in opened.questions}
    numbers = [one.number for one in opened.bids if one.rejection is None]
    ask = forms.AskForm(options={"number": [Option(x, x) for x in numbers if x not in asked]})
    if ask.is_sent:
        return _send(
            view, opened, ask, ask_low_price, lambda: AskLowPrice(view.no, ask.number, ask.reason)
        )
    now = moment()
    if opened.corrects_prices:
        return _shown(view, opened, None)
    waiting = [
        one for one in opened.questions if one.state is QuestionState.ANSWERED and one.until < now
    ]
    if any(one.until >= now for one in opened.questions if one.state in OPEN):
        return _shown(view, opened, None, ask)
    if waiting:
        form = forms.VoteForm(initial={"number": waiting[0].number})
        return _send(
            view,
            opened,
            form,
            vote_low_price,
            lambda: VoteLowPrice(view.no, form.number, form.proved),
        )
    plain = forms.PlainForm(name="CloseForm")
    return _send(view, opened, plain, close_low_prices, lambda: NameEvaluation(view.no), ask)


def _signing(view: MemberView, opened: OpenView) -> ResponseReturnValue:
    said = {number: state for number, state, _ in opened.report.signatures} if opened.report else {}
    if opened.report is None or said.get(view.member) is not Signature.AWAITED:
        return _shown(view, opened, None)
    form = forms.SignForm(initial={"seen": opened.report.hash.hex()})
    return _send(
        view,
        opened,
        form,
        sign_report,
        lambda: SignReport(view.no, bytes.fromhex(form.seen), form.dissent),
    )


def _send(
    view: MemberView,
    opened: OpenView | None,
    form: Form,
    handler: Any,  # noqa: ANN401  any command of this room
    command: Any,  # noqa: ANN401
    extra: Form | None = None,
) -> ResponseReturnValue:
    def again() -> str:
        return _shown(view, opened, form, extra)

    if not form.is_sent:
        return again()
    return submit(form, site().office, handler, command, again=again, to=_to_member)


def _shown(
    view: MemberView, opened: OpenView | None, form: Form | None, extra: Form | None = None
) -> str:
    names = {} if opened is None else site().office.read(lambda s: _names(s, opened))
    return render_template(
        "evaluation/member.html",
        view=view,
        tender=site().office.read(lambda s: tenders.facts(s, view.no)),
        opened=opened,
        form=form,
        extra=extra,
        sheet=grid_of(view),
        names=names,
    )


def _names(session: Session, opened: OpenView) -> dict[str, str]:
    """The bidders' names by credit code, in the reader's language."""
    found = [organisations.organisation_by_uscc(session, one.uscc) for one in opened.bids]
    return {one.uscc: one.name_zh if language() == "zh" else one.name_en for one in found}


def _to_member(outcome: Mapping[str, Any]) -> str:
    return url_for("evaluations.member", no=outcome["no"])
