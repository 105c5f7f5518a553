"""One tender at each stage, played from January to the demonstration's first morning.

Seven tenders begin on days that let each reach its stage by 2026-03-02 09:00; an eighth stands
between two stages, where the panel reviews prices. What closes together is opened together; the
clock only moves forward.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from market.demo.clock import FIRST_MORNING
from market.demo.people.kinds import Person
from market.demo.play import bidders, evaluations, matters, owners, panels
from market.demo.play.driver import Page
from market.demo.play.owners import Need, deadline_of
from market.demo.play.troupe import Interrupted, PlayFailed, Troupe, fine
from market.demo.stage import Stage as Demonstration
from market.demo.staged import Stage, Staged, write
from market.kernel.errors import MarketError
from market.kernel.workdays import SHANGHAI

BEFORE: Final = timedelta(hours=20)
"""How long before the deadline a panel is drawn."""
SITTING: Final = timedelta(hours=1)
"""From the deadline to the evaluation; bids are opened in between."""
AFTERNOON: Final = timedelta(hours=6)
"""The same where the bids are not opened yet: its experts still have their letters."""
COMING: Final = 2
"""How many of these experts have said yes."""
PRICES: Final = (3_000_000, 2_900_000, 3_100_000)
OTHERS: Final = 2
"""Bids for the tender that a visitor bids for: with fewer than three it would fail."""
FIRMS: Final = (6, 7, 4)
"""Who bids, counted in the cast: smart equipment, medical devices, digital technology."""

NEEDS: Final[dict[Stage, Need]] = {
    Stage.CONTRACT: Need(
        "学生体检超声诊断系统",
        "Ultrasound systems for pupils' check-ups",
        "彩色多普勒超声诊断系统 4 台，含安装与三年保修",
        "Four colour Doppler ultrasound systems, installed, three years of warranty",
    ),
    Stage.RESULT: Need(
        "学生体检数字化X射线摄影系统",
        "Digital radiography for pupils' check-ups",
        "数字化 X 射线摄影系统 2 套，含安装与三年保修",
        "Two digital radiography systems, installed, three years of warranty",
    ),
    Stage.EVALUATING: Need(
        "学生体检生化分析仪",
        "Biochemistry analysers for pupils' check-ups",
        "全自动生化分析仪 3 台，含培训与三年保修",
        "Three automatic biochemistry analysers, training, three years of warranty",
    ),
    Stage.OPENING: Need(
        "体育场馆自动体外除颤器",
        "Defibrillators for sports venues",
        "自动体外除颤器 60 台，含安装、培训与三年保修",
        "Sixty automatic defibrillators, installed, training, three years of warranty",
    ),
    Stage.BIDDING: Need(
        "学校卫生室急救设备",
        "First-aid equipment for school clinics",
        "急救监护设备 40 套，含培训与三年保修",
        "Forty sets of first-aid monitoring equipment, training, three years of warranty",
    ),
    Stage.QUESTIONS: Need(
        "运动员康复监护系统",
        "Monitoring systems for athletes' recovery",
        "中央监护系统 2 套，床旁监护仪 40 台",
        "Two central monitoring systems with forty bedside monitors",
    ),
    Stage.DRAFTING: Need(
        "学生口腔普查治疗台",
        "Dental units for school check-ups",
        "口腔综合治疗台 6 台，含安装与三年保修",
        "Six dental treatment units, installed, three years of warranty",
    ),
}
REVIEWED: Final = Need(
    "学校心理健康筛查设备",
    "Screening equipment for mental health at schools",
    "心理健康筛查终端 30 台，含培训与三年保修",
    "Thirty screening terminals, training, three years of warranty",
)
"""What the eighth tender buys."""
QUESTION: Final = "交货地点是否为三个校区？ / Is delivery to three sites?"


def perform(demonstration: Demonstration, stop: threading.Event) -> str | None:
    """Play everything; what was refused, or None when all was done or somebody ended it."""
    try:
        play(Troupe(demonstration, stop))
    except Interrupted:
        return None
    except (PlayFailed, MarketError) as failed:
        return f"the tenders of the demonstration could not be played: {failed}"
    return None


def play(troupe: Troupe) -> None:
    """Play all tenders to their stages and write down which stands where."""
    nos: dict[Stage, str] = {}
    nos[Stage.CONTRACT] = _bid_for(troupe, NEEDS[Stage.CONTRACT], None)
    _awarded(troupe, nos[Stage.CONTRACT])
    troupe.go_to(max(troupe.now(), _at(2, 6)))
    nos[Stage.RESULT] = _bid_for(troupe, NEEDS[Stage.RESULT], _at(2, 26, 9, 30))
    nos[Stage.EVALUATING] = _bid_for(troupe, NEEDS[Stage.EVALUATING], _at(2, 27, 9, 30))
    nos[Stage.OPENING] = _bid_for(troupe, NEEDS[Stage.OPENING], _at(3, 2, 8, 30))
    reviewed = _bid_for(troupe, REVIEWED, _at(3, 2, 8, 30))
    troupe.go_to(_at(2, 13))
    evaluations.contracted(troupe, nos[Stage.CONTRACT], f"{min(PRICES)}.00", _at(2, 12).date())
    nos[Stage.BIDDING] = _bid_for(troupe, NEEDS[Stage.BIDDING], _at(3, 9, 9, 30), OTHERS)
    _awarded(troupe, nos[Stage.RESULT], doubted=True)
    members = _seated(troupe, nos[Stage.EVALUATING])
    _scored(troupe, nos[Stage.EVALUATING], members, 2)
    nos[Stage.QUESTIONS] = owners.published(troupe, NEEDS[Stage.QUESTIONS])
    _ask(troupe, nos[Stage.QUESTIONS])
    members = _seated(troupe, reviewed)
    _scored(troupe, reviewed, members, len(members))
    bidders.closed(troupe, [nos[Stage.OPENING]])
    panels.drawn(troupe, nos[Stage.OPENING], deadline_of(troupe, nos[Stage.OPENING]) + AFTERNOON)
    panels.invited(troupe, COMING)
    panels.numbers_drawn(troupe, nos[Stage.OPENING])
    nos[Stage.DRAFTING] = owners.drafted(troupe, NEEDS[Stage.DRAFTING])
    if troupe.now() < FIRST_MORNING:
        troupe.go_to(FIRST_MORNING)
    _left_open(troupe, nos, reviewed, members)
    needs = [(stage, NEEDS[stage]) for stage in Stage]
    write(
        troupe.stage.directory,
        [Staged(stage, nos[stage], need.zh, need.en) for stage, need in needs],
    )


def _left_open(
    troupe: Troupe, nos: Mapping[Stage, str], reviewed: str, members: Sequence[Person]
) -> None:
    """What somebody has to do something about on the first morning."""
    known = troupe.cast.bidders()
    dear, winner, dearest = (known[firm] for firm in FIRMS)
    matters.challenged(troupe, nos[Stage.RESULT], (dear, dearest))
    matters.upheld(troupe, nos[Stage.QUESTIONS], winner)
    matters.heard(troupe, reviewed, dearest)
    matters.priced(troupe, reviewed, members, (dear, winner, dearest))


def _bid_for(
    troupe: Troupe, need: Need, deadline: datetime | None, count: int = len(PRICES)
) -> str:
    """A published tender for which so many firms have bid; its number."""
    no = owners.published(troupe, need, deadline)
    known = troupe.cast.bidders()
    for firm, yuan in zip(FIRMS[:count], PRICES[:count], strict=True):
        bidders.bid(troupe, no, known[firm], yuan)
    return no


def _seated(troupe: Troupe, no: str) -> Sequence[Person]:
    """The panel drawn, the bids opened and numbered, everybody there; who they are."""
    until = deadline_of(troupe, no)
    troupe.go_to(max(troupe.now(), until - BEFORE))
    panels.drawn(troupe, no, until + SITTING)
    members = panels.accepted(troupe)
    bidders.opened(troupe, [no])
    panels.numbered(troupe, no)
    panels.arrived(troupe, no, members)
    troupe.beat()
    return [*members, panels.representative(troupe)]


def _scored(troupe: Troupe, no: str, members: Sequence[Person], count: int) -> None:
    """Every bid checked by purchaser and panel, and scored by so many of its members."""
    evaluations.qualified(troupe, no)
    evaluations.complied(troupe, no, members)
    evaluations.scored(troupe, no, members[:count])


def _awarded(troupe: Troupe, no: str, *, doubted: bool = False) -> None:
    """From the panel's draw to the published result, a score doubted on the way or not."""
    members = _seated(troupe, no)
    _scored(troupe, no, members, len(members))
    if doubted:
        evaluations.doubted(troupe, no, members)
    evaluations.reported(troupe, no, members)
    evaluations.awarded(troupe, no)


def _ask(troupe: Troupe, no: str) -> None:
    """A question without a name, on the anonymous host."""
    page = Page(troupe.stage.anonymous_url)
    words = {"text": QUESTION}
    fine(page.get(f"/tenders/{no}/question").submit(words, has="text"))


def _at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)
