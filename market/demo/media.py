"""Files that fictional people hold: the signing key of an organisation, the keys of an officer.

The demonstration hands them out so that a visitor can play anybody. Outside it such a file never
comes near the site.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from market.demo.people.everybody import Everybody
from market.demo.people.kinds import Organisation, Person
from market.demo.seed.house import account_of
from market.web.language import Lazy, lazy_gettext

KEY_FILE: Final = "keys.age"
PASSPHRASE: Final = "passphrase"  # noqa: S105  the name of a file
ORGANISATION_KEY: Final = "organisation.key"


@dataclass(frozen=True, slots=True)
class Kept:
    """One file: what it is, its name, where it lies, and the passphrase it opens with, if any."""

    label: Lazy
    name: str
    path: Path
    passphrase: str = ""


def files_of(folder: Path, person: Person) -> Sequence[Kept]:
    """What somebody holds, of what is there: a bare demonstration has made no officer's keys."""
    own = folder / "people" / account_of(person)
    signing = folder / "people" / person.organisation / ORGANISATION_KEY
    found = []
    if (own / KEY_FILE).is_file():
        word = (own / PASSPHRASE).read_text()
        label = lazy_gettext("Keys of the opening officer")
        found.append(Kept(label, KEY_FILE, own / KEY_FILE, word))
    if signing.is_file():
        label = lazy_gettext("Signing key of the organisation")
        found.append(Kept(label, ORGANISATION_KEY, signing))
    return found


def organisation_of(cast: Everybody, person: Person) -> Organisation:
    """For whom somebody acts."""
    return next(one for one in cast.organisations if one.uscc == person.organisation)
