"""The table of a tender: every pair of state and action moves or refuses."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from bidding.tenders.rules import TENDER_TABLE, TenderAction, TenderState
from market.kernel.errors import IllegalMove
from market.kernel.permissions import Permission
from tests.bidding.tenders.cast import TenderCast

LEGAL = {
    ("awarded", "take-next"): "determined",
    ("draft", "publish"): "published",
    ("published", "amend"): "published",
    ("published", "terminate"): "terminated",
    ("published", "close"): "closed",
    ("closed", "begin-opening"): "opening",
    ("closed", "fail"): "failed",
    ("opening", "fail"): "failed",
    ("opening", "record-opened"): "opened",
    ("opened", "begin-evaluation"): "evaluating",
    ("opened", "cancel"): "cancelled",
    ("evaluating", "record-reported"): "reported",
    ("evaluating", "cancel"): "cancelled",
    ("reported", "record-determined"): "determined",
    ("reported", "cancel"): "cancelled",
    ("determined", "record-awarded"): "awarded",
    ("determined", "cancel"): "cancelled",
    ("awarded", "record-contracted"): "contracted",
    ("awarded", "cancel"): "cancelled",
    ("contracted", "archive"): "archived",
    ("failed", "archive"): "archived",
    ("cancelled", "archive"): "archived",
    ("terminated", "archive"): "archived",
}
OWNERS = {
    "publish": Permission.TENDERS_TENDER_PUBLISH,
    "terminate": Permission.TENDERS_TENDER_PUBLISH,
    "amend": Permission.TENDERS_AMENDMENT_PUBLISH,
}


@pytest.mark.parametrize("state", list(TenderState))
@pytest.mark.parametrize("action", list(TenderAction))
def test_every_pair_of_state_and_action_moves_or_refuses(state, action) -> None:
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalMove):
            TENDER_TABLE.move(state, action)
    else:
        assert TENDER_TABLE.move(state, action).target.value == target


def test_owners_publish_amend_and_terminate_and_everything_else_is_the_houses() -> None:
    for move in TENDER_TABLE:
        assert move.by is OWNERS.get(move.action.value, Permission.HOUSE_ACT)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'draft'",
        "deadline = NULL",
        "manifest_hash = NULL",
        "scheme = NULL",
        "ceiling = budget + 1",
        "bond = -1",
        "state = 'closed'",
        "state = 'opened', closed_at = now()",
        "state = 'reported', closed_at = now(), opened_at = now()",
        "state = 'failed', closed_at = now()",
        "closed_at = now()",
        "ended_at = now()",
        "state = 'nonsense'",
        "amendment = -1",
    ],
)
def test_the_table_itself_refuses_states_without_their_columns(
    house: TenderCast, engine: Engine, change: str
) -> None:
    no = house.published()
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(f"UPDATE tender SET {change} WHERE no = :no"), {"no": no})  # noqa: S608  the test's own words


def test_the_table_takes_what_belongs_together(house: TenderCast, engine: Engine) -> None:
    no = house.published()
    whole = "state = 'closed', closed_at = deadline"
    with engine.begin() as connection:
        done = connection.execute(text(f"UPDATE tender SET {whole} WHERE no = :no"), {"no": no})  # noqa: S608  the test's own words
    assert done.rowcount == 1
