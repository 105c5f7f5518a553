"""What belongs to the demonstration is nowhere else: no page, no call, no clock, no module."""

import json
import subprocess
import sys
from pathlib import Path

from market.accounts.vault import make_vault
from market.web.catalogue import ROOT

PROGRAM = """
import json, sys, wsgi
app, other = wsgi.app, wsgi.anonymous
client = app.test_client()
paths = [
    "/demo/clock", "/demo/clock.json", "/demo/people", "/demo/people/p0002", "/demo/tour",
    "/demo/patterns", "/demo/people/p0002/organisation.key",
]
print(json.dumps({
    "rules": sorted(
        rule.rule for a in (app, other) for rule in a.url_map.iter_rules()
        if "demo" in rule.rule or "mailbox" in rule.rule
    ),
    "statuses": sorted({client.get(path).status_code for path in paths}),
    "moved": client.post("/api/v1/demo/clock", data=b"{}").status_code,
    "mailbox": client.get("/letters/mailbox").status_code,
    "clock": type(app.extensions["market"].office.clock).__name__,
    "prints say so": app.extensions["market"].office.is_demo,
    "modules": any(name.startswith("market.demo") for name in sys.modules),
    "banner": "Stand-ins" in client.get("/?lang=en", follow_redirects=True).text,
}))
"""


def started(mode: str, database_url: str, redis_url: str, folder: Path) -> dict[str, object]:
    """What a platform of this mode has of the demonstration, told by a process of its own."""
    make_vault(folder / "keys")
    environment = {
        "MARKET_MODE": mode,
        "MARKET_SECRET_KEY": "x" * 32,
        "MARKET_VAR": str(folder),
        "MARKET_ORIGIN": "demo/journal" if mode == "demo" else "test.example/journal",
        "DATABASE_URL": database_url,
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
    found: dict[str, object] = json.loads(told.stdout.splitlines()[-1])
    return found


def test_production_has_nothing_of_the_demonstration(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    assert started("production", database_url, redis_url, tmp_path) == {
        "rules": [],
        "statuses": [404],
        "moved": 404,
        "mailbox": 404,
        "clock": "DatabaseClock",
        "prints say so": False,
        "modules": False,
        "banner": False,
    }


def test_the_demonstration_has_what_production_lacks(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    found = started("demo", database_url, redis_url, tmp_path)
    rules = set(found["rules"])  # type: ignore[call-overload]  # a list of words
    assert rules >= {
        "/letters/mailbox",
        "/demo/clock",
        "/demo/people",
        "/demo/people/<account>",
        "/demo/people/<account>/<name>",
        "/demo/tour",
        "/demo/patterns",
        "/demo/clock.json",
        "/api/v1/demo/clock",
    }
    assert found["clock"] == "DemoClock"
    assert found["prints say so"] is True
    assert found["modules"]
