"""The register of experts: entries, and the snapshot of each day whose root is journaled."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from market.command import Work
from market.draws.sealing import Sealer
from market.experts.library import is_current, latest_snapshot, records_on
from market.experts.model import ExpertEntry, LibrarySnapshot
from market.experts.rules.eligibility import Candidate
from market.experts.rules.relations import RecusalFacts
from market.experts.rules.snapshots import declarations
from market.kernel.errors import BadInput
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.protocol.encoding import JsonObject, b64u, canonical
from market.protocol.pools import KEY_LENGTH, register_root

REGISTER: Final = "experts"
SUBJECT: Final = "register/experts"


@dataclass(frozen=True, slots=True)
class EnterExpert:
    """One expert as the library reports it; again under the same number, the newer report."""

    person: UUID
    candidate: Candidate
    declared: RecusalFacts
    title_zh: str
    title_en: str


@dataclass(frozen=True, slots=True)
class EnterExperts:
    """A library's report, at most some thousands at once."""

    experts: Sequence[EnterExpert]


def enter_experts(work: Work, cmd: EnterExperts) -> Mapping[str, Any]:
    """Enter or renew experts; what draws have made of them (credit, suspension) stays.

    `BadInput` "expert-twice" for a number that stands twice in the report, "wrong-declarations"
    where the declarations are another expert's.
    """
    work.need(Permission.EXPERTS_REGISTER_EDIT)
    numbers = [one.candidate.id for one in cmd.experts]
    if len(set(numbers)) != len(numbers):
        raise BadInput(
            "expert-twice",
            zh="报送名单中同一专家编号出现两次",
            en="A number stands twice in the report",
        )
    known = {
        row.no: row
        for row in work.session.scalars(select(ExpertEntry).where(ExpertEntry.no.in_(numbers)))
    }
    for one in cmd.experts:
        if one.declared.expert != one.candidate.id:
            raise BadInput(
                "wrong-declarations",
                zh=f"{one.candidate.id} 的申报属于另一专家",
                en=f"The declarations of {one.candidate.id} are another expert's",
            )
        _enter(work, known.get(one.candidate.id), one)
    work.note(SUBJECT, "register.entered", count=str(len(numbers)))
    return {"entered": len(numbers)}


def _enter(work: Work, row: ExpertEntry | None, one: EnterExpert) -> None:
    held = one.candidate
    values: dict[str, Any] = {
        "unit": held.unit,
        "title_zh": one.title_zh,
        "title_en": one.title_en,
        "specialties": [*sorted(held.specialties)],
        "libraries": [*sorted(held.libraries)],
        "region": held.region,
        "level": int(held.level),
        "field_since": held.field_since,
        "born_on": held.born_on,
        "valid_until": held.valid_until,
        "academician": held.academician,
        "recommended": held.applied_and_recommended,
        "evaluates_online": held.evaluates_online,
        "blacklisted": held.blacklisted,
        "drawn_elsewhere": held.drawn_this_month,
        "declared": declarations(one.declared),
    }
    if row is None:
        work.session.add(
            ExpertEntry(
                no=held.id,
                person=one.person,
                suspended_until=held.suspended_until,
                entered_at=work.now,
                **values,
            )
        )
        return
    for name, value in values.items():
        setattr(row, name, value)


@dataclass(frozen=True, slots=True)
class TakeSnapshot:
    """Write down the register of this legal day; its salting keys are sealed with `sealer`.

    With `renew` once more on the same day if anything has changed since.
    """

    sealer: Sealer
    renew: bool = False


def take_snapshot(work: Work, cmd: TakeSnapshot) -> bool:
    """Journal the register's root (`library-root`); false if the day's stands and need not change.

    A pool is frozen on a root that holds everybody as they are at that moment, so whoever changed
    since the morning is in it with the change, and nobody is left out by name for it. The key that
    salts declared facts stays, so that a pool frozen again lists whoever changed and nobody else;
    each fact has a salt of its own under it, and another fact another one.
    """
    work.need(Permission.HOUSE_ACT)
    day = legal_day(work.now)
    work.hold("experts:snapshot")
    held = latest_snapshot(work.session, cmd.sealer)
    if held is not None and held.day == day:
        if not cmd.renew or is_current(work.session, held, work.now):
            return False
        number = held.number + 1
    else:
        number = 0
    key = secrets.token_bytes(KEY_LENGTH)
    facts_key = secrets.token_bytes(KEY_LENGTH) if held is None else held.facts_key
    records = records_on(work.session, work.now, day, facts_key)
    root = register_root(key, records)
    work.session.add(
        LibrarySnapshot(
            day=day,
            number=number,
            root=root,
            size=len(records),
            key=cmd.sealer.seal(f"library/{day}", key + facts_key),
            records=canonical({"records": [one.json() for one in records]}),
            taken_at=work.now,
        )
    )
    data: JsonObject = {"register": REGISTER, "root": b64u(root), "size": len(records)}
    work.publish("library-root", SUBJECT, data)
    return True
