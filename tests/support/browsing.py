"""The platform's host with rooms of one's choice, and a browser that uses it as a person does."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from market.accounts.commands.people import (
    AcceptSecondFactor,
    OfferSecondFactor,
    accept_second_factor,
    offer_second_factor,
)
from market.accounts.signin.entrance import EXTENSION
from market.accounts.signin.second_factor import code_at, new_secret, step_of
from market.accounts.vault import Purpose
from market.factory import create_app
from market.feature import Feature
from market.settings import Settings
from tests.support.offices import settings_for
from tests.support.people_cast import PASSWORD, Cast, make_door


def app_of(
    cast: Cast, features: Sequence[Feature], redis_url: str, var: Path, mode: str = "test"
) -> Flask:
    """The platform's host on the cast's office, with the cast's own door."""
    settings: Settings = replace(
        settings_for(var),
        redis_url=redis_url,
        mode=mode,
        origin="demo/journal" if mode == "demo" else "test/journal",
    )
    app = create_app(settings, features, office=cast.office)
    app.extensions[EXTENSION] = make_door(cast, redis_url)
    return app


@dataclass
class Browser:
    """Opens pages and sends forms with the hidden marks that the page had."""

    client: FlaskClient
    cast: Cast
    language: str = "en"

    def open(self, path: str) -> TestResponse:
        return self.client.get(path, headers={"Accept-Language": self.language}, buffered=True)

    def send(
        self, page: str, typed: dict[str, object], *, form: str, action: str | None = None
    ) -> TestResponse:
        """Open a page, fill in one of its forms, send it where it wants to go."""
        marks, wants = self._form(page, form, action)
        return self.client.post(
            action or wants or page,
            data={**marks, **typed},
            headers={"Accept-Language": self.language},
            buffered=True,
        )

    def press(self, page: str, action: str) -> TestResponse:
        """Press the button of a page that leads to this address."""
        return self.send(page, {}, form="press", action=action)

    def sign_in(self, account: str, *, secret: str | None = None) -> TestResponse:
        """Sign in with the password of the cast, and a code where there is a second factor."""
        code = "" if secret is None else code_at(secret, step_of(self.cast.machine.now()))
        typed = {"account": account, "secret.password": PASSWORD, "secret.code": code}
        return self.send("/sign-in", typed, form="SignIn")

    def sign_in_fully(self, account: str) -> TestResponse:
        """Sign in with a second factor, set up now if there is none."""
        return self.sign_in(account, secret=give_factor(self.cast, account))

    def _form(self, page: str, form: str, action: str | None) -> tuple[dict[str, str], str | None]:
        shown = self.open(page)
        assert shown.status_code == 200, (page, shown.status_code, shown.text[:500])
        for part in shown.text.split("<form")[1:]:
            marks = dict(re.findall(r'type="hidden" name="(_\w+)" value="([^"]*)"', part))
            found = re.search(r'action="([^"]*)"', part.split(">", 1)[0])
            wants = html.unescape(found[1]) if found else None
            if marks.get("_form") == form and (action is None or action == wants):
                return {name: html.unescape(value) for name, value in marks.items()}, wants
        raise AssertionError(f"no form {form} to {action} on {page}")


def signed_in(app: Flask, cast: Cast, account: str) -> Browser:
    """A browser of its own with somebody signed in, with a second factor."""
    made = Browser(app.test_client(), cast)
    made.sign_in_fully(account)
    return made


def give_factor(cast: Cast, account: str) -> str:
    """A second factor in use, whose present code is still good."""
    secret, actor = new_secret(), cast.actor(account)
    sealed = cast.vault.seal(Purpose.SECOND_FACTOR, cast.people[account], secret)
    cast.office.run(offer_second_factor, OfferSecondFactor(sealed), actor)
    now = cast.machine.now()
    accept = AcceptSecondFactor(sealed, step_of(now) - 1, now, cast.people[account])
    cast.office.run(accept_second_factor, accept, actor)
    return secret
