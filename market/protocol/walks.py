"""The walk: who is seated when the strata are gone through in drawn order, and who is passed over.

In a stratum candidates are called by ascending HMAC-SHA256(seed, stratum || leaf), read as 32
bytes big-endian. The walk only goes forward: whoever was passed over is not called again, and a
seat that falls free goes to the next in the same stratum. So a substitute is always the next,
and one person's answer never unseats another.
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from market.protocol.encoding import Json, JsonObject, b64u, refuse, stamp, structure
from market.protocol.members import Members
from market.protocol.names import serial, word
from market.protocol.pools import stratum_name

EARLIER_STRATUM: Final = "earlier-stratum"
UNIT_CAP: Final = "unit-cap"
RECUSED: Final = "recused-after-opening"
DECLINED: Final = "declined"
NO_ANSWER: Final = "no-answer"
NOT_SIGNED_IN: Final = "not-signed-in"

COMPUTED: Final = (EARLIER_STRATUM, UNIT_CAP)  # follow from the order
REPORTED: Final = (RECUSED, DECLINED, NO_ANSWER, NOT_SIGNED_IN)  # come from outside
ANSWER_TIME: Final = timedelta(minutes=15)  # after the later of two deliveries (review H21)
CARRIERS: Final = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One stratum in the order of the walk: its name, its seats, its leaves as they are called."""

    stratum: str
    quota: int
    order: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Skip:
    """One candidate passed over or unseated; `collides` is the seated leaf a unit cap met."""

    stratum: str
    leaf: bytes
    code: str
    collides: bytes | None


# (stratum, leaf, leaves seated so far in the whole draw) -> the seated leaf it collides with
CapRule: TypeAlias = Callable[[str, bytes, Sequence[bytes]], bytes | None]


