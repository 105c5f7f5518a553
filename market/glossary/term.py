"""A term, and terms that belong together."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the field; `code` is empty where no code bears the word."""

    zh: str
    en: str
    code: str
    meaning_zh: str
    meaning_en: str

    @property
    def anchor(self) -> str:
        """Where the page has it: the English word in small letters."""
        return re.sub(r"[^a-z0-9]+", "-", self.en.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that belong together."""

    zh: str
    en: str
    terms: tuple[Term, ...]
