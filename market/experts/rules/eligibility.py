"""Who of the library may be drawn at all (D01 to D06), before any question of recusal."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final

from market.experts.rules import articles
from market.experts.rules.findings import LeftOut, Rule, Screening, sift
from market.experts.rules.limits import Terms, refuse_unless_panel_track
from market.experts.rules.periods import full_years
from market.kernel.ids import Track
from market.kernel.law import Article


class Level(IntEnum):
    """A professional title, or the professional level recognised as equal to it."""

    NONE = 0
    JUNIOR = 1
    MIDDLE = 2
    SENIOR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the register says about one expert, as far as eligibility asks.

    `libraries` are the tracks for which a library of provincial level or higher lists the expert;
    `valid_until` is the last good day; `suspended_until` the last bad one; `drawn_this_month` the
    seats of the activity's calendar month so far.
    """

    id: str
    unit: str
    specialties: tuple[str, ...]
    region: str
    libraries: frozenset[Track]
    level: Level
    field_since: date
    born_on: date
    valid_until: date
    academician: bool = False
    applied_and_recommended: bool = True
    evaluates_online: bool = True
    suspended_until: date | None = None
    blacklisted: bool = False
    drawn_this_month: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One stratum of a draw: any of these specialties, any of these regions (none named: all).

    Refusal: `no-panel-law` for a track without drawn panels.
    """

    track: Track
    specialties: frozenset[str]
    regions: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        refuse_unless_panel_track(self.track)


@dataclass(frozen=True, slots=True)
class _Asked:
    candidate: Candidate
    wanted: Wanted
    on: date
    terms: Terms


@dataclass(frozen=True, slots=True)
class _Check:
    """One row: what leaves a candidate of this track out; the words may name `Terms`."""

    track: Track | None
    rule: Rule
    reason: str
    article: Article
    zh: str
    en: str
    fails: Callable[[_Asked], bool]


def _not_listed(asked: _Asked) -> bool:
    return asked.wanted.track not in asked.candidate.libraries


def _other_specialty(asked: _Asked) -> bool:
    return asked.wanted.specialties.isdisjoint(asked.candidate.specialties)


def _other_region(asked: _Asked) -> bool:
    return bool(asked.wanted.regions) and asked.candidate.region not in asked.wanted.regions


def _too_few_years(asked: _Asked) -> bool:
    return full_years(asked.candidate.field_since, asked.on) < asked.terms.years_in_field


def _not_senior(asked: _Asked) -> bool:
    return asked.candidate.level < Level.SENIOR


def _not_middle(asked: _Asked) -> bool:
    return asked.candidate.level < Level.MIDDLE


def _middle_with_too_few_years(asked: _Asked) -> bool:
    return _not_senior(asked) and _too_few_years(asked)


def _not_recommended(asked: _Asked) -> bool:
    return not asked.candidate.applied_and_recommended


def _cannot_evaluate_online(asked: _Asked) -> bool:
    return not asked.candidate.evaluates_online


def _too_old(asked: _Asked) -> bool:
    if asked.candidate.academician:
        return False
    return full_years(asked.candidate.born_on, asked.on) > asked.terms.highest_age


def _expired(asked: _Asked) -> bool:
    return asked.on > asked.candidate.valid_until


def _suspended(asked: _Asked) -> bool:
    until = asked.candidate.suspended_until
    return until is not None and asked.on <= until


def _blacklisted(asked: _Asked) -> bool:
    return asked.candidate.blacklisted


def _month_is_full(asked: _Asked) -> bool:
    return asked.candidate.drawn_this_month >= asked.terms.monthly_cap


_CHECKS: Final = (
    _Check(
        Track.ENGINEERING,
        Rule.D02,
        "not-in-library",
        articles.TENDERING_RULES_45,
        "不在省级以上评标专家库中",
        "Not listed in a provincial or higher library of bid evaluation experts",
        _not_listed,
    ),
    _Check(
        Track.GOVERNMENT,
        Rule.D04,
        "not-in-library",
        articles.PROCUREMENT_39,
        "不在省级以上政府采购评审专家库中",
        "Not listed in a provincial or higher library of government procurement experts",
        _not_listed,
    ),
    _Check(
        None,
        Rule.STRATUM,
        "other-specialty",
        articles.ASKED_FOR,
        "专业不符合本次抽取条件",
        "Has none of the specialties asked for",
        _other_specialty,
    ),
    _Check(
        None,
        Rule.STRATUM,
        "other-region",
        articles.ASKED_FOR,
        "地区不符合本次抽取条件",
        "Is not of a region asked for",
        _other_region,
    ),
    _Check(
        Track.ENGINEERING,
        Rule.D01,
        "years-in-field",
        articles.TENDERING_37,
        "从事相关领域工作不满{terms.years_in_field}年",
        "Less than {terms.years_in_field} full years in the field",
        _too_few_years,
    ),
    _Check(
        Track.ENGINEERING,
        Rule.D01,
        "title",
        articles.TENDERING_37,
        "无高级职称或同等专业水平",
        "No senior title or equal professional level",
        _not_senior,
    ),
    _Check(
        Track.ENGINEERING,
        Rule.D03,
        "not-recommended",
        articles.EXPERT_LIBRARIES_ENG,
        "缺少个人申请或单位推荐",
        "The personal application or the unit's recommendation is missing",
        _not_recommended,
    ),
    _Check(
        Track.ENGINEERING,
        Rule.D03,
        "online-evaluation",
        articles.EXPERT_LIBRARIES_ENG,
        "未具备电子评标能力",
        "The skill of evaluating online has not been shown",
        _cannot_evaluate_online,
    ),
    _Check(
        Track.ENGINEERING,
        Rule.D03,
        "age",
        articles.AGE_IN_ENG,
        "已超过年龄上限（{terms.highest_age}周岁）",
        "Past the highest age of {terms.highest_age} full years",
        _too_old,
    ),
    _Check(
        Track.GOVERNMENT,
        Rule.D05,
        "title",
        articles.EXPERTS_GP_6,
        "无中级以上职称或同等专业水平",
        "No middle or senior title or equal professional level",
        _not_middle,
    ),
    _Check(
        Track.GOVERNMENT,
        Rule.D05,
        "years-in-field",
        articles.EXPERTS_GP_6,
        "中级职称且从事相关领域工作不满{terms.years_in_field}年",
        "A middle title with less than {terms.years_in_field} full years in the field",
        _middle_with_too_few_years,
    ),
    _Check(
        Track.GOVERNMENT,
        Rule.D05,
        "age",
        articles.EXPERTS_GP_6,
        "已超过年龄上限（{terms.highest_age}周岁）",
        "Past the highest age of {terms.highest_age} full years",
        _too_old,
    ),
    _Check(
        None,
        Rule.D06,
        "expired",
        articles.STANDING_IN_REGISTER,
        "聘期已届满",
        "The appointment has expired",
        _expired,
    ),
    _Check(
        None,
        Rule.D06,
        "suspended",
        articles.STANDING_IN_REGISTER,
        "处于暂停抽取期间",
        "Suspended from being drawn",
        _suspended,
    ),
    _Check(
        None,
        Rule.D06,
        "blacklisted",
        articles.STANDING_IN_REGISTER,
        "已列入黑名单",
        "On the blacklist",
        _blacklisted,
    ),
    _Check(
        None,
        Rule.D06,
        "monthly-cap",
        articles.STANDING_IN_REGISTER,
        "当月参加评审已达{terms.monthly_cap}次",
        "Has had {terms.monthly_cap} seats this month already",
        _month_is_full,
    ),
)


def reasons(candidate: Candidate, wanted: Wanted, on: date, terms: Terms) -> tuple[LeftOut, ...]:
    """Everything that leaves this candidate out on the activity's day, in the order of the rules.

    Edges: the eighth year is full on its anniversary; 69 is good until the eve of the 70th
    birthday; the last valid day is good, the last suspended day is not; eight seats fill a month.
    """
    asked = _Asked(candidate, wanted, on, terms)
    return tuple(
        LeftOut(
            candidate=candidate.id,
            rule=check.rule,
            reason=check.reason,
            article=check.article,
            zh=check.zh.format(terms=terms),
            en=check.en.format(terms=terms),
        )
        for check in _CHECKS
        if check.track in (None, wanted.track) and check.fails(asked)
    )


def screen(candidates: Iterable[Candidate], wanted: Wanted, on: date, terms: Terms) -> Screening:
    """The whole library, sifted: ids kept, and each one left out with its first rule."""
    return sift((each.id, reasons(each, wanted, on, terms)) for each in candidates)
