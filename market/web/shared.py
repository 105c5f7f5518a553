"""Public pages that many read at once: one answer serves them all for a moment.

At a deadline a thousand people reload the page of one tender. For readers of whom the platform
knows nothing it is the same page, so the first of them has it made and the others get its bytes
for `Settings.shared_seconds`; after that one of them has it made anew, and while it is being made
the others get the last one for as long again at most. Whoever carries any cookie but the choice of
a language, or any credential, has a page of his own made. The anonymous host shares nothing: its
answers take a padded time, and an early one would tell that somebody had just asked.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

import structlog
from flask import request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

P = ParamSpec("P")
T = TypeVar("T")

KEPT: Final = 256
"""Answers that one process keeps, those used longest ago forgotten first."""
LARGEST: Final = 256 * 1024
"""Bytes of the largest answer that is kept."""
MARK: Final = "market.shared"
_LANGUAGE_ALONE: Final = re.compile(r"(lang=(zh|en))?")
# What makes an answer depend on more than the address and the language.
_OTHERWISE: Final = ("HTTP_AUTHORIZATION", "HTTP_IF_NONE_MATCH", "HTTP_RANGE")
_DEPENDS: Final = (
    *("wsgi.url_scheme", "HTTP_HOST", "PATH_INFO", "QUERY_STRING"),
    *("HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE"),
)

log = structlog.get_logger()


def shared(view: Callable[P, T]) -> Callable[P, T]:
    """Mark a public view as looking the same to every reader without a session."""

    @wraps(view)
    def marked(*args: P.args, **kwargs: P.kwargs) -> T:
        request.environ[MARK] = request.endpoint
        return view(*args, **kwargs)

    return marked


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was sent, by which view, and when it was asked for (machine time)."""

    endpoint: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    asked: float


class SharedAnswers:
    """Stands before an application; `seconds` of 0 never shares."""

    def __init__(
        self,
        below: "WSGIApplication",
        seconds: float,
        clock: Callable[[], float] = time.monotonic,  # how old an answer is; it decides nothing
    ) -> None:
        self._below, self._seconds, self._clock = below, seconds, clock
        self._kept: OrderedDict[tuple[str, ...], _Answer] = OrderedDict()
        self._making: set[tuple[str, ...]] = set()
        self._lock = Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer from what is kept, else have it made and keep it if its view is marked."""
        key = self._key(environ)
        if key is None:
            return self._below(environ, start_response)
        known = self._known(key)
        if known is not None:
            start_response("200 OK", list(known.headers))
            log.info(
                "web.request", endpoint=known.endpoint, method="GET", status=200, milliseconds=0
            )
            return [known.body]
        try:
            return self._made(key, environ, start_response)
        finally:
            with self._lock:
                self._making.discard(key)

    def _key(self, environ: "WSGIEnvironment") -> tuple[str, ...] | None:
        """What the answer may depend on; None where it may depend on more."""
        if self._seconds <= 0 or environ["REQUEST_METHOD"] != "GET":
            return None
        cookie = environ.get("HTTP_COOKIE", "")
        if _LANGUAGE_ALONE.fullmatch(cookie) is None:
            return None
        if any(name in environ for name in _OTHERWISE):
            return None
        return (*(environ.get(name, "") for name in _DEPENDS), cookie)

    def _known(self, key: tuple[str, ...]) -> _Answer | None:
        """The answer to send again; None for whoever is to have one made."""
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                age = self._clock() - known.asked
                is_being_made = key in self._making
                if age < self._seconds or (is_being_made and age < 2 * self._seconds):
                    self._kept.move_to_end(key)
                    return known
            self._making.add(key)
            return None

    def _made(
        self, key: tuple[str, ...], environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        began = self._clock()
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def note(
            status: str,
            headers: list[tuple[str, str]],
            exc_info: Any = None,  # noqa: ANN401  WSGI's own shape
        ) -> Callable[[bytes], object]:
            said.append((status, headers))
            return start_response(status, headers, exc_info)

        answer = self._below(environ, note)
        endpoint, (status, headers) = environ.get(MARK), said[-1]
        if endpoint is None or status != "200 OK" or _is_for_one(headers):
            return answer
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        if len(body) <= LARGEST:
            self._keep(key, _Answer(endpoint, tuple(headers), body, began))
        return [body]

    def _keep(self, key: tuple[str, ...], answer: _Answer) -> None:
        with self._lock:
            self._kept[key] = answer
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def _is_for_one(headers: list[tuple[str, str]]) -> bool:
    """Whether an answer gives its reader something of his own."""
    return any(name.lower() == "set-cookie" for name, _ in headers)
