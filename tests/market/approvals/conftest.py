"""What tests of approvals share."""

import pytest
from sqlalchemy import Engine

from tests.support.approval_cast import ApprovalCast, make_approval_cast


@pytest.fixture
def house(engine: Engine) -> ApprovalCast:
    """The department with the item `SG-001` in force, and the owner's project."""
    return make_approval_cast(engine)
