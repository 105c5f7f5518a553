"""Everything that anybody may read of a house, route by route: a new one is not forgotten."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from flask import Flask
from sqlalchemy import select

from market.journal.model import Checkpoint
from market.notices.model import Notice
from market.protocol.tiles import tiles_of
from market.web.access import marks
from tests.support.bidding_cast import House

OPEN = {"public", "anonymous"}
LEFT_OUT = {
    "static": "files of the program itself",
    "invitations": "a capability in the address",
    "receipts": "a capability in the address",
    "draws": "no draw stands in this house",
}
"""Routes that are not read here, by a part of their address, and why."""


def paths(app: Flask, house: House) -> Iterator[str]:
    """The address of every open page and answer of a host, with all values it may carry."""
    marked = marks(app)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if marked.get(f"{rule.endpoint} GET") not in OPEN:
            continue
        if any(part in rule.rule for part in LEFT_OUT):
            continue
        yield from filled(rule.rule, house)


def filled(rule: str, house: House) -> list[str]:
    """The addresses of one route; `KeyError` for a new kind of value, to be added here."""
    if "<" not in rule:
        return [rule + "?subject=journal" if rule == "/log/entries" else rule]
    made = [rule]
    while "<" in made[0]:
        name = made[0].partition("<")[2].partition(">")[0]
        values = VALUES[rule if name == "digest" else name](house)
        made = [path.replace(f"<{name}>", value, 1) for path in made for value in values]
        if not made:
            return []
    return made


def sizes(house: House) -> list[str]:
    """The sizes of all heads."""
    return [str(size) for size in house.ask(lambda s: s.scalars(select(Checkpoint.size)).all())]


def last_size(house: House) -> int:
    """The size of the newest head."""
    return max(map(int, sizes(house)))


def documents(house: House) -> list[str]:
    """The tender's documents."""
    return [item.digest.hex() for item in house.tenders.draft(house.no).documents]


def notices(house: House) -> list[str]:
    """Every notice by its digest."""
    return [raw.hex() for raw in house.ask(lambda s: s.scalars(select(Notice.digest)).all())]


def tiles(house: House) -> list[str]:
    """The tiles of the newest head: hashes, and the entries themselves."""
    hashed = tiles_of(last_size(house))
    entries = [replace(tile, level=None) for tile in hashed if tile.level == 0]
    return [tile.path().removeprefix("tile/") for tile in (*hashed, *entries)]


VALUES: dict[str, Callable[[House], list[str]]] = {
    "no": lambda house: [house.no],
    "subject": lambda house: [house.no],
    "code": lambda _: ["IC03-01"],
    "month": lambda _: ["2026-02"],
    "int:size": sizes,
    "int:index": lambda house: [str(index) for index in range(last_size(house))],
    "int:old": lambda _: ["1"],
    "int:new": lambda house: [str(last_size(house))],
    "path:path": tiles,
    "/tenders/<no>/documents/<digest>": documents,
    "/api/v1/tenders/<no>/documents/<digest>": documents,
    "/notices/<digest>": notices,
    "/notices/<digest>/text": notices,
}
