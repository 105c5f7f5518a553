"""What a screening says: who is kept, and who is left out by which rule and article, in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from market.kernel.errors import Refusal
from market.kernel.law import Article


class Rule(StrEnum):
    """The rules that leave a candidate out; the codes counted in a draw's `excluded`.

    `STRATUM` is no flaw: the draw asks for another specialty or region.
    """

    D01 = "D01"
    D02 = "D02"
    D03 = "D03"
    D04 = "D04"
    D05 = "D05"
    D06 = "D06"
    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"
    R6 = "R6"
    R7 = "R7"
    R8 = "R8"
    R9 = "R9"
    R10 = "R10"
    R11 = "R11"
    R12 = "R12"
    R13 = "R13"
    STRATUM = "STRATUM"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One reason why one candidate is not in the pool.

    `reason` is a stable code finer than the rule; `about` names the party concerned ("" where
    there is none) and stands apart from the words, so that the words alone betray nobody.
    """

    candidate: str
    rule: Rule
    reason: str
    article: Article
    zh: str
    en: str
    about: str = ""

    def words(self, language: str) -> str:
        """The reason in "zh" or "en", with its article."""
        cited = self.article.cite(language)
        return f"{self.zh}（{cited}）" if language == "zh" else f"{self.en} ({cited})"


@dataclass(frozen=True, slots=True)
class Screening:
    """Everybody who was looked at: ids kept, and the first reason of each one left out.

    Both in ascending order of id.
    """

    kept: tuple[str, ...]
    left_out: tuple[LeftOut, ...]

    def counts(self) -> dict[str, int]:
        """How many each rule left out, by code in ascending order: the `excluded` of a freeze."""
        counted = Counter(str(found.rule) for found in self.left_out)
        return dict(sorted(counted.items()))

    def then(self, later: "Screening") -> "Screening":
        """This screening narrowed by a later one that looked at those kept here."""
        left = (*self.left_out, *later.left_out)
        return Screening(later.kept, tuple(sorted(left, key=lambda found: found.candidate)))


def sift(found: Iterable[tuple[str, tuple[LeftOut, ...]]]) -> Screening:
    """The screening of (id, reasons in the order of the rules); no reason means kept."""
    kept, left = list[str](), list[LeftOut]()
    for candidate, reasons in sorted(found, key=lambda pair: pair[0]):
        if reasons:
            left.append(reasons[0])
        else:
            kept.append(candidate)
    return Screening(tuple(kept), tuple(left))


def refuse_unless_complete(screening: Screening, library: Iterable[str]) -> None:
    """Refuse (`pool-incomplete`) unless kept and left out are the whole library, each once.

    A pool that was stuffed or thinned shows here (trust protocol, the draw).
    """
    seen = Counter((*screening.kept, *(found.candidate for found in screening.left_out)))
    if seen != Counter(set(library)):
        raise Refusal(
            "pool-incomplete",
            zh="候选名单与专家库不一致：有人缺失、重复或不在库中，应重新生成名单",
            en="The pool does not match the library: somebody is missing, twice there or unknown; "
            "make the pool again",
        )
