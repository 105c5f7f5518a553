"""Strangers at somebody's doors: the same roles and rights, of other organisations.

    world = World(app, people, engine)
    at = Doorsteps("draft", {"no": no, "code": code})
    ask_strangers(world, at, strangers)

Each way in of the scene is first used by the one it belongs to: a page must be shown, and the forms
found there are what the strangers send, filled in, with marks of their own browsers. Afterwards
every table of the database says what it said before.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import Engine, MetaData, select

from market.accounts.roles import Role, permissions
from market.command import Actor
from market.demo.play.driver import HtmlForm, _Reader
from market.factory import create_app
from market.features import FEATURES
from market.settings import Settings
from market.web.access import actor_loader
from tests.support.doors import ACTS, Way
from tests.support.log_cast import make_trust
from tests.support.people_cast import Cast
from tests.support.sources import ROOT

TABLE: Final = ROOT / "tests" / "architecture" / "strangers.txt"
AWAY: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
MARKS: Final = ("_once", "_csrf")
SAME: Final = {"Sec-Fetch-Site": "same-origin"}
REFUSED_LINES: Final = "trail_line"
"""A refused attempt on something secret leaves a line; no line that says something was done."""
SECOND_LIVES: Final = {
    "other-owner": "its representative, who is its project officer too",
    "other-clerk": "a project officer of the same other owner",
    "other-agent": "another agent's manager",
    "other-notary": "a notary who holds no seat here",
    "other-bidder": "the clerk of a firm that did not bid",
    "other-expert": "an expert of the register who was not called",
}


def table() -> dict[str, list[str]]:
    """The table by scene: the ways in that are asked there."""
    found = dict[str, list[str]]()
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        way, _, scene = line.rpartition(": ")
        found.setdefault(scene, []).append(way)
    return found


def strangers(cast: Cast) -> dict[str, Actor]:
    """Everybody of `SECOND_LIVES`, entered by the real commands; the cast has a second owner."""
    cast.register("firm-elsewhere", "elsewhere-firm")
    cast.enrol("elsewhere-expert")
    expert = Actor(
        "elsewhere-expert", permissions({Role.EXPERT}), cast.people["elsewhere-expert"], None
    )
    made = {
        "other-owner": cast.actor("zhao", "other"),
        "other-clerk": cast.appoint("other", "zhao", "elsewhere-clerk", Role.OWNER),
        "other-agent": cast.staffed("agency-elsewhere", "elsewhere-agent", Role.AGENT),
        "other-notary": cast.staffed("notary-elsewhere", "elsewhere-notary", Role.NOTARY),
        "other-bidder": cast.appoint(
            "firm-elsewhere", "elsewhere-firm", "elsewhere-firm", Role.BIDDER
        ),
        "other-expert": expert,
    }
    assert list(made) == list(SECOND_LIVES)
    return made


def whole_host(settings: Settings, office: object, people: Mapping[str, Actor]) -> Flask:
    """The platform's host with every room; the cookie `who` says who asks."""
    settings.keys.mkdir(parents=True, exist_ok=True)
    key = settings.keys / "personal.1.key"
    if not key.exists():
        key.write_bytes(b"k" * 32)
        key.chmod(0o600)
    if not settings.trust_file.exists():
        settings.trust_file.write_bytes(make_trust().write())
    made = create_app(settings, FEATURES, office=office)
    actor_loader(made, lambda: people.get(request.cookies.get("who", "")))
    return made


@dataclass(frozen=True, slots=True)
class Doorsteps:
    """The ways in of a scene: how blanks are filled, and to whom each belongs.

    `known` fills blanks by their name; `at` gives a whole address by the way's end; `of` says by a
    part of the way whose it is, `everything` of whoever is in no part. `bodies` are what calls of
    programs take, by the way; `pages` where the form of a way stands, if not at its own address.
    """

    scene: str
    known: Mapping[str, str]
    everything: str = "clerk"
    of: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, bytes] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    """Ways whose page is shown to nobody in this scene."""

    def ways(self) -> list[Way]:
        """What the table has for the scene."""
        return [Way(*line.split(" ", 1)) for line in table()[self.scene]]

    def whose(self, way: Way) -> str:
        """Who is shown it."""
        found = [who for part, who in self.of.items() if part in way.rule]
        return found[-1] if found else self.everything

    def addresses(self, way: Way) -> list[str]:
        """The way with real things in its blanks; one for each act it names."""
        rule = self.at.get(way.rule, way.rule)
        for name, value in self.known.items():
            rule = re.sub(rf"<(?:\w+:)?{name}>", value, rule)
        acts = ACTS.search(rule)
        names = [one.strip(" '") for one in acts[1].split(",")] if acts is not None else [""]
        found = [ACTS.sub(name, rule) for name in names]
        assert not any("<" in one for one in found), (self.scene, way, found)
        return found


