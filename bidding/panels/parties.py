"""Who may take part in the draw of a panel, who usually does, and what a choice must hold.

Trust protocol, section 5: parties of different organisations, a supervisor always; whoever stands
in belongs to the same side and takes the seat when its party lets an attempt lapse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from bidding.tenders.facts import TenderFacts
from market.accounts.queries.organisations import organisation, organisations_with
from market.accounts.roles import Role
from market.draws.commands.seating import PartySeat
from market.kernel.errors import BadInput

SUPERVISOR: Final = "supervisor"
SIDES: Final = ((Role.SUPV, SUPERVISOR), (Role.NOTARY, "notary"), (Role.CENTER, "centre"))
USUAL: Final = frozenset({"owner", SUPERVISOR, "notary"})
LEAST: Final = 2
_WORDS: Final = {
    "owner": ("采购人", "purchaser"),
    "agent": ("代理机构", "agent"),
    SUPERVISOR: ("监督方", "supervisor"),
    "notary": ("公证机构", "notary"),
    "centre": ("交易中心", "trading centre"),
}


@dataclass(frozen=True, slots=True)
class Possible:
    """An organisation that may take part, on which side; `value` is how a form names it."""

    organisation: UUID
    side: str
    name_zh: str
    name_en: str

    @property
    def value(self) -> str:
        """Side and organisation."""
        return f"{self.side}:{self.organisation}"

    def words(self, language: str) -> str:
        """The organisation with its side, for people."""
        zh, en = _WORDS[self.side]
        return f"{self.name_zh}（{zh}）" if language == "zh" else f"{self.name_en} ({en})"


def possible_parties(session: Session, tender: TenderFacts) -> list[Possible]:
    """Purchaser, agent, supervisors, notaries and the trading centre; each organisation once."""
    found = [_possible(session, tender.owner, "owner")]
    if tender.agent is not None:
        found.append(_possible(session, tender.agent, "agent"))
    for role, side in SIDES:
        found += [_possible(session, one.id, side) for one in organisations_with(session, role)]
    once = dict[UUID, Possible]()
    for one in found:
        once.setdefault(one.organisation, one)
    return [*once.values()]


def usual_choice(possible: Sequence[Possible]) -> tuple[list[str], list[str]]:
    """Purchaser, first supervisor and first notary; further ones of these sides stand in."""
    takes, stands, sides = list[str](), list[str](), set[str]()
    for one in possible:
        if one.side not in USUAL:
            continue
        (stands if one.side in sides else takes).append(one.value)
        sides.add(one.side)
    return takes, stands


def seats_chosen(
    possible: Sequence[Possible], takes: Sequence[str], stands: Sequence[str]
) -> tuple[PartySeat, ...]:
    """The seats of a choice; `BadInput` "draw-parties" names what breaks the rule.

    Two organisations at least take part, a supervisor among them; nobody takes part and stands in;
    a stand-in has a party of its own side.
    """
    main = [one for one in possible if one.value in takes]
    bench = [one for one in possible if one.value in stands]
    if len(main) < LEAST:
        raise _wrong("parties", "至少选择两个不同单位", "Choose two organisations at least")
    if all(one.side != SUPERVISOR for one in main):
        raise _wrong("parties", "监督方必须参加抽取", "A supervisor always takes part")
    if set(takes) & set(stands):
        raise _wrong("stand_ins", "同一单位不能既参加又替补", "Nobody takes part and stands in")
    seats, heads, counted = list[PartySeat](), dict[str, str](), dict[str, int]()
    for one in [*main, *bench]:
        counted[one.side] = number = counted.get(one.side, 0) + 1
        party = one.side if number == 1 else f"{one.side}-{number}"
        head = heads.get(one.side)
        if one in bench and head is None:
            raise _wrong(
                "stand_ins",
                f"{one.name_zh}没有可替补的同类参与方",
                f"{one.name_en} has no party of its own side to stand in for",
            )
        if one in main:
            heads.setdefault(one.side, party)
        seats.append(PartySeat(party, one.organisation, one.side, head if one in bench else None))
    return tuple(seats)


def _possible(session: Session, organisation_id: UUID, side: str) -> Possible:
    found = organisation(session, organisation_id)
    return Possible(organisation_id, side, found.name_zh, found.name_en)


def _wrong(field: str, zh: str, en: str) -> BadInput:
    return BadInput("draw-parties", zh=zh, en=en, fields={field: (zh, en)})
