"""What a choice waits for, in words, with what helps and what ends it: for everybody alike.

A wait that only time ends, or that its own page explains beside what is to be done there (an
owner's pick), is not told here a second time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intermediaries.demands.queries import titles
from intermediaries.offers.lacking import wait_of
from intermediaries.offers.lapsing import lacks_releases
from intermediaries.offers.model import Selection, SelectionWait, TimeRecipientRow
from intermediaries.offers.parties import can_draw, drawing_seats
from intermediaries.offers.reckoning import may_draw
from intermediaries.offers.rows import of_demand, releases, terms_of
from intermediaries.offers.rules.lacking import Lack
from intermediaries.offers.rules.lapsing import last_moment
from intermediaries.offers.rules.rounds import waits_for_rounds
from intermediaries.offers.rules.states import SelectionState
from market.draws.queries import NOT_DRAWN, DrawFacts
from market.draws.queries import facts as draw_facts
from market.experts.library import specialties_held
from market.kernel.workdays import WorkCalendar
from market.protocol.timekeeping import KEEPERS, NEEDED

PARTIES: Final = {
    "supervisor": ("监督方", "the supervisor"),
    "owner": ("业主", "the owner"),
    "centre": ("交易中心", "the trading centre"),
    "notary": ("公证机构", "the notary"),
}

ENDS: Final = (
    "逾期仍不能的，本次选取终止，报价不开启，业主可重新发起。",
    "After that the choice ends, no quote is opened, and the owner may begin again.",
)

LACKS: Final = {
    Lack.PARTIES: (
        "评审专家尚不能抽取：监督方、公证机构、交易中心中有有效签名密钥的不足两家。",
        "Reviewers cannot be drawn: too few of supervisor, notary and centre have a signing key.",
        "由其代表登记密钥后自动抽取。",
        "They are drawn by themselves once a representative has registered one.",
    ),
    Lack.REGISTER: (
        "评审专家尚不能抽取：专家名册的当日摘要未入日志，或候选池未通过核对。",
        "Reviewers cannot be drawn: the register's root is not journaled, or its check failed.",
        "系统会自动重试，交易中心可核对名册。",
        "It is tried again by itself; the trading centre may check the register.",
    ),
    Lack.DRAW: (
        "评审专家正在抽取和通知中。",
        "The reviewers are being drawn and called.",
        "监督方、公证机构、交易中心在抽取页面提交随机数后，按抽取次序逐席通知。",
        "Supervisor, notary and trading centre give their numbers; then seat after seat is called.",
    ),
    Lack.SEAT: (
        "有评审席位空缺：抽取次序已用完。",
        "A reviewer's seat is empty: the drawn order is used up.",
        "交易中心可在报名清单页面再次抽取，只补空缺席位。",
        "The trading centre draws again for the empty seats, on its page of the enrolments.",
    ),
}
"""What is missing and what helps, in both languages; of too small a pool the numbers are told."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a choice waits, and what helps, in both languages; `ends_at`: when it ends by itself.

    `is_stuck`: somebody has to do something, so that it stands on desks.
    """

    zh: str
    en: str
    help_zh: str
    help_en: str
    ends_at: datetime | None = None
    is_stuck: bool = True

    def said(self, language: str) -> str:
        """What is waited for, and what helps."""
        if language == "zh":
            return f"{self.zh}{self.help_zh}"
        return f"{self.en} {self.help_en}"


def waits(session: Session, row: Selection, now: datetime) -> tuple[Waiting, ...]:
    """All that a round waits for at a moment; nothing where nothing is missing."""
    found: list[Waiting | None] = []
    if row.state is SelectionState.AWAITING_KEYS and row.enrol_opens <= now <= row.enrol_closes:
        found.append(_for_keys(session, row))
    elif row.state is SelectionState.CLOSED and may_draw(session, row):
        found.append(_for_parties(session, row, now))
    elif row.state in (SelectionState.CLOSED, SelectionState.DRAWING):
        found += _after_the_list(session, row, now)
    return tuple(one for one in found if one is not None)


def _after_the_list(session: Session, row: Selection, now: datetime) -> list[Waiting | None]:
    """What is missing once the list stands and its draw, where there is one, is frozen."""
    found: list[Waiting | None] = []
    draw = None if row.draw_no is None else draw_facts(session, row.draw_no)
    if draw is not None and draw.state in NOT_DRAWN:
        found.append(_for_draw(draw))
    if lacks_releases(session, row, now):
        found.append(_for_releases(row, len(releases(session, row))))
    if waits_for_rounds(row, now):
        found.append(_for_rounds(row))
    held = wait_of(session, row)
    return found if held is None else [*found, _for_reviewers(session, row, held)]


def waits_of(
    session: Session, no: str, calendar: WorkCalendar, now: datetime
) -> tuple[Waiting, ...]:
    """The same by the number of the demand, for its page; nothing before its publication."""
    del calendar  # every end of a wait is known to its row
    row = of_demand(session, no)
    return () if row is None else waits(session, row, now)


def stuck(
    session: Session, owner: UUID | None, now: datetime, limit: int
) -> list[tuple[str, Waiting]]:
    """The demands of an owner whose choice waits for somebody, the oldest closing first.

    Without an owner everybody's, where enrolment has closed.
    """
    states = [SelectionState.CLOSED, SelectionState.DRAWING]
    if owner is not None:
        states.append(SelectionState.AWAITING_KEYS)
    rows = session.scalars(
        select(Selection)
        .where(Selection.state.in_(states))
        .order_by(Selection.enrol_closes, Selection.demand_no)
    ).all()
    if owner is not None:
        named = titles(session, [row.demand_no for row in rows])
        rows = [row for row in rows if named[row.demand_no].owner == owner]
    return [
        (row.demand_no, why)
        for row in rows[:limit]
        for why in waits(session, row, now)
        if why.is_stuck
    ]


def _for_keys(session: Session, row: Selection) -> Waiting:
    there = session.scalars(
        select(func.count())
        .select_from(TimeRecipientRow)
        .where(TimeRecipientRow.selection == row.id)
    ).one()
    return Waiting(
        f"暂时不能报名：三家守时人的密钥已有{there}家，须{KEEPERS}家齐备才能密封报价。",
        f"Nobody can enrol yet: {there} of the {KEEPERS} timekeepers have given their keys, and"
        " all are needed to seal a quote.",
        "系统会自动再次询问，交易中心可联系守时单位；到截止仍不齐备的，选取按规则失败，可重新发起。",
        "They are asked again by themselves, and the trading centre may call them; without all by"
        " the closing the selection fails by rule and may begin again.",
        row.enrol_closes,
    )


def _for_parties(session: Session, row: Selection, now: datetime) -> Waiting | None:
    seats = drawing_seats(session, row, now)
    if can_draw(seats):
        return None  # it is frozen with the next beat
    there = {one.party for one in seats}
    missing = [one for one in ("supervisor", "owner", "centre") if one not in there]
    return Waiting(
        f"等待抽取方登记签名密钥：{_named(missing, 0)}尚无有效密钥。",
        f"The draw waits for registered signing keys: {_named(missing, 1)} has none in force.",
        "抽取方具备签名条件后即自动开始：监督方，以及业主、交易中心或公证机构之一，"
        f"由其代表在“本单位密钥”中登记。报价不会丢失；{ENDS[0]}",
        "It begins as soon as its parties can sign: the supervisor, and one of owner, trading"
        " centre and notary; their representatives register a key under their organisation. No"
        f" quote is lost. {ENDS[1]}",
        last_moment(row),
    )


def _for_draw(draw: DrawFacts) -> Waiting | None:
    if not draw.missing:
        return None
    return Waiting(
        f"抽取正在等待{_named(draw.missing, 0)}提交随机数。",
        f"The draw waits for the numbers of {_named(draw.missing, 1)}.",
        "各方在抽取页面用自己的密钥提交；逾期的，由监督方结束本次尝试，其余各方重新抽取；"
        "自应当开启之日起满15日仍未完成的，本次选取终止，可重新发起。",
        "Each gives its own on the page of the draw, with its key; of one that lets its time pass"
        " the supervisor ends the attempt, and the others draw anew. Not completed within fifteen"
        " days of the opening, the choice ends and may begin again.",
        draw.limit_at,
    )


def _for_releases(row: Selection, here: int) -> Waiting:
    return Waiting(
        f"正在等待守时人：需要{NEEDED}家，已有{here}家公开密钥。",
        f"The opening waits for timekeepers: {here} of {NEEDED} needed have released.",
        f"报价不受影响，系统会自动再次询问，交易中心可联系守时单位；{ENDS[0]}",
        "No quote is lost; they are asked again by themselves, and the trading centre may call"
        f" them. {ENDS[1]}",
        last_moment(row),
    )


def _for_rounds(row: Selection) -> Waiting:
    return Waiting(
        "等待多轮竞价结束。",
        "The rounds are waited for.",
        "最后一轮结束后按规则得出结果，无需任何人操作。",
        "The rule gives the result once the last one is over; nobody has to do anything.",
        row.decides_at,
        is_stuck=False,
    )


def _for_reviewers(session: Session, row: Selection, held: SelectionWait) -> Waiting:
    zh, en, help_zh, help_en = _lack_words(session, row, held.lack)
    return Waiting(
        zh,
        en,
        f"{help_zh}到期仍无齐备评审人员的，选取按规则失败，业主可重新发起。",
        f"{help_en} Without all reviewers in time the selection fails by rule, and the owner may"
        " begin it again.",
        held.ends_at,
        is_stuck=held.lack is not Lack.DRAW,
    )


def _lack_words(session: Session, row: Selection, lack: Lack) -> tuple[str, str, str, str]:
    return _pool_words(session, row) if lack is Lack.POOL else LACKS[lack]


def _pool_words(session: Session, row: Selection) -> tuple[str, str, str, str]:
    """How many there are in the register, by specialty, beside how many are needed."""
    plan = terms_of(row).scheme
    counts, wanted = dict(specialties_held(session)), 0 if plan is None else plan.reviewers
    asked = () if plan is None else plan.specialties
    zh = "、".join(f"{code} {counts.get(code, 0)}人" for code in asked)
    en = ", ".join(f"{code}: {counts.get(code, 0)}" for code in asked)
    return (
        f"评审专家不足：需要{wanted}人，名册中{zh}，其中与各方有关联的须回避。",
        f"Too few reviewers: {wanted} are needed; of the register ({en}) who is tied is left out.",
        "由交易中心补充入库专家，系统会自动重新抽取。",
        "The trading centre admits more experts; the draw is tried again by itself.",
    )


def _named(parties: Sequence[str], which: int) -> str:
    joint = ("、", ", ")[which]
    return joint.join(PARTIES.get(one, (one, one))[which] for one in parties)
