"""Who carries letters: the interface, and the carrier behind HTTP of production."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

import urllib3
from sqlalchemy.orm import Session

TIMEOUT: Final = urllib3.Timeout(connect=5, read=15)  # seconds of machine time
ANSWER_LIMIT: Final = 65_536  # bytes of an answer that are read
_DONE: Final = frozenset({200, 201, 202, 409})
"""Answers after which a letter is the carrier's: 409 says that it had this key before."""


class Channel(StrEnum):
    """By which way a letter reaches its reader."""

    MOBILE = "mobile"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a handle leads: the channel, the address itself, the reader's language."""

    channel: Channel
    text: str
    language: str


class AddressBook(Protocol):
    """What opens a handle; only the relay asks it, and only while a letter goes out."""

    def find(self, session: Session, handle: UUID) -> Address | None:
        """The address behind a handle; None if it is ended or was never there."""
        ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter ready to be carried, at this moment.

    `key` is the fact it tells: the same key is the same letter.
    """

    key: str
    template: str
    channel: Channel
    to: str
    text: str
    link: str | None
    at: datetime


class CarrierFailed(Exception):
    """The carrier did not take the letter, or nobody knows whether it did: it is sent again.

    The message names no address and no text, for it is written into logs.
    """


class Carrier(Protocol):
    """Takes letters, at least once each; knows a repetition by the key."""

    @property
    def name(self) -> str:
        """The carrier in the list of deliveries."""
        ...

    def carry(self, parcel: Parcel) -> str:
        """Take a letter; the carrier's own reference. `CarrierFailed` if it was not taken."""
        ...


class HttpCarrier:
    """A carrier that takes JSON by POST, with the letter's key as `Idempotency-Key`.

    Sent: `{"channel", "to", "template", "text", "link"}`; answered: 200, 201 or 202 with
    `{"reference": "…"}`, or 409 if the key was taken before.
    """

    def __init__(self, name: str, url: str, token: str) -> None:
        self._name = name
        self._url = url
        self._token = token
        self._http = urllib3.PoolManager(retries=False, timeout=TIMEOUT)

    @property
    def name(self) -> str:
        """The carrier in the list of deliveries."""
        return self._name

    def carry(self, parcel: Parcel) -> str:
        """Post a letter; `CarrierFailed` for every other answer and for none."""
        body = {
            "channel": parcel.channel.value,
            "to": parcel.to,
            "template": parcel.template,
            "text": parcel.text,
            "link": parcel.link,
        }
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Idempotency-Key": parcel.key,
        }
        try:
            answer = self._http.request(
                "POST",
                self._url,
                body=json.dumps(body, ensure_ascii=False).encode(),
                headers=headers,
                redirect=False,
                preload_content=False,
            )
            raw = answer.read(ANSWER_LIMIT)
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as cause:
            raise CarrierFailed(f"{self._name}: {type(cause).__name__}") from None
        if answer.status not in _DONE:
            raise CarrierFailed(f"{self._name}: HTTP {answer.status}")
        return _reference(raw)


def _reference(raw: bytes) -> str:
    """The carrier's reference, at most 200 characters; empty if it gives none we can read."""
    try:
        told = json.loads(raw)
    except ValueError:
        return ""
    found = told.get("reference", "") if isinstance(told, dict) else ""
    return str(found)[:200]
