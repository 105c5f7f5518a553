"""The manifest of a tender: who can open its bids together, in which rounds, with which bond.

Journaled before publication and never changed afterwards; every sealed thing names its hash. Its
form is read here; whether its officers may sit together is `seating`.
"""

from dataclasses import dataclass
from typing import Final

from market.protocol.binding import BID_KINDS, HASH_LENGTH, Kind, kinds_json
from market.protocol.bondkeys import read_denomination
from market.protocol.encoding import (
    Json,
    JsonObject,
    b64u,
    canonical,
    digest,
    parse,
    refuse,
    structure,
)
from market.protocol.members import Members, choice_of, octets_of
from market.protocol.officers import Seat, read_seat
from market.protocol.sharing import HOLDER_LIMIT

MANIFEST_LIMIT: Final = 15_360  # bytes, so that its journal entry stays within 16 KiB
REVEALS: Final = ("identity", "facts", "nothing")
AUDIENCES: Final = ("public", "panel", "opening-service")
CLOSING: Final = "closing"  # a round that follows the closing record at once
SCORE_LOCK: Final = "score-lock"  # a round that waits until the panel's scores are locked
AFTER: Final = (CLOSING, SCORE_LOCK)


@dataclass(frozen=True, slots=True)
class Round:
    """One round of opening: which kinds are decrypted, what becomes known, to whom, when."""

    no: int
    opens: tuple[Kind, ...]
    reveals: str
    to: str
    after: str = CLOSING

    def to_json(self) -> JsonObject:
        """The object as it stands in a manifest."""
        return {
            "no": self.no,
            "opens": kinds_json(self.opens),
            "reveals": self.reveals,
            "to": self.to,
            "after": self.after,
        }


def usual_rounds(*, technical: bool = True, two_sittings: bool = False) -> tuple[Round, ...]:
    """Identity inside the opening service, technical to the panel, price in public.

    In one sitting the price is opened with the identity, as the law has it; in two it waits for
    the score lock.
    """
    first = Round(1, (Kind.IDENTITY,), "identity", "opening-service")
    price_after = SCORE_LOCK if two_sittings else CLOSING
    if not technical:
        return first, Round(2, (Kind.PRICE,), "facts", "public", price_after)
    return (
        first,
        Round(2, (Kind.TECHNICAL,), "nothing", "panel"),
        Round(3, (Kind.PRICE,), "facts", "public", price_after),
    )


@dataclass(frozen=True, slots=True)
class Manifest:
    """`yg/manifest/v1`. `bond` is the denomination in fen; `covers` the root of the cover keys.

    `covers` is None where a tender has none, which is thereby said in public. `script_hash` is
    that of the published sealing page.
    """

    tender: str
    k: int
    seats: tuple[Seat, ...]
    rounds: tuple[Round, ...]
    bond: int
    covers: bytes | None
    script_hash: bytes

    @property
    def n(self) -> int:
        """How many officers there are."""
        return len(self.seats)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The envelopes of a bid, in their order."""
        return tuple(kind for round_ in self.rounds for kind in round_.opens)

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every sealing key, officers and stand-ins; none may ever stand in another manifest."""
        return tuple(recipient for seat in self.seats for recipient in seat.recipients)

    @property
    def hash(self) -> bytes:
        """The name of this manifest in everything sealed under it."""
        return digest(canonical(self.to_json()))

    def round_of(self, no: int) -> Round:
        """The round of this number; `no-such-round` otherwise."""
        if not 1 <= no <= len(self.rounds):
            refuse("没有这一轮", "The manifest has no such round", code="no-such-round")
        return self.rounds[no - 1]

    def to_json(self) -> JsonObject:
        """The structure."""
        return structure(
            "manifest",
            tender=self.tender,
            k=self.k,
            n=self.n,
            officers=[seat.to_json() for seat in self.seats],
            rounds=[round_.to_json() for round_ in self.rounds],
            bond={"denomination": self.bond},
            covers=None if self.covers is None else {"root": b64u(self.covers)},
            script_hash=b64u(self.script_hash),
        )

    def write(self) -> bytes:
        """Its bytes as journaled; `too-large` above 15 KiB."""
        raw = canonical(self.to_json())
        if len(raw) > MANIFEST_LIMIT:
            refuse("开标清单过长", "The manifest is too large for the journal", code="too-large")
        return raw


def read_manifest(raw: bytes) -> Manifest:
    """The manifest of its bytes; `malformed` unless form, k, n and rounds are sound.

    2 <= k < n <= 15, so that one officer may be missing. Round 1 opens the identity alone,
    inside the opening service; every kind is opened once; there is an envelope besides identity.
    """
    given = Members(parse(raw, limit=MANIFEST_LIMIT), "manifest")
    tender, k, n = given.tender(), given.whole("k", 2, HOLDER_LIMIT), given.whole("n")
    seats = given.array("officers", read_seat, 3, HOLDER_LIMIT)
    rounds = given.array("rounds", _round, 2, len(BID_KINDS))
    bond = given.inner("bond")
    denomination = read_denomination(bond)
    bond.end()
    covers = given.maybe("covers", given.inner)
    root = None
    if covers is not None:
        root = covers.octets("root", HASH_LENGTH)
        covers.end()
    script_hash = given.octets("script_hash", HASH_LENGTH)
    given.end()
    if n != len(seats) or k >= n:
        refuse("开标人数与门限不符", "The numbers of officers do not agree: 2 <= k < n is needed")
    _check_rounds(rounds)
    return Manifest(tender, k, seats, rounds, denomination, root, script_hash)


def rehearsal_hash(tender: str, recipients: tuple[str, ...], nonce: bytes) -> bytes:
    """What stands in place of a manifest's hash in a rehearsal: H of `yg/rehearsal/v1`."""
    return digest(
        canonical(
            structure("rehearsal", tender=tender, recipients=[*recipients], nonce=b64u(nonce))
        )
    )


def _round(item: Json) -> Round:
    given = Members(item)
    round_ = Round(
        given.whole("no", 1, len(BID_KINDS)),
        tuple(Kind(kind) for kind in given.array("opens", choice_of(BID_KINDS), 1, len(BID_KINDS))),
        given.choice("reveals", REVEALS),
        given.choice("to", AUDIENCES),
        given.choice("after", AFTER),
    )
    given.end()
    return round_


def _check_rounds(rounds: tuple[Round, ...]) -> None:
    kinds = [kind for round_ in rounds for kind in round_.opens]
    first = rounds[0]
    if [round_.no for round_ in rounds] != list(range(1, len(rounds) + 1)):
        refuse("轮次编号不连续", "The rounds are not numbered 1, 2, 3")
    if len(set(kinds)) != len(kinds):
        refuse("同一种信封出现在两轮", "A kind of envelope is opened twice")
    if first != Round(1, (Kind.IDENTITY,), "identity", "opening-service", CLOSING):
        refuse("第一轮应只开身份信封", "Round 1 must open the identity alone, inside the service")


def read_rehearsal(value: Json) -> tuple[str, tuple[str, ...], bytes]:
    """Tender, recipients and nonce of a rehearsal; `malformed` otherwise."""
    given = Members(value, "rehearsal")
    tender = given.tender()
    recipients = given.array("recipients", _text, 1, 2 * HOLDER_LIMIT)
    nonce = octets_of(HASH_LENGTH)(given.take("nonce"))
    given.end()
    return tender, recipients, nonce


def _text(item: Json) -> str:
    return Members({"item": item}).text("item")
