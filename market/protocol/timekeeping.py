"""Timekeepers: three programs of different organisations that open small jobs at their moment.

For an occasion (subject, round, opening time) each makes a fresh sealing key, signs the recipient
and keeps the identity until that time by its own clock. Another opening time is another occasion
with another key, so nobody gets an identity early by asking again. They see no quote. Any two of
three open everything; one who is late or missing delays, and loses nobody anything.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.kernel.errors import Refusal
from market.protocol import age, signing
from market.protocol.encoding import (
    Json,
    JsonObject,
    Malformed,
    b64u,
    canonical,
    digest,
    refuse,
    stamp,
    structure,
)
from market.protocol.members import Members
from market.protocol.officers import Organisation, read_organisation

KEEPERS: Final = 3
NEEDED: Final = 2
ROUND_LIMIT: Final = 99
FARTHEST_AHEAD: Final = timedelta(days=366)
"""How far ahead an opening may lie for which a timekeeper makes a key."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a timekeeper's key is made for: whose quotes, in which round, opened when."""

    subject: str
    round: int
    opens_at: datetime


@dataclass(frozen=True, slots=True)
class TimeRecipient:
    """`yg/time-recipient/v1`: one timekeeper's sealing key for one occasion, signed.

    `key` is the organisation's registered signing key; `json` the structure as it was signed.
    """

    occasion: Occasion
    organisation: Organisation
    key: bytes
    recipient: str
    json: JsonObject


@dataclass(frozen=True, slots=True)
class TimeManifest:
    """`yg/time-manifest/v1`: the three recipients of one occasion, ascending by credit code.

    Timekeeper i of the list, from 1, holds share x = i of every quote; two shares suffice.
    """

    occasion: Occasion
    recipients: tuple[TimeRecipient, ...]

    @property
    def hash(self) -> bytes:
        """The name of this manifest in everything sealed under it."""
        return digest(canonical(self.to_json()))

    @property
    def seats(self) -> tuple[tuple[str, ...], ...]:
        """To whom the shares are sealed, as `envelopes` takes it: nobody has a stand-in."""
        return tuple((held.recipient,) for held in self.recipients)

    def to_json(self) -> JsonObject:
        """The structure."""
        return structure(
            "time-manifest",
            **_occasion_json(self.occasion),
            k=NEEDED,
            recipients=[held.json for held in self.recipients],
        )


@dataclass(frozen=True, slots=True)
class Release:
    """`yg/time-release/v1`: an identity made public by the timekeeper of this number, from 1."""

    number: int
    identity: str
    released_at: datetime
    json: JsonObject


def make_keeper(organisation: Organisation, key: Ed25519PrivateKey) -> JsonObject:
    """Who a timekeeper is: `yg/timekeeper/v1`, organisation and signing key, signed by the key."""
    made = structure(
        "timekeeper", organisation=organisation.to_json(), key=b64u(signing.public_bytes(key))
    )
    return signing.signed(made, key)


def read_keeper(value: Json) -> tuple[Organisation, bytes]:
    """Organisation and signing key of a timekeeper; `malformed`, `bad-key`, `bad-signature`."""
    given = Members(value, "timekeeper")
    organisation = read_organisation(given.inner("organisation"))
    public = given.octets("key", signing.PUBLIC_LENGTH)
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    signing.check_signature(_object(value), public)
    return organisation, public


def make_request(occasion: Occasion, key: Ed25519PrivateKey) -> JsonObject:
    """What the platform asks of each timekeeper: a key for one occasion, `yg/time-request/v1`."""
    return signing.signed(structure("time-request", **_occasion_json(occasion)), key)


def read_request(value: Json, platform: bytes) -> Occasion:
    """The occasion that the platform asks for; `malformed`, `bad-signature`."""
    given = Members(value, "time-request")
    occasion = _read_occasion(given)
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    signing.check_signature(_object(value), platform)
    return occasion


def make_recipient(
    occasion: Occasion, organisation: Organisation, recipient: str, key: Ed25519PrivateKey
) -> JsonObject:
    """A timekeeper's signed recipient; the identity behind it stays with the timekeeper."""
    made = structure(
        "time-recipient",
        **_occasion_json(occasion),
        organisation=organisation.to_json(),
        key=b64u(signing.public_bytes(key)),
        recipient=recipient,
    )
    return signing.signed(made, key)


def read_recipient(value: Json) -> TimeRecipient:
    """The recipient that `make_recipient` writes.

    Refused: `malformed`, `bad-key-text`, `bad-key`, `bad-signature`. That the key is the
    organisation's is for the reader to know, from the journal or a trust file.
    """
    given = Members(value, "time-recipient")
    occasion = _read_occasion(given)
    organisation = read_organisation(given.inner("organisation"))
    public, recipient = given.octets("key", signing.PUBLIC_LENGTH), given.text("recipient")
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    age.check_recipient(recipient)
    held = _object(value)
    signing.check_signature(held, public)
    return TimeRecipient(occasion, organisation, public, recipient, held)


def make_time_manifest(occasion: Occasion, recipients: Sequence[JsonObject]) -> TimeManifest:
    """The manifest of three signed recipients, in whatever order; see `read_time_manifest`."""
    read = sorted(map(read_recipient, recipients), key=lambda held: held.organisation.uscc)
    return read_time_manifest(TimeManifest(occasion, tuple(read)).to_json())


