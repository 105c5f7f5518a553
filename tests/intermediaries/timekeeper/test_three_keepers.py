"""Three timekeepers with programs of their own: what each holds, early, late, dead and two dead."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from intermediaries.timekeeper.app import build, create_app
from intermediaries.timekeeper.keyfiles import KeyFiles
from intermediaries.timekeeper.settings import Settings
from market.kernel.clock import StoppedClock
from market.kernel.errors import MarketError, Refusal
from market.protocol.encoding import b64u, canonical, parse, stamp
from market.protocol.enrolments import Enrolment, open_quote, quote_binding, seal_quote
from market.protocol.envelopes import open_share
from market.protocol.offers import salted_facts
from market.protocol.signing import public_bytes
from market.protocol.timekeeping import (
    TimeManifest,
    check_releases,
    make_request,
    make_time_manifest,
    read_release,
)
from tests.support.databases import Databases
from tests.support.log_cast import private
from tests.support.protocol_cast import Tape
from tests.support.timekeeping_cast import KEEPERS, OCCASION, OPENS_AT, agency_key, enrolled

PLATFORM = private("platform")
MARKER = "QUOTE-MARKER-7d1f"
TICK = timedelta(microseconds=1)


@dataclass
class Keeper:
    """One timekeeper's program, in the order of the manifest."""

    program: object
    clock: StoppedClock
    client: object

    def release(self):
        place = f"{OCCASION.subject}/{OCCASION.round}/{stamp(OPENS_AT)}"
        said = self.client.get(f"/releases/{place}")
        if said.status_code != 200:
            raise Refusal(said.json["code"], zh="", en="")
        return parse(said.data)

    def everything(self) -> bytes:
        """All bytes that this timekeeper's organisation holds: database and key files."""
        with self.program.engine.connect() as connection:
            rows = connection.execute(text("SELECT * FROM occasion")).all()
        files = [path.read_bytes() for path in sorted(self.program.files.folder.iterdir())]
        return b"\n".join([*files, *(_bytes(value) for row in rows for value in row)])


@dataclass
class Stage:
    """The three, their manifest, and a quote in which every value is a marker."""

    keepers: list[Keeper]
    manifest: TimeManifest
    quote: Enrolment
    ciphertext: bytes

    def opened(self, *numbers: int):
        releases = [
            read_release(self.keepers[number - 1].release(), self.manifest) for number in numbers
        ]
        return open_quote(
            self.quote, self.manifest, check_releases(releases), [self.ciphertext], lambda _: len
        )


@pytest.fixture
def stage(databases: Databases, tmp_path: Path) -> Iterator[Stage]:
    with (
        databases.fresh("timekeeper") as one,
        databases.fresh("timekeeper") as two,
        databases.fresh("timekeeper") as three,
    ):
        ascending = sorted((held for _, held in KEEPERS), key=lambda held: held.uscc)
        keepers = list[Keeper]()
        for url, organisation in zip((one, two, three), ascending, strict=True):
            clock = StoppedClock(OPENS_AT - timedelta(days=1))
            folder = tmp_path / organisation.uscc
            KeyFiles(folder).make()
            program = build(Settings(url, folder, organisation, public_bytes(PLATFORM)), clock)
            keepers.append(Keeper(program, clock, create_app(program).test_client()))
        request = canonical(make_request(OCCASION, PLATFORM))
        recipients = [parse(held.client.post("/recipients", data=request).data) for held in keepers]
        yield _sealed(keepers, make_time_manifest(OCCASION, recipients))
        for held in keepers:
            held.program.engine.dispose()


def _sealed(keepers: list[Keeper], manifest: TimeManifest) -> Stage:
    tape, kept = Tape("three keepers"), bytearray()
    binding = quote_binding(OCCASION.subject, manifest.hash, 0, agency_key("a"))
    facts = salted_facts({"price": 9_876_543, "remark": MARKER}, tape)
    envelope = seal_quote(binding, manifest, facts, kept.extend, (), tape)
    held = enrolled("a", envelope=envelope, manifest_hash=manifest.hash)
    return Stage(keepers, manifest, held, bytes(kept))


def test_any_two_open_at_the_time_and_the_third_changes_nothing(stage):
    for keeper in stage.keepers:
        keeper.clock.at = OPENS_AT
    for numbers in ((1, 2), (1, 3), (2, 3), (1, 2, 3)):
        assert stage.opened(*numbers).price == 9_876_543


def test_early_nobody_releases_even_when_one_clock_runs_ahead(stage):
    for keeper in stage.keepers:
        keeper.clock.at = OPENS_AT - TICK
    for number in (1, 2, 3):
        with pytest.raises(Refusal, match="too-early"):
            stage.keepers[number - 1].release()
    stage.keepers[0].clock.at = OPENS_AT  # by its own clock it is time: one alone opens nothing
    with pytest.raises(Refusal, match="too-few-releases"):
        stage.opened(1)
    with pytest.raises(Refusal, match="too-early"):
        stage.opened(1, 2)


def test_one_dead_and_one_late_delay_and_lose_nothing(stage):
    stage.keepers[0].clock.at = OPENS_AT  # 2 is dead for ever, 3 comes two days late
    with pytest.raises(Refusal, match="too-few-releases"):
        stage.opened(1)
    stage.keepers[2].clock.at = OPENS_AT + timedelta(days=2)
    assert stage.opened(1, 3).price == 9_876_543


def test_two_dead_open_nothing_and_the_quote_waits_whole(stage):
    stage.keepers[1].clock.at = OPENS_AT + timedelta(days=30)
    with pytest.raises(Refusal, match="too-few-releases") as waits:
        stage.opened(2)
    assert waits.value.status == 409
    stage.keepers[0].clock.at = OPENS_AT + timedelta(days=31)
    assert stage.opened(1, 2).price == 9_876_543


def test_neither_platform_nor_one_timekeeper_nor_both_hold_the_quote_before_its_time(stage):
    platform = stage.quote.raw + stage.ciphertext + canonical(stage.manifest.to_json())
    forms = (MARKER.encode(), b"9876543", b64u(MARKER.encode()).encode())
    for keeper in stage.keepers:
        both = platform + keeper.everything()
        assert not any(form in both for form in forms)
        # What it can do with all it has: open its own share, and no other.
        number = stage.keepers.index(keeper) + 1
        identity = _identity(keeper)
        shares = stage.quote.envelope.shares
        assert open_share(identity, shares[number - 1], stage.quote.binding, number)
        for other in {1, 2, 3} - {number}:
            with pytest.raises(MarketError):
                open_share(identity, shares[other - 1], stage.quote.binding, other)


def test_control_platform_with_two_timekeepers_can_read_early_and_the_search_finds_it(stage):
    identities = {number: _identity(stage.keepers[number - 1]) for number in (1, 3)}
    found = open_quote(stage.quote, stage.manifest, identities, [stage.ciphertext], lambda _: len)
    plain = canonical([{"name": fact.name, "value": fact.value} for fact in found.facts])
    assert MARKER.encode() in plain
    assert b"9876543" in plain


def _identity(keeper: Keeper) -> str:
    """The identity as somebody with the whole machine of this timekeeper has it."""
    with keeper.program.engine.connect() as connection:
        sealed = connection.execute(text("SELECT sealed_identity FROM occasion")).scalar_one()
    return keeper.program.files.unseal(sealed)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
