"""`python -m market.demo`: the whole exchange in one foreground command; Ctrl-C ends it.

    python -m market.demo                      set up what is missing, start everything
    python -m market.demo --bare               the same; the first start plays no tenders
    python -m market.demo clock 2026-03-24T09:30   move the clock of a running demonstration

`PORT` names the first of seven neighbouring ports (8000 unless said).
"""

import os
import shutil
import sys
import threading
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus

import urllib3

from market.db.heads import (
    CUSTODIAN_MIGRATIONS,
    MIGRATIONS,
    TIMEKEEPER_MIGRATIONS,
    is_at_head,
)
from market.db.launcher import connect, ensure_database, servers
from market.demo.clock import BEGIN, FIRST_MORNING
from market.demo.stage import (
    DIRECTORY,
    SEEDED,
    STAGES,
    WITNESS_NAME,
    Ports,
    Stage,
    is_seeded,
    log_vkey,
    prepare_keys,
    python,
    write_trust,
)
from market.demo.supervisor import Child, answers, run, says
from market.kernel.workdays import SHANGHAI
from market.protocol.encoding import canonical, stamp
from market.protocol.timekeeping import KEEPERS

READY_WITHIN = 60.0


def main(arguments: list[str]) -> int:
    """Start the demonstration, or move its clock; the exit code."""
    port = int(os.environ.get("PORT", "8000"))
    if arguments[:1] == ["clock"]:
        return _move_clock(port, " ".join(arguments[1:]))
    with servers(DIRECTORY) as running:
        stage = Stage(DIRECTORY.resolve(), running, Ports(port))
        bare = "--bare" in arguments
        _set_up(stage, bare=bare)
        fill = partial(_fill, stage, bare)
        return run(_children(stage), _banner(stage), DIRECTORY, unwell=running.dead, prologue=fill)


def _set_up(stage: Stage, *, bare: bool) -> None:
    """Everything that must be there before the first process starts; quick when it is."""
    fresh = not is_seeded(stage.directory)
    if fresh:
        _begin_again(stage)
    prepare_keys(stage)
    if not stage.trust_file.exists():
        write_trust(stage, ())
    _migrate(stage)
    os.environ.update(stage.environment())
    if fresh:
        from market.demo.seed.everything import seed  # noqa: PLC0415  every later start goes without it

        _say("The demonstration is being filled; this takes two or three minutes.")
        seed(stage, FIRST_MORNING if bare else BEGIN)


def _fill(stage: Stage, bare: bool, stop: threading.Event) -> str | None:  # noqa: FBT001  bound by partial
    """Play the tenders of a first start; what went wrong, or None. It is seeded from here on."""
    if is_seeded(stage.directory):
        return None
    if not bare:
        from market.demo.play.everything import perform  # noqa: PLC0415  every later start goes without it

        _say("Its tenders are being played to their stages.")
        problem = perform(stage, stop)
        if problem is not None or stop.is_set():
            return problem
    from market.demo.seed import (  # noqa: PLC0415  every later start goes without it
        approvals,
        credit,
        demands,
        offers,
        order_book,
        supermarket,
    )

    approvals.enter()
    supermarket.enter()
    credit.enter()
    demands.enter()
    offers.enter()
    order_book.enter()
    (stage.directory / SEEDED).write_text("1")
    return None


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _migrate(stage: Stage) -> None:
    """Bring every database to its newest form; what is there already costs one question."""
    keepers = [(f"timekeeper{place}", TIMEKEEPER_MIGRATIONS) for place in range(KEEPERS)]
    for name, folder in (("market", MIGRATIONS), ("custodian", CUSTODIAN_MIGRATIONS), *keepers):
        url = stage.servers.database_url(name)
        ensure_database(url)
        if is_at_head(url, folder):
            continue
        from market.db.schema import (  # noqa: PLC0415  loads Alembic
            CUSTODIAN,
            PLATFORM,
            TIMEKEEPER,
            migrate,
        )

        migrate(url, {"market": PLATFORM, "custodian": CUSTODIAN}.get(name, TIMEKEEPER))


def _begin_again(stage: Stage) -> None:
    """Let go of what a killed seed left: a demonstration is whole or not there."""
    with connect(stage.servers.database_url("postgres", "postgres")) as connection:
        connection.autocommit = True
        for name in ("market", "custodian", *(f"timekeeper{place}" for place in range(KEEPERS))):
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    for folder in ("people", "custodian", "witness", "keepers", "keys", "files", "sealed"):
        shutil.rmtree(stage.directory / folder, ignore_errors=True)
    for file in (stage.trust_file, stage.directory / STAGES):
        file.unlink(missing_ok=True)


