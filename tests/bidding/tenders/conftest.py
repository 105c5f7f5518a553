"""The people of these tests."""

import pytest
from sqlalchemy import Engine

from tests.bidding.tenders.cast import TenderCast, make_tender_cast


@pytest.fixture
def house(engine: Engine) -> TenderCast:
    return make_tender_cast(engine)
