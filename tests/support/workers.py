"""Which tests go to one worker together, and which keep the order they are written in."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER: Final = ("tests/stories/", "tests/browser/", "tests/insider/test_search.py")
"""Folders and files whose tests share one running exchange; other tests go where there is room."""
_ENDING: Final = pytest.StashKey[dict[str, ExitStack]]()


class ByFolder(LoadScopeScheduling):
    """Hands out single tests, and each of the places named above as one piece of work.

    Told by the path: marks of groups are lost where the name of a test is fixed at its birth.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid)


def ending_with(config: pytest.Config, folder: str) -> ExitStack:
    """What ends when a worker leaves a folder, for a fixture of the whole run ends with the run."""
    return config.stash.setdefault(_ENDING, {}).setdefault(folder, ExitStack())


def end_if_left(config: pytest.Config, folder: str, following: pytest.Item | None) -> None:
    """End it after the folder's last test on this worker."""
    if following is None or folder not in following.path.as_posix():
        ending_with(config, folder).close()


def in_written_order(
    items: list[pytest.Item], folder: str, last: Sequence[str] = (), *, first: str = ""
) -> None:
    """Put a folder's tests back into the order of files and lines; `first` and `last` name files.

    A chapter goes on where the one before it ended: they share one exchange and its one clock. The
    plugin that shuffles the tests must have had its turn.
    """
    places = [at for at, item in enumerate(items) if folder in item.path.as_posix()]
    told = sorted((items[at] for at in places), key=lambda item: _place(item, first, last))
    for at, item in zip(places, told, strict=True):
        items[at] = item


def _place(item: pytest.Item, first: str, last: Sequence[str]) -> tuple[int, str, int]:
    name = item.path.name
    late = last.index(name) + 1 if name in last else -int(name == first)
    return late, item.path.as_posix(), item.location[1] or 0