def _children(stage: Stage) -> list[Child]:
    return [*_hosts(stage), *_behind(stage)]


def _hosts(stage: Stage) -> list[Child]:
    """Whatever answers over HTTP."""
    gunicorn = ("-m", "gunicorn", "--access-logfile", "/dev/null", "--worker-tmp-dir", "/dev/shm")  # noqa: S108  gunicorn's heartbeat belongs in memory
    # --preload: loaded once for the workers of a host, which are forked and open nothing before.
    web = (*gunicorn, "--no-control-socket", "--preload", "--workers", "2", "--threads", "4")

    def http(name: str, argv: tuple[str, ...], url: str) -> Child:
        ready = partial(answers, f"{url}/healthz")
        return Child(name, python(*argv), stage.environment(), ready, READY_WITHIN, at_once=True)

    witness = (
        *("-m", "market.witness", "serve", "--folder", str(stage.witness_folder)),
        *("--name", WITNESS_NAME, "--log", log_vkey(stage), "--look", stage.platform_url),
        *("--port", str(stage.ports.witness), "--demo-clock", stage.platform_url),
    )
    custodian = ("-m", "bidding.custodian", "serve", "--port", str(stage.ports.custodian))
    bind = "127.0.0.1:{}"
    return [
        http("web", (*web, "-b", bind.format(stage.ports.web), "wsgi:app"), stage.platform_url),
        http(
            "anonymous",
            (*web, "-b", bind.format(stage.ports.anonymous), "wsgi:anonymous"),
            stage.anonymous_url,
        ),
        http("custodian", custodian, stage.custodian_url),
        http("witness", witness, stage.witness_url),
        *(_keeper(stage, place) for place in range(KEEPERS)),
    ]


def _keeper(stage: Stage, place: int) -> Child:
    """A timekeeper's program, on the demonstration's clock."""
    argv = (
        *("-m", "intermediaries.timekeeper", "serve", "--port", str(stage.ports.keepers[place])),
        *("--demo-clock", stage.platform_url),
    )
    ready = partial(answers, f"{stage.keeper_urls[place]}/healthz")
    environment = stage.keeper_environment(place)
    name = f"timekeeper{place}"
    return Child(name, python(*argv), environment, ready, READY_WITHIN, at_once=True)


def _behind(stage: Stage) -> list[Child]:
    """Sequencer, worker and heartbeat."""
    env = stage.environment()
    celery = ("-m", "celery", "-A", "wsgi:celery")
    worker = python(*celery, "worker", "--concurrency", "1", "--loglevel", "WARNING")
    schedule = str(stage.directory / "beat-schedule")
    beat = python(*celery, "beat", "--loglevel", "WARNING", "--schedule", schedule)
    return [
        Child(
            "sequencer",
            python("-m", "wsgi", "sequencer"),
            env,
            says(stage.directory, "sequencer", "sequencer.started"),
            READY_WITHIN,
            at_once=True,
        ),
        Child("worker", worker, env, lambda: True, READY_WITHIN),
        Child("heartbeat", beat, env, lambda: True, READY_WITHIN),
    ]


def _banner(stage: Stage) -> str:
    return (
        f"\n阳光交易 Yangguang is open at {stage.platform_url}\n"
        f"  anonymous host {stage.anonymous_url}\n"
        f"  trial bank     {stage.custodian_url}/bank/counter\n"
        f"  witness        {stage.witness_url}\n"
        f"  timekeepers    {' '.join(stage.keeper_urls)}\n"
        "People, passwords and the tour stand on the first page. Ctrl-C ends everything.\n"
    )


def _move_clock(port: int, wall: str) -> int:
    """Put a running demonstration's clock to a moment of Beijing time; 2 if none was named."""
    try:
        told = datetime.fromisoformat(wall)
    except ValueError:
        _say("Name a moment of Beijing time, such as: clock 2026-03-24T09:30")
        return 2
    wanted = told.replace(tzinfo=told.tzinfo or SHANGHAI).astimezone(UTC)
    try:
        answer = urllib3.request(
            "POST",
            f"http://127.0.0.1:{port}/api/v1/demo/clock",
            body=canonical({"to": stamp(wanted)}),
            headers={"Content-Type": "application/json"},
            retries=False,
        )
    except urllib3.exceptions.HTTPError:
        _say(f"No demonstration answers at port {port}; PORT names another")
        return 1
    _say(answer.data.decode())
    return 0 if answer.status == HTTPStatus.OK else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
