"""The forms of a page without a browser: their marks, what is typed into them, what they send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode, urljoin

TEXTS: Final = frozenset(
    {"text", "search", "email", "tel", "url", "number", "date", "datetime-local"}
)
"""Kinds of inputs that somebody types into; a password is kept nowhere, on purpose."""
TOO_LONG: Final = "x" * 20_001
"""No field of the platform takes so much, and none that is not for words takes it at all."""


@dataclass
class SentForm:
    """A form as its page shows it; `typed` are its fields of text in their order."""

    action: str
    name: str = ""
    marks: list[tuple[str, str]] = field(default_factory=list)
    typed: list[tuple[str, str]] = field(default_factory=list)
    has_secret: bool = False

    def refused(self) -> list[tuple[str, str]]:
        """Text for every field, with one that the form cannot take: nothing comes of sending it."""
        told = [(name, f"手写 {n} <typed> & kept") for n, (name, _) in enumerate(self.typed)]
        return [*told[:-1], (told[-1][0], TOO_LONG)]

    def body(self, typed: list[tuple[str, str]]) -> str:
        """What a browser would send with this text."""
        return urlencode([*self.marks, *typed])


def forms_on(text: str, url: str) -> list[SentForm]:
    """The forms of a page that send something, but for the one by which one leaves."""
    reader = _Reader(url)
    reader.feed(text)
    return [one for one in reader.found if not one.action.endswith("/sign-out")]


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.found: list[SentForm] = []
        self._url = url
        self._form: SentForm | None = None
        self._area: str | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post":
            bare = self._url.partition("#")[0]
            self._form = SentForm(urljoin(bare, given["action"]) if given.get("action") else bare)
            self.found.append(self._form)
        elif self._form is not None and tag == "textarea":
            self._area, self._words = given.get("name", ""), []
        elif self._form is not None and tag == "input" and given.get("name"):
            self._take(self._form, given)

    def _take(self, form: SentForm, given: dict[str, str]) -> None:
        name, value, kind = given["name"], given.get("value", ""), given.get("type", "text")
        if kind == "hidden":
            form.marks.append((name, value))
            if name == "_form":
                form.name = value
        elif kind in TEXTS:
            form.typed.append((name, value))
        form.has_secret |= kind == "password"

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._form is not None and self._area is not None:
            words = "".join(self._words).removeprefix("\n")
            self._form.typed.append((self._area, words))
            self._area = None
        elif tag == "form":
            self._form = None
