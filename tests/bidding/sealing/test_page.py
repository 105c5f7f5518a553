"""The sealing page as a file and as an answer: one set of bytes, named by its hash, journaled."""

import gzip
import hashlib
import json
import re
from base64 import b64encode
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from bidding.sealing.feature import FEATURE, publish
from bidding.sealing.page import FOLDER, sealing_page
from bidding.sealing.releases import PublishPage, is_published, publish_page
from market.command import HOUSE
from market.factory import create_anonymous_app
from market.protocol.encoding import b64u
from tests.support.log_cast import make_trust
from tests.support.offices import TestOffice, make_office

ABOUT = json.loads((FOLDER / "sealing.json").read_text("utf-8"))
BROWSER = Path(__file__).parents[3] / "browser"
FIRST_LOAD = 100 * 1024
STRAIGHT = str.maketrans("“”", '""')


@pytest.fixture
def known(engine: Engine, tmp_path: Path) -> TestOffice:
    """An office with a trust file."""
    made = make_office(engine)
    trust = tmp_path / "trust.json"
    trust.write_bytes(make_trust().write())
    return replace(made, settings=replace(made.settings, trust_file=trust))


def client_of(known: TestOffice, mode: str) -> FlaskClient:
    """Somebody at the anonymous host of an exchange in this mode."""
    settings = replace(known.settings, mode=mode)
    return create_anonymous_app(settings, [FEATURE], office=known.office).test_client()


@pytest.fixture
def client(known: TestOffice) -> FlaskClient:
    """Somebody at the anonymous host."""
    return client_of(known, "production")


def source(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_file_is_the_one_that_was_built_from_these_sources() -> None:
    assert hashlib.sha256((FOLDER / "sealing.html").read_bytes()).hexdigest() == ABOUT["sha256"]
    lines = [
        f"{hashlib.sha256((BROWSER / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ABOUT["sources"]
    ]
    built = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert built == ABOUT["sources_sha256"], "run node build_sealing_page.js in browser/"
    assert "src/sealing_page/main.js" in ABOUT["sources"]


def test_the_policy_in_the_file_names_its_own_script_and_style() -> None:
    text = (FOLDER / "sealing.html").read_text("utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert source(script) == ABOUT["script_source"]
    assert source(style) == ABOUT["style_source"]
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert source(script) in policy
    assert "unsafe" not in policy
    assert "src=" not in text.replace(script, "")  # nothing is fetched to show the page


def test_the_file_alone_names_whose_work_it_contains_with_every_licence() -> None:
    text, notice = sealing_page().raw.decode(), (BROWSER.parent / "NOTICE").read_text("utf-8")
    (banner,) = re.findall(r"<script>/\*!\n(.*?)\*/", text, re.DOTALL)
    folded = " ".join(banner.split())
    asked = json.loads((BROWSER / "package.json").read_text("utf-8"))["dependencies"]
    packages = json.loads((BROWSER / "package-lock.json").read_text("utf-8"))["packages"]
    found = {part["name"]: part["version"] for part in ABOUT["parts"]}
    assert asked.items() <= found.items()
    assert found == {name: packages[f"node_modules/{name}"]["version"] for name in found}
    for part in ABOUT["parts"]:
        line = f"{part['name']} {part['version']}: {part['licence']}\n"
        assert line in banner
        assert line in notice
    licences = BROWSER.parent / "market" / "web" / "static" / "vendor" / "licences.txt"
    assert "NOTICE" in banner
    assert "market/web/static/vendor/licences.txt" in banner
    held = licences.read_text("utf-8")
    permissions = re.findall(r"Permission is hereby.*?THE\s+SOFTWARE\.\n", held, re.DOTALL)
    # The parts' texts differ in line breaks and quotation marks alone.
    (permission,) = {" ".join(one.split()).translate(STRAIGHT) for one in permissions}
    assert permission in folded.translate(STRAIGHT)
    holders = re.findall(r"^Copyright \([cC]\) .*$", held, re.MULTILINE)
    assert len(holders) >= 5
    for holder in holders:
        assert holder in banner


def test_the_page_is_small_enough_for_one_load() -> None:
    assert 10_000 < len(gzip.compress(sealing_page().raw, 9)) <= FIRST_LOAD


def test_everybody_gets_the_same_bytes(client: FlaskClient) -> None:
    plain = client.get("/seal")
    assert plain.status_code == HTTPStatus.OK
    assert plain.data == sealing_page().raw
    squeezed = client.get(
        "/seal?no=ZC-1", headers={"Accept-Encoding": "gzip", "Accept-Language": "en"}
    )
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed.data) == plain.data
    assert "Set-Cookie" not in plain.headers


def test_the_page_may_run_its_script_and_speak_to_two_hosts(client: FlaskClient) -> None:
    policy = client.get("/seal").headers["Content-Security-Policy"]
    assert f"script-src {ABOUT['script_source']};" in policy
    assert "unsafe" not in policy
    assert "connect-src 'self' http://127.0.0.1:1;" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_page_that_is_kept_is_not_sent_again(client: FlaskClient) -> None:
    mark = client.get("/seal").headers["ETag"]
    again = client.get("/seal", headers={"If-None-Match": mark})
    assert again.status_code == HTTPStatus.NOT_MODIFIED
    assert again.data == b""
    other = client.get("/seal", headers={"If-None-Match": '"another"'})
    assert other.status_code == HTTPStatus.OK


def test_whoever_says_who_he_is_gets_no_page(client: FlaskClient) -> None:
    client.set_cookie("session", "known")
    refused = client.get("/seal")
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert b"<script>" not in refused.data


def test_production_hands_out_no_trust_file(client: FlaskClient, known: TestOffice) -> None:
    told = client.get("/seal/deployment.json").get_json()
    assert told == {"bank": None, "custodian": "http://127.0.0.1:1", "trust": None}
    demo = client_of(known, "demo").get("/seal/deployment.json").get_json()
    assert demo["trust"]["type"] == "yg/trust/v1"
    assert demo["bank"] == "http://127.0.0.1:1/bank/counter"


def test_the_page_is_journaled_once(known: TestOffice) -> None:
    held = sealing_page().hash
    assert not known.office.read(lambda session: is_published(session, held))
    assert publish(known.office, known.settings) == 1
    assert known.office.read(lambda session: is_published(session, held))
    assert publish(known.office, known.settings) == 0
    assert known.office.run(publish_page, PublishPage(held), HOUSE) is False


def test_another_page_than_the_one_that_is_served_is_never_journaled(known: TestOffice) -> None:
    with pytest.raises(ValueError, match="only the page"):
        known.office.run(publish_page, PublishPage(bytes(32)), HOUSE)
    assert b64u(bytes(32)) not in ABOUT["sha256"]
