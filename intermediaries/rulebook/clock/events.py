"""What happened in a bundle: facts with the moment of each, in the order they were recorded.

Facts are never edited. What follows from silence or from time alone (inputs deemed complete, a
draft deemed accepted, the end of a pause) is no fact: it is computed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from intermediaries.rulebook.clock.parties import Party


class PauseCode(StrEnum):
    """Why the clock may stand still; anything else is no pause."""

    HEARING = "hearing"
    PUBLIC = "public"
    TEST = "test"
    UPPER = "upper"
    FORCE = "force"
    LITIGATION = "litigation"
    OWNER_REQUEST = "owner_request"
    PLATFORM = "platform"


class Outcome(StrEnum):
    """What the department decided; both end the clock."""

    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Event:
    """A fact: its id and its legal moment (aware)."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Committed(Event):
    """The commission took effect: T0, see `commission`.

    `inputs` are what the contract lists that the owner has to give, once and for all; then the
    limits in working time: the agency's by contract, the department's as promised, the experts'.
    """

    inputs: tuple[str, ...]
    agency_limit: timedelta
    department_limit: timedelta
    expert_limit: timedelta


@dataclass(frozen=True, slots=True)
class InputsDelivered(Event):
    """The owner gave some or all of the inputs that the contract lists."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InputsObjected(Event):
    """The agency says in time that listed inputs are missing or not usable."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InputsConfirmed(Event):
    """The agency confirms that the inputs are complete."""


@dataclass(frozen=True, slots=True)
class OwnerAsked(Event):
    """The agency asks the owner for more.

    `knowable_before`: the need could have been known when it asked the last time, or at contract.
    """

    items: tuple[str, ...]
    knowable_before: bool


@dataclass(frozen=True, slots=True)
class OwnerAnswered(Event):
    """The owner gave some or all of what was asked for."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftDelivered(Event):
    """The agency delivered its draft, first, corrected or reworked, to the owner."""


@dataclass(frozen=True, slots=True)
class DraftAccepted(Event):
    """The owner signed for the draft."""


@dataclass(frozen=True, slots=True)
class DraftReturned(Event):
    """The owner sent the draft back, with reasons."""

    reason: str


@dataclass(frozen=True, slots=True)
class ChangeOrdered(Event):
    """The owner changes the scope by a change order."""

    order: str


@dataclass(frozen=True, slots=True)
class ChangeSpecified(Event):
    """The agency has everything that the change order needs and begins the rework."""


@dataclass(frozen=True, slots=True)
class Submitted(Event):
    """The accepted deliverable went to the department."""


@dataclass(frozen=True, slots=True)
class CorrectionItem:
    """One thing the department finds missing; only owner and agency owe things.

    `owed_by` AGENCY means a technical item. `already_supplied`: it lay before the department.
    """

    name: str
    owed_by: Party
    already_supplied: bool = False


@dataclass(frozen=True, slots=True)
class CorrectionNotified(Event):
    """The department's one list of things to supply."""

    items: tuple[CorrectionItem, ...]


@dataclass(frozen=True, slots=True)
class CorrectionSupplied(Event):
    """Some or all of the listed things were supplied."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseAccepted(Event):
    """The department accepted the application, or it counts as accepted."""


@dataclass(frozen=True, slots=True)
class ExpertCall:
    """One expert called; `within` is the working time the invitation gives this one, if any."""

    expert: str
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ExpertsInvited(Event):
    """The department called experts; the review is theirs until the last has signed."""

    calls: tuple[ExpertCall, ...]


@dataclass(frozen=True, slots=True)
class ExpertSigned(Event):
    """One of the experts called signed an opinion."""

    expert: str


class Origin(StrEnum):
    """Where an issue of an opinion list comes from.

    `UNSOLVED` stands on an earlier list. `NEW_VISIBLE` could have been seen before, `NEW_HIDDEN`
    could not. `SCOPE` is due to a change of the owner's. In the first list every issue is new.
    """

    UNSOLVED = "unsolved"
    NEW_VISIBLE = "new_visible"
    NEW_HIDDEN = "new_hidden"
    SCOPE = "scope"


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of an opinion list, under the name it keeps through all rounds."""

    name: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class OpinionIssued(Event):
    """The department's consolidated list of a round reached the agency."""

    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Revised(Event):
    """The agency submitted the revised file."""


@dataclass(frozen=True, slots=True)
class FileFinal(Event):
    """The department holds the final file and begins to decide."""


@dataclass(frozen=True, slots=True)
class Decided(Event):
    """The department signed its decision: T_end."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Terminated(Event):
    """The bundle ended without a decision: T_end; it is not scored."""

    reason: str


@dataclass(frozen=True, slots=True)
class DecisionReturned(Event):
    """A higher level sent the decision back, for a party's reason."""

    party: Party
    reason: str


@dataclass(frozen=True, slots=True)
class Filed(Event):
    """Deliverable and contract are filed."""


@dataclass(frozen=True, slots=True)
class PauseApproved(Event):
    """The management office approved a pause: its code, and the evidence by name or digest."""

    code: PauseCode
    evidence: str


@dataclass(frozen=True, slots=True)
class Resumed(Event):
    """The reason of the pause is over."""


@dataclass(frozen=True, slots=True)
class ExtensionAsked(Event):
    """The agency asks for more working time, with its reason."""

    working: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class ExtensionAgreed(Event):
    """The owner agrees to the extension."""


@dataclass(frozen=True, slots=True)
class ExtensionDeclined(Event):
    """The owner does not agree."""


@dataclass(frozen=True, slots=True)
class Objected(Event):
    """A party objects to who is charged with segment `segment` (its number)."""

    segment: int
    party: Party
    reason: str


@dataclass(frozen=True, slots=True)
class Ruled(Event):
    """The management office ruled on an objection.

    With `liable` its hours are charged to that party by a counter-entry; None leaves them.
    """

    objection: str
    liable: Party | None
    reason: str


def commission(contract_signed: Iterable[datetime], order_confirmed: datetime) -> datetime:
    """T0: when the last signature under the contract and the confirmed order both are there."""
    return max(*contract_signed, order_confirmed)
