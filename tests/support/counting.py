"""How many statements a question sends to the database."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

T = TypeVar("T")


def counted(engine: Engine, question: Callable[[Session], T]) -> tuple[T, int]:
    """The answer, and how many statements it took in a session of its own."""
    sent = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    with Session(engine) as session:
        event.listen(engine, "before_cursor_execute", note)
        try:
            return question(session), len(sent)
        finally:
            event.remove(engine, "before_cursor_execute", note)
