"""Why a leaf came or went between two freezes of one pool: a cause in a word for each.

Both pools are made with the same key, and the register salts declared facts with one key always, so
that a candidate whose record stands as it was has the same leaf in both. A cause names a rule,
never a person.
"""

from collections.abc import Mapping, Sequence

from market.protocol.merkle import leaf_hash
from market.protocol.pools import Candidate, Plan, leaf_data

CAME, GONE = "entered-register", "left-register"
CHANGED = "record-changed"
EXCLUDED, ADMITTED = "excluded-", "admitted-"


def changes(
    key: bytes,
    old: tuple[Plan, Sequence[Candidate]],
    new: tuple[Plan, Sequence[Candidate]],
) -> tuple[tuple[bytes, str], ...]:
    """The leaves that came or went with the cause of each, ascending; none where nothing did."""
    before, after = _by_id(old[1]), _by_id(new[1])
    were, are = _leaves(key, old[0], before), _leaves(key, new[0], after)
    found = {
        leaf: _cause(after.get(one), new[0], GONE, EXCLUDED)
        for leaf, one in were.items()
        if leaf not in are
    }
    found |= {
        leaf: _cause(before.get(one), old[0], CAME, ADMITTED)
        for leaf, one in are.items()
        if leaf not in were
    }
    return tuple(sorted(found.items()))


def _cause(there: Candidate | None, plan: Plan, absent: str, kept_out: str) -> str:
    """Why somebody of one side has no such leaf `there`, under the plan of that side."""
    if there is None:
        return absent
    rule = plan.rule_against(there)
    if rule is not None:
        return kept_out + rule
    return CHANGED


def _by_id(candidates: Sequence[Candidate]) -> dict[str, Candidate]:
    return {one.id: one for one in candidates}


def _leaves(key: bytes, plan: Plan, candidates: Mapping[str, Candidate]) -> dict[bytes, str]:
    return {
        leaf_hash(leaf_data(key, one)): one.id
        for one in candidates.values()
        if plan.rule_against(one) is None
    }