def draw_order(seed: bytes, stratum: str, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """The leaves of a stratum in the order in which they are called."""
    name = stratum.encode()
    return tuple(sorted(leaves, key=lambda leaf: hmac.digest(seed, name + leaf, "sha256")))


def cap_by_tags(tags: Mapping[bytes, bytes | None], cap: int | None) -> CapRule:
    """The unit cap, when every leaf's unit tag is known; None as a tag is no unit."""

    def collides(_stratum: str, leaf: bytes, seated: Sequence[bytes]) -> bytes | None:
        tag = tags[leaf]
        alike = [] if cap is None or tag is None else [one for one in seated if tags[one] == tag]
        return alike[0] if cap is not None and len(alike) >= cap else None

    return collides


class Walk:
    """A walk that has been started: seats are filled as far as the order and the rules allow.

    `cap` tells the seated leaf that a candidate collides with, or None. `skips` grows as the
    walk goes on; its order is the order in which the journal has them.
    """

    def __init__(self, rows: Sequence[Row], cap: CapRule) -> None:
        self._rows = {row.stratum: row for row in rows}
        self._next = dict.fromkeys(self._rows, 0)
        self._cap = cap
        self._called = set[bytes]()
        self.skips: list[Skip] = []
        self.seats: dict[str, list[bytes]] = {row.stratum: [] for row in rows}
        for row in rows:
            self._fill(row)

    def unseat(self, stratum: str, leaf: bytes, code: str) -> None:
        """Take a seat away for a reported code; the next in the stratum gets it.

        `not-seated` if the leaf has no seat there.
        """
        if code not in REPORTED:
            raise ValueError(f"{code} follows from the order and is not reported")
        if leaf not in self.seats.get(stratum, ()):
            refuse("该候选人没有席位", "This candidate has no seat", code="not-seated")
        self.seats[stratum].remove(leaf)
        self.skips.append(Skip(stratum, leaf, code, None))
        self._fill(self._rows[stratum])

    def short(self, stratum: str) -> int:
        """How many seats stay empty because nobody is left to call."""
        return self._rows[stratum].quota - len(self.seats[stratum])

    def skips_in(self, stratum: str) -> int:
        """How many were passed over or unseated; above the quota a supervisor must consent."""
        return sum(skip.stratum == stratum for skip in self.skips)

    def following(self, stratum: str, count: int) -> tuple[bytes, ...]:
        """The next `count` leaves that would be called, whatever rule may then pass them over."""
        start = self._next[stratum]
        return self._rows[stratum].order[start : start + count]

    def _fill(self, row: Row) -> None:
        seats = self.seats[row.stratum]
        while len(seats) < row.quota and self._next[row.stratum] < len(row.order):
            leaf = row.order[self._next[row.stratum]]
            self._next[row.stratum] += 1
            if leaf in self._called:
                self.skips.append(Skip(row.stratum, leaf, EARLIER_STRATUM, None))
                continue
            seated = [one for held in self.seats.values() for one in held]
            met = self._cap(row.stratum, leaf, seated)
            if met is not None:
                self.skips.append(Skip(row.stratum, leaf, UNIT_CAP, met))
                continue
            self._called.add(leaf)
            seats.append(leaf)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A carrier's record that an invitation arrived."""

    carrier: str
    receipt: bytes
    delivered_at: datetime

    def json(self) -> JsonObject:
        """The record as a step writes it."""
        return {
            "carrier": self.carrier,
            "receipt": b64u(self.receipt),
            "delivered_at": stamp(self.delivered_at),
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One skip as it is journaled, numbered from 0 in the order of the walk.

    What backs it: nothing for the computed codes; for `no-answer` two deliveries and the end of
    the waiting; for the others `H` of the record (the candidate's own statement, the finding).
    """

    number: int
    skip: Skip
    record: bytes | None
    deliveries: tuple[Delivery, ...]
    waited_until: datetime | None
    json: JsonObject


def make_step(
    draw: str, number: int, skip: Skip, *, record: bytes | None = None,
    deliveries: Sequence[Delivery] = (), waited_until: datetime | None = None,
) -> JsonObject:  # fmt: skip
    """A skip as the data of a `draw-step` entry; refusals as in `read_step`."""
    made = structure(
        "draw-step",
        draw=draw,
        step=number,
        stratum=skip.stratum,
        leaf=b64u(skip.leaf),
        code=skip.code,
        collides=None if skip.collides is None else b64u(skip.collides),
        record=None if record is None else b64u(record),
        deliveries=[item.json() for item in deliveries],
        waited_until=None if waited_until is None else stamp(waited_until),
    )
    read_step(made, draw)
    return made


def read_step(value: Json, draw: str) -> Step:
    """The step that `make_step` writes.

    `wrong-draw` for another draw's; `no-evidence` unless it is backed as its code asks: for
    `no-answer` two different carriers and 15 minutes after the later delivery (review H21).
    """
    held = Members(value, "draw-step")
    if serial(held.take("draw")) != draw:
        refuse("步骤属于另一次抽取", "The step belongs to another draw", code="wrong-draw")
    number = held.whole("step")
    skip = Skip(
        stratum_name(held.take("stratum")),
        held.octets("leaf", 32),
        held.choice("code", (*COMPUTED, *REPORTED)),
        held.maybe("collides", lambda name: held.octets(name, 32)),
    )
    found = Step(
        number,
        skip,
        held.maybe("record", lambda name: held.octets(name, 32)),
        held.array("deliveries", _delivery, high=CARRIERS),
        held.maybe("waited_until", held.moment),
        value if isinstance(value, dict) else {},
    )
    held.end()
    if not _is_backed(found):
        refuse(
            f"步骤 {number} 缺少所需的凭据",
            f"Step {number} lacks the evidence its code asks for",
            code="no-evidence",
        )
    return found


def _is_backed(step: Step) -> bool:
    skip, waited = step.skip, step.waited_until
    bare = not step.deliveries and waited is None
    if skip.code in COMPUTED:
        return bare and step.record is None and (skip.collides is None) == (skip.code != UNIT_CAP)
    if skip.collides is not None:
        return False
    if skip.code != NO_ANSWER:
        return bare and step.record is not None
    carriers = {item.carrier for item in step.deliveries}
    if step.record is not None or waited is None or len(carriers) != CARRIERS:
        return False
    return waited >= max(item.delivered_at for item in step.deliveries) + ANSWER_TIME


def _delivery(value: Json) -> Delivery:
    held = Members(value)
    found = Delivery(
        word(held.take("carrier")), held.octets("receipt", 32), held.moment("delivered_at")
    )
    held.end()
    return found
