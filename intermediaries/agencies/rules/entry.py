"""The automatic check, and what an application must hold before anybody looks at it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from intermediaries.agencies.rules.standing import is_valid
from intermediaries.agencies.rules.states import ZERO_THRESHOLD
from intermediaries.catalogue.rules import LEVELS, Level, Qualification, Requirement
from market.kernel.errors import BadInput, Refusal
from market.kernel.ids import is_uscc

STAFFED: Final = frozenset(
    {Qualification.SAFETY_ASSESSMENT, Qualification.AUDIT_FIRM, Qualification.VALUATION_FIRM}
)
"""Qualifications whose laws ask for practitioners by name."""


class Finding(StrEnum):
    """What the automatic check may find."""

    CODE_WRONG = "code-wrong"
    UNCONFIRMED = "unconfirmed"
    LICENCE_SUSPENDED = "licence-suspended"
    BAD_RECORD = "bad-record"


@dataclass(frozen=True, slots=True)
class Registered:
    """What the registers say of an organisation at a moment."""

    uscc: str
    is_confirmed: bool
    is_suspended: bool
    on_bad_record: bool


def auto_check(known: Registered) -> tuple[Finding, ...]:
    """Everything that stands against going on, at once; nothing found: the files may be handed in.

    The credit code, the licence as the register of organisations has it, the bad-record list.
    """
    found: list[Finding] = []
    if not is_uscc(known.uscc):
        found.append(Finding.CODE_WRONG)
    if known.is_suspended:
        found.append(Finding.LICENCE_SUSPENDED)
    elif not known.is_confirmed:
        found.append(Finding.UNCONFIRMED)
    if known.on_bad_record:
        found.append(Finding.BAD_RECORD)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Offered:
    """A service that the application offers: the item's code and what it asks for."""

    code: str
    requirement: Requirement | None


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate that the application shows."""

    kind: Qualification
    level: Level
    expires_on: date


@dataclass(frozen=True, slots=True)
class Files:
    """Everything an application holds."""

    offers: Sequence[Offered]
    certificates: Sequence[Held]
    practitioners: int
    is_declared: bool


def missing(files: Files, now: datetime) -> list[tuple[str, str]]:
    """Everything that an application lacks, in both languages, at once.

    Nothing but what law asks for: a certificate where an item has one, practitioners where that
    certificate's law does, and the declaration of interests.
    """
    found: list[tuple[str, str]] = []
    if not files.offers:
        found.append(("尚未登记服务事项和价格", "no service with its price is entered"))
    for offer in files.offers:
        found += _lacking(offer, files.certificates, now)
    asked = {one.requirement.kind for one in files.offers if one.requirement is not None}
    if asked & STAFFED and not files.practitioners:
        found.append(("尚未登记执业人员", "no practitioner is entered"))
    if not files.is_declared:
        found.append(("尚未作出利益关系声明", "interests are not declared"))
    return found


def _lacking(offer: Offered, held: Iterable[Held], now: datetime) -> list[tuple[str, str]]:
    asked = offer.requirement
    if asked is None:
        return []
    fitting = [one for one in held if asked.is_met_by(one.kind, one.level)]
    if not fitting:
        return [
            (
                f"{offer.code}要求的资质证书尚未上传",
                f"the certificate that {offer.code} asks for is not there",
            )
        ]
    if not any(is_valid(one.expires_on, now) for one in fitting):
        return [(f"{offer.code}的资质证书已过期", f"the certificate for {offer.code} has expired")]
    return []


def refuse_unless_complete(files: Files, now: datetime) -> None:
    """Go on only with a complete application; `BadInput` "entry-incomplete" names every gap."""
    gaps = missing(files, now)
    if gaps:
        raise BadInput(
            "entry-incomplete",
            zh="申请材料尚不齐全：" + "；".join(zh for zh, _ in gaps),
            en="The application is not complete: " + "; ".join(en for _, en in gaps),
        )


def refuse_unless_promise(days: int, standard: int) -> None:
    """Go on only with a promise within the standard time of the item; `BadInput`."""
    if not 1 <= days <= standard:
        words = (
            f"承诺时限应为1至{standard}个工作日（标准时限）",
            f"Promise 1 to {standard} working days, which is the standard time",
        )
        raise BadInput("promise-too-long", zh=words[0], en=words[1], fields={"promise_days": words})


def refuse_unless_level(kind: Qualification, level: Level) -> None:
    """Go on only with a level that the qualification has; `BadInput` "level-unknown"."""
    if level not in LEVELS[kind]:
        words = ("该资质没有此等级", "This qualification does not have this level")
        raise BadInput("level-unknown", zh=words[0], en=words[1], fields={"level": words})


def files_fixed() -> Refusal:
    """The refusal of a change to files that are being checked, or not open yet."""
    return Refusal(
        "files-fixed",
        zh="申请材料正在核查、公示，或尚未通过自动核验，不能修改",
        en="The files are being checked, in publicity, or not open yet: they stay as they are",
        article=ZERO_THRESHOLD,
    )
