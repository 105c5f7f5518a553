"""A browser without scripts: pages by address, forms by their fields and buttons.

Written on urllib3 and html.parser, with cookies of its own. It sees what a person sees: the
title, the text, the summary of what is wrong. The troupe and the stories act with it.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

import urllib3
from urllib3.filepost import encode_multipart_formdata

REDIRECTS: Final = {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER}
SECRET: Final = "secret."  # noqa: S105  the prefix of fields, not a secret
HIDDEN_TEXT: Final = {"script", "style"}
ONE_BY_ONE: Final = {"Connection": "close"}
"""A connection that is kept may be closed by the host just as the next request sets out: lost."""
VOID: Final = {"input", "img", "br", "hr", "meta", "link", "wbr"}


@dataclass
class HtmlForm:
    """A form as the page shows it; `values` is what would be sent, `files` the names of files."""

    action: str
    method: str
    multipart: bool = False
    values: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    offered: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)
    pressed: dict[str, tuple[str, str]] = field(default_factory=dict)

    def name_of(self, wanted: str) -> str:
        """The name of a field of this form; secrets carry a prefix. `KeyError` if there is none."""
        for name in (wanted, SECRET + wanted):
            if name in self.values or name in self.offered or name in self.files:
                return name
        known = sorted({*self.values, *self.offered, *self.files})
        raise KeyError(f"no field {wanted!r}; there are {known}")


class _Reader(HTMLParser):
    """Collects title, text, forms, links and the summary of troubles."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.words: list[str] = []
        self.forms: list[HtmlForm] = []
        self.links: list[tuple[str, str]] = []
        self.troubles: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._form: HtmlForm | None = None
        self._catching: str | None = None
        self._caught: list[str] = []
        self._link = ""
        self._button: tuple[str, str] | None = None
        self._name = ""
        self._option: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append((tag, given.get("class", "")))
        if tag == "form":
            multipart = given.get("enctype") == "multipart/form-data"
            method = given.get("method", "get")
            self._form = HtmlForm(given.get("action", ""), method, multipart)
            self.forms.append(self._form)
        elif tag == "a" and "href" in given:
            self._link = given["href"]
            self._catch("a")
        elif tag in {"title", "textarea", "button", "li"} and not (
            tag == "li" and not self._within("summary")
        ):
            self._catch(tag)
        self._control(tag, given)

    def _control(self, tag: str, given: Mapping[str, str]) -> None:
        form = self._form
        if form is None:
            return
        name = given.get("name", "")
        if tag == "input":
            _input(form, name, given)
        elif tag == "textarea":
            self._name = name
            form.values[name] = [""]
        elif tag == "select":
            self._name = name
            form.offered[name] = []
        elif tag == "option":
            self._option = given.get("value", "")
            form.offered[self._name].append(self._option)
            if "selected" in given or self._name not in form.values:
                form.values[self._name] = [self._option]
        elif tag == "button":
            self._button = (name, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag not in VOID:
            if self._open.pop()[0] == tag:
                break
        if self._catching == tag:
            self._let_go(tag, " ".join("".join(self._caught).split()), "".join(self._caught))
        if tag == "form":
            self._form = None

    def _let_go(self, tag: str, words: str, raw: str) -> None:
        self._catching = None
        if tag == "title":
            self.title = words
        elif tag == "a":
            self.links.append((words, self._link))
            if self._within("summary"):
                self.troubles.append(words)
        elif tag == "li":
            if words:
                self.troubles.append(words)
        elif tag == "textarea" and self._form is not None:
            self._form.values[self._name] = [raw.removeprefix("\n")]
        elif tag == "button" and self._form is not None:
            self._form.buttons.append(words)
            self._form.pressed[words] = self._button or ("", "")

    def handle_data(self, data: str) -> None:
        if self._catching is not None:
            self._caught.append(data)
        if not any(tag in HIDDEN_TEXT for tag, _ in self._open) and data.strip():
            self.words.append(data.strip())

    def _catch(self, tag: str) -> None:
        self._catching, self._caught = tag, []

    def _within(self, named: str) -> bool:
        return any(named in classes.split() for _, classes in self._open)


def _input(form: HtmlForm, name: str, given: Mapping[str, str]) -> None:
    kind = given.get("type", "text")
    if not name:
        return
    if kind == "file":
        form.files.add(name)
    elif kind in {"radio", "checkbox"}:
        form.offered.setdefault(name, []).append(given.get("value", "on"))
        if "checked" in given:
            form.values.setdefault(name, []).append(given.get("value", "on"))
    elif kind not in {"submit", "button"}:
        form.values.setdefault(name, []).append(given.get("value", ""))


class Page:
    """One browser of one person: where it is, what it shows, what it may send."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.url = origin
        self.status = 0
        self.body = b""
        self.headers: Mapping[str, str] = {}
        self._cookies: dict[str, str] = {}
        self._http = urllib3.PoolManager(timeout=60, retries=False)
        self._seen = _Reader()

    @property
    def title(self) -> str:
        """The title in the tab."""
        return self._seen.title

    @property
    def text(self) -> str:
        """Everything that can be read, blanks folded."""
        return " ".join(" ".join(self._seen.words).split())

    @property
    def summary(self) -> list[str]:
        """The lines of the summary of what is wrong."""
        return self._seen.troubles

    @property
    def forms(self) -> list[HtmlForm]:
        """The forms of the page."""
        return self._seen.forms

    @property
    def links(self) -> list[tuple[str, str]]:
        """Words and address of each link."""
        return self._seen.links

    def get(self, path: str) -> "Page":
        """Open an address and follow where it leads."""
        return self._go("GET", urljoin(self.url, path), None, {})

    def link(self, words: str) -> "Page":
        """Follow the first link whose words contain these."""
        for said, target in self.links:
            if words in said:
                return self.get(target)
        raise LookupError(f"no link {words!r} on {self.url}; there are {self.links}")

    def form(
        self, button: str = "", *, action: str = "", has: str = "", named: str = ""
    ) -> HtmlForm:
        """The form with this button, this end of its address, this field or this mark."""
        for found in self.forms:
            target = found.action or urlsplit(self.url).path
            if button and not any(button in known for known in found.buttons):
                continue
            if action and not target.endswith(action):
                continue
            if has and has not in {*found.values, *found.offered, *found.files}:
                continue
            if named and found.values.get("_form") != [named]:
                continue
            if not (button or action or has or named) and "sign-out" in target:
                continue
            return found
        raise LookupError(
            f"no form (button {button!r}, action {action!r}, field {has!r}, {named!r}) "
            f"on {self.url}: "
            f"{[(each.action, each.buttons) for each in self.forms]}"
        )

    def submit(
        self,
        values: Mapping[str, str | Sequence[str]] | None = None,
        files: Mapping[str, Path] | None = None,
        *,
        button: str = "",
        action: str = "",
        has: str = "",
        named: str = "",
    ) -> "Page":
        """Fill in a form, send it and follow where it leads."""
        found = self.form(button, action=action, has=has, named=named)
        sent = {name: list(given) for name, given in found.values.items()}
        for name, value in (values or {}).items():
            sent[found.name_of(name)] = [value] if isinstance(value, str) else list(value)
        pressed = next((found.pressed[b] for b in found.buttons if not button or button in b), None)
        if pressed is not None and pressed[0]:
            sent[pressed[0]] = [pressed[1]]
        pairs = [(name, value) for name, many in sent.items() for value in many]
        if found.method.lower() == "get":
            return self.get(f"{found.action}?{urlencode(pairs)}")
        target = urljoin(self.url, found.action) if found.action else self.url
        body, kind = _encoded(pairs, files or {}, found)
        return self._go("POST", target, body, {"Content-Type": kind})

    def _go(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> "Page":
        for _ in range(8):
            known = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            own = url.startswith(self.origin) and known
            cookies = {"Cookie": known} if own else {}
            answer = self._http.request(
                method,
                url,
                body=body,
                headers={**ONE_BY_ONE, **headers, **cookies},
                redirect=False,
            )
            self._keep(answer.headers.getlist("Set-Cookie"))
            self.url, self.status, self.body = url, answer.status, answer.data
            self.headers = answer.headers
            if answer.status not in REDIRECTS:
                break
            method, body, headers = "GET", None, {}
            url = urljoin(url, answer.headers["Location"])
        self._seen = _Reader()
        if "html" in self.headers.get("Content-Type", ""):
            self._seen.feed(self.body.decode())
        return self

    def _keep(self, cookies: Sequence[str]) -> None:
        for line in cookies:
            name, _, value = line.split(";", 1)[0].partition("=")
            self._cookies[name.strip()] = value
            if not value:
                del self._cookies[name.strip()]


def _encoded(
    pairs: Sequence[tuple[str, str]], files: Mapping[str, Path], form: HtmlForm
) -> tuple[bytes, str]:
    if not form.multipart:
        return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    kind = "application/octet-stream"
    attached = [
        (form.name_of(name), (path.name, path.read_bytes(), kind)) for name, path in files.items()
    ]
    return encode_multipart_formdata([*pairs, *attached], boundary=secrets.token_hex(16))
