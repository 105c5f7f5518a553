"""Ratings as they are kept, read into those of the rulebook."""

from collections.abc import Mapping
from typing import TypeVar

from intermediaries.orders.rules.states import Side
from intermediaries.rulebook.ratings import (
    DepartmentItem,
    DepartmentRating,
    OwnerItem,
    OwnerRating,
)

E = TypeVar("E", OwnerItem, DepartmentItem)
Kept = tuple[Mapping[str, int], str]


def owner_rating(stars: Mapping[str, int], reason: str) -> OwnerRating:
    """The owner's five items; refused as the rulebook refuses."""
    return OwnerRating(_items(OwnerItem, stars), reason)


def department_rating(stars: Mapping[str, int], reason: str) -> DepartmentRating:
    """The department's two items; refused as the rulebook refuses."""
    return DepartmentRating(_items(DepartmentItem, stars), reason)


def owner_and_department(
    given: Mapping[Side, Kept],
) -> tuple[OwnerRating | None, DepartmentRating | None]:
    """What each side gave; None for one that gave nothing."""
    owner, department = given.get(Side.OWNER), given.get(Side.DEPARTMENT)
    return (
        None if owner is None else owner_rating(*owner),
        None if department is None else department_rating(*department),
    )


def _items(items: type[E], stars: Mapping[str, int]) -> dict[E, int]:
    return {one: stars[one.value] for one in items if one.value in stars}
