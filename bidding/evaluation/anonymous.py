"""The anonymous host's calls about a low offer: what was asked of a bid key, and its answer."""

from typing import Final

from flask import Blueprint, Response

from bidding.evaluation.commands.price_answers import AnswerByKey, answer_by_key, question_of_key
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


def _answer(value: JsonObject) -> Response:
    raw = canonical(value)
    return Response(raw, content_type="application/json", headers={"Cache-Control": "no-store"})
