"""Which sentences the pages use and which of them nobody has translated yet.

    python -m market.web.extraction            prints what is missing, ready to paste
    python -m market.web.extraction tenders    the same for one room

The output goes into `locales/zh_CN/LC_MESSAGES/<room>.po`, where `msgstr` is then filled in.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file

from market.web.catalogue import ROOT, catalogues, messages

PACKAGES: Final = ("market", "bidding", "intermediaries")
PROGRAMS: Final = ("bidding/custodian", "intermediaries/timekeeper")
"""Programs of other organisations: their own few pages are written in both languages at once."""
KEYWORDS: Final = {**DEFAULT_KEYWORDS, "lazy_gettext": None}
_JINJA: Final = {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One key of the catalogues: its context, its text, its text for several things."""

    text: str
    many: str | None = None
    context: str | None = None


@dataclass(slots=True)
class Used:
    """Every sentence used under some folders, with the places that use it."""

    places: dict[Sentence, list[str]] = field(default_factory=dict)


def used(root: Path = ROOT, packages: tuple[str, ...] = PACKAGES) -> Used:
    """The sentences in all templates and modules; a template that cannot be read is an error."""
    found = Used()
    for package in packages:
        folder = root / package
        for path in sorted([*folder.rglob("*.py"), *templates(root, package)]):
            for sentence, line in _in_file(path):
                found.places.setdefault(sentence, []).append(f"{path.relative_to(root)}:{line}")
    return found


def templates(root: Path = ROOT, package: str | None = None) -> list[Path]:
    """The templates of our pages, of one package or of all."""
    return [
        path
        for name in ((package,) if package else PACKAGES)
        for path in sorted((root / name).rglob("templates/**/*.html"))
        if not path.relative_to(root).as_posix().startswith(PROGRAMS)
    ]


def _in_file(path: Path) -> Iterator[tuple[Sentence, int]]:
    is_template = path.suffix == ".html"
    method = "jinja2.ext:babel_extract" if is_template else "python"
    options = _JINJA if is_template else {}
    for line, message, _comments, context in extract_from_file(
        method, path, keywords=KEYWORDS, options=options, strip_comment_tags=True
    ):
        text, many = (message[0], message[1]) if isinstance(message, tuple) else (message, None)
        yield Sentence(text, many, context), line


def _sentence(message: Message) -> Sentence:
    if isinstance(message.id, str):
        return Sentence(message.id, None, message.context or None)
    return Sentence(message.id[0], message.id[1], message.context or None)


def translated(language: str) -> dict[Sentence, list[Path]]:
    """What the catalogues of a language say, and which of them say it."""
    found: dict[Sentence, list[Path]] = {}
    for path, catalog in catalogues(language):
        for message in messages(catalog):
            found.setdefault(_sentence(message), []).append(path)
    return found


def untranslated(known: Used, language: str = "zh") -> dict[Sentence, list[str]]:
    """The used sentences that a catalogue lacks, with their places."""
    have = translated(language)
    return {sentence: places for sentence, places in known.places.items() if sentence not in have}


def as_po(missing: Mapping[Sentence, list[str]]) -> str:
    """Missing sentences as entries of a catalogue, still without their translation."""
    blocks = []
    for sentence, places in missing.items():
        lines = [f"#: {place}" for place in places]
        if sentence.context is not None:
            lines.append(f"msgctxt {_quoted(sentence.context)}")
        lines.append(f"msgid {_quoted(sentence.text)}")
        if sentence.many is None:
            lines.append('msgstr ""')
        else:
            lines += [f"msgid_plural {_quoted(sentence.many)}", 'msgstr[0] ""']
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def main(arguments: list[str]) -> int:
    """Print what is missing; 1 if anything is."""
    missing = untranslated(used())
    if arguments:
        room = f"/{arguments[0]}/"
        missing = {s: places for s, places in missing.items() if any(room in p for p in places)}
    sys.stdout.write(as_po(missing) + "\n" if missing else "")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
