"""The custodian of each test: a database of its own, keys of its own, two holders."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bidding.custodian.cast import Cast


@pytest.fixture
def cast(custodian_database_url: str, tmp_path: Path) -> Iterator[Cast]:
    """The custodian with its people."""
    made = Cast(custodian_database_url, tmp_path)
    yield made
    made.program.engine.dispose()
