"""In which language a reader is spoken to, and the sentences themselves.

On the platform: `?lang=` (kept in a cookie), then the cookie, then the browser's preference. On
the anonymous host the browser's preference alone, for a cookie would make a reader known again.
"""

from typing import Final, Protocol

from flask import Response, current_app, g, has_request_context, request

from market.web.catalogue import translations

LANGUAGES: Final = ("zh", "en")
COOKIE: Final = "lang"
YEAR: Final = 365 * 24 * 3600  # seconds a browser keeps the choice


class InBoth(Protocol):
    """Something that carries its own words: a desk item, an article, a refusal."""

    @property
    def zh(self) -> str:
        """The words in Chinese."""
        ...

    @property
    def en(self) -> str:
        """The words in English."""
        ...


def language() -> str:
    """The language of this reader, "zh" or "en"; Chinese where nothing else is known."""
    if not has_request_context():
        return "zh"
    known: str | None = g.get("language")
    if known is None:
        known = g.language = _choose()
    return known


def _choose() -> str:
    if not current_app.config["IS_ANONYMOUS"]:
        for wish in (request.args.get("lang"), request.cookies.get(COOKIE)):
            if wish in LANGUAGES:
                return wish
    return request.accept_languages.best_match(LANGUAGES) or "zh"


def remember_language(response: Response) -> Response:
    """Keep a choice made with `?lang=`; for the platform's host only."""
    wish = request.args.get("lang")
    if wish in LANGUAGES and request.cookies.get(COOKIE) != wish:
        response.set_cookie(
            COOKIE,
            wish,
            max_age=YEAR,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def gettext(message: str, /, **values: object) -> str:
    """A sentence for this reader; `%(name)s` in it is filled from `values`."""
    text: str = translations(language()).gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """A sentence about `count` things, which is also filled in as `%(num)s`."""
    text = str(translations(language()).ngettext(one, many, count))
    return text % {"num": count, **values}


def pgettext(context: str, message: str, /, **values: object) -> str:
    """A short word that means different things in different places, told apart by `context`."""
    text = str(translations(language()).pgettext(context, message))
    return text % values if values else text


def in_words(thing: InBoth) -> str:
    """What something says of itself, in the language of this reader."""
    return thing.zh if language() == "zh" else thing.en


class Lazy:
    """A sentence written down where no reader is known yet; it is said when it is shown."""

    __slots__ = ("message",)

    def __init__(self, message: str) -> None:
        self.message = message

    def __str__(self) -> str:
        return gettext(self.message)

    def __repr__(self) -> str:
        return f"Lazy({self.message!r})"


def lazy_gettext(message: str) -> Lazy:
    """A label of a field or of the navigation, for module level."""
    return Lazy(message)
