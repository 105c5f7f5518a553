"""The record is read whole, rebuilt, refused when it lies; without a witness nothing is used."""

import io
import json
from pathlib import Path

import pytest

from bidding.client.main import main
from bidding.client.profile import RISK
from bidding.client.record import Record
from bidding.client.registered import bond_keys
from bidding.client.wire import anonymous_line
from market.kernel.errors import MarketError
from market.protocol.keyring import keys_data
from tests.bidding.client.hosts import LogHost, serving
from tests.support.log_cast import NOON, ORIGIN, Log, make_trust, public, seconds
from tests.support.protocol_cast import bond_key
from tests.support.protocol_keys import REFUND_KEY


def make_log(extra: int = 0) -> Log:
    log = Log()
    named = {name: public(name) for name in ("log", "receipt", "platform")}
    log.append("keys", NOON, "journal", keys_data(ORIGIN, named))
    log.append("bond-key", NOON, "custodian", bond_key().to_json())
    for number in range(extra):
        log.append("sealed-batch", seconds(number), "journal", {"tick": number})
    return log


def record(address: str, home: Path, **kwargs) -> Record:
    return Record(anonymous_line(address), make_trust(), home, **kwargs)


def refused(made: Record) -> str:
    with pytest.raises(MarketError) as no:
        made.follow(0)
    return no.value.code


def test_the_log_is_followed_over_many_tiles_and_across_restarts(tmp_path: Path) -> None:
    host = LogHost(make_log(600))
    with serving(host) as address:
        made = record(address, tmp_path)
        made.follow(0)
        assert made.size == 602
        assert bond_keys(made).all() == (bond_key(),)
        host.log.append("notice", seconds(700), "ZC-1", {"any": 1})
        asked = len(host.seen)
        again = record(address, tmp_path)
        again.follow(0)
    assert (again.size, again.now) == (603, seconds(700))
    assert [path for _, path, _, _ in host.seen[asked:]] == [
        "/log/checkpoint?",
        "/log/tile/entries/002.p/91?",
    ]
    assert again.platform_keys().current("platform") == public("platform")


def test_a_log_that_changes_what_was_read_is_refused_and_the_evidence_kept(tmp_path: Path) -> None:
    host = LogHost(make_log(3))
    with serving(host) as address:
        record(address, tmp_path).follow(0)
        other = make_log(2)
        other.append("sealed-batch", seconds(2), "journal", {"tick": 99})
        other.append("sealed-batch", seconds(3), "journal", {"tick": 3})
        host.log = other
        assert refused(record(address, tmp_path)) == "not-consistent"
    (kept,) = (tmp_path / "evidence").iterdir()
    assert {path.name for path in kept.iterdir()} == {
        "seen-before.checkpoint",
        "shown-now.checkpoint",
    }


def test_a_changed_log_of_the_same_size_is_refused(tmp_path: Path) -> None:
    host = LogHost(make_log(1))
    with serving(host) as address:
        record(address, tmp_path).follow(0)
        host.log = make_log()
        host.log.append("sealed-batch", seconds(0), "journal", {"tick": 7})
        assert refused(record(address, tmp_path)) == "not-consistent"


def test_a_shorter_log_is_refused(tmp_path: Path) -> None:
    host = LogHost(make_log(3))
    with serving(host) as address:
        record(address, tmp_path).follow(0)
        host.size = 4
        assert refused(record(address, tmp_path)) == "record-behind"


def test_a_second_bond_key_for_one_place_is_refused(tmp_path: Path) -> None:
    log = make_log()
    tagged = type(bond_key())(bond_key().denomination, bond_key().epoch, "bid", REFUND_KEY.public)
    log.append("bond-key", seconds(1), "custodian", tagged.to_json())
    with serving(LogHost(log)) as address:
        made = record(address, tmp_path)
        made.follow(0)
        with pytest.raises(MarketError) as no:
            bond_keys(made)
    assert no.value.code == "two-bond-keys"


def test_a_head_that_no_pinned_witness_signed_is_refused(tmp_path: Path) -> None:
    host = LogHost(make_log())
    host.by = ("stranger",)
    with serving(host) as address:
        assert refused(record(address, tmp_path)) == "not-witnessed"
        assert not (tmp_path / "record.json").exists()
        made = record(address, tmp_path, without_witness=True)
        made.follow(0)
        assert not made.is_witnessed


@pytest.mark.parametrize(
    ("typed", "code"), [(RISK["zh"], "not-in-record"), ("是", "risk-not-accepted")]
)
def test_without_a_witness_only_the_typed_sentence_goes_on(
    tmp_path: Path, typed: str, code: str
) -> None:
    host, trust = LogHost(make_log()), tmp_path / "trust.json"
    host.by = ()
    trust.write_bytes(make_trust().write())
    with serving(host) as address:
        base = ["--home", str(tmp_path / "home"), "--trust", str(trust), "--anonymous", address]
        base += ["--json", "--wait", "0"]
        asked = list[str]()

        def person(question: str) -> str:
            asked.append(question)
            return typed

        out = io.StringIO()
        assert main([*base, "tender", "check", "ZC-1"], out, typed=person, environment={}) == 4
        assert json.loads(out.getvalue())["code"] == "not-witnessed"
        assert asked == []
        out = io.StringIO()
        arguments = [*base, "--accept-risk", "tender", "check", "ZC-1"]
        assert main(arguments, out, typed=person, environment={}) == 1
        assert json.loads(out.getvalue())["code"] == code
        assert asked == [RISK["zh"]]
