"""Terms and outcome as JSON: what a notice publishes and a selection file holds."""

from datetime import date
from typing import Final

from intermediaries.rulebook.selection.modes import Funds, Mode, Unit
from intermediaries.rulebook.selection.outcome import Failure, Figure, Outcome, Row
from intermediaries.rulebook.selection.scheme_plan import read_plan
from intermediaries.rulebook.selection.terms import FULL, Terms
from market.kernel.money import LARGEST_FEN, Money
from market.protocol.encoding import Json, JsonObject, b64u, refuse, stamp, structure
from market.protocol.members import Members, octet_list
from market.protocol.timekeeping import ROUND_LIMIT

_COUNT_LIMIT: Final = 4096
_REASON_LIMIT: Final = 2000  # characters


def terms_json(terms: Terms) -> JsonObject:
    """The structure "yg/selection-terms/v1"; enrolments sign its hash. Amounts in fen.

    `scheme` stands there in a choice by scheme alone.
    """
    plan: JsonObject = {} if terms.scheme is None else {"scheme": terms.scheme.json()}
    return structure(
        "selection-terms",
        subject=terms.subject,
        round=terms.round,
        mode=terms.mode.value,
        funds=terms.funds.value,
        published=terms.published.isoformat(),
        ceiling=terms.ceiling.fen,
        floor=None if terms.floor is None else terms.floor.fen,
        fixed=None if terms.fixed is None else terms.fixed.fen,
        unit=terms.unit.value,
        min_quotes=terms.min_quotes,
        list_size=terms.list_size,
        short_size=terms.short_size,
        choose_by=None if terms.choose_by is None else stamp(terms.choose_by),
        rounds_from=None if terms.rounds_from is None else stamp(terms.rounds_from),
        scheme_weight=terms.scheme_weight,
        named=terms.named,
        reason=terms.reason,
        **plan,
    )


def read_terms(value: Json) -> Terms:
    """The terms that `terms_json` writes; `malformed`, or `terms-misfit`."""
    held = Members(value, "selection-terms")
    members: dict[str, object] = {
        "subject": held.tender("subject"),
        "round": held.whole("round", 1, ROUND_LIMIT),
        "mode": Mode(held.choice("mode", tuple(Mode))),
        "funds": Funds(held.choice("funds", tuple(Funds))),
        "published": _day(held.text("published")),
        "ceiling": _money(held, "ceiling"),
        "floor": held.maybe("floor", lambda name: _money(held, name)),
        "fixed": held.maybe("fixed", lambda name: _money(held, name)),
        "unit": Unit(held.choice("unit", tuple(Unit))),
        "min_quotes": held.whole("min_quotes", 1, _COUNT_LIMIT),
        "list_size": held.maybe("list_size", lambda name: held.whole(name, 1, _COUNT_LIMIT)),
        "short_size": held.maybe("short_size", lambda name: held.whole(name, 1, _COUNT_LIMIT)),
        "choose_by": held.maybe("choose_by", held.moment),
        "rounds_from": held.maybe("rounds_from", held.moment),
        "scheme_weight": held.maybe("scheme_weight", lambda name: held.whole(name, 0, FULL)),
        "named": held.maybe("named", held.uscc),
        "reason": held.maybe("reason", lambda name: held.text(name, high=_REASON_LIMIT)),
    }
    if isinstance(value, dict) and "scheme" in value:
        members["scheme"] = read_plan(held.take("scheme"))
    held.end()
    return Terms(**members)  # type: ignore[arg-type]  # each member was read with its type


def outcome_json(outcome: Outcome, given: bytes) -> JsonObject:
    """The structure "yg/selection-outcome/v1"; `given` is the hash of what it followed from."""
    return structure(
        "selection-outcome",
        given=b64u(given),
        mode=outcome.mode.value,
        winner=None if outcome.winner is None else b64u(outcome.winner),
        alternates=octet_list(outcome.alternates),
        shortlist=octet_list(outcome.shortlist),
        rows=[_row_json(row) for row in outcome.rows],
        figures=[_figure_json(held) for held in outcome.figures],
        failure=None if outcome.failure is None else _failure_json(outcome.failure),
    )


def _row_json(row: Row) -> JsonObject:
    return {
        "quote": b64u(row.key),
        "agency": row.agency,
        "standing": row.standing.value,
        "place": row.place,
        "figures": [_figure_json(held) for held in row.figures],
        "zh": row.zh,
        "en": row.en,
    }


def _figure_json(held: Figure) -> JsonObject:
    return {
        "name": held.name,
        "exact": str(held.exact),
        "shown": held.shown,
        "zh": held.zh,
        "en": held.en,
    }


def _failure_json(held: Failure) -> JsonObject:
    return {
        "cause": held.cause.value,
        "then": held.then.value,
        "zh": held.words("zh"),
        "en": held.words("en"),
    }


def _money(held: Members, name: str) -> Money:
    return Money(held.whole(name, 0, LARGEST_FEN))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        refuse("日期格式不对", "The day is not written as agreed")
    if day.isoformat() != text:
        refuse("日期格式不对", "The day is not written as agreed")
    return day
