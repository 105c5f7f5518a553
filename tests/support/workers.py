"""Which tests go to one worker together, where several run at once."""

from typing import Final

from xdist.scheduler import LoadScopeScheduling

TOGETHER: Final = ("tests/stories/", "tests/browser/")
"""Folders whose tests share one running exchange; every other test goes wherever there is room."""


class ByFolder(LoadScopeScheduling):
    """Hands out single tests, and each of the folders named above as one piece of work.

    Told by the path: marks of groups are lost where the name of a test is fixed at its birth.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid)
