"""Quotes before the closing: whoever runs the platform, or one timekeeper, cannot read them.

Everything that the platform holds is searched for what three agencies sealed: rows, write-ahead
log, files, broker, what it logs. Two timekeepers together are the positive control: they open it.
What a timekeeper itself holds is searched in `test_keepers_over_http`.
"""

import io
import logging
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from intermediaries.offers.model import EnrolmentRow
from intermediaries.offers.rows import manifest_of, occasion_of
from intermediaries.rulebook.selection.modes import Mode
from market.features import FEATURES
from market.journal.keys import make
from market.protocol.encoding import b64u, canonical, parse
from market.protocol.enrolments import Enrolment, open_quote, read_enrolment
from market.protocol.envelopes import open_share
from tests.insider.searching import (
    Mark,
    Piece,
    broker,
    cluster,
    files,
    found,
    found_in,
    row_bytes,
    rows,
    write_ahead,
)
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar

PRICES = (7_654_321, 8_765_432, 9_876_543)
SAID = "QUOTE-MARKER-5f3a"
MARKS: dict[str, Mark] = {
    **{f"price of {name}": str(price) for name, price in zip(AGENCIES, PRICES, strict=False)},
    **{
        f"price of {name} in yuan": f"{price // 100:,}.{price % 100:02d}"
        for name, price in zip(AGENCIES, PRICES, strict=False)
    },
    "what a quote says": SAID,
}


@dataclass
class Sealed:
    """Three agencies have enrolled over HTTP; nothing has closed yet."""

    place: Bazaar
    app: Flask
    log: io.StringIO
    folder: Path
    redis_url: str

    def everything(self, engine: Engine) -> list[Piece]:
        """All bytes of the platform's: tables, write-ahead log, files, broker, what it logged."""
        own = [one for one in files(self.folder) if "keeper" not in one.place]
        ahead = write_ahead(where) if (where := cluster(engine)) is not None else []
        logged = Piece("log", self.log.getvalue().encode())
        return [*rows(engine), *ahead, *own, *broker(self.redis_url), logged]

    def acts(self) -> list[tuple[Enrolment, bytes]]:
        """The enrolments as the platform keeps them."""
        held = self.place.ask(
            lambda s: [(one.act, one.ciphertext or b"") for one in s.query(EnrolmentRow)]
        )
        return [(read_enrolment(parse(act)), ciphertext) for act, ciphertext in held]


@pytest.fixture
def sealed(engine: Engine, redis_url: str, tmp_path: Path) -> Sealed:
    place = make_bazaar(engine, tmp_path, AGENCIES[:3])
    make(tmp_path / "keys")
    app = app_of(place.market.cast, FEATURES, redis_url, tmp_path)
    place.demand(Mode.LOWEST)
    place.give_keys()
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    try:
        for name, price in zip(AGENCIES, PRICES, strict=False):
            sent(signed_in(app, place.market.cast, name), place, name, price)
    finally:
        logging.getLogger().removeHandler(handler)
    return Sealed(place, app, log, tmp_path, redis_url)


def sent(browser: Browser, place: Bazaar, name: str, price: int) -> None:
    act, ciphertext = place.act(name, price, says=SAID)
    body = canonical({"act": b64u(act.raw), "ciphertext": b64u(ciphertext or b"")})
    said = browser.client.post(
        f"/api/v1/demands/{place.no}/enrolments",
        data=body,
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert said.status_code == 200, said.text


def test_the_platform_alone_holds_no_price(sealed: Sealed, engine: Engine) -> None:
    pieces = sealed.everything(engine)
    assert found(pieces, MARKS) == set()
    planted = Piece("planted", row_bytes(f"a row that says {PRICES[0]}"))
    assert found_in(planted, MARKS) == {f"price of {AGENCIES[0]}"}  # the search finds what is there
    uscc = sealed.place.market.cast.usccs[AGENCIES[0]]
    assert found(pieces, {"who enrolled": uscc})  # that somebody enrolled the operator knows


def test_the_platform_with_one_timekeeper_opens_nothing_and_with_two_everything(
    sealed: Sealed,
) -> None:
    place = sealed.place
    manifest = manifest_of(place.row())
    assert manifest is not None
    occasion = occasion_of(place.row())
    order = [held.organisation.uscc for held in manifest.recipients]
    identities = {
        order.index(one.organisation.uscc) + 1: one.identities[occasion] for one in place.keepers
    }
    opened = list[object]()
    for act, ciphertext in sealed.acts():
        envelope = act.envelope
        assert envelope is not None
        for number, identity in identities.items():
            share = open_share(identity, envelope.shares[number - 1], act.binding, number)
            pieces = [Piece("share", share), Piece("ciphertext", ciphertext)]
            assert found(pieces, MARKS) == set()
            with pytest.raises(ValueError, match="1 shares where 2"):
                open_quote(act, manifest, {number: identity}, [ciphertext], lambda _: len)
        two = {number: identities[number] for number in (1, 3)}
        opened.append(open_quote(act, manifest, two, [ciphertext], lambda _: len).price)
    assert sorted(opened, key=str) == sorted(PRICES, key=str)
