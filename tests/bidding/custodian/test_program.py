"""The program: settings or no start, secrets in closed files, keys made ahead, the beat, files."""

import io
import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bidding.custodian import __main__ as program
from bidding.custodian import files as handed
from bidding.custodian.commands.bondkeys import make_keys, wanted
from bidding.custodian.keyfiles import KeyFiles, KeyFileTooOpen, bond_name
from bidding.custodian.ledger import disagreements
from bidding.custodian.model import BondKeyRow, Report
from bidding.custodian.queries import published_keys
from bidding.custodian.settings import MissingSetting, read
from market.protocol import blindkeys
from market.protocol.bondkeys import BID, REFUND, check_issuing
from market.protocol.encoding import b64u, stamp
from market.protocol.signing import public_bytes
from tests.bidding.custodian.cast import BOND, CHEAP, EPOCH, NOON, PASSWORD, PLATFORM
from tests.support.protocol_keys import BID_KEY, REFUND_KEY

ENVIRONMENT = {
    "CUSTODIAN_MODE": "demo",
    "CUSTODIAN_DATABASE_URL": "postgresql://nowhere/none",
    "CUSTODIAN_KEYS": "keys",
    "CUSTODIAN_TRUST": "trust.json",
    "PLATFORM_KEY": b64u(public_bytes(PLATFORM)),
    "PLATFORM_URL": "http://platform.test/",
    "ANONYMOUS_URL": "http://anonymous.test",
    "CUSTODIAN_URL": "http://custodian.test",
}
REAL = {
    "CUSTODIAN_MODE": "production",
    "CUSTODIAN_USCC": "91110000TR1A1BNK6K",
    "CUSTODIAN_NAME": "n",
    "CUSTODIAN_BANK": "b",
    "CUSTODIAN_ACCOUNT": "1",
    "CUSTODIAN_OWN_ACCOUNT": "2",
    "CUSTODIAN_TREASURY_ACCOUNT": "3",
    "CUSTODIAN_DEMAND_RATE": "0.0005",
    "CUSTODIAN_BASE_RATE": "0.03",
}


def test_a_demonstration_needs_little_and_production_everything():
    assert read(ENVIRONMENT).has_trial_bank
    assert read(ENVIRONMENT).platform_url == "http://platform.test"
    whole = ENVIRONMENT | REAL
    assert not read(whole).has_trial_bank
    for name in whole.keys() - {"CUSTODIAN_MODE"}:
        with pytest.raises(MissingSetting, match=name):
            read({key: value for key, value in whole.items() if key != name})
    unnamed = {key: value for key, value in whole.items() if key != "CUSTODIAN_MODE"}
    assert read(unnamed).mode == "production"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CUSTODIAN_MODE", "trial"),
        ("PLATFORM_KEY", "x"),
        ("CUSTODIAN_DEMAND_RATE", "much"),
        ("CUSTODIAN_BASE_RATE", "1"),
        ("CUSTODIAN_BASE_RATE", "-0.01"),
    ],
)
def test_malformed_settings_are_no_start(name, value):
    with pytest.raises(MissingSetting, match=name):
        read(ENVIRONMENT | REAL | {name: value})


def test_secrets_are_closed_files_and_are_never_made_anew(tmp_path):
    files = KeyFiles(tmp_path / "keys")
    files.make()
    first = (tmp_path / "keys" / "custodian.key").read_bytes()
    files.make()
    assert (tmp_path / "keys" / "custodian.key").read_bytes() == first
    kept = files.keep_bond("2026Q4-0-bid", BID_KEY)
    other = files.keep_bond("2026Q4-0-bid", REFUND_KEY)
    assert kept == other == BID_KEY
    found = [path for path in (tmp_path / "keys").rglob("*") if path.is_file()]
    assert len(found) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}
    (tmp_path / "keys" / "custodian.key").chmod(0o640)
    with pytest.raises(KeyFileTooOpen):
        _ = KeyFiles(tmp_path / "keys").signer


def test_a_key_made_here_is_fit_and_signs(tmp_path):
    files = KeyFiles(tmp_path / "keys")
    files.make()
    made = files.keep_bond("x", blindkeys.new_private())
    blindkeys.check_public(made.public)
    assert KeyFiles(tmp_path / "keys").bond("x") == made


def test_keys_of_this_quarter_and_the_next_exist_and_two_issue_in_the_first_month():
    asked = wanted(NOON)
    assert {epoch for _, epoch, _ in asked} == {"2026Q4", "2027Q1"}
    assert len(asked) == 18
    assert (0, EPOCH, REFUND) not in asked
    assert (0, EPOCH, BID) in asked
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert {epoch for _, epoch, _ in wanted(new_year)} == {"2027Q1", "2027Q2"}
    just_before = wanted(new_year - timedelta(microseconds=1))
    assert {epoch for _, epoch, _ in just_before} == {"2026Q4", "2027Q1"}


