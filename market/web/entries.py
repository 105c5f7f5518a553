"""The public record for people: its newest entries, and one entry with all that proves it.

What a program reads stands beside it under `/log` (`market.web.record`). The page's own script
asks for the proof and checks it in the browser; the same file goes to `market.verify`, which
trusts neither this page nor this site.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from market.journal import queries
from market.journal.queries import WitnessedHead
from market.kernel.errors import NotFound
from market.protocol.encoding import b64u, digest
from market.protocol.entries import OFFICIAL_ACTS, read_entry
from market.web.access import public
from market.web.filters import number
from market.web.language import gettext, language, lazy_gettext, ngettext
from market.web.pages import NavItem, Pages
from market.web.patterns import Fact
from market.web.site import site

SHOWN: Final = 50  # entries on one page of the record

pages = Pages(
    "entries",
    __name__,
    url_prefix="/record",
    navigation=(NavItem(lazy_gettext("Public record"), "entries.listed", 55),),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the list."""

    index: int
    at: datetime
    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry with its proof; without `head` no witness has signed a record that holds it."""

    index: int
    kind: str
    at: datetime
    subject: str
    hash: bytes
    text: str
    size: int
    path: tuple[bytes, ...]
    head: WitnessedHead | None


def name_of(kind: str) -> str:
    """What a kind of official act is called."""
    zh, en = OFFICIAL_ACTS[kind]
    return zh if language() == "zh" else en


@pages.get("")
@public
def listed() -> str:
    """The entries before a place, the newest first."""
    before = request.args.get("before", type=int)
    lines, size = site().office.read(lambda session: _lines(session, before))
    further = None
    if lines and lines[-1].index > 0:
        further = url_for("entries.listed", before=lines[-1].index)
    return render_template("record.html", lines=lines, size=size, further=further, name_of=name_of)


def _lines(session: Session, before: int | None) -> tuple[list[Line], int]:
    head = queries.head(session)
    size = 0 if head is None else head.size
    end = size if before is None else max(0, min(before, size))
    start = max(0, end - SHOWN)
    raws = queries.entry_range(session, start, end - start)
    read = [read_entry(raw) for raw in raws]
    lines = [Line(start + n, one.at, one.kind, one.subject) for n, one in enumerate(read)]
    return lines[::-1], size


@pages.get("/<int:index>")
@public
def entry(index: int) -> str:
    """One entry, its inclusion proof, the checkpoint, and how to check it without this site."""
    shown = site().office.read(lambda session: _shown(session, index))
    if shown is None:
        raise NotFound
    return render_template("entry.html", shown=shown, facts=_facts(shown), name=name_of(shown.kind))


def _shown(session: Session, index: int) -> Shown | None:
    placed = queries.entry_at(session, index)
    newest = queries.head(session)
    if placed is None or newest is None:
        return None
    read = read_entry(placed.entry)
    head = queries.head(session, witnesses=1)
    if head is not None and index >= head.size:
        head = None
    path = () if head is None else tuple(queries.inclusion(session, index, head.size))
    text = json.dumps(json.loads(placed.entry), ensure_ascii=False, indent=2)
    return Shown(
        index,
        read.kind,
        read.at,
        read.subject,
        digest(placed.entry),
        text,
        newest.size,
        path,
        head,
    )


def _facts(shown: Shown) -> list[Fact]:
    facts = [
        Fact(gettext("About"), shown.subject),
        Fact(gettext("Hash (SHA-256)"), b64u(shown.hash)),
    ]
    if shown.head is None:
        return facts
    signed = ngettext("one witness", "%(num)s witnesses", shown.head.witnesses)
    return [
        *facts,
        Fact(gettext("Record of"), gettext("%(size)s entries", size=number(shown.head.size))),
        Fact(gettext("Root of the record"), b64u(shown.head.root)),
        Fact(gettext("Signed by"), gettext("the log and %(witnesses)s", witnesses=signed)),
    ]
