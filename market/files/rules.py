"""Names of documents as people may see them."""

import unicodedata
from typing import Final

from market.files.media import MediaType

NAME_LIMIT: Final = 200  # characters, as the column holds
_CONTROLLING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that steer a display (or mean nothing): a name could pretend with them."""


def shown_name(typed: str, kind: MediaType) -> str:
    """The name to show for what a person called a file; never a path, never the wrong ending.

    Folders before the name, control and direction signs and the typed ending fall away; the
    ending of the true kind is put on. Nothing left: the name is "document".
    """
    last = typed.replace("\\", "/").rsplit("/", 1)[-1]
    plain = unicodedata.normalize("NFC", last)
    plain = "".join(sign for sign in plain if unicodedata.category(sign) not in _CONTROLLING)
    stem, dot, ending = plain.rpartition(".")
    if not dot or not ending.isalnum():
        stem = plain
    stem = " ".join(stem.split()).strip(". ")
    return (stem[: NAME_LIMIT - len(kind.extension)] or "document") + kind.extension