@dataclass
class World:
    """The host, everybody who may be at it, and the database behind."""

    app: Flask
    people: Mapping[str, Actor]
    engine: Engine
    forms: dict[str, list[HtmlForm]] = field(default_factory=dict)
    _clients: dict[str, FlaskClient] = field(default_factory=dict)
    _marks: dict[str, dict[str, str]] = field(default_factory=dict)

    def client(self, who: str) -> FlaskClient:
        """Somebody's browser."""
        if who not in self._clients:
            assert who in self.people, who
            self._clients[who] = self.app.test_client()
            self._clients[who].set_cookie("who", who)
        return self._clients[who]

    def look(self, who: str, path: str) -> int:
        """Ask for a page; its forms are kept for others to try."""
        answer = self.client(who).get(path, headers=SAME, buffered=True)
        if answer.status_code == HTTPStatus.OK and answer.mimetype == "text/html":
            reader = _Reader()
            reader.feed(answer.text)
            for form in reader.forms:
                if form.method == "post":
                    target = urlsplit(form.action).path or urlsplit(path).path
                    self.forms.setdefault(target, []).append(form)
        return answer.status_code

    def send(self, who: str, way: Way, path: str, body: bytes | None) -> list[int]:
        """Send an act: the body of a call, or every form that was found for the address."""
        if body is not None:
            client = self.client(who)
            kind = "application/json"
            said = client.open(
                path, method=way.method, data=body, content_type=kind, headers=SAME, buffered=True
            )
            return [said.status_code]
        forms = self.forms.get(path) or [HtmlForm(path, "post")]
        return [
            self.client(who)
            .post(path, data={**filled(form), **self._given(who)}, headers=SAME, buffered=True)
            .status_code
            for form in forms
        ]

    def _given(self, who: str) -> dict[str, str]:
        """The marks of a form that this very browser was shown: the door is not what refuses."""
        if who not in self._marks:
            reader = _Reader()
            reader.feed(self.client(who).get("/glossary", buffered=True).text)
            form = next(one for one in reader.forms if set(MARKS) <= set(one.values))
            self._marks[who] = {name: form.values[name][0] for name in MARKS}
        return self._marks[who]

    def contents(self) -> dict[str, list[str]]:
        """What every table says, row by row."""
        found = dict[str, list[str]]()
        known = MetaData()
        known.reflect(self.engine)
        with self.engine.connect() as connection:
            for name, one in known.tables.items():
                rows = select(one)
                if name == REFUSED_LINES:
                    rows = rows.where(one.c.refused.is_(None))
                found[name] = sorted(repr(tuple(row)) for row in connection.execute(rows))
        return found


def filled(form: HtmlForm) -> dict[str, object]:
    """A form as it came, with something in every field that was left empty."""
    shown = {name: given[-1] or "1" for name, given in form.values.items() if name not in MARKS}
    chosen = {name: given[0] for name, given in form.offered.items() if given}
    return {"_form": "press", **chosen, **shown}


def ask_strangers(
    world: World,
    at: Doorsteps,
    others: Sequence[str],
    *,
    may: Mapping[str, set[str]] | None = None,
) -> None:
    """Show every way of the scene to whom it belongs, and see everybody else turned away.

    `may` names, by way, strangers who are let in for a reason that the caller states.
    """
    ways = at.ways()
    for way in ways:
        for path in at.addresses(way):
            page = at.pages.get(way.rule, path)
            if str(way) in at.closed or way.rule in at.bodies:
                continue
            if way.method == "GET" or way.rule in at.pages:
                status = world.look(at.whose(way), page)
                assert status == HTTPStatus.OK, (at.scene, at.whose(way), page, status)
    before = world.contents()
    found = list[str]()
    for who in others:
        for way in ways:
            if who in (may or {}).get(str(way), set()):
                continue
            for path in at.addresses(way):
                found += _surprises(world, at, who, way, path)
    assert found == []
    assert world.contents() == before


def _surprises(world: World, at: Doorsteps, who: str, way: Way, path: str) -> list[str]:
    if way.method == "GET":
        statuses = [world.look(who, path)]
    else:
        statuses = world.send(who, way, path, at.bodies.get(way.rule))
    is_call = way.rule in at.bodies
    return [
        f"{who}: {way.method} {path} -> {status}"
        for status in statuses
        if status not in AWAY
        and not (is_call and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR)
    ]


def keys_beside(folder: Path) -> None:
    """The key under which the cast's names are sealed."""
    key = folder / "personal.1.key"
    key.write_bytes(b"k" * 32)
    key.chmod(0o600)
