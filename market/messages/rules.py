"""When a letter goes out, how often it is tried, how long a text may be."""

from datetime import datetime, time, timedelta
from typing import Final

from market.kernel.workdays import at_time, days_after, legal_day, wall_time

MORNING: Final = time(8)
"""From this hour on (inclusive) ordinary letters go to telephones; Shanghai time."""
EVENING: Final = time(20)
"""From this hour on (inclusive) they wait for the next morning."""
DAILY_CAP: Final = 10
"""Ordinary letters to one telephone on one legal day."""
LIFETIME: Final = timedelta(days=7)
"""A letter not taken by then stays in the list of the undelivered and is tried no more."""
_STEPS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 60, 120, 240, 360))
_SEGMENT: Final = 70  # UTF-16 units of a single message with Chinese in it: 3GPP TS 23.038
_PART: Final = 67  # of each part where it is split
SIGNATURES: Final = {"zh": "【阳光交易】", "en": "[Yangguang] "}

AT_ONCE: Final = frozenset({"SM13", "SM14", "SM15", "SM20"})
"""Letters that a deadline or a sign-in waits for: openings, invitations, one-time codes."""


def next_try(tries: int, now: datetime) -> datetime:
    """When to try again after `tries` failures: 1, 5, 30 minutes, then doubling up to 6 hours."""
    return now + _STEPS[min(max(tries, 1), len(_STEPS)) - 1]


def earliest(template: str, now: datetime) -> datetime:
    """The first moment from `now` on at which a letter may reach a telephone."""
    if template in AT_ONCE:
        return now
    today = legal_day(now)
    if wall_time(now) < MORNING:
        return at_time(today, MORNING)
    if wall_time(now) >= EVENING:
        return at_time(days_after(today, 1), MORNING)
    return now


def next_morning(now: datetime) -> datetime:
    """Eight o'clock of the next legal day: when a telephone that had its ten gets more."""
    return at_time(days_after(legal_day(now), 1), MORNING)


def is_lapsed(written_at: datetime, now: datetime) -> bool:
    """Whether a letter is tried no more; at the limit itself it is not."""
    return now >= written_at + LIFETIME


def signed_text(text: str, language: str) -> str:
    """The text with the platform's signature before it, as carriers ask for."""
    return SIGNATURES[language] + text


def segments(text: str) -> int:
    """How many short messages a text takes."""
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= _SEGMENT else -(-units // _PART)


def masked(address: str) -> str:
    """An address as it is shown: 138****0000, or the first letter and the domain of an e-mail."""
    name, at, domain = address.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return f"{address[:3]}****{address[-4:]}"
