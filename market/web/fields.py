"""What a field of a form is: typed text in, a value of the right type out, or words why not.

A field refuses by raising `Wrong`, whose words say what to type. Here stand the fields for texts,
files and ticks; `market.web.typed_fields` has amounts, numbers, days, moments and choices.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Generic, Protocol, Self, TypeAlias, TypeVar, overload

from typing_extensions import override

from market.kernel.errors import MarketError
from market.web.kept import UNKEPT_PREFIX
from market.web.language import Lazy, gettext, language
from market.web.sent_file import SentFile

T = TypeVar("T")
Label: TypeAlias = str | Lazy

LINE: Final = 200  # characters of one line of text
LINES: Final = 4000  # characters of a longer text
FILE: Final = 30 * 1024 * 1024  # bytes; below the limit of a whole form


class Wrong(Exception):
    """A text that a field does not take; its words are for this reader."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice among several."""

    value: str
    label: Label
    hint: Label = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came in for one field: texts, a file, and the choices it had."""

    texts: Sequence[str] = ()
    file: SentFile | None = None
    options: Sequence[Option] = ()

    @property
    def text(self) -> str:
        """The one text, empty if there is none."""
        return self.texts[0] if self.texts else ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed, chosen or attached."""
        return self.file is None and not any(text.strip() for text in self.texts)


class Holder(Protocol):
    """A form that has been read: it knows the value of each field."""

    def value_of(self, name: str) -> object:
        """The typed value of a field."""
        ...


