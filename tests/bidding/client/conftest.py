"""The whole house, once for a test."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.bidding.client.scene import Scene


@pytest.fixture
def scene(engine: Engine, custodian_database_url: str, tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        yield Scene(engine, custodian_database_url, tmp_path, stack)
