"""The door of the platform: lets people in by password and code, programs by token.

Everything slow or secret happens here, before and after the command, never inside a transaction:
the password is checked, the code compared, the token made. The commands then look again under a
lock. Time is the machine's, for the law's clock may be moved in a demonstration.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from market.accounts.commands.entrances import (
    BeginSession,
    NameSession,
    SignInRefused,
    begin_session,
    note_use,
)
from market.accounts.queries.entrances import (
    PasswordOnFile,
    SignedIn,
    password_on_file,
    program,
    signed_in,
)
from market.accounts.rules import SEEN_EVERY
from market.accounts.signin.attempts import (
    BY_ACCOUNT,
    BY_BOTH,
    BY_PLACE,
    Attempts,
    Limit,
    place_of,
)
from market.accounts.signin.passwords import Passwords
from market.accounts.signin.second_factor import accepted_step
from market.accounts.vault import Purpose, Vault
from market.command import Actor, Office
from market.kernel.clock import Clock
from market.kernel.errors import MarketError, NotFound
from market.kernel.permissions import Permission
from market.protocol.encoding import digest

TOKEN_BYTES: Final = 32
PROGRAM_PREFIX: Final = "yg_"
LONGEST: Final = 64  # characters of a typed name that are looked at
LONGEST_TOKEN: Final = 200
DOOR: Final = Actor("door", frozenset({Permission.HOUSE_ACT}))
"""Who begins sessions."""
_QUIET: Final = Actor("door", frozenset({Permission.HOUSE_ACT}), unrecorded=True)
"""Who writes down that a session is in use: no line in the trail for every page."""
ENROLLER: Final = Actor("visitor", frozenset({Permission.ACCOUNTS_PERSON_ENROL}))
"""A visitor who makes an account."""


class TokenRefused(MarketError):
    """A program's token is unknown, ended or lapsed."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "token-refused",
            zh="程序令牌无效或已过期：请在程序令牌页面重新生成",
            en="The program token is not valid any more: make a new one on the page of programs",
        )


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed to sign in, and the address it came from. Never printed."""

    account: str
    password: str
    code: str
    address: str | None

    def __repr__(self) -> str:
        return "Typed(…)"


@dataclass(frozen=True, slots=True)
class Door:
    """Everything that sign-in needs; lives as long as the process."""

    office: Office
    passwords: Passwords
    attempts: Attempts
    vault: Vault
    machine: Clock

    def sign_in(self, typed: Typed) -> str:
        """The token of a new session, which the browser alone keeps.

        `SignInRefused` says the same for an unknown name, a wrong password, a wrong or used code
        and a blocked person, after the same work. `Refusal`s of `Attempts.count`.
        """
        account = typed.account.strip().lower()[:LONGEST]
        limits = _limits(account, typed.address)
        self.attempts.count("sign-in", limits)
        known = self.office.read(lambda session: password_on_file(session, account))
        fits = self.passwords.fits(None if known is None else known.password_hash, typed.password)
        if known is None or not fits:
            raise SignInRefused
        step = self._step(known, typed.code)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        outdated = self.passwords.is_outdated(known.password_hash)
        command = BeginSession(
            person=known.person,
            password_hash=known.password_hash,
            step=step,
            token_hash=hash_of(token),
            machine_now=self.machine.now(),
            new_hash=self.passwords.hash(typed.password) if outdated else None,
        )
        try:
            self.office.run(begin_session, command, DOOR)
        except NotFound:
            raise SignInRefused from None
        self.attempts.forgive("sign-in", limits[-1:])
        return token

    def who(self, token: str) -> SignedIn | None:
        """Who holds this token of a session, if it is open; its use is written down each minute."""
        if len(token) > LONGEST_TOKEN:
            return None
        now = self.machine.now()
        found = self.office.read(lambda session: signed_in(session, hash_of(token), now))
        if found is not None and now >= found.seen_at + SEEN_EVERY:
            self.office.run(note_use, NameSession(found.session, now), _QUIET)
        return found

    def program(self, token: str) -> Actor:
        """The program that holds this token; `TokenRefused`."""
        if not token.startswith(PROGRAM_PREFIX) or len(token) > LONGEST_TOKEN:
            raise TokenRefused
        now = self.machine.now()
        found = self.office.read(lambda session: program(session, hash_of(token), now))
        if found is None:
            raise TokenRefused
        return found

    def check_password(self, account: str, stored: str, password: str, address: str | None) -> None:
        """Go on only if somebody signed in types the own password; `SignInRefused`.

        Counted like a sign-in: an open session is not a place to guess the password either.
        """
        limits = _limits(account, address)
        self.attempts.count("sign-in", limits)
        if not self.passwords.fits(stored, password):
            raise SignInRefused
        self.attempts.forgive("sign-in", limits[-1:])

    def _step(self, known: PasswordOnFile, code: str) -> int | None:
        if known.second_factor is None:
            return None
        secret = self.vault.open(Purpose.SECOND_FACTOR, known.person, known.second_factor)
        step = accepted_step(secret, code, self.machine.now(), known.last_step)
        if step is None:
            raise SignInRefused
        return step


def new_program_token() -> str:
    """A fresh token for a program: shown once, kept here only as its hash."""
    return PROGRAM_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> bytes:
    """What is kept of a token: its SHA-256; 256 random bits need no salt."""
    return digest(token.encode("utf-8", "replace"))


def _limits(account: str, address: str | None) -> Sequence[tuple[Limit, str]]:
    place = place_of(address)
    return ((BY_PLACE, place), (BY_ACCOUNT, account), (BY_BOTH, f"{place}\n{account}"))
