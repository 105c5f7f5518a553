"""H13: an opening that everybody can check again shows everybody the whole offers of everybody."""

from dataclasses import replace

import pytest

from bidding.opening import record
from bidding.opening.queries import opening
from market.protocol.binding import Kind
from market.protocol.encoding import canonical
from market.protocol.offers import check_fact, read_fact_proof
from tests.support.bidding_bids import PDF, price_facts
from tests.support.bidding_cast import House
from tests.support.bidding_hosts import platform
from tests.support.bidding_questions import refused

SECRET = {"cost-of-labour": 77_777_777, "margin": "百分之二"}


def told(house: House) -> str:
    """Everything the platform tells anybody of the opening."""
    client = platform(house)
    paths = [f"/api/v1/tenders/{house.no}/{what}" for what in ("opening", "closing")]
    return "".join(client.get(path).text for path in paths)


def opened(house: House) -> None:
    """Somebody's price envelope holds the build-up of the price."""
    house.submit("d", facts=price_facts(299_000_000) | SECRET)
    house.close()
    house.open_all()


def test_the_record_shows_the_facts_of_the_form_and_nothing_else(sealed: House) -> None:
    opened(sealed)
    seen = told(sealed)
    assert "299000000" in seen
    for hidden in ("77777777", "百分之二", "cost-of-labour", "彩色多普勒", PDF.decode()):
        assert hidden not in seen
    made = sealed.made["d"]
    assert all(raw.hex() not in seen for raw in (made.wallet.inv, made.act.bid_pub))


def test_with_the_list_of_shown_facts_taken_away_the_secrets_are_out(
    sealed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "_public", list)
    opened(sealed)
    assert "77777777" in told(sealed)


def test_each_fact_is_proved_against_what_the_bidder_signed_and_no_other_value_is(
    sealed: House,
) -> None:
    opened(sealed)
    lines = sealed.ask(opening, sealed.no).record["bids"]
    (line,) = [line for line in lines if line["uscc"] == sealed.bidders["d"].uscc]
    expected = sealed.made["d"].hashes[Kind.PRICE]
    for item in line["facts"]:
        proof = read_fact_proof(item)
        check_fact(proof, expected)
        with refused("fact-not-proved"):
            check_fact(replace(proof, fact=replace(proof.fact, value=1)), expected)
    assert "inv" not in canonical(line).decode()
