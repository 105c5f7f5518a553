"""The history of the platform's own database."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

from market.db import schema

ROOT = Path(__file__).resolve().parents[1]
# Wherever a room keeps its tables, so that no list can lack one; and those of the core.
TABLES = (
    "market/db/*.py",
    *(
        f"{package}/*/{tables}"
        for package in ("market", "bidding", "intermediaries")
        for tables in ("model.py", "model/*.py")
    ),
)
# Programs of other organisations have databases, and histories, of their own.
OTHERS = {"custodian", "client", "timekeeper", "witness"}


def models() -> MetaData:
    """Every table that the platform's models declare."""
    from market.db.base import Base  # noqa: PLC0415 - an upgrade must not depend on today's models

    for pattern in TABLES:
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT).with_suffix("").parts
            if not OTHERS & set(name):
                import_module(".".join(name).removesuffix(".__init__"))
    return Base.metadata


schema.run(schema.PLATFORM, models)
