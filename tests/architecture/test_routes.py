"""Who may come in where: a table written by hand, and every way in asked as every role.

`routes.txt` holds one line for each way into the two hosts, "METHOD path mark", in the order of its
bytes. A room that gets a new page writes its line there; nobody prints the table from the code. The
mark `anonymous` stands on the anonymous host alone, every other mark on the platform's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine
from werkzeug.routing import AnyConverter, IntegerConverter, Rule, UUIDConverter
from werkzeug.test import TestResponse

from market.accounts.roles import EVERYBODY, PERMISSIONS, Role, permissions
from market.command import Actor
from market.factory import create_anonymous_app, create_app, listeners_of
from market.features import FEATURES
from market.journal import keys as journal_keys
from market.kernel.permissions import Permission
from market.web.access import actor_loader, marks, methods_of
from tests.support.log_cast import make_trust
from tests.support.offices import make_office, settings_for

TABLE = Path(__file__).with_name("routes.txt")
VISITOR, NEWCOMER = "VISITOR", "NEWCOMER"
"""Somebody who is not signed in; somebody who is, and whom no organisation gave a role."""
PEOPLE = (VISITOR, NEWCOMER, *(role.value for role in Role))
PUBLIC_ACTS = {
    # Coming in, and the link of a letter, which is its own key.
    "POST /sign-in public",
    "POST /accounts/new public",
    # A lost password: the same answer for everybody, and a code that was handed over in person.
    "POST /sign-in/lost public",
    "POST /sign-in/renewal public",
    "POST /invitations/<token> public",
}
SESSION_ONLY = {"GET /account signed-in", "GET /account/second-factor signed-in"}
"""Pages of one's own account, which ask a person's session and refuse a program's token."""
DEPARTMENTS = {Role.DEPT, Role.DEPT_HEAD}
SELECTION = (
    *("/api/v1/demands", "/demands", "/desk/demand-checks", "/desk/demands", "/desk/enrolments"),
    *("/desk/fitting-demands", "/desk/offers", "/desk/schemes", "/supervision/demands"),
)
"""Where agencies are chosen: for whoever acts for an approving department there is no such page."""


@dataclass(frozen=True)
class WayIn:
    """One method of one route, with the mark it wears and an address that fits it."""

    method: str
    rule: str
    mark: str
    address: str

    @property
    def line(self) -> str:
        return f"{self.method} {self.rule} {self.mark}"


def written() -> list[str]:
    return TABLE.read_text(encoding="utf-8").splitlines()


def ways_in(app: Flask) -> Iterator[WayIn]:
    """Every way into a host; two routes of one view wear the mark of that view."""
    worn = marks(app)
    for rule in app.url_map.iter_rules():
        address = app.url_map.bind("localhost").build(rule.endpoint, sample(rule))
        for method in methods_of(rule):
            yield WayIn(method, rule.rule, worn[f"{rule.endpoint} {method}"], address)


def sample(rule: Rule) -> dict[str, object]:
    """Something that is nowhere, for each blank of a route."""
    values: dict[str, object] = {}
    for name, converter in rule._converters.items():
        match converter:
            case UUIDConverter():
                values[name] = UUID(int=1)
            case IntegerConverter():
                values[name] = 1
            case AnyConverter():
                values[name] = min(converter.items)
            case _:
                values[name] = "nowhere"
    return values


def may(who: str) -> frozenset[Permission]:
    if who == VISITOR:
        return frozenset()
    return EVERYBODY if who == NEWCOMER else permissions([Role(who)])


def is_let_in(mark: str, who: str) -> bool:
    """What the table means for somebody."""
    opening, *asked = mark.split()
    if opening == "public":
        return True
    return who != VISITOR and {Permission(one) for one in asked} <= may(who)


def actor() -> Actor | None:
    """Whoever the request says it is; the real doors are tested where they stand."""
    who = request.headers.get("Authorization", VISITOR)
    return None if who == VISITOR else Actor(who, may(who), UUID(int=7), UUID(int=8))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Flask]:
    """Both hosts as they are put together, for what asks neither database nor Redis."""
    office = make_office(create_engine("postgresql+psycopg://nobody@localhost:1/none")).office
    settings = settings_for(tmp_path_factory.mktemp("hosts"))
    return (
        create_app(settings, FEATURES, office=office),
        create_anonymous_app(settings, FEATURES, office=office),
    )


