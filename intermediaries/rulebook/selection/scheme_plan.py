"""How schemes are reviewed, as a notice publishes it: criteria with points, how many reviewers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

from market.kernel.errors import BadInput
from market.protocol.encoding import Json, JsonObject
from market.protocol.members import Members
from market.protocol.names import serial

NAME_LIMIT: Final = 100
"""Characters of a criterion's name."""
CRITERIA_MOST: Final = 20
LEAST, MOST = 3, 15
"""Reviewers: an odd number between these, both included."""
SPECIALTIES_MOST: Final = 8
_POINTS_MOST: Final = 99


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that reviewers look at, and how many points it is worth at most."""

    name: str
    points: int


@dataclass(frozen=True, slots=True)
class SchemePlan:
    """Criteria in their order, the number of reviewers, the specialties they are drawn from.

    `BadInput` "scheme-misfit" names what does not fit, by the field of the owner's form.
    """

    criteria: tuple[Criterion, ...]
    reviewers: int
    specialties: tuple[str, ...]

    def __post_init__(self) -> None:
        names = [one.name for one in self.criteria]
        sound = all(
            0 < len(one.name) <= NAME_LIMIT and 0 < one.points <= _POINTS_MOST
            for one in self.criteria
        )
        if not 0 < len(names) <= CRITERIA_MOST or len(set(names)) != len(names) or not sound:
            _misfit(
                "criteria",
                f"列出1至{CRITERIA_MOST}项评审内容，名称不重复，每项为大于零的整数分",
                f"Name 1 to {CRITERIA_MOST} criteria, each once, with whole points above zero",
            )
        if not LEAST <= self.reviewers <= MOST or self.reviewers % 2 == 0:
            _misfit(
                "reviewers",
                f"评审专家为{LEAST}至{MOST}人的单数",
                f"An odd number of reviewers, from {LEAST} to {MOST}",
            )
        if not 0 < len(set(self.specialties)) <= SPECIALTIES_MOST:
            _misfit(
                "specialties",
                f"选择1至{SPECIALTIES_MOST}个专业",
                f"Choose 1 to {SPECIALTIES_MOST} specialties",
            )

    @property
    def points(self) -> int:
        """What all criteria are worth together."""
        return sum(one.points for one in self.criteria)

    def refuse_unless_worth(self, weight: int) -> None:
        """Refuse (`scheme-misfit`) criteria that together are worth another number of points."""
        if self.points != weight:
            _misfit(
                "criteria",
                f"各项分值之和（{self.points}）应等于方案分值（{weight}）",
                f"The criteria make {self.points} points, the scheme is worth {weight}",
            )

    def json(self) -> JsonObject:
        """The plan as terms write it."""
        return {
            "criteria": [{"name": one.name, "points": one.points} for one in self.criteria],
            "reviewers": self.reviewers,
            "specialties": list[Json](sorted(set(self.specialties))),
        }


def read_plan(value: Json) -> SchemePlan:
    """The plan that `SchemePlan.json` writes; `malformed` or `scheme-misfit`."""
    held = Members(value)
    found = SchemePlan(
        held.array("criteria", _criterion, high=CRITERIA_MOST),
        held.whole("reviewers", LEAST, MOST),
        held.array("specialties", serial, high=SPECIALTIES_MOST),
    )
    held.end()
    return found


def read_criteria(lines: Sequence[str]) -> tuple[Criterion, ...]:
    """Criteria as an owner types them: "name; points", one a line; `BadInput` "scheme-misfit"."""
    found = list[Criterion]()
    for line in lines:
        name, _, points = line.replace("；", ";").rpartition(";")
        if not name.strip() or not points.strip().isdecimal():
            _misfit(
                "criteria",
                "每行一项：评审内容；分值",
                "One criterion a line: what is looked at; its points",
            )
        found.append(Criterion(name.strip(), int(points)))
    return tuple(found)


def _criterion(value: Json) -> Criterion:
    held = Members(value)
    found = Criterion(held.text("name", high=NAME_LIMIT), held.whole("points", 1, _POINTS_MOST))
    held.end()
    return found


def _misfit(field: str, zh: str, en: str) -> NoReturn:
    raise BadInput("scheme-misfit", zh=zh, en=en, fields={field: (zh, en)})
