"""Q4: whoever runs a tender sees the same whether nobody bids or many do; where it looks is noted.

Owner, agent, centre and administrator ask every page and answer of the platform's host in two
copies of one house that live through the same minutes; bids come into one of them alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask, request
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from market.accounts.queries.organisations import organisation_by_uscc
from market.accounts.roles import Role, permissions
from market.command import Actor
from market.features import FEATURES
from market.journal.model import TrailLine
from market.web.access import actor_loader, marks
from tests.insider.openly import VALUES
from tests.insider.test_public_difference import Shape, acts, differing, masked, minutes, twins
from tests.support.bidding_cast import House
from tests.support.browsing import app_of

__all__ = ["twins"]

BIDS = 5
PEOPLE = (Role.OWNER, Role.AGENT, Role.CENTER, Role.SYSADMIN)
LEFT_OUT = ("/static/", "/log/", "/invitations/<token>", "case-file")
"""Files of the program, and what `test_public_difference` reads for everybody already."""
NOWHERE = "00000000-0000-0000-0000-000000000001"
SEALED = (
    "/desk/tenders/{no}/bonds",
    "/desk/tenders/{no}/bonds/{uscc}/proposal",
    "/desk/tenders/{no}/evaluation",
    "/desk/tenders/{no}/own-result",
    "/desk/evaluations/{no}",
    "/desk/evaluations/{no}/report.pdf",
    "/supervision/evaluations/{no}",
    "/api/v1/tenders/{no}/closing",
    "/api/v1/tenders/{no}/opening",
    "/api/v1/tenders/{no}/acts",
    "/api/v1/tenders/{no}/bids",
    "/api/v1/tenders/{no}/enrolments",
    "/api/v1/uploads/any",
    "/api/v1/receipts/any",
    "/api/v1/surrenders",
)
"""Where somebody would look for bids, bonds, uploads, names and counts."""


@dataclass(frozen=True)
class Insiders:
    """The four, by role; owner and agent are those of the tender."""

    house: House

    def actor(self, role: Role) -> Actor:
        mine = self.house.cast.organisations
        where = {
            Role.OWNER: mine["owner"],
            Role.AGENT: mine["notary"],
            Role.CENTER: mine["centre"],
            Role.SYSADMIN: mine["centre"],
        }[role]
        people = self.house.cast.people
        person = people["wang"] if role is Role.OWNER else people["ceng"]
        return Actor(role.value.lower(), permissions([role]), person, where)


def of_twins(twins: tuple[House, House]) -> None:
    """The same agent in both: the organisation that the tender's row names."""
    for house in twins:
        with house.engine.begin() as connection:
            for table in ("tender", "project"):
                connection.execute(
                    text(f"UPDATE {table} SET agent = :agent"),  # noqa: S608  names of our tables
                    {"agent": house.cast.organisations["notary"]},
                )


