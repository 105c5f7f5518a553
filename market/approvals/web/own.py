"""Pages of an applicant: cases of a project, a new one, its papers, corrections and revisions."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from market.approvals.commands.filing import (
    AddPaper,
    ClaimSupplied,
    NameCase,
    OpenCase,
    Revise,
    add_paper,
    hand_in,
    open_case,
    revise,
    supply,
    withdraw_case,
)
from market.approvals.queries import cases, items
from market.approvals.queries.facts import CaseFacts, CaseLine
from market.approvals.queries.items import ItemFacts
from market.approvals.rules.cases import OPEN, TEXT_LIMIT, CaseState
from market.approvals.rules.items import Provider
from market.approvals.web import shown
from market.files.commands import KeepDocument
from market.files.store import FileStore
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.projects.queries import ProjectFacts, facts_for
from market.web.access import current_actor, needs
from market.web.fields import FileField, LinesField, Maybe, Option, TickField
from market.web.forms import Form, submit
from market.web.language import gettext, language, lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.sent_file import SentFile
from market.web.site import site
from market.web.typed_fields import PickField

ENDINGS: Final = (".pdf", ".docx", ".xlsx", ".png", ".jpg", ".jpeg")
_PRESSED: Final = {"hand-in": hand_in, "withdraw": withdraw_case}

pages = Pages("approvals_own", "market.approvals")


class NewCase(Form):
    """What is applied for."""

    item = PickField(lazy_gettext("Item"))


class PaperForm(Form):
    """A paper for one material."""

    material = PickField(lazy_gettext("Material"))
    paper = FileField(lazy_gettext("The paper"), endings=ENDINGS)


class SupplyForm(Form):
    """What the notice names: a paper, or the word that it had been there."""

    material = PickField(lazy_gettext("Material"))
    paper = Maybe(FileField(lazy_gettext("The paper"), endings=ENDINGS))
    already = TickField(
        lazy_gettext("It had been handed in before the notice"),
        hint=lazy_gettext("The papers of the case must show it; then no new paper is needed."),
    )

    def check(self) -> None:
        """A paper, or the word that it was there."""
        if self.paper is None and not self.already:
            self.wrong("paper", gettext("Choose a file, or tick that it had been handed in."))


class RevisionForm(Form):
    """The answer to a round of opinions."""

    material = PickField(lazy_gettext("Revised paper"))
    paper = FileField(lazy_gettext("The paper"), endings=ENDINGS)
    words = LinesField(lazy_gettext("What was changed"), longest=TEXT_LIMIT)


@pages.get("/desk/own-approvals")
@needs(Permission.APPROVALS_CASE_FILE)
def mine() -> str:
    """All cases of the organisation one acts for, newest first."""
    return _list(None)


@pages.get("/projects/<code>/cases")
@needs(Permission.APPROVALS_CASE_FILE)
def of_project(code: str) -> str:
    """The cases of one project."""
    return _list(known_project(code))


def _list(project: ProjectFacts | None) -> str:
    return render_template(
        "approvals/own_cases.html",
        lines=_lines(project),
        project=project,
        left_words=shown.left_words,
        tone=shown.tone,
    )


@pages.route("/projects/<code>/cases/new", methods=["GET", "POST"])
@needs(Permission.APPROVALS_CASE_FILE)
def new(code: str) -> ResponseReturnValue:
    """Choose an item and begin an application under the project's number."""
    project = known_project(code)
    form = NewCase(options={"item": _items_left(project)})

    def again() -> str:
        return render_template("approvals/new_case.html", form=form, project=project)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        open_case,
        lambda: OpenCase(project.id, form.item),
        again=again,
        to=lambda outcome: url_for("approvals_own.case", code=code, no=outcome["no"]),
    )


@pages.get("/projects/<code>/cases/<no>")
@needs(Permission.APPROVALS_CASE_FILE)
def case(code: str, no: str) -> str:
    """One case of one's own: where it stands, why each date, what is asked of the applicant."""
    facts, item = known(code, no)

    def ask(session: Session) -> Mapping[str, object]:
        return {
            "documents": shown.documents(session, facts),
            "proof": shown.proof(session, facts.line.no),
        }

    return render_template(
        "approvals/own_case.html",
        case=facts,
        item=item,
        steps=shown.steps(facts),
        rows=shown.timetable_rows(facts),
        shelves=shown.shelves(facts, item),
        left_words=shown.left_words,
        tone=shown.tone,
        may_withdraw=facts.state in OPEN - {CaseState.APPROVED, CaseState.REFUSED},
        **site().office.read(ask),
    )


@pages.post("/projects/<code>/cases/<no>/<any('hand-in', withdraw):act>")
@needs(Permission.APPROVALS_CASE_FILE)
def pressed(code: str, no: str, act: str) -> ResponseReturnValue:
    """A button of an own case."""
    known(code, no)
    to = url_for("approvals_own.case", code=code, no=no)
    return press(_PRESSED[act], NameCase(no), lambda: to)


