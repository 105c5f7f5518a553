"""What every answer tells the browser: which sources may act, who may frame it, what is kept."""

from typing import Final

from flask import Flask, Response, g, request

from market.settings import Settings
from market.web.access import is_signed_in
from market.web.site import site_of

TWO_YEARS: Final = 63_072_000  # seconds; HSTS
YEAR: Final = 31_536_000  # seconds; a file whose address carries its hash never changes
POLICY: Final = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)
_CORS_METHODS: Final = "GET, HEAD, POST, PATCH, DELETE"
_CORS_HEADERS: Final = (
    "Content-Type, Accept-Language, Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata, "
    "Upload-Checksum, Upload-Token"
)
_CORS_EXPOSED: Final = (
    "Location, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Upload-Offset, "
    "Upload-Length, Upload-Expires"
)


def content_security_policy(settings: Settings) -> str:
    """Our own files alone; connections also to the anonymous host and to the custodian."""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' {settings.anonymous_url} {settings.custodian_url}",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ]
    )


def register(app: Flask) -> None:
    """Put the headers on every answer of this application."""
    known = site_of(app)
    policy = content_security_policy(known.settings)
    production = known.settings.mode == "production"

    def put(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Permissions-Policy"] = POLICY
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if production:
            headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}"
        if response.mimetype == "text/html":
            # A page is one reader's, in one language; its address alone does not say which. What
            # a signed-in person saw is not left on an office machine.
            known_reader = "actor" in g and is_signed_in()
            headers.setdefault("Cache-Control", "no-store" if known_reader else "private, no-cache")
            response.vary.update(["Accept-Language", "Cookie"])
        return response

    app.after_request(put)
    if known.is_anonymous:
        app.after_request(_open_to_other_pages)
        app.after_request(_no_cookie)


def _open_to_other_pages(response: Response) -> Response:
    """Let any page, also one opened from a disk, speak to the anonymous host.

    Nothing here depends on who asks, and cookies and credentials are refused, so no page gains
    anything that its own server would not get.
    """
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _CORS_EXPOSED
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = _CORS_METHODS
        headers["Access-Control-Allow-Headers"] = _CORS_HEADERS
        headers["Access-Control-Max-Age"] = "7200"
    return response


def _no_cookie(response: Response) -> Response:
    if "Set-Cookie" in response.headers:
        raise AssertionError("the anonymous host sets no cookie")
    return response
