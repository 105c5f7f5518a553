"""The catalogue as pages and higher rooms read it: what is in force on a day, and what changed."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from intermediaries.catalogue.model import ServiceItem, ServiceItemVersion
from intermediaries.catalogue.rules import (
    Category,
    ItemTerms,
    LegalBasis,
    Level,
    Requirement,
)
from market.db.searching import says
from market.kernel.errors import NotFound
from market.notices.rules import question

MOST: Final = 500
"""Items on the list of everything: a city has some hundreds at most."""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item as it stands on a day; `number` and `from_day` are those of the version."""

    id: UUID
    code: str
    category: Category
    number: int
    from_day: date
    reason: str
    recorded_at: datetime
    terms: ItemTerms

    def name(self, language: str) -> str:
        """Its name in "zh" or "en"."""
        return self.terms.name(language)


@dataclass(frozen=True, slots=True)
class Search:
    """What a reader looks for; None leaves it open. `conditions`: only conditions of approvals."""

    typed: str | None = None
    category: Category | None = None
    conditions: bool = False


def items(
    session: Session, search: Search, on: date, limit: int, after: str | None = None
) -> list[ItemFacts]:
    """The offered items that fit on a day, by code, after the code `after`."""
    found = _fitting(search, on)
    if found is None:
        return []
    if after is not None:
        found = found.where(ServiceItem.code > after)
    rows = session.execute(found.order_by(ServiceItem.code).limit(limit))
    return [_facts(item, version) for item, version in rows]


def category_counts(session: Session, search: Search, on: date) -> dict[Category, int]:
    """How many items of each category fit the rest of a search."""
    found = _fitting(replace(search, category=None), on)
    if found is None:
        return {}
    narrowed = found.with_only_columns(ServiceItem.category.label("category")).subquery()
    rows = session.execute(
        select(narrowed.c.category, func.count()).group_by(narrowed.c.category)
    ).all()
    return {category: count for category, count in rows}  # noqa: C416  rows, not pairs


def all_items(session: Session, on: date) -> list[ItemFacts]:
    """Everything in the catalogue on a day, withdrawn or begun or not, by code: for its keeper.

    An item that has not begun yet is shown with its first version.
    """
    newest = (
        select(ServiceItemVersion.item, func.min(ServiceItemVersion.number).label("number"))
        .group_by(ServiceItemVersion.item)
        .subquery()
    )
    in_force = _in_force(on).subquery()
    number = func.coalesce(in_force.c.number, newest.c.number)
    rows = session.execute(
        select(ServiceItem, ServiceItemVersion)
        .join(newest, newest.c.item == ServiceItem.id)
        .outerjoin(in_force, in_force.c.item == ServiceItem.id)
        .join(
            ServiceItemVersion,
            (ServiceItemVersion.item == ServiceItem.id) & (ServiceItemVersion.number == number),
        )
        .order_by(ServiceItem.code)
        .limit(MOST)
    )
    return [_facts(item, version) for item, version in rows]


def item_by_code(session: Session, code: str, on: date) -> ItemFacts:
    """The item with this code as it stands on a day; `NotFound` before its first day."""
    row = session.execute(_standing(on).where(ServiceItem.code == code)).one_or_none()
    if row is None:
        raise _no_item()
    return _facts(*row)


def items_by_id(session: Session, keys: Collection[UUID], on: date) -> dict[UUID, ItemFacts]:
    """These items as they stand on a day; those that have not begun are left out."""
    rows = session.execute(_standing(on).where(ServiceItem.id.in_(keys)))
    return {item.id: _facts(item, version) for item, version in rows}


def versions(session: Session, code: str) -> list[ItemFacts]:
    """Every version of an item, the newest first; `NotFound`."""
    rows = session.execute(
        select(ServiceItem, ServiceItemVersion)
        .join(ServiceItemVersion, ServiceItemVersion.item == ServiceItem.id)
        .where(ServiceItem.code == code)
        .order_by(ServiceItemVersion.number.desc())
    ).all()
    if not rows:
        raise _no_item()
    return [_facts(item, version) for item, version in rows]


def _in_force(on: date) -> Select[UUID, int]:
    """Of each item the number of the version in force: first days never run back."""
    return (
        select(ServiceItemVersion.item, func.max(ServiceItemVersion.number).label("number"))
        .where(ServiceItemVersion.from_day <= on)
        .group_by(ServiceItemVersion.item)
    )


def _standing(on: date) -> Select[ServiceItem, ServiceItemVersion]:
    numbers = _in_force(on).subquery()
    return (
        select(ServiceItem, ServiceItemVersion)
        .join(numbers, numbers.c.item == ServiceItem.id)
        .join(
            ServiceItemVersion,
            (ServiceItemVersion.item == ServiceItem.id)
            & (ServiceItemVersion.number == numbers.c.number),
        )
    )


def _fitting(search: Search, on: date) -> Select[ServiceItem, ServiceItemVersion] | None:
    found = _standing(on).where(ServiceItemVersion.offered)
    if search.category is not None:
        found = found.where(ServiceItem.category == search.category)
    if search.conditions:
        found = found.where(ServiceItemVersion.is_condition)
    if search.typed and search.typed.strip():
        words = question(search.typed)
        if words is None:
            return None
        found = found.where(says(ServiceItemVersion.search, words))
    return found


def _facts(item: ServiceItem, row: ServiceItemVersion) -> ItemFacts:
    basis = None
    if row.law_zh is not None and row.law_en is not None and row.article is not None:
        basis = LegalBasis(row.law_zh, row.law_en, row.article, verified=row.verified)
    asked = None
    if row.qualification is not None:
        asked = Requirement(row.qualification, tuple(Level(level) for level in row.levels))
    terms = ItemTerms(
        name_zh=row.name_zh,
        name_en=row.name_en,
        scope_zh=row.scope_zh,
        scope_en=row.scope_en,
        basis=basis,
        standard_days=row.standard_days,
        price_low=row.price_low,
        price_high=row.price_high,
        approvals=tuple(row.approvals),
        requirement=asked,
        is_condition=row.is_condition,
        offered=row.offered,
    )
    return ItemFacts(
        item.id,
        item.code,
        item.category,
        row.number,
        row.from_day,
        row.reason,
        row.recorded_at,
        terms,
    )


def _no_item() -> NotFound:
    return NotFound("no-item", zh="没有此事项", en="There is no such item")
