"""Everybody in the demonstration at once: organisations, people, experts, and who is who."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Final

from market.demo.people.experts import build_experts
from market.demo.people.kinds import (
    CastMember,
    Duty,
    Expert,
    Organisation,
    OrganisationKind,
    Person,
)
from market.demo.people.organisations import found_everything
from market.demo.people.stories import STORIES
from market.experts.rules.relations import Bidder, Parties
from market.protocol.encoding import Json, canonical, digest

ACTIVITY_ON: Final = date(2026, 3, 30)
"""The Monday of the first evaluation; the stories of the experts are reckoned from it."""


@dataclass(frozen=True, slots=True)
class Everybody:
    """The whole cast. Persons are all people once: those with a post first, then the experts."""

    activity_on: date
    organisations: tuple[Organisation, ...]
    persons: tuple[Person, ...]
    experts: tuple[Expert, ...]
    cast: tuple[CastMember, ...]

    def of_kind(self, kind: OrganisationKind) -> tuple[Organisation, ...]:
        """All organisations of a kind."""
        return tuple(each for each in self.organisations if each.kind is kind)

    def the(self, kind: OrganisationKind) -> Organisation:
        """The one organisation of a kind that has one; `ValueError` for bidders and employers."""
        (only,) = self.of_kind(kind)
        return only

    def bidders(self) -> tuple[Organisation, ...]:
        """The organisations that bid."""
        return self.of_kind(OrganisationKind.BIDDER)

    def with_duty(self, duty: Duty, organisation: str = "") -> tuple[Person, ...]:
        """Everybody with a duty, in one organisation where its credit code is given."""
        return tuple(
            person
            for person in self.persons
            if duty in person.duties and organisation in ("", person.organisation)
        )

    def person(self, key: str) -> Person:
        """The person with this id; `KeyError` where there is none."""
        return {person.id: person for person in self.persons}[key]

    def expert(self, key: str) -> Expert:
        """The expert with this id of the library; `KeyError` where there is none."""
        return {expert.candidate.id: expert for expert in self.experts}[key]

    def parties(self) -> Parties:
        """All parties of the first procedure; every bidder stands in it."""
        return Parties(
            owners=(self.the(OrganisationKind.PURCHASER).uscc,),
            agents=(self.the(OrganisationKind.AGENT).uscc,),
            preparers=(self.the(OrganisationKind.DESIGNER).uscc,),
            departments=(self.the(OrganisationKind.COMPETENT_DEPARTMENT).uscc,),
            regulators=(self.the(OrganisationKind.SUPERVISOR).uscc,),
            bidders=tuple(as_bidder(each) for each in self.bidders()),
        )

    def digest(self) -> str:
        """SHA-256 over everything, in hex: changes when anything about anybody does."""
        return digest(canonical(_plain(self))).hex()


def as_bidder(organisation: Organisation) -> Bidder:
    """An organisation as recusal sees a bidder."""
    return Bidder(
        organisation=organisation.uscc,
        legal_representative=organisation.legal_representative,
        persons_in_charge=organisation.persons_in_charge,
        controllers=tuple(each.holder for each in organisation.controllers),
    )


def everybody(activity_on: date = ACTIVITY_ON) -> Everybody:
    """Everybody, the same every time; another day moves what is reckoned from it and no name."""
    taken = set[str]()
    founded = found_everything(taken)
    experts = build_experts(founded.organisations, activity_on, taken)
    return Everybody(
        activity_on=activity_on,
        organisations=founded.organisations,
        persons=(*founded.staff, *(expert.person for expert in experts)),
        experts=experts,
        cast=tuple(
            CastMember(
                story=story.name,
                expert=expert.candidate.id,
                government=story.government,
                engineering=story.engineering,
            )
            for story, expert in zip(STORIES, experts, strict=False)
        ),
    )


def _plain(value: object) -> Json:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, frozenset):
        return [*sorted(str(each) for each in value)]
    if isinstance(value, bool | int | str) or value is None:
        return value
    raise TypeError(f"no plain form for {type(value).__name__}")
