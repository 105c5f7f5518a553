"""Directories for embedded servers in tests.

pytest's own are closed to other users, which is one of the cases to test and not the ordinary one.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from market.db.embedded import place


@contextmanager
def server_directory(mode: int = 0o755) -> Iterator[Path]:
    """`home/demo` for servers, `home` having `mode`; removed with all that is kept elsewhere."""
    home = Path(tempfile.mkdtemp(prefix="yg-test-"))
    home.chmod(mode)
    try:
        yield home / "demo"
    finally:
        place.remove(home / "demo")
        shutil.rmtree(home)
