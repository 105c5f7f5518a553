"""Names that stand in hashed structures: kept to ASCII, so that every language sorts them alike.

A *word* names a party, a rule, a purpose, a role; a *serial* names a draw, a case, a subject.
"""

import re
from typing import Final

from market.protocol.encoding import Json, refuse

_WORD: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
_SERIAL: Final = re.compile(r"[!-~]{1,128}", re.ASCII)


def word(value: Json) -> str:
    """The text, if it is 1 to 64 small letters, digits, points, low lines or hyphens."""
    if not isinstance(value, str) or _WORD.fullmatch(value) is None:
        refuse("名称的写法不对", "A name is not written as agreed")
    return value


def serial(value: Json) -> str:
    """The text, if it is 1 to 128 visible ASCII characters."""
    if not isinstance(value, str) or _SERIAL.fullmatch(value) is None:
        refuse("编号的写法不对", "A number is not written as agreed")
    return value
