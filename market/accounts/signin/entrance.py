"""Who asks: the session cookie by Flask-Login, the Bearer token of a program under `/api/v1`."""

from dataclasses import dataclass
from typing import Final, cast

import flask_login
from flask import Flask, current_app, g, request
from flask.blueprints import BlueprintSetupState
from flask_login import LoginManager, UserMixin
from redis import Redis

from market.accounts.queries.entrances import SignedIn
from market.accounts.queries.people import name
from market.accounts.signin.attempts import Attempts
from market.accounts.signin.door import Door, TokenRefused
from market.accounts.signin.machine import MachineClock
from market.accounts.signin.passwords import PRODUCTION, Cost, Passwords
from market.accounts.vault import vault_of
from market.command import Actor
from market.kernel.errors import NotFound
from market.web.access import actor_loader
from market.web.api import PREFIX
from market.web.site import site, site_of

EXTENSION: Final = "accounts"
REDIS_SECONDS: Final = 2
TRIAL_COST: Final = Cost(memory_kib=8, passes=1, lanes=1)
"""For tests, which check that passwords are checked and not what that costs."""
_BEARER: Final = "Bearer "


@dataclass(frozen=True, slots=True)
class Visitor(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """Somebody signed in, as Flask-Login keeps it: by the token, whose hash names the session."""

    token: str
    signed_in: SignedIn

    def get_id(self) -> str:
        """What the browser's cookie holds; signed by Flask, hashed in the database."""
        return self.token


def set_up(state: BlueprintSetupState) -> None:
    """Stand at the door of an application as soon as the room's pages are put on it."""
    app = cast("Flask", state.app)
    known = site_of(app)
    settings = known.settings
    redis = Redis.from_url(
        settings.redis_url,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
    )
    app.extensions[EXTENSION] = Door(
        office=known.office,
        passwords=Passwords(TRIAL_COST if settings.mode == "test" else PRODUCTION),
        attempts=Attempts(redis, settings.secret_key),
        vault=vault_of(settings),
        machine=MachineClock(known.office),
    )
    manager = LoginManager(app)
    # Sessions are rows here: they end by their own rules, not by a change of network or browser.
    manager.session_protection = None
    manager.user_loader(_by_token)
    actor_loader(app, _load, display_name=_display_name)


def door() -> Door:
    """The door of the application at hand."""
    return cast("Door", current_app.extensions[EXTENSION])


def signed_in() -> SignedIn | None:
    """The session behind this request; None for visitors and programs."""
    user = flask_login.current_user
    return user.signed_in if isinstance(user._get_current_object(), Visitor) else None  # noqa: SLF001  a LocalProxy hides the type


def let_in(token: str) -> SignedIn | None:
    """Give the browser the token of a fresh session, and act as its person from here on."""
    found = door().who(token)
    if found is not None:
        flask_login.login_user(Visitor(token, found))
        g.pop("actor", None)  # whoever asked so far was nobody
    return found


def let_out() -> None:
    """Take the token back from the browser."""
    flask_login.logout_user()
    g.pop("actor", None)


def _by_token(token: str) -> Visitor | None:
    found = door().who(token)
    return None if found is None else Visitor(token, found)


def _load() -> Actor | None:
    """The actor of this request; `TokenRefused` for a program's token that is not good."""
    given = request.headers.get("Authorization")
    if given is not None and request.path.startswith(PREFIX):
        if not given.startswith(_BEARER):
            raise TokenRefused
        return door().program(given.removeprefix(_BEARER).strip())
    found = signed_in()
    return None if found is None else found.actor


def _display_name(actor: Actor) -> str:
    """The person's own name, opened for that person's own header; the account without one."""
    if actor.person is None:
        return actor.name
    person = actor.person
    try:
        return site().office.read(lambda session: name(session, door().vault, person))
    except NotFound:
        return actor.name
