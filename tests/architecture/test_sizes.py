"""Files and functions to be read in one sitting: the numbers are not raised, code is split."""

import ast

from tests.support import sources

FILE_LIMIT = 400  # lines
FUNCTION_LIMIT = 50  # lines, from `def` to the last one
CODE = (*sources.PRODUCT, "tests", "bench")
# A version only moves tables; how long that takes to say is not ours to choose.
MIGRATIONS = [path for path in sources.python("migrations") if path.parent.name != "versions"]


def test_no_file_is_too_long_to_read() -> None:
    lengths = {
        sources.place(path): len(path.read_text().splitlines())
        for path in [*sources.python(*CODE), *MIGRATIONS]
    }
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LIMIT} == {}
    assert len(lengths) > 50


def test_no_function_is_too_long_to_read() -> None:
    too_long = [
        f"{sources.place(path, node.lineno)} {node.name}: {length} lines"
        for path in [*sources.python(*CODE), *MIGRATIONS]
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LIMIT
    ]
    assert too_long == []
