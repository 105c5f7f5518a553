"""Bonds: bought, backed up, given up, and asked back hours later."""

from datetime import timedelta

from bidding.client.wallet import Wallet
from tests.bidding.client.scene import Scene


def test_a_bond_is_bought_given_up_and_refunded_after_the_drawn_pause(scene: Scene) -> None:
    firm = scene.firm("jia")
    token = scene.buy(firm)
    given = scene.run(firm.home, "bond", "surrender", token)
    assert scene.run(firm.home, "bond", "surrender", token) == given
    back = ["bond", "refund", given["refund_token"], "--uscc", firm.uscc, "--account", firm.account]
    assert scene.run(firm.home, *back, code=4)["code"] == "too-early"
    wallet = Wallet(firm.home)
    until = wallet.one(given["refund_token"]).not_before
    pause = until - scene.clock.at
    assert timedelta(hours=6) <= pause <= timedelta(hours=48)
    scene.clock.at = until - timedelta(seconds=6)
    scene.tick()
    assert scene.run(firm.home, *back, code=4)["code"] == "too-early"
    scene.tick()
    done = scene.run(firm.home, *back)
    assert done["state"] == "REFUNDED"
    assert scene.run(firm.home, *back)["state"] == "REFUNDED"
    assert wallet.one(given["refund_token"]).claim["deposit"] == wallet.one(token).reference


def test_a_refund_to_another_account_is_refused_and_can_be_put_right(scene: Scene) -> None:
    firm = scene.firm("jia")
    given = scene.run(firm.home, "bond", "surrender", scene.buy(firm))
    back = ["bond", "refund", given["refund_token"], "--at-once", "--uscc", firm.uscc, "--account"]
    assert scene.run(firm.home, *back, "80000000009", code=1)["code"] == "account-differs"
    assert scene.run(firm.home, *back, firm.account)["state"] == "REFUNDED"


def test_a_token_that_is_live_is_not_given_up(scene: Scene) -> None:
    no, firm = scene.published(), scene.firm("jia")
    held = scene.given_token(firm.home)
    scene.sealed(firm, no, 3_000_000)
    scene.run(firm.home, "bid", "send", no)
    refused = scene.run(firm.home, "bond", "surrender", held.name, code=1)
    assert refused["code"] == "token-live"
    scene.run(firm.home, "bid", "withdraw", no)
    assert scene.run(firm.home, "bond", "surrender", held.name)["refund_token"]


def test_a_backup_brings_the_money_back_after_the_profile_is_lost(scene: Scene) -> None:
    firm, backup = scene.firm("jia"), scene.folder / "backup.age"
    said = scene.run(
        firm.home, "bond", "buy", "--yuan", "50000", "--uscc", firm.uscc, "--backup", str(backup)
    )
    word = said["warnings"][0].rpartition("：")[2]
    scene.pay(firm, said["code"])
    other = scene.folder / "other-home"
    scene.setup(other)
    scene.run(other, "bond", "restore", str(backup), BACKUP_PASSPHRASE=word)
    done = scene.run(other, "bond", "finalize", "--uscc", firm.uscc)
    assert done["ready"]
    assert done["token"] == said["token"]


def test_an_unpaid_order_waits_and_other_amounts_than_the_four_are_refused(scene: Scene) -> None:
    firm = scene.firm("jia")
    buy = ["bond", "buy", "--uscc", firm.uscc, "--yuan"]
    assert scene.run(firm.home, *buy, "40000", code=1)["code"] == "no-such-amount"
    order = scene.run(firm.home, *buy, "50000")
    assert order["pay_to"]["account"] == "62000001"
    waited = scene.run(firm.home, "bond", "finalize", "--uscc", firm.uscc, code=4)
    assert waited["later"]
    assert scene.pay(firm, order["code"], 4_999_999) == "another-amount"
    assert not scene.run(firm.home, "bond", "finalize", "--uscc", firm.uscc, code=4)["ready"]


def test_an_admission_costs_nothing_and_is_ready_at_once(scene: Scene) -> None:
    firm = scene.firm("jia")
    made = scene.run(firm.home, "bond", "buy", "--yuan", "0", "--uscc", firm.uscc)
    assert made["state"] == "PAID"
    assert Wallet(firm.home).one(made["token"]).is_free


def test_a_wrong_password_is_the_custodians_refusal_in_the_readers_language(scene: Scene) -> None:
    firm = scene.firm("jia")
    refused = scene.run(
        firm.home, "bond", "buy", "--yuan", "0", "--uscc", firm.uscc,
        before=["--language", "en"], code=1, CUSTODIAN_PASSWORD="wrong but long",
    )  # fmt: skip
    assert refused["code"] == "wrong-password"
    assert refused["detail"].startswith("The credit code")
