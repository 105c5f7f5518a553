"""H10: one firm is served a bond key or a manifest of its own, and is known by it when it bids."""

import pytest

from bidding.bonds import commands
from bidding.bonds.commands import PublishKey, publish_key
from market.command import HOUSE
from market.protocol import blindkeys
from market.protocol.bondkeys import BID, BondKey, KeyRing
from market.protocol.encoding import canonical
from tests.support.bidding_bank import BOND, EPOCH, KEYS
from tests.support.bidding_cast import House
from tests.support.bidding_hosts import anonymous, platform
from tests.support.bidding_questions import outcome


@pytest.fixture(scope="module")
def tagged() -> BondKey:
    """A second key of the same amount and quarter, for one firm."""
    return BondKey(BOND, EPOCH, BID, blindkeys.new_private().public)


def test_the_record_takes_one_key_of_each_kind(house: House, tagged: BondKey) -> None:
    def publish(key: BondKey) -> str:
        command = PublishKey(canonical(key.to_json()))
        return outcome(lambda: house.office.run(publish_key, command, HOUSE))

    assert publish(tagged) == "two-bond-keys"
    assert publish(KEYS[BOND, BID]) == "done"  # the same again is nothing new


def test_a_client_that_is_handed_two_keys_refuses_both(tagged: BondKey) -> None:
    assert outcome(lambda: KeyRing([*KEYS.values(), tagged])) == "two-bond-keys"
    assert len(KeyRing(KEYS.values()).all()) == len(KEYS)


def test_without_the_check_the_second_key_would_be_published(
    house: House, tagged: BondKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "key_ring", lambda *_: None)
    command = PublishKey(canonical(tagged.to_json()))
    with pytest.raises(Exception, match="bond_key"):  # the table still has one place for it
        house.office.run(publish_key, command, HOUSE)


def test_everybody_is_served_the_same_bytes_on_both_hosts(house: House) -> None:
    for path in ("/api/v1/bond-keys", f"/api/v1/tenders/{house.no}/manifest"):
        answers = {
            host(house).get(path, headers=headers).data
            for host in (anonymous, platform)
            for headers in ({}, {"Accept-Language": "en"}, {"User-Agent": "firm-a"})
        }
        assert len(answers) == 1
