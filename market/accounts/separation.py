"""Who may not be what in the same matter: separation of duties, checked at appointment.

A matter is a project or one tender of it. Bidders are nobody's business before the opening: a
`Duty.BIDDER` is written down only afterwards, and checked against the others then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from market.accounts.roles import Role
from market.kernel.errors import Refusal
from market.kernel.law import Article, platform_rule


class Duty(StrEnum):
    """What a person does in one matter."""

    OWNER = "owner"
    AGENT = "agent"
    BIDDER = "bidder"
    EXPERT = "expert"
    REGULATOR = "regulator"
    SUPERVISOR = "supervisor"
    DRAW_OPENER = "draw-opener"
    DRAW_WITNESS = "draw-witness"
    SYSTEM_KEEPER = "system-keeper"
    KEY_HOLDER = "key-holder"
    IDENTITY_READER = "identity-reader"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who takes a duty: the person, and all organisations and roles the person has anywhere."""

    person: UUID
    organisations: frozenset[UUID] = frozenset()
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Held:
    """A duty in the matter, whose it is, and for which organisation."""

    duty: Duty
    holder: Holder
    organisation: UUID | None = None


ONE_SIDE: Final = platform_rule(
    "同一项目中一人不得兼任两方", "Nobody stands on two sides of one project"
)
REGULATOR_OFF_PANEL: Final = Article("招标投标法实施条例第四十六条", "Bidding Regulation art. 46")
AGENT_OFF_PANEL: Final = platform_rule(
    "代理机构人员不得参加本机构代理项目的评审",
    "Staff of an agent do not sit on the panel of its own project",
)
THREE_AT_A_DRAW: Final = platform_rule(
    "抽取经办人、监督人和系统保管人须为三人",
    "Opener, witness and system keeper of a draw are three people",
)
TECHNICIAN_BLIND: Final = platform_rule(
    "系统管理员不得持有密钥分片或查看身份对应关系",
    "A system administrator holds no key share and sees no identities",
)

_SIDES: Final = (
    frozenset({Duty.OWNER, Duty.AGENT}),
    frozenset({Duty.BIDDER}),
    frozenset({Duty.EXPERT}),
    frozenset({Duty.REGULATOR, Duty.SUPERVISOR}),
)
_AT_A_DRAW: Final = frozenset({Duty.DRAW_OPENER, Duty.DRAW_WITNESS, Duty.SYSTEM_KEEPER})
_SECRET: Final = frozenset({Duty.KEY_HOLDER, Duty.IDENTITY_READER})
_OFF_PANEL: Final = {
    Duty.REGULATOR: REGULATOR_OFF_PANEL,
    Duty.SUPERVISOR: REGULATOR_OFF_PANEL,
    Duty.AGENT: AGENT_OFF_PANEL,
}


def refuse_unless_separate(taken: Held, held: Sequence[Held]) -> None:
    """Go on only if the duty `taken` can stand beside all duties `held` in the same matter.

    `Refusal`s: "two-sides" (a person on two sides), "regulator-on-panel" and "agent-on-panel"
    (staff of the supervising department or of the agent as an expert, whichever came first),
    "draw-three-people", "technician-blind".
    """
    own = frozenset(item.duty for item in held if item.holder.person == taken.holder.person)
    _refuse_two_sides(taken.duty, own)
    for item in held:
        _refuse_on_panel(expert=taken, officer=item)
        _refuse_on_panel(expert=item, officer=taken)
    if taken.duty in _AT_A_DRAW and own & (_AT_A_DRAW - {taken.duty}):
        raise _refusal(
            "draw-three-people",
            "抽取的经办人、监督人和系统保管人须由三个不同的人担任",
            "The opener, the witness and the system keeper of a draw are three different people",
            THREE_AT_A_DRAW,
        )
    technical = Role.SYSADMIN in taken.holder.roles or Duty.SYSTEM_KEEPER in own
    if (taken.duty in _SECRET and technical) or (
        taken.duty is Duty.SYSTEM_KEEPER and own & _SECRET
    ):
        raise _refusal(
            "technician-blind",
            "系统管理员不得持有密钥分片，也不得查看身份对应关系",
            "A system administrator holds no key share and sees no identities",
            TECHNICIAN_BLIND,
        )


def refuse_unless_compatible(roles: Iterable[Role]) -> None:
    """Go on only if one person may hold these roles at all; `Refusal` "technician-alone".

    A system administrator runs the machines on which everybody else's secrets lie, and so is
    nothing else.
    """
    held = frozenset(roles)
    if Role.SYSADMIN in held and held != {Role.SYSADMIN}:
        raise _refusal(
            "technician-alone",
            "系统管理员不得兼任其他角色",
            "A system administrator has no other role",
            TECHNICIAN_BLIND,
        )


def _refuse_two_sides(duty: Duty, own: frozenset[Duty]) -> None:
    for side in _SIDES:
        others = frozenset().union(*(other for other in _SIDES if other is not side))
        if duty in side and own & others:
            raise _refusal(
                "two-sides",
                "该人员在本项目中已担任另一方的职责，不得兼任",
                "This person already stands on another side of this project",
                ONE_SIDE,
            )


def _refuse_on_panel(*, expert: Held, officer: Held) -> None:
    article = _OFF_PANEL.get(officer.duty)
    if article is None or expert.duty is not Duty.EXPERT:
        return
    if officer.organisation in expert.holder.organisations:
        raise _refusal(
            "agent-on-panel" if officer.duty is Duty.AGENT else "regulator-on-panel",
            "该人员所在单位在本项目中代理或监督，不得参加评审",
            "This person belongs to the agent or supervisor of this project"
            " and cannot sit on its panel",
            article,
        )


def _refusal(code: str, zh: str, en: str, article: Article) -> Refusal:
    return Refusal(code, zh=zh, en=en, article=article, status=403)
