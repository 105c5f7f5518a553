"""What a reader sees when something is refused or breaks.

A `MarketError` becomes its own words, as a page or, under the addresses of programs or for
readers who ask for JSON, as an RFC 9457 problem. Everything else is a fault of ours: one plain
page with a number under which the log has the place, never what was typed.
"""

import secrets
from typing import Final
from urllib.parse import quote

import structlog
from flask import Flask, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError

from market.kernel.errors import MarketError, NotSignedIn
from market.web.access import is_signed_in, local_path
from market.web.csrf import (
    ONCE,
    PROOF,
    SAFE,
    StaleForm,
    browser_key,
    is_from_elsewhere,
    person_key,
)
from market.web.kept import UNKEPT_PREFIX, Typed
from market.web.language import gettext, language
from market.web.logs import places
from market.web.problems import problem, problem_of, status_title
from market.web.site import site

BROKEN: Final = 500
PAGE: Final = "_page"
FORM: Final = "_form"
_PROGRAM_PREFIXES: Final = ("/api/", "/uploads", "/log/", "/static/", "/healthz")
_CODES: Final = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
    503: "unavailable",
}

log = structlog.get_logger()


def register(app: Flask) -> None:
    """Take over every refusal and every fault of this application."""
    app.register_error_handler(MarketError, refused)
    app.register_error_handler(HTTPException, refused_by_http)
    app.register_error_handler(InternalServerError, broken)


def speaks_json() -> bool:
    """Whether this reader is a program: by the address, or by what it says it takes."""
    if request.path.startswith(_PROGRAM_PREFIXES):
        return True
    wanted = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return wanted == "application/json"


def refused(error: MarketError) -> ResponseReturnValue:
    """A refusal in words; whoever must sign in first is led there and back."""
    if speaks_json():
        return problem_of(error)
    if isinstance(error, NotSignedIn):
        return _to_sign_in()
    if isinstance(error, StaleForm):
        return _show_again()
    return _page(error.status, error.code, error.words(language()))


def refused_by_http(error: HTTPException) -> ResponseReturnValue:
    """What the framework itself refuses: no such page, too large, not this method."""
    if error.response is not None or error.code is None or error.code < 400:  # noqa: PLR2004  redirects pass
        return error
    status = error.code
    code = _CODES.get(status, "refused")
    answer = problem(status, code, _advice(status)) if speaks_json() else None
    response = answer or make_response(_page(status, code, _advice(status)))
    for name, value in error.get_headers(request.environ):
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def broken(error: InternalServerError) -> ResponseReturnValue:
    """A fault: one plain answer with the number under which the log has it."""
    number = secrets.token_hex(6)
    cause = error.original_exception or error
    log.error(
        "web.fault",
        error_id=number,
        endpoint=request.endpoint,
        kind=type(cause).__name__,
        places=places(cause),
    )
    words = gettext(
        "Nothing was changed by this request unless a receipt says so. "
        "Try again; if it stays, tell the service desk the number %(number)s.",
        number=number,
    )
    if speaks_json():
        return problem(BROKEN, "fault", words, error_id=number)
    return _page(BROKEN, "fault", words)


def _advice(status: int) -> str:
    advice = {
        400: gettext("What was sent could not be read. Go back and send it again."),
        404: gettext("There is nothing at this address. Check it, or search from the home page."),
        405: gettext(
            "This address cannot be used in this way. Go back and use the page's buttons."
        ),
        413: gettext("What was sent is larger than this page takes. Send a smaller file."),
        415: gettext("This kind of file or body is not taken here."),
        429: gettext("Too many requests in a short time. Wait a minute, then go on."),
        503: gettext("The service does not answer at the moment. Try again in a few minutes."),
    }
    return advice.get(status, gettext("This request was refused."))


def _page(status: int, code: str, words: str, typed: Typed | None = None) -> Response:
    page = render_template(
        "error.html",
        title=status_title(status),
        status=status,
        code=code,
        words=words,
        typed=typed,
        # After a fault nothing more is asked of what may be broken: who reads, what time it is.
        bare=status == BROKEN,
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _address() -> str:
    """The page to come back to: the one the form stood on, or the one asked for."""
    if request.method in SAFE:
        return local_path(request.full_path.removesuffix("?"))
    return local_path(request.form.get(PAGE), request.path)


def _with(address: str, name: str, value: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{name}={quote(value, safe='')}"


def _sent(reason: str, owner: str | None) -> Typed:
    values = {
        name: tuple(texts)
        for name, texts in request.form.lists()
        if not name.startswith(("_", UNKEPT_PREFIX))
    }
    return Typed(
        page=_address(),
        form=request.form.get(FORM, ""),
        values=values,
        reason=reason,
        owner=owner,
        once=request.form.get(ONCE, ""),
        csrf=request.form.get(PROOF, ""),
    )


def _to_sign_in() -> Response:
    address = _address()
    if request.method not in SAFE and not is_from_elsewhere():
        typed = _sent("signed-out", None)
        token = _keep(typed)
        if token is None:
            return _page(401, "not-signed-in", gettext("Sign in first"), typed)
        address = _with(address, "kept", token)
    return _redirect(_with(site().sign_in, "next", address))


def _show_again() -> Response:
    owner = person_key() if is_signed_in() else ""
    typed = _sent("stale", owner)
    token = _keep(typed)
    if token is None:
        return _page(400, "form-stale", StaleForm().words(language()), typed)
    return _redirect(_with(typed.page, "kept", token))


def _keep(typed: Typed) -> str | None:
    kept = site().kept
    return None if kept is None else kept.keep(typed, browser_key())


def _redirect(address: str) -> Response:
    return make_response(redirect(address, 303))
