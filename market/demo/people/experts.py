"""The library of experts: four hundred people with fields, employers, titles and years.

Most may be drawn; some are expired, suspended, barred, too new, too old or busy, so that every
rule of eligibility leaves somebody out. Days are reckoned from the day of the evaluation.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from market.demo.people.cast_of_organisations import Post
from market.demo.people.choices import Choices
from market.demo.people.kinds import Duty, Expert, Organisation, OrganisationKind
from market.demo.people.organisations import new_person
from market.demo.people.places import CITY, DISTRICTS, PROVINCE
from market.demo.people.specialties import CODES, SPECIALTIES, title
from market.demo.people.stories import STORIES, Stage
from market.experts.rules.eligibility import Candidate, Level
from market.experts.rules.periods import Span, years_after
from market.experts.rules.relations import Employment, RecusalFacts
from market.kernel.ids import Track

SIZE: Final = 400
_FIRST_NUMBER: Final = 500  # above every number of a person who fills a post
_BOTH: Final = frozenset({Track.ENGINEERING, Track.GOVERNMENT})
_PLACES: Final = {place.code: place for place in (PROVINCE, CITY, *DISTRICTS)}
_GOOD_MONTHS: Final = 26  # appointments end on some day within so many months from now


@dataclass(frozen=True, slots=True)
class Flaw:
    """What may be wrong with an expert; the defaults are nothing."""

    years: int | None = None
    age: int | None = None
    academician: bool = False
    evaluates_online: bool = True
    recommended: bool = True
    expired: bool = False
    suspended: bool = False
    blacklisted: bool = False
    drawn_this_month: int = 0
    level: Level | None = None
    libraries: frozenset[Track] = _BOTH


_NO_FLAW: Final = Flaw()
_FLAWS: Final = {
    3: Flaw(expired=True),
    6: Flaw(libraries=frozenset({Track.GOVERNMENT})),
    9: Flaw(suspended=True),
    12: Flaw(years=6),
    15: Flaw(age=71),
    18: Flaw(libraries=frozenset({Track.ENGINEERING})),
    21: Flaw(evaluates_online=False),
    24: Flaw(drawn_this_month=8),
    27: Flaw(blacklisted=True),
    30: Flaw(level=Level.JUNIOR),
    33: Flaw(age=74, academician=True),
    36: Flaw(recommended=False),
}
_CYCLE: Final = 40  # every flaw comes back after so many experts


def build_experts(
    organisations: tuple[Organisation, ...], on: date, taken: set[str]
) -> tuple[Expert, ...]:
    """The experts in order of their ids; those with a story first."""
    stage = Stage(organisations, on)
    employers = [each for each in organisations if each.kind is OrganisationKind.EMPLOYER]
    return tuple(_expert(index, stage, employers, taken) for index in range(SIZE))


def _expert(index: int, stage: Stage, employers: list[Organisation], taken: set[str]) -> Expert:
    choices = Choices(f"expert|{index}")
    fields = _fields(index)
    flaw = _NO_FLAW if index < len(STORIES) else _FLAWS.get(index % _CYCLE, _NO_FLAW)
    employer = choices.one([each for each in employers if fields[0] in each.fields])
    level = flaw.level or _level(index)
    years = flaw.years or (45 if flaw.age else 10 + choices.number(25))
    declared = _declared(index, stage, employer.uscc, years)
    title_zh, title_en = title(fields[0], level)
    person = new_person(
        _FIRST_NUMBER + index,
        _PLACES[employer.region],
        declared.unit,
        Post(title_zh, title_en, (Duty.EXPERT,)),
        _birthday(choices, stage.on, flaw.age or years + 23 + choices.number(6)),
        taken,
    )
    candidate = Candidate(
        id=declared.expert,
        unit=declared.unit,
        specialties=fields,
        region=employer.region,
        libraries=flaw.libraries,
        level=level,
        field_since=_some_day_before(choices, stage.on, years),
        born_on=person.born_on,
        valid_until=_appointed_until(choices, stage.on, flaw),
        academician=flaw.academician,
        applied_and_recommended=flaw.recommended,
        evaluates_online=flaw.evaluates_online,
        suspended_until=stage.on + timedelta(days=60) if flaw.suspended else None,
        blacklisted=flaw.blacklisted,
        drawn_this_month=flaw.drawn_this_month or choices.number(4),
    )
    return Expert(
        person=person,
        candidate=candidate,
        declared=declared,
        title_zh=title_zh,
        title_en=title_en,
    )


def _fields(index: int) -> tuple[str, ...]:
    """One field, its neighbour in the ring, and for every second round the next one too."""
    turn, place = divmod(index, len(SPECIALTIES))
    count = 2 + turn % 2
    return tuple(CODES[(place + step) % len(CODES)] for step in range(count))


def _level(index: int) -> Level:
    """Three seniors to one of middle title; those with a story are senior."""
    return Level.MIDDLE if index >= len(STORIES) and index % 4 == 1 else Level.SENIOR


def _declared(index: int, stage: Stage, unit: str, years: int) -> RecusalFacts:
    expert, person = f"E{index + 1:04d}", f"P{_FIRST_NUMBER + index:04d}"
    if index < len(STORIES):
        return STORIES[index].facts(stage, expert, person, unit)
    job = Employment(unit, Span(years_after(stage.on, -min(years, 9))))
    return RecusalFacts(expert=expert, person=person, unit=unit, employments=(job,))


def _some_day_before(choices: Choices, on: date, years: int) -> date:
    """A day so many full years before, and some months more."""
    return years_after(on, -years) - timedelta(days=choices.number(360))


def _birthday(choices: Choices, on: date, age: int) -> date:
    return _some_day_before(choices, on, age)


def _appointed_until(choices: Choices, on: date, flaw: Flaw) -> date:
    days = choices.number(_GOOD_MONTHS * 30)
    return on - timedelta(days=1 + days) if flaw.expired else on + timedelta(days=90 + days)
