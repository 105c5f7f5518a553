"""A house of bids for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.bidding_cast import House, bidding_house


@pytest.fixture
def house(engine: Engine, custodian_database_url: str, tmp_path: Path) -> Iterator[House]:
    with bidding_house(engine, custodian_database_url, tmp_path) as made:
        yield made
