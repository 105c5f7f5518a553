"""Pages of a department: its cases by time left, one case, and what its clerk does with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from market.approvals.commands.extending import AskExtension, ask_extension
from market.approvals.commands.filing import NameCase
from market.approvals.commands.handling import (
    MOST_TOLD,
    AskCorrection,
    DecideCase,
    GiveOpinion,
    GiveReasons,
    PauseCase,
    accept_case,
    ask_correction,
    decide_case,
    deliver_case,
    give_opinion,
    not_accept,
    pause_case,
    resume_case,
)
from market.approvals.queries import cases
from market.approvals.queries.facts import CaseFacts
from market.approvals.queries.items import ItemFacts, item_version
from market.approvals.rules.cases import (
    TEXT_LIMIT,
    ExtensionState,
    Issue,
    IssueKind,
    Missing,
    Outcome,
    Owes,
    PauseKind,
)
from market.approvals.rules.items import Mode, Provider
from market.approvals.rules.law import limits
from market.approvals.web import shown
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.web.access import current_actor, needs
from market.web.fields import Field, LinesField, Maybe, TextField
from market.web.forms import Form, submit
from market.web.language import gettext, language, lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import site
from market.web.typed_fields import ChoiceField, IntegerField

pages = Pages("approval_desk", "market.approvals", url_prefix="/desk/approvals")

_PRESSED: Final = {"accept": accept_case, "resume": resume_case, "deliver": deliver_case}


class ReasonsForm(Form):
    """Why a case is not accepted."""

    reasons = LinesField(
        lazy_gettext("Reasons"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext("The applicant reads them."),
    )


class PauseForm(Form):
    """What is not counted and how long it takes."""

    kind = ChoiceField(lazy_gettext("What is not counted"), PauseKind)
    days = IntegerField(
        lazy_gettext("Working days it takes"),
        least=1,
        most=MOST_TOLD,
        hint=lazy_gettext("The applicant is told; after them time counts again by itself."),
    )
    reasons = LinesField(lazy_gettext("Why it is needed"), longest=TEXT_LIMIT)


class FirstOpinionForm(Form):
    """Everything that has to be changed."""

    issues = LinesField(
        lazy_gettext("What has to be changed"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext("One point on each line, all of them now."),
    )


class LaterOpinionForm(Form):
    """A later round: why each point comes now."""

    unsolved = Maybe(
        LinesField(lazy_gettext("Left unsolved from the last round"), longest=TEXT_LIMIT)
    )
    visible = Maybe(
        LinesField(
            lazy_gettext("New, and visible before"),
            longest=TEXT_LIMIT,
            hint=lazy_gettext("The time of this round is the department's."),
        )
    )
    arisen = Maybe(LinesField(lazy_gettext("New, arose since"), longest=TEXT_LIMIT))
    scope = Maybe(LinesField(lazy_gettext("From a change of scope"), longest=TEXT_LIMIT))


class ExtensionForm(Form):
    """More time, and why."""

    days = IntegerField(lazy_gettext("Working days to add"), least=1)
    reasons = LinesField(
        lazy_gettext("Reason"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext("The head decides; the applicant reads the reason."),
    )


class DecisionForm(Form):
    """The decision."""

    outcome = ChoiceField(lazy_gettext("Decision"), Outcome)
    paper_no = TextField(lazy_gettext("Number of the decision"), longest=100)
    reasons = LinesField(
        lazy_gettext("Reasons"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext("A refusal also says where it can be contested."),
    )


@dataclass(frozen=True, slots=True)
class _Act:
    """A form, the command it asks for, and the words above it."""

    form: Form
    handler: Callable[..., Mapping[str, Any] | None]
    command: Callable[[], object]
    title: str
    lead: str = ""


@pages.get("")
@needs(Permission.APPROVALS_CASE_READ)
def board() -> str:
    """The cases of the department, the least time left first."""
    department, held = mine(), shown.calendar()
    lines = site().office.read(
        lambda session: cases.desk_cases(session, department, held, shown.now())
    )
    return render_template(
        "approvals/board.html", lines=lines, left_words=shown.left_words, tone=shown.tone
    )


@pages.get("/<no>")
@needs(Permission.APPROVALS_CASE_READ)
def case(no: str) -> str:
    """One case: where it stands, every date with its reason, papers, what to do next."""
    facts, item = known(no)

    def ask(session: Session) -> Mapping[str, object]:
        return {
            "documents": shown.documents(session, facts),
            "proof": shown.proof(session, facts.line.no),
        }

    actor = current_actor()
    return render_template(
        "approvals/case.html",
        case=facts,
        item=item,
        steps=shown.steps(facts),
        rows=shown.timetable_rows(facts),
        shelves=shown.shelves(facts, item),
        left_words=shown.left_words,
        tone=shown.tone,
        handles=actor.may(Permission.APPROVALS_CASE_HANDLE),
        heads=actor.may(Permission.APPROVALS_EXTENSION_DECIDE),
        may_extend=facts.extension is None,
        extension_waits=facts.extension is not None
        and facts.extension.state is ExtensionState.ASKED,
        **site().office.read(ask),
    )


@pages.get("/<no>/papers/<digest>")
@needs(Permission.APPROVALS_CASE_READ)
def paper(no: str, digest: str) -> ResponseReturnValue:
    """A paper of a case of one's own department."""
    return shown.hand_out(known(no)[0], digest)


