"""The hall of these tests."""

import pytest
from sqlalchemy import Engine

from tests.bidding.evaluation.cast import Hall, make_hall


@pytest.fixture
def hall(engine: Engine) -> Hall:
    return make_hall(engine)
