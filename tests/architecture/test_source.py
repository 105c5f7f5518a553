"""What no linter says: where transactions and states live, what names and words may not appear."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import sources

# The one way to change anything, and the programs of other organisations, whose databases are not
# the platform's and which therefore bring their own.
MAY_COMMIT = {
    "market/command.py",
    "bidding/custodian/command.py",
    "intermediaries/timekeeper/command.py",
}
MAY_MOVE_STATES = MAY_COMMIT

# In pieces, because this file is read too.
UNFINISHED = re.compile(
    r"\b(TO"
    r"DO|FIX"
    r"ME|XX"
    r"X|HA"
    r"CK)\b"
    r"|coming"
    r" soon|placeholder"
    r" implementation|in a real"
    r" (system|implementation)"
    r"|for"
    r" now\b"
)
MACHINE = re.compile(
    r"(^|[^A-Za-z0-9_.])/(wo"
    r"rk|fa"
    r"rm|ro"
    r"ot)/[a-z]"
    r"|py"
    r"pi\.org|npm"
    r"js\.org|deb\.deb"
    r"ian|python"
    r"hosted"
)
SAYS_NOTHING = {"common", "data", "helper", "helpers", "info", "manager", "managers", "service"}
SAYS_NOTHING |= {"services", "util", "utils"}
SAYS_NOTHING_AS_A_PART = {"helper", "helpers", "manager", "managers", "util", "utils"}

PRODUCT = sources.python(*sources.PRODUCT)


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Every call of a method, with the method's name."""
    for node in ast.walk(sources.tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func.attr


def state_changes(path: Path) -> Iterator[int]:
    """The lines on which a state is set: by assignment, by setattr, by a bulk update."""
    for node in ast.walk(sources.tree(path)):
        match node:
            case ast.Assign(targets=targets):
                if any(isinstance(t, ast.Attribute) and t.attr == "state" for t in targets):
                    yield node.lineno
            case (
                ast.AnnAssign(target=ast.Attribute(attr="state"))
                | ast.AugAssign(target=ast.Attribute(attr="state"))
            ):
                yield node.lineno
            case ast.Call(func=ast.Name("setattr"), args=[_, ast.Constant("state"), _]):
                yield node.lineno
    for call, name in calls(path):
        if (
            name == "values"
            and "update(" in ast.unparse(call.func)
            and any(word.arg == "state" for word in call.keywords)
        ):
            yield call.lineno


def test_a_transaction_ends_in_one_place_alone() -> None:
    strangers = [
        sources.place(path, call.lineno)
        for path in PRODUCT
        if sources.place(path) not in MAY_COMMIT
        for call, name in calls(path)
        if name in {"commit", "rollback"}
    ]
    assert strangers == []


def test_a_state_moves_in_one_place_alone() -> None:
    strangers = [
        sources.place(path, line)
        for path in PRODUCT
        if sources.place(path) not in MAY_MOVE_STATES
        for line in state_changes(path)
    ]
    assert strangers == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("bid.state = 'open'", 1),
        ("bid.state: str = 'open'", 1),
        ("first = bid.state = 'open'", 1),
        ("setattr(bid, 'state', 'open')", 1),
        ("session.execute(update(Bid).where(Bid.id == 1).values(state='open'))", 1),
        ("session.execute(insert(Bid).values(state='open'))", 0),
        ("bid.stated = bid.state", 0),
        ("Bid(state='open')", 0),
    ],
)
def test_every_way_to_set_a_state_is_seen(tmp_path: Path, code: str, found: int) -> None:
    path = tmp_path / "code.py"
    path.write_text(code)
    assert len(list(state_changes(path))) == found


def test_chance_comes_from_nowhere_but_the_draws_and_secrets() -> None:
    strangers = [
        sources.place(path, node.lineno)
        for path in PRODUCT
        for node in ast.walk(sources.tree(path))
        if (isinstance(node, ast.Import) and any(name.name == "random" for name in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "random")
    ]
    assert strangers == []


def test_nothing_is_left_unfinished() -> None:
    unfinished = [
        f"{sources.place(path, number)}: {line.strip()}"
        for path in sources.texts()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    unfinished += [
        sources.place(path, node.lineno)
        for path in PRODUCT
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Raise)
        and node.exc is not None
        and ast.unparse(node.exc).startswith("NotImplemented")
    ]
    assert unfinished == []


def test_no_text_names_the_machine_it_was_written_on_or_a_registry() -> None:
    named = [
        f"{sources.place(path, number)}: {line.strip()}"
        for path in sources.texts()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert named == []


def test_modules_are_named_for_what_they_are() -> None:
    nameless = [
        sources.place(path)
        for path in PRODUCT
        for name in path.relative_to(sources.ROOT).with_suffix("").parts
        if name in SAYS_NOTHING or SAYS_NOTHING_AS_A_PART & set(name.split("_"))
    ]
    assert nameless == []


def test_a_package_file_holds_a_docstring_and_nothing_else() -> None:
    wrong = [
        sources.place(path)
        for path in PRODUCT
        if path.name == "__init__.py"
        and not (len(sources.tree(path).body) == 1 and ast.get_docstring(sources.tree(path)))
    ]
    assert wrong == []


def test_nothing_imports_what_starts_everything() -> None:
    importers = [
        sources.place(path, node.lineno)
        for path in PRODUCT
        for node in ast.walk(sources.tree(path))
        if (isinstance(node, ast.Import) and any(name.name == "wsgi" for name in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "wsgi")
    ]
    assert importers == []
