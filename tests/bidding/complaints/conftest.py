"""A hall in which the result is published and challenges are taken."""

import pytest
from sqlalchemy import Engine

from bidding.contracts.commands import PublishResult, publish_result
from bidding.contracts.feature import LISTENERS
from tests.bidding.contracts.conftest import app
from tests.bidding.evaluation.cast import Hall, make_hall

__all__ = ["app", "hall"]


@pytest.fixture
def hall(engine: Engine) -> Hall:
    made = make_hall(engine, listeners=LISTENERS)
    made.to_winner()
    made.run(publish_result, PublishResult(made.no, made.house.cast.vault))
    return made
