"""A selection chosen again by anybody: what is told, what is refused, every byte."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from intermediaries.rulebook.selection.record import outcome_json, terms_json
from market.protocol.encoding import JsonObject, b64u, canonical
from market.protocol.selection_files import draw_hash_of, given_hash, write_selection_file
from tests.support.draw_cast import json_of
from tests.support.selection_file_cast import (
    Scene,
    draw_of,
    failed_file,
    outcome_of,
    whole_file,
)
from tests.support.timekeeping_cast import release_json, sealed_quote
from tests.support.verifier import Folder

FLIPS = (0x01, 0x02, 0x20, 0x10, 0x04)
SMALL = ("terms", "sheets", "pick", "as_of", "is_extended", "draw_hash", "type", "suite")
LARGE = ("timekeepers", "releases", "outcome", "journal", "quotes", "draw")
STEP = 97


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture(scope="module")
def small() -> JsonObject:
    """The whole file without its ciphertexts, so that it is quickly read."""
    whole = whole_file()
    rows = [{**row, "ciphertext": None} for row in whole["quotes"]]
    return {**whole, "quotes": rows}


def span(file: JsonObject, member: str) -> range:
    raw, part = canonical(file), canonical({member: file[member]})[1:-1]
    start = raw.index(part)
    return range(start, start + len(part))


def taken(folder: Folder, file: JsonObject, places: Iterable[int]) -> list[str]:
    """Where a changed byte is not refused."""
    raw, passed = canonical(file), []
    folder.put("file", raw)
    assert folder.run("selection", "file")[0] == 0, "the control: whole, it holds"
    for place in places:
        changed = bytearray(raw)
        changed[place] ^= FLIPS[place % len(FLIPS)]
        folder.put("file", bytes(changed))
        code, said = folder.run("selection", "file")
        if code != 1 or "Does not hold [" not in said:
            passed.append(f"{place}: {raw[place - 20 : place + 20]!r}")
    return passed


def code_of(folder: Folder, file: JsonObject, *words: str) -> str:
    """The code of the refusal, or what is told at the end."""
    folder.put("file", file)
    said = folder.run("selection", "file", *words)[1].splitlines()[-1]
    return said.partition("[")[2].partition("]")[0] or said


def test_a_selection_is_chosen_again_and_every_figure_is_told(folder: Folder) -> None:
    folder.put("file", whole_file())
    code, said = folder.run("selection", "file")
    assert code == 0
    assert "6 sealed quotes were opened again with the released identities" in said
    assert "The enrolments were frozen at" in said
    assert "sum of 4 quotes over 4 (ten thousand yuan) 9.15" in said
    assert said.splitlines()[-1] == "Everything above holds."
    winner = next(row for row in whole_file()["outcome"]["rows"] if row["standing"] == "winner")
    assert f"Result: {winner['agency']}" in said
    assert "结果: " in folder.run("selection", "file", language="zh")[1]


def test_a_failed_selection_says_why_and_what_the_rule_says_next(folder: Folder) -> None:
    folder.put("file", failed_file())
    code, said = folder.run("selection", "file", language="zh")
    assert code == 0
    assert "报名延长1个工作日，仅此一次" in said


def test_without_ciphertexts_the_content_is_said_to_be_the_platforms_word(
    folder: Folder, small: JsonObject
) -> None:
    folder.put("file", small)
    code, said = folder.run("selection", "file")
    assert code == 0
    assert "Not proved: 6 quotes come without their ciphertext" in said


def test_a_draw_file_beside_is_taken_by_its_hash_alone(folder: Folder) -> None:
    whole = whole_file()
    draw = whole["draw"]
    apart = {**whole, "draw": None, "draw_hash": b64u(draw_hash_of(draw))}
    folder.put("draw", draw)
    folder.put("file", apart)
    assert folder.run("selection", "file", "--draw", "draw")[0] == 0
    assert code_of(folder, apart) == "no-draw"
    other = {**draw, "opened": [b64u(bytes(40))]}
    folder.put("other", other)
    assert code_of(folder, apart, "--draw", "other") == "wrong-draw"
    assert code_of(folder, {**whole, "draw": None}) == "no-draw"


def rebuilt(change: Callable[[JsonObject], JsonObject]) -> JsonObject:
    """The file with other inputs and an outcome's hash that agrees with them."""
    whole = whole_file()
    made = {**whole, **change(whole)}
    names = ("terms", "timekeepers", "releases", "quotes", "sheets", "pick", "as_of", "is_extended")
    given = given_hash({name: made[name] for name in names})
    return {**made, "outcome": {**made["outcome"], "given": b64u(given)}, "journal": []}


