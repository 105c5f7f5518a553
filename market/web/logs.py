"""What is written down of requests: constant names of events and ids, never what was typed.

The anonymous host writes nothing of a request that went well or was refused: a line for each
would count the bids. Public pages leave no address; signed-in routes leave person and address,
kept for six months (网络安全法第二十一条) by whoever keeps the logs.
"""

import logging
import time
import traceback
from pathlib import PurePath
from typing import Final

import structlog
from flask import Flask, Response, g, request

from market.web.access import Opening, current_actor, is_signed_in, mark_of
from market.web.site import site_of

FRAMES: Final = 20  # innermost places written down of one fault

log = structlog.get_logger()


def configure() -> None:
    """Write JSON lines to standard output; for a program that starts, never for an import."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )


def places(cause: BaseException) -> list[str]:
    """Where something broke, without its message: messages quote what was typed."""
    frames = traceback.extract_tb(cause.__traceback__)[-FRAMES:]
    return [f"{'/'.join(PurePath(f.filename).parts[-3:])}:{f.lineno} {f.name}" for f in frames]


def register(app: Flask) -> None:
    """Write one line for each request of the platform's host; none on the anonymous one."""
    if site_of(app).is_anonymous:
        return

    def begin() -> None:
        # Machine time measures how long an answer took; it decides nothing.
        g.began = time.monotonic()

    def end(response: Response) -> Response:
        known = {
            "endpoint": request.endpoint,
            "method": request.method,
            "status": response.status_code,
            "milliseconds": round((time.monotonic() - g.began) * 1000),
        }
        mark = mark_of(app, request.endpoint) if request.endpoint else None
        closed = mark is not None and mark.opening in (Opening.SIGNED_IN, Opening.NEEDS)
        if closed and "actor" in g and is_signed_in():
            actor = current_actor()
            known |= {"person": str(actor.person), "organisation": str(actor.organisation)}
            known |= {"address": request.remote_addr}
        log.info("web.request", **known)
        return response

    app.before_request(begin)
    app.after_request(end)
