"""The sealing page on the anonymous host: one static file, and where the other hosts are.

Nothing here names a tender or a reader: everybody gets the same bytes.
"""

from typing import Final

from flask import Blueprint, Response, request

from bidding.sealing.page import SealingPage, sealing_page
from market.protocol.encoding import Json, b64u, canonical, parse
from market.web.access import anonymous
from market.web.site import site

anonymous_pages: Final = Blueprint("sealing", __name__)
KEEP: Final = "public, no-cache"


@anonymous_pages.get("/seal")
@anonymous
def page() -> Response:
    """The page, with a policy that allows its own script and style and nothing else."""
    held = sealing_page()
    answer = Response(content_type="text/html; charset=utf-8")
    answer.headers["ETag"] = f'"{b64u(held.hash)}"'
    answer.headers["Cache-Control"] = KEEP
    answer.headers["Content-Security-Policy"] = policy(held)
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.if_none_match.contains(b64u(held.hash)):
        answer.status_code = 304
    elif request.accept_encodings.quality("gzip") > 0:
        answer.headers["Content-Encoding"] = "gzip"
        answer.data = held.compressed
    else:
        answer.data = held.raw
    answer.vary.add("Accept-Encoding")
    return answer


@anonymous_pages.get("/seal/deployment.json")
@anonymous
def deployment() -> Response:
    """Where the custodian is; in the demonstration also its trust file and its bank's counter.

    A real trust file reaches its readers by another road than this host, so none is handed out.
    """
    settings = site().settings
    demo = settings.is_demo
    trust: Json = parse(settings.trust_file.read_bytes()) if demo else None
    told: dict[str, Json] = {
        "custodian": settings.custodian_url,
        "trust": trust,
        "bank": f"{settings.custodian_url}/bank/counter" if demo else None,
    }
    answer = Response(canonical(told), content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def policy(held: SealingPage) -> str:
    """What the browser lets the page do: speak to this host and to the custodian."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {held.script_source}",
            f"style-src {held.style_source}",
            "worker-src blob:",
            "img-src data: blob:",
            f"connect-src 'self' {site().settings.custodian_url}",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ]
    )
