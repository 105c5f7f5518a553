"""A timekeeper of each test: a database and keys of its own, a clock that is set by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from intermediaries.timekeeper.app import Program, build, create_app
from intermediaries.timekeeper.settings import Settings
from market.kernel.clock import StoppedClock
from market.protocol.encoding import JsonObject, canonical, stamp
from market.protocol.officers import Organisation
from market.protocol.signing import public_bytes
from market.protocol.timekeeping import Occasion, make_request
from tests.support.log_cast import private
from tests.support.timekeeping_cast import OCCASION, OPENS_AT

PLATFORM = private("platform")
ORGANISATION = Organisation("清源公益见证中心", "91110108551385082Q")
BEFORE = OPENS_AT - timedelta(hours=1)


@dataclass
class Keeper:
    """The program, its clock, and a caller."""

    program: Program
    clock: StoppedClock
    folder: Path

    def client(self):
        return create_app(self.program).test_client()

    def ask(self, occasion: Occasion = OCCASION, key=PLATFORM):
        request: JsonObject = make_request(occasion, key)
        return self.client().post("/recipients", data=canonical(request))

    def told(self, what: str, occasion: Occasion = OCCASION):
        place = f"{occasion.subject}/{occasion.round}/{stamp(occasion.opens_at)}"
        return self.client().get(f"/{what}/{place}")


def made(url: str, folder: Path) -> Keeper:
    """A timekeeper on a migrated database."""
    clock = StoppedClock(BEFORE)
    settings = Settings(url, folder / "keys", ORGANISATION, public_bytes(PLATFORM))
    program = build(settings, clock)
    program.files.make()
    return Keeper(program, clock, folder)


@pytest.fixture
def keeper(timekeeper_database_url: str, tmp_path: Path) -> Iterator[Keeper]:
    """The timekeeper."""
    held = made(timekeeper_database_url, tmp_path)
    yield held
    held.program.engine.dispose()