@pages.post("/<no>/<any(accept, resume, deliver):act>")
@needs(Permission.APPROVALS_CASE_HANDLE)
def pressed(no: str, act: str) -> ResponseReturnValue:
    """A button of a case."""
    return press(_PRESSED[act], NameCase(no), lambda: url_for("approval_desk.case", no=no))


@pages.route("/<no>/forms/<name>", methods=["GET", "POST"])
@needs(Permission.APPROVALS_CASE_HANDLE)
def act(no: str, name: str) -> ResponseReturnValue:
    """A form of a case, shown and sent."""
    facts, item = known(no)
    if name not in _ACTS:
        raise NotFound
    one = _ACTS[name](facts, item)

    def again() -> str:
        return render_template("approvals/act.html", act=one, case=facts, item=item)

    if not one.form.is_sent:
        return again()
    return submit(
        one.form,
        site().office,
        one.handler,
        one.command,
        again=again,
        to=lambda _: url_for("approval_desk.case", no=no),
    )


def _correction(case: CaseFacts, item: ItemFacts) -> _Act:
    """One field for each material that the applicant can be asked for."""
    zh = language() == "zh"
    asked = {
        number: one
        for number, one in enumerate(item.content.materials, start=1)
        if one.provider is not Provider.DEPARTMENT
    }
    fields: dict[str, Field[Any]] = {}
    for number, one in asked.items():
        name = one.zh if zh else one.en
        fields[f"words_{number}"] = Maybe(TextField(gettext("%(name)s: what it lacks", name=name)))
    form = cast("Callable[[], Form]", type("CorrectionForm", (Form,), fields))()

    def missing() -> Sequence[Missing]:
        return [
            Missing(number, str(words), Owes.AGENCY if one.is_deliverable else Owes.OWNER)
            for number, one in asked.items()
            if (words := form.value_of(f"words_{number}"))
        ]

    return _Act(
        form,
        ask_correction,
        lambda: AskCorrection(case.no, missing()),
        gettext("Say what is missing"),
        gettext("Once and completely: what is not named here cannot be asked for later."),
    )


def _refusal(case: CaseFacts, item: ItemFacts) -> _Act:
    del item
    form = ReasonsForm()
    return _Act(
        form,
        not_accept,
        lambda: GiveReasons(case.no, form.reasons),
        gettext("Do not accept the case"),
        gettext("Only what needs no licence, or is not this department's business."),
    )


def _pause(case: CaseFacts, item: ItemFacts) -> _Act:
    del item
    form = PauseForm()
    return _Act(
        form,
        pause_case,
        lambda: PauseCase(case.no, form.kind, form.reasons, form.days),
        gettext("Stop counting time"),
        gettext("Hearing, inspection, test, appraisal or expert review; the day itself counts."),
    )


def _opinion(case: CaseFacts, item: ItemFacts) -> _Act:
    del item
    title = gettext("Give opinions, round %(number)s", number=len(case.rounds) + 1)
    lead = gettext("All points at once; the department's time goes on.")
    if not case.rounds:
        first = FirstOpinionForm()
        return _Act(
            first,
            give_opinion,
            lambda: GiveOpinion(case.no, _points(first.issues, IssueKind.FIRST)),
            title,
            lead,
        )
    later = LaterOpinionForm()
    return _Act(
        later,
        give_opinion,
        lambda: GiveOpinion(
            case.no,
            [
                *_points(later.unsolved, IssueKind.UNSOLVED),
                *_points(later.visible, IssueKind.NEW_VISIBLE),
                *_points(later.arisen, IssueKind.NEW_ARISEN),
                *_points(later.scope, IssueKind.SCOPE),
            ],
        ),
        title,
        lead,
    )


def _points(typed: str | None, kind: IssueKind) -> list[Issue]:
    return [Issue(line.strip(), kind) for line in (typed or "").splitlines() if line.strip()]


def _extension(case: CaseFacts, item: ItemFacts) -> _Act:
    form = ExtensionForm()
    law = limits(legal_day(shown.now()))
    most = law.joint_extension if item.content.mode is Mode.JOINT else law.extension
    return _Act(
        form,
        ask_extension,
        lambda: AskExtension(case.no, form.days, form.reasons),
        gettext("Ask for more time"),
        gettext("Once, at most %(days)s working days, before the limit of the law.", days=most),
    )


def _decision(case: CaseFacts, item: ItemFacts) -> _Act:
    del item
    form = DecisionForm()
    return _Act(
        form,
        decide_case,
        lambda: DecideCase(case.no, form.outcome, form.reasons, form.paper_no),
        gettext("Decide"),
    )


_ACTS: Final[Mapping[str, Callable[[CaseFacts, ItemFacts], _Act]]] = {
    "correction": _correction,
    "refusal": _refusal,
    "pause": _pause,
    "opinion": _opinion,
    "extension": _extension,
    "decision": _decision,
}


def mine() -> UUID:
    """The department one acts for; `NotFound` without one."""
    organisation = current_actor().organisation
    if organisation is None:
        raise NotFound
    return organisation


def known(no: str) -> tuple[CaseFacts, ItemFacts]:
    """A case of one's own department with the version of the item it follows; `NotFound`."""
    department, held = mine(), shown.calendar()

    def ask(session: Session) -> tuple[CaseFacts, ItemFacts]:
        found = cases.case_at_desk(session, no, department, held, shown.now())
        return found, item_version(session, found.item)

    return site().office.read(ask)
