"""Publishing: gate 1, completeness, the manifest, the law of every date, one official act."""

from bidding.tenders.rules import TenderState
from tests.bidding.tenders.cast import MORNING, TenderCast


def test_a_complete_draft_is_published_with_one_act_in_the_journal(house: TenderCast) -> None:
    no = house.published()
    facts = house.facts(no)
    assert facts.state is TenderState.PUBLISHED
    assert facts.published_at == MORNING
    house.amend(no)
