"""The bids of a profile: for each tender its versions, oldest first, each in a folder of its own.

A version is written whole before anything of it is sent; what the platform answers is added.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bidding.client import files
from market.kernel.errors import Refusal
from market.protocol.acts import Act, read_act
from market.protocol.encoding import JsonObject, b64u
from market.protocol.members import Members, check_tender

KIND: Final = "client-bid"
ACCEPTED: Final = "accepted"
REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True)
class Bid:
    """One version: its act, the token it stands on, and what became of it.

    `sent`: it may have reached the platform. `outcome` is None while that is not known.
    `facts` are the offered facts with their salts, so that the bidder can prove each later.
    """

    folder: Path
    act: Act
    token: str
    facts: JsonObject
    sent: bool = False
    outcome: str | None = None
    code: str | None = None
    receipt: JsonObject | None = None
    redemption: JsonObject | None = None
    dropped: JsonObject | None = None
    """The witness's word that it was handed the act, if the platform refused it."""

    @property
    def number(self) -> int:
        """The version, from 1."""
        return int(self.folder.name)

    def ciphertext(self, kind: str) -> Path:
        """The file of an envelope."""
        return self.folder / f"{kind}.age"

    def keep(self) -> "Bid":
        """Write the version down; it is on the disk when this returns."""
        files.keep_json(
            self.folder / "bid.json",
            {
                "kind": KIND,
                "act": b64u(self.act.raw),
                "token": self.token,
                "facts": self.facts,
                "sent": self.sent,
                "outcome": self.outcome,
                "code": self.code,
                "receipt": self.receipt,
                "redemption": self.redemption,
                "dropped": self.dropped,
            },
        )
        return self


class BidBook:
    """All versions of the bids for one tender."""

    def __init__(self, home: Path, tender: str) -> None:
        self._folder = home / "bids" / check_tender(tender)

    def versions(self) -> list[Bid]:
        """The versions that were written whole."""
        if not self._folder.is_dir():
            return []
        held = sorted(path for path in self._folder.iterdir() if path.name.isdecimal())
        return [_read(path) for path in held if (path / "bid.json").exists()]

    def last(self) -> Bid:
        """The newest version; `no-bid`."""
        held = self.versions()
        if not held:
            raise Refusal(
                "no-bid", zh="此项目尚无已封装的投标", en="No bid is sealed for this tender"
            )
        return held[-1]

    def accepted(self) -> Bid | None:
        """The newest version that the platform has taken, submission or withdrawal."""
        return next((bid for bid in reversed(self.versions()) if bid.outcome == ACCEPTED), None)

    def new_folder(self) -> Path:
        """Where the next version goes; what a crash left there half written is written over."""
        held = self.versions()
        return self._folder / f"{(held[-1].number if held else 0) + 1:04d}"

    def refuse_unsettled(self) -> None:
        """Refuse (`unsettled`) to make a version while it is not known what became of the last."""
        held = self.versions()
        if held and held[-1].sent and held[-1].outcome is None:
            raise Refusal(
                "unsettled",
                zh="上一次提交结果未知，先执行 bid send 取回结果",
                en="It is not known what became of the last act; run bid send first",
            )

    def place(self) -> tuple[int, bytes | None]:
        """`seq` and `previous` of the next act."""
        before = self.accepted()
        return (0, None) if before is None else (before.act.seq + 1, before.act.hash)


def tenders_with_bids(home: Path) -> list[str]:
    """The tenders for which this profile has sealed something."""
    folder = home / "bids"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def settled(bid: Bid, **changes: object) -> Bid:
    """The version with what became of it, written down."""
    return replace(bid, **changes).keep()  # type: ignore[arg-type]  # members of Bid


def _read(folder: Path) -> Bid:
    value = files.read_json(folder / "bid.json")
    given = Members(value)
    given.choice("kind", (KIND,))
    bid = Bid(
        folder,
        read_act(given.octets("act")),
        given.text("token"),
        _object(given, "facts") or {},
        given.truth("sent"),
        given.maybe("outcome", given.text),
        given.maybe("code", given.text),
        _object(given, "receipt"),
        _object(given, "redemption"),
        _object(given, "dropped") if "dropped" in value else None,
    )
    given.end()
    return bid


def _object(given: Members, name: str) -> JsonObject | None:
    value = given.take(name)
    return value if isinstance(value, dict) else None
