"""Who may open a page: every view wears exactly one mark, and an unmarked one never starts.

    @pages.get("/tenders/<no>/preparation")
    @needs(Permission.TENDERS_TENDER_PREPARE)
    def preparation(no: str) -> str: ...

The mark stands under the route, nearest to the function. Views on the anonymous host wear
`@anonymous` and nothing else; there a request that carries a cookie or an `Authorization` is
refused before anything is read of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import urlsplit

from flask import Flask, g, request
from werkzeug.routing import Rule

from market.command import ANONYMOUS, Actor
from market.kernel.errors import BadInput, NotSignedIn, Refusal
from market.kernel.permissions import Permission
from market.web.site import site, site_of

V = TypeVar("V", bound=Callable[..., object])

VISITOR: Final = Actor("visitor")
"""Somebody who is not signed in, on the platform's host."""
_ATTRIBUTE: Final = "access_mark"


class Opening(StrEnum):
    """To whom a view is open."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    NEEDS = "needs"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a view asks of its reader: all of `permissions`, where there are any."""

    opening: Opening
    permissions: frozenset[Permission] = frozenset()

    def __str__(self) -> str:
        return " ".join([self.opening.value, *sorted(self.permissions)])


class UnmarkedView(Exception):
    """A view without a mark, or with one that does not belong on this host: no start."""


def needs(*permissions: Permission) -> Callable[[V], V]:
    """Open to signed-in actors who hold every one of these permissions."""
    if not permissions:
        raise TypeError("needs() names at least one permission")
    return _marker(Mark(Opening.NEEDS, frozenset(permissions)))


def signed_in(view: V) -> V:
    """Open to everybody who is signed in; the view itself decides what each may see."""
    return _marker(Mark(Opening.SIGNED_IN))(view)


def public(view: V) -> V:
    """Open to everybody."""
    return _marker(Mark(Opening.PUBLIC))(view)


def anonymous(view: V) -> V:
    """Open to everybody on the anonymous host, and to nobody who says who he is."""
    return _marker(Mark(Opening.ANONYMOUS))(view)


def _marker(mark: Mark) -> Callable[[V], V]:
    def put(view: V) -> V:
        if _ATTRIBUTE in vars(view):
            raise TypeError(f"{getattr(view, '__name__', view)} wears two marks")
        vars(view)[_ATTRIBUTE] = mark
        return view

    return put


def mark_of(app: Flask, endpoint: str) -> Mark | None:
    """The mark of a view, or None."""
    mark: Mark | None = getattr(app.view_functions[endpoint], _ATTRIBUTE, None)
    return mark


def methods_of(rule: Rule) -> list[str]:
    """The methods a route was written for: without the HEAD and OPTIONS that come by themselves."""
    written = set(rule.methods or ())
    if "GET" in written:
        written.discard("HEAD")
    if len(written) > 1:
        written.discard("OPTIONS")
    return sorted(written)


def marks(app: Flask) -> dict[str, str]:
    """Every way into this host: "endpoint METHOD" and its mark, for the hand-written table."""
    table: dict[str, str] = {}
    for rule in app.url_map.iter_rules():
        for method in methods_of(rule):
            table[f"{rule.endpoint} {method}"] = str(mark_of(app, rule.endpoint) or "unmarked")
    return table


def refuse_unmarked(app: Flask) -> None:
    """Stop the start of an application with a view whose mark is missing or of the other host."""
    is_anonymous = site_of(app).is_anonymous
    for rule in app.url_map.iter_rules():
        mark = mark_of(app, rule.endpoint)
        if mark is None:
            raise UnmarkedView(f"{rule.endpoint} ({rule.rule}) wears no mark")
        if (mark.opening is Opening.ANONYMOUS) != is_anonymous:
            host = "anonymous" if is_anonymous else "platform's"
            raise UnmarkedView(f"{rule.endpoint} is marked {mark} and stands on the {host} host")


def actor_loader(
    app: Flask,
    load: Callable[[], Actor | None],
    *,
    display_name: Callable[[Actor], str] | None = None,
    sign_in: str = "/sign-in",
    sign_out: str = "/sign-out",
) -> None:
    """Say how the actor of a request is found: from its session or its Bearer token.

    `load` answers None for a visitor and raises `MarketError` for a token it refuses. `sign_in`
    takes `?next=`, a local address (see `local_path`); `sign_out` takes a POST.
    """
    known = site_of(app)
    known.load_actor = load
    known.display_name = display_name
    known.sign_in = sign_in
    known.sign_out = sign_out


def current_actor() -> Actor:
    """Who asks: a signed-in actor, `VISITOR`, or `ANONYMOUS` on the anonymous host."""
    known: Actor | None = g.get("actor")
    if known is None:
        if site().is_anonymous:
            known = ANONYMOUS
        else:
            load = site().load_actor
            known = (load() if load is not None else None) or VISITOR
        g.actor = known
    return known


def is_signed_in() -> bool:
    """Whether somebody is signed in."""
    return current_actor() not in (VISITOR, ANONYMOUS)


def guard(app: Flask) -> None:
    """Let a request in if the mark of its view allows it; runs before every view.

    `NotSignedIn` (401), `Refusal` "not-allowed" (403).
    """
    if request.endpoint is None:
        return
    mark = mark_of(app, request.endpoint)
    if mark is None:
        raise UnmarkedView(request.endpoint)
    for asked in site().before_rights:
        asked()
    if mark.opening in (Opening.PUBLIC, Opening.ANONYMOUS):
        return
    if not is_signed_in():
        raise NotSignedIn
    actor = current_actor()
    if not all(actor.may(permission) for permission in mark.permissions):
        raise Refusal("not-allowed", zh="您没有此项权限", en="You lack this right", status=403)


def refuse_identity() -> None:
    """On the anonymous host: refuse whoever says who he is, before anything else.

    `BadInput` "not-anonymous" (400), also for addresses that do not exist.
    """
    if "Cookie" in request.headers or "Authorization" in request.headers:
        raise BadInput(
            "not-anonymous",
            zh="匿名通道不接受 Cookie 或身份凭证；请求未被处理，请去掉后重新发送",
            en="The anonymous host takes neither cookies nor credentials; nothing was done. "
            "Send the request again without them",
            status=400,
        )


def local_path(text: str | None, otherwise: str = "/") -> str:
    """An address on this host from text that came from outside, `otherwise` if it is not one."""
    if not text or not text.startswith("/") or text.startswith("//"):
        return otherwise
    if "\\" in text or any(ord(sign) <= ord(" ") for sign in text):
        return otherwise
    parts = urlsplit(text)
    return otherwise if parts.scheme or parts.netloc else text
