"""The pool of one stratum: the whole library, less the ineligible, less those who must recuse."""

from collections.abc import Iterable, Mapping

from market.experts.rules import eligibility, recusal
from market.experts.rules.eligibility import Candidate, Wanted
from market.experts.rules.findings import Screening, refuse_unless_complete
from market.experts.rules.limits import Terms
from market.experts.rules.relations import Activity, Parties, RecusalFacts


def pool(
    library: Iterable[Candidate],
    declared: Mapping[str, RecusalFacts],
    wanted: Wanted,
    activity: Activity,
    parties: Parties,
    terms: Terms,
) -> Screening:
    """Who may be drawn, and everybody else with the first rule: eligibility, then recusal.

    `declared` holds the facts of each candidate by id; `KeyError` where somebody declared nothing,
    which the register does not allow. Refusal: `pool-incomplete` where an id stands twice.
    """
    everybody = tuple(library)
    eligible = eligibility.screen(everybody, wanted, activity.on, terms)
    fair = recusal.screen((declared[each] for each in eligible.kept), activity, parties, terms)
    found = eligible.then(fair)
    refuse_unless_complete(found, (each.id for each in everybody))
    return found
