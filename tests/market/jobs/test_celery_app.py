"""The queue: one task on a schedule, taken over after a crash, through a real broker."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from celery.signals import worker_process_init
from sqlalchemy import Engine

from market.command import Work
from market.db.processes import until
from market.feature import Feature, Tick
from market.jobs.celery_app import create_celery
from market.jobs.heartbeat import Heart, heart_of
from market.settings import Settings
from market.web.catalogue import ROOT
from tests.support.offices import make_office, settings_for

THING = UUID(int=7)
PROGRAM = """
import json, wsgi
app = wsgi.celery
print(json.dumps({
    "tasks": sorted(name for name in app.tasks if not name.startswith("celery.")),
    "schedule": {k: [v["task"], v["schedule"]] for k, v in app.conf.beat_schedule.items()},
}))
"""


class Trial:
    """A house with one thing due, and how often its heart was made."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.done: list[UUID] = []
        self.hearts = 0
        self._office, self._settings = make_office(engine).office, settings

    def heart(self) -> Heart:
        self.hearts += 1
        room = Feature("trial", ticks=(Tick("trial", self._due, self._carry_out),))
        return heart_of(self._office, self._settings, (room,))

    def _due(self, *_: object) -> Sequence[UUID]:
        return [] if self.done else [THING]

    def _carry_out(self, work: Work, thing: UUID) -> None:
        work.note(str(thing), "trial.done")
        self.done.append(thing)


@pytest.fixture
def settings(redis_url: str, tmp_path: Path) -> Settings:
    return replace(settings_for(tmp_path), redis_url=redis_url)


@pytest.fixture
def trial(engine: Engine, settings: Settings) -> Trial:
    return Trial(engine, settings)


@pytest.fixture
def app(trial: Trial, settings: Settings) -> Iterator[Celery]:
    """The queue of the trial; what it listens to ends with the test."""
    before = list(worker_process_init.receivers)
    made = create_celery(settings, trial.heart, every=2.5)
    yield made
    made.close()
    worker_process_init.receivers[:] = before


def test_there_is_one_task_and_it_stands_on_the_schedule(app: Celery) -> None:
    own = {name for name in app.tasks if not name.startswith("celery.")}
    assert own == {"market.beat"}
    assert app.conf.beat_schedule == {"beat": {"task": "market.beat", "schedule": 2.5}}
    assert app.tasks["market.beat"].expires == 30, "beats that nobody took do not pile up"


def test_a_task_of_a_killed_worker_comes_back_and_nothing_but_json_is_read(app: Celery) -> None:
    assert app.conf.task_acks_late
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.broker_transport_options["visibility_timeout"] == 120
    assert (app.conf.accept_content, app.conf.task_serializer) == (["json"], "json")
    assert app.conf.result_backend is None
    assert app.conf.task_ignore_result


def test_making_the_queue_opens_nothing(app: Celery, trial: Trial) -> None:
    assert app.tasks
    assert trial.hearts == 0


def test_a_heart_is_made_once_in_a_process_and_anew_after_a_fork(app: Celery, trial: Trial) -> None:
    for _ in range(2):
        app.tasks["market.beat"].apply()
    assert (trial.done, trial.hearts) == ([THING], 1)
    worker_process_init.send(sender=None)
    app.tasks["market.beat"].apply()
    assert (trial.done, trial.hearts) == ([THING], 2)


def test_a_beat_sent_twice_through_the_broker_is_done_once_by_a_worker(
    app: Celery, trial: Trial, settings: Settings
) -> None:
    sender = Celery("sender", broker=settings.redis_url)
    for _ in range(2):
        sender.send_task("market.beat", ignore_result=True)
    assert trial.done == []
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=60):
        assert until(lambda: sender.control.inspect().stats() is not None, within=60)
        assert until(lambda: _beaten(sender) == {"market.beat": 2}, within=60)
    sender.close()
    assert (trial.done, trial.hearts) == ([THING], 1)


def test_what_a_server_starts_has_the_same_task(redis_url: str, tmp_path: Path) -> None:
    """`celery -A wsgi:celery`, in a process of its own; it asks no database for that."""
    environment = {
        "MARKET_MODE": "production",
        "MARKET_SECRET_KEY": "x" * 32,
        "MARKET_VAR": str(tmp_path),
        "MARKET_ORIGIN": "test.example/journal",
        "DATABASE_URL": "postgresql+psycopg://nowhere/none",
        "REDIS_URL": redis_url,
        "PLATFORM_URL": "https://platform.test",
        "ANONYMOUS_URL": "https://anonymous.test",
        "CUSTODIAN_URL": "https://custodian.test",
        "WITNESS_URLS": "https://witness.test",
    }
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout.splitlines()[-1]) == {
        "tasks": ["market.beat"],
        "schedule": {"beat": ["market.beat", 5.0]},
    }


def _beaten(sender: Celery) -> dict[str, int]:
    """How often the worker has carried out each task."""
    told = sender.control.inspect().stats() or {}
    (found,) = (one["total"] for one in told.values())
    return dict(found)