def read_time_manifest(value: Json) -> TimeManifest:
    """The manifest that `TimeManifest.to_json` writes.

    Refused, besides what `read_recipient` refuses: `bad-timekeepers` unless three different
    organisations with three different signing keys and recipients, ascending by credit code, all
    signed for this occasion.
    """
    given = Members(value, "time-manifest")
    occasion = _read_occasion(given)
    given.whole("k", NEEDED, NEEDED)
    recipients = given.array("recipients", read_recipient, KEEPERS, KEEPERS)
    given.end()
    sound = (
        all(held.occasion == occasion for held in recipients)
        and all(a.organisation.uscc < b.organisation.uscc for a, b in pairwise(recipients))
        and len({held.key for held in recipients}) == KEEPERS
        and len({held.recipient for held in recipients}) == KEEPERS
    )
    if not sound:
        refuse(
            "守时人须为三家不同单位，各为本次开启签发自己的密钥",
            "Timekeepers are three different organisations, each with a key for this occasion",
            code="bad-timekeepers",
        )
    return TimeManifest(occasion, recipients)


def check_apart(manifest: TimeManifest, group: Collection[str]) -> None:
    """Refuse (`timekeepers-together`) when the organisations of one interest could open early.

    `group`: the credit codes of one interest group, such as owner and agent, or the operator.
    """
    inside = [held for held in manifest.recipients if held.organisation.uscc in group]
    if len(inside) >= NEEDED:
        raise Refusal(
            "timekeepers-together",
            zh=f"同一利益方有{len(inside)}家守时人，可提前开启，更换守时人",
            en=f"{len(inside)} timekeepers are of one interest and could open early; change them",
        )


def make_release(
    held: TimeRecipient, identity: str, now: datetime, key: Ed25519PrivateKey
) -> JsonObject:
    """The identity made public, by the timekeeper's own clock.

    Refused (`too-early`) one microsecond before the opening time; at it, it is due. `ValueError`
    for an identity that is not this recipient's.
    """
    if now < held.occasion.opens_at:
        raise Refusal(
            "too-early",
            zh=f"开启时间是 {stamp(held.occasion.opens_at)}，此前不公开密钥",
            en=f"The opening time is {stamp(held.occasion.opens_at)}: no identity before it",
        )
    if age.recipient_of(identity) != held.recipient:
        raise ValueError("the identity is another recipient's")
    made = structure(
        "time-release",
        **_occasion_json(held.occasion),
        timekeeper=held.organisation.uscc,
        recipient=held.recipient,
        identity=identity,
        released_at=stamp(now),
    )
    return signing.signed(made, key)


def read_release(value: Json, manifest: TimeManifest) -> Release:
    """The release that `make_release` writes, by one of the manifest's timekeepers.

    Refused: `malformed`, `bad-key-text`; `foreign-release` (another occasion, organisation or
    recipient, or an identity that is not the recipient's); `bad-signature`; `released-early`: the
    timekeeper signed that it broke its one rule, and its release opens nothing.
    """
    given = Members(value, "time-release")
    occasion = _read_occasion(given)
    uscc, recipient = given.uscc("timekeeper"), given.text("recipient")
    identity, at = given.text("identity"), given.moment("released_at")
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    number, seat = _seat(manifest, uscc)
    if (
        seat is None
        or (occasion, recipient) != (manifest.occasion, seat.recipient)
        or age.recipient_of(identity) != recipient
    ):
        raise Malformed(
            "foreign-release",
            zh="公开的密钥不属于本次开启的守时人",
            en="The identity released is not that of a timekeeper of this occasion",
        )
    held = _object(value)
    signing.check_signature(held, seat.key)
    if at < occasion.opens_at:
        raise Malformed(
            "released-early",
            zh=f"守时人 {seat.organisation.name} 在开启时间前公开了密钥，不予采用",
            en=f"{seat.organisation.name} released its identity before the opening time",
        )
    return Release(number, identity, at, held)


def check_releases(releases: Sequence[Release]) -> dict[int, str]:
    """The identities by timekeeper's number, ascending; `too-few-releases` below two.

    A number twice is `malformed`. Too few is nobody's fault: it is waited for the next.
    """
    numbers = [held.number for held in releases]
    if numbers != sorted(set(numbers)):
        refuse("守时人公开记录次序不对或重复", "Releases are out of order or stand twice")
    if len(numbers) < NEEDED:
        raise Refusal(
            "too-few-releases",
            zh=f"已有{len(numbers)}家守时人公开密钥，需要{NEEDED}家，等待即可，报价不受影响",
            en=f"{len(numbers)} timekeepers have released their identity, {NEEDED} are needed:"
            " wait; no quote is lost",
        )
    return {held.number: held.identity for held in releases}


def _seat(manifest: TimeManifest, uscc: str) -> tuple[int, TimeRecipient | None]:
    for number, held in enumerate(manifest.recipients, start=1):
        if held.organisation.uscc == uscc:
            return number, held
    return 0, None


def _occasion_json(occasion: Occasion) -> JsonObject:
    return {
        "subject": occasion.subject,
        "round": occasion.round,
        "opens_at": stamp(occasion.opens_at),
    }


def _read_occasion(given: Members) -> Occasion:
    return Occasion(
        given.tender("subject"), given.whole("round", 1, ROUND_LIMIT), given.moment("opens_at")
    )


def _object(value: Json) -> JsonObject:
    if not isinstance(value, dict):
        raise TypeError("Members() let another type through")
    return value
