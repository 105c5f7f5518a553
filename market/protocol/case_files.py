"""The case file: one tender as the public record has it, in one archive, with its proofs.

    case-file.json       what is in it: name, length and hash of every other member
    index.html           the page to read it by, made from the other members alone
    journal.json         every entry about the tender with its proof, under one checkpoint
    closing-list.json    the acts that were frozen, once they are
    opening-record.json  names, prices and proofs of what was opened, once it is
    draws/….json         the file of each published draw
    notices/….json       words of notices in which no person is named

Nothing restricted is in it, and of persons only salted commitments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from market.protocol.archives import read_archive, write_archive
from market.protocol.encoding import Json, b64u, canonical, digest, parse, refuse, structure
from market.protocol.entries import Entry, read_entry
from market.protocol.inclusions import Proofs, read_proofs
from market.protocol.members import Members, check_tender

CONTENTS: Final = "case-file.json"
PAGE: Final = "index.html"
JOURNAL: Final = "journal.json"
CLOSING_LIST: Final = "closing-list.json"
RECORD: Final = "opening-record.json"
DRAWS: Final = "draws/"
NOTICES: Final = "notices/"
PART_LIMIT: Final = 67_108_864  # bytes of one member
_ENDING: Final = ".json"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What a case file holds; bytes are those that the record or the draw file has hashed."""

    tender: str
    journal: Proofs
    closing_list: bytes | None
    record: bytes | None
    draws: Mapping[str, bytes]
    """Draw files by the number of the draw."""
    notices: Mapping[str, bytes]
    """Canonical notices by their hash in hexadecimal."""

    def entries(self) -> tuple[Entry, ...]:
        """The entries in their order; nothing is proved by reading them."""
        return tuple(read_entry(raw) for _, raw, _ in self.journal.entries)

    def last(self, kind: str) -> Entry | None:
        """The newest entry of a kind."""
        found = [entry for entry in self.entries() if entry.kind == kind]
        return found[-1] if found else None

    def members(self) -> dict[str, bytes]:
        """Everything but the contents and the page, in the order of the archive."""
        found = {JOURNAL: canonical(self.journal.json())}
        if self.closing_list is not None:
            found[CLOSING_LIST] = self.closing_list
        if self.record is not None:
            found[RECORD] = self.record
        found |= {_draw_member(no): self.draws[no] for no in sorted(self.draws)}
        return found | {f"{NOTICES}{name}{_ENDING}": self.notices[name] for name in
                        sorted(self.notices)}  # fmt: skip


def write_case_file(case: CaseFile, page: bytes) -> bytes:
    """The archive; `page` is what `case_pages.write_page` makes of the case."""
    members = {PAGE: page, **case.members()}
    return write_archive({CONTENTS: _contents(case.tender, members), **members})


def read_case_file(raw: bytes) -> tuple[CaseFile, bytes]:
    """The case and its page; form only, nothing is proved yet.

    Refusals: `archive-differs`; `member-differs` for a member that the contents do not list as it
    is; `member-missing`; `malformed`.
    """
    members = read_archive(raw)
    if CONTENTS not in members:
        _missing(CONTENTS)
    held = Members(parse(members.pop(CONTENTS)), "case-file")
    tender = held.tender()
    listed = {name: (length, hashed) for name, length, hashed in held.array("members", _row)}
    held.end()
    for name, member in members.items():
        if listed.pop(name, None) != (len(member), digest(member)):
            refuse(
                f"{name} 与档案目录不符", f"{name} is not as the contents list it",
                code="member-differs",
            )  # fmt: skip
    for name in listed:
        _missing(name)
    page = _taken(members, PAGE)
    case = CaseFile(
        tender,
        read_proofs(parse(_taken(members, JOURNAL), limit=PART_LIMIT)),
        members.pop(CLOSING_LIST, None),
        members.pop(RECORD, None),
        _under(members, DRAWS),
        _under(members, NOTICES),
    )
    if write_case_file(case, page) != raw:
        refuse("档案成员多余或次序不对", "Members are out of order or not foreseen")
    return case, page


def draw_name(no: str) -> str:
    """The name under which the file of a draw lies in the archive."""
    return no.lower()


def _draw_member(no: str) -> str:
    return f"{DRAWS}{draw_name(no)}{_ENDING}"


def _contents(tender: str, members: Mapping[str, bytes]) -> bytes:
    rows: list[Json] = [
        {"name": name, "length": len(raw), "hash": b64u(digest(raw))}
        for name, raw in members.items()
    ]
    return canonical(structure("case-file", tender=check_tender(tender), members=rows))


def _row(value: Json) -> tuple[str, int, bytes]:
    held = Members(value)
    found = held.text("name"), held.whole("length"), held.octets("hash", 32)
    held.end()
    return found


def _taken(members: dict[str, bytes], name: str) -> bytes:
    if name not in members:
        _missing(name)
    return members.pop(name)


def _under(members: dict[str, bytes], folder: str) -> dict[str, bytes]:
    return {
        name.removeprefix(folder).removesuffix(_ENDING): members.pop(name)
        for name in [*members]
        if name.startswith(folder) and name.endswith(_ENDING)
    }


def _missing(name: str) -> NoReturn:
    refuse(f"档案中缺少 {name}", f"The case file lacks {name}", code="member-missing")
