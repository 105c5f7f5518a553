"""How far a draw is, as the line of steps on its pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from market.draws.queries import DrawFacts
from market.draws.rules import DrawState
from market.draws.showing import Event
from market.protocol.freezes import WALK
from market.web.filters import short_moment
from market.web.language import gettext, lazy_gettext
from market.web.patterns import Step, StepState

_WALK: Final = (
    (lazy_gettext("Pool frozen"), "draw-freeze"),
    (lazy_gettext("Pool audited"), "draw-audit"),
    (lazy_gettext("Commitments"), "draw-commit"),
    (lazy_gettext("Revealed and drawn"), "draw-reveal"),
    (lazy_gettext("Result published"), "draw-result"),
)
_ORDER: Final = (
    (lazy_gettext("Frozen"), "draw-freeze"),
    *(one for one in _WALK if one[1] in ("draw-commit", "draw-reveal", "draw-result")),
)
_REACHED: Final = {
    DrawState.FROZEN: "draw-audit",
    DrawState.STOPPED: "draw-audit",
    DrawState.AUDITED: "draw-commit",
    DrawState.COMMITTED: "draw-reveal",
    DrawState.DRAWN: "draw-result",
    DrawState.PUBLISHED: None,
}
"""Which step a state waits for."""


def course(facts: DrawFacts, events: Sequence[Event] = ()) -> list[Step]:
    """The steps of a draw, each done, waited for or still to come."""
    steps = _WALK if facts.freeze.kind == WALK else _ORDER
    kinds = [kind for _, kind in steps]
    waited = _REACHED[facts.state]
    at = len(kinds) if waited is None else kinds.index(waited)
    return [
        Step(str(label), _note(facts, kind, number - at, events), _state(number - at))
        for number, (label, kind) in enumerate(steps)
    ]


def _state(beyond: int) -> StepState:
    if beyond < 0:
        return StepState.DONE
    return StepState.NEXT if beyond else StepState.NOW


def _note(facts: DrawFacts, kind: str, beyond: int, events: Sequence[Event]) -> str:
    if beyond < 0:
        last = max((one.at for one in events if one.kind == kind), default=None)
        return _when(facts, kind, last)
    if beyond:
        return ""
    if facts.state is DrawState.STOPPED:
        return gettext("stopped")
    if facts.state is DrawState.DRAWN:
        return gettext("at its legal moment")
    if facts.missing:
        parties = len(facts.freeze.parties) - sum(
            one.stands_in_for is not None for one in facts.freeze.parties
        )
        return gettext(
            "%(done)s of %(all)s", done=max(0, parties - len(facts.missing)), all=parties
        )
    return gettext("waited for")


def _when(facts: DrawFacts, kind: str, last: datetime | None) -> str:
    if kind == "draw-freeze":
        last = facts.frozen_at
    return "" if last is None else short_moment(last)
