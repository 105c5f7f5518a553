"""The ways from a running tender's page lead to pages that exist, whatever the room is called."""

from pathlib import Path

from bidding.tenders.rules import TenderState
from bidding.tenders.running import WAYS
from market.factory import create_app
from market.features import FEATURES
from tests.support.offices import settings_for


def test_every_way_leads_to_a_page_of_the_whole_house(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path), FEATURES)
    assert [way.endpoint for way in WAYS if way.endpoint not in app.view_functions] == []


def test_every_state_after_the_draft_has_a_way_on() -> None:
    for state in TenderState:
        found = [way.endpoint for way in WAYS if state in way.states]
        assert bool(found) is (state is not TenderState.DRAFT), state
