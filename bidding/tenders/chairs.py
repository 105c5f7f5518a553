"""The form that names a tender's officers: a row a seat, organisations by name, checked at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy.orm import Session
from typing_extensions import override

from bidding.officers.balance import Balance, balance
from bidding.officers.commands import Chair
from bidding.officers.parts import PARTS, part
from bidding.officers.queries import interest_groups, seats
from bidding.tenders.facts import DraftFacts
from bidding.tenders.forms import ReckonedForm
from market.accounts.queries import organisations, people
from market.accounts.queries.organisations import OrganisationFacts
from market.accounts.roles import PERMISSIONS, Role
from market.accounts.rules import AppointmentState
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.protocol.trust import read_trust
from market.web.fields import Field, Option, TextField, maybe
from market.web.language import Lazy, gettext, language, lazy_gettext
from market.web.site import moment, site
from market.web.typed_fields import PickField

ROWS: Final = 7
OFFICERS: Final = frozenset(
    role for role in Role if Permission.OFFICERS_KEY_GIVE in PERMISSIONS[role]
)
"""The roles in which somebody may open bids."""
OTHERS: Final = tuple(role for role in Role if role in OFFICERS - {Role.OWNER, Role.AGENT})
"""Of these, the ones whose organisations are offered by name besides purchaser and agent."""
_CODE: Final = re.compile(r"[0-9A-HJ-NP-RT-UW-Y]{18}")
_NAMED: Final = 4  # organisations named where a text fits several


class _Numbered(Lazy):
    """A label with the number of its seat."""

    __slots__ = ("number",)

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.number = number

    @override
    def __str__(self) -> str:
        return gettext(self.message, number=self.number)


def _fields() -> Mapping[str, Field[Any]]:
    parts = lazy_gettext("Seat %(number)s: part").message
    names = lazy_gettext("Seat %(number)s: organisation").message
    accounts = lazy_gettext("Seat %(number)s: sign-in name of the person").message
    found = dict[str, Field[Any]]()
    for number in range(1, ROWS + 1):
        found[f"part_{number}"] = maybe(PickField(_Numbered(parts, number)))
        found[f"organisation_{number}"] = maybe(TextField(_Numbered(names, number)))
        found[f"person_{number}"] = maybe(TextField(_Numbered(accounts, number)))
    for name, one in found.items():
        one.__set_name__(Seating, name)
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """One seat as typed, and the organisation that was understood."""

    number: int
    part: str
    organisation: str
    person: str
    meant: OrganisationFacts | None

    @property
    def is_used(self) -> bool:
        """Whether the seat is to be filled; a part alone fills none."""
        return bool(self.organisation or self.person)


class Seating(ReckonedForm):
    """The officers, a row a seat; a row without organisation and person stays empty."""

    fields: ClassVar[Mapping[str, Field[Any]]] = {}
    live: ClassVar[tuple[str, ...]] = tuple(
        f"{name}_{number}" for number in range(1, ROWS + 1) for name in ("part", "organisation")
    )

    def __init__(self, *, initial: Mapping[str, object] | None = None) -> None:
        options = [Option(role, part(role, language())) for role in PARTS]
        every = {name: options for name in self.fields if name.startswith("part_")}
        super().__init__(initial=initial, options=every)

    def rows(self, session: Session, known: Sequence[OrganisationFacts]) -> Iterator[Row]:
        """The rows as they are typed; an organisation that is not understood is pointed at."""
        for number in range(1, ROWS + 1):
            named, person, role = (
                self[f"{name}_{number}"].text.strip() for name in ("organisation", "person", "part")
            )
            meant = None
            if named:
                found = _meant(session, named, known)
                meant = found[0] if len(found) == 1 else None
                if meant is None:
                    self.wrong(f"organisation_{number}", _unclear(found))
            yield Row(number, role, named, person, meant)


Seating.fields = _fields()


@dataclass(frozen=True, slots=True)
class Look:
    """What the page shows of a choice: the rows, the balance, the names behind codes."""

    rows: Sequence[Row]
    balance: Balance
    names: Mapping[str, str]
    offered: Sequence[OrganisationFacts]
    own_people: Sequence[str]
    own: OrganisationFacts | None

    def says(self, codes: Sequence[str]) -> str:
        """Organisations by name, those that count as one put together."""
        return " + ".join(self.names[uscc] for uscc in codes)


def look(session: Session, draft: DraftFacts, form: Seating, reader: UUID | None) -> Look:
    """The choice as it stands in the form; nothing is refused, what is unclear is pointed at."""
    known = offered(session, draft)
    rows = list(form.rows(session, known))
    seated = [row for row in rows if row.meant is not None]
    meant = [row.meant for row in seated if row.meant is not None]
    groups = interest_groups(session, draft.owner, draft.agent, [one.id for one in meant], moment())
    chosen = [(row.part, row.meant.uscc) for row in seated if row.meant is not None]
    own = next((one for one in known if one.id == reader), None)
    return Look(
        rows=rows,
        balance=balance(chosen, groups, pinned()),
        names={one.uscc: one.name(language()) for one in meant},
        offered=known,
        own_people=() if own is None else sorted(openers(session, own)),
        own=own,
    )


def chairs(session: Session, draft: DraftFacts, form: Seating) -> list[Chair]:
    """The seats as the form names them; every row that is wrong is pointed at."""
    found = list[Chair]()
    for row in form.rows(session, offered(session, draft)):
        if not row.is_used:
            continue
        if not row.part:
            form.wrong(f"part_{row.number}", gettext("Choose one."))
        if not row.organisation:
            form.wrong(f"organisation_{row.number}", gettext("This is needed."))
        if row.meant is None:
            continue
        person = openers(session, row.meant).get(row.person)
        if person is None:
            form.wrong(f"person_{row.number}", _nobody(row))
        elif person in {chair.person for chair in found}:
            form.wrong(f"person_{row.number}", gettext("This person sits in another seat already."))
        else:
            found.append(Chair(row.part, row.meant.id, person))
    return found


def offered(session: Session, draft: DraftFacts) -> list[OrganisationFacts]:
    """Whom the page offers by name: purchaser, agent, and whoever may open bids for others."""
    own = [draft.owner, *([] if draft.agent is None else [draft.agent])]
    found = {key: organisations.organisation(session, key) for key in own}
    for role in OTHERS:
        found |= {one.id: one for one in organisations.organisations_with(session, role)}
    return list(found.values())


def openers(session: Session, of: OrganisationFacts) -> dict[str, UUID]:
    """The people of an organisation who may open bids, by sign-in name."""
    return {
        one.account: one.person
        for one in organisations.members(session, of.id)
        if one.role in OFFICERS and one.state is AppointmentState.ACTIVE
    }


def pinned() -> frozenset[str]:
    """The credit codes of the trust file's organisations."""
    trust = read_trust(site().settings.trust_file.read_bytes())
    return frozenset(held.uscc for held in trust.organisations)


