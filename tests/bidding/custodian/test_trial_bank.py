"""The trial bank: e-banking and the counter; money runs full circle; production has none of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import inspect

from bidding.custodian.app import build, create_app
from bidding.custodian.commands.payments import due_payments, pay_due
from bidding.custodian.ledger import Account, balances
from bidding.custodian.trialbank.commands import deliver
from bidding.custodian.trialbank.model import BankAccount
from market.accounts.proofs import read_account_proof
from market.kernel.money import Money
from market.protocol.settlements import Order, Settlement
from market.protocol.signing import check_signature, public_bytes
from tests.bidding.custodian.cast import (
    BOND,
    CHEAP,
    NOON,
    OWN_FUNDS,
    PASSWORD,
    day,
    link_of,
)


@pytest.fixture
def client(cast):
    return cast.client()


def banking(client, account, password=PASSWORD):
    said = client.post("/bank/sign-in", json={"account": account, "password": password})
    return {"Authorization": f"Bearer {said.json.get('token')}"}


def send(client, cast, remark, *, fen=BOND, account=None, key=None, headers=None):
    payer = account or cast.a.account
    body = {
        "from_account": payer,
        "to": cast.settings.house.account,
        "amount": fen,
        "remark": remark,
    }
    given = headers or banking(client, payer)
    if key:
        given = {**given, "Idempotency-Key": key}
    return client.post("/bank/transfers", json=body, headers=given)


def balance(cast, number):
    return cast.office.read(lambda session: session.get(BankAccount, number).balance)


def books(cast):
    return cast.office.read(balances)


def test_money_runs_full_circle_and_the_bank_agrees_with_the_books(cast, client):
    house = cast.settings.house
    before = balance(cast, cast.a.account)
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    assert send(client, cast, wallet.code).json["custodian"] == "deposit"
    assert balance(cast, house.account) == Money(BOND)
    assert books(cast)[Account.CASH, None] == BOND
    cast.finalize(wallet)
    cast.links("ZC-1", [link_of(wallet)])
    cast.clock.at = NOON + timedelta(days=20)
    cast.settle("ZC-1", [Order(wallet.name, Settlement.RELEASE, day("2026-12-31"), None)])
    assert pay_due(cast.office, cast.program.bank) == 2
    assert pay_due(cast.office, cast.program.bank) == 0
    assert balance(cast, house.account) == Money(0)
    assert balance(cast, cast.a.account) == before + Money(139)
    assert balance(cast, house.own_account) == OWN_FUNDS - Money(139)
    assert books(cast)[Account.CASH, None] == 0


def test_a_payment_ordered_again_after_a_crash_is_paid_once(cast, client):
    send(client, cast, "", fen=700)
    before = balance(cast, cast.a.account)
    (order,) = [item for _, item in cast.office.read(_due(cast))]
    first = cast.program.bank.pay(order)  # … and the process is killed before it writes it down
    assert cast.program.bank.pay(order) == first
    assert pay_due(cast.office, cast.program.bank) == 1
    assert balance(cast, cast.a.account) == before + Money(700)


def test_misdirected_money_comes_back_and_so_never_runs_in_circles(cast, client):
    before = balance(cast, cast.a.account)
    assert send(client, cast, "nothing", fen=123).json["custodian"] == "no-order"
    pay_due(cast.office, cast.program.bank)
    assert balance(cast, cast.a.account) == before
    assert deliver(cast.office, cast.settings.house, cast.files) == {}


def test_the_same_transfer_again_moves_nothing(cast, client):
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    first = send(client, cast, wallet.code, key="a transfer")
    again = send(client, cast, wallet.code, key="a transfer")
    assert again.json["serial"] == first.json["serial"]
    assert balance(cast, cast.a.account) == Money(19 * BOND)
    other = send(client, cast, wallet.code, key="a transfer", fen=1)
    assert (other.status_code, other.json["code"]) == (409, "once-differs")


def test_only_the_owner_sends_money_and_no_more_than_there_is(cast, client):
    wrong = send(client, cast, "", headers=banking(client, cast.b.account))
    assert (wrong.status_code, wrong.json["code"]) == (403, "not-your-account")
    much = send(client, cast, "", fen=20 * BOND + 1)
    assert (much.status_code, much.json["code"]) == (409, "no-cover")
    assert send(client, cast, "", headers={"x": "y"}).status_code == 401
    assert (
        client.post(
            "/bank/sign-in", json={"account": cast.a.account, "password": "wrong"}
        ).status_code
        == 401
    )


def test_a_statement_shows_what_moved(cast, client):
    send(client, cast, "hello", fen=5)
    said = client.get("/bank/statements", headers=banking(client, cast.a.account)).json
    assert said["balance"] == 20 * BOND - 5
    assert [(row["amount"], row["remark"]) for row in said["transfers"]] == [(5, "hello")]


def test_one_fen_with_a_code_proves_the_account_as_the_platform_reads_it(cast, client):
    token = client.post("/sign-in", json={"uscc": cast.a.uscc, "password": PASSWORD}).json
    headers = {"Authorization": f"Bearer {token['token']}"}
    asked = {"code": "004217"}
    none = client.post("/account-proofs", json=asked, headers=headers)
    assert (none.status_code, none.json["code"]) == (404, "no-transfer")
    send(client, cast, "004217", fen=2)
    assert client.post("/account-proofs", json=asked, headers=headers).status_code == 404
    assert send(client, cast, "004217", fen=1).json["custodian"] == "proof"
    said = client.post("/account-proofs", json=asked, headers=headers)
    check_signature(said.json, public_bytes(cast.files.signer))
    proof = read_account_proof(said.json)
    assert (proof.uscc, proof.holder, proof.remark) == (cast.a.uscc, "甲公司", "004217")
    assert (proof.basic, proof.amount, proof.tail) == (True, 1, "0001")
    assert client.post("/account-proofs", json=asked, headers=headers).data == said.data
    other = client.post("/sign-in", json={"uscc": cast.b.uscc, "password": PASSWORD}).json
    stranger = {"Authorization": f"Bearer {other['token']}"}
    assert client.post("/account-proofs", json=asked, headers=stranger).status_code == 404
    pay_due(cast.office, cast.program.bank)
    assert balance(cast, cast.a.account) == Money(20 * BOND)


def counter(client, cast, **form):
    sound = {"from_account": cast.a.account, "amount": "50000.00", "how": "once"}
    sound["language"] = "en"
    return client.post("/bank/counter", data={**sound, **form})


def test_the_counter_plays_the_house_bank(cast, client):
    first, second, third = (cast.wallet(cast.a) for _ in range(3))
    for wallet in (first, second, third):
        cast.order(wallet)
    twice = counter(client, cast, remark=first.code, how="told-twice").text
    assert twice.count("Booked as a deposit") == 2
    again = counter(client, cast, remark=second.code, how="paid-twice").text
    assert "Booked as a deposit" in again
    assert "paid before" in again
    late = counter(client, cast, remark=third.code, credited_at="2026-11-27T12:00:01").text
    assert "had lapsed" in late
    stranger = counter(client, cast, remark=third.code, from_account="6666666666").text
    assert "registered basic account" in stranger
    cents = counter(client, cast, remark=third.code, amount="49999.99").text
    assert "not that of the order" in cents
    assert "Booked as a deposit" in counter(client, cast, remark=third.code).text


def test_every_page_says_that_the_bank_is_a_trial_in_both_languages(client):
    page = client.get("/bank/counter").text
    assert page.count("TRIAL BANK") >= 2
    assert "试验银行" in page
    refused = client.post("/bank/counter", data={"from_account": "x"})
    assert refused.status_code == 422
    assert "TRIAL BANK" in refused.text


def test_the_counter_speaks_the_language_that_is_asked_for(client):
    for asked, language in (({}, "zh-CN"), ({"Accept-Language": "en-GB"}, "en")):
        page = client.get("/bank/counter", headers=asked).text
        assert f'<html lang="{language}">' in page
    chosen = client.get("/bank/counter?language=zh", headers={"Accept-Language": "en"}).text
    assert "付款账号" in chosen
    assert "Paying account" not in chosen


def test_the_form_holds_what_the_payment_order_brings_and_knows_the_accounts(cast, client):
    page = client.get("/bank/counter?amount=50000.00&remark=123456").text
    assert 'name="amount" required inputmode="decimal" maxlength="30" value="50000.00"' in page
    assert 'value="123456"' in page
    assert f'<option value="{cast.a.account}">' in page


def test_the_counter_loads_its_look_and_nothing_else(client):
    page = client.get("/bank/counter")
    assert "style-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    look = client.get("/bank/counter.css")
    assert look.content_type.startswith("text/css")
    assert "url(" not in look.text


def test_what_is_typed_at_the_counter_is_shown_as_text(cast, client):
    page = counter(client, cast, remark="<script>x</script>").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_production_has_neither_pages_nor_tables_of_the_trial_bank(cast, databases):
    with databases.fresh("custodian") as url:
        settings = replace(cast.settings, mode="production", database_url=url)
        program = build(settings, cast.clock, CHEAP)
        program.files.make()
        client = create_app(program).test_client()
        for method, address in (
            ("GET", "/bank/counter"),
            ("POST", "/bank/counter"),
            ("POST", "/bank/transfers"),
            ("POST", "/bank/sign-in"),
            ("GET", "/bank/statements"),
        ):
            assert client.open(address, method=method).status_code == 404
        assert client.get("/keys").status_code == 200
        assert "trial_bank" not in inspect(program.engine).get_schema_names()
        assert program.bank is None
        assert program.beat.deliver is None
        program.engine.dispose()
    assert "trial_bank" in inspect(cast.program.engine).get_schema_names()  # where it belongs


def _due(cast):
    def look(session):
        return due_payments(session, cast.clock.now())

    return look
