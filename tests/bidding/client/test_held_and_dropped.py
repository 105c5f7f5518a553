"""A held token shown by its holder; a refused submission left with the witness; the crowd."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from bidding.bonds.hearings import DecideHearing, decide_hearing
from bidding.client.wallet import Wallet
from bidding.custodian.commands.reports import KeepReport, keep_report
from bidding.custodian.ledger import KeyAccount
from bidding.custodian.statements import report
from market.accounts.roles import Role
from market.protocol.encoding import canonical, digest, stamp, unb64u
from market.protocol.receipts import read_drop_receipt
from market.protocol.signing import new_key, public_bytes
from market.witness.app import Witness, create_app
from market.witness.book import Book
from tests.bidding.client.scene import BOND, Scene
from tests.support.bidding_bank import served

LAST_QUARTER, CROWD = "2025Q4", 20


def witness_of(scene: Scene, key=None) -> str:
    """The witness's own program."""
    book = Book(scene.folder / "witness")
    watching = Witness("witness.test", key or scene.witness_key, (), book, scene.clock)
    return scene.stack.enter_context(served(create_app(watching)))


def test_a_refused_submission_is_left_with_the_witness_and_its_word_is_kept(scene: Scene) -> None:
    no, firm = scene.published(), scene.firm("jia")
    scene.given_token(firm.home)
    scene.sealed(firm, no, 3_000_000)
    url = witness_of(scene)
    assert scene.run(firm.home, "bid", "drop", no, code=1)["code"] == "address-missing"
    scene.clock.at = scene.deadline(no) + timedelta(seconds=1)
    scene.run(firm.home, "bid", "send", no, code=1)
    first = scene.run(firm.home, "bid", "drop", no, before=["--witness", url])
    scene.clock.at += timedelta(days=1)
    assert scene.run(firm.home, "bid", "drop", no, before=["--witness", url])["at"] == first["at"]
    kept = json.loads((firm.home / "bids" / no / "0001" / "bid.json").read_bytes())
    hashed, tender, _ = read_drop_receipt(kept["dropped"], public_bytes(scene.witness_key))
    assert (hashed, tender) == (digest(unb64u(kept["act"])), no)


def test_the_word_of_another_witness_and_of_an_accepted_bid_is_not_wanted(scene: Scene) -> None:
    no, firm = scene.published(), scene.firm("jia")
    scene.given_token(firm.home)
    scene.sealed(firm, no, 3_000_000)
    stranger = witness_of(scene, new_key())
    said = scene.run(firm.home, "bid", "drop", no, before=["--witness", stranger], code=1)
    assert said["code"] == "bad-signature"
    scene.run(firm.home, "bid", "send", no)
    said = scene.run(firm.home, "bid", "drop", no, before=["--witness", stranger], code=1)
    assert said["code"] == "accepted"


def test_a_held_token_is_shown_decided_about_and_given_back_by_the_clients_own_commands(
    scene: Scene,
) -> None:
    no, firm = scene.published(), scene.firm("jia")
    scene.people["clerk"] = scene.cast.appoint("jia", "boss-jia", "clerk", Role.BIDDER)
    supervisor = scene.cast.staffed("regulator", "reg", Role.REG)
    held, unused = scene.given_token(firm.home), scene.given_token(firm.home)
    used = _sealed_with(scene, firm, no, {held.name, unused.name})
    show = ["bond", "show-identity", used, *scene.org_key("jia")]
    assert scene.run(firm.home, *show, who="clerk", code=1)["code"] == "not-held"
    with scene.tenders.engine.begin() as connection:  # as the opening leaves a bid that stayed shut
        connection.execute(text("UPDATE bond_nullifier SET state = 'held'"))
    other = ({held.name, unused.name} - {used}).pop()
    said = scene.run(
        firm.home, "bond", "show-identity", other, *scene.org_key("jia"), who="clerk", code=1
    )
    assert said["code"] == "never-used"
    first = scene.run(firm.home, *show, who="clerk")
    assert scene.run(firm.home, *show, who="clerk")["hearing"] == first["hearing"]
    assert scene.run(firm.home, "bond", "surrender", used, code=1)["code"] == "token-live"
    command = DecideHearing(UUID(first["hearing"]), keep=False, words="退还")
    scene.office.run(decide_hearing, command, supervisor)
    scene.tick()
    assert "refund_token" in scene.run(firm.home, "bond", "surrender", used)


def _sealed_with(scene: Scene, firm, no: str, names: set[str]) -> str:
    """Seal and send a bid; which of the tokens it took."""
    scene.sealed(firm, no, 3_000_000)
    scene.run(firm.home, "bid", "send", no)
    (used,) = [held.name for held in Wallet(firm.home).all() if held.tender == no]
    assert used in names
    return used


@pytest.mark.parametrize("crowd", [CROWD - 1, CROWD])
def test_the_tender_check_says_what_the_custodian_attests_and_no_more(
    scene: Scene, crowd: int
) -> None:
    no, firm = scene.published(), scene.firm("jia")
    assert scene.run(firm.home, "tender", "check", no)["crowd"] is None
    row = KeyAccount(BOND.fen, LAST_QUARTER, *([0] * 10), crowd)
    for key, code in ((new_key(), 1), (scene.files.signer, 0)):
        said = report(LAST_QUARTER, stamp(scene.clock.at), [row], key)
        _publish(scene, canonical(said).decode())
        answer = scene.run(firm.home, "tender", "check", no, code=code)
        assert answer.get("code") == ("bad-signature" if code else None)
    assert answer["crowd"] == {
        "epoch": LAST_QUARTER,
        "crowd": crowd >= CROWD,
        "keys": {LAST_QUARTER: crowd >= CROWD},
    }


def _publish(scene: Scene, statement: str) -> None:
    with scene.custodian.engine.begin() as connection:
        connection.execute(text("DELETE FROM report"))
    scene.custodian.office.run(keep_report, KeepReport(LAST_QUARTER, statement))


def test_an_attested_row_is_of_its_own_amount(scene: Scene) -> None:
    no, firm = scene.published(), scene.firm("jia")
    row = KeyAccount(BOND.fen, LAST_QUARTER, *([0] * 10), CROWD)
    rows = [replace(row, denomination=80_000_000)]
    said = report(LAST_QUARTER, stamp(scene.clock.at), rows, scene.files.signer)
    _publish(scene, canonical(said).decode())
    assert scene.run(firm.home, "tender", "check", no)["crowd"]["crowd"] is False
