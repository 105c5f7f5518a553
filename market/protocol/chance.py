"""Chance as a parameter: the system's generator in the product, written-down bytes in vectors.

Every function of the protocol that makes something random takes `chance` and draws from it in
the order its documentation states, so that any implementation can replay a recorded run.
"""

import secrets
from collections.abc import Callable
from typing import TypeAlias

Chance: TypeAlias = Callable[[int], bytes]


def fresh(count: int) -> bytes:
    """`count` unpredictable bytes from the operating system."""
    return secrets.token_bytes(count)
