"""An order as its forms need it, and what forms share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from intermediaries.orders.commands.rows import Brought
from intermediaries.orders.facts import OrderFacts
from intermediaries.orders.rules.states import (
    Purpose,
)
from intermediaries.orders.web import forms
from market.approvals.queries.items import ItemFacts
from market.approvals.rules.cases import Issue, IssueKind
from market.files.commands import KeepDocument
from market.files.store import FileStore
from market.web.fields import Option
from market.web.forms import Form
from market.web.language import Lazy
from market.web.sent_file import SentFile
from market.web.site import site


@dataclass(frozen=True, slots=True)
class Filled:
    """A form, the command it asks for, and a sentence above it."""

    form: Form
    handler: Callable[..., Mapping[str, Any] | None]
    command: Callable[[], object]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """An order as forms need it; `item` is the approval item its case follows."""

    order: OrderFacts
    item: ItemFacts | None
    organisation: UUID

    @property
    def no(self) -> str:
        """Its number."""
        return self.order.no

    def file(self, sent: SentFile, purpose: Purpose, about: str = "") -> Brought:
        """A file as it comes with an act."""
        stored = FileStore(site().settings.files).put(sent.source)
        return Brought(purpose, about, KeepDocument(stored, sent.name, self.organisation))

    def files(self, sent: SentFile | None, purpose: Purpose) -> tuple[Brought, ...]:
        """The same, where there may be none."""
        return () if sent is None else (self.file(sent, purpose),)


def lines_of(typed: str | None) -> tuple[str, ...]:
    """The lines somebody typed, without the empty ones."""
    return tuple(line.strip() for line in (typed or "").splitlines() if line.strip())


def worded(
    handler: Callable[..., Mapping[str, Any] | None],
    make: Callable[[str, str], object],
    lead: Lazy | str = "",
) -> Callable[[Place], Filled]:
    """A form of words for an act that needs nothing else, with a sentence above it."""

    def fill(place: Place) -> Filled:
        form = forms.WordsForm()
        return Filled(form, handler, lambda: make(place.no, form.words), str(lead))

    return fill


def options_of(names: Iterable[str]) -> list[Option]:
    """Names to choose from."""
    return [Option(name, name) for name in names]


def points_of(lines: tuple[str, ...], kind: IssueKind) -> tuple[Issue, ...]:
    """Lines as points of one kind."""
    return tuple(Issue(line, kind) for line in lines)


def yes_no(yes: str, no: str) -> dict[str, list[Option]]:
    """A choice between two."""
    return {"granted": [Option("yes", yes), Option("no", no)]}
