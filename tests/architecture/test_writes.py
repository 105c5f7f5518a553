"""How each write is made safe to send twice: a table written by hand, and the routes held to it.

`writes.txt` holds a line for each way in that changes something, "METHOD path how", in the order of
its bytes. `once`: through `Office.run_once`, by the mark of its form, its `Idempotency-Key` or its
bytes; `test_rooms_once.py` sends such forms of each room at once and again. `natural <test file>`:
what it carries makes it one, and that file proves it. `reads`: it changes nothing.
"""

import ast
import inspect
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine

from market.factory import create_anonymous_app, create_app
from market.features import FEATURES
from market.web.access import methods_of
from tests.support.offices import make_office, settings_for

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TABLE = HERE / "writes.txt"
ROUTES = HERE / "routes.txt"
SAFE = {"GET", "HEAD", "OPTIONS"}
PROVES = ("at_once", "ThreadPoolExecutor", "again", "twice")


def table() -> dict[str, str]:
    """By "METHOD path": how it is made safe."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        method, rest = line.split(" ", 1)
        path, _, how = rest.rpartition(" natural ")
        if path:
            found[f"{method} {path}"] = f"natural {how}"
        else:
            path, _, how = rest.rpartition(" ")
            found[f"{method} {path}"] = how
    return found


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Flask]:
    office = make_office(create_engine("postgresql+psycopg://nobody@localhost:1/none")).office
    settings = settings_for(tmp_path_factory.mktemp("hosts"))
    return (
        create_app(settings, FEATURES, office=office),
        create_anonymous_app(settings, FEATURES, office=office),
    )


def writes(hosts: tuple[Flask, Flask]) -> dict[str, object]:
    """Every way in that is no reading by its method, with its view."""
    return {
        f"{method} {rule.rule}": app.view_functions[rule.endpoint]
        for app in hosts
        for rule in app.url_map.iter_rules()
        for method in methods_of(rule)
        if method not in SAFE
    }


def test_every_write_has_its_line_and_every_line_its_write(hosts: tuple[Flask, Flask]) -> None:
    known = table()
    assert sorted(writes(hosts).keys() - known.keys()) == [], "say how these are sent twice"
    assert sorted(known.keys() - writes(hosts).keys()) == [], "these lines are nowhere"
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines))
    assert len(known) > 100


def test_what_is_safe_by_its_content_names_a_test_that_sends_it_at_once_or_again() -> None:
    for write, how in table().items():
        if how in ("once", "reads"):
            continue
        kind, _, place = how.partition(" ")
        assert kind == "natural", write
        path = ROOT / place
        assert path.is_file(), f"{write}: {place}"
        text = path.read_text(encoding="utf-8")
        assert any(word in text for word in PROVES), f"{place} sends nothing twice"


def called(view: object) -> set[str]:
    """The names that a view calls, itself or through functions of its module."""
    plain = inspect.unwrap(view)  # type: ignore[arg-type]
    tree = ast.parse(inspect.getsource(inspect.getmodule(plain)))  # type: ignore[arg-type]
    bodies = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}
    found: set[str] = set()
    left = [plain.__name__]
    while left:
        body = bodies.get(left.pop())
        if body is None:
            continue
        for one in ast.walk(body):
            name = ""
            if isinstance(one, ast.Call):
                name = getattr(one.func, "attr", getattr(one.func, "id", ""))
            if name and name not in found:
                found.add(name)
                left.append(name)
    return found


def test_what_is_safe_by_its_mark_goes_through_the_one_way_that_remembers(
    hosts: tuple[Flask, Flask],
) -> None:
    views, wrong = writes(hosts), []
    for write, how in table().items():
        through = called(views[write]) & {"submit", "press", "run_once"}
        if (how == "once") != bool(through):
            wrong.append(f"{write}: {how}, through {sorted(through)}")
    assert wrong == []
