"""Experts with a story: each shows one rule of recusal at work, or just beside it.

The first experts of the library play these parts; in everything else they are fit for both tracks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from market.demo.people.kinds import Organisation, OrganisationKind
from market.experts.rules.findings import Rule
from market.experts.rules.periods import Span, look_back, months_after, years_after
from market.experts.rules.relations import (
    Directorship,
    Employment,
    Interest,
    Kinship,
    Part,
    Participation,
    Punishment,
    PunishmentKind,
    RecusalFacts,
    Relative,
    Service,
    Shareholding,
)

PREPARED_PROJECT: Final = "890102-2026-GP-00001"
"""The project that one expert helped to prepare; give the demonstration's project this code."""

_YEARS: Final = 3
_ALMOST_MONTHS: Final = 35


@dataclass(frozen=True, slots=True)
class Stage:
    """What a story may refer to: the organisations and the day of the evaluation."""

    organisations: tuple[Organisation, ...]
    on: date

    def the(self, kind: OrganisationKind) -> Organisation:
        """The first organisation of a kind."""
        return next(each for each in self.organisations if each.kind is kind)

    def bidder(self, number: int) -> Organisation:
        """The bidder with this number, from 1."""
        bidders = [each for each in self.organisations if each.kind is OrganisationKind.BIDDER]
        return bidders[number - 1]


@dataclass(frozen=True, slots=True)
class Story:
    """A part: its name, the rules it should lead to (government, engineering), its facts."""

    name: str
    government: Rule | None
    engineering: Rule | None
    facts: Callable[[Stage, str, str, str], RecusalFacts]


def _kin(kinship: Kinship, number: int) -> Callable[[Stage, str, str, str], RecusalFacts]:
    def facts(stage: Stage, expert: str, person: str, unit: str) -> RecusalFacts:
        relative = Relative(stage.bidder(number).legal_representative, kinship)
        return RecusalFacts(expert=expert, person=person, unit=unit, relatives=(relative,))

    return facts


def _left(
    number: int, last_day: Callable[[date], date]
) -> Callable[[Stage, str, str, str], RecusalFacts]:
    def facts(stage: Stage, expert: str, person: str, unit: str) -> RecusalFacts:
        until = last_day(stage.on)
        jobs = (
            Employment(stage.bidder(number).uscc, Span(years_after(until, -6), until)),
            Employment(unit, Span(until + timedelta(days=1))),
        )
        return RecusalFacts(expert=expert, person=person, unit=unit, employments=jobs)

    return facts


def _works_at(kind: OrganisationKind) -> Callable[[Stage, str, str, str], RecusalFacts]:
    def facts(stage: Stage, expert: str, person: str, _: str) -> RecusalFacts:
        unit = stage.the(kind).uscc
        job = Employment(unit, Span(years_after(stage.on, -9)))
        return RecusalFacts(expert=expert, person=person, unit=unit, employments=(job,))

    return facts


def _works_for_a_bidder(stage: Stage, expert: str, person: str, _: str) -> RecusalFacts:
    unit = stage.bidder(3).uscc
    job = Employment(unit, Span(years_after(stage.on, -4)))
    return RecusalFacts(expert=expert, person=person, unit=unit, employments=(job,))


def _served(days: int) -> Callable[[Stage, str, str, str], RecusalFacts]:
    def facts(stage: Stage, expert: str, person: str, unit: str) -> RecusalFacts:
        owner = stage.the(OrganisationKind.PURCHASER).uscc
        service = Service(owner, stage.on - timedelta(days=days))
        return RecusalFacts(expert=expert, person=person, unit=unit, services=(service,))

    return facts


def _director(stage: Stage, expert: str, person: str, unit: str) -> RecusalFacts:
    span = Span(years_after(stage.on, -8), years_after(stage.on, -1))
    seat = Directorship(stage.bidder(2).uscc, span)
    return RecusalFacts(expert=expert, person=person, unit=unit, directorships=(seat,))


def _former_controller(stage: Stage, expert: str, person: str, unit: str) -> RecusalFacts:
    span = Span(years_after(stage.on, -7), years_after(stage.on, -2))
    shares = Shareholding(stage.bidder(8).uscc, controlling=True, span=span)
    return RecusalFacts(expert=expert, person=person, unit=unit, shareholdings=(shares,))


