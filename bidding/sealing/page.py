"""The bytes of the sealing page, and their hash: what manifests and the journal name.

The file is made from `browser/src/sealing_page` and committed; it is the same for every tender,
every reader and every deployment.
"""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from market.protocol.encoding import digest

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class SealingPage:
    """The file as it is served, and what its policy allows: this script, this style, no other."""

    raw: bytes
    compressed: bytes
    hash: bytes
    script_source: str
    style_source: str


@cache
def sealing_page() -> SealingPage:
    """The page of this version."""
    raw = (FOLDER / "sealing.html").read_bytes()
    about = json.loads((FOLDER / "sealing.json").read_text("utf-8"))
    return SealingPage(
        raw,
        gzip.compress(raw, mtime=0),
        digest(raw),
        about["script_source"],
        about["style_source"],
    )
