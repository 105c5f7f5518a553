"""What every page of one host knows: its settings, its office, who asks and at which moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flask import Flask, current_app, g

from market.command import Actor, Office
from market.feature import Feature
from market.settings import Settings
from market.web.kept import KeptForms
from market.web.pages import HomeSource, NavItem
from market.web.words import Vocabulary

EXTENSION: Final = "market"


@dataclass(slots=True)
class Site:
    """One host: the platform's, or the anonymous one, which knows nobody and keeps no form."""

    settings: Settings
    office: Office
    features: Sequence[Feature]
    is_anonymous: bool
    kept: KeptForms | None = None
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    navigation: list[NavItem] = field(default_factory=list)
    home: list[HomeSource] = field(default_factory=list)
    search: str | None = None
    load_actor: Callable[[], Actor | None] | None = None
    display_name: Callable[[Actor], str] | None = None
    sign_in: str = "/sign-in"
    sign_out: str = "/sign-out"
    description: bytes = b"{}"
    """The OpenAPI document of this version, written when the host is put together."""
    demo_clock: str | None = None
    """Where the demonstration's clock is moved, for the banner; None outside it."""
    before_rights: list[Callable[[], None]] = field(default_factory=list)
    """What rooms ask before anybody's rights are: a room that is not there for somebody says so
    first, so that no other answer tells that it is."""

    def attach(self, app: Flask) -> None:
        """Stand behind this application."""
        app.extensions[EXTENSION] = self


def site_of(app: Flask) -> Site:
    """The site behind an application."""
    found: Site = app.extensions[EXTENSION]
    return found


def site() -> Site:
    """The site of the request at hand."""
    return site_of(current_app)


def moment() -> datetime:
    """The moment of this request for what it shows: the office's clock, read once when first asked.

    What is written carries the moment of its own command, which the office reads itself.
    """
    known: datetime | None = g.get("moment")
    if known is None:
        known = g.moment = site().office.clock.now()
    return known
