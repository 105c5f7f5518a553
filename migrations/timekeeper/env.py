"""The history of a timekeeper's database, which neither the platform nor another one sees."""

from sqlalchemy import MetaData

from market.db import schema


def models() -> MetaData:
    """Every table that a timekeeper's models declare."""
    from intermediaries.timekeeper.model import Base  # noqa: PLC0415 - an upgrade needs no models

    return Base.metadata


schema.run(schema.TIMEKEEPER, models)