def host(house: House, redis_url: str) -> Flask:
    """The platform's host; the header says as whom one asks."""
    key = house.keys / "personal.1.key"
    key.write_bytes(b"k" * 32)  # the vault of the cast
    key.chmod(0o600)
    app = app_of(house.cast, FEATURES, redis_url, house.folder)
    people = {role.value: Insiders(house).actor(role) for role in PEOPLE}
    mine = house.ask(organisation_by_uscc, house.bidders["a"].uscc).id
    people["BIDDER"] = Actor("a", permissions([Role.BIDDER]), UUID(int=5), mine)
    actor_loader(app, lambda: people.get(request.headers.get("Authorization", "")))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def addresses(app: Flask, house: House) -> Iterator[str]:
    """Every page and answer there is, about this tender, its project, its bidders."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if f"{rule.endpoint} GET" not in marks(app) or any(part in rule.rule for part in LEFT_OUT):
            continue
        made = rule.rule
        while "<" in made:
            name = made.partition("<")[2].partition(">")[0]
            made = made.replace(f"<{name}>", value(rule.rule, name, house), 1)
        yield made


def value(rule: str, name: str, house: House) -> str:
    """Something real where there is something, else nowhere."""
    known = VALUES.get(rule if name == "digest" else name)
    if known is not None:
        return next(iter(known(house)), "nowhere")
    if name == "code":
        return str(house.tenders.facts(house.no).project_code)
    if name == "uscc":
        return house.bidders["a"].uscc
    return NOWHERE if name.startswith("uuid") else "1" if name.startswith("int") else "nowhere"


def seen(house: House, redis_url: str) -> dict[str, Shape]:
    """What each of the four is answered everywhere."""
    app = host(house, redis_url)
    client = app.test_client(use_cookies=False)
    found: dict[str, Shape] = {}
    for role in PEOPLE:
        for path in addresses(app, house):
            headers = {"Accept-Language": "en", "Authorization": role.value}
            answer = client.get(path, headers=headers, buffered=True)
            shown = tuple((key, masked(text)) for key, text in answer.headers)
            body = masked(answer.data.decode("latin-1"))
            found[f"{role.value} {path}"] = answer.status_code, shown, body
    return found


def looks(house: House) -> list[tuple[str, str, str]]:
    """The lines about looks: who, where, about what."""
    with Session(house.engine) as session:
        rows = session.scalars(select(TrailLine).where(TrailLine.command.startswith("sealed.look")))
        return [(row.actor, row.command.partition(":")[2], row.subject) for row in rows]


def test_nobody_who_runs_a_tender_can_tell_no_bids_from_some(
    twins: tuple[House, House], redis_url: str
) -> None:
    of_twins(twins)
    quiet, busy = twins
    minutes(quiet, 0)
    minutes(busy, BIDS)
    assert (acts(quiet), acts(busy)) == (0, BIDS)
    none, some = seen(quiet, redis_url), seen(busy, redis_url)
    assert differing(none, some) == set()
    assert not [path for path, (status, _, _) in none.items() if status >= 500]
    answered = dict.fromkeys(PEOPLE, 0)
    for path, (status, _, _) in none.items():
        answered[Role(path.partition(" ")[0])] += status == 200
    assert all(count > 20 for count in answered.values()), answered
    for path in (f"OWNER /desk/tenders/{quiet.no}", "CENTER /projects/register", "OWNER /desk"):
        assert none[path][0] == 200
    # The control: once bids are closed the same people are shown how many there were.
    for house in twins:
        house.close()
    after = differing(seen(quiet, redis_url), seen(busy, redis_url))
    assert f"OWNER /tenders/{quiet.no}/opening" in after


def test_each_of_them_is_answered_not_found_or_not_allowed_and_that_is_written_down(
    house: House, redis_url: str
) -> None:
    of_twins((house, house))
    client = host(house, redis_url).test_client(use_cookies=False)
    house.submit("a")
    for role in PEOPLE:
        for place in SEALED:
            path = place.format(no=house.no, uscc=house.bidders["a"].uscc)
            answer = client.get(path, headers={"Authorization": role.value})
            assert answer.status_code in (403, 404, 405), path
            assert house.bidders["a"].uscc not in answer.text.replace(path, "")
        noted = [one for one in looks(house) if one[0] == role.value.lower()]
        assert len(noted) == len(SEALED)
        assert {subject for _, _, subject in noted} == {house.no, "sealed-store"}


def test_what_is_open_and_what_does_not_exist_is_no_look(house: House, redis_url: str) -> None:
    client = host(house, redis_url).test_client(use_cookies=False)
    for path in (
        f"/tenders/{house.no}",
        f"/tenders/{house.no}/opening",
        f"/desk/tenders/{house.no}",
        "/tenders/ZC-2026-999999/opening",
        "/desk/tenders/ZC-2026-999999/bonds",
        "/no/such/page",
    ):
        client.get(path, headers={"Authorization": "OWNER"})
    assert looks(house) == []


@pytest.mark.parametrize("who", ["BIDDER", ""])
def test_nobody_who_may_bid_is_written_down(house: House, redis_url: str, who: str) -> None:
    """A line about a bidder's look would itself tell the platform who may bid."""
    client = host(house, redis_url).test_client(use_cookies=False)
    for place in SEALED:
        path = place.format(no=house.no, uscc=house.bidders["a"].uscc)
        client.get(path, headers={"Authorization": who} if who else {})
    assert looks(house) == []
    # The control: the same addresses asked by the owner are.
    client.get(SEALED[0].format(no=house.no), headers={"Authorization": "OWNER"})
    assert len(looks(house)) == 1


def test_after_the_closing_a_look_is_no_longer_one(house: House, redis_url: str) -> None:
    for name in "abc":
        house.submit(name)
    house.close()
    client = host(house, redis_url).test_client(use_cookies=False)
    before = looks(house)
    client.get(f"/api/v1/tenders/{house.no}/opening", headers={"Authorization": "OWNER"})
    assert looks(house) == before
