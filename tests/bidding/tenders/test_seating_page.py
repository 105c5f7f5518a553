"""Officers are named by organisations; what is wrong is said beside its field."""

import re

import pytest
from flask.testing import FlaskClient

from bidding.officers.queries import seats
from bidding.tenders.preparing import PrepareTender, prepare_tender
from market.factory import create_app
from market.features import FEATURES
from market.web.access import actor_loader
from tests.bidding.tenders.cast import admitted_project
from tests.bidding.tenders.conftest import marks_on
from tests.support.bidding_cast import House
from tests.support.bidding_fixtures import furnished, house

__all__ = ["furnished", "house"]

NAMED = {
    "part_1": "owner",
    "organisation_1": "owner Ltd",
    "person_1": "wang",
    "part_2": "supervisor",
    "organisation_2": "SUPERVISOR L",
    "person_2": "jian",
    "part_3": "notary",
    "organisation_3": "notary Ltd",
    "person_3": "gong",
}


@pytest.fixture
def no(house: House) -> str:
    """A draft without officers."""
    project = admitted_project(house.cast, house.tenders.clerk, name_zh="第二个项目")
    return house.tenders.run(prepare_tender, PrepareTender(project))["no"]


@pytest.fixture
def desk(house: House) -> FlaskClient:
    """The purchaser's clerk at a browser, in English."""
    app = create_app(house.settings, FEATURES, office=house.office)
    actor_loader(app, lambda: house.tenders.clerk)
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def named(desk: FlaskClient, no: str, **changes: str):
    """The form sent as it is filled in here; every other row is empty."""
    path = f"/desk/tenders/{no}/officers"
    empty = {f"{name}_{n}": "" for n in range(1, 8) for name in ("part", "organisation", "person")}
    typed = empty | NAMED | changes
    return desk.post(path, data=marks_on(desk.get(path).text, "Seating") | typed)


def wrongs(page: str) -> list[str]:
    """The fields that are pointed at."""
    return re.findall(r'id="Seating-([a-z]+_\d)-wrong"', page)


def test_officers_are_named_by_names_parts_of_names_and_codes(
    house: House, desk: FlaskClient, no: str
) -> None:
    code = house.cast.usccs["notary"]
    assert named(desk, no, organisation_3=f"written {code.lower()}").status_code == 303
    held = house.ask(seats, no)
    assert [(one.role, one.i) for one in held] == [("owner", 1), ("supervisor", 2), ("notary", 3)]
    assert [one.organisation for one in held] == [
        house.cast.organisations[name] for name in ("owner", "supervisor", "notary")
    ]
    again = desk.get(f"/desk/tenders/{no}/officers").text
    assert 'value="supervisor Ltd"' in again
    assert 'value="gong"' in again


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"organisation_2": "no such house"}, ["organisation_2"]),
        ({"organisation_2": "Ltd"}, ["organisation_2"]),
        ({"organisation_2": "91370000000000000X"}, ["organisation_2"]),
        ({"person_2": "gong"}, ["person_2"]),
        ({"person_2": ""}, ["person_2"]),
        ({"part_2": ""}, ["part_2"]),
        ({"organisation_4": "notary Ltd", "person_4": "gong", "part_4": "notary"}, ["person_4"]),
        ({"organisation_1": "", "person_3": "nobody"}, ["organisation_1", "person_3"]),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    house: House, desk: FlaskClient, no: str, changes: dict[str, str], fields: list[str]
) -> None:
    page = named(desk, no, **changes)
    assert (page.status_code, wrongs(page.text)) == (422, fields)
    for name, text in (NAMED | changes).items():
        if text and not name.startswith("part_"):
            assert f'name="{name}" type="text" value="{text}"' in page.text
    assert house.ask(seats, no) == []


def test_a_choice_that_could_open_alone_is_refused_before_anybody_gives_a_key(
    house: House, desk: FlaskClient, no: str
) -> None:
    third = {"part_3": "witness", "organisation_3": "supervisor Ltd", "person_3": "cha"}
    page = named(desk, no, **third)
    assert page.status_code == 409
    assert "One organisation holds 2 seats, and 2 open bids" in page.text
    assert house.ask(seats, no) == []
    third = {"part_3": "witness", "organisation_3": "witness Ltd", "person_3": "ming"}
    assert "outside organisation of the trust file" in named(desk, no, **third).text
    assert named(desk, no).status_code == 303


def test_who_holds_how_much_is_shown_while_it_is_typed_and_nothing_is_written(
    house: House, desk: FlaskClient, no: str
) -> None:
    live = {name: text for name, text in NAMED.items() if not name.startswith("person_")}
    path = f"/desk/tenders/{no}/officers"
    page = desk.get(path, query_string=live).text
    said = page.split('id="reckoned"')[1].split("</aside>")[0]
    assert "Seats named: 3; any 2 of them open the bids." in said
    assert said.count("one seat") == 3
    assert "an outside organisation is there" in said
    worse = desk.get(path, query_string=live | {"organisation_3": "supervisor Ltd"}).text
    said = worse.split('id="reckoned"')[1].split("</aside>")[0]
    assert "2 seats: opens alone" in said
    assert "an outside organisation is missing" in said
    unclear = desk.get(path, query_string=live | {"organisation_2": "no such house"})
    assert (unclear.status_code, wrongs(unclear.text)) == (200, ["organisation_2"])
    assert house.ask(seats, no) == []


def test_nobody_learns_sign_in_names_of_another_organisation(
    house: House, desk: FlaskClient, no: str
) -> None:
    page = desk.get(f"/desk/tenders/{no}/officers").text
    offered = page.split('<datalist id="own-people"')[1].split("</datalist>")[0]
    assert re.findall(r'value="(\w+)"', offered) == ["wang"]
    for account in ("jian", "cha", "gong", "ming"):
        assert f'"{account}"' not in page
    unknown, elsewhere = named(desk, no, person_2="nobody"), named(desk, no, person_2="gong")
    said = [
        re.search(r'person_2-wrong">.*?</svg> ([^<]+)', one.text) for one in (unknown, elsewhere)
    ]
    assert said[0] is not None
    assert said[1] is not None
    assert said[0][1] == said[1][1]


def test_a_rehearsal_that_is_too_early_says_so(house: House, desk: FlaskClient, no: str) -> None:
    named(desk, no)
    path = f"/desk/tenders/{no}/officers"
    page = desk.post(f"{path}/rehearsal", data=marks_on(desk.get(path).text, "Confirm"))
    assert page.status_code == 409
    assert "0 of 3 officers gave a key" in page.text