def written(session: Session, draft: DraftFacts) -> dict[str, object]:
    """The seats as they are named, to be changed; before, purchaser and agent in the first rows."""
    found: dict[str, object] = {}
    named = seats(session, draft.no)
    for seat in named:
        held = organisations.organisation(session, seat.organisation)
        found[f"part_{seat.i}"] = seat.role
        found[f"organisation_{seat.i}"] = held.name(language())
        found[f"person_{seat.i}"] = people.own(session, seat.person).account
    if not named:
        first = ["owner", "centre" if draft.agent is None else "agent"]
        for number, role in enumerate([*first, "supervisor", "notary", "witness"], start=1):
            found[f"part_{number}"] = role
        for number, key in enumerate(filter(None, (draft.owner, draft.agent)), start=1):
            name = organisations.organisation(session, key).name(language())
            found[f"organisation_{number}"] = name
    return found


def _meant(
    session: Session, typed: str, known: Sequence[OrganisationFacts]
) -> list[OrganisationFacts]:
    """The organisations that a text may mean: by credit code, by whole name, by part of a name."""
    code = _CODE.search(typed.upper())
    if code is not None:
        try:
            return [organisations.organisation_by_uscc(session, code[0])]
        except NotFound:
            return []
    sought = typed.casefold()
    names = [(one, (one.name_zh.casefold(), one.name_en.casefold())) for one in known]
    whole = [one for one, own in names if sought in own]
    return whole or [one for one, own in names if any(sought in name for name in own)]


def _unclear(found: Sequence[OrganisationFacts]) -> str:
    if not found:
        return gettext(
            "No organisation of this name is offered. Write its name as registered, or its credit"
            " code."
        )
    listed = [f"{one.name(language())} {one.uscc}" for one in found[:_NAMED]]
    return gettext("This fits several: %(names)s. Write the credit code.", names="; ".join(listed))


def _nobody(row: Row) -> str:
    if not row.person:
        return gettext("This is needed.")
    return gettext("Nobody of this organisation who may open bids has this sign-in name.")
