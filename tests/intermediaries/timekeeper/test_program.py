"""A timekeeper's program: keys for an occasion, released at its time, never before, once."""

import stat
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from intermediaries.timekeeper import __main__ as program
from intermediaries.timekeeper.keyfiles import KeyFiles, KeyFileTooOpen
from intermediaries.timekeeper.settings import MissingSetting, read
from market.protocol import age
from market.protocol.encoding import b64u, canonical, parse
from market.protocol.signing import public_bytes
from market.protocol.timekeeping import (
    FARTHEST_AHEAD,
    make_request,
    make_time_manifest,
    read_keeper,
    read_recipient,
    read_release,
)
from tests.support.log_cast import private
from tests.support.timekeeping_cast import KEEPERS, OCCASION, OPENS_AT, recipient_json

TICK = timedelta(microseconds=1)
PLATFORM = private("platform")
ENVIRONMENT = {
    "TIMEKEEPER_DATABASE_URL": "postgresql://nowhere/none",
    "TIMEKEEPER_KEYS": "keys",
    "TIMEKEEPER_USCC": "91110108551385082Q",
    "TIMEKEEPER_NAME": "清源公益见证中心",
    "PLATFORM_KEY": b64u(public_bytes(PLATFORM)),
}


def manifest_with(raw):
    """The manifest of this timekeeper's recipient and two others'."""
    return make_time_manifest(
        OCCASION, [parse(raw), *(recipient_json(name, held) for name, held in KEEPERS[1:])]
    )


def test_from_the_request_to_the_release(keeper):
    asked = keeper.ask()
    assert asked.status_code == 200
    held = read_recipient(parse(asked.data))
    assert (held.occasion, held.key) == (OCCASION, public_bytes(keeper.program.files.signer))
    manifest = manifest_with(asked.data)
    keeper.clock.at = OPENS_AT
    out = keeper.told("releases")
    found = read_release(parse(out.data), manifest)
    assert (age.recipient_of(found.identity), found.released_at) == (held.recipient, OPENS_AT)


def test_asked_again_it_says_the_same_and_for_another_time_it_has_another_key(keeper):
    first = keeper.ask().data
    assert keeper.ask().data == first
    assert keeper.told("recipients").data == first
    earlier = replace(OCCASION, opens_at=OPENS_AT - timedelta(minutes=30))
    other = read_recipient(parse(keeper.ask(earlier).data))
    assert other.recipient != read_recipient(parse(first)).recipient
    keeper.clock.at = earlier.opens_at
    assert keeper.told("releases", earlier).status_code == 200
    assert keeper.told("releases").status_code == 409


def test_one_microsecond_early_it_gives_nothing_and_at_its_time_it_does(keeper):
    keeper.ask()
    keeper.clock.at = OPENS_AT - TICK
    refused = keeper.told("releases")
    assert (refused.status_code, refused.json["code"]) == (409, "too-early")
    assert keeper.program.release_due() == 0
    keeper.clock.at = OPENS_AT
    assert keeper.told("releases").status_code == 200


def test_a_release_is_made_once_whoever_comes_first_and_however_late(keeper):
    keeper.ask()
    keeper.clock.at = OPENS_AT + timedelta(days=3)
    assert keeper.program.release_due() == 1
    first = keeper.told("releases").data
    keeper.clock.at = OPENS_AT + timedelta(days=400)
    assert keeper.program.release_due() == 0
    assert keeper.told("releases").data == first


def test_one_occasion_that_fails_holds_back_no_other(keeper):
    first, second = OCCASION, replace(OCCASION, round=2)
    third = replace(OCCASION, opens_at=OPENS_AT + timedelta(seconds=1))
    for occasion in (first, second, third):
        keeper.ask(occasion)
    with keeper.program.engine.begin() as connection:
        sealed = "UPDATE occasion SET sealed_identity = '\\x00' WHERE round = 1 AND opens_at = :at"
        connection.execute(text(sealed), {"at": OPENS_AT})
    keeper.clock.at = OPENS_AT + timedelta(seconds=1)
    assert keeper.program.release_due() == 2
    assert keeper.told("releases", second).status_code == 200
    assert keeper.told("releases", third).status_code == 200
    assert keeper.program.release_due() == 0  # the first stays due, and nothing else is done twice


def test_a_clock_set_back_after_the_release_takes_nothing_back(keeper):
    keeper.ask()
    keeper.clock.at = OPENS_AT
    first = keeper.told("releases").data
    keeper.clock.at = OPENS_AT - timedelta(hours=2)
    assert keeper.told("releases").data == first


