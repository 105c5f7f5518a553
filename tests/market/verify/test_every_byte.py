"""One byte changed anywhere in a draw file or in a receipt with its papers: nothing of it is taken.

The verifier ends with a refusal and its code each time; it neither passes the file nor breaks down.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from market.protocol.encoding import JsonObject, canonical, parse
from tests.support.draw_cast import DrawScene, carry_out, json_of, with_pool
from tests.support.draw_journaling import journal_of
from tests.support.followed_bid import ACT, Bid
from tests.support.log_cast import private
from tests.support.verifier import Folder

FLIPS = (0x01, 0x02, 0x20, 0x10, 0x04)
"""Lower bits in turn: digits stay digits and letters letters, so that deep checks are reached."""
STEP = 83  # of the draw file, in the quick test: prime, so that it falls on every kind of byte
SMALL = ("audits", "result", "steps", "type", "suite", "consents", "earlier")
"""Members of a draw file that the quick test looks at closely, each fifth byte of them."""
CLOSELY = 5
EACH = pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.long)])
"""Of a receipt and its papers each third byte, and each byte in the long test."""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture(scope="module")
def draw() -> JsonObject:
    """A draw file with everything it can have: pool, opened leaves, journal."""
    scene = DrawScene()
    made = with_pool(scene, carry_out(scene))
    return json_of(made, journal_of(made)[0])


def taken(folder: Folder, name: str, places: Iterator[int] | range, *words: str) -> list[str]:
    """Where a changed byte is not refused: each place with what stands around it."""
    what = words[0]
    held = (folder.path / name).read_bytes()
    assert folder.run(*words)[0] == 0, "the control: whole, it holds"
    passed = []
    for place in places:
        changed = bytearray(held)
        changed[place] ^= FLIPS[place % len(FLIPS)]
        folder.put(name, bytes(changed))
        code, said = folder.run(*words)
        if code != 1 or "Does not hold [" not in said:
            passed.append(f"{what} {name} {place}: {held[place - 20 : place + 20]!r}")
    folder.put(name, held)
    return passed


def span(file: JsonObject, member: str) -> range:
    """Where a member of a file stands, name and value."""
    raw, part = canonical(file), canonical({member: file[member]})[1:-1]
    start = raw.index(part)
    return range(start, start + len(part))


@pytest.mark.parametrize("name", ["receipt", "act", "redemption", "closing", "list"])
@EACH
def test_bytes_of_a_receipt_and_its_papers_changed_are_refused(
    folder: Folder, name: str, step: int
) -> None:
    Bid().into(folder)
    papers = [
        word for paper in ("act", "redemption", "closing", "list") for word in (f"--{paper}", paper)
    ]
    size = len((folder.path / name).read_bytes())
    assert taken(folder, name, range(0, size, step), "receipt", "receipt", *papers) == []


@EACH
def test_bytes_of_a_receipt_as_the_sealing_page_keeps_it_changed_are_refused(
    folder: Folder, step: int
) -> None:
    bid = Bid()
    kept: JsonObject = {
        "receipt": bid.receipt.sign(private("receipt")),
        "act": parse(ACT),
        "redemption": bid.redemption,
    }
    folder.put("kept", kept)
    places = range(0, len(canonical(kept)), step)
    assert taken(folder, "kept", places, "receipt", "kept") == []


@pytest.mark.parametrize("member", SMALL)
def test_bytes_of_a_small_part_of_a_draw_file_changed_are_refused(
    folder: Folder, draw: JsonObject, member: str
) -> None:
    folder.put("draw", draw)
    assert taken(folder, "draw", span(draw, member)[::CLOSELY], "draw", "draw") == []


def test_bytes_all_over_a_draw_file_changed_are_refused(folder: Folder, draw: JsonObject) -> None:
    size = len(canonical(draw))
    folder.put("draw", draw)
    assert taken(folder, "draw", range(0, size, STEP), "draw", "draw") == []
    assert {key for key in draw if not any(at % STEP == 0 for at in span(draw, key))} <= set(SMALL)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_any_byte_of_a_draw_file_changed_is_refused(folder: Folder, draw: JsonObject) -> None:
    folder.put("draw", draw)
    assert taken(folder, "draw", range(len(canonical(draw))), "draw", "draw") == []
