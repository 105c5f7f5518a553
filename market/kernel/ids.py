"""Who and what is meant: random ids, printed numbers, and the codes that the state gives.

Codes are read strictly and never repaired: a mistyped code may be somebody else's. Reading trims
blanks and turns small letters into capitals, nothing more; a letter O is not taken for a zero.
Every refusal is `BadInput` with the code named at the function.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from market.kernel.errors import BadInput

USCC_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 signs: no I, O, S, V, Z
_USCC: Final = re.compile(rf"[{USCC_SIGNS}]{{2}}[0-9]{{6}}[{USCC_SIGNS}]{{10}}")
_USCC_WEIGHTS: Final = tuple(pow(3, place, len(USCC_SIGNS)) for place in range(17))
_ORGANISATION: Final = re.compile(r"([0-9A-Z]{8})-?([0-9X])")
_ORGANISATION_BODY: Final = re.compile(rf"[{USCC_SIGNS}]{{8}}")
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
_CITIZEN_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS: Final = "10X98765432"
_REGION: Final = re.compile(r"[1-8][0-9]{5}")
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_BANK_ACCOUNT: Final = re.compile(r"[0-9]{8,32}")
_SERIES: Final = re.compile(r"[A-Z]{1,8}")
_SERIAL: Final = re.compile(r"([A-Z]{1,8})-([0-9]{4})-([0-9]{6,})")
_FIRST_YEAR: Final = 1000  # a printed year has four digits
_LAST_YEAR: Final = 9999


class Track(StrEnum):
    """Whose law a procedure follows (赛道); the value stands in its code."""

    ENGINEERING = "ENG"
    GOVERNMENT = "GP"
    LAND = "LND"
    ASSETS = "AST"
    SUPERMARKET = "SUP"


def fresh() -> UUID:
    """A new random id: it tells neither how many there are nor when it was made (RFC 9562, 5.4)."""
    return uuid4()


# --- Numbers for people ---------------------------------------------------------------------------


def serial(series: str, year: int, number: int) -> str:
    """The printed number of a thing: ZC-2026-000123; the 1,000,000th has seven digits.

    `ValueError` for another series than one to eight capitals, or a number below one.
    """
    if _SERIES.fullmatch(series) is None:
        raise ValueError(f"not a series: {series!r}")
    return f"{series}-{_counted(year, number, 6)}"


def read_serial(typed: str) -> tuple[str, int, int]:
    """Series, year and number of a printed number; `BadInput` "bad-serial".

    Only what `serial` writes is read: no number has two writings.
    """
    found = _SERIAL.fullmatch(typed.strip().upper())
    if found:
        series, year, number = found[1], int(found[2]), int(found[3])
        if number > 0 and year >= _FIRST_YEAR and serial(series, year, number) == found[0]:
            return series, year, number
    raise _bad("bad-serial", "编号格式不对，例如 ZC-2026-000123", "Write it like ZC-2026-000123")


def project_code(region_code: str, year: int, track: Track, number: int) -> str:
    """The code of a project: 371400-2026-GP-00123; in the supermarket 371400-2026-S-000123."""
    region(region_code)
    if track is Track.SUPERMARKET:
        name, digits = "S", 6
    else:
        name, digits = track.value, 5
    years, numbers = _counted(year, number, digits).split("-")
    return f"{region_code}-{years}-{name}-{numbers}"


def lot_code(project: str, lot: int) -> str:
    """The code of a lot of a project: 371400-2026-GP-00123-L01."""
    if lot < 1:
        raise ValueError("lots are counted from one")
    return f"{project}-L{lot:02d}"


def _counted(year: int, number: int, digits: int) -> str:
    if not _FIRST_YEAR <= year <= _LAST_YEAR or number < 1:
        raise ValueError(f"no number {number} of the year {year}")
    return f"{year}-{number:0{digits}d}"


# --- Codes that the state gives -------------------------------------------------------------------


def uscc(typed: str) -> str:
    """The unified social credit code that was typed (GB 32100-2015); `BadInput` "bad-uscc".

    Checked are length, signs, the six digits of the region and the last sign over all before it.
    The check sign of the organisation code inside is not: the outer one finds every single
    mistake, and a code with an old inner one is valid all the same.
    """
    code = typed.strip().upper()
    if not is_uscc(code):
        raise _bad(
            "bad-uscc",
            "统一社会信用代码不正确：请核对18位代码（不含字母I、O、S、V、Z）",
            "This is not a unified social credit code: check the 18 signs (no I, O, S, V, Z)",
        )
    return code


def is_uscc(code: str) -> bool:
    """Whether this is a unified social credit code as it is written: 18 signs, capitals."""
    return _USCC.fullmatch(code) is not None and _uscc_check(code[:17]) == code[17]


def make_uscc(region_code: str, organisation: str, kind: str = "91") -> str:
    """A code with right check signs, for a fictional organisation.

    `organisation` is the organisation code without its check sign: eight of the 31 signs. `kind` is
    the registering department and the kind of organisation; 91 is an enterprise. `ValueError`
    for parts that no code could hold; `BadInput` "bad-region".
    """
    if _ORGANISATION_BODY.fullmatch(organisation) is None:
        raise ValueError(f"not eight signs of an organisation code: {organisation!r}")
    body = f"{kind}{region(region_code)}{organisation}{_organisation_check(organisation)}"
    code = body + _uscc_check(body)
    if not is_uscc(code):
        raise ValueError(f"not a kind of organisation: {kind!r}")
    return code


def organisation_code(typed: str) -> str:
    """The organisation code that was typed, written 71526726-X (GB 11714).

    The hyphen may be left out. `BadInput` "bad-organisation-code".
    """
    found = _ORGANISATION.fullmatch(typed.strip().upper())
    if found is None or _organisation_check(found[1]) != found[2]:
        raise _bad(
            "bad-organisation-code",
            "组织机构代码不正确：应为8位本体代码加1位校验码，例如71526726-X",
            "This is not an organisation code: eight signs and a check sign, like 71526726-X",
        )
    return f"{found[1]}-{found[2]}"


def citizen_id(typed: str) -> str:
    """The citizen id number that was typed (GB 11643); `BadInput` "bad-citizen-id".

    Checked are the form, a day of birth that exists, and the check sign.
    """
    number = typed.strip().upper()
    if _CITIZEN.fullmatch(number) and _is_day(number[6:14]):
        weighed = sum(
            int(digit) * weight for digit, weight in zip(number[:17], _CITIZEN_WEIGHTS, strict=True)
        )
        if _CITIZEN_CHECKS[weighed % len(_CITIZEN_CHECKS)] == number[17]:
            return number
    raise _bad(
        "bad-citizen-id",
        "居民身份证号码不正确：请核对18位号码",
        "This is not a citizen id number: check the 18 signs",
    )


def region(typed: str) -> str:
    """A region code of six digits (GB/T 2260), 371400 for Dezhou; `BadInput` "bad-region"."""
    code = typed.strip()
    if _REGION.fullmatch(code) is None:
        raise _bad(
            "bad-region",
            "行政区划代码应为6位数字，例如371400",
            "A region code has six digits, like 371400",
        )
    return code


def mobile(typed: str) -> str:
    """The mobile number that was typed, spaces and hyphens left out; `BadInput` "bad-mobile"."""
    number = typed.replace(" ", "").replace("-", "").strip()
    if _MOBILE.fullmatch(number) is None:
        raise _bad(
            "bad-mobile",
            "手机号码不正确：应为11位数字，以13至19开头",
            "This is not a mobile number: 11 digits that begin with 13 to 19",
        )
    return number


def bank_account(typed: str) -> str:
    """The bank account number that was typed, spaces left out; `BadInput` "bad-bank-account"."""
    number = typed.replace(" ", "").strip()
    if _BANK_ACCOUNT.fullmatch(number) is None:
        raise _bad(
            "bad-bank-account",
            "银行账号不正确：应为8至32位数字",
            "This is not a bank account number: it has 8 to 32 digits",
        )
    return number


def _uscc_check(body: str) -> str:
    weighed = sum(
        USCC_SIGNS.index(sign) * weight for sign, weight in zip(body, _USCC_WEIGHTS, strict=True)
    )
    return USCC_SIGNS[-weighed % len(USCC_SIGNS)]


def _organisation_check(body: str) -> str:
    # Letters count from A = 10 to Z = 35, which is how base 36 reads them.
    weighed = sum(
        int(sign, 36) * weight for sign, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X"[-weighed % 11]


def _is_day(digits: str) -> bool:
    try:
        date.fromisoformat(digits)
    except ValueError:
        return False
    return True


def _bad(code: str, zh: str, en: str) -> BadInput:
    return BadInput(code, zh=zh, en=en)
