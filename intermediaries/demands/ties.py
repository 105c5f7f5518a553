"""Who may not take a demand: whoever is tied to its owner, or to the department that approves.

Asked when an agency is named, when it enrols, and once more at the closing, for shares and people
change in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self
from uuid import UUID

from sqlalchemy.orm import Session

from intermediaries.demands.rules.states import OPEN_TO_ALL
from market.accounts.queries.organisations import interests
from market.accounts.rules import Interests, relation
from market.kernel.errors import Refusal
from market.kernel.law import Article, platform_rule

APART: Final = platform_rule(
    "中介不得为同一项目的业主，也不得与业主存在控制、管理关系或同一负责人",
    "An agency is neither the owner of the same project nor tied to it by control, management or"
    " the person in charge",
)


class Tie(StrEnum):
    """On whose side an agency stands."""

    OWNER = "tied-to-owner"
    DEPARTMENT = "tied-to-department"


TIE_ARTICLES: Final = MappingProxyType({Tie.OWNER: APART, Tie.DEPARTMENT: OPEN_TO_ALL})
_WORDS: Final = MappingProxyType(
    {
        Tie.OWNER: (
            "业主本单位，以及与业主存在控制、管理关系或同一负责人的单位，不得承接本项目",
            "Neither the owner nor whoever is tied to it may take this job",
        ),
        Tie.DEPARTMENT: (
            "与使用成果的审批部门存在隶属、控制、管理关系或同一负责人的单位，不得承接本项目",
            "Nobody tied to the department whose approval uses the deliverable may take this job",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Sides:
    """The interests that an agency must stand apart from, the owner's first."""

    known: Sequence[tuple[Tie, Interests]]
    on: date

    @classmethod
    def of(cls, session: Session, owner: UUID, department: UUID | None, on: date) -> Self:
        """The sides of a demand on a legal day; without an approval there is the owner's alone."""
        found = [(Tie.OWNER, interests(session, owner, on))]
        if department is not None:
            found.append((Tie.DEPARTMENT, interests(session, department, on)))
        return cls(found, on)

    def tie(self, session: Session, agency: UUID) -> Tie | None:
        """How an agency is tied to one of them; None where it stands apart."""
        own = interests(session, agency, self.on)
        return next((tie for tie, side in self.known if relation(own, side) is not None), None)

    def refuse_unless_apart(self, session: Session, agency: UUID, field: str | None = None) -> None:
        """Go on only with an agency that stands apart; `Refusal`s by the value of `Tie`.

        `field`: the field of a form that the words are for.
        """
        found = self.tie(session, agency)
        if found is None:
            return
        words = _WORDS[found]
        article: Article = TIE_ARTICLES[found]
        fields = None if field is None else {field: words}
        raise Refusal(found.value, zh=words[0], en=words[1], article=article, fields=fields)
