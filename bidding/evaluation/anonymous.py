"""The anonymous host's calls about a price: what was asked of a bid key, and its answer."""

from typing import Final

from flask import Blueprint, Response

from bidding.evaluation.commands.price_answers import AnswerByKey, answer_by_key, question_of_key
from bidding.evaluation.commands.price_corrections import ConfirmByKey, confirm_by_key
from bidding.evaluation.price_lines import correction_of_key
from market.command import ANONYMOUS
from market.protocol.encoding import JsonObject, canonical, stamp
from market.web.access import anonymous
from market.web.api import received
from market.web.site import site

anonymous_calls: Final = Blueprint("evaluation_anonymous", __name__)


@anonymous_calls.post("/api/v1/tenders/<no>/price-questions")
@anonymous
def question(no: str) -> Response:
    """What the panel asked about the offer of the key that signed."""
    raw = received().raw
    found = site().office.read(lambda session: question_of_key(session, no, raw))
    return _answer(
        {
            "state": found.state,
            "reasons": [{"zh": zh, "en": en} for zh, en in found.reasons],
            "until": stamp(found.until),
            "answer": found.answer,
            "next_seq": found.next_seq,
        }
    )


@anonymous_calls.post("/api/v1/tenders/<no>/price-answers")
@anonymous
def answer(no: str) -> Response:
    """Take an answer; it is in time if its last byte had come by the end of the period."""
    body = received()
    done = site().office.run(answer_by_key, AnswerByKey(no, body.raw), ANONYMOUS, at=body.at)
    return _answer({"seq": done["seq"], "until": stamp(done["until"])})


@anonymous_calls.post("/api/v1/tenders/<no>/price-corrections")
@anonymous
def correction(no: str) -> Response:
    """How the price of the key that signed was corrected, and until when it may be confirmed."""
    raw = received().raw
    found = site().office.read(lambda session: correction_of_key(session, no, raw))
    return _answer(
        {
            "state": found.state.value,
            "before": found.before.fen,
            "after": found.after.fen,
            "steps": [{"zh": step.zh, "en": step.en} for step in found.steps],
            "until": None if found.until is None else stamp(found.until),
        }
    )


@anonymous_calls.post("/api/v1/tenders/<no>/price-confirmations")
@anonymous
def confirmation(no: str) -> Response:
    """Take a confirmation; it is in time if its last byte had come by the end of the period."""
    body = received()
    done = site().office.run(confirm_by_key, ConfirmByKey(no, body.raw), ANONYMOUS, at=body.at)
    return _answer({"state": str(done["state"])})


def _answer(value: JsonObject) -> Response:
    raw = canonical(value)
    return Response(raw, content_type="application/json", headers={"Cache-Control": "no-store"})
