"""Which scripts this site serves: each set of them is an official act in the journal.

Whoever keeps the bytes a browser was given can show that they are, or are not, those of a set that
the exchange stands by (PROTOCOL §6: an operator who alters a page is found out by its hash).
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from sqlalchemy.orm import Session

from market.command import HOUSE, Office, Work
from market.journal.queries import entries_of, was_said
from market.protocol.encoding import Json, JsonObject, b64u, canonical, digest, structure
from market.protocol.entries import read_entry
from market.settings import Settings
from market.web.assets import STATIC, names

KIND: Final = "script"
SUBJECT: Final = "site-scripts"
_TURN: Final = "proofs:releases"
_SCRIPTS: Final = (".js", ".mjs", ".wasm")


@dataclass(frozen=True, slots=True)
class Script:
    """A script by its name under `/static`, its SHA-256 and its length in bytes."""

    name: str
    hash: bytes
    length: int


@cache
def scripts() -> tuple[Script, ...]:
    """Every script of this version, ascending by name; read once in the life of a process."""
    return tuple(_script(name) for name in sorted(names()) if name.endswith(_SCRIPTS))


def said() -> JsonObject:
    """`yg/site-scripts/v1`: what the journal says of this version's scripts."""
    files: list[Json] = [{"hash": b64u(one.hash), "name": one.name} for one in scripts()]
    return structure("site-scripts", files=files)


def is_published(session: Session) -> bool:
    """Whether the journal names exactly this set, or will once the sequencer has placed it."""
    return was_said(session, SUBJECT, KIND, canonical(said()))


def placed_at(session: Session) -> int | None:
    """The place of the entry that names this version's set; None while it waits for one."""
    held = said()
    for placed in entries_of(session, SUBJECT, KIND):
        if read_entry(placed.entry).data == held:
            return placed.index
    return None


def publish_scripts(work: Work, _command: None) -> bool:
    """Journal this version's set; false if it stands there already."""
    work.hold(_TURN)
    if is_published(work.session):
        return False
    work.publish(KIND, SUBJECT, said())
    return True


def publish(office: Office, settings: Settings) -> int:
    """Journal the scripts of this version, once."""
    del settings  # they are the same in every deployment
    if office.read(is_published):
        return 0
    return int(office.run(publish_scripts, None, HOUSE))


def _script(name: str) -> Script:
    raw = (STATIC / name).read_bytes()
    return Script(name, digest(raw), len(raw))