def test_both_quarters_keys_issue_in_the_first_month(cast):
    keys = [key for key in cast.office.read(published_keys) if key.purpose == BID]
    for at in (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), datetime(2027, 1, 30, 15, tzinfo=UTC)):
        for key in keys:
            check_issuing(key, at)


def test_missing_keys_are_made_once_and_a_key_left_on_the_disk_is_taken_up(cast, monkeypatch):
    made = []
    left = blindkeys.new_private()

    def make():
        made.append(1)
        return left

    asked = [(500_000, EPOCH, BID)]
    monkeypatch.setattr("bidding.custodian.commands.bondkeys.wanted", lambda _: asked)
    cast.files.keep_bond(bond_name(*asked[0]), left)  # … and the process was killed
    assert make_keys(cast.office, cast.files, make) == 1
    assert made == []
    assert make_keys(cast.office, cast.files, make) == 0

    def key(session):
        return session.get(BondKeyRow, asked[0]) is not None

    assert cast.office.read(key)


def test_a_beat_does_everything_and_one_failing_step_holds_up_no_other(cast, monkeypatch):
    monkeypatch.setattr("bidding.custodian.ticks.make_keys", lambda *_: 1 // 0)
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    cast.clock.at = NOON + timedelta(days=60)
    cast.program.beat.once()
    cast.program.beat.once()
    assert cast.state(wallet) == "EXPIRED"
    assert cast.office.read(lambda s: s.scalars(select(Report.epoch)).all()) == [EPOCH]


def test_holders_are_entered_from_a_file_and_again_without_harm(cast):
    said = [
        {
            "uscc": cast.a.uscc,
            "name": "甲公司",
            "password": "another long password",
            "accounts": [
                {"number": "80000000000001", "name": "甲公司", "bank": "某银行", "basic": True}
            ],
            "balance": 5,
        }
    ]
    for _ in range(2):
        handed.enter_holders(cast.office, CHEAP, io.StringIO(json.dumps(said)))
    client = cast.client()
    old = client.post("/sign-in", json={"uscc": cast.a.uscc, "password": PASSWORD})
    assert old.status_code == 401
    new = {"uscc": cast.a.uscc, "password": "another long password"}
    assert client.post("/sign-in", json=new).status_code == 200


def test_a_bank_without_a_line_is_worked_by_files(cast):
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    credit = {
        "serial": "1",
        "from_account": cast.a.account,
        "from_name": "甲公司",
        "from_bank": "某银行",
        "amount": BOND,
        "remark": wallet.code,
        "credited_at": stamp(NOON),
    }
    stray = {**credit, "serial": "2", "amount": 700, "remark": ""}
    text = "\n".join(json.dumps(item) for item in (credit, stray))
    for _ in range(2):
        booked = list(handed.book_statement(cast.office, cast.files, io.StringIO(text)))
        assert booked == [("1", "deposit"), ("2", "no-order")]
    (order,) = handed.payment_orders(cast.office)
    assert (order["to_account"], order["amount"], order["source"]) == (
        cast.a.account,
        700,
        "bonds",
    )
    done = json.dumps({"number": order["number"], "serial": "B1"})
    for _ in range(2):
        assert handed.confirm_payments(cast.office, io.StringIO(done)) == 1
    assert list(handed.payment_orders(cast.office)) == []


def typed_files(folder, cast):
    """What an operator hands over: who holds accounts, and one credit that was noticed."""
    holders = folder / "holders.json"
    holders.write_text(
        json.dumps(
            [
                {
                    "uscc": cast.a.uscc,
                    "name": "甲公司",
                    "password": PASSWORD,
                    "accounts": [
                        {"number": "1", "name": "甲公司", "bank": "某银行", "basic": True}
                    ],
                }
            ]
        )
    )
    notices = folder / "notices"
    notices.write_text(
        json.dumps(
            {
                "serial": "1",
                "from_account": "1",
                "from_name": "甲公司",
                "from_bank": "某银行",
                "amount": 3,
                "remark": "",
                "credited_at": stamp(NOON),
            }
        )
    )
    return holders, notices


def test_the_command_line_from_nothing_to_an_audit(
    empty_database_url, tmp_path, monkeypatch, capsys, cast
):
    """`migrate`, `seed`, `book`, `orders`, `audit`, as an operator types them."""
    monkeypatch.setattr(program, "make_keys", lambda *_: 0)
    settings = ENVIRONMENT | {
        "CUSTODIAN_MODE": "test",
        "CUSTODIAN_DATABASE_URL": empty_database_url,
        "CUSTODIAN_KEYS": str(tmp_path / "other"),
        "CUSTODIAN_TRUST": str(cast.settings.trust_file),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    holders, notices = typed_files(tmp_path, cast)
    assert program.main(["migrate"]) == 0
    assert program.main(["keys"]) == 0
    assert program.main(["seed", str(holders)]) == 0
    assert program.main(["book", str(notices)]) == 0
    assert program.main(["orders"]) == 0
    assert program.main(["audit"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1] == "1 no-order"
    assert json.loads(said[2])["amount"] == 3
    assert cast.office.read(disagreements) == []
