"""The same write often: from several windows at once, and again because its answer was lost."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from market.journal.model import TrailLine

T = TypeVar("T")
WINDOWS = 3


def at_once(call: Callable[[int], T], times: int = WINDOWS) -> list[T]:
    """What each of several threads was answered that asked at the same moment."""
    ready = Barrier(times)

    def go(place: int) -> T:
        ready.wait()
        return call(place)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(go, range(times)))


def window(app: Flask, like: FlaskClient) -> FlaskClient:
    """Another window of the same browser: its cookies, and nothing else."""
    made = app.test_client()
    for cookie in like._cookies.values():
        made.set_cookie(cookie.key, cookie.value)
    return made


def sent_often(
    app: Flask, browser: FlaskClient, path: str, form: Mapping[str, object]
) -> list[tuple[int, str | None]]:
    """A form from three windows at once and twice more afterwards: every answer there was."""

    def send(_: int) -> tuple[int, str | None]:
        answer = window(app, browser).post(path, data=dict(form), buffered=True)
        return answer.status_code, answer.location

    return [*at_once(send), send(0), send(0)]


def carried_out(engine: Engine, command: str) -> int:
    """How often a command took effect, by its lines in the trail."""
    with Session(engine) as session:
        lines = select(func.count()).where(
            TrailLine.command == command, TrailLine.refused.is_(None)
        )
        return session.scalar(lines) or 0
