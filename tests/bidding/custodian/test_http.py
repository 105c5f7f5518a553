"""The custodian over HTTP: who may call what, and that programs of the platform get on with it."""

import threading
from datetime import timedelta

import pytest
from werkzeug.serving import make_server

from bidding.bonds.custodian import Custodian as CalledByPlatform
from bidding.custodian.app import create_app
from bidding.custodian.commands.holders import BY_NAME_AND_PLACE
from bidding.custodian.ledger import disagreements
from market.protocol.bondkeys import read_custodian_keys
from market.protocol.encoding import b64u
from market.protocol.settlements import Order, Settlement
from market.protocol.signing import public_bytes
from market.protocol.surrender import refund_request
from tests.bidding.custodian.cast import (
    BOND,
    EPOCH,
    NOON,
    PASSWORD,
    PLATFORM,
    day,
    link_of,
)


def token_of(client, uscc, password=PASSWORD):
    return client.post("/sign-in", json={"uscc": uscc, "password": password})


@pytest.fixture
def client(cast):
    return cast.client()


@pytest.fixture
def signed_in(cast, client):
    token = token_of(client, cast.a.uscc).json["token"]
    return {"Authorization": f"Bearer {token}"}


def order(client, wallet, headers):
    body = {
        "denomination": wallet.denomination,
        "epoch": EPOCH,
        "blinded": b64u(wallet.blinding.blinded),
    }
    return client.post("/deposits", json=body, headers=headers)


def test_the_keys_are_signed_and_the_same_for_everybody(cast, client, signed_in):
    said = client.get("/keys")
    ring = read_custodian_keys(said.json, public_bytes(cast.files.signer))
    assert len(ring.all()) == 3
    assert client.get("/keys", headers=signed_in).data == said.data
    assert said.json["signing_key"] == b64u(public_bytes(cast.files.signer))


def test_from_the_order_to_the_token_over_http(cast, client, signed_in):
    wallet = cast.wallet(cast.a)
    first = order(client, wallet, signed_in)
    assert first.status_code == 200
    told = first.json
    assert (told["state"], told["amount"], told["code"]) == ("AWAITED", BOND, wallet.code)
    assert (told["blind_signature"], told["receipt"], told["returned"]) == (None, None, [])
    assert told["pay_to"]["account"] == cast.settings.house.account
    assert order(client, wallet, signed_in).data == first.data
    assert cast.credit(wallet.code, cast.a.account, fen=BOND - 1) == "another-amount"
    address = f"/deposits/{told['reference']}"
    back = client.get(address, headers=signed_in).json["returned"]
    assert [(item["amount"], item["reason"]) for item in back] == [(BOND - 1, "another-amount")]
    cast.credit(wallet.code, cast.a.account)
    paid = client.get(address, headers=signed_in).json
    assert paid["state"] == "PAID"
    assert paid["blind_signature"] == b64u(cast.signature(wallet))
    listed = client.get("/deposits", headers=signed_in).json["items"]
    assert [(item["reference"], item["blind_signature"]) for item in listed] == [
        (told["reference"], None)
    ]


def test_an_order_is_lapsed_the_moment_it_is_beat_or_no_beat(cast, client, signed_in):
    wallet = cast.wallet(cast.a)
    reference = order(client, wallet, signed_in).json["reference"]
    cast.clock.at = NOON + timedelta(days=3)
    address = f"/deposits/{reference}"
    assert client.get(address, headers=signed_in).json["state"] == "AWAITED"
    cast.clock.at += timedelta(microseconds=1)
    assert client.get(address, headers=signed_in).json["state"] == "EXPIRED"


def test_another_holder_sees_no_deposit_and_gets_no_answer(cast, client, signed_in):
    wallet = cast.deposit(cast.wallet(cast.b))
    for address in (f"/deposits/{b64u(wallet.name)}", f"/deposits/{b64u(wallet.name)}/qr.svg"):
        assert client.get(address, headers=signed_in).status_code == 404
    assert client.get("/deposits", headers=signed_in).json["items"] == []


def test_the_picture_holds_what_to_pay(cast, client, signed_in):
    reference = order(client, cast.wallet(cast.a), signed_in).json["reference"]
    said = client.get(f"/deposits/{reference}/qr.svg", headers=signed_in)
    assert said.mimetype == "image/svg+xml"
    assert said.data.startswith(b"<svg")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nobody"}])
def test_holders_calls_need_a_token(client, headers):
    for method, address in (
        ("POST", "/deposits"),
        ("GET", "/deposits"),
        ("GET", f"/deposits/{b64u(bytes(32))}"),
        ("POST", "/refunds"),
        ("POST", "/account-proofs"),
    ):
        said = client.open(address, method=method, json={}, headers=headers)
        assert (said.status_code, said.json["code"]) == (401, "not-signed-in")


