"""A draw run again by anybody: names, what is proved, and what is only attested."""

import pytest

from market.protocol.tiles import Tile, parse_bundle, write_bundle
from tests.support.draw_cast import DrawScene, carry_out, json_of, with_pool
from tests.support.draw_journaling import journal_of
from tests.support.verifier import Folder


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def draw_files(folder, scene=None, *, public_names=True):
    held = DrawScene() if scene is None else scene
    made = carry_out(held)
    journal, log = journal_of(with_pool(held, made) if public_names else made)
    folder.put("draw", json_of(with_pool(held, made) if public_names else made, journal))
    for start in range(0, len(log.entries), 256):
        part = log.entries[start : start + 256]
        path = folder.path / "log" / Tile(None, start // 256, len(part)).path()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(write_bundle(part))
    return made


def test_a_draw_is_run_again_and_its_names_are_told(folder):
    draw_files(folder)
    code, said = folder.run("draw", "draw", "--log", "log")
    assert code == 0
    assert "Result: A01 水利: E" in said
    assert "complete, without duplicates" in said
    assert "no attempt was left out" in said
    assert folder.run("draw", "draw", "--log", "log", language="zh")[0] == 0


def test_c4_what_is_attested_only_is_said_to_be_not_proved(folder):
    draw_files(folder, public_names=False)
    code, said = folder.run("draw", "draw")
    assert code == 0
    assert "Not proved: That the pool was complete and without duplicates is attested by" in said
    assert "Not proved: The whole log was not given" in said
    said = folder.run("draw", "draw", language="zh")[1]
    assert "未证明: 名册完整且无重复，由" in said


def test_a_draw_with_another_result_is_refused_after_what_held(folder):
    made = draw_files(folder)
    scene = DrawScene()
    value = json_of(with_pool(scene, made), journal_of(made)[0])
    seats = [dict(row) for row in value["result"]["seats"]]
    seats[0]["leaves"] = seats[0]["leaves"][::-1]
    folder.put("draw", {**value, "result": {**value["result"], "seats": seats}})
    code, said = folder.run("draw", "draw")
    assert code == 1
    assert "Holds: A01 水利: the 20 leaves listed are the frozen ones" in said
    assert said.splitlines()[-1].startswith("Does not hold [wrong-result]")


def test_a_draw_without_its_journal_is_refused_unless_asked_and_then_it_is_said(folder):
    folder.put("draw", json_of(carry_out(DrawScene())))
    assert "[no-journal]" in folder.run("draw", "draw")[1]
    code, said = folder.run("draw", "draw", "--without-journal")
    assert code == 0
    assert "Not proved: The journal was not looked at" in said


def test_a_log_folder_that_lacks_a_bundle_is_refused_and_a_full_one_serves_for_a_partial(folder):
    draw_files(folder)
    bundle = next((folder.path / "log").rglob("*.p/*"))
    raw = bundle.read_bytes()
    bundle.unlink()
    assert "[file-missing]" in folder.run("draw", "draw", "--log", "log")[1]
    full = folder.path / "log" / "tile" / "entries" / "000"
    bundle.parent.rmdir()
    held = int(bundle.name)
    assert len(parse_bundle(raw, held)) == held
    full.write_bytes(raw + write_bundle([b"{}"] * (256 - held)))
    assert folder.run("draw", "draw", "--log", "log")[0] == 0
