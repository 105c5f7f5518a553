"""Questions: asked by nobody in particular, answered to everybody."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bidding.tenders import wording
from bidding.tenders.model import QuestionQueue, Tender, TenderQuestion
from bidding.tenders.publishing import page_of
from bidding.tenders.queries import facts_of, no_tender
from bidding.tenders.rows import own
from bidding.tenders.rules import TenderState
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.notices.commands import put_up
from market.notices.rules import NoticeKind, NoticeText
from market.protocol.encoding import b64u, digest, structure

LONGEST: Final = 2000  # characters of a question
TURN: Final = timedelta(seconds=10)
"""What one question takes up in the queue: six a minute in the long run, for all tenders."""
ROOM: Final = timedelta(minutes=10)
"""How much may be waiting: sixty questions at once, before others are asked to wait."""


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """A question as it was typed on the anonymous host."""

    no: str
    text: str


def ask_question(work: Work, cmd: AskQuestion) -> Mapping[str, Any]:
    """Take a question; the same words again are the same question and have the same answer.

    Nothing of the asker is there to be kept, and of the moment only the legal day is. Refusals:
    `NotFound`, "questions-closed", `BadInput` "question-text", "question-queue-full" (429): the
    queue is one for everybody, for there is nobody to tell apart.
    """
    text = _cleaned(cmd.text)
    work.share(f"tender:{cmd.no}")
    row = work.session.scalar(select(Tender).where(Tender.no == cmd.no))
    if row is None:
        raise no_tender()
    tender = facts_of(row)
    if not tender.is_open_for_questions(work.now):
        raise Refusal(
            "questions-closed",
            zh="提问时间已过",
            en="The time for questions is over",
        )
    _take_turn(work)
    text_hash = digest(text.encode())
    known = work.session.scalar(
        select(TenderQuestion.id).where(
            TenderQuestion.tender == row.id, TenderQuestion.text_hash == text_hash
        )
    )
    if known is None:
        work.session.add(
            TenderQuestion(
                tender=row.id, text=text, text_hash=text_hash, asked_on=legal_day(work.now)
            )
        )
    return {"state": "taken"}


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """The answer in both languages, to be published with the question."""

    no: str
    question: UUID
    zh: str
    en: str


def answer_question(work: Work, cmd: AnswerQuestion) -> Mapping[str, Any]:
    """Answer a question to everybody: on the board, in the journal, never to the asker alone.

    The same answer again changes nothing. Refusals: `NotFound`, "already-answered",
    "answer-after-closing", `BadInput` "answer-empty".
    """
    work.hold(f"tender:{cmd.no}")
    row = own(work, cmd.no, Permission.TENDERS_QUESTION_ANSWER)
    question = work.session.get(TenderQuestion, cmd.question, with_for_update=True)
    if question is None or question.tender != row.id:
        raise NotFound("no-question", zh="没有此提问", en="There is no such question")
    if question.answered_at is not None:
        if (question.answer_zh, question.answer_en) == (cmd.zh, cmd.en):
            return {"no": row.no}
        raise Refusal(
            "already-answered",
            zh="该提问已答复；需要更改的，请发布更正公告",
            en="This question is answered; change it by an amendment",
        )
    _refuse_answer(work, row, cmd)
    question.answer_zh, question.answer_en = cmd.zh, cmd.en
    question.answered_at = work.now
    zh, en = wording.answered(question.text, cmd.zh, cmd.en)
    notice = put_up(
        work,
        NoticeText(
            kind=NoticeKind.ANSWER,
            subject=row.no,
            page=page_of(row.no),
            title_zh=f"{row.title_zh}：提问答复",
            title_en=f"{row.title_en}: answer to a question",
            zh=zh,
            en=en,
            published_at=work.now,
        ),
    )
    act = structure(
        "tender-answer", tender=row.no, notice=b64u(notice), kind=NoticeKind.ANSWER.value
    )
    work.publish("notice", row.no, act)
    work.note(row.no, "tender.question-answered")
    return {"no": row.no}


def _refuse_answer(work: Work, row: Tender, cmd: AnswerQuestion) -> None:
    if not cmd.zh.strip() or not cmd.en.strip():
        raise BadInput(
            "answer-empty",
            zh="答复须写明中英文内容",
            en="An answer is written in both languages",
        )
    if row.state is not TenderState.PUBLISHED or row.deadline is None or work.now > row.deadline:
        raise Refusal(
            "answer-after-closing",
            zh="投标已截止，不再答复",
            en="Bids are closed; nothing is answered any more",
        )


def _take_turn(work: Work) -> None:
    """Stand in the one queue of all askers; full, it says so and writes nothing."""
    work.hold("tender-questions")
    queue = work.session.get(QuestionQueue, 1)
    if queue is None:
        queue = QuestionQueue(id=1, taken_until=work.now)
        work.session.add(queue)
    taken = max(queue.taken_until, work.now) + TURN
    if taken - work.now > ROOM:
        raise Refusal(
            "question-queue-full",
            zh="当前提问较多，几分钟后再提交",
            en="Many questions are coming in; send yours again in a few minutes",
            status=429,
        )
    queue.taken_until = taken


def _cleaned(typed: str) -> str:
    text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n")).strip()
    steering = any(unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n" for sign in text)
    if not text or len(text) > LONGEST or steering:
        raise BadInput(
            "question-text",
            zh=f"提问应为1至{LONGEST}个字符的文字",
            en=f"A question is a text of 1 to {LONGEST} characters",
        )
    return text
