"""Pages of projects: one's own list, a new one, everything about one, its course."""

from typing import Final
from uuid import UUID

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from market.accounts.queries import organisations
from market.command import Actor
from market.files.attachment import download
from market.files.queries import DocumentFacts, document
from market.files.store import FileStore
from market.kernel.errors import NotFound
from market.kernel.ids import Track, region
from market.kernel.permissions import Permission
from market.projects.commands.course import (
    NameProject,
    admit_project,
    allow_early_notice,
    cancel_project,
    close_project,
    return_project,
    submit_project,
)
from market.projects.commands.entry import CreateProject, create_project
from market.projects.queries import (
    ProjectFacts,
    ProjectLine,
    all_projects,
    facts_for,
    projects_of,
)
from market.projects.rules import EARLY, ProjectState
from market.projects.tracks import FundSource, Subject
from market.projects.words import WORDS
from market.protocol.encoding import moment as read_moment
from market.protocol.encoding import stamp
from market.web import access
from market.web.access import current_actor
from market.web.cursor import page_of, read_cursor
from market.web.fields import LinesField, ReadField, TextField, TickField
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import site
from market.web.typed_fields import ChoiceField, MoneyField

SHOWN: Final = 50
WIZARD: Final = "tender_desk.new"  # a page of a higher room, by name as on the desk
APPROVALS: Final = "approvals_own.of_project"

pages = Pages("projects", __name__, url_prefix="/projects", words=WORDS)

_COURSE: Final = {
    "submit": submit_project,
    "admit": admit_project,
    "close": close_project,
    "cancel": cancel_project,
    "allow-early": allow_early_notice,
}


class NewProject(Form):
    """A new project."""

    name_zh = TextField(lazy_gettext("Name in Chinese"))
    name_en = TextField(lazy_gettext("Name in English"))
    region = ReadField(
        lazy_gettext("Region code"), region, hint=lazy_gettext("Six digits, like 371400.")
    )
    kind = ChoiceField(lazy_gettext("What is bought, granted or sold"), Subject)
    funds = ChoiceField(lazy_gettext("Whose money"), FundSource)
    budget = MoneyField(lazy_gettext("Budget"))
    tendered = TickField(lazy_gettext("A call for tenders is meant"))
    in_catalogue = TickField(lazy_gettext("In the central procurement catalogue"))
    track = ChoiceField(
        lazy_gettext("Track"),
        Track,
        hint=lazy_gettext("If it does not follow from what stands above, the article is named."),
    )


class Return(Form):
    """Why a project goes back."""

    reason = LinesField(lazy_gettext("Reason"), longest=1000)


@pages.get("")
@access.needs(Permission.PROJECTS_PROJECT_READ)
def own() -> str:
    """The projects of the organisation one acts for."""
    return _list(everybody=False)


@pages.get("/register")
@access.needs(Permission.PROJECTS_ANY_READ)
def all_of_them() -> str:
    """The projects of everybody, without drafts."""
    return _list(everybody=True)


def _list(*, everybody: bool) -> str:
    key = read_cursor(request.args.get("cursor"), [str, str])
    after = None if key is None else (read_moment(str(key[0])), UUID(str(key[1])))
    organisation = current_actor().organisation

    def ask(session: Session) -> list[ProjectLine]:
        if everybody:
            return all_projects(session, SHOWN + 1, after)
        if organisation is None:
            return []
        return projects_of(session, organisation, SHOWN + 1, after)

    page = page_of(
        site().office.read(ask), SHOWN, lambda line: (stamp(line.created_at), str(line.id))
    )
    return render_template(
        "projects/list.html",
        page=page,
        everybody=everybody,
        may_create=current_actor().may(Permission.PROJECTS_PROJECT_CREATE),
    )


@pages.route("/new", methods=["GET", "POST"])
@access.needs(Permission.PROJECTS_PROJECT_CREATE)
def new() -> ResponseReturnValue:
    """Enter a project."""
    form = NewProject()
    if not form.is_sent:
        return render_template("projects/new.html", form=form)
    return submit(
        form,
        site().office,
        create_project,
        lambda: CreateProject(
            region=form.region,
            track=form.track,
            kind=form.kind,
            funds=form.funds,
            tendered=form.tendered,
            in_catalogue=form.in_catalogue,
            name_zh=form.name_zh,
            name_en=form.name_en,
            budget=form.budget,
        ),
        again=lambda: render_template("projects/new.html", form=form),
        to=lambda outcome: url_for("projects.show", code=outcome["code"]),
    )


