"""The hearing as its people hold it: pages of owner, bidder, supervisor and centre."""

import pytest

from market.features import FEATURES
from tests.bidding.bonds.hearings.conftest import Bench
from tests.bidding.bonds.hearings.test_held_tokens import shown
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.people_cast import Cast


@pytest.fixture
def people(bench: Bench, redis_url: str):
    """Browsers by account."""
    cast: Cast = bench.house.cast
    app = app_of(cast, FEATURES, redis_url, bench.house.folder)
    made: dict[str, Browser] = {}

    def of(account: str) -> Browser:
        if account not in made:
            made[account] = signed_in(app, cast, account)
        return made[account]

    return of


def test_a_hearing_from_proposal_to_decision_on_pages(bench: Bench, people) -> None:
    no, uscc = bench.house.no, bench.house.bidders["a"].uscc
    owner, firm, partner = people("wang"), people("clerk-a"), people("owner-two")
    bonds = f"/desk/tenders/{no}/bonds"
    assert uscc in owner.open(bonds).text
    empty = owner.send(f"{bonds}/{uscc}/proposal", {"facts": "伪造业绩"}, form="ProposalForm")
    assert empty.status_code == 422
    assert "伪造业绩" in empty.text
    typed = {"cause": "F3.2", "facts": "伪造业绩"}
    begun = owner.send(f"{bonds}/{uscc}/proposal", typed, form="ProposalForm")
    assert begun.status_code == 303
    hearing = begun.headers["Location"].rsplit("/", 1)[1]
    assert "state your reasons" in firm.open("/desk").text
    own = f"/desk/bonds/hearings/{hearing}"
    assert "伪造业绩" in firm.open(own).text
    said = firm.send(own, {"reasons": "材料真实，附原件"}, form="ReasonsForm")
    assert said.status_code == 303
    page = f"/desk/bond-hearings/{hearing}"
    assert "材料真实" in partner.open(page).text
    done = partner.send(page, {"outcome": "return", "words": "理由成立"}, form="DecisionForm")
    assert done.status_code == 303
    assert "理由成立" in firm.open(own).text
    assert "<form" not in partner.open(page).text.split("<main")[1]


def test_other_people_do_not_find_a_hearing(bench: Bench, people) -> None:
    key = shown(bench)
    for account, path, status in (
        ("clerk-a", f"/desk/bonds/hearings/{key}", 404),
        ("clerk-d", f"/desk/bonds/hearings/{key}", 200),
        ("clerk-d", f"/desk/bond-hearings/{key}", 403),
        ("zhao", f"/desk/bond-hearings/{key}", 404),
        ("zhao", f"/desk/tenders/{bench.house.no}/bonds", 404),
        ("reg-one", f"/desk/bond-hearings/{key}", 200),
        ("reg-one", f"/desk/bond-hearings/{key}/proposal", 200),
        ("reg-one", "/desk/custody", 200),
        ("wang", f"/desk/bond-hearings/{key}/proposal", 403),
        ("clerk-a", "/desk/custody", 403),
    ):
        assert people(account).open(path).status_code == status, (account, path)
    assert "identity shown" in people("reg-one").open("/desk/bond-hearings").text
    assert "held token" in people("reg-one").open("/desk").text


def test_a_bidder_sees_its_own_bond_and_nobody_elses(bench: Bench, people) -> None:
    page = people("clerk-a").open("/desk/bonds").text
    assert bench.house.no in page
    assert "in custody" in page
    assert bench.house.no not in people("clerk-d").open("/desk/bonds").text.split("<main")[1]
