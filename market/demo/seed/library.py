"""The register of experts: four hundred fictional people, entered as their library reports them."""

import dataclasses
import re
from collections.abc import Sequence
from functools import partial
from typing import Final, TypeVar

from market.accounts.roles import Role
from market.demo.people.everybody import Everybody
from market.demo.people.kinds import Expert
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.house import House
from market.experts.commands.register import EnterExpert, EnterExperts, enter_experts
from market.protocol.encoding import b64u, digest

T = TypeVar("T")
BATCH: Final = 50
PERSON: Final = re.compile(r"P\d{4}")


def enter(house: House, everybody: Everybody) -> None:
    """Accounts and roles for the experts, then the library's report."""
    centre = everybody.the(Part.TRADING_CENTRE)
    head = house.founders[0]
    house.admit(centre.uscc, Role.EXPERT)
    marks = {
        person.id: f"person:{b64u(digest(person.citizen_id.encode()))}"
        for person in everybody.persons
    }
    for start in range(0, len(everybody.experts), BATCH):
        batch = everybody.experts[start : start + BATCH]
        house.together(partial(_let_in, house, centre.uscc, head, batch))
    report = [_entry(house, expert, marks) for expert in everybody.experts]
    keeper = house.actor(head, centre.uscc)
    house.run(enter_experts, EnterExperts(report), keeper)


def _let_in(house: House, uscc: str, head: str, batch: Sequence[Expert]) -> None:
    for expert in batch:
        if expert.person.id not in house.people:
            house.enrol(expert.person)
        house.appoint(uscc, head, expert.person, Role.EXPERT)
        house.set_second_factor(expert.person)


def _entry(house: House, expert: Expert, marks: dict[str, str]) -> EnterExpert:
    return EnterExpert(
        house.people[expert.person.id],
        expert.candidate,
        _marked(expert.declared, marks),
        expert.title_zh,
        expert.title_en,
    )


def _marked(value: T, marks: dict[str, str]) -> T:
    """The same facts with people named as the register of organisations names them."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _marked(getattr(value, f.name), marks) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    if isinstance(value, tuple):
        return tuple(_marked(item, marks) for item in value)  # type: ignore[return-value]
    if isinstance(value, str) and PERSON.fullmatch(value):
        return marks.get(value, value)  # type: ignore[return-value]  # a str like the one given
    return value
