"""The organisations with their numbers and the people who fill their posts."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Final

from market.demo.people.cast_of_organisations import (
    AGENCIES,
    BIDDERS,
    DEPARTMENTS,
    EMPLOYERS,
    HELD_BY_ONE_HOLDING,
    PUBLIC_BODIES,
    Post,
    Script,
)
from market.demo.people.choices import Choices
from market.demo.people.kinds import Controller, Duty, Organisation, OrganisationKind, Person
from market.demo.people.names import new_name
from market.demo.people.numbers import basic_account, citizen_id, credit_code, mobile
from market.demo.people.places import Place, address

_FIRST_BIRTH_YEAR: Final = 1968
_BIRTH_YEARS: Final = 28
_FIRST_REGISTERED: Final = 1998
_REGISTERED_YEARS: Final = 22
_MAJORITY: Final = 70  # per cent that the common holding has in each of its two bidders
_OWN_SHARE: Final = 60  # per cent that the legal representative has in every other bidder


@dataclass(frozen=True, slots=True)
class Founded:
    """All organisations, and all people who fill a post in one."""

    organisations: tuple[Organisation, ...]
    staff: tuple[Person, ...]


def a_day(choices: Choices, first_year: int, years: int) -> date:
    """Some day of these years; never a 29th, 30th or 31st, so that every year has it."""
    year = first_year + choices.number(years)
    return date(year, 1 + choices.number(12), 1 + choices.number(28))


def new_person(
    number: int, place: Place, organisation: str, post: Post, born_on: date, taken: set[str]
) -> Person:
    """A person with this running number; `taken` holds the names in use and learns the new one."""
    key = f"P{number:04d}"
    zh, en = new_name(key, taken)
    return Person(
        id=key,
        name_zh=zh,
        name_en=en,
        citizen_id=citizen_id(place.code, born_on, number),
        mobile=mobile(number),
        email=f"{key.lower()}@yunting.example",
        born_on=born_on,
        organisation=organisation,
        duties=post.duties,
        position_zh=post.zh,
        position_en=post.en,
    )


def found_everything(taken: set[str]) -> Founded:
    """Every organisation with its people, in the order of the script."""
    numbers = count(1)
    organisations, staff = list[Organisation](), list[Person]()
    scripts = (*PUBLIC_BODIES, *BIDDERS, *EMPLOYERS, *DEPARTMENTS, *AGENCIES)
    for order, script in enumerate(scripts, start=1):
        code = credit_code(script.place.code, order, script.register)
        people = tuple(
            new_person(
                number,
                script.place,
                code,
                post,
                a_day(Choices(f"born|{number}"), _FIRST_BIRTH_YEAR, _BIRTH_YEARS),
                taken,
            )
            for post, number in zip(script.posts, numbers, strict=False)
        )
        staff.extend(people)
        organisations.append(_founded(order, code, script, people, organisations))
    return Founded(tuple(organisations), tuple(staff))


def _founded(
    order: int,
    code: str,
    script: Script,
    people: tuple[Person, ...],
    earlier: list[Organisation],
) -> Organisation:
    choices = Choices(f"organisation|{order}")
    address_zh, address_en = address(script.place, 1 + choices.number(300))
    return Organisation(
        uscc=code,
        kind=script.kind,
        name_zh=script.zh,
        name_en=script.en,
        region=script.place.code,
        address_zh=address_zh,
        address_en=address_en,
        size=script.size,
        fields=script.fields,
        legal_representative=_with(people, Duty.LEGAL_REPRESENTATIVE)[0],
        persons_in_charge=_with(people, Duty.PERSON_IN_CHARGE),
        controllers=_controllers(script, people, earlier),
        basic_account=basic_account(order),
        registered_on=a_day(choices, _FIRST_REGISTERED, _REGISTERED_YEARS),
    )


def _with(people: tuple[Person, ...], duty: Duty) -> tuple[str, ...]:
    return tuple(person.id for person in people if duty in person.duties)


def _controllers(
    script: Script, people: tuple[Person, ...], earlier: list[Organisation]
) -> tuple[Controller, ...]:
    if script.kind is not OrganisationKind.BIDDER:
        return ()
    if BIDDERS.index(script) in HELD_BY_ONE_HOLDING:
        holding = next(each for each in earlier if each.kind is OrganisationKind.HOLDING)
        return (Controller(holding.uscc, _MAJORITY),)
    return (Controller(_with(people, Duty.LEGAL_REPRESENTATIVE)[0], _OWN_SHARE),)
