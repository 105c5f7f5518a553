"""`python -m market.demo`: the whole exchange in one foreground command; Ctrl-C ends it.

    python -m market.demo                      set up what is missing, start everything
    python -m market.demo clock 2026-03-24T09:30   move the clock of a running demonstration

`PORT` names the first of four neighbouring ports (8000 unless said).
"""

import os
import shutil
import sys
from datetime import UTC, datetime
from http import HTTPStatus

import urllib3

from market.db.launcher import connect, ensure_database, servers
from market.db.schema import CUSTODIAN, PLATFORM, migrate
from market.demo.stage import (
    DIRECTORY,
    WITNESS_NAME,
    Ports,
    Stage,
    log_vkey,
    prepare_keys,
    python,
    write_trust,
)
from market.demo.supervisor import Child, answers, run, says
from market.kernel.workdays import SHANGHAI
from market.protocol.encoding import canonical, stamp

READY_WITHIN = 60.0


def main(arguments: list[str]) -> int:
    """Start the demonstration, or move its clock; the exit code."""
    port = int(os.environ.get("PORT", "8000"))
    if arguments[:1] == ["clock"]:
        return _move_clock(port, arguments[1])
    with servers(DIRECTORY) as running:
        stage = Stage(DIRECTORY.resolve(), running, Ports(port))
        _set_up(stage)
        return run(_children(stage), _banner(stage), DIRECTORY, unwell=running.dead)


def _set_up(stage: Stage) -> None:
    """Everything that must be there before the first process starts; quick when it is."""
    from market.demo.seed.everything import is_seeded, seed  # noqa: PLC0415  reads settings made just before

    fresh = not is_seeded(stage.directory)
    if fresh:
        _begin_again(stage)
    prepare_keys(stage)
    if not stage.trust_file.exists():
        write_trust(stage, ())
    for name, history in (("market", PLATFORM), ("custodian", CUSTODIAN)):
        url = stage.servers.database_url(name)
        ensure_database(url)
        migrate(url, history)
    os.environ.update(stage.environment())
    if fresh:
        sys.stdout.write("The demonstration is being filled; this takes a minute.\n")
        sys.stdout.flush()
        seed(stage)


def _begin_again(stage: Stage) -> None:
    """Let go of what a killed seed left: a demonstration is whole or not there."""
    with connect(stage.servers.database_url("postgres", "postgres")) as connection:
        connection.autocommit = True
        for name in ("market", "custodian"):
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    for folder in ("people", "custodian", "witness", "keys", "files", "sealed"):
        shutil.rmtree(stage.directory / folder, ignore_errors=True)
    stage.trust_file.unlink(missing_ok=True)


def _children(stage: Stage) -> list[Child]:
    env = stage.environment()
    gunicorn = ("-m", "gunicorn", "--access-logfile", "/dev/null", "--worker-tmp-dir", "/dev/shm")  # noqa: S108  gunicorn's heartbeat belongs in memory
    web = (*gunicorn, "--no-control-socket", "--workers", "2", "--threads", "4")

    def http(name: str, argv: tuple[str, ...], url: str) -> Child:
        return Child(name, python(*argv), env, lambda: answers(f"{url}/healthz"), READY_WITHIN)

    clock = ("--demo-clock", stage.platform_url)
    witness = (
        *("-m", "market.witness", "serve", "--folder", str(stage.witness_folder)),
        *("--name", WITNESS_NAME, "--log", log_vkey(stage), "--look", stage.platform_url),
        *("--port", str(stage.ports.witness), *clock),
    )
    bank = str(stage.ports.custodian)
    custodian = ("-m", "bidding.custodian", "serve", "--port", bank)
    bind = "127.0.0.1:{}"
    celery = ("-m", "celery", "-A", "wsgi:celery")
    schedule = str(stage.directory / "beat-schedule")
    return [
        http("web", (*web, "-b", bind.format(stage.ports.web), "wsgi:app"), stage.platform_url),
        http(
            "anonymous",
            (*web, "-b", bind.format(stage.ports.anonymous), "wsgi:anonymous"),
            stage.anonymous_url,
        ),
        http("custodian", custodian, stage.custodian_url),
        http("witness", witness, stage.witness_url),
        Child(
            "sequencer",
            python("-m", "wsgi", "sequencer"),
            env,
            says(stage.directory, "sequencer", "sequencer.started"),
            READY_WITHIN,
        ),
        Child(
            "worker",
            python(*celery, "worker", "--concurrency", "1", "--loglevel", "WARNING"),
            env,
            lambda: True,
            READY_WITHIN,
        ),
        Child(
            "heartbeat",
            python(*celery, "beat", "--loglevel", "WARNING", "--schedule", schedule),
            env,
            lambda: True,
            READY_WITHIN,
        ),
    ]


def _banner(stage: Stage) -> str:
    return (
        f"\n阳光交易 Yangguang is open at {stage.platform_url}\n"
        f"  anonymous host {stage.anonymous_url}\n"
        f"  trial bank     {stage.custodian_url}/bank/counter\n"
        f"  witness        {stage.witness_url}\n"
        "People, passwords and the tour stand on the first page. Ctrl-C ends everything.\n"
    )


def _move_clock(port: int, wall: str) -> int:
    """Put a running demonstration's clock to a moment of Beijing time."""
    wanted = datetime.fromisoformat(wall).replace(tzinfo=SHANGHAI).astimezone(UTC)
    answer = urllib3.request(
        "POST",
        f"http://127.0.0.1:{port}/api/v1/demo/clock",
        body=canonical({"to": stamp(wanted)}),
        headers={"Content-Type": "application/json"},
    )
    sys.stdout.write(f"{answer.data.decode()}\n")
    return 0 if answer.status == HTTPStatus.OK else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