def clean(text: str) -> str:
    """Typed text as it is kept: Unicode form NFC, plain line ends, no blanks at the ends."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in text):
        raise Wrong(gettext("This text holds a character that cannot be kept. Type it again."))
    return text.strip()


@dataclass(eq=False)
class Field(ABC, Generic[T]):
    """One field. On the class it is itself; on a form that was read it is the typed value."""

    label: Label
    hint: Label = field(default="", kw_only=True)
    name: str = field(default="", init=False)

    widget: ClassVar[str] = "line"
    required: ClassVar[bool] = True

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, form: None, owner: type) -> Self: ...
    @overload
    def __get__(self, form: Holder, owner: type) -> T: ...
    def __get__(self, form: Holder | None, owner: type) -> object:
        return self if form is None else form.value_of(self.name)

    @property
    def html_name(self) -> str:
        """The name under which a browser sends it."""
        return self.name

    @property
    def is_secret(self) -> bool:
        """Whether its text is never kept, shown again or hashed."""
        return self.html_name.startswith(UNKEPT_PREFIX)

    @property
    def attributes(self) -> Mapping[str, str]:
        """Further attributes of the input, which help the browser and check nothing."""
        return {}

    def options(self) -> Sequence[Option]:
        """The choices, for fields that have some of their own."""
        return ()

    @abstractmethod
    def take(self, sent: Sent) -> T:
        """The value of what was sent; `Wrong` otherwise."""

    def show(self, value: T) -> Sequence[str]:
        """The texts that show a value in the empty form."""
        return [str(value)]


def need(sent: Sent) -> str:
    """The text that was sent; `Wrong` if there is none."""
    if sent.is_blank:
        raise Wrong(gettext("This is needed."))
    return sent.text


@dataclass(eq=False)
class Maybe(Field[T | None]):
    """A field that may stay empty: its value is then None."""

    inner: Field[T] = field(init=False)
    required = False

    def __init__(self, inner: Field[T]) -> None:
        super().__init__(inner.label, hint=inner.hint)
        self.inner = inner

    @override
    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.inner.name = name

    @property
    def widget(self) -> str:  # type: ignore[override]  # as the field inside is shown
        """The widget of the field inside."""
        return self.inner.widget

    @property
    @override
    def html_name(self) -> str:
        return self.inner.html_name

    @property
    @override
    def attributes(self) -> Mapping[str, str]:
        return self.inner.attributes

    @override
    def options(self) -> Sequence[Option]:
        return self.inner.options()

    @override
    def take(self, sent: Sent) -> T | None:
        return None if sent.is_blank else self.inner.take(sent)

    @override
    def show(self, value: T | None) -> Sequence[str]:
        return [] if value is None else self.inner.show(value)


def maybe(inner: Field[T]) -> Field[T | None]:
    """The same field, which may stay empty."""
    return Maybe(inner)


@dataclass(eq=False)
class TextField(Field[str]):
    """One line; at least one character, at most `longest`; `form` is the pattern it must have."""

    longest: int = field(default=LINE, kw_only=True)
    form: re.Pattern[str] | None = field(default=None, kw_only=True)
    autocomplete: str = field(default="off", kw_only=True)

    @property
    @override
    def attributes(self) -> Mapping[str, str]:
        return {"maxlength": str(self.longest), "autocomplete": self.autocomplete}

    @override
    def take(self, sent: Sent) -> str:
        text = clean(need(sent))
        if len(text) > self.longest:
            raise Wrong(gettext("Use at most %(count)s characters.", count=self.longest))
        if self.widget != "lines" and "\n" in text:
            raise Wrong(gettext("Write this on one line."))
        if self.form is not None and self.form.fullmatch(text) is None:
            raise Wrong(str(self.hint) or gettext("This does not have the form asked for."))
        return text


@dataclass(eq=False)
class LinesField(TextField):
    """Text of several lines."""

    longest: int = field(default=LINES, kw_only=True)
    widget = "lines"


@dataclass(eq=False)
class ReadField(Field[T]):
    """One line that `reader` turns into a value, with the words of its own refusals.

    For what the kernel reads: `ReadField(lazy_gettext("Credit code"), uscc)`.
    """

    reader: Callable[[str], T]
    autocomplete: str = field(default="off", kw_only=True)

    @property
    @override
    def attributes(self) -> Mapping[str, str]:
        return {"maxlength": str(LINE), "autocomplete": self.autocomplete}

    @override
    def take(self, sent: Sent) -> T:
        text = clean(need(sent))
        if len(text) > LINE:
            raise Wrong(gettext("Use at most %(count)s characters.", count=LINE))
        try:
            return self.reader(text)
        except MarketError as refusal:
            raise Wrong(refusal.words(language())) from None


@dataclass(eq=False)
class SecretField(Field[str]):
    """A password or a code: taken as typed, never kept, never shown again, never hashed."""

    autocomplete: str = field(default="current-password", kw_only=True)
    widget = "secret"

    @property
    @override
    def html_name(self) -> str:
        return UNKEPT_PREFIX + self.name

    @property
    @override
    def attributes(self) -> Mapping[str, str]:
        return {"maxlength": str(LINE), "autocomplete": self.autocomplete}

    @override
    def take(self, sent: Sent) -> str:
        text = unicodedata.normalize("NFC", need(sent))
        if len(text) > LINE:
            raise Wrong(gettext("Use at most %(count)s characters.", count=LINE))
        return text

    @override
    def show(self, value: str) -> Sequence[str]:
        return []


@dataclass(eq=False)
class HiddenField(Field[str]):
    """A text the page itself put in, such as the version of what was shown; never a right."""

    widget = "hidden"

    @override
    def take(self, sent: Sent) -> str:
        text = clean(sent.text)
        if len(text) > LINE:
            raise Wrong(gettext("Open this page again and fill it in anew."))
        return text


@dataclass(eq=False)
class TickField(Field[bool]):
    """A box to tick; with `must`, going on is possible only with it ticked."""

    must: bool = field(default=False, kw_only=True)
    widget = "tick"

    @override
    def take(self, sent: Sent) -> bool:
        ticked = sent.text == "yes"
        if self.must and not ticked:
            raise Wrong(gettext("Tick this box to go on."))
        return ticked

    @override
    def show(self, value: bool) -> Sequence[str]:
        return ["yes"] if value else []


@dataclass(eq=False)
class FileField(Field[SentFile]):
    """One file with one of these endings (".pdf"), at most `largest` bytes, not empty."""

    endings: tuple[str, ...] = field(default=(), kw_only=True)
    largest: int = field(default=FILE, kw_only=True)
    widget = "file"

    @property
    @override
    def attributes(self) -> Mapping[str, str]:
        return {"accept": ",".join(self.endings)} if self.endings else {}

    @override
    def take(self, sent: Sent) -> SentFile:
        if sent.file is None:
            raise Wrong(gettext("Choose a file."))
        if self.endings and not sent.file.name.lower().endswith(self.endings):
            known = " ".join(self.endings)
            raise Wrong(gettext("Choose a file of one of these kinds: %(known)s.", known=known))
        if sent.file.size > self.largest:
            size = f"{self.largest // (1024 * 1024)} MiB"
            raise Wrong(gettext("Choose a file of at most %(size)s.", size=size))
        if sent.file.size == 0:
            raise Wrong(gettext("This file is empty. Choose another."))
        return sent.file

    @override
    def show(self, value: SentFile) -> Sequence[str]:
        return []
