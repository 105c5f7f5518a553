"""Nobody sends a form in another's name: each form carries a proof that this browser was given it.

The proof is an HMAC over the form's own random mark, a random key in a cookie of this browser, and
the person signed in. It differs for each form shown and ends with the sign-in. What a browser says
of the sending site (`Sec-Fetch-Site`, `Origin`) is checked first: what plainly comes from another
site is refused and not kept. Programs that send an `Authorization`, or no cookie at all, borrow
nobody's rights and need no proof.
"""

import hashlib
import hmac
import re
import secrets
from typing import Final
from urllib.parse import urlsplit

from flask import Response, current_app, g, request

from market.kernel.errors import MarketError
from market.protocol.encoding import b64u
from market.web.access import current_actor
from market.web.site import site

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
ONCE: Final = "_once"
PROOF: Final = "_csrf"
_KEY = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_MACHINE_PREFIXES: Final = ("/api/", "/uploads")


class FromElsewhere(MarketError):
    """The request comes from another site: nothing is done and nothing is kept."""

    status = 400

    def __init__(self) -> None:
        super().__init__(
            "cross-site",
            zh="此请求来自其他网站，未被处理；请在本站页面上重新操作",
            en="This request came from another site and was not carried out. "
            "Start again from a page of this site",
        )


class StaleForm(MarketError):
    """The form was shown to another sign-in, or too long ago; what was typed is shown again."""

    status = 400

    def __init__(self) -> None:
        super().__init__(
            "form-stale",
            zh="此表单在本次登录之前打开，未被提交；请核对后重新提交",
            en="This form was opened before this sign-in and was not sent. "
            "Check it and send it again",
        )


def cookie_name() -> str:
    """The name of the cookie with this browser's key; bound to the host in production."""
    return "__Host-browser" if current_app.config["SESSION_COOKIE_SECURE"] else "browser"


def browser_key() -> str:
    """The random key of this browser, made now if it has none; sent with the answer."""
    known: str | None = g.get("browser_key")
    if known is None:
        sent = request.cookies.get(cookie_name(), "")
        known = sent if _KEY.fullmatch(sent) else secrets.token_urlsafe(32)
        g.browser_key = known
        g.browser_key_is_new = known != sent
    return known


def remember_browser(response: Response) -> Response:
    """Give the browser its key; it ends with the browser's session."""
    if g.get("browser_key_is_new", False):
        response.set_cookie(
            cookie_name(),
            g.browser_key,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def fresh_once() -> str:
    """A new random mark for one form shown once."""
    return secrets.token_urlsafe(32)


def person_key() -> str:
    """The signed-in person as the proofs know it; empty for a visitor."""
    return str(current_actor().person or "")


def proof(once: str, person: str | None = None) -> str:
    """The proof that this browser, signed in as this person, was given the form marked `once`."""
    whom = person_key() if person is None else person
    said = f"form\n{once}\n{browser_key()}\n{whom}".encode()
    secret = site().settings.secret_key.encode()
    return b64u(hmac.new(secret, said, hashlib.sha256).digest())


def is_proven(once: str, given: str, person: str | None = None) -> bool:
    """Whether `given` is the proof of this mark; false for marks that we never write."""
    return _KEY.fullmatch(once) is not None and hmac.compare_digest(
        proof(once, person).encode(), given.encode()
    )


def is_from_elsewhere() -> bool:
    """Whether the browser itself says that another site sent this request."""
    site_said = request.headers.get("Sec-Fetch-Site")
    if site_said is not None and site_said not in ("same-origin", "none"):
        return True
    # Our own pages send "null": they tell nobody where a reader comes from (no-referrer).
    origin = request.headers.get("Origin", "null")
    return origin != "null" and urlsplit(origin).netloc != request.host


def check() -> None:
    """Refuse an unsafe request that this browser was not given a form for.

    `FromElsewhere` (400); `StaleForm` (400), whose text is kept by the error page.
    """
    if request.method in SAFE or request.endpoint is None:
        return
    machine = request.path.startswith(_MACHINE_PREFIXES)
    if machine and ("Authorization" in request.headers or "Cookie" not in request.headers):
        return
    if is_from_elsewhere():
        raise FromElsewhere
    if machine:
        said_same = request.headers.get("Sec-Fetch-Site") == "same-origin"
        if not said_same and request.headers.get("Origin", "null") == "null":
            raise FromElsewhere
    elif not is_proven(request.form.get(ONCE, ""), request.form.get(PROOF, "")):
        raise StaleForm
