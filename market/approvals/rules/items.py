"""What a department decides on: items, the states of their versions, what may be promised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from market.approvals.rules.law import (
    DECISION,
    LEGAL_BASIS,
    ORDERLY_ITEMS,
    PROMISE,
    limits,
)
from market.kernel.errors import BadInput
from market.kernel.law import Article
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table


class Stage(StrEnum):
    """The four stages of a project's approval; several run side by side."""

    SET_UP = "set-up"
    PLANNING = "planning"
    CONSTRUCTION = "construction"
    COMPLETION = "completion"


class Mode(StrEnum):
    """The six ways in which items are handled (六制办理)."""

    DIRECT = "direct"
    PROMISED = "promised"
    JOINT = "joint"
    UPWARD = "upward"
    REASONED_RETURN = "reasoned-return"
    SINGLE_CHARGE = "single-charge"


class CaseType(StrEnum):
    """The five types of cases; which one a case is follows from its item's mode."""

    AT_ONCE = "at-once"
    PROMISED = "promised"
    JOINT = "joint"
    REPORTED = "reported"
    ANSWERED = "answered"


CASE_TYPES: Final[Mapping[Mode, CaseType]] = {
    Mode.DIRECT: CaseType.AT_ONCE,
    Mode.PROMISED: CaseType.PROMISED,
    Mode.JOINT: CaseType.JOINT,
    Mode.UPWARD: CaseType.REPORTED,
    Mode.REASONED_RETURN: CaseType.ANSWERED,
    Mode.SINGLE_CHARGE: CaseType.PROMISED,
}


class Provider(StrEnum):
    """Who provides a material. What the department can look up itself is asked of nobody."""

    APPLICANT = "applicant"
    AGENCY = "agency"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Material:
    """One thing an application consists of.

    `required_by` names the law that makes an intermediary's deliverable a condition.
    """

    zh: str
    en: str
    provider: Provider
    required_by: str = ""

    @property
    def is_deliverable(self) -> bool:
        """Whether an intermediary agency makes it."""
        return self.provider is Provider.AGENCY


@dataclass(frozen=True, slots=True)
class ItemContent:
    """Everything an item says; `statutory` and `promised` in working days.

    `own_period` names the law or regulation that gives this item another period than the general
    one; `silence` the rule that makes silence consent, empty where it is not.
    """

    code: str
    name_zh: str
    name_en: str
    stage: Stage
    mode: Mode
    conditions_zh: str
    conditions_en: str
    materials: tuple[Material, ...]
    statutory: int
    promised: int
    own_period: str
    silence: str
    fee: Money
    fee_basis: str
    basis_zh: str
    basis_en: str


class ItemState(StrEnum):
    """How far a version of an item has come."""

    PROPOSED = "proposed"
    IN_FORCE = "in-force"
    DROPPED = "dropped"
    REPLACED = "replaced"
    RETIRED = "retired"


class ItemAction(StrEnum):
    """What may happen to a version of an item."""

    APPROVE = "approve"
    DROP = "drop"
    REPLACE = "replace"
    RETIRE = "retire"


_S, _A = ItemState, ItemAction
_HEAD, _CLERK = Permission.APPROVALS_ITEM_APPROVE, Permission.APPROVALS_ITEM_EDIT
ITEM_TABLE: Final = Table(
    "approval-item",
    start=_S.PROPOSED,
    moves=(
        Move(_S.PROPOSED, _A.APPROVE, _S.IN_FORCE, _HEAD, ORDERLY_ITEMS),
        Move(_S.PROPOSED, _A.DROP, _S.DROPPED, _CLERK, ORDERLY_ITEMS),
        Move(_S.IN_FORCE, _A.REPLACE, _S.REPLACED, _HEAD, ORDERLY_ITEMS),
        Move(_S.IN_FORCE, _A.RETIRE, _S.RETIRED, _HEAD, ORDERLY_ITEMS),
    ),
)

AT_ONCE_DAYS: Final = 1
"""What an item handled at once promises at most, in working days."""
MOST_DAYS: Final = 365
MOST_MATERIALS: Final = 60