@pages.route("/projects/<code>/cases/<no>/papers", methods=["GET", "POST"])
@needs(Permission.APPROVALS_CASE_FILE)
def papers(code: str, no: str) -> ResponseReturnValue:
    """Add a paper, or supply what the notice of correction names."""
    facts, item = known(code, no)
    options = {"material": shown.material_options(item, _wanted(facts, item))}
    to = url_for("approvals_own.case", code=code, no=no)
    if facts.state is CaseState.CORRECTING:
        return _supply(SupplyForm(options=options), facts, item, to)
    form = PaperForm(options=options)

    def again() -> str:
        return render_template("approvals/paper.html", form=form, case=facts, item=item)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        add_paper,
        lambda: AddPaper(no, int(form.material), _kept(form.paper, facts)),
        again=again,
        to=lambda _: to,
    )


def _supply(form: SupplyForm, facts: CaseFacts, item: ItemFacts, to: str) -> ResponseReturnValue:
    def again() -> str:
        return render_template("approvals/paper.html", form=form, case=facts, item=item)

    def command() -> AddPaper | ClaimSupplied:
        material = int(form.material)
        if form.paper is None:
            return ClaimSupplied(facts.no, material)
        return AddPaper(facts.no, material, _kept(form.paper, facts))

    if not form.is_sent:
        return again()
    return submit(form, site().office, supply, command, again=again, to=lambda _: to)


@pages.route("/projects/<code>/cases/<no>/revision", methods=["GET", "POST"])
@needs(Permission.APPROVALS_CASE_FILE)
def revision(code: str, no: str) -> ResponseReturnValue:
    """Answer the open round of opinions with a revised paper."""
    facts, item = known(code, no)
    form = RevisionForm(options={"material": shown.material_options(item)})

    def again() -> str:
        return render_template("approvals/revision.html", form=form, case=facts, item=item)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        revise,
        lambda: Revise(no, form.words, int(form.material), _kept(form.paper, facts)),
        again=again,
        to=lambda _: url_for("approvals_own.case", code=code, no=no),
    )


@pages.get("/projects/<code>/cases/<no>/papers/<digest>")
@needs(Permission.APPROVALS_CASE_FILE)
def paper(code: str, no: str, digest: str) -> ResponseReturnValue:
    """A paper of an own case."""
    return shown.hand_out(known(code, no)[0], digest)


def _wanted(facts: CaseFacts, item: ItemFacts) -> Sequence[int]:
    """What is asked of the applicant now: all materials of its own, or what is still missing."""
    if facts.state is CaseState.CORRECTING:
        return [one.missing.material for one in facts.missing]
    return [
        number
        for number, one in enumerate(item.content.materials, start=1)
        if one.provider is not Provider.DEPARTMENT
    ]


def _items_left(project: ProjectFacts) -> list[Option]:
    spoken = language()
    taken = {line.code for line in _lines(project) if line.state in OPEN}
    found = site().office.read(items.items_in_force)
    vocabulary = site().vocabulary
    return [
        Option(
            one.code,
            f"{vocabulary.say(one.content.stage, spoken)} · {one.name(spoken)}",
            one.office(spoken),
        )
        for one in found
        if one.code not in taken
    ]


def _lines(project: ProjectFacts | None) -> list[CaseLine]:
    owner, held = _owner(), shown.calendar()
    only = None if project is None else project.id
    return site().office.read(
        lambda session: cases.owner_cases(session, owner, held, shown.now(), only)
    )


def _owner() -> UUID:
    organisation = current_actor().organisation
    if organisation is None:
        raise NotFound
    return organisation


def known_project(code: str) -> ProjectFacts:
    """One's own project; `NotFound` for another's, also for its agent."""
    actor, owner = current_actor(), _owner()
    found = site().office.read(lambda session: facts_for(session, actor, code))
    if found.owner != owner:
        raise NotFound("no-project", zh="没有此项目", en="There is no such project")
    return found


def known(code: str, no: str) -> tuple[CaseFacts, ItemFacts]:
    """One's own case under this project's number, with its item; `NotFound`."""
    owner, held = _owner(), shown.calendar()

    def ask(session: Session) -> tuple[CaseFacts, ItemFacts]:
        found = cases.case_of_owner(session, no, owner, held, shown.now())
        if found.line.project_code != code:
            raise NotFound("no-case", zh="没有此办件", en="There is no such case")
        return found, items.item_version(session, found.item)

    return site().office.read(ask)


def _kept(sent: SentFile, facts: CaseFacts) -> KeepDocument:
    """The file in the folder; the command writes it down, or it stays there unnamed."""
    stored = FileStore(site().settings.files).put(sent.source)
    return KeepDocument(stored, sent.name, facts.owner)
