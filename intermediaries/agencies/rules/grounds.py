"""The operator's check list: every ground on which an entry may be sent back, with its article.

Only what law requires may be asked. There is no line for anything else, and a reason without a
ground of this list is refused; all reasons are named at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from intermediaries.agencies.rules.states import ZERO_THRESHOLD
from market.kernel.errors import BadInput, Refusal
from market.kernel.law import Article, Standing

WORDS_LIMIT: Final = 1000  # characters of one reason


class Section(StrEnum):
    """The parts of an application."""

    IDENTITY = "identity"
    QUALIFICATIONS = "qualifications"
    PRACTITIONERS = "practitioners"
    SERVICES = "services"
    DECLARATION = "declaration"


class Ground(StrEnum):
    """What may be wrong with an application."""

    LICENCE_DIFFERS = "licence-differs"
    QUALIFICATION_MISSING = "qualification-missing"
    QUALIFICATION_DIFFERS = "qualification-differs"
    QUALIFICATION_BORROWED = "qualification-borrowed"
    QUALIFICATION_ENDED = "qualification-ended"
    PRACTITIONERS_MISSING = "practitioners-missing"
    SERVICE_UNLAWFUL = "service-unlawful"
    INTEREST_UNDECLARED = "interest-undeclared"
    TIED_TO_DEPARTMENT = "tied-to-department"


@dataclass(frozen=True, slots=True)
class GroundLaw:
    """Which part of the application a ground is about, and the article that asks for it."""

    section: Section
    law: Article


def _law(section: Section, zh: str, en: str, standing: Standing = Standing.MEMORY) -> GroundLaw:
    return GroundLaw(section, Article(zh, en, standing))


CHECK_LIST: Final[Mapping[Ground, GroundLaw]] = MappingProxyType(
    {
        Ground.LICENCE_DIFFERS: _law(
            Section.IDENTITY, "市场主体登记管理条例第三条", "Market Entity Registration art. 3"
        ),
        Ground.QUALIFICATION_MISSING: _law(
            Section.QUALIFICATIONS, "行政许可法第十二条", "Administrative Licensing Law art. 12"
        ),
        Ground.QUALIFICATION_DIFFERS: _law(
            Section.QUALIFICATIONS, "行政许可法第三十一条", "Administrative Licensing Law art. 31"
        ),
        Ground.QUALIFICATION_BORROWED: _law(
            Section.QUALIFICATIONS, "行政许可法第八十条", "Administrative Licensing Law art. 80"
        ),
        Ground.QUALIFICATION_ENDED: _law(
            Section.QUALIFICATIONS, "行政许可法第五十条", "Administrative Licensing Law art. 50"
        ),
        Ground.PRACTITIONERS_MISSING: _law(
            Section.PRACTITIONERS, "资产评估法第十五条", "Asset Appraisal Law art. 15"
        ),
        Ground.SERVICE_UNLAWFUL: _law(
            Section.SERVICES, "行政许可法第八十一条", "Administrative Licensing Law art. 81"
        ),
        Ground.INTEREST_UNDECLARED: _law(
            Section.DECLARATION,
            "资产评估法第二十四条",
            "Asset Appraisal Law art. 24",
            Standing.SOURCED,
        ),
        Ground.TIED_TO_DEPARTMENT: _law(
            Section.DECLARATION,
            "优化营商环境条例第四十三条",
            "Business Environment Regulation art. 43",
            Standing.SOURCED,
        ),
    }
)
"""Everything that is checked."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an application goes back: the ground, by its code, and what exactly is to be mended."""

    ground: str
    words: str

    @property
    def law(self) -> Article:
        """The article of the ground; `KeyError` for a reason that was never checked."""
        return CHECK_LIST[Ground(self.ground)].law


def refuse_unless_grounded(reasons: Sequence[Reason]) -> None:
    """Go on only if there are reasons, each with a ground of law and words that say what to do.

    `Refusal` "reason-without-law"; `BadInput`s "reasons-missing", "reason-unexplained".
    """
    if not reasons:
        raise BadInput(
            "reasons-missing",
            zh="请选择至少一项依据，并一次写明全部原因",
            en="Choose at least one ground, and name every reason at once",
        )
    known = {ground.value for ground in Ground}
    if any(reason.ground not in known for reason in reasons):
        raise Refusal(
            "reason-without-law",
            zh="入驻只核查法律要求的事项：没有法律依据的原因不能作为退回理由",
            en="Only what law requires is checked: a reason without an article sends nothing back",
            article=ZERO_THRESHOLD,
        )
    if any(not 0 < len(reason.words.strip()) <= WORDS_LIMIT for reason in reasons):
        raise BadInput(
            "reason-unexplained",
            zh="每项原因都须写明需要补正的内容",
            en="Say of every reason what is to be mended",
        )


def refuse_unless_at_once(
    before: Iterable[Reason],
    decided_at: datetime,
    touched: Mapping[Section, datetime],
    reasons: Iterable[Reason],
) -> None:
    """Go on only with reasons that could not have been named the first time.

    A ground named `before` may be named again. A new one must be about a part that was changed
    after `decided_at`; a certificate that has ended since then is new by itself. `Refusal`
    "reason-too-late".
    """
    named = {reason.ground for reason in before}
    for reason in reasons:
        ground = Ground(reason.ground)
        changed = touched.get(CHECK_LIST[ground].section)
        is_new = changed is not None and changed > decided_at
        if ground not in named and ground is not Ground.QUALIFICATION_ENDED and not is_new:
            raise Refusal(
                "reason-too-late",
                zh="须一次性告知：上次退回时未提出、申请材料也未改动的事项，不能再作为退回理由",
                en="All reasons are named at once: what was not named the last time, in a part that"
                " has not changed since, sends nothing back",
                article=ZERO_THRESHOLD,
            )
