"""Passwords: hashed with Argon2id, and checked for as long when there is nobody of that name."""

from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from market.kernel.errors import BadInput

SHORTEST: Final = 12  # characters, allowed: NIST SP 800-63B-4 asks for 15 without a second factor
LONGEST: Final = 128  # characters, allowed; longer ones would only cost time
DISTINCT: Final = 5  # different characters below which a long password is still a guess


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs: `memory_kib` KiB, `passes` over it, `lanes` at once."""

    memory_kib: int
    passes: int
    lanes: int


PRODUCTION: Final = Cost(memory_kib=65_536, passes=3, lanes=4)  # RFC 9106 section 4, second choice


class Passwords:
    """Makes and checks hashes at one cost; older, cheaper hashes are still checked."""

    def __init__(self, cost: Cost = PRODUCTION) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes
        )
        self._nobody = self._hasher.hash("the password of nobody")

    def hash(self, password: str) -> str:
        """The hash to keep, with its own salt and cost in it."""
        return self._hasher.hash(password)

    def fits(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one hashed; with nothing stored, the same work and False."""
        try:
            fits = self._hasher.verify(self._nobody if stored is None else stored, password)
        except (VerificationError, InvalidHashError):
            return False
        return fits and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(stored)


def refuse_weak(password: str, account: str) -> None:
    """Go on only with a password worth hashing; code "weak-password", field `password`.

    Length counts, and not kinds of signs; the account's own name inside is a guess.
    """
    if len(password) > LONGEST:
        raise _weak(f"密码最多{LONGEST}个字符", f"A password has at most {LONGEST} characters")
    if len(password) < SHORTEST:
        raise _weak(
            f"密码至少{SHORTEST}个字符，可用几个互不相关的词组成",
            f"A password has at least {SHORTEST} characters; several unrelated words do well",
        )
    if len(set(password)) < DISTINCT or account.lower() in password.lower():
        raise _weak(
            "密码太容易猜到：不要用重复字符，也不要包含登录名",
            "This password is easily guessed: no repeated signs, and not the sign-in name in it",
        )


def _weak(zh: str, en: str) -> BadInput:
    return BadInput("weak-password", zh=zh, en=en, fields={"password": (zh, en)})
