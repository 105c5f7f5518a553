"""Bids: sealed anew, replaced, withdrawn, refused in words; kept so that nobody else reads them."""

import json
import stat
from datetime import timedelta

from sqlalchemy import select

from bidding.bids.model import BidAct
from bidding.client import files
from bidding.client.wallet import Wallet
from bidding.rulebook.amendments import AmendmentKind
from tests.bidding.client.scene import Scene


def acts(scene: Scene) -> list[tuple[int, str, bool]]:
    return scene.office.read(
        lambda session: [
            (row.seq, row.kind, row.live)
            for row in session.scalars(select(BidAct).order_by(BidAct.seq))
        ]
    )


def test_a_bid_is_sealed_anew_sent_replaced_withdrawn_and_sent_again(scene: Scene) -> None:
    no, firm = scene.published(), scene.firm("jia")
    scene.given_token(firm.home)
    scene.sealed(firm, no, 3_000_000)
    scene.sealed(firm, no, 2_950_000)
    first = scene.run(firm.home, "bid", "send", no)
    assert (first["version"], first["seq"]) == (2, 0)
    assert scene.run(firm.home, "bid", "send", no) == first
    assert scene.sealed(firm, no, 2_900_000, code=1)["code"] == "already-bid"
    assert scene.sealed(firm, no, 2_900_000, act="replace")["seq"] == 1
    assert scene.run(firm.home, "bid", "withdraw", no)["act"] == "withdrawal"
    assert scene.run(firm.home, "bid", "withdraw", no, code=1)["code"] == "nothing-to-withdraw"
    assert not scene.run(firm.home, "bid", "watch", no)["tenders"][0]["live"]
    scene.sealed(firm, no, 2_800_000)
    scene.run(firm.home, "bid", "send", no)
    assert acts(scene) == [
        (0, "submission", False),
        (1, "submission", False),
        (2, "withdrawal", False),
        (3, "submission", True),
    ]


def test_after_the_deadline_nothing_is_sealed_and_the_host_says_late(scene: Scene) -> None:
    no, firm = scene.published(), scene.firm("jia")
    scene.given_token(firm.home)
    scene.sealed(firm, no, 3_000_000)
    scene.clock.at = scene.deadline(no) + timedelta(microseconds=1)
    assert scene.run(firm.home, "bid", "send", no, code=1)["code"] == "late"
    scene.tick()
    assert scene.sealed(firm, no, 3_000_000, code=1)["code"] == "late"
    assert acts(scene) == []


def test_an_amendment_that_asks_for_new_bids_is_noticed_and_followed(scene: Scene) -> None:
    no, firm = scene.published(), scene.firm("jia")
    scene.given_token(firm.home)
    scene.sealed(firm, no, 3_000_000)
    scene.run(firm.home, "bid", "send", no)
    scene.tenders.amend(no, AmendmentKind.EXPLAINS)
    scene.tick()
    assert scene.run(firm.home, "bid", "watch")["tenders"][0]["stands"]
    scene.tenders.amend(no, AmendmentKind.REQUIRES_NEW)
    scene.tick()
    said = scene.run(firm.home, "bid", "watch")
    assert not said["tenders"][0]["stands"]
    assert no in said["warnings"][0]
    assert scene.sealed(firm, no, 2_900_000, act="replace")["seq"] == 1
    assert scene.run(firm.home, "bid", "watch")["tenders"][0]["stands"]
    assert acts(scene)[-1] == (1, "submission", True)


def test_a_token_serves_one_tender_and_without_one_nothing_is_sealed(scene: Scene) -> None:
    no, firm = scene.published(), scene.firm("jia")
    assert scene.sealed(firm, no, 3_000_000, code=1)["code"] == "no-free-token"
    held = scene.given_token(firm.home)
    scene.sealed(firm, no, 3_000_000)
    assert Wallet(firm.home).one(held.name).tender == no
    assert scene.run(firm.home, "tender", "check", no)["free_tokens"] == 0


def test_an_offer_above_the_ceiling_or_naming_its_bidder_is_pointed_out(scene: Scene) -> None:
    no, firm = scene.published(), scene.firm("jia")
    scene.given_token(firm.home)
    assert scene.sealed(firm, no, 3_200_001, code=1)["code"] == "above-ceiling"
    (scene.folder / "plan.pdf").write_bytes(b"x" * 300_000 + "jia有限公司".encode("utf-16-be"))
    said = scene.sealed(firm, no, 3_200_000)
    assert any("plan.pdf" in line for line in said["warnings"])


def test_everything_in_a_profile_is_for_its_owner_alone(scene: Scene) -> None:
    no, firm = scene.published(), scene.firm("jia")
    scene.given_token(firm.home)
    scene.sealed(firm, no, 3_000_000)
    scene.run(firm.home, "bid", "send", no)
    kept = [path for path in firm.home.rglob("*") if path.is_file() and path.name != "lock"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert len(kept) > 8
    (token,) = (firm.home / "tokens").glob("*.json")
    token.chmod(0o644)
    assert scene.run(firm.home, "bond", "list", code=1)["code"] == "file-too-open"


def test_a_diagnosis_holds_no_secret_no_price_and_no_tender(scene: Scene) -> None:
    no, firm = scene.published(), scene.firm("jia")
    held = scene.given_token(firm.home)
    scene.sealed(firm, no, 3_000_000)
    scene.run(firm.home, "bid", "send", no)
    out = scene.folder / "diagnosis.json"
    scene.run(firm.home, "diagnose", "--out", str(out))
    said = out.read_text()
    told = held.to_json()
    secrets = [str(told[name]) for name in ("secret", "prepared", "inv", "sigma", "blinded")]
    version = json.loads((firm.home / "bids" / no / "0001" / "bid.json").read_text())
    for word in [*secrets, no, "300000000", version["act"], firm.uscc, held.name]:
        assert word not in said
    assert json.loads(said)["bids"][0]["outcome"] == "accepted"
    kept = (firm.home / "tokens" / f"{held.name}.json").read_text()
    assert all(word in kept for word in secrets)  # what was looked for is what there is to find


def test_only_one_program_works_in_a_profile(scene: Scene) -> None:
    firm = scene.firm("jia")
    with files.only_user(firm.home):
        assert scene.run(firm.home, "bond", "list", code=1)["code"] == "profile-busy"
    assert scene.run(firm.home, "bond", "list")["tokens"] == []
