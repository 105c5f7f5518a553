"""The facts that recusal asks for: what an expert declared, and who the parties are.

Organisations and persons are named by opaque texts that are compared as they stand: whoever hands
them in uses one form on both sides (the credit code of an organisation, the keyed hash of a
citizen id). Every span counts whole legal days, first and last included.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from market.experts.rules.limits import refuse_unless_panel_track
from market.experts.rules.periods import Span
from market.kernel.ids import Track


class Kinship(StrEnum):
    """How an expert is related to somebody; `OTHER` is any tie that the law does not name."""

    SPOUSE = "spouse"
    PARENT_OR_CHILD = "parent-or-child"
    GRANDPARENT_OR_GRANDCHILD = "grandparent-or-grandchild"
    REMOTER_DIRECT_BLOOD = "remoter-direct-blood"
    SIBLING = "sibling"
    COLLATERAL_TO_THIRD_GENERATION = "collateral-to-third-generation"
    NEAR_AFFINITY = "near-affinity"
    OTHER = "other"


NEAR_RELATIVES: Final = frozenset(
    {
        Kinship.SPOUSE,
        Kinship.PARENT_OR_CHILD,
        Kinship.GRANDPARENT_OR_GRANDCHILD,
        Kinship.SIBLING,
    }
)
"""近亲属 as the Civil Code has them (art. 1045): neither aunts nor cousins nor in-laws."""

KIN_IN_PROCUREMENT: Final = frozenset(Kinship) - {Kinship.OTHER}
"""Spouse, direct blood, collateral within three generations, near affinity: wider than those."""


class PunishmentKind(StrEnum):
    """By whom a violation around tendering was punished."""

    ADMINISTRATIVE = "administrative"
    CRIMINAL = "criminal"


class Part(StrEnum):
    """What somebody did for a project before its tender."""

    DOCUMENTS = "documents"
    FEASIBILITY = "feasibility"
    DESIGN = "design"
    SUPERVISION = "supervision"


@dataclass(frozen=True, slots=True)
class Employment:
    """A labour relation; each expert declares those of the last three years at least."""

    organisation: str
    span: Span


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody the expert is related to."""

    person: str
    kinship: Kinship


@dataclass(frozen=True, slots=True)
class Interest:
    """An economic interest with a party: a loan, a commission, a consultancy, a lease."""

    party: str
    span: Span


@dataclass(frozen=True, slots=True)
class Directorship:
    """A seat as director or supervisor."""

    organisation: str
    span: Span


@dataclass(frozen=True, slots=True)
class Shareholding:
    """Shares held; `controlling` for a controlling shareholder or actual controller."""

    organisation: str
    controlling: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Punishment:
    """A punishment for a violation around tendering; it has no end."""

    on: date
    kind: PunishmentKind


@dataclass(frozen=True, slots=True)
class Participation:
    """A part taken in preparing or supervising a project."""

    project: str
    part: Part


@dataclass(frozen=True, slots=True)
class Service:
    """A seat for which the expert was drawn for an owner."""

    owner: str
    drawn_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecusalFacts:
    """Everything one expert declared or the register knows.

    `expert` is the id in the library, `person` the expert as a person among relatives and heads
    of bidders, `unit` the present employer, `ties` other relations reported, by party.
    """

    expert: str
    person: str
    unit: str
    employments: tuple[Employment, ...] = ()
    relatives: tuple[Relative, ...] = ()
    interests: tuple[Interest, ...] = ()
    directorships: tuple[Directorship, ...] = ()
    shareholdings: tuple[Shareholding, ...] = ()
    punishments: tuple[Punishment, ...] = ()
    participations: tuple[Participation, ...] = ()
    services: tuple[Service, ...] = ()
    ties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidder:
    """A bidder with those behind it; `controllers` are persons or organisations."""

    organisation: str
    legal_representative: str = ""
    persons_in_charge: tuple[str, ...] = ()
    controllers: tuple[str, ...] = ()

    def heads(self) -> frozenset[str]:
        """The bidder itself (it may be a natural person), its representative, those in charge."""
        named = {self.organisation, self.legal_representative, *self.persons_in_charge}
        return frozenset(named - {""})

    def everybody(self) -> frozenset[str]:
        """The heads and the controllers."""
        return self.heads() | self.holders()

    def holders(self) -> frozenset[str]:
        """The controllers, persons and organisations."""
        return frozenset(self.controllers) - {""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Who stands around one procedure.

    `preparers` designed, studied or supervised the project; `departments` are its competent
    departments, `regulators` supervise the procedure. Before opening nobody knows the bidders, and
    `bidders` holds the industry list; after opening it holds the true ones.
    """

    owners: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    preparers: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    regulators: tuple[str, ...] = ()
    bidders: tuple[Bidder, ...] = ()


@dataclass(frozen=True, slots=True)
class Activity:
    """The evaluation: under which law, of which project, on which legal day.

    Refusal: `no-panel-law` for a track without drawn panels.
    """

    track: Track
    project: str
    on: date

    def __post_init__(self) -> None:
        refuse_unless_panel_track(self.track)
