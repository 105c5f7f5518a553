"""The scripts that are served stand in the journal, by their hashes, once for each version."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from market.factory import create_app
from market.jobs.sequencer import Sequencer
from market.journal.commands import Place
from market.journal.queries import was_said
from market.proofs import releases
from market.proofs.feature import FEATURE
from market.protocol.encoding import b64u, canonical
from market.protocol.signing import new_key
from market.web.assets import STATIC, names
from tests.support.offices import TestOffice, make_office


@pytest.fixture
def known(engine: Engine) -> TestOffice:
    """An office."""
    return make_office(engine)


def test_every_script_that_is_served_is_named_with_its_hash() -> None:
    named = {one["name"]: one["hash"] for one in releases.said()["files"]}
    served = {name for name in names() if Path(name).suffix in {".js", ".mjs", ".wasm"}}
    assert set(named) == served
    assert "vendor/officer_page.js" in named
    for name, hashed in named.items():
        assert hashed == b64u(hashlib.sha256((STATIC / name).read_bytes()).digest()), name


def test_a_version_is_journaled_once(known: TestOffice) -> None:
    assert releases.publish(known.office, known.settings) == 1
    assert releases.publish(known.office, known.settings) == 0
    assert known.office.read(
        lambda session: was_said(
            session, releases.SUBJECT, releases.KIND, canonical(releases.said())
        )
    )


def test_an_altered_script_is_another_version(
    known: TestOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases.publish(known.office, known.settings)
    first, *others = releases.scripts()
    altered = (replace(first, hash=bytes(32)), *others)
    monkeypatch.setattr(releases, "scripts", lambda: altered)
    assert not known.office.read(releases.is_published)
    assert releases.publish(known.office, known.settings) == 1


def test_everybody_reads_the_hashes(known: TestOffice) -> None:
    client = create_app(known.settings, [FEATURE], office=known.office).test_client()
    page = client.get("/verify/scripts").get_data(as_text=True)
    for one in releases.scripts():
        assert one.hash.hex() in page


def test_the_page_says_where_the_set_stands_once_it_is_placed(known: TestOffice) -> None:
    client = create_app(known.settings, [FEATURE], office=known.office).test_client()
    releases.publish(known.office, known.settings)
    assert "/record/" not in client.get("/verify/scripts").get_data(as_text=True)
    key = new_key()
    log = Sequencer(known.office, Place("log.test", key), [])
    log.tick()
    place_no = known.office.read(releases.placed_at)
    assert place_no is not None
    assert f"/record/{place_no}" in client.get("/verify/scripts").get_data(as_text=True)
