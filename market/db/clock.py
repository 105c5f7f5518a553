"""The clock of the product: the database's own, so that every web process agrees."""

from datetime import UTC, datetime

from sqlalchemy import Engine, text


class DatabaseClock:
    """Reads `clock_timestamp()` in a statement of its own, outside any transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def now(self) -> datetime:
        """The database's moment; read it once, when the request is complete."""
        with self._engine.connect() as connection:
            moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return moment.astimezone(UTC)