def _shareholder(stage: Stage, expert: str, person: str, unit: str) -> RecusalFacts:
    span = Span(years_after(stage.on, -2))
    shares = Shareholding(stage.bidder(1).uscc, controlling=False, span=span)
    return RecusalFacts(expert=expert, person=person, unit=unit, shareholdings=(shares,))


def _consultant(stage: Stage, expert: str, person: str, unit: str) -> RecusalFacts:
    interest = Interest(stage.bidder(11).uscc, Span(years_after(stage.on, -1)))
    return RecusalFacts(expert=expert, person=person, unit=unit, interests=(interest,))


def _tied(stage: Stage, expert: str, person: str, unit: str) -> RecusalFacts:
    ties = (stage.bidder(4).uscc,)
    return RecusalFacts(expert=expert, person=person, unit=unit, ties=ties)


def _punished(stage: Stage, expert: str, person: str, unit: str) -> RecusalFacts:
    past = Punishment(years_after(stage.on, -11), PunishmentKind.ADMINISTRATIVE)
    return RecusalFacts(expert=expert, person=person, unit=unit, punishments=(past,))


def _prepared(_: Stage, expert: str, person: str, unit: str) -> RecusalFacts:
    part = Participation(PREPARED_PROJECT, Part.FEASIBILITY)
    return RecusalFacts(expert=expert, person=person, unit=unit, participations=(part,))


def _three_years_before(on: date) -> date:
    return look_back(on, _YEARS)


def _one_day_more(on: date) -> date:
    return look_back(on, _YEARS) - timedelta(days=1)


def _almost_three_years_before(on: date) -> date:
    return months_after(on, -_ALMOST_MONTHS)


_K = OrganisationKind

STORIES: Final = (
    Story("married-to-head-of-bidder-1", Rule.R8, Rule.R1, _kin(Kinship.SPOUSE, 1)),
    Story("married-to-head-of-bidder-5", Rule.R8, Rule.R1, _kin(Kinship.SPOUSE, 5)),
    Story("sibling-of-head-of-bidder-7", Rule.R8, Rule.R1, _kin(Kinship.SIBLING, 7)),
    Story(
        "cousin-of-head-of-bidder-2",
        Rule.R8,
        None,
        _kin(Kinship.COLLATERAL_TO_THIRD_GENERATION, 2),
    ),
    Story("left-bidder-1-35-months-ago", Rule.R5, None, _left(1, _almost_three_years_before)),
    Story("left-bidder-6-35-months-ago", Rule.R5, None, _left(6, _almost_three_years_before)),
    Story("left-bidder-1-3-years-ago", Rule.R5, None, _left(1, _three_years_before)),
    Story("left-bidder-1-3-years-1-day-ago", None, None, _left(1, _one_day_more)),
    Story("left-bidder-6-3-years-1-day-ago", None, None, _left(6, _one_day_more)),
    Story("works-for-bidder-3", Rule.R5, Rule.R3, _works_for_a_bidder),
    Story("sat-on-board-of-bidder-2", Rule.R6, None, _director),
    Story("controlled-bidder-8", Rule.R7, None, _former_controller),
    Story("holds-shares-in-bidder-1", Rule.R9, Rule.R3, _shareholder),
    Story("advises-bidder-11", Rule.R9, Rule.R3, _consultant),
    Story("reported-tie-with-bidder-4", Rule.R9, Rule.R3, _tied),
    Story("works-for-holding-of-bidders-2-and-3", Rule.R9, Rule.R3, _works_at(_K.HOLDING)),
    Story("punished-long-ago", Rule.R4, Rule.R4, _punished),
    Story("works-for-supervisor", Rule.R10, Rule.R2, _works_at(_K.SUPERVISOR)),
    Story("works-for-department", Rule.R2, Rule.R2, _works_at(_K.COMPETENT_DEPARTMENT)),
    Story("works-for-purchaser", Rule.R10, Rule.R10, _works_at(_K.PURCHASER)),
    Story("works-for-agent", Rule.R10, Rule.R10, _works_at(_K.AGENT)),
    Story("works-for-designer", Rule.R11, Rule.R11, _works_at(_K.DESIGNER)),
    Story("wrote-feasibility-study", Rule.R11, Rule.R11, _prepared),
    Story("drawn-for-purchaser-30-days-ago", Rule.R13, Rule.R13, _served(30)),
    Story("drawn-for-purchaser-31-days-ago", None, None, _served(31)),
)
