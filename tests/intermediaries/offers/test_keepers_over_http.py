"""The platform and three timekeepers, each a program with its own database, over HTTP alone."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from werkzeug.serving import BaseWSGIServer, make_server

from intermediaries.offers import jobs, queries
from intermediaries.offers.model import Timekeeper
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.timekeeper.app import Program, build, create_app
from intermediaries.timekeeper.settings import Settings
from market.journal.keys import load, make
from market.protocol.signing import public_bytes
from tests.insider.searching import Piece, files, found, rows
from tests.support.databases import Databases
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar
from tests.support.timekeeping_cast import KEEPERS

DEAD = "http://127.0.0.1:1"


@dataclass
class Three:
    """The bazaar with three programs behind real ports."""

    place: Bazaar
    programs: list[Program]
    servers: list[BaseWSGIServer]

    @property
    def settings(self):
        urls = tuple(f"http://127.0.0.1:{server.server_port}" for server in self.servers)
        return replace(self.place.settings, timekeeper_urls=urls)

    def stop(self, place: int) -> None:
        """One program dies: its address answers nobody."""
        self.servers[place].shutdown()
        self.servers[place].server_close()


@pytest.fixture
def three(engine: Engine, databases: Databases, tmp_path: Path) -> Iterator[Three]:
    place = make_bazaar(engine, tmp_path, AGENCIES[:3], keepers_known=False)
    make(tmp_path / "keys")
    platform = public_bytes(load(tmp_path / "keys").platform)
    with ExitStack() as stack:
        programs, servers = list[Program](), list[BaseWSGIServer]()
        for number, (_, organisation) in enumerate(KEEPERS):
            url = stack.enter_context(databases.fresh("timekeeper"))
            settings = Settings(url, tmp_path / f"keeper{number}", organisation, platform)
            program = build(settings, place.clock)
            program.files.make()
            stack.callback(program.engine.dispose)
            place.keepers[number].key = program.files.signer
            server = make_server("127.0.0.1", 0, create_app(program), threaded=True)
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            stack.callback(server.shutdown)
            programs.append(program)
            servers.append(server)
        yield Three(place, programs, servers)


def everything(program: Program) -> list[Piece]:
    """All bytes that a timekeeper's organisation holds: its database and its secrets."""
    return [*rows(program.engine), *files(program.files.folder)]


def test_from_the_notice_to_the_result_with_one_timekeeper_dead(three: Three) -> None:
    place, settings = three.place, three.settings
    assert jobs.take_up_keepers(place.office, settings) == 0  # not pinned: nobody is taken up
    (place.folder / "trust.json").write_bytes(place.trust.write())
    assert jobs.take_up_keepers(place.office, settings) == 3
    assert jobs.take_up_keepers(place.office, settings) == 0
    no = place.demand(Mode.LOWEST)
    three.stop(0)
    assert jobs.ask_recipients(place.office, settings) == 2
    assert place.state() == "awaiting-keys"
    shown = place.ask(queries.selection, no).keepers
    assert sorted(one.has_key for one in shown) == [False, True, True]
    revived = make_server("127.0.0.1", 0, create_app(three.programs[0]), threaded=True)
    threading.Thread(target=revived.serve_forever, daemon=True).start()
    three.servers[0] = revived
    settings = three.settings
    assert jobs.take_up_keepers(place.office, settings) == 1  # the same key at another address
    assert jobs.ask_recipients(place.office, settings) == 1
    assert place.state() == "open"
    for name, price in zip(AGENCIES, (9_100_000, 8_000_000, 8_500_000), strict=False):
        place.enrol(name, price)
    place.close()
    assert jobs.fetch_releases(place.office, settings) == 0  # the time has not come
    place.clock.at = place.row().opens_at
    place.draw()
    three.stop(1)
    revived.shutdown()
    assert jobs.fetch_releases(place.office, settings) == 1  # two are dead: it waits
    assert place.choose() == 0
    page = place.ask(queries.selection, no)
    assert [one.released_at is None for one in page.keepers].count(True) == 2
    place.clock.at += timedelta(days=1)
    again = make_server("127.0.0.1", 0, create_app(three.programs[1]), threaded=True)
    threading.Thread(target=again.serve_forever, daemon=True).start()
    three.servers[1] = again
    assert jobs.take_up_keepers(place.office, three.settings) == 1
    assert jobs.fetch_releases(place.office, three.settings) == 1
    assert place.choose() == 1
    assert place.state() == "selected"
    again.shutdown()
    named = {name: place.market.cast.usccs[name] for name in AGENCIES[:3]}
    for program in three.programs:
        assert found(everything(program), {**named, "price": "8000000"}) == set()
        assert found(everything(program), {"demand": no})  # what it was asked for, it does hold


def test_a_stranger_at_the_address_is_not_taken_up(three: Three) -> None:
    place = three.place
    place.keepers[0].key = place.keepers[1].key  # the file pins another key
    trust = replace(place.trust, organisations=place.trust.organisations[1:])
    (place.folder / "trust.json").write_bytes(trust.write())
    assert jobs.take_up_keepers(place.office, three.settings) == 2
    known = place.ask(lambda session: list(session.scalars(select(Timekeeper.uscc))))
    assert KEEPERS[0][1].uscc not in known


def test_whoever_answers_nonsense_is_waited_for(three: Three) -> None:
    place = three.place
    (place.folder / "trust.json").write_bytes(place.trust.write())
    settings = replace(three.settings, timekeeper_urls=(DEAD, *three.settings.timekeeper_urls[:2]))
    assert jobs.take_up_keepers(place.office, settings) == 2
    place.demand(Mode.LOWEST)
    assert jobs.ask_recipients(place.office, settings) == 2
    assert jobs.ask_recipients(place.office, settings) == 0  # asked already; the third is missing
    assert place.state() == "awaiting-keys"