def test_a_wrong_password_and_an_unknown_name_are_told_alike_and_counted(cast, client):
    wrong = token_of(client, cast.a.uscc, "not the password")
    nobody = token_of(client, "91110000802100433B")
    assert (wrong.status_code, wrong.data) == (401, nobody.data)
    for _ in range(BY_NAME_AND_PLACE - 1):
        assert token_of(client, cast.a.uscc, "no").status_code == 401
    shut = token_of(client, cast.a.uscc)
    assert (shut.status_code, shut.json["code"]) == (429, "too-many-attempts")
    assert token_of(client, cast.b.uscc).status_code == 200


def test_the_right_password_counts_anew_and_the_wrong_ones_before_it_do_not_add_up(cast, client):
    for _ in range(3):
        for _ in range(BY_NAME_AND_PLACE - 1):
            assert token_of(client, cast.a.uscc, "no").status_code == 401
        assert token_of(client, cast.a.uscc).status_code == 200


def test_a_refund_over_http_is_answered_alike_twice(cast, client, signed_in):
    (wallet,) = cast.bought(cast.a)
    permit, fresh = cast.permit(wallet)
    plain = {"permit": permit, "blinded": b64u(fresh.blinding.blinded)}
    first = client.post("/refund-tokens", json=plain)
    structured = refund_request(permit, fresh.blinding.blinded)
    assert client.post("/refund-tokens", json=structured).data == first.data
    refund = cast.refund_token(wallet)
    claim = {"claim": cast.claim(refund, wallet.name), "deposit": b64u(wallet.name)}
    said = client.post("/refunds", json=claim, headers=signed_in)
    assert said.json == {"state": "REFUNDED", "paid_on": None}
    assert client.post("/refunds", json=claim, headers=signed_in).data == said.data
    wrong = {**claim, "deposit": b64u(bytes(32))}
    differs = client.post("/refunds", json=wrong, headers=signed_in)
    assert differs.json["code"] == "claim-differs"


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'{"a":1,"a":1}', b'{"a":1.5}', b'{"a":"\\ud800"}', b"\xff", b"[" * 9]
)
def test_bad_bodies_are_refused_and_never_a_fault(client, signed_in, raw):
    for address in (
        "/sign-in",
        "/deposits",
        "/refund-tokens",
        "/refunds",
        "/links",
        "/settlements",
        "/account-proofs",
        "/bank/sign-in",
    ):
        said = client.post(address, data=raw, headers=signed_in)
        assert (said.status_code, said.json["code"]) == (422, "malformed"), address


def test_more_than_the_limit_is_too_large(client, signed_in):
    said = client.post("/deposits", data=b"x" * 70_000, headers=signed_in)
    assert (said.status_code, said.json["code"]) == (413, "too-large")


def test_only_the_platform_and_the_anonymous_host_may_call_from_a_browser(client):
    for origin in ("http://platform.test", "http://anonymous.test"):
        said = client.open("/deposits", method="OPTIONS", headers={"Origin": origin})
        assert said.headers["Access-Control-Allow-Origin"] == origin
        assert "Authorization" in said.headers["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in said.headers
    said = client.get("/keys", headers={"Origin": "http://elsewhere.test"})
    assert "Access-Control-Allow-Origin" not in said.headers
    assert "Origin" in said.headers["Vary"]


def test_no_answer_sets_a_cookie_and_nothing_is_kept_by_caches(client, signed_in):
    said = client.get("/deposits", headers=signed_in)
    assert "Set-Cookie" not in said.headers
    assert said.headers["Cache-Control"] == "no-store"


def test_the_platforms_own_caller_gets_keys_links_and_settlements(cast):
    """Over a real connection, with the program that the platform calls with."""
    (wallet,) = cast.bought(cast.a)
    proof, closing = cast.closing("ZC-1")
    server = make_server("127.0.0.1", 0, create_app(cast.program), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        caller = CalledByPlatform(url, public_bytes(cast.files.signer), PLATFORM)
        assert len(caller.keys()) == 3
        asked = ("ZC-1", proof, closing.hash, [link_of(wallet)])
        (linked,) = caller.links(*asked)
        assert linked.good
        assert caller.links(*asked) == (linked,)
        orders = [Order(linked.h_blinded, Settlement.RELEASE, day("2026-12-31"), None)]
        assert caller.settle("ZC-1", orders) == caller.settle("ZC-1", orders)
        answer = caller.settle("ZC-2", orders)
        assert (answer.settled, [item.code for item in answer.refused]) == (
            (),
            ["deposit-not-linked"],
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert cast.office.read(disagreements) == []
