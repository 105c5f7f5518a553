"""Who may open which page of accounts, letters and projects: a hand-written table."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine

from market.accounts.feature import FEATURE as ACCOUNTS
from market.factory import create_app
from market.messages.feature import FEATURE as MESSAGES
from market.projects.feature import FEATURE as PROJECTS
from market.web.access import marks
from tests.support.offices import make_office, settings_for

EXPECTED = {
    "accounts.enrol GET": "public",
    "accounts.enrol POST": "public",
    "accounts.sign_in GET": "public",
    "accounts.sign_in POST": "public",
    "accounts.sign_out POST": "signed-in",
    "accounts_api.prove POST": "needs accounts:organisation:confirm",
    "accounts_api.who GET": "signed-in",
    "administration.act_on POST": "needs accounts:person:block",
    "administration.approve POST": "needs accounts:authority:admit",
    "administration.authorities_page GET": "needs accounts:authority:admit",
    "administration.authorities_page POST": "needs accounts:authority:admit",
    "administration.end POST": "needs accounts:authority:admit",
    "administration.people GET": "needs accounts:person:block",
    "administration.people POST": "needs accounts:person:block",
    "messages.listed GET": "needs messages:letter:read",
    "organisations.details GET": "needs accounts:organisation:edit",
    "organisations.details POST": "needs accounts:organisation:edit",
    "organisations.new_key GET": "needs accounts:key:register",
    "organisations.new_key POST": "needs accounts:key:register",
    "organisations.order POST": "needs accounts:organisation:edit",
    "organisations.own GET": "signed-in",
    "organisations.own POST": "signed-in",
    "organisations.register GET": "needs accounts:organisation:register",
    "organisations.register POST": "needs accounts:organisation:register",
    "organisations.revoke POST": "needs accounts:key:register",
    "organisations.show POST": "needs accounts:key:register",
    "own.account GET": "signed-in",
    "own.account POST": "signed-in",
    "own.choose POST": "signed-in",
    "own.end POST": "signed-in",
    "own.end_everywhere POST": "signed-in",
    "own.forget_address POST": "signed-in",
    "own.password GET": "signed-in",
    "own.password POST": "signed-in",
    "own.role POST": "signed-in",
    "own.second_factor GET": "signed-in",
    "own.second_factor POST": "signed-in",
    "people.approve POST": "needs accounts:role:approve",
    "people.listed GET": "needs accounts:role:appoint",
    "people.listed POST": "needs accounts:role:appoint",
    "people.revoke POST": "needs accounts:role:appoint",
    "programs.end POST": "signed-in",
    "programs.listed GET": "needs accounts:program:create",
    "programs.listed POST": "needs accounts:program:create",
    "project_papers.agent GET": "needs projects:project:create",
    "project_papers.agent POST": "needs projects:project:create",
    "project_papers.approval GET": "needs projects:project:create",
    "project_papers.approval POST": "needs projects:project:create",
    "project_papers.funds GET": "needs projects:project:create",
    "project_papers.funds POST": "needs projects:project:create",
    "project_papers.party GET": "needs projects:project:create",
    "project_papers.party POST": "needs projects:project:create",
    "renewal.lost GET": "public",
    "renewal.lost POST": "public",
    "renewal.release GET": "needs accounts:role:appoint",
    "renewal.release POST": "needs accounts:role:appoint",
    "renewal.renew GET": "public",
    "renewal.renew POST": "public",
    "projects.all_of_them GET": "needs projects:any:read",
    "projects.give_back POST": "needs projects:project:admit",
    "projects.move POST": "signed-in",
    "projects.new GET": "needs projects:project:create",
    "projects.new POST": "needs projects:project:create",
    "projects.own GET": "needs projects:project:read",
    "projects.paper GET": "signed-in",
    "projects.show GET": "signed-in",
    "register.approve POST": "needs accounts:capacity:grant",
    "register.end POST": "needs accounts:capacity:grant",
    "register.listed GET": "needs accounts:organisation:read",
    "register.name_representative POST": "needs accounts:capacity:grant",
    "register.propose POST": "needs accounts:capacity:grant",
    "register.restore POST": "needs accounts:organisation:suspend",
    "register.second POST": "needs accounts:capacity:grant accounts:role:approve",
    "register.shown GET": "needs accounts:organisation:read",
    "register.suspend POST": "needs accounts:organisation:suspend",
    "register.withdraw POST": "needs accounts:organisation:withdraw",
}
ROOMS = {name.split(".")[0] for name in EXPECTED}


@pytest.fixture
def found(tmp_path: Path) -> dict[str, str]:
    """The marks of the host with these three rooms."""
    office = make_office(create_engine("postgresql+psycopg://nobody@localhost:1/none")).office
    app = create_app(settings_for(tmp_path), (ACCOUNTS, MESSAGES, PROJECTS), office=office)
    return {name: mark for name, mark in marks(app).items() if name.split(".")[0] in ROOMS}


def test_every_page_wears_the_mark_of_the_table(found: dict[str, str]) -> None:
    assert found == EXPECTED


def test_what_changes_something_is_never_public_but_for_coming_in(found: dict[str, str]) -> None:
    public = {name for name, mark in found.items() if mark == "public" and "POST" in name}
    asked = {"renewal.lost POST", "renewal.renew POST"}  # a lost password
    assert public == {"accounts.sign_in POST", "accounts.enrol POST"} | asked
