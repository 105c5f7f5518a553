"""C2: everything public after no submission and after fifty, side by side.

Two copies of one house live through the same minutes; in one of them fifty bids come in. What
anybody may read of the two must agree byte for byte, but for random values and signatures, which
must agree in place and length.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from market.command import HOUSE, Work
from market.factory import create_anonymous_app
from market.features import FEATURES
from market.protocol.blind import blind, sign_blinded
from market.protocol.bondkeys import BID
from market.protocol.encoding import digest
from market.protocol.signing import new_key, public_bytes
from market.protocol.tokens import make_token, prepare
from tests.insider.openly import paths
from tests.support.bidding_bank import BOND, KEYS, RSA, Wallet
from tests.support.bidding_bids import MadeBid
from tests.support.bidding_cast import House
from tests.support.bidding_fixtures import _copied
from tests.support.browsing import app_of
from tests.support.databases import Databases

SUBMISSIONS, BATCHES = 50, 5
RANDOM = re.compile(r"[A-Za-z0-9+/_-]{22,}={0,2}")
HASHES = re.compile(r"/log/tile/\d")
Shape = tuple[int, tuple[tuple[str, str], ...], str]


@pytest.fixture
def twins(
    furnished: tuple[House, str, str], databases: Databases, tmp_path: Path
) -> Iterator[tuple[House, House]]:
    """One house twice."""
    made = contextmanager(_copied)
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(made(furnished, databases, tmp_path / name)) for name in "xy"
        )
        yield first, second


def another(house: House, model: MadeBid) -> MadeBid:
    """A bid of somebody new: token, ciphertexts and shares as long as the model's, all its own."""
    key = new_key()
    prepared = prepare(public_bytes(key))
    blinding = blind(RSA[BOND, BID].public, prepared)
    answer = sign_blinded(RSA[BOND, BID], blinding.blinded)
    token = make_token(KEYS[BOND, BID], prepared, answer, blinding.inv)
    ciphertexts = {kind: secrets.token_bytes(len(raw)) for kind, raw in model.ciphertexts.items()}
    envelopes = tuple(
        replace(
            envelope,
            ciphertext_hash=digest(ciphertexts[envelope.kind]),
            shares=tuple(replace(s, commitment=secrets.token_bytes(32)) for s in envelope.shares),
        )
        for envelope in model.act.envelopes
    )
    wallet = Wallet(model.wallet.holder, key, token, blinding)
    fresh = replace(model, wallet=wallet, ciphertexts=ciphertexts)
    return fresh.resigned(token=token, bid_pub=wallet.bid_pub, envelopes=envelopes)


def minutes(house: House, bids: int) -> None:
    """The same minutes in each house, with so many bids in them."""
    model = house.bid("a")
    for batch in range(BATCHES):
        for _ in range(bids // BATCHES):
            made = another(house, model)
            house.upload(made)
            house.send(made.act)
        house.clock.at = house.clock.at.replace(second=10 + batch, microsecond=batch)
        house.tick()


def public(house: House, redis_url: str) -> dict[str, Shape]:
    """Everything open on both hosts, by address."""
    # Each house has a custodian on a port of its own, which the headers name.
    settings = replace(house.settings, redis_url=redis_url, custodian_url="http://127.0.0.1:1")
    hosts = {
        "platform": app_of(house.cast, FEATURES, redis_url, house.folder),
        "anonymous": create_anonymous_app(settings, FEATURES, office=house.office),
    }
    seen = {}
    for name, app in hosts.items():
        client = app.test_client(use_cookies=False)
        for path in paths(app, house):
            answer = client.get(path, headers={"Accept-Language": "en"}, buffered=True)
            headers = tuple((k, masked(v)) for k, v in answer.headers if k != "Date")
            seen[f"{name} {path}"] = answer.status_code, headers, shape(path, answer.data)
    return seen


def shape(path: str, raw: bytes) -> str:
    """A body with its random values masked; of a tile of hashes its length; of a ZIP its files."""
    if HASHES.match(path):
        return str(len(raw))
    if raw.startswith(b"PK"):
        with ZipFile(BytesIO(raw)) as files:
            read = [(one, masked(files.read(one).decode("latin-1"))) for one in files.namelist()]
        return repr(read)
    return masked(raw.decode("latin-1"))


def masked(text: str) -> str:
    """The text with every random value replaced by as many dots."""
    return RANDOM.sub(lambda found: "." * len(found[0]), text)


def differing(one: dict[str, Shape], other: dict[str, Shape]) -> set[str]:
    """The addresses that are missing in one, or answer differently."""
    return {path for path in one | other if one.get(path) != other.get(path)}


def acts(house: House) -> int:
    """How many acts the sealed store holds."""
    with house.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM bid_act").scalar_one())


def test_nothing_public_tells_none_from_fifty_submissions(
    twins: tuple[House, House], redis_url: str
) -> None:
    quiet, busy = twins
    minutes(quiet, 0)
    minutes(busy, SUBMISSIONS)
    assert (acts(quiet), acts(busy)) == (0, SUBMISSIONS)
    none, fifty = public(quiet, redis_url), public(busy, redis_url)
    assert differing(none, fifty) == set()
    assert len(none) > 50
    for path in (f"platform /tenders/{quiet.no}", "platform /log/checkpoint", "platform /notices"):
        assert none[path][0] == 200


@pytest.mark.parametrize("leak", ["entry", "length"])
def test_one_entry_more_or_one_longer_by_a_character_is_seen(
    twins: tuple[House, House], redis_url: str, leak: str
) -> None:
    def publish(work: Work, said: str) -> None:
        work.publish("parameter", "planted", {"value": said})

    for house, said in zip(twins, ("x", "xx"), strict=True):
        if leak == "length" or said == "xx":
            house.office.run(publish, said, HOUSE)
        minutes(house, 0)
    quiet, busy = (public(house, redis_url) for house in twins)
    assert any("/log/tile/entries" in path for path in differing(quiet, busy))
