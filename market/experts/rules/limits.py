"""The numbers around experts: each with its article, its first day and what a city may change.

A procedure asks for the numbers of its publication day (`terms_on`). A municipality may be
stricter than the law, never looser: a value outside its bounds is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from market.experts.rules import articles
from market.kernel.errors import BadInput, Refusal
from market.kernel.ids import Track
from market.kernel.law import Article, Dated, in_force


@dataclass(frozen=True, slots=True)
class Limit:
    """A number's default, and the lowest and highest value a city may set, both included."""

    default: int
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The numbers one procedure is held to; the unit stands in each name."""

    years_in_field: int
    highest_age: int
    monthly_cap: int
    look_back_years: int
    same_owner_days: int
    seats_per_unit: int
    reply_minutes: int
    delivery_tries: int
    absence_points: int
    repeated_absence_points: int
    suspension_months: int
    gp_working_days: int
    open_hours: int
    close_hours: int
    supplement_minutes: int


_TENDERING_LAW = date(2000, 1, 1)
_PROCUREMENT_RULES = date(2015, 3, 1)
_GP_EXPERTS = date(2017, 1, 1)
_PLATFORM = _GP_EXPERTS  # from here on every number of law has a version


def _number(
    default: int, lowest: int, highest: int, article: Article, since: date
) -> tuple[Dated[Limit], ...]:
    return (Dated(Limit(default, lowest, highest), article, since),)


NUMBERS: Final[Mapping[str, tuple[Dated[Limit], ...]]] = MappingProxyType(
    {
        "years_in_field": _number(8, 8, 60, articles.TENDERING_37, _TENDERING_LAW),
        # Under 70 (不满 70 周岁): 69 is the last good age, the 70th birthday is too old.
        "highest_age": _number(69, 18, 69, articles.EXPERTS_GP_6, _GP_EXPERTS),
        "monthly_cap": _number(8, 1, 31, articles.STANDING_IN_REGISTER, _PLATFORM),
        "look_back_years": _number(3, 3, 60, articles.PROCUREMENT_9_1, _PROCUREMENT_RULES),
        "same_owner_days": _number(30, 0, 366, articles.SAME_OWNER, _PLATFORM),
        "seats_per_unit": _number(1, 1, 9, articles.UNIT_CAP, _PLATFORM),
        "reply_minutes": _number(15, 15, 1440, articles.INVITING, _PLATFORM),
        "delivery_tries": _number(3, 1, 10, articles.INVITING, _PLATFORM),
        "absence_points": _number(-3, -100, 0, articles.EXPERT_CREDIT, _PLATFORM),
        "repeated_absence_points": _number(-5, -100, 0, articles.EXPERT_CREDIT, _PLATFORM),
        "suspension_months": _number(6, 1, 60, articles.EXPERT_CREDIT, _PLATFORM),
        "gp_working_days": _number(2, 0, 2, articles.EXPERTS_GP_14, _GP_EXPERTS),
        "open_hours": _number(24, 1, 72, articles.DRAW_HOURS, _PLATFORM),
        "close_hours": _number(2, 0, 24, articles.DRAW_HOURS, _PLATFORM),
        "supplement_minutes": _number(30, 0, 120, articles.DRAW_HOURS, _PLATFORM),
    }
)
"""Every number by its name in `Terms`, as versions."""

_NOTHING_LOCAL: Final[Mapping[str, int]] = MappingProxyType({})


def terms_on(published_on: date, local: Mapping[str, int] = _NOTHING_LOCAL) -> Terms:
    """The numbers of a procedure published on that day, with the city's own where it has some.

    Refusals: `unknown-parameter` for a name that is no number of this room, `looser-than-law`
    for a value outside the bounds. `LookupError` for a day before the rules began.
    """
    for name in local:
        if name not in NUMBERS:
            raise BadInput(
                "unknown-parameter",
                zh=f"没有名为 {name} 的参数",
                en=f"There is no parameter {name}",
            )
    found = {
        name: _local(name, in_force(versions, published_on), local)
        for name, versions in NUMBERS.items()
    }
    return Terms(**found)


def refuse_unless_panel_track(track: Track) -> None:
    """Refuse (`no-panel-law`) a track whose law knows no drawn panel.

    Only engineering tenders and government procurement do; no text was found for the others.
    """
    if track not in (Track.ENGINEERING, Track.GOVERNMENT):
        raise Refusal(
            "no-panel-law",
            zh="只有工程招标和政府采购抽取评审专家，本类项目应改用其规定的方式",
            en="Panels are drawn for engineering tenders and government procurement only; "
            "use the way this kind of project prescribes",
            article=articles.ASKED_FOR,
        )


def _local(name: str, dated: Dated[Limit], local: Mapping[str, int]) -> int:
    limit = dated.value
    value = local.get(name, limit.default)
    if not limit.lowest <= value <= limit.highest:
        raise Refusal(
            "looser-than-law",
            zh=f"参数 {name} 应在 {limit.lowest} 与 {limit.highest} 之间，不能设为 {value}",
            en=f"{name} must lie between {limit.lowest} and {limit.highest}, not {value}",
            article=dated.article,
        )
    return value
