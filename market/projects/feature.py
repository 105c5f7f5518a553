"""What the room of projects hands to the factory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask import url_for
from sqlalchemy.orm import Session

from market.command import Actor
from market.feature import DeskItem, Feature
from market.kernel.permissions import Permission
from market.projects import papers, web
from market.projects.queries import all_projects, projects_of
from market.projects.rules import ProjectState

SHOWN: Final = 50


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Projects to be checked for the centre, returned ones and drafts for their owner."""
    del now
    items: list[DeskItem] = []
    if actor.may(Permission.PROJECTS_PROJECT_ADMIT):
        items += [
            _item("核验项目", "Check a project", line.code)
            for line in all_projects(session, SHOWN, state=ProjectState.SUBMITTED)
        ]
    if actor.organisation is not None and actor.may(Permission.PROJECTS_PROJECT_CREATE):
        items += [
            _item("补齐项目资料并提交", "Complete a project and hand it in", line.code)
            for line in projects_of(session, actor.organisation, SHOWN)
            if line.state is ProjectState.DRAFT
        ]
    return items


def _item(zh: str, en: str, code: str) -> DeskItem:
    return DeskItem(zh, en, url_for("projects.show", code=code), None, code)


FEATURE: Final = Feature("projects", pages=(web.pages, papers.pages), desk=desk)
