"""The pool of a draw as a plan that any party can run for itself, over the register's records.

A record says no more than eligibility asks: two days instead of birthday and appointment, so that
opening the leaf of somebody drawn tells little of the person. Recusal stands in the plan as lists
of ids, one for each rule; eligibility as conditions.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from market.experts.rules import eligibility, recusal
from market.experts.rules.eligibility import Candidate, Level, Wanted
from market.experts.rules.limits import Terms
from market.experts.rules.periods import years_after
from market.experts.rules.relations import Activity, Parties, RecusalFacts
from market.kernel.ids import Track
from market.protocol.encoding import Json
from market.protocol.pools import (
    AT_LEAST,
    AT_MOST,
    IS,
    ONE_OF,
    Condition,
    Exclusion,
    Plan,
    PlannedStratum,
)
from market.protocol.pools import Candidate as Record

CHANGED: Final = "changed-since"
"""The rule that counts who became ineligible after the day's snapshot of the register."""
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WantedStratum:
    """A part of the panel: its name, its seats, substitutes foreseen, and who fits."""

    name: str
    quota: int
    substitutes: int
    wanted: Wanted


def record(expert: Candidate, on: date, terms: Terms) -> Record:
    """An expert as the register's daily root covers it, on the snapshot's day.

    `experienced_from` is the day on which the years in the field are full, `good_until` the last
    day before appointment or age ends it, `suspended_until` is there while it has not passed.
    """
    values: dict[str, Json] = {
        "specialties": [*sorted(expert.specialties)],
        "region": expert.region,
        "gp_library": int(Track.GOVERNMENT in expert.libraries),
        "level": int(expert.level),
        "experienced_from": years_after(expert.field_since, terms.years_in_field).isoformat(),
        "good_until": _good_until(expert, terms).isoformat(),
        "barred": int(expert.blacklisted),
        "drawn_this_month": expert.drawn_this_month,
    }
    if expert.suspended_until is not None and expert.suspended_until >= on:
        values["suspended_until"] = expert.suspended_until.isoformat()
    return Record(expert.id, expert.unit or None, values)


def panel_plan(
    draw: str,
    strata: Sequence[WantedStratum],
    records: Iterable[Record],
    library: Iterable[Candidate],
    declared: Mapping[str, RecusalFacts],
    activity: Activity,
    parties: Parties,
    terms: Terms,
) -> Plan:
    """The plan of a government procurement panel on the activity's day.

    `records` are the snapshot the pool is made of, `library` the register of this moment: whoever
    may no longer be drawn is left out by name under `CHANGED`. `KeyError` where somebody declared
    nothing.
    """
    fit, ids = set[str](), defaultdict[str, set[str]](set)
    for expert in library:
        if any(not eligibility.reasons(expert, item.wanted, activity.on, terms) for item in strata):
            fit.add(expert.id)
        hits = recusal.recusals(declared[expert.id], activity, parties, terms)
        if hits:
            ids[hits[0].rule.lower()].add(expert.id)
    exclusions = (
        *_eligibility(activity.on, terms),
        *(_named(rule, ids[rule]) for rule in sorted(ids)),
    )
    planned = tuple(_stratum(item) for item in strata)
    plan = Plan(draw, planned, exclusions, repeats=False)
    late = {item.id for item in records if plan.strata_of(item) and item.id not in fit}
    return replace(plan, exclusions=(*exclusions, _named(CHANGED, late))) if late else plan


def _good_until(expert: Candidate, terms: Terms) -> date:
    if expert.academician:
        return expert.valid_until
    too_old = years_after(expert.born_on, terms.highest_age + 1)
    return min(expert.valid_until, too_old - _ONE_DAY)


def _eligibility(on: date, terms: Terms) -> list[Exclusion]:
    today, yesterday = on.isoformat(), (on - _ONE_DAY).isoformat()
    tomorrow = (on + _ONE_DAY).isoformat()
    return [
        _when("d04-library", Condition("gp_library", IS, 0)),
        _when("d05-title", Condition("level", AT_MOST, int(Level.JUNIOR))),
        _when(
            "d05-years",
            Condition("level", AT_MOST, int(Level.MIDDLE)),
            Condition("experienced_from", AT_LEAST, tomorrow),
        ),
        _when("d05-age.d06-term", Condition("good_until", AT_MOST, yesterday)),
        _when("d06-suspended", Condition("suspended_until", AT_LEAST, today)),
        _when("d06-blacklist", Condition("barred", IS, 1)),
        _when("d06-month", Condition("drawn_this_month", AT_LEAST, terms.monthly_cap)),
    ]


def _stratum(item: WantedStratum) -> PlannedStratum:
    requires = [Condition("specialties", ONE_OF, [*sorted(item.wanted.specialties)])]
    if item.wanted.regions:
        requires.append(Condition("region", ONE_OF, [*sorted(item.wanted.regions)]))
    return PlannedStratum(item.name, item.quota, item.substitutes, tuple(requires))


def _when(rule: str, *conditions: Condition) -> Exclusion:
    return Exclusion(rule, frozenset(), frozenset(), conditions)


def _named(rule: str, ids: Iterable[str]) -> Exclusion:
    return Exclusion(rule, frozenset(ids), frozenset(), ())
