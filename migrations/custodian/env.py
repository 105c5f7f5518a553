"""The history of the custodian's database, which the platform never sees."""

from sqlalchemy import MetaData

from market.db import schema


def models() -> MetaData:
    """Every table that the custodian's models declare."""
    from bidding.custodian.model import Base  # noqa: PLC0415 - an upgrade needs no models

    return Base.metadata


schema.run(schema.CUSTODIAN, models)