@pages.get("/<code>")
@access.signed_in
def show(code: str) -> str:
    """Everything about a project, for those who may know it."""
    return _show(known(code), Return())


def _show(facts: ProjectFacts, form: Return) -> str:
    actor = current_actor()
    mine = actor.organisation in (facts.owner, facts.agent)
    owns = actor.organisation == facts.owner
    prepares = mine and actor.may(Permission.PROJECTS_PROJECT_CREATE)
    admits = actor.may(Permission.PROJECTS_PROJECT_ADMIT)

    def ask(session: Session) -> dict[str, object]:
        agent = facts.agent
        return {
            "owner": organisations.organisation(session, facts.owner),
            "agent": None if agent is None else organisations.organisation(session, agent),
            "documents": {
                digest: document(session, digest, facts.owner) for digest in facts.papers
            },
        }

    return render_template(
        "projects/show.html",
        form=form,
        facts=facts,
        may_prepare=prepares and facts.state in (ProjectState.DRAFT, ProjectState.ADMITTED),
        may_submit=prepares and facts.state is ProjectState.DRAFT,
        may_end=prepares and owns,
        tender_url=_wizard(facts, actor) if mine else None,
        approvals_url=_approvals(facts, actor) if owns else None,
        may_admit=admits and facts.state is ProjectState.SUBMITTED,
        may_allow_early=actor.may(Permission.PROJECTS_EARLY_ALLOW)
        and facts.kind in EARLY
        and not facts.early,
        **site().office.read(ask),
    )


def _approvals(facts: ProjectFacts, actor: Actor) -> str | None:
    """Where its owner applies for what departments decide."""
    if not actor.may(Permission.APPROVALS_CASE_FILE) or APPROVALS not in current_app.view_functions:
        return None
    return url_for(APPROVALS, code=facts.code)


def _wizard(facts: ProjectFacts, actor: Actor) -> str | None:
    """Where the tender of an admitted project is prepared; None where it is not tendered here."""
    tendered = facts.track is Track.GOVERNMENT and facts.tendered
    ready = tendered and facts.state is ProjectState.ADMITTED
    if not ready or not actor.may(Permission.TENDERS_TENDER_PREPARE):
        return None
    return url_for(WIZARD, project=facts.code) if WIZARD in current_app.view_functions else None


@pages.post("/<code>/<any(submit, admit, close, cancel, 'allow-early'):act>")
@access.signed_in
def move(code: str, act: str) -> ResponseReturnValue:
    """A step in the course of a project; the command decides who may."""
    facts = known(code)
    return press(_COURSE[act], NameProject(facts.id), lambda: url_for("projects.show", code=code))


@pages.post("/<code>/return")
@access.needs(Permission.PROJECTS_PROJECT_ADMIT)
def give_back(code: str) -> ResponseReturnValue:
    """Give a project back to its owner, saying why."""
    form, facts = Return(), known(code)
    return submit(
        form,
        site().office,
        return_project,
        lambda: NameProject(facts.id, form.reason),
        again=lambda: _show(facts, form),
        to=lambda _: url_for("projects.show", code=code),
    )


@pages.get("/<code>/documents/<digest>")
@access.signed_in
def paper(code: str, digest: str) -> ResponseReturnValue:
    """A paper of a project, for those who may know the project."""
    facts = known(code)
    wanted = next((one for one in facts.papers if one.hex() == digest), None)
    if wanted is None:
        raise NotFound("no-document", zh="没有此文件", en="There is no such file")

    def ask(session: Session) -> DocumentFacts:
        return document(session, wanted, facts.owner)

    return download(FileStore(site().settings.files), site().office.read(ask))


def known(code: str) -> ProjectFacts:
    """The project with this code, if the reader may know it; `NotFound`."""
    actor = current_actor()
    return site().office.read(lambda session: facts_for(session, actor, code))