def refuse_unsound(content: ItemContent, on: date) -> None:
    """Go on only with an item that keeps the law of a day; `BadInput` points at each field.

    "statutory-too-long" beyond art. 42 without a law of its own, "promise-too-long" where more is
    promised than the law gives, "item-incomplete" for what every item has to say, and
    "deliverable-without-law" for an intermediary's paper that no law asks for.
    """
    _refuse_incomplete(content)
    most = limits(on)
    legal = most.joint_decision if content.mode is Mode.JOINT else most.decision
    if content.statutory > legal and not content.own_period.strip():
        raise _wrong(
            "statutory-too-long",
            "statutory",
            f"法定时限不得超过{legal}个工作日；法律、法规另有规定的，写明依据",
            f"The law gives {legal} working days; where another law gives more, name it",
            DECISION,
        )
    if content.promised > content.statutory:
        raise _wrong(
            "promise-too-long",
            "promised",
            f"承诺时限{content.promised}个工作日长于法定时限{content.statutory}个工作日",
            f"{content.promised} working days are promised and the law gives {content.statutory}",
            PROMISE,
        )
    if content.mode is Mode.DIRECT and content.promised > AT_ONCE_DAYS:
        raise _wrong(
            "promise-not-at-once",
            "promised",
            "即办件的承诺时限不超过1个工作日",
            "What is handled at once promises one working day or none",
            PROMISE,
        )


def _refuse_incomplete(content: ItemContent) -> None:
    missing = [
        name
        for name in ("code", "name_zh", "name_en", "basis_zh", "basis_en", "conditions_zh")
        if not str(getattr(content, name)).strip()
    ]
    if not content.materials or len(content.materials) > MOST_MATERIALS:
        missing.append("materials")
    if not 0 < content.statutory <= MOST_DAYS or content.promised < 0:
        missing.append("statutory")
    if content.fee > Money(0) and not content.fee_basis.strip():
        missing.append("fee_basis")
    if missing:
        raise BadInput(
            "item-incomplete",
            zh="事项须写明名称、条件、材料、时限、依据；收费的写明收费依据",
            en="An item names its conditions, materials, periods and legal basis, and the basis of"
            " a fee where there is one",
            fields=dict.fromkeys(missing, ("请补充", "Fill this in")),
        )
    for material in content.materials:
        if material.is_deliverable and not material.required_by.strip():
            raise _wrong(
                "deliverable-without-law",
                "materials",
                f"“{material.zh}”由中介机构出具，须写明要求它的法律、法规或国务院决定",
                f"“{material.en}” is made by an intermediary: name the law, regulation or decision"
                " of the State Council that asks for it",
                LEGAL_BASIS,
            )


def is_silence(rule: str) -> bool:
    """Whether an item says that silence of the department is consent, and by which rule."""
    return bool(rule.strip())


_HALF_WIDTH: Final = str.maketrans({"；": ";", "｜": ";", "|": ";", "\t": ";"})
_WHO: Final = {
    "申请人": Provider.APPLICANT,
    "中介": Provider.AGENCY,
    "部门": Provider.DEPARTMENT,
    **{one.value: one for one in Provider},
}
_LEAST, _WITH_LAW = 3, 4


def read_materials(typed: str) -> tuple[Material, ...]:
    """Materials in lines "name; English name; who provides it; law that asks for it".

    Who: 申请人 (applicant), 中介 (agency) or 部门 (department, which looks it up). The law
    may stay empty but for an agency's. `BadInput` "bad-materials" names the line.
    """
    lines = [line for line in typed.splitlines() if line.strip()]
    return tuple(_material(number, line) for number, line in enumerate(lines, start=1))


def write_materials(materials: Sequence[Material]) -> str:
    """The same as text, so that `read_materials` reads it back."""
    return "\n".join(
        "; ".join(
            part for part in (one.zh, one.en, one.provider.value, one.required_by) if part.strip()
        )
        for one in materials
    )


def _material(number: int, line: str) -> Material:
    parts = [part.strip() for part in line.translate(_HALF_WIDTH).split(";")]
    who = _WHO.get(parts[2].lower()) if len(parts) >= _LEAST else None
    if who is None or len(parts) > _WITH_LAW or not parts[0] or not parts[1]:
        raise _wrong(
            "bad-materials",
            "materials",
            f"第{number}行格式不对：名称；英文名称；申请人、中介或部门；依据",
            f"Line {number}: write name; English name; applicant, agency or department; law",
            None,
        )
    return Material(parts[0], parts[1], who, parts[3] if len(parts) == _WITH_LAW else "")


def to_json(materials: Sequence[Material]) -> list[dict[str, Any]]:
    """Materials as rows and journal hold them."""
    return [
        {"zh": one.zh, "en": one.en, "provider": one.provider.value, "law": one.required_by}
        for one in materials
    ]


def from_json(held: Sequence[Mapping[str, Any]]) -> tuple[Material, ...]:
    """What `to_json` wrote."""
    return tuple(
        Material(str(one["zh"]), str(one["en"]), Provider(one["provider"]), str(one["law"]))
        for one in held
    )


def _wrong(code: str, field: str, zh: str, en: str, article: Article | None) -> BadInput:
    return BadInput(code, zh=zh, en=en, article=article, fields={field: (zh, en)})
