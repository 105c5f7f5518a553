"""Where a rule comes from: an article, and a number with the day it came into force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

V = TypeVar("V")


class Standing(StrEnum):
    """How far the text of a rule was verified: it decides what a refusal may cite.

    `SOURCED` cites the article, `MEMORY` adds that the text is not verified, `DESIGN` says
    that it is a rule of this platform.
    """

    SOURCED = "sourced"
    MEMORY = "memory"
    DESIGN = "design"


@dataclass(frozen=True, slots=True)
class Article:
    """One article of one text, in both languages, with its standing."""

    zh: str
    en: str
    standing: Standing = Standing.SOURCED

    def cite(self, language: str) -> str:
        """Name the article for a reader of `language` ("zh" or "en"), never claiming too much."""
        if self.standing is Standing.SOURCED:
            return self.zh if language == "zh" else self.en
        if self.standing is Standing.MEMORY:
            return (
                f"{self.zh}（条文未核实）" if language == "zh" else f"{self.en} (text not verified)"
            )
        return "本平台规则" if language == "zh" else "rule of this platform"


def platform_rule(zh: str, en: str) -> Article:
    """A rule no law states: this platform's own, said plainly."""
    return Article(zh, en, Standing.DESIGN)


@dataclass(frozen=True, slots=True)
class Dated(Generic[V]):
    """A number of law: its value, its article and the first day it is in force (inclusive)."""

    value: V
    article: Article
    since: date


def in_force(versions: Iterable[Dated[V]], on: date) -> Dated[V]:
    """The version in force on a day: a procedure keeps the rules of its publication day.

    `LookupError` when nothing was in force yet, which is a gap in a rulebook, not a user's error.
    """
    known = [version for version in versions if version.since <= on]
    if not known:
        raise LookupError(f"no version in force on {on.isoformat()}")
    return max(known, key=lambda version: version.since)
