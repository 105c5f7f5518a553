"""Journal, heads and trail are only ever added to: the database itself refuses the rest."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import ProgrammingError

from market.journal.model import Checkpoint, TrailLine

AT = {"at": datetime(2026, 3, 2, 1, tzinfo=UTC)}


def entry(connection: Connection) -> None:
    """One entry of the journal that waits for its place."""
    connection.execute(
        text(
            "INSERT INTO journal_entry (id, type, subject, moment, data)"
            " VALUES (gen_random_uuid(), 'notice', 's', :at, 'x')"
        ),
        AT,
    )


PLACE = "UPDATE journal_entry SET \"index\" = 0, at = now(), entry = 'e', leaf_hash = 'h'"


def test_an_entry_gets_its_place_once(engine: Engine) -> None:
    with engine.begin() as connection:
        entry(connection)
        connection.execute(text(PLACE))
    with pytest.raises(ProgrammingError, match="only gets its place"), engine.begin() as again:
        again.execute(text(PLACE.replace("= 0", "= 1")))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal_entry SET data = 'y'",
        "UPDATE journal_entry SET subject = 'other'",
        PLACE + ", data = 'y'",
        PLACE + ", moment = moment - interval '1 second'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry",
    ],
)
def test_an_entry_of_the_journal_is_neither_changed_nor_removed(
    engine: Engine, change: str
) -> None:
    with engine.begin() as connection:
        entry(connection)
    with pytest.raises(ProgrammingError, match=r"not allowed|only gets"), engine.begin() as again:
        again.execute(text(change))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT data FROM journal_entry")).scalar_one() == b"x"


@pytest.mark.parametrize("model", [Checkpoint, TrailLine])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {}"])
def test_heads_and_the_trail_are_never_changed(
    engine: Engine, model: type[Checkpoint | TrailLine], change: str
) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO log_checkpoint (size, root, at, note) VALUES (1, 'r', :at, 'n')"), AT
        )
        connection.execute(
            text(
                "INSERT INTO trail_line (id, at, command, actor, subject, moves)"
                " VALUES (gen_random_uuid(), :at, 'c', 'a', 's', '[]')"
            ),
            AT,
        )
    with pytest.raises(ProgrammingError, match="is not allowed"), engine.begin() as again:
        again.execute(text(change.format(model.__tablename__)))
    with engine.connect() as connection:
        counted = select(func.count()).select_from(model)
        assert connection.execute(counted).scalar_one() == 1