@pytest.fixture
def hosts(engine: Engine, redis_url: str, tmp_path: Path) -> tuple[Flask, Flask]:
    """Both hosts on a real database without a single row of business, at a moment that stands."""
    settings = replace(settings_for(tmp_path), redis_url=redis_url)
    journal_keys.make(settings.keys)
    settings.trust_file.write_bytes(make_trust().write())
    office = make_office(engine, listeners=listeners_of(FEATURES)).office
    made = (
        create_app(settings, FEATURES, office=office),
        create_anonymous_app(settings, FEATURES, office=office),
    )
    actor_loader(made[0], actor)
    for app in made:
        # A fault shall be an answer here, so that one fault does not hide the next.
        app.config["PROPAGATE_EXCEPTIONS"] = False
    return made


def ask(client: FlaskClient, way: WayIn, **headers: str) -> TestResponse:
    return client.open(
        way.address,
        method=way.method,
        headers={"Accept": "application/json", **headers},
        buffered=True,
    )


def is_shut(way: WayIn, who: str) -> bool:
    """Whether a way in is not there for somebody, whatever he may do elsewhere."""
    return who in DEPARTMENTS and way.rule.startswith(SELECTION)


def is_turned_away(answer: TestResponse) -> bool:
    """Whether it was refused for who asks: 401 or 403; "not found" comes from behind the door."""
    return answer.status_code in (401, 403)


def test_the_table_is_in_order_and_says_nothing_twice() -> None:
    lines = written()
    assert lines == sorted(set(lines))


def test_the_table_asks_only_for_rights_that_some_role_has() -> None:
    held = EVERYBODY.union(*PERMISSIONS.values())
    asked = {Permission(one) for line in written() if " needs " in line for one in rights(line)}
    assert asked <= held
    assert Permission.HOUSE_ACT not in held


def rights(line: str) -> list[str]:
    return line.split(" needs ")[1].split()


def test_every_way_in_wears_the_mark_of_the_table(both: tuple[Flask, Flask]) -> None:
    worn = {way.line for app in both for way in ways_in(app)}
    table = set(written())
    assert sorted(worn - table) == [], "these ways in are not in the table"
    assert sorted(table - worn) == [], "these lines of the table are nowhere"


def test_nobody_changes_anything_unknown_but_by_coming_in_or_by_a_letter() -> None:
    acts = {line for line in written() if line.endswith(" public") and not line.startswith("GET ")}
    assert acts == PUBLIC_ACTS


def test_only_whom_the_table_lets_in_gets_past_the_door(hosts: tuple[Flask, Flask]) -> None:
    client, wrong, asked = hosts[0].test_client(use_cookies=False), [], 0
    for way in ways_in(hosts[0]):
        for who in PEOPLE:
            answer = ask(client, way, **({} if who == VISITOR else {"Authorization": who}))
            asked += 1
            if is_shut(way, who):
                wrong += [f"{who}: {way.line} is there"] if answer.status_code != 404 else []
                continue
            lets_in = is_let_in(way.mark, who) and way.line not in SESSION_ONLY
            if is_turned_away(answer) == lets_in:
                wrong.append(f"{who}: {way.line} -> {answer.status_code}")
    assert wrong == []
    assert asked > 2000


def test_no_way_in_breaks_for_anybody(hosts: tuple[Flask, Flask]) -> None:
    broken = []
    for app, known in zip(hosts, (True, False), strict=True):
        client = app.test_client(use_cookies=False)
        for way in ways_in(app):
            for who in (VISITOR, Role.OWNER, Role.CENTER, Role.SUPV) if known else (VISITOR,):
                answer = ask(client, way, **({} if who == VISITOR else {"Authorization": who}))
                if answer.status_code >= 500:
                    broken.append(f"{who}: {way.line} -> {answer.status_code}")
    assert broken == []


def test_on_the_anonymous_host_everybody_is_let_in_who_does_not_say_who_he_is(
    hosts: tuple[Flask, Flask],
) -> None:
    client, wrong = hosts[1].test_client(use_cookies=False), []
    for way in ways_in(hosts[1]):
        if is_turned_away(ask(client, way)):
            wrong.append(f"nobody: {way.line}")
        wrong += [
            f"with {name}: {way.line}"
            for name in ("Authorization", "Cookie")
            if ask(client, way, **{name: "a=b"}).status_code != 400
        ]
    assert wrong == []
