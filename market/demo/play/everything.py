"""One tender at each stage, played from January to the demonstration's first morning.

Seven tenders begin on days that let each reach its stage by 2026-03-02 09:00. What closes
together is opened together; the clock only moves forward.
"""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from market.demo.clock import FIRST_MORNING
from market.demo.people.kinds import Person
from market.demo.play import bidders, evaluations, owners, panels
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
PRICES: Final = (3_000_000, 2_900_000, 3_100_000)
FIRST_FIRM: Final = 4
"""The bidder that comes first, counted in the cast: the builders before it sell no equipment."""

NEEDS: Final[dict[Stage, Need]] = {
    Stage.CONTRACT: Need(
        "超声诊断系统",
        "Ultrasound diagnostic systems",
        "彩色多普勒超声诊断系统 4 台，含安装与三年保修",
        "Four colour Doppler ultrasound systems, installed, three years of warranty",
    ),
    Stage.RESULT: Need(
        "数字化X射线摄影系统",
        "Digital radiography systems",
        "数字化 X 射线摄影系统 2 套，含安装与三年保修",
        "Two digital radiography systems, installed, three years of warranty",
    ),
    Stage.EVALUATING: Need(
        "全自动生化分析仪",
        "Automatic biochemistry analysers",
        "全自动生化分析仪 3 台，含试剂培训与三年保修",
        "Three automatic biochemistry analysers, training, three years of warranty",
    ),
    Stage.OPENING: Need(
        "医用内窥镜系统",
        "Medical endoscope systems",
        "电子内窥镜系统 2 套，含安装与三年保修",
        "Two electronic endoscope systems, installed, three years of warranty",
    ),
    Stage.BIDDING: Need(
        "重症监护呼吸机",
        "Ventilators for intensive care",
        "重症监护呼吸机 10 台，含培训与三年保修",
        "Ten ventilators for intensive care, training, three years of warranty",
    ),
    Stage.QUESTIONS: Need(
        "病房监护系统",
        "Patient monitoring systems",
        "中央监护系统 2 套，床旁监护仪 40 台",
        "Two central monitoring systems with forty bedside monitors",
    ),
    Stage.DRAFTING: Need(
        "口腔综合治疗台",
        "Dental treatment units",
        "口腔综合治疗台 6 台，含安装与三年保修",
        "Six dental treatment units, installed, three years of warranty",
    ),
}


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
    nos[Stage.CONTRACT] = _bid_for(troupe, Stage.CONTRACT, None)
    _evaluated(troupe, nos[Stage.CONTRACT])
    evaluations.awarded(troupe, nos[Stage.CONTRACT])
    troupe.go_to(max(troupe.now(), _at(2, 6)))
    nos[Stage.RESULT] = _bid_for(troupe, Stage.RESULT, _at(2, 26, 9, 30))
    nos[Stage.EVALUATING] = _bid_for(troupe, Stage.EVALUATING, _at(2, 27, 9, 30))
    nos[Stage.OPENING] = _bid_for(troupe, Stage.OPENING, _at(3, 2, 8, 30))
    troupe.go_to(_at(2, 13))
    evaluations.contracted(troupe, nos[Stage.CONTRACT], f"{min(PRICES)}.00", _at(2, 12).date())
    nos[Stage.BIDDING] = owners.published(troupe, NEEDS[Stage.BIDDING], _at(3, 9, 9, 30))
    troupe.go_to(_at(2, 24))
    nos[Stage.QUESTIONS] = owners.published(troupe, NEEDS[Stage.QUESTIONS])
    _ask(troupe, nos[Stage.QUESTIONS])
    _evaluated(troupe, nos[Stage.RESULT])
    evaluations.awarded(troupe, nos[Stage.RESULT])
    members = _seated(troupe, nos[Stage.EVALUATING])
    evaluations.qualified(troupe, nos[Stage.EVALUATING])
    evaluations.complied(troupe, nos[Stage.EVALUATING], members)
    evaluations.scored(troupe, nos[Stage.EVALUATING], members[:2])
    bidders.closed(troupe, [nos[Stage.OPENING]])
    nos[Stage.DRAFTING] = owners.drafted(troupe, NEEDS[Stage.DRAFTING])
    if troupe.now() < FIRST_MORNING:
        troupe.go_to(FIRST_MORNING)
    needs = [(stage, NEEDS[stage]) for stage in Stage]
    write(
        troupe.stage.directory,
        [Staged(stage, nos[stage], need.zh, need.en) for stage, need in needs],
    )


def _bid_for(troupe: Troupe, stage: Stage, deadline: datetime | None) -> str:
    """A published tender for which three firms have bid; its number."""
    no = owners.published(troupe, NEEDS[stage], deadline)
    firms = troupe.cast.bidders()[FIRST_FIRM : FIRST_FIRM + len(PRICES)]
    for firm, yuan in zip(firms, PRICES, strict=True):
        bidders.bid(troupe, no, firm, yuan)
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


def _evaluated(troupe: Troupe, no: str) -> None:
    members = _seated(troupe, no)
    evaluations.qualified(troupe, no)
    evaluations.complied(troupe, no, members)
    evaluations.scored(troupe, no, members)
    evaluations.reported(troupe, no, members)


def _ask(troupe: Troupe, no: str) -> None:
    """A question without a name, on the anonymous host."""
    page = Page(troupe.stage.anonymous_url)
    words = {"text": "交货地点是否为三个院区？ / Is delivery to three sites?"}
    fine(page.get(f"/tenders/{no}/question").submit(words, has="text"))


def _at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)
