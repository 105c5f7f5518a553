"""The pool of a draw as a plan that any party can run for itself, over the register's records.

A record says no more than eligibility asks: two days instead of birthday and appointment, so that
opening the leaf of somebody drawn tells little of the person. Recusal stands in the plan as lists
of ids, one for each rule, each backed by a fact of the record; eligibility as conditions.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from market.experts.rules import recusal
from market.experts.rules.eligibility import Candidate, Wanted
from market.experts.rules.limits import Terms
from market.experts.rules.periods import years_after
from market.experts.rules.relations import Activity, Parties, RecusalFacts
from market.kernel.ids import Track
from market.protocol.encoding import Json
from market.protocol.exclusions import DECLARED, standing
from market.protocol.pools import ONE_OF, Condition, Exclusion, Plan, PlannedStratum
from market.protocol.pools import Candidate as Record


@dataclass(frozen=True, slots=True)
class WantedStratum:
    """A part of the panel: its name, its seats, substitutes foreseen, and who fits."""

    name: str
    quota: int
    substitutes: int
    wanted: Wanted


def record(expert: Candidate, on: date, terms: Terms, declared: str) -> Record:
    """An expert as the register's daily root covers it, on the snapshot's day.

    `declared` is the root over everything the expert declared, each fact salted.
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
        DECLARED: declared,
        "drawn_this_month": expert.drawn_this_month,
    }
    if expert.suspended_until is not None and expert.suspended_until >= on:
        values["suspended_until"] = expert.suspended_until.isoformat()
    return Record(expert.id, expert.unit or None, values)


def panel_plan(
    draw: str,
    strata: Sequence[WantedStratum],
    declared: Iterable[RecusalFacts],
    activity: Activity,
    parties: Parties,
    terms: Terms,
) -> Plan:
    """The plan of a government procurement panel on the activity's day.

    `declared` are the facts of everybody in the snapshot that the pool is made of.
    """
    ids = defaultdict[str, set[str]](set)
    for facts in declared:
        hits = recusal.recusals(facts, activity, parties, terms)
        if hits:
            ids[hits[0].rule.lower()].add(facts.expert)
    exclusions = (
        *standing(activity.on, terms.monthly_cap),
        *(_named(rule, ids[rule]) for rule in sorted(ids)),
    )
    return Plan(draw, tuple(_stratum(item) for item in strata), exclusions, repeats=False)


def _good_until(expert: Candidate, terms: Terms) -> date:
    if expert.academician:
        return expert.valid_until
    too_old = years_after(expert.born_on, terms.highest_age + 1)
    return min(expert.valid_until, too_old - timedelta(days=1))


def _stratum(item: WantedStratum) -> PlannedStratum:
    requires = [Condition("specialties", ONE_OF, [*sorted(item.wanted.specialties)])]
    if item.wanted.regions:
        requires.append(Condition("region", ONE_OF, [*sorted(item.wanted.regions)]))
    return PlannedStratum(item.name, item.quota, item.substitutes, tuple(requires))


def _named(rule: str, ids: Iterable[str]) -> Exclusion:
    return Exclusion(rule, frozenset(ids), frozenset(), ())
