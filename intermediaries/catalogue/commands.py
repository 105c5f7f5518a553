"""Entering an item and changing it: each a version with its first day and its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Text, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from intermediaries.catalogue.model import ServiceItem, ServiceItemVersion
from intermediaries.catalogue.rules import (
    Category,
    ItemTerms,
    refuse_unless_in_order,
    refuse_unless_sound,
)
from market.command import Work
from market.kernel.errors import BadInput, NotFound, NotSignedIn
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.notices.rules import lexemes


@dataclass(frozen=True, slots=True)
class EnterItem:
    """A new item from a day on; it gets the next code of its category."""

    category: Category
    terms: ItemTerms
    from_day: date
    reason: str


def enter_item(work: Work, cmd: EnterItem) -> Mapping[str, Any]:
    """Enter an item. Refusals of `refuse_unless_sound` and `refuse_unless_in_order`."""
    person = _editor(work)
    _check(work, cmd.terms, cmd.from_day, cmd.reason, None)
    work.hold(f"catalogue:{cmd.category}")
    row = ServiceItem(
        id=uuid4(), code=_free_code(work, cmd.category), category=cmd.category, entered_at=work.now
    )
    work.session.add(row)
    work.session.flush()
    _add(work, row, 1, cmd.terms, cmd.from_day, cmd.reason, person)
    work.note(row.code, "catalogue.item-entered", since=cmd.from_day.isoformat())
    return {"code": row.code}


@dataclass(frozen=True, slots=True)
class ChangeItem:
    """What an item says from a later day on; `seen` is the version that was looked at."""

    item: UUID
    terms: ItemTerms
    from_day: date
    reason: str
    seen: int


def change_item(work: Work, cmd: ChangeItem) -> Mapping[str, Any]:
    """Write the next version of an item; what is in force until then stays as it is.

    `BadInput` "item-changed" where somebody else wrote a version meanwhile; the refusals of
    entering; `NotFound`.
    """
    person = _editor(work)
    row = work.session.get(ServiceItem, cmd.item, with_for_update=True)
    if row is None:
        raise NotFound("no-item", zh="没有此事项", en="There is no such item")
    last = work.session.scalars(
        select(ServiceItemVersion)
        .where(ServiceItemVersion.item == row.id)
        .order_by(ServiceItemVersion.number.desc())
        .limit(1)
    ).one()
    if last.number != cmd.seen:
        raise BadInput(
            "item-changed",
            zh="此事项刚刚被他人变更，请核对最新内容后再提交",
            en="Somebody has just changed this item: look at what it says now and send it again",
        )
    _check(work, cmd.terms, cmd.from_day, cmd.reason, last.from_day)
    _add(work, row, last.number + 1, cmd.terms, cmd.from_day, cmd.reason, person)
    work.note(row.code, "catalogue.item-changed", since=cmd.from_day.isoformat())
    work.state_fact("catalogue.changed", row.id)
    return {"code": row.code}


def _editor(work: Work) -> UUID:
    work.need(Permission.CATALOGUE_ITEM_EDIT)
    if work.actor.person is None:
        raise NotSignedIn
    return work.actor.person


def _check(work: Work, terms: ItemTerms, from_day: date, reason: str, last: date | None) -> None:
    refuse_unless_sound(terms)
    refuse_unless_in_order(from_day, legal_day(work.now), last)
    if not reason.strip():
        words = ("须写明理由", "Say why")
        raise BadInput("reason-missing", zh=words[0], en=words[1], fields={"reason": words})


def _free_code(work: Work, category: Category) -> str:
    count = work.session.scalar(
        select(func.count()).select_from(ServiceItem).where(ServiceItem.category == category)
    )
    return f"{category}-{(count or 0) + 1:03d}"


def _add(
    work: Work,
    row: ServiceItem,
    number: int,
    terms: ItemTerms,
    from_day: date,
    reason: str,
    person: UUID,
) -> None:
    basis, asked = terms.basis, terms.requirement
    work.session.add(
        ServiceItemVersion(
            item=row.id,
            number=number,
            from_day=from_day,
            reason=reason.strip(),
            offered=terms.offered,
            name_zh=terms.name_zh,
            name_en=terms.name_en,
            scope_zh=terms.scope_zh,
            scope_en=terms.scope_en,
            law_zh=None if basis is None else basis.law_zh,
            law_en=None if basis is None else basis.law_en,
            article=None if basis is None else basis.article,
            verified=basis is not None and basis.verified,
            standard_days=terms.standard_days,
            price_low=terms.price_low,
            price_high=terms.price_high,
            approvals=list(terms.approvals),
            qualification=None if asked is None else asked.kind,
            levels=[] if asked is None else [level.value for level in asked.levels],
            is_condition=terms.is_condition,
            search=_words(row.code, terms),
            recorded_by=person,
            recorded_at=work.now,
        )
    )


def _words(code: str, terms: ItemTerms) -> ColumnElement[Any]:
    texts = [code, terms.name_zh, terms.name_en, terms.scope_zh, terms.scope_en, *terms.approvals]
    if terms.basis is not None:
        texts += [terms.basis.law_zh, terms.basis.law_en]
    return func.array_to_tsvector(literal(lexemes(*texts), ARRAY(Text)))
