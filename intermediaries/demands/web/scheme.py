"""The owner's plan of a scheme's review, from the form and back."""

from collections.abc import Iterable
from typing import Final

from intermediaries.demands.web.forms import ModeForm
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.scheme_plan import SchemePlan, read_criteria
from market.experts.library import specialties_held
from market.kernel.errors import BadInput
from market.web.fields import Option
from market.web.site import site

OF_PLAN: Final = frozenset({"criteria", "reviewers", "specialties"})
"""Fields of the plan."""


def plan_of(form: ModeForm) -> SchemePlan | None:
    """The plan as it was typed; None in another mode, and where nothing of it is there yet.

    `BadInput` "plan-unfinished" names the parts that are missing beside one that is there.
    """
    if form.mode != Mode.SCHEME.value:
        return None
    if form.criteria is None and form.reviewers is None and not form.specialties:
        return None
    if not form.criteria or form.reviewers is None or not form.specialties:
        words = (
            "评审内容、人数和专业须一并填写",
            "Criteria, number and specialties belong together",
        )
        there = {"criteria": form.criteria, "reviewers": form.reviewers}
        missing = [name for name, value in there.items() if not value]
        missing += [] if form.specialties else ["specialties"]
        fields = dict.fromkeys(missing, words)
        raise BadInput("plan-unfinished", zh=words[0], en=words[1], fields=fields)
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
