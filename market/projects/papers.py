"""Pages for the papers of a project: approvals, settled money, who prepared it, the agent."""

from typing import Final
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from market.accounts.queries.organisations import organisations_with
from market.accounts.roles import Role
from market.files.commands import KeepDocument
from market.files.store import FileStore
from market.kernel.ids import uscc
from market.kernel.permissions import Permission
from market.projects.commands.entry import AppointAgent, appoint_agent
from market.projects.commands.papers import (
    NameParty,
    RecordApproval,
    RecordFunds,
    record_approval,
    record_funds,
    record_party,
)
from market.projects.queries import ProjectFacts
from market.projects.rules import PartyKind
from market.projects.web import known
from market.web import access
from market.web.fields import FileField, Option, ReadField, TextField
from market.web.forms import Form, submit
from market.web.language import language, lazy_gettext
from market.web.pages import Pages
from market.web.sent_file import SentFile
from market.web.site import site
from market.web.typed_fields import ChoiceField, DateField, MoneyField, PickField

ENDINGS: Final = (".pdf", ".docx", ".xlsx", ".png", ".jpg", ".jpeg")

pages = Pages("project_papers", "market.projects", url_prefix="/projects/<code>")


class NewApproval(Form):
    """An approving paper."""

    number = TextField(lazy_gettext("Number of the approval"), longest=100)
    authority = TextField(lazy_gettext("Approving authority"))
    approved_on = DateField(lazy_gettext("Day it bears"))
    paper = FileField(lazy_gettext("The paper"), endings=ENDINGS)


class NewFunds(Form):
    """Money that is settled."""

    amount = MoneyField(lazy_gettext("Amount"))
    source = TextField(lazy_gettext("Where it comes from"))
    paper = FileField(lazy_gettext("The paper"), endings=ENDINGS)


class NewParty(Form):
    """An organisation that took part in the preparation."""

    kind = ChoiceField(lazy_gettext("What it did"), PartyKind)
    uscc = ReadField(lazy_gettext("Credit code"), uscc)
    name = TextField(lazy_gettext("Name"))


class NewAgent(Form):
    """The agent of the project."""

    agent = PickField(
        lazy_gettext("Procurement agent"), hint=lazy_gettext("The first choice ends a mandate.")
    )


@pages.route("/approvals/new", methods=["GET", "POST"])
@access.needs(Permission.PROJECTS_PROJECT_CREATE)
def approval(code: str) -> ResponseReturnValue:
    """Add an approving paper."""
    form, facts = NewApproval(), known(code)
    if not form.is_sent:
        return _page(form, facts, "approval")
    return submit(
        form,
        site().office,
        record_approval,
        lambda: RecordApproval(
            facts.id, form.number, form.authority, form.approved_on, _kept(form.paper, facts)
        ),
        again=lambda: _page(form, facts, "approval"),
        to=lambda _: url_for("projects.show", code=code),
    )


@pages.route("/funds/new", methods=["GET", "POST"])
@access.needs(Permission.PROJECTS_PROJECT_CREATE)
def funds(code: str) -> ResponseReturnValue:
    """Add settled money."""
    form, facts = NewFunds(), known(code)
    if not form.is_sent:
        return _page(form, facts, "funds")
    return submit(
        form,
        site().office,
        record_funds,
        lambda: RecordFunds(facts.id, form.amount, form.source, _kept(form.paper, facts)),
        again=lambda: _page(form, facts, "funds"),
        to=lambda _: url_for("projects.show", code=code),
    )


@pages.route("/parties/new", methods=["GET", "POST"])
@access.needs(Permission.PROJECTS_PROJECT_CREATE)
def party(code: str) -> ResponseReturnValue:
    """Name an organisation that prepared the project."""
    form, facts = NewParty(), known(code)
    if not form.is_sent:
        return _page(form, facts, "party")
    return submit(
        form,
        site().office,
        record_party,
        lambda: NameParty(facts.id, form.kind, form.uscc, form.name),
        again=lambda: _page(form, facts, "party"),
        to=lambda _: url_for("projects.show", code=code),
    )


@pages.route("/agent", methods=["GET", "POST"])
@access.needs(Permission.PROJECTS_PROJECT_CREATE)
def agent(code: str) -> ResponseReturnValue:
    """Name the agent, or end its mandate."""
    facts = known(code)
    form = NewAgent(options={"agent": _agents()})
    if not form.is_sent:
        return _page(form, facts, "agent")
    return submit(
        form,
        site().office,
        appoint_agent,
        lambda: AppointAgent(facts.id, None if form.agent == "none" else UUID(form.agent)),
        again=lambda: _page(form, facts, "agent"),
        to=lambda _: url_for("projects.show", code=code),
    )


def _agents() -> list[Option]:
    found = site().office.read(lambda session: organisations_with(session, Role.AGENT))
    named = [Option(str(one.id), one.name(language())) for one in found]
    return [Option("none", lazy_gettext("No agent")), *named]


def _kept(sent: SentFile, facts: ProjectFacts) -> KeepDocument:
    """The file in the folder; the command writes it down, or it stays there unnamed."""
    stored = FileStore(site().settings.files).put(sent.source)
    return KeepDocument(stored, sent.name, facts.owner)


def _page(form: Form, facts: ProjectFacts, kind: str) -> str:
    return render_template("projects/paper.html", form=form, facts=facts, kind=kind)
