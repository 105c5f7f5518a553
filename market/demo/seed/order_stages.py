"""Orders at the stages between: passed on, disputed, complained about, failed, corrected, decided.

With the others of `market.demo.seed.orders` and `january` an order stands at every stage.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from intermediaries.orders.commands import awarding, department, finishing, management, serving
from intermediaries.orders.commands.awarding import GiveUp
from intermediaries.orders.commands.complaining import (
    ComplainAboutResult,
    complain_about_result,
)
from intermediaries.orders.commands.objecting import ObjectToResult, object_to_result
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.rules.states import Purpose
from intermediaries.rulebook.clock.events import PauseCode
from market.approvals.rules.cases import Missing, Outcome, Owes
from market.command import Actor
from market.demo.seed.orders import GROUNDS, INPUTS, Job, Play

PASSED_ON: Final = Job(
    "ZJ-2026-000168", "IC12-001", "清河区体育馆造价咨询", "Cost consulting for the gymnasium",
    "JG-05", 8, "45000",
)  # fmt: skip
DISPUTED: Final = Job(
    "ZJ-2026-000171", "IC11-001", "清河区体育馆勘测定界", "Boundary survey of the gymnasium",
    "GH-02", 6, "27000",
)  # fmt: skip
FAILED: Final = Job(
    "ZJ-2026-000159", "IC08-003", "清河区体育馆雷击风险评估",
    "Lightning risk assessment of the gymnasium", "JG-01", 5, "16000",
)  # fmt: skip
ACCEPTED: Final = Job(
    "ZJ-2026-000145", "IC08-001", "清河区体育馆防雷设计技术评价",
    "Review of the gymnasium's lightning protection", "SG-03", 7, "21000",
)  # fmt: skip
CORRECTED: Final = Job(
    "ZJ-2026-000134", "IC09-004", "清河区体育馆交通影响评价",
    "Traffic study of the gymnasium", "SG-04", 9, "58000",
)  # fmt: skip
PAUSED: Final = Job(
    "ZJ-2026-000149", "IC12-005", "清河区体育馆钢结构检测",
    "Testing of the gymnasium's steel", "JG-03", 9, "64000",
)  # fmt: skip
DECIDED: Final = Job(
    "ZJ-2026-000126", "IC02-001", "清河区体育馆节能报告编制",
    "Energy report of the gymnasium", "JG-04", 8, "49000",
)  # fmt: skip
REVIEWED: Final = Job(
    "ZJ-2026-000137", "IC07-002", "清河区体育馆基础隔震论证",
    "Study of the gymnasium's base isolation", "JG-01", 10, "112000",
)  # fmt: skip
"""Its department reviews it and may ask for experts."""
BESIDE: Final = Job(
    "ZJ-2026-000147", "IC08-002", "清河区体育馆雷电防护装置检测",
    "Testing of the gymnasium's lightning protection", "JG-01", 9, "36000",
)  # fmt: skip
"""The second service of the same approval: both are with the department at once."""
COMPLAINED: Final = Job(
    "ZJ-2026-000166", "IC12-003", "清河区体育馆结算审核",
    "Audit of the gymnasium's final account", "JG-05", 7, "39000",
)  # fmt: skip


def without_keys(play: Play, second: Actor) -> None:
    """One that lies with the alternate, one whose result is disputed, one that came to nothing."""
    swapped = replace(play, agency=second, candidates=play.candidates[::-1])
    swapped.go(2, 23)
    swapped.opened(FAILED, alternates=False)
    swapped.go(2, 24, 15)
    reason = GiveUp(FAILED.no, "检测人员外派，不能按期进场")
    swapped.do(awarding.give_up, reason, second)
    _complained(swapped, play.agency)
    swapped.go(2, 27, 11)
    swapped.opened(PASSED_ON)
    swapped.go(2, 28, 10)
    swapped.do(awarding.give_up, GiveUp(PASSED_ON.no, "注册造价师调离"), second)
    swapped.go(2, 28, 9)
    swapped.opened(DISPUTED)
    swapped.go(2, 28, 16)
    words = "公告要求三日内进场，中选机构测绘资质类别不含此项，请核对报名资格"
    swapped.do(object_to_result, ObjectToResult(DISPUTED.no, words), play.agency)


def _complained(play: Play, objector: Actor) -> None:
    """An objection that was not answered in time, and the complaint about it."""
    play.go(2, 24, 9)
    play.opened(COMPLAINED)
    play.go(2, 25, 10)
    words = "公告要求的注册人员数量与选取文件所列不一致，请核对中选机构资格"
    play.do(object_to_result, ObjectToResult(COMPLAINED.no, words), objector)
    play.go(2, 28, 10)
    told = "异议逾期未获答复，请管理办核查选取程序"
    play.do(complain_about_result, ComplainAboutResult(COMPLAINED.no, told), objector)


def with_keys(play: Play) -> None:
    """Those whose contracts were signed in February, each waiting for another party."""
    play.go(2, 2, 9)
    play.submitted(DECIDED, 2, 9)
    play.go(2, 27, 16)
    paper = "云建档验〔2026〕6号"
    decision = department.Decide(DECIDED.no, Outcome.APPROVED, GROUNDS, paper)
    play.do(department.decide, decision, play.clerk)
    stars = {"quality": 5, "time": 5, "norms": 4, "attitude": 5, "charge": 5}
    play.go(2, 28, 10)
    play.do(finishing.rate, finishing.Rate(DECIDED.no, stars), play.owner)
    _corrected(play)
    play.go(2, 3, 10)
    play.submitted(REVIEWED, 2, 12)
    play.go(2, 5, 9)
    play.submitted(BESIDE, 2, 25)
    play.go(2, 9, 9)
    play.drafted(ACCEPTED, 2, 26)
    play.go(2, 27, 10)
    play.do(serving.accept_draft, NameOrder(ACCEPTED.no), play.owner)
    _paused(play)


def _corrected(play: Play) -> None:
    """The department has said once what is missing; the owner owes it."""
    play.go(2, 4, 9)
    play.drafted(CORRECTED, 2, 24)
    play.at += timedelta(hours=19)
    play.do(serving.accept_draft, NameOrder(CORRECTED.no), play.owner)
    play.do(department.submit, NameOrder(CORRECTED.no), play.owner)
    play.go(2, 26, 15)
    missing = (Missing(2, "缺少交通组织与安全保证措施", Owes.OWNER),)
    play.do(department.list_missing, department.ListMissing(CORRECTED.no, missing), play.clerk)


def _paused(play: Play) -> None:
    """The agency works, and asks for a pause that waits for the management office."""
    play.go(2, 24, 9)
    play.signed(PAUSED)
    play.at += timedelta(hours=5)
    items = serving.GiveItems(PAUSED.no, INPUTS, (play.brought(Purpose.INPUT, "资料"),))
    play.do(serving.deliver_inputs, items, play.owner)
    play.do(serving.confirm_inputs, NameOrder(PAUSED.no), play.agency)
    play.go(2, 28, 11)
    asked = management.AskPause(
        PAUSED.no,
        PauseCode.TEST,
        "焊缝试件送省中心做疲劳试验，约八个工作日",
        play.brought(Purpose.EVIDENCE, "送检单"),
    )
    play.do(management.ask_pause, asked, play.agency)
