"""Refusals for programs: RFC 9457 problems in the reader's language, with our stable codes.

On the anonymous host every problem is equally long, in its headers too, so that an observer of
the line cannot tell which rule refused.
"""

import json
import time
from collections.abc import Mapping
from typing import Final

from flask import Response, current_app, g

from market.kernel.errors import MarketError
from market.web.language import gettext, language

ANONYMOUS_LENGTH: Final = 2048
"""Bytes of every problem on the anonymous host; blanks fill it up (RFC 8259 allows them)."""
FIELD_LIMIT: Final = 20  # fields named in one problem; keeps every problem under that length
MEDIA_TYPE: Final = "application/problem+json"


STEP: Final = 0.1  # seconds; refusals on the anonymous host take whole steps of machine time
MALFORMED: Final = frozenset({400, 404, 405, 413, 415, 422})
"""Statuses that depend on the sent bytes alone and so betray nothing by being quick."""


def begin_time() -> None:
    """Note when a request of the anonymous host came, on the machine's clock."""
    g.came = time.monotonic()


def pad_time(response: Response) -> Response:
    """Hold back a refusal that depends on what is stored until a whole step has passed.

    How long the search for a rule took would otherwise say which rule refused.
    """
    if response.mimetype == MEDIA_TYPE and response.status_code not in MALFORMED:
        taken = time.monotonic() - g.came
        time.sleep(STEP - taken % STEP)
    return response


def status_title(status: int) -> str:
    """What an HTTP status means, in words for people."""
    titles = {
        400: gettext("The request could not be read"),
        401: gettext("Sign in first"),
        403: gettext("Not allowed"),
        404: gettext("Not found"),
        405: gettext("Not possible here"),
        406: gettext("Not available in this form"),
        409: gettext("Refused"),
        410: gettext("No longer here"),
        413: gettext("Too large"),
        415: gettext("Not a kind of file taken here"),
        422: gettext("Something is missing or not as asked for"),
        429: gettext("Too many requests"),
        500: gettext("A fault of ours"),
        503: gettext("Not available at the moment"),
    }
    return titles.get(status, gettext("Refused"))


def problem(status: int, code: str, detail: str, **more: object) -> Response:
    """One problem; `more` are further members, left out where they are None or empty."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": status_title(status),
        "status": status,
        "code": code,
        "detail": detail,
    }
    body |= {name: value for name, value in more.items() if value}
    raw = json.dumps(body, ensure_ascii=False).encode()
    response = Response(raw, status=status, content_type=MEDIA_TYPE)
    response.headers["Content-Language"] = language()
    if current_app.config["IS_ANONYMOUS"]:
        if len(raw) > ANONYMOUS_LENGTH:
            raise AssertionError(f"the problem {code} has {len(raw)} bytes")
        response.data = raw.ljust(ANONYMOUS_LENGTH)
        response.status = f"{status} Refused"  # one phrase, for the usual ones differ in length
    return response


def problem_of(error: MarketError) -> Response:
    """The problem that a refusal is: code, words, article and fields."""
    spoken = language()
    fields: Mapping[str, str] = {
        name: zh if spoken == "zh" else en
        for name, (zh, en) in list(error.fields.items())[:FIELD_LIMIT]
    }
    article = None if error.article is None else error.article.cite(spoken)
    detail = error.zh if spoken == "zh" else error.en
    response = problem(error.status, error.code, detail, article=article, fields=fields)
    if error.status == 401:  # noqa: PLR2004  RFC 9110 section 15.5.2 asks for the header
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
