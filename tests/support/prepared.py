"""What many tests begin with: made once by its commands, and copied for each of them.

    @prepared
    def make_order_cast(engine: Engine) -> OrderCast: …

The first test of a process that asks makes it on its own database. That is kept as a template,
and whoever asks next gets its database replaced by a copy and a copy of what was returned, with
the engine exchanged. Nothing that one test does is seen by another. A database in which something
happened already is left as it is, and the cast is made on it; so is every one outside a run of
tests, for nobody would drop the templates.
"""

import copy
import copyreg
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, text

from market.db.launcher import maintenance_url
from tests.support.databases import copy_database, drop_database

P = ParamSpec("P")
T = TypeVar("T")


class _Engine:
    """Stands where the engine of the next test will be."""


_ANY = _Engine()
# A cipher cannot be copied and never changes: a name as its reduction makes it its own copy.
copyreg.pickle(AESGCM, lambda _: "AESGCM")  # type: ignore[arg-type,return-value]


@dataclass(frozen=True, slots=True)
class _Kept:
    database: str
    cast: object


_KEPT: dict[tuple[str, str, str], _Kept] = {}
_RUN = set[str]()
"""The server of the run of tests that goes on, if one does."""
_ROOM = 12
"""Templates kept at a time: they lie in memory, and tests of one folder come one after another."""


def prepared(
    make: Callable[Concatenate[Engine, P], T],
) -> Callable[Concatenate[Engine, P], T]:
    """Make it once for each process and each set of arguments."""

    @wraps(make)
    def made(engine: Engine, *args: P.args, **kwargs: P.kwargs) -> T:
        server = maintenance_url(engine.url.render_as_string(hide_password=False))
        if server not in _RUN or not _untouched(engine):
            return make(engine, *args, **kwargs)
        asked = (server, f"{make.__module__}.{make.__qualname__}", repr((args, kwargs)))
        known = _KEPT.get(asked)
        if known is not None:
            _replace(server, engine, known.database)
            return copy.deepcopy(known.cast, {id(_ANY): engine})  # type: ignore[return-value]  # what was kept under this maker's name
        cast = make(engine, *args, **kwargs)
        if len(_KEPT) == _ROOM:
            _forget(next(iter(_KEPT)))
        _KEPT[asked] = _Kept(_keep(server, engine), copy.deepcopy(cast, {id(engine): _ANY}))
        return cast

    return made


@contextmanager
def templates(server: str) -> Iterator[None]:
    """Keep templates on a server while the block runs, and drop them after it."""
    server = maintenance_url(server)
    _RUN.add(server)
    try:
        yield
    finally:
        _RUN.discard(server)
        for asked in list(_KEPT):
            _forget(asked)


def _forget(asked: tuple[str, str, str]) -> None:
    server, _, _ = asked
    drop_database(server, _KEPT.pop(asked).database)


def _untouched(engine: Engine) -> bool:
    """Whether no command was ever carried out there."""
    with engine.connect() as connection:
        return connection.execute(text("SELECT 1 FROM trail_line LIMIT 1")).first() is None


def _keep(server: str, engine: Engine) -> str:
    """A template like this database; its name."""
    name = f"yg_prepared_{secrets.token_hex(4)}"
    engine.dispose()
    copy_database(server, name, _name(engine))
    return name


def _replace(server: str, engine: Engine, template: str) -> None:
    engine.dispose()
    drop_database(server, _name(engine))
    copy_database(server, _name(engine), template)


def _name(engine: Engine) -> str:
    found = engine.url.database
    if found is None:
        raise ValueError("an engine on no database")
    return found
