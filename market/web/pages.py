"""A room's pages, with what the front of the house shows of them: names, navigation, home."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from flask import Blueprint
from sqlalchemy.orm import Session

from market.web.language import Lazy, lazy_gettext
from market.web.words import StateWords


@dataclass(frozen=True, slots=True)
class NavItem:
    """One word of the main navigation; smaller `order` stands further left.

    `also` names other blueprints whose pages lie in the same place.
    """

    label: Lazy
    endpoint: str
    order: int
    also: frozenset[str] = frozenset()

    def leads_to(self, blueprint: str | None) -> bool:
        """Whether a page of this blueprint lies in this place."""
        return blueprint is not None and blueprint in {self.endpoint.split(".")[0], *self.also}


class HomeSlot(StrEnum):
    """What the home page has places for."""

    CLOSING = "closing"
    LATEST = "latest"
    RESULTS = "results"
    FIGURES = "figures"


HEADINGS: Final = {
    HomeSlot.CLOSING: lazy_gettext("Closing soon"),
    HomeSlot.LATEST: lazy_gettext("Latest notices"),
    HomeSlot.RESULTS: lazy_gettext("Latest results"),
    HomeSlot.FIGURES: lazy_gettext("Today in figures"),
}


@dataclass(frozen=True, slots=True)
class HomeItem:
    """One line on the home page.

    `when` is the deadline in "closing" and the moment of publication elsewhere; a figure has its
    number, already in words, in `note`.
    """

    title: str
    url: str
    note: str = ""
    when: datetime | None = None


HomeReader = Callable[[Session, datetime, int], Sequence[HomeItem]]
"""What a room has for a slot at a moment, at most so many; everything in it is public."""


@dataclass(frozen=True, slots=True)
class HomeSource:
    """A room's lines for one slot of the home page; several rooms share a slot."""

    slot: HomeSlot
    read: HomeReader


class Pages(Blueprint):
    """The pages of a room: a blueprint that also carries what the front needs to know.

    Every view on it wears a mark of `market.web.access`. `words` are the names of the room's
    states, `search` the endpoint that takes `?q=` from the search box of the home page.
    """

    def __init__(
        self,
        name: str,
        import_name: str,
        *,
        url_prefix: str | None = None,
        words: Sequence[StateWords] = (),
        navigation: Sequence[NavItem] = (),
        home: Sequence[HomeSource] = (),
        search: str | None = None,
    ) -> None:
        super().__init__(name, import_name, url_prefix=url_prefix, template_folder="templates")
        self.words = tuple(words)
        self.navigation = tuple(navigation)
        self.home = tuple(home)
        self.search = search
