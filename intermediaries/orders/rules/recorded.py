"""Facts of the clock as they are kept: the name of the kind, and what it says as plain structure.

Every kind of fact of the rulebook can be written and is read back equal; working time is whole
microseconds.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from enum import StrEnum
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.events import Event

KINDS: Final[Mapping[str, type[Event]]] = {
    kind.__name__: kind
    for kind in (
        events.Committed,
        events.InputsDelivered,
        events.InputsObjected,
        events.InputsConfirmed,
        events.OwnerAsked,
        events.OwnerAnswered,
        events.DraftDelivered,
        events.DraftAccepted,
        events.DraftReturned,
        events.ChangeOrdered,
        events.ChangeSpecified,
        events.Submitted,
        events.CorrectionNotified,
        events.CorrectionSupplied,
        events.CaseAccepted,
        events.ExpertsInvited,
        events.ExpertSigned,
        events.OpinionIssued,
        events.Revised,
        events.FileFinal,
        events.Decided,
        events.Terminated,
        events.DecisionReturned,
        events.Filed,
        events.PauseApproved,
        events.Resumed,
        events.ExtensionAsked,
        events.ExtensionAgreed,
        events.ExtensionDeclined,
        events.Objected,
        events.Ruled,
    )
}
_INSTANT: Final = timedelta(microseconds=1)
_OWN: Final = ("id", "at")
_SAYS: Final = {
    kind: {name: hint for name, hint in get_type_hints(kind).items() if name not in _OWN}
    for kind in KINDS.values()
}


def kind_of(event: Event) -> str:
    """The name under which a fact is kept."""
    return type(event).__name__


def write(event: Event) -> dict[str, Any]:
    """What a fact says, without its id and moment."""
    return {
        one.name: _plain(getattr(event, one.name)) for one in fields(event) if one.name not in _OWN
    }


def read(kind: str, key: str, at: datetime, said: Mapping[str, Any]) -> Event:
    """The fact again; `KeyError` for a kind that was never kept."""
    made = KINDS[kind]
    values = {name: _rich(hint, said[name]) for name, hint in _SAYS[made].items()}
    return made(id=key, at=at, **values)


def _plain(value: Any) -> Any:  # noqa: ANN401  any value a fact can hold
    if isinstance(value, timedelta):
        return value // _INSTANT
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


def _rich(hint: Any, value: Any) -> Any:  # noqa: ANN401  as the type says
    if isinstance(hint, UnionType):
        if value is None:
            return None
        (hint,) = (one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple:
        return tuple(_rich(get_args(hint)[0], one) for one in value)
    if hint is timedelta:
        return value * _INSTANT
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    if hasattr(hint, "__dataclass_fields__"):
        parts = get_type_hints(hint)
        return hint(**{name: _rich(parts[name], one) for name, one in value.items()})
    return value
