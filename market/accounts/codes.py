"""Names that people give themselves here: to sign in with, and for letters by e-mail."""

import re
from typing import Final

from market.kernel.errors import BadInput

_EMAIL: Final = re.compile(r"[^@\s<>,;:\"]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}", re.ASCII)
_EMAIL_LIMIT: Final = 254  # characters of an address that mail servers carry: RFC 5321 4.5.3.1.3
_ACCOUNT: Final = re.compile(r"[a-z][a-z0-9._-]{2,31}", re.ASCII)


def email(typed: str) -> str:
    """The e-mail address that was typed; `BadInput` "bad-email" if no letter could go there."""
    address = typed.strip()
    if len(address) > _EMAIL_LIMIT or not address.isascii() or _EMAIL.fullmatch(address) is None:
        raise _bad("bad-email", "电子邮箱地址不正确", "This is not an e-mail address")
    return address


def account_name(typed: str) -> str:
    """The name to sign in with: 3 to 32 of a-z, 0-9, dot, hyphen, underscore; a letter first.

    `BadInput` "bad-account-name". Capitals are made small, so that two names never differ by them.
    """
    name = typed.strip().lower()
    if _ACCOUNT.fullmatch(name) is None:
        raise _bad(
            "bad-account-name",
            "登录名为3至32位小写字母、数字、点、横线或下划线，以字母开头",
            "A sign-in name has 3 to 32 letters, digits, dots, hyphens or underscores,"
            " and begins with a letter",
        )
    return name


def _bad(code: str, zh: str, en: str) -> BadInput:
    return BadInput(code, zh=zh, en=en)
