"""Whether a database has the newest form already, asked without loading the migrations' machinery.

A start that finds nothing to migrate is the ordinary one, and loading Alembic costs it a second.
"""

from pathlib import Path
from typing import Final

import psycopg

from market.db.launcher import connect

MIGRATIONS: Final = Path(__file__).resolve().parents[2] / "migrations"
CUSTODIAN_MIGRATIONS: Final = MIGRATIONS / "custodian"
TIMEKEEPER_MIGRATIONS: Final = MIGRATIONS / "timekeeper"


def newest(folder: Path) -> str | None:
    """The number of the newest version of a history, None for one without any."""
    return max((file.name.split("_")[0] for file in _versions(folder)), default=None)


def is_at_head(url: str, folder: Path) -> bool:
    """Whether the database at `url` stands at the newest version of the history in `folder`.

    False where nothing was ever migrated; `psycopg.OperationalError` where no server answers.
    """
    with connect(url) as connection:
        try:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        except psycopg.errors.UndefinedTable:
            return False
    return found == [(newest(folder),)]


def _versions(folder: Path) -> list[Path]:
    return [file for file in (folder / "versions").glob("[0-9]*_*.py") if file.is_file()]
