"""A demand in plain words: how its mode chooses, its dates with their reasons, its key facts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from intermediaries.demands.drafts import DraftFacts
from intermediaries.demands.facts import DemandFacts
from intermediaries.demands.rules.states import ENDED, EXTENDED, DemandState
from intermediaries.demands.rules.window import EXTENSION, Planned, Window, period_of, window
from intermediaries.rulebook.periods import NOTICE_CHECK, RESULT_NOTICE
from intermediaries.rulebook.selection.counting import needed
from intermediaries.rulebook.selection.modes import Funds, Mode
from intermediaries.rulebook.selection.sources import RULES
from intermediaries.rulebook.selection.terms import ROUND_MINUTES, ROUNDS
from market.kernel.errors import MarketError
from market.kernel.law import Article, platform_rule
from market.kernel.money import Money
from market.kernel.workdays import WorkCalendar, end_of, legal_day
from market.web.filters import last_moment, word
from market.web.language import Lazy, gettext, language, lazy_gettext, ngettext
from market.web.patterns import Fact, Step, StepState, TimetableRow

MODES: Final[Mapping[Mode, Lazy]] = {
    Mode.DIRECT: lazy_gettext(
        "The owner names one agency and says why; nobody else is asked. Only for small amounts."
    ),
    Mode.RANDOM: lazy_gettext(
        "The owner sets the price. Among the agencies that enrol one is drawn by lot, each with the"
        " same chance; two more are drawn as alternates. Anybody can run the draw again."
    ),
    Mode.LOWEST: lazy_gettext(
        "Every agency seals one price. The lowest valid price is chosen; equal ones are drawn by"
        " lot."
    ),
    Mode.AVERAGE: lazy_gettext(
        "Every agency seals one price. With five or more the highest and the lowest are left out;"
        " whoever is nearest to the mean of the rest is chosen, at the same distance the lower"
        " price, then the lot."
    ),
    Mode.REFPRICE: lazy_gettext(
        "Every agency seals one price. With six or more the highest and the lowest are left out."
        " The mean of the rest is multiplied by a share of 95, 96, 97 or 98 percent that is drawn"
        " only after all prices are closed; whoever is nearest to that reference price is chosen."
        " Nobody can aim at it."
    ),
    Mode.MULTIROUND: lazy_gettext(
        "Three rounds of three minutes; each price at or below one's own before. The last lowest"
        " price is chosen."
    ),
    Mode.CREDIT: lazy_gettext(
        "The agencies with the best credit get lots in proportion to it; a short list is drawn, and"
        " the owner takes one of it and says why, in time."
    ),
    Mode.SCHEME: lazy_gettext(
        "Every agency seals a price and hands in a scheme; reviewers from outside give points to"
        " both. The most points are chosen."
    ),
}
SEALED: Final = platform_rule("报价密封至报名截止", "Quotes stay sealed until enrolment has closed")
CIVIL_DAYS: Final = Article("民法典第二百零一条至第二百零三条", "Civil Code arts 201-203")


def timetable(demand: DemandFacts, now: datetime) -> list[TimetableRow]:
    """The dates of a published demand, each with its reason; the next one is marked."""
    if demand.published_at is None or demand.enrol_closes is None or demand.opens_at is None:
        return []
    terms = demand.terms
    dates = Window(
        demand.published_at,
        demand.enrol_closes,
        demand.opens_at,
        None if terms is None else terms.choose_by,
        None if terms is None else terms.rounds_from,
    )
    days = None if demand.amendment else 0
    is_sealed = seals(demand.mode, demand.fixed)
    return _rows(dates, demand.funds, now, days, is_sealed=is_sealed)


def planned_timetable(
    draft: DraftFacts, now: datetime, calendar: WorkCalendar
) -> list[TimetableRow]:
    """The dates as they would be if it were published now; none while a piece is missing."""
    if draft.enrol_days is None or draft.funds is None:
        return []
    planned = Planned(draft.enrol_days, draft.choose_days, draft.rounds_time)
    try:
        dates = window(planned, now, calendar)
    except MarketError:
        return []  # a year whose holidays nobody knows yet: the publication will say so
    is_sealed = seals(draft.mode, draft.fixed)
    return _rows(dates, draft.funds, now, draft.enrol_days, is_sealed=is_sealed)


def seals(mode: Mode | None, fixed: Money | None) -> bool:
    """Whether quotes are sealed that timekeepers open: not at the owner's price, nor in rounds."""
    if mode in (Mode.DIRECT, Mode.CREDIT):
        return fixed is None
    return mode not in (Mode.RANDOM, Mode.MULTIROUND)


def _decided(dates: Window) -> datetime:
    """When the choice is made, at the latest: after the opening, the rounds, the owner's pick."""
    if dates.rounds_from is not None:
        return dates.rounds_from + timedelta(minutes=ROUNDS * ROUND_MINUTES)
    return dates.choose_by or dates.opened


