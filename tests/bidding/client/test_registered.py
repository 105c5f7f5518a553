"""A manifest counts as the one in the record, its officers vouched for by others (C3, H10)."""

from dataclasses import replace
from pathlib import Path

import pytest

from bidding.client.record import Record
from bidding.client.registered import issuing_key, terms
from bidding.client.wire import anonymous_line
from market.kernel.errors import MarketError
from market.protocol.amendments import Amendment, Effect
from market.protocol.encoding import b64u, stamp, structure
from market.protocol.keyring import keys_data
from market.protocol.signing import public_bytes
from market.protocol.trust import Organisation, Trust
from tests.bidding.client.hosts import LogHost, serving
from tests.support.log_cast import NOON, ORIGIN, Log, make_trust, public, seconds
from tests.support.protocol_cast import (
    BOND,
    DEADLINE,
    OFFICES,
    TENDER,
    bond_key,
    manifest,
    secret,
    signer,
)

WITNESS = OFFICES[4]


def trust(*, pinned: bool = True) -> Trust:
    held = Organisation(
        WITNESS[2], WITNESS[1], "witness", public_bytes(signer("organisation/witness"))
    )
    return replace(make_trust(), organisations=(held,) if pinned else ())


def notice(**changes):
    values = {
        "tender": TENDER,
        "owner": OFFICES[0][2],
        "agent": OFFICES[1][2],
        "manifest_hash": b64u(manifest().hash),
        "deadline": stamp(DEADLINE),
        "ceiling": 1,
    }
    return structure("tender-notice", **{**values, **changes})


def make_log(*, revoked: str = "") -> Log:
    log = Log()
    log.append(
        "keys", NOON, "journal", keys_data(ORIGIN, {n: public(n) for n in ("log", "receipt")})
    )
    log.append("bond-key", NOON, "custodian", bond_key().to_json())
    for role, name, uscc in OFFICES:
        key = b64u(public_bytes(signer(f"organisation/{role}")))
        data = {"act": "registered", "uscc": uscc, "name": name, "key": key}
        log.append("organisation-key", NOON, f"organisation-key/{role}", data)
        if role == revoked:
            gone = {**data, "act": "revoked"}
            log.append("organisation-key", NOON, f"organisation-key/{role}", gone)
    log.append("manifest", seconds(1), TENDER, manifest().to_json())
    log.append("notice", seconds(2), TENDER, notice())
    return log


def known(log: Log, folder: Path) -> Record:
    with serving(LogHost(log)) as address:
        made = Record(anonymous_line(address), make_trust(), folder)
        made.follow(0)
    return made


def code(log: Log, folder: Path, held: Trust | None = None) -> str:
    with pytest.raises(MarketError) as no:
        terms(known(log, folder), held or trust(), TENDER)
    return no.value.code


def test_the_terms_are_those_of_the_record(tmp_path: Path) -> None:
    found = terms(known(make_log(), tmp_path), trust(), TENDER)
    assert (found.manifest, found.amendment, found.deadline) == (manifest(), 0, DEADLINE)


def test_a_tender_without_notice_or_manifest_is_not_sealed_for(tmp_path: Path) -> None:
    log = make_log()
    log.entries.pop()
    assert code(log, tmp_path) == "not-in-record"
    bare = make_log()
    del bare.entries[-2]
    assert code(bare, tmp_path / "2") == "not-in-record"


def test_two_manifests_of_one_tender_are_refused(tmp_path: Path) -> None:
    log = make_log()
    log.append("manifest", seconds(3), TENDER, replace(manifest(), k=4).to_json())
    assert code(log, tmp_path) == "two-manifests"


def test_a_notice_of_another_manifest_is_refused(tmp_path: Path) -> None:
    log = make_log()
    log.entries.pop()
    log.append("notice", seconds(2), TENDER, notice(manifest_hash=b64u(secret("other"))))
    assert code(log, tmp_path) == "manifest-differs"


def test_c3_officers_without_a_pinned_outsider_or_with_unproved_keys_are_refused(
    tmp_path: Path,
) -> None:
    assert code(make_log(), tmp_path, trust(pinned=False)) == "no-outside-organisation"
    revoked = make_log(revoked="notary")
    assert code(revoked, tmp_path / "2") == "unknown-organisation-key"


def test_c1_a_sealing_key_seen_in_another_tender_is_refused(tmp_path: Path) -> None:
    log = make_log()
    seen = {"recipients": [manifest().recipients[2]]}
    log.append("rehearsal", seconds(3), "ZC-2026-000999", seen)
    assert code(log, tmp_path) == "recipient-reused"
    own = make_log()
    own.append("rehearsal", seconds(3), TENDER, {"recipients": list(manifest().recipients)})
    assert terms(known(own, tmp_path / "2"), trust(), TENDER).manifest == manifest()


def test_an_amendment_moves_version_and_deadline(tmp_path: Path) -> None:
    log, later = make_log(), DEADLINE.replace(day=5, month=12)
    made = Amendment(TENDER, 1, Effect.REQUIRES_NEW, secret("text"), manifest().hash, later)
    log.append("amendment", seconds(3), TENDER, made.to_json())
    found = terms(known(log, tmp_path), trust(), TENDER)
    assert (found.amendment, found.deadline) == (1, later)
    log.append("amendment", seconds(4), TENDER, replace(made, version=3).to_json())
    assert code(log, tmp_path / "2") == "bad-amendment"


def test_only_a_key_that_issues_by_the_records_time_is_used(tmp_path: Path) -> None:
    log = make_log()
    assert issuing_key(known(log, tmp_path), BOND) == bond_key()
    log.append("notice", bond_key().windows.issue_until, "ZC-9", {"any": 1})
    with pytest.raises(MarketError) as no:
        issuing_key(known(log, tmp_path / "2"), BOND)
    assert no.value.code == "no-issuing-key"
