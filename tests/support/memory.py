"""Room in memory for what a run throws away: files there wait for no disk."""

import os
import shutil
from pathlib import Path
from typing import Final

MEMORY: Final = Path("/dev/shm")
ROOM: Final = 4 * 2**30  # bytes; two exchanges and the databases of two workers take a quarter


def memory() -> Path | None:
    """A folder whose files lie in memory, with room for a run; None where there is none."""
    if not os.access(MEMORY, os.W_OK):
        return None
    # Servers started by root run from copies of their programs beside their data.
    may_run = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    return MEMORY if may_run and shutil.disk_usage(MEMORY).free >= ROOM else None
