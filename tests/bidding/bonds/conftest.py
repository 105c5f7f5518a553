"""A platform whose bond keys are published."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bidding.bonds.commands import PublishKey, publish_key
from market.command import HOUSE
from market.db.base import Base
from market.protocol.encoding import canonical
from tests.support.offices import TestOffice, make_office
from tests.support.protocol_cast import DEADLINE, keys


@pytest.fixture
def house(engine: Engine) -> TestOffice:
    Base.metadata.create_all(engine)
    made = make_office(engine, DEADLINE - timedelta(days=20))
    for key in keys().all():
        made.office.run(publish_key, PublishKey(canonical(key.to_json())), HOUSE)
    return made