def _offer(price: int) -> Callable[[JsonObject], JsonObject]:
    def change(whole: JsonObject) -> JsonObject:
        rows = [dict(row) for row in whole["quotes"]]
        facts = [dict(fact) for fact in rows[0]["offer"]["facts"]]
        facts[1]["value"] = price
        rows[0]["offer"] = {**rows[0]["offer"], "facts": facts}
        return {"quotes": rows}

    return change


def _row(name: str, value: object) -> Callable[[JsonObject], JsonObject]:
    def change(whole: JsonObject) -> JsonObject:
        return {"quotes": [{**whole["quotes"][0], name: value}, *whole["quotes"][1:]]}

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_offer(1), "wrong-offer"),
        (_row("fault", "ill-sealed"), "wrong-fault"),
        (_row("fault", "not-qualified"), "wrong-outcome"),
        (_row("fault", "too-expensive"), "malformed"),
        (_row("ciphertext", b64u(bytes(65_736))), "ciphertext-differs"),
        (lambda whole: {"quotes": whole["quotes"][1:]}, "foreign-draw"),
        (lambda whole: {"quotes": whole["quotes"][::-1]}, "malformed"),
        (lambda whole: {"releases": whole["releases"][:1]}, "too-few-releases"),
        (lambda _: {"releases": [release_json(1), release_json(2)]}, "Everything above holds."),
        (lambda _: {"timekeepers": None, "releases": []}, "malformed"),
        (lambda whole: {"terms": {**whole["terms"], "ceiling": 1}}, "foreign-enrolment"),
        (lambda whole: {"terms": {**whole["terms"], "min_quotes": 2}}, "terms-misfit"),
        (lambda _: {"draw_hash": b64u(bytes(32))}, "malformed"),
    ],
)
def test_inputs_that_were_changed_with_their_hash_are_refused_too(
    folder: Folder, change: Callable[[JsonObject], JsonObject], code: str
) -> None:
    assert code_of(folder, rebuilt(change)) == code


def test_a_draw_of_another_matter_is_refused(folder: Folder) -> None:
    scene = Scene()
    keys = [held.hash for held, _ in scene.sealed()]
    inputs = scene.inputs()
    for made in (
        draw_of(scene, keys, case="FW-2026-000124"),
        draw_of(scene, keys, purpose="selection.2"),
        draw_of(scene, keys[1:]),
    ):
        true = draw_of(scene, keys)
        outcome = outcome_json(outcome_of(scene, true), given_hash(inputs))
        file = write_selection_file(inputs, outcome, draw=json_of(made))
        assert code_of(folder, file, "--without-journal") == "foreign-draw"


def test_a_price_that_is_none_does_not_count_and_the_rest_is_chosen_from(folder: Folder) -> None:
    scene = Scene(prices=("9.1", 9_000_000, 9_100_000, 9_200_000), with_ciphertexts=True)
    made = draw_of(scene, [held.hash for held, _ in scene.sealed()])
    inputs = scene.inputs()
    outcome = outcome_json(outcome_of(scene, made), given_hash(inputs))
    folder.put("file", write_selection_file(inputs, outcome, draw=json_of(made)))
    code, said = folder.run("selection", "file", "--without-journal")
    assert code == 0
    assert "Does not count: there is no valid price" in said
    assert sealed_quote("a", "9.1", scene.terms_hash)[0].agency in said
    assert terms_json(scene.terms)["mode"] == "refprice"


@pytest.mark.parametrize("member", SMALL)
def test_any_byte_of_a_small_part_changed_is_refused(
    folder: Folder, small: JsonObject, member: str
) -> None:
    assert taken(folder, small, span(small, member)) == []


@pytest.mark.parametrize("member", LARGE)
def test_bytes_all_over_a_large_part_changed_are_refused(
    folder: Folder, small: JsonObject, member: str
) -> None:
    assert taken(folder, small, span(small, member)[::STEP]) == []


def test_bytes_all_over_the_ciphertexts_changed_are_refused(folder: Folder) -> None:
    whole = whole_file()
    assert taken(folder, whole, span(whole, "quotes")[::20_011]) == []


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_any_byte_of_a_selection_file_changed_is_refused(folder: Folder, small: JsonObject) -> None:
    assert taken(folder, small, range(len(canonical(small)))) == []
