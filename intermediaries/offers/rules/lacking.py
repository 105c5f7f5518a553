"""Reviewers who cannot be had: what is missing, and how long a choice by scheme waits for them."""

from enum import StrEnum
from typing import Final

from intermediaries.rulebook.selection.sources import REVIEWERS_DAYS


class Lack(StrEnum):
    """Why a review has not all its reviewers.

    `POOL`: fewer candidates than seats; `PARTIES`: no two neutral organisations with a key to draw;
    `REGISTER`: the register's root of today is not in the journal, or the pool was refused;
    `DRAW`: the draw is under way; `SEAT`: nobody is left to take an emptied seat.
    """

    POOL = "pool"
    PARTIES = "parties"
    REGISTER = "register"
    DRAW = "draw"
    SEAT = "seat"


CODES: Final = {
    "pool-too-small": Lack.POOL,
    "no-drawing-parties": Lack.PARTIES,
    "bad-parties": Lack.PARTIES,
    "no-key": Lack.PARTIES,
}
"""Refusals of a draw of reviewers that somebody can do something about."""
WAIT_DAYS: Final = REVIEWERS_DAYS
"""Working days from the day on which reviewers are found to be missing; the last one counts."""


def lack_of(code: str) -> Lack:
    """What a refusal of the reviewers' draw means for whoever waits."""
    return CODES.get(code, Lack.REGISTER)
