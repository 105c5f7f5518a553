"""The queue: JSON only, no business. Lose it whole and the next beat finds everything again."""

from collections.abc import Callable

from celery import Celery
from celery.signals import worker_process_init

from market.jobs.heartbeat import Heart, beat
from market.settings import Settings


def create_celery(settings: Settings, heart: Callable[[], Heart], *, every: float = 5.0) -> Celery:
    """The Celery application: `beat` each few seconds of machine time, taken over after a crash.

    `heart` is made once per worker process, after the fork, so that no database
    connection is shared between processes.
    """
    app = Celery("market", broker=settings.redis_url)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        result_backend=None,
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        # A task of a killed worker comes back within seconds instead of minutes (measured).
        broker_transport_options={
            "visibility_timeout": 120,
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
        },
        timezone="UTC",
        worker_hijack_root_logger=False,
        beat_schedule={"beat": {"task": "market.beat", "schedule": every}},
    )
    made: list[Heart] = []

    def once_per_process() -> Heart:
        if not made:
            made.append(heart())
        return made[0]

    def forget(**_: object) -> None:
        made.clear()

    worker_process_init.connect(forget, weak=False)

    # Not shared: each application beats its own heart, also where a process makes two.
    @app.task(name="market.beat", expires=30, shared=False)
    def run_beat() -> None:
        beat(once_per_process())

    return app
