"""The tree of the journal as rows: what the pure Merkle code asks for, answered by the database."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.journal.model import JournalEntry, LogNode


class LogNodes:
    """Hashes of complete subtrees: leaves from the entries, everything above from `log_node`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[int, int], bytes] = {}

    def node(self, level: int, index: int) -> bytes:
        """The root of leaves [index * 2**level, (index + 1) * 2**level); `IndexError` if none."""
        known = self._known.get((level, index))
        if known is None:
            question = (
                select(JournalEntry.leaf_hash).where(JournalEntry.index == index)
                if level == 0
                else select(LogNode.hash).where(LogNode.level == level, LogNode.index == index)
            )
            known = self._session.scalar(question)
            if known is None:
                raise IndexError(f"no complete subtree at level {level}, index {index}")
            self._known[level, index] = known
        return known

    def remember(self, made: Mapping[tuple[int, int], bytes]) -> None:
        """Know nodes that were just made, so that they are not read back."""
        self._known.update(made)


def node_range(session: Session, level: int, start: int, count: int) -> list[bytes]:
    """`count` neighbouring node hashes of one level, from `start`; fewer where the log ends."""
    if level == 0:
        rows = session.scalars(
            select(JournalEntry.leaf_hash)
            .where(JournalEntry.index >= start, JournalEntry.index < start + count)
            .order_by(JournalEntry.index)
        )
        return [row for row in rows if row is not None]
    return list(
        session.scalars(
            select(LogNode.hash)
            .where(LogNode.level == level, LogNode.index >= start, LogNode.index < start + count)
            .order_by(LogNode.index)
        )
    )
