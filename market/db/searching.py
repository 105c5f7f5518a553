"""The newest rows in which words stand, without reading a table for words that stand nowhere.

A planner that expects some matches everywhere walks back from the newest row until the page is
full: quick for a word of every day, the whole table for one that stands nowhere. Here the walk
ends after `WINDOW` rows, and what is rarer is looked up by its words.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Select, cast, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from market.db.base import Base

R = TypeVar("R", bound=Base)
L = TypeVar("L")

WINDOW: Final = 500
"""So many of the newest rows are looked at before the words are looked up."""


def says(lexemes: InstrumentedAttribute[L], words: str) -> ColumnElement[bool]:
    """Whether a column of lexemes answers a question of `market.notices.rules.question`."""
    return lexemes.bool_op("@@")(cast(literal(words), TSQUERY))


def newest(
    session: Session,
    table: type[R],
    listed: Sequence[ColumnElement[bool]],
    fits: Callable[[type[R]], Sequence[ColumnElement[bool]]],
    by: Sequence[str],
    limit: int,
    *,
    has_words: bool,
) -> Sequence[R]:
    """The first `limit` rows that are listed and fit, the highest of the columns `by` first.

    `listed` has to be served by the index that orders the rows; `fits` gives the other conditions
    for the table or a part of it, the words among them if it has words. `by` ends with a column
    that no two rows share.
    """

    def first_in(of: type[R], *where: ColumnElement[bool]) -> Select[R]:
        return select(of).where(*where).order_by(*(getattr(of, name).desc() for name in by))

    if not has_words:
        return session.scalars(first_in(table, *listed, *fits(table)).limit(limit)).all()
    near = aliased(table, first_in(table, *listed).limit(WINDOW).subquery())
    found = session.scalars(first_in(near, *fits(near)).limit(limit)).all()
    if len(found) == limit:
        return found
    fitting = (
        select(*(getattr(table, name) for name in by))
        .where(*listed, *fits(table))
        .cte("fitting")
        .prefix_with("MATERIALIZED", dialect="postgresql")  # else the walk would begin again
    )
    unique = by[-1]
    first = select(fitting.c[unique]).order_by(*(fitting.c[name].desc() for name in by))
    rare = getattr(table, unique).in_(first.limit(limit))
    return session.scalars(first_in(table, rare)).all()