def _rows(
    dates: Window, funds: Funds, now: datetime, days: int | None, *, is_sealed: bool
) -> list[TimetableRow]:
    period, closing = period_of(funds), _closing(days)
    law = EXTENDED if days is None else period.versions[-1].article
    rows = [
        (dates.opens, gettext("Published; enrolment begins"), gettext("the operator's check"),
         NOTICE_CHECK.versions[-1].article),
        (dates.closes, gettext("Enrolment closes at 24:00"), closing, law),
    ]  # fmt: skip
    if is_sealed:
        rows.append((
            dates.opened,
            gettext("Timekeepers open the quotes"),
            gettext("first whole minute, two minutes after enrolment has closed"),
            SEALED,
        ))  # fmt: skip
    if dates.rounds_from is not None:
        said = gettext("the working day after enrolment closes, at the hour of the notice")
        rows.append(
            (dates.rounds_from, gettext("Bidding in rounds begins"), said, RULES[Mode.MULTIROUND])
        )
    if dates.choose_by is not None:
        said = gettext("working days after the opening, as the notice says")
        rows.append(
            (dates.choose_by, gettext("The owner picks until 24:00"), said, RULES[Mode.CREDIT])
        )
    rows.append((
        _decided(dates),
        gettext("Choice and result, the same day"),
        gettext("published when the choice is made"),
        RESULT_NOTICE.versions[-1].article,
    ))  # fmt: skip
    following = next((place for place, row in enumerate(rows) if row[0] > now), None)
    return [
        TimetableRow(_shown(when), what, counted, article, is_current=place == following)
        for place, (when, what, counted, article) in enumerate(rows)
    ]


def _closing(days: int | None) -> str:
    """Why enrolment closes when it does; None: it was extended, 0: the days are not known."""
    if days is None:
        return ngettext(
            "extended once, by %(num)s working day",
            "extended once, by %(num)s working days",
            EXTENSION,
        )
    if days:
        return ngettext(
            "%(num)s working day, counted from the day after publication",
            "%(num)s working days, counted from the day after publication",
            days,
        )
    return gettext("last day of the time to enrol, counted from the day after publication")


def _shown(when: datetime) -> datetime | date:
    """A moment as people say it: the end of a day is that day, not the first moment of the next."""
    before = legal_day(when - timedelta(microseconds=1))
    return before if when == end_of(before) else when


def steps(demand: DemandFacts, now: datetime) -> list[Step]:
    """Where a published demand stands, each step with its date."""
    done = {
        DemandState.ENROLLING: 1 if demand.takes_enrolments(now) else 2,
        DemandState.CLOSED: 2,
        DemandState.SELECTED: 4,
        DemandState.FAILED: 3,
        DemandState.WITHDRAWN: 1,
    }.get(demand.state, 0)
    planned = [
        (gettext("Notice"), demand.published_at),
        (gettext("Enrolment"), demand.enrol_closes),
        (gettext("Opening and choice"), demand.opens_at),
        (gettext("Result and order"), None),
    ]
    is_over = demand.state in ENDED
    return [
        Step(
            label,
            "" if when is None else last_moment(when),
            StepState.DONE
            if place < done
            else StepState.NOW
            if place == done and not is_over
            else StepState.NEXT,
        )
        for place, (label, when) in enumerate(planned)
    ]


def enough(demand: DemandFacts) -> str:
    """How many valid enrolments the choice needs, and what follows with fewer."""
    if demand.terms is None:
        return ""
    least, article = needed(demand.terms)
    said = ngettext(
        "At least %(num)s valid enrolment; otherwise enrolment is extended or the choice fails"
        " by rule, and nobody chooses by hand.",
        "At least %(num)s valid enrolments; otherwise enrolment is extended or the choice fails"
        " by rule, and nobody chooses by hand.",
        least,
    )
    is_said = article == RULES[demand.mode]
    return said if is_said else f"{said} {article.cite(language())}"


def key_facts(demand: DemandFacts, owner: str, money: Sequence[str]) -> list[Fact]:
    """The key facts of a published demand; `money`: ceiling and fixed price in words."""
    asked = demand.requirement
    qualification = gettext("none: no law asks for one")
    if asked is not None:
        levels = " / ".join(word(level) for level in asked.levels)
        qualification = f"{word(asked.kind)} ({levels})"
    item = demand.item
    facts = [
        Fact(gettext("Owner"), owner),
        Fact(gettext("Service"), item.name(language()), item.code, url=f"/items/{item.code}"),
        Fact(gettext("Ceiling"), money[0], word(demand.funds), is_number=True),
    ]
    if len(money) > 1:
        facts.append(Fact(gettext("Price set by the owner"), money[1], is_number=True))
    facts += [
        Fact(gettext("Mode of choice"), word(demand.mode)),
        Fact(
            gettext("Time of the service"),
            ngettext("%(num)s working day", "%(num)s working days", demand.working_days),
            ngettext(
                "%(num)s working hour for a revision",
                "%(num)s working hours for a revision",
                demand.revision_hours,
            ),
        ),
        Fact(gettext("Qualification asked for"), qualification),
        Fact(
            gettext("Payment within"),
            ngettext("%(num)s day", "%(num)s days", demand.payment_days),
            gettext("after acceptance"),
        ),
        Fact(gettext("Contract"), word(demand.contract)),
    ]
    if demand.approval_item is not None:
        facts.append(
            Fact(
                gettext("Used for the approval"),
                demand.approval_item,
                url=f"/approvals/items/{demand.approval_item}",
            )
        )
    if demand.project_code is not None:
        facts.append(Fact(gettext("Project"), demand.project_code))
    return facts
