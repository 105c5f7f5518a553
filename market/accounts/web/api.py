"""Calls for programs: who am I, and the custodian's account proofs."""

from flask import Blueprint

from market.accounts.commands.accounts import ConfirmAccount, confirm_account
from market.kernel.permissions import Permission
from market.protocol.encoding import parse
from market.web import access
from market.web.access import current_actor
from market.web.api import PREFIX, Answer, call, received
from market.web.site import site

pages = Blueprint("accounts_api", __name__, url_prefix=PREFIX.rstrip("/"))


class WhoAnswer(Answer):
    """The actor behind a token, and what it may do."""

    name: str
    organisation: str | None
    permissions: list[str]


class ConfirmedAnswer(Answer):
    """The organisation that a statement confirmed, and its state."""

    organisation: str
    state: str


@pages.get("/me")
@call(summary="Who this token or session is, and what it may do", gives=WhoAnswer)
@access.signed_in
def who() -> WhoAnswer:
    """Tell a program what its token opens."""
    actor = current_actor()
    return WhoAnswer(
        name=actor.name,
        organisation=None if actor.organisation is None else str(actor.organisation),
        permissions=sorted(actor.permissions),
    )


@pages.post("/account-proofs")
@call(
    summary="Hand in a custodian's signed statement of a one-fen transfer (yg/account-proof/v1)",
    gives=ConfirmedAnswer,
)
@access.needs(Permission.ACCOUNTS_ORGANISATION_CONFIRM)
def prove() -> ConfirmedAnswer:
    """Confirm the organisation named in the statement; the same statement, the same answer."""
    body = received()
    statement = parse(body.raw)
    outcome = site().office.run_once(
        confirm_account, ConfirmAccount(statement), current_actor(), body.once, at=body.at
    )
    return ConfirmedAnswer(organisation=str(outcome["organisation"]), state=str(outcome["state"]))
