"""Anybody checks files in a real browser: what holds, what is not proved, what does not hold."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import create_engine
from werkzeug.serving import make_server

from market.factory import create_app
from market.proofs.feature import FEATURE
from market.protocol.encoding import JsonObject, canonical, parse
from tests.support.draw_cast import DrawScene, carry_out, json_of, with_pool
from tests.support.draw_journaling import journal_of
from tests.support.followed_bid import ACT, Bid
from tests.support.log_cast import make_trust, private, seconds
from tests.support.offices import make_office, settings_for
from tests.support.verifier import notices

DROP_BESIDE = """
([text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], "draw.json"));
  const dropped = (name) =>
    new DragEvent(name, { dataTransfer: carried, bubbles: true, cancelable: true });
  for (const name of ["dragover", "drop"]) {
    if (document.querySelector("h1").dispatchEvent(dropped(name))) {
      throw new Error(`the browser would open the file: ${name}`);
    }
  }
}
"""


def host(folder: Path, mode: str = "test") -> Flask:
    """The platform's host with this room alone; it asks neither database nor Redis."""
    office = make_office(create_engine("postgresql+psycopg://nobody@localhost:1/none")).office
    origin = "demo/journal" if mode == "demo" else "test/journal"
    settings = replace(settings_for(folder), mode=mode, origin=origin)
    return create_app(settings, (FEATURE,), office=office)


@pytest.fixture
def page(chromium: str, tmp_path: Path) -> Iterator[Page]:
    """The page in Chromium; whatever its script or our own policy complains of fails the test."""
    server = make_server("127.0.0.1", 0, host(tmp_path), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_context(locale="en-US").new_page()
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        # until nothing is under way: a page's icon comes after all else
        opened.goto(f"http://127.0.0.1:{server.server_port}/verify", wait_until="networkidle")
        yield opened
        browser.close()
    server.shutdown()
    thread.join()
    server.server_close()
    assert said == []


def choose(page: Page, **files: bytes | JsonObject) -> str:
    """Choose files to check; what the page says of them."""
    page.set_input_files(
        "#trust",
        {"name": "trust.json", "mimeType": "application/json", "buffer": make_trust().write()},
    )
    page.set_input_files(
        "#files",
        [
            {
                "name": name,
                "mimeType": "application/octet-stream",
                "buffer": held if isinstance(held, bytes) else canonical(held),
            }
            for name, held in files.items()
        ],
    )
    page.wait_for_selector("[data-results] .verdict")
    return page.inner_text("[data-said]")


def files_of(bid: Bid) -> dict[str, bytes | JsonObject]:
    """Everything the bidder of an act holds."""
    return {"receipt": bid.receipt.sign(private("receipt")), **bid.files()}


def draw_file() -> JsonObject:
    """The file of a draw with its pool shown."""
    scene = DrawScene()
    made = with_pool(scene, carry_out(scene))
    return json_of(made, journal_of(made)[0])


@pytest.mark.browser
def test_a_receipt_is_followed_to_the_closing_list_without_anything_being_sent(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    said = choose(page, **files_of(Bid()))
    assert "1 checked, everything holds" in said
    assert "The receipt is for exactly this act" in said
    assert "and must be opened" in said
    assert asked == []


@pytest.mark.browser
def test_a_receipt_alone_says_what_it_does_not_prove(page: Page) -> None:
    said = choose(page, receipt=Bid().receipt.sign(private("receipt")))
    assert "The platform signed the receipt" in said
    assert "Not proved The act was not given" in said


@pytest.mark.browser
def test_a_receipt_as_the_sealing_page_keeps_it_is_one_file(page: Page) -> None:
    bid = Bid()
    receipt = bid.receipt.sign(private("receipt"))
    kept = {"receipt": receipt, "act": parse(ACT), "redemption": bid.redemption, "facts": {}}
    said = choose(page, kept=kept)
    assert "1 checked, everything holds" in said
    assert "The receipt is for exactly this act" in said
    assert "within the promise" in said


@pytest.mark.browser
def test_a_receipt_for_another_act_or_by_another_key_does_not_hold(page: Page) -> None:
    bid = Bid()
    other = ACT.replace(b'"amendment":0', b'"amendment":1')
    assert "receipt-differs" in choose(page, **{**files_of(bid), "act": other})
    forged = bid.receipt.sign(private("somebody"))
    assert "bad-signature" in choose(page, **{**files_of(bid), "receipt": forged})


@pytest.mark.browser
def test_a_draw_is_run_again_and_one_with_another_result_does_not_hold(page: Page) -> None:
    file = draw_file()
    said = choose(page, draw=file)
    assert "was run again" in said
    assert "Not proved" in said
    result = dict(file["result"])  # type: ignore[call-overload]  # the member is an object
    first = dict(result["seats"][0])
    first["leaves"] = first["leaves"][::-1]
    changed = {**file, "result": {**result, "seats": [first, *result["seats"][1:]]}}
    assert "wrong-result" in choose(page, draw=changed)


@pytest.mark.browser
def test_proofs_of_an_entry_and_of_growth_hold_and_a_flipped_bit_does_not(page: Page) -> None:
    log = notices(5)
    proof = log.inclusion(3, at=seconds(60))
    assert "Entry 3 of the log" in choose(page, proof=proof)
    raw = bytearray(canonical(proof))
    at = raw.index(b'"number":3') + len(b'"number":')
    raw[at] ^= 1
    assert "Does not hold" in choose(page, proof=bytes(raw))


@pytest.mark.browser
def test_what_is_no_proof_file_is_told_so(page: Page) -> None:
    assert "no proof file of the exchange" in choose(page, letter=b"Dear sirs")
    assert "market.verify case-file" in choose(page, case=b"PK\x03\x04" + bytes(40))
    assert "malformed" in choose(page, broken=b'{"type":')


@pytest.mark.browser
def test_what_is_not_checked_here_is_not_said_to_be_false(page: Page) -> None:
    whole = choose(page, case=b"PK\x03\x04" + bytes(40), trust=make_trust().write())
    assert "Does not hold" not in whole
    assert whole.count("Not checked here") == 2
    assert "Nothing here can be checked on this page" in whole
    both = choose(page, case=b"PK\x03\x04" + bytes(40), draw=draw_file(), broken=b'{"type":')
    assert "2 checked, 1 of them not holding; 1 cannot be checked here" in both


@pytest.mark.browser
def test_a_moment_is_said_on_the_clocks_of_beijing(page: Page) -> None:
    said = choose(page, receipt=Bid().receipt.sign(private("receipt")))
    assert "(UTC+8)" in said
    assert "Z," not in said


@pytest.mark.browser
def test_a_file_dropped_beside_the_field_is_checked_and_does_not_open_in_place_of_the_page(
    page: Page,
) -> None:
    at = page.url
    page.evaluate(DROP_BESIDE, [canonical(draw_file()).decode()])
    page.wait_for_selector("[data-results] .note")
    assert "Choose a trust file first." in page.inner_text("[data-said]")
    choose(page, draw=draw_file())
    assert page.url == at
    assert page.input_value("#files") == "", "the same file can be chosen again once it is mended"


def test_only_a_demonstration_hands_out_a_trust_file(tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_bytes(make_trust().write())
    demo, real = host(tmp_path, "demo").test_client(), host(tmp_path).test_client()
    assert demo.get("/verify/trust.json").data == make_trust().write()
    assert real.get("/verify/trust.json").status_code == 404
    assert "data-use-demo" in demo.get("/verify").text
    assert "data-use-demo" not in real.get("/verify").text
