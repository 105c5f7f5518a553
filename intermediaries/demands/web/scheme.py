"""The owner's plan of a scheme's review, from the form and back."""

from collections.abc import Iterable
from typing import Final

from intermediaries.demands.web.forms import ModeForm
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.scheme_plan import SchemePlan, read_criteria
from market.experts.library import specialties_held
from market.web.fields import Option
from market.web.site import site

OF_PLAN: Final = frozenset({"criteria", "reviewers", "specialties"})
"""Fields of the plan."""


def plan_of(form: ModeForm) -> SchemePlan | None:
    """The plan as it was typed; None in another mode, and while a part of it is missing."""
    if form.mode != Mode.SCHEME.value:
        return None
    if not form.criteria or form.reviewers is None or not form.specialties:
        return None
    lines = _lines(form.criteria.splitlines())
    return SchemePlan(read_criteria(lines), form.reviewers, tuple(form.specialties))


def plan_typed(plan: SchemePlan) -> dict[str, object]:
    """A plan as its fields show it."""
    return {
        "criteria": "\n".join(f"{one.name}；{one.points}" for one in plan.criteria),
        "reviewers": plan.reviewers,
        "specialties": plan.specialties,
    }


def specialty_options() -> list[Option]:
    """Every specialty of the experts' register, with how many have it."""
    found = site().office.read(specialties_held)
    return [Option(code, f"{code} ({count})") for code, count in found]


def _lines(typed: Iterable[str]) -> list[str]:
    return [line.strip() for line in typed if line.strip()]
