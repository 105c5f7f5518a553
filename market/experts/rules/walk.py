"""The walk through the drawn order: who is called next, and who is passed over by which code.

The walk only goes forward. A place once passed is never reached again, and whoever holds a seat
never loses it to somebody earlier; so the journalled skips alone re-run it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from market.experts.rules import articles
from market.experts.rules.findings import LeftOut, Rule
from market.experts.rules.invitations import SkipCode
from market.experts.rules.limits import Terms

_NOBODY: Final[Mapping[str, SkipCode]] = MappingProxyType({})
_SHARE_OF_UNIT = 3  # experts of one unit are at most a third of the panel (R12)


@dataclass(frozen=True, slots=True)
class Place:
    """One candidate in the order of a stratum: the leaf, who it is, and the tag of the unit."""

    leaf: str
    candidate: str
    unit_tag: str


@dataclass(frozen=True, slots=True)
class Skip:
    """One place passed over; for the cap and an earlier stratum also the leaf it collides with."""

    leaf: str
    code: SkipCode
    collides_with: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The next call (None: the order is used up), the places dealt with so far, the skips made."""

    call: Place | None
    passed: int
    skips: tuple[Skip, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """Several steps at once: all calls made, the places dealt with so far, the skips made."""

    calls: tuple[Place, ...]
    passed: int
    skips: tuple[Skip, ...]


def unit_cap(panel_size: int, terms: Terms) -> int:
    """How many experts of one unit a panel may hold (R12): the parameter, at most a third, one."""
    return max(1, min(terms.seats_per_unit, panel_size // _SHARE_OF_UNIT))


def substitute(
    order: Sequence[Place],
    passed: int,
    seated: Sequence[Place],
    cap: int,
    fallen: Mapping[str, SkipCode] = _NOBODY,
) -> Step:
    """The next in the walk after the first `passed` places of this stratum.

    `seated` hold seats now, in any stratum of this draw; `fallen` are the candidates who are out
    for this case, each with the code. Of several codes the first of these counts: earlier stratum,
    the candidate's own, unit cap.
    """
    skips = list[Skip]()
    for index in range(passed, len(order)):
        place = order[index]
        skip = _skip(place, seated, cap, fallen)
        if skip is None:
            return Step(place, index + 1, tuple(skips))
        skips.append(skip)
    return Step(None, len(order), tuple(skips))


def fill(
    order: Sequence[Place],
    passed: int,
    vacancies: int,
    seated: Sequence[Place],
    cap: int,
    fallen: Mapping[str, SkipCode] = _NOBODY,
) -> Round:
    """So many steps of `substitute`, each call counting as seated; fewer if the order ends."""
    calls, skips = list[Place](), list[Skip]()
    for _ in range(vacancies):
        step = substitute(order, passed, (*seated, *calls), cap, fallen)
        passed = step.passed
        skips.extend(step.skips)
        if step.call is None:
            break
        calls.append(step.call)
    return Round(tuple(calls), passed, tuple(skips))


def supervisor_must_sign(skips: int, quota: int) -> bool:
    """Whether so many skips in a stratum of this quota need the supervisor before going on.

    More than the quota does, exactly the quota does not.
    """
    return skips > quota


def same_unit(place: Place, seated: Sequence[Place], cap: int) -> LeftOut | None:
    """R12 in words: this candidate's unit already holds its seats; None while it does not."""
    if _collision(place, seated, cap) is None:
        return None
    return LeftOut(
        candidate=place.candidate,
        rule=Rule.R12,
        reason="unit-cap",
        article=articles.UNIT_CAP,
        zh=f"同一单位已有{cap}名专家入选",
        en=f"The same unit already holds {cap} of the seats",
    )


def _skip(
    place: Place, seated: Sequence[Place], cap: int, fallen: Mapping[str, SkipCode]
) -> Skip | None:
    for other in seated:
        if other.candidate == place.candidate:
            return Skip(place.leaf, SkipCode.EARLIER_STRATUM, other.leaf)
    if place.candidate in fallen:
        return Skip(place.leaf, fallen[place.candidate])
    collides = _collision(place, seated, cap)
    return None if collides is None else Skip(place.leaf, SkipCode.UNIT_CAP, collides.leaf)


def _collision(place: Place, seated: Sequence[Place], cap: int) -> Place | None:
    """The seat that fills the unit's cap; None while there is room."""
    same = [other for other in seated if other.unit_tag == place.unit_tag]
    return same[cap - 1] if len(same) >= cap else None
