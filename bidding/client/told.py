"""What a command tells: sentences in both languages for people, facts for programs."""

import json
from dataclasses import dataclass, field
from typing import TextIO

from market.kernel.errors import MarketError
from market.protocol.encoding import JsonObject
from market.protocol.statements import Statement

DONE = 0
REFUSED = 1
MISUSED = 2
NO_ANSWER = 3
NOT_YET = 4
UNSEALED = Statement(
    "演示环境：未密封（not sealed）。此处的密钥和投标没有任何保密效力。",
    "Demonstration: not sealed. Keys and bids made here keep no secret.",
)
_LATER = frozenset({"not-yet", "not-witnessed", "awaiting-payment", "too-early"})


@dataclass(slots=True)
class Told:
    """What a command has to say; `later` when what was asked for is not there yet."""

    facts: JsonObject = field(default_factory=dict)
    lines: list[Statement] = field(default_factory=list)
    warnings: list[Statement] = field(default_factory=list)
    later: bool = False

    def say(self, zh: str, en: str) -> None:
        """One sentence."""
        self.lines.append(Statement(zh, en))

    def warn(self, zh: str, en: str) -> None:
        """One sentence that must not be overlooked."""
        self.warnings.append(Statement(zh, en))


def tell(told: Told, out: TextIO, *, language: str, as_json: bool) -> int:
    """Print everything; the exit code."""
    if as_json:
        said = {
            **told.facts,
            "ok": True,
            "later": told.later,
            "warnings": [line.words(language) for line in told.warnings],
        }
        out.write(json.dumps(said, ensure_ascii=False) + "\n")
    else:
        out.writelines(f"! {line.words(language)}\n" for line in told.warnings)
        out.writelines(f"{line.words(language)}\n" for line in told.lines)
    return NOT_YET if told.later else DONE


def tell_refusal(refused: MarketError, out: TextIO, *, language: str, as_json: bool) -> int:
    """Print a refusal with its code; the exit code."""
    words = refused.words(language)
    if as_json:
        said = {"ok": False, "code": refused.code, "detail": words}
        out.write(json.dumps(said, ensure_ascii=False) + "\n")
    else:
        out.write(f"[{refused.code}] {words}\n")
    if refused.code == "no-answer":
        return NO_ANSWER
    return NOT_YET if refused.code in _LATER else REFUSED
