"""Pages and calls of a selection: enrol by script or program, nothing of others, the result."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from intermediaries.agencies.feature import FEATURE as AGENCIES_ROOM
from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.cityrules.feature import FEATURE as CITYRULES
from intermediaries.demands.feature import FEATURE as DEMANDS
from intermediaries.offers import listing, queries
from intermediaries.offers.feature import FEATURE
from intermediaries.rulebook.selection.modes import Mode
from market.accounts.feature import FEATURE as ACCOUNTS
from market.accounts.roles import Role
from market.approvals.feature import FEATURE as APPROVALS
from market.draws.feature import FEATURE as DRAWS
from market.journal.keys import load, make
from market.journal.model import TrailLine
from market.protocol.encoding import b64u, canonical, parse
from market.protocol.enrolment_receipts import read_enrolment_receipt
from market.protocol.signing import public_bytes
from market.web.record import FEATURE as RECORD
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.offers_cast import AGENCIES, Bazaar, make_bazaar

ROOMS = (ACCOUNTS, CITYRULES, CATALOGUE, AGENCIES_ROOM, APPROVALS, DRAWS, DEMANDS, FEATURE)
FIRST, SECOND, THIRD = AGENCIES[:3]


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    made = make_bazaar(engine, tmp_path, AGENCIES[:3])
    make(tmp_path / "keys")
    return made


@pytest.fixture
def app(place: Bazaar, redis_url: str, tmp_path: Path) -> Flask:
    return app_of(place.market.cast, ROOMS, redis_url, tmp_path)


def post(browser: Browser, no: str, made, **headers: str):
    act, ciphertext = made
    body = {"act": b64u(act.raw), "ciphertext": None if ciphertext is None else b64u(ciphertext)}
    return browser.client.post(
        f"/api/v1/demands/{no}/enrolments",
        data=canonical(body),
        headers={"Sec-Fetch-Site": "same-origin", **headers},
    )


def test_an_agency_enrols_over_the_interface_and_keeps_its_receipt(
    app: Flask, place: Bazaar, tmp_path: Path
) -> None:
    no = place.demand(Mode.LOWEST)
    agency = signed_in(app, place.market.cast, FIRST)
    page = agency.open(f"/demands/{no}/enrol").text
    assert "timekeepers" in page
    assert "data-quote" not in page  # the keys are not there: nothing can be sealed, and it says so
    place.give_keys()
    page = agency.open(f"/demands/{no}/enrol").text
    assert 'data-act="enrol"' in page
    assert "vendor/quote_page.js" in page
    said = json.loads(agency.open(f"/api/v1/demands/{no}/enrolments").data)
    assert (said["sealed"], said["last"], said["round"]) == (True, None, 1)
    made = place.act(FIRST, 9_000_000)
    answer = post(agency, no, made)
    assert answer.status_code == 200, answer.text
    receipt = read_enrolment_receipt(
        parse(answer.data)["receipt"], public_bytes(load(tmp_path / "keys").receipt)
    )
    assert receipt.enrolment_hash == made[0].hash
    assert post(agency, no, made).data == answer.data  # again: the same receipt
    kept = agency.open(f"/demands/{no}/enrol/receipt")
    assert canonical(parse(answer.data)["receipt"]) == kept.data
    page = agency.open(f"/demands/{no}/enrol").text
    assert 'data-act="withdraw"' in page
    assert no in agency.open("/desk/offers").text


def test_nobody_but_the_operator_learns_who_enrolled_and_nobody_what(
    app: Flask, place: Bazaar
) -> None:
    no = place.demand(Mode.LOWEST)
    place.give_keys()
    before = {}
    cast = place.market.cast
    public = Browser(app.test_client(), cast)
    owner, other = signed_in(app, cast, "wang"), signed_in(app, cast, SECOND)
    centre, supervisor = signed_in(app, cast, "ceng"), signed_in(app, cast, "jian")
    looks = {
        "public": (public, (f"/demands/{no}", f"/demands/{no}/selection", "/demands")),
        "owner": (owner, (f"/demands/{no}", f"/demands/{no}/selection", "/desk")),
        "supervisor": (supervisor, (f"/demands/{no}/selection", "/desk")),
        "other": (other, (f"/demands/{no}/enrol", f"/demands/{no}/selection")),
    }

    def seen(path: str, browser: Browser) -> str:
        return "\n".join(
            line
            for line in browser.open(path).text.splitlines()
            if "data-now" not in line and "_once" not in line and "hour" not in line
        )

    for who, (browser, paths) in looks.items():
        before[who] = [seen(path, browser) for path in paths]
    agency = signed_in(app, cast, FIRST)
    assert post(agency, no, place.act(FIRST, 9_000_000)).status_code == 200
    for who, (browser, paths) in looks.items():
        assert before[who] == [seen(path, browser) for path in paths], who
    assert cast.usccs[FIRST] not in seen(f"/demands/{no}/selection", public)
    for browser in (owner, other, supervisor):
        assert browser.open(f"/desk/enrolments/{no}").status_code == 403
    listed = centre.open(f"/desk/enrolments/{no}").text
    assert f"{FIRST} Ltd" in listed  # the positive control: here it is seen
    assert "90,000" not in listed
    assert no in centre.open("/desk/enrolments").text
    assert other.open(f"/demands/{no}/enrol/receipt").status_code == 404
    assert json.loads(other.open(f"/api/v1/demands/{no}/enrolments").data)["last"] is None
    lines = place.ask(lambda s: list(s.scalars(select(TrailLine.command))))
    assert "enrol" not in lines  # no line of the trail says that somebody enrolled
    assert public.open(f"/api/v1/demands/{no}/selection").status_code == 404


def test_a_department_finds_no_selection_and_that_it_looked_is_kept(
    app: Flask, place: Bazaar
) -> None:
    no = place.demand(Mode.LOWEST)
    place.market.cast.staffed("planning", "shenpi", Role.DEPT)
    department = signed_in(app, place.market.cast, "shenpi")
    for path in (
        f"/demands/{no}/selection",
        f"/api/v1/demands/{no}/selection",
        f"/demands/{no}/enrol",
        f"/api/v1/demands/{no}/enrolments",
        "/desk/offers",
        "/desk/enrolments",
    ):
        assert department.open(path).status_code == 404, path
    refused = place.ask(
        lambda s: list(s.scalars(select(TrailLine.subject).where(TrailLine.refused.is_not(None))))
    )
    assert len([one for one in refused if one == no]) >= 4
    anybody = Browser(app.test_client(), place.market.cast)
    assert anybody.open(f"/demands/{no}/selection").status_code == 200


def test_a_department_finds_no_draw_of_a_selection_and_everybody_else_does(
    place: Bazaar, redis_url: str, tmp_path: Path
) -> None:
    app = app_of(place.market.cast, (*ROOMS, RECORD), redis_url, tmp_path)
    no = place.demand(Mode.LOWEST)
    place.give_keys()
    for name in AGENCIES[:3]:
        place.enrol(name, 9_000_000)
    place.close()
    place.draw()
    drawn = place.row().draw_no
    place.market.cast.staffed("planning", "shenpi", Role.DEPT)
    department = signed_in(app, place.market.cast, "shenpi")
    anybody = Browser(app.test_client(), place.market.cast)
    for path in (f"/draws/{drawn}", f"/api/v1/draws/{drawn}"):
        assert anybody.open(path).status_code == 200, path
        assert department.open(path).status_code == 404, path
    for path in ("/draws", f"/draws?case={no}"):
        assert no in anybody.open(path).text
        assert f"/draws/{drawn}" in anybody.open(path).text
        found = department.open(path)
        assert found.status_code == 200
        assert f"/draws/{drawn}" not in found.text
    looked = place.ask(
        lambda s: list(s.scalars(select(TrailLine.command).where(TrailLine.subject == drawn)))
    )
    assert looked.count("selection.look") == 2


def test_the_result_explains_every_figure_in_both_languages(app: Flask, place: Bazaar) -> None:
    no = place.demand(Mode.LOWEST)
    place.give_keys()
    for name, price in ((FIRST, 9_100_000), (SECOND, 8_000_000), (THIRD, 20_000_000)):
        place.enrol(name, price)
    cast = place.market.cast
    for language, words in (("en", "does not count"), ("zh", "报价超出限价范围")):
        reader = Browser(app.test_client(), cast, language)
        assert reader.open(f"/demands/{no}/selection").status_code == 200
        del words
    place.close()
    listed = Browser(app.test_client(), cast).open(f"/demands/{no}/selection").text
    assert all(
        b64u(place.ask(queries.own, no, cast.organisations[name]).act_hash) in listed
        for name in (FIRST, SECOND, THIRD)
    )  # as the receipt writes it
    assert "The opening waits" not in listed  # its time has not come
    place.clock.at = place.row().opens_at
    waiting = Browser(app.test_client(), cast).open(f"/demands/{no}/selection").text
    assert "0 of 2 needed" in waiting
    assert (
        "Enrolments on the list"
        in Browser(app.test_client(), cast).open(f"/demands/{no}/selection").text
    )
    place.finish()
    place.witness()
    shown = place.ask(queries.result, no)
    for language in ("en", "zh"):
        page = Browser(app.test_client(), cast, language).open(f"/demands/{no}/selection").text
        assert all(row.words(language) in page for row in shown.rows)
        assert shown.failure_words(language) in page or shown.winner is not None
    file = Browser(app.test_client(), cast).open(f"/api/v1/demands/{no}/selection")
    assert (file.status_code, "attachment" in file.headers["Content-Disposition"]) == (200, True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"act":"!!","ciphertext":null}',
        b'{"act":"AAAA","ciphertext":null}',
        b'{"act":"AAAA","ciphertext":"AAAA","more":1}',
        b'{"act":1,"ciphertext":null}',
    ],
)
def test_bad_input_is_refused_and_breaks_nothing(app: Flask, place: Bazaar, body: bytes) -> None:
    no = place.demand(Mode.LOWEST)
    agency = signed_in(app, place.market.cast, FIRST)
    for path in (f"/api/v1/demands/{no}/enrolments", "/api/v1/demands/ZJ-2026-999999/enrolments"):
        answer = agency.client.post(path, data=body, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code in {400, 404, 413, 415, 422}, (path, answer.text)


def test_another_site_enrols_nobody(app: Flask, place: Bazaar) -> None:
    no = place.demand(Mode.LOWEST)
    place.give_keys()
    agency = signed_in(app, place.market.cast, FIRST)
    place.clock.at += timedelta(seconds=1)
    made = place.act(FIRST, 9_000_000)
    assert post(agency, no, made, **{"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert place.ask(listing.enrolled, no) == []
