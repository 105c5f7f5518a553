"""What a server starts: `wsgi:app`, `wsgi:anonymous`, and `celery -A wsgi:celery` beside them.

Each is made when it is first asked for, from the environment, so that importing does nothing and
one process holds one host. `python -m wsgi sequencer` runs the sequencer.
"""

import gc
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from celery import Celery
    from flask import Flask

    app: Flask
    anonymous: Flask
    celery: Celery


@cache
def _make(name: str) -> object:
    made = _built(name)
    # What is built here lives as long as the process: the collector need not walk it again in the
    # middle of somebody's request (it took a fifth of a second), nor dirty the pages that forked
    # workers share.
    gc.collect()
    gc.freeze()
    return made


def _built(name: str) -> object:
    # Imported here: a worker needs no pages, a web process no queue, and reading this file neither.
    from market.factory import (  # noqa: PLC0415
        build_office,
        create_anonymous_app,
        create_app,
        listeners_of,
    )
    from market.features import FEATURES  # noqa: PLC0415
    from market.settings import read  # noqa: PLC0415
    from market.web.logs import configure  # noqa: PLC0415

    settings = read()
    configure()
    features = FEATURES
    if settings.is_demo:
        from market.demo.feature import FEATURE as DEMO  # noqa: PLC0415  absent from production

        features = (*FEATURES, DEMO)
    if name == "app":
        return create_app(settings, features)
    if name == "anonymous":
        return create_anonymous_app(settings, features)
    from market.jobs.celery_app import create_celery  # noqa: PLC0415
    from market.jobs.heartbeat import heart_of  # noqa: PLC0415

    return create_celery(
        settings,
        lambda: heart_of(build_office(settings, listeners_of(features)), settings, features),
    )


def _sequence() -> None:
    """Run the sequencer until SIGTERM or SIGINT."""
    from market.factory import build_office  # noqa: PLC0415
    from market.jobs import sequencer  # noqa: PLC0415
    from market.settings import read  # noqa: PLC0415
    from market.web.logs import configure  # noqa: PLC0415

    settings = read()
    configure()
    made = sequencer.build(settings, build_office(settings, ()))
    sequencer.run(made, settings.batch_seconds, sequencer.stop_on_signal())


def __getattr__(name: str) -> object:
    if name in ("app", "anonymous", "celery"):
        return _make(name)
    raise AttributeError(name)


if __name__ == "__main__" and sys.argv[1:] == ["sequencer"]:
    _sequence()
