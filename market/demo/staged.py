"""Which tender of the demonstration stands at which stage, as the seed wrote it down."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from market.demo.stage import STAGES
from market.web.language import Lazy, lazy_gettext


class Stage(StrEnum):
    """The stages of a tender that a visitor finds ready."""

    DRAFTING = "drafting"
    QUESTIONS = "questions"
    BIDDING = "bidding"
    OPENING = "opening"
    EVALUATING = "evaluating"
    RESULT = "result"
    CONTRACT = "contract"


WORDS: Final[dict[Stage, Lazy]] = {
    Stage.DRAFTING: lazy_gettext("being prepared"),
    Stage.QUESTIONS: lazy_gettext("published, with a question that waits for its answer"),
    Stage.BIDDING: lazy_gettext("takes bids"),
    Stage.OPENING: lazy_gettext("closed; its officers open it"),
    Stage.EVALUATING: lazy_gettext("being evaluated"),
    Stage.RESULT: lazy_gettext("result published, may be challenged"),
    Stage.CONTRACT: lazy_gettext("contract signed, bonds returned"),
}


@dataclass(frozen=True, slots=True)
class Staged:
    """One tender of the seed."""

    stage: Stage
    no: str
    zh: str
    en: str

    @property
    def words(self) -> str:
        """What the stage is called, for this reader."""
        return str(WORDS[self.stage])

    @property
    def url(self) -> str:
        """Where it is seen: a draft by its owner alone, every other by anybody."""
        return f"/desk/tenders/{self.no}" if self.stage is Stage.DRAFTING else f"/tenders/{self.no}"


def staged(folder: Path) -> Sequence[Staged]:
    """The tenders of the seed, in the order of their stages; none in a bare demonstration."""
    path = folder / STAGES
    if not path.is_file():
        return ()
    return [Staged(Stage(one["stage"]), one["no"], one["zh"], one["en"]) for one in _read(path)]


def write(folder: Path, tenders: Sequence[Staged]) -> None:
    """Write down which tender stands where."""
    listed = [
        {"stage": str(one.stage), "no": one.no, "zh": one.zh, "en": one.en} for one in tenders
    ]
    (folder / STAGES).write_text(json.dumps(listed, ensure_ascii=False, indent=1))


def _read(path: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(path.read_text())
    return found
