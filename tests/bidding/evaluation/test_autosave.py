"""Scores are kept cell by cell as they are typed, and no window silently wins over another."""

from pathlib import Path

import pytest
from flask import Flask, request

from bidding.evaluation.commands.scoring import KeepTyped, LockSheet, TypedMark, keep_typed
from bidding.evaluation.commands.scoring import lock_sheet as lock
from bidding.evaluation.feature import FEATURE
from bidding.evaluation.rules.states import SheetState
from market.factory import create_app
from market.web.access import actor_loader
from tests.bidding.evaluation.cast import Hall
from tests.market.web.conftest import settings_for

SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def scoring(hall: Hall) -> Hall:
    hall.to_scoring()
    return hall


@pytest.fixture
def app(scoring: Hall, redis_url: str, tmp_path: Path) -> Flask:
    people = {f"expert{place}": one for place, one in enumerate(scoring.panel, start=1)}
    people["clerk"] = scoring.clerk
    made = create_app(settings_for(redis_url, tmp_path), (FEATURE,), office=scoring.house.office)
    actor_loader(made, lambda: people.get(request.cookies.get("who", "")))
    return made


def put(app: Flask, who: str, no: str, seen: int, *cells: tuple[str, str], headers=None):
    one = app.test_client()
    one.set_cookie("who", who)
    rows = [{"number": number, "criterion": "T1", "typed": typed} for number, typed in cells]
    path = f"/api/v1/evaluations/{no}/sheet"
    return one.put(path, json={"seen": seen, "cells": rows}, headers=headers or SAME)


def typed(hall: Hall, *cells: tuple[str, str], seen: int | None = None):
    sheet = hall.view(hall.panel[0]).sheet
    marks = tuple(TypedMark(number, "T1", text) for number, text in cells)
    version = sheet.version if seen is None else seen
    return hall.run(keep_typed, KeepTyped(hall.no, version, marks), hall.panel[0])


def test_a_cell_is_kept_as_typed_and_is_there_after_a_closed_tab(scoring: Hall, app: Flask) -> None:
    number = scoring.number("A")
    said = put(app, "expert1", scoring.no, scoring.view(scoring.panel[0]).sheet.version,
               (number, "4x"))  # fmt: skip
    assert said.status_code == 200, said.text
    assert said.json["marks"] == {number: {"T1": "4x"}}
    assert said.json["at"].endswith("Z")
    one = app.test_client()
    one.set_cookie("who", "expert1")
    assert 'value="4x"' in one.get(f"/desk/evaluations/{scoring.no}").text
    again = one.get(f"/api/v1/evaluations/{scoring.no}/sheet").json
    assert again["marks"] == {number: {"T1": "4x"}}
    assert again["open"] is True


def test_a_second_window_is_told_and_overwrites_nothing(scoring: Hall, app: Flask) -> None:
    number, first = scoring.number("A"), scoring.view(scoring.panel[0]).sheet.version
    newer = put(app, "expert1", scoring.no, first, (number, "44"))
    stale = put(app, "expert1", scoring.no, first, (number, "45"))
    assert (stale.status_code, stale.json["code"]) == (409, "sheet-changed")
    assert scoring.view(scoring.panel[0]).sheet.marks == {number: {"T1": "44"}}
    # A call whose answer was lost is sent again: the same cells are no conflict.
    same = put(app, "expert1", scoring.no, first, (number, "44"))
    assert (same.status_code, same.json["version"]) == (200, newer.json["version"])
    good = put(app, "expert1", scoring.no, newer.json["version"], (number, "45"))
    assert good.status_code == 200


def test_nobody_else_and_no_other_site_writes_into_a_sheet(scoring: Hall, app: Flask) -> None:
    number = scoring.number("A")
    assert put(app, "clerk", scoring.no, 1, (number, "44")).status_code == 404
    assert put(app, "", scoring.no, 1, (number, "44")).status_code == 401
    other = put(app, "expert1", scoring.no, 1, (number, "44"),
                headers={"Sec-Fetch-Site": "cross-site"})  # fmt: skip
    assert (other.status_code, other.json["code"]) == (400, "cross-site")
    assert scoring.view(scoring.panel[0]).sheet.marks == {}
    mine = scoring.view(scoring.panel[0]).sheet.version
    put(app, "expert1", scoring.no, mine, (number, "44"))
    assert scoring.view(scoring.panel[1]).sheet.marks == {}


def test_what_is_no_score_is_kept_and_refused_at_the_lock(scoring: Hall) -> None:
    cells = [(scoring.number(one), text) for one, text in zip("ABC", ("41", "44", "51"),
                                                                strict=True)]  # fmt: skip
    typed(scoring, *cells)
    seen = scoring.view(scoring.panel[0]).sheet.version
    refused = scoring.refused(lock, LockSheet(scoring.no, seen), scoring.panel[0])
    assert refused == "score-out-of-range"
    typed(scoring, (scoring.number("C"), "48"))
    seen = scoring.view(scoring.panel[0]).sheet.version
    scoring.run(lock, LockSheet(scoring.no, seen), scoring.panel[0])
    assert scoring.view(scoring.panel[0]).sheet.state is SheetState.LOCKED
    more = KeepTyped(scoring.no, seen, (TypedMark(scoring.number("C"), "T1", "50"),))
    assert scoring.refused(keep_typed, more, scoring.panel[0]) == "sheet-locked"


def test_an_emptied_cell_is_empty_and_a_cell_has_its_length(scoring: Hall) -> None:
    number = scoring.number("B")
    typed(scoring, (number, "4" * 16))
    long = KeepTyped(scoring.no, 1, (TypedMark(number, "T1", "4" * 17),))
    assert scoring.refused(keep_typed, long, scoring.panel[0]) == "cell-too-long"
    typed(scoring, (number, " "))
    assert scoring.view(scoring.panel[0]).sheet.marks == {number: {}}
    objective = KeepTyped(scoring.no, 1, (TypedMark(number, "B1", "12"),))
    assert scoring.refused(keep_typed, objective, scoring.panel[0]) == "criterion-objective"
    odd = KeepTyped(scoring.no, 1, (TypedMark(number, "X9", "12"),))
    assert scoring.refused(keep_typed, odd, scoring.panel[0]) == "criterion-unknown"
