"""Approving departments find no page of the selection of agencies, and that they looked is kept.

A department neither chooses nor recommends an agency and learns its name only when the deliverable
is handed in; so for its accounts there is no such page.
"""

from collections.abc import Callable
from typing import Any, Final, cast

from flask import Blueprint, Flask, request
from flask.blueprints import BlueprintSetupState

from market.command import Actor, Office
from market.draws.audience import LOOKED, REFUSED
from market.kernel.errors import MarketError, NotFound
from market.kernel.permissions import Permission
from market.web.access import current_actor
from market.web.site import site, site_of

SUBJECT_LIMIT: Final = 200


def is_department(actor: Actor) -> bool:
    """Whether somebody acts for an approving department."""
    return actor.may(Permission.APPROVALS_CASE_READ)


def refuse_department(office: Office, actor: Actor, subject: str) -> None:
    """Go on only for somebody who is no department; else write the look down: `NotFound`.

    `subject` is what was looked for: a number, or the address.
    """
    if not is_department(actor):
        return
    error = NotFound(REFUSED)
    office.record_refusal(LOOKED, subject[:SUBJECT_LIMIT], actor, error)
    raise NotFound


def shut_to_departments(pages: Blueprint) -> None:
    """Let nobody of a department in at any page of this blueprint; asked before all rights."""
    pages.record_once(_on_the_host(pages.name))


def shows_selection() -> bool:
    """Whether a page may lead this reader to the selection of agencies."""
    try:
        return not is_department(current_actor())
    except MarketError:
        return False


def _on_the_host(name: str) -> Callable[[BlueprintSetupState], None]:
    def ask() -> None:
        if request.blueprint == name:
            refuse_department(site().office, current_actor(), _subject())

    def put(state: BlueprintSetupState) -> None:
        site_of(cast(Flask, state.app)).before_rights.append(ask)

    return put


def _subject() -> str:
    given: dict[str, Any] = request.view_args or {}
    return str(given.get("no") or request.path)