def test_asked_and_released_by_many_at_once_there_is_one_key_and_one_release(keeper):
    said = list[bytes]()

    def both():
        said.append(keeper.ask().data)

    workers = [threading.Thread(target=both) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(said) == 6
    assert len(set(said)) == 1
    keeper.clock.at = OPENS_AT
    out = list[bytes]()
    workers = [
        threading.Thread(target=lambda: out.append(keeper.told("releases").data)) for _ in range(6)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(set(out)) == 1


@pytest.mark.parametrize(
    ("ahead", "code"),
    [
        (timedelta(), "opens-past"),
        (-TICK, "opens-past"),
        (TICK, None),
        (FARTHEST_AHEAD, None),
        (FARTHEST_AHEAD + TICK, "opens-too-far"),
    ],
)
def test_both_edges_of_how_far_ahead_an_opening_may_lie(keeper, ahead, code):
    said = keeper.ask(replace(OCCASION, opens_at=keeper.clock.at + ahead))
    assert (said.status_code, said.json.get("code")) == (
        (200, None) if code is None else (409, code)
    )


def test_nobody_but_the_platform_asks_for_a_key(keeper):
    refused = keeper.ask(key=private("somebody"))
    assert (refused.status_code, refused.json["code"]) == (422, "bad-signature")
    assert keeper.told("recipients").status_code == 404
    assert keeper.told("releases").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"a":1}' * 2000,
        canonical({**make_request(OCCASION, PLATFORM), "more": 1}),
        canonical({**make_request(OCCASION, PLATFORM), "round": 2**40}),
    ],
)
def test_bad_input_is_refused_with_a_problem_and_no_fault(keeper, body):
    said = keeper.client().post("/recipients", data=body)
    assert said.status_code in {413, 422}
    assert said.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "place",
    [
        "FW-1/1/yesterday",
        "FW-1/0/2026-11-26T02:00:00.000000Z",
        "FW-1/100/2026-11-26T02:00:00.000000Z",
        "FW-1/99999999999999999999/2026-11-26T02:00:00.000000Z",
        "a%00b/1/2026-11-26T02:00:00.000000Z",
        "FW-1/1/9999-12-31T23:59:59.999999Z",
    ],
)
@pytest.mark.parametrize("what", ["recipients", "releases"])
def test_odd_addresses_are_no_fault(keeper, place, what):
    assert keeper.client().get(f"/{what}/{place}").status_code in {404, 422}


def test_it_says_who_it_is_sets_no_cookie_and_every_page_may_read_it(keeper):
    said = keeper.client().get("/timekeeper")
    organisation, key = read_keeper(parse(said.data))
    assert (organisation.uscc, key) == (
        "91110108551385082Q",
        public_bytes(keeper.program.files.signer),
    )
    assert "Set-Cookie" not in said.headers
    assert said.headers["Access-Control-Allow-Origin"] == "*"
    assert keeper.client().get("/healthz").data == b"ok\n"
    assert keeper.client().get("/nowhere").json["code"] == "not-found"


def test_a_copy_of_the_database_opens_nothing_and_with_the_vault_it_does(keeper):
    recipient = read_recipient(parse(keeper.ask().data)).recipient
    with keeper.program.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM occasion")).mappings().one()
    everything = b"".join(value for value in row.values() if isinstance(value, bytes))
    identity = keeper.program.files.unseal(row["sealed_identity"])
    assert age.recipient_of(identity) == recipient
    assert identity.encode() not in everything
    other = KeyFiles(keeper.folder / "others")
    other.make()
    with pytest.raises(Exception, match="sealed-key"):
        other.unseal(row["sealed_identity"])


def test_the_database_itself_refuses_an_early_release(keeper):
    keeper.ask()
    with (
        pytest.raises(Exception, match="never_early"),
        keeper.program.engine.begin() as connection,
    ):
        connection.execute(
            text("UPDATE occasion SET release = '\\x00', released_at = opens_at - interval '1s'")
        )


def test_secrets_are_closed_files_and_are_never_made_anew(tmp_path):
    files = KeyFiles(tmp_path / "keys")
    files.make()
    kept = {path.name: path.read_bytes() for path in (tmp_path / "keys").iterdir()}
    files.make()
    assert {path.name: path.read_bytes() for path in (tmp_path / "keys").iterdir()} == kept
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o640)
    with pytest.raises(KeyFileTooOpen):
        _ = KeyFiles(tmp_path / "keys").signer


def test_every_setting_is_needed_and_malformed_ones_are_no_start():
    assert read(ENVIRONMENT).organisation.uscc == "91110108551385082Q"
    for name in ENVIRONMENT:
        with pytest.raises(MissingSetting, match=name):
            read({key: value for key, value in ENVIRONMENT.items() if key != name})
    for name in ("TIMEKEEPER_USCC", "PLATFORM_KEY"):
        with pytest.raises(MissingSetting, match=name):
            read({**ENVIRONMENT, name: "x"})


def test_the_program_migrates_makes_keys_and_releases(
    empty_database_url, tmp_path, monkeypatch, capsys
):
    settings = ENVIRONMENT | {
        "TIMEKEEPER_DATABASE_URL": empty_database_url,
        "TIMEKEEPER_KEYS": str(tmp_path / "keys"),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert program.main(["migrate"]) == 0
    assert program.main(["keys"]) == 0
    assert program.main(["release"]) == 0
    key, count = capsys.readouterr().out.splitlines()
    assert (len(key), count) == (43, "0")
