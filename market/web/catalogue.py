"""The words of the pages in both languages: one catalogue file for each room, read at start.

English sentences are the keys. `locales/zh_CN/LC_MESSAGES/<room>.po` holds the Chinese ones,
`locales/en/LC_MESSAGES/<room>.po` only what English readers must see differently (plurals need
nothing there). The files are read as they are, so nothing has to be compiled and nothing is stale.
"""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

ROOT: Final = Path(__file__).resolve().parents[2]
LOCALES: Final = ROOT / "locales"
FOLDERS: Final = {"zh": "zh_CN", "en": "en"}
"""The language of a reader, and the locale that writes it."""
WRITTEN: Final = {language: Locale.parse(folder) for language, folder in FOLDERS.items()}
"""The locales themselves: to look one up by its name costs more than to write a date with it."""


def catalogues(language: str, locales: Path = LOCALES) -> Iterator[tuple[Path, Catalog]]:
    """Each room's catalogue of one language, in the order of their names."""
    folder = FOLDERS[language]
    for path in sorted((locales / folder / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as source:
            yield path, read_po(source, locale=folder, abort_invalid=True)


def messages(catalog: Catalog) -> Iterator[Message]:
    """The translated messages of a catalogue, without its header and without doubtful ones."""
    for message in catalog:
        if message.id and not message.fuzzy and all(_strings(message)):
            yield message


def _strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ("",))


@cache
def translations(language: str) -> Translations:
    """Everything that can be said in one language; English falls back to its keys."""
    merged: Translations | None = None
    for _path, catalog in catalogues(language):
        compiled = BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        one = Translations(compiled)
        # The first gives the rule for plurals, which all files of a language share.
        merged = one if merged is None else merged.merge(one)
    return merged or Translations()
