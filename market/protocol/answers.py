"""Answers of the anonymous host: of one length each, so that the wire does not tell them apart.

A receipt, a permit and a refusal look alike to whoever sees only sizes (threat M6): the answer
stands in `answer`, and `pad` fills up to 2048 bytes of canonical JSON. What a receipt is redeemed
for grows with the log, so it has a class of its own, 8192 bytes, which its refusals share.
"""

from typing import Final

from market.protocol.encoding import JsonObject, canonical, parse, refuse, structure
from market.protocol.members import Members

ANSWER_LENGTH: Final = 2048
REDEMPTION_LENGTH: Final = 8192
"""Bytes of what a receipt is redeemed for: room for a log of 2**40 entries and eight witnesses."""
_PAD: Final = "0"


def write_answer(answer: JsonObject, length: int = ANSWER_LENGTH) -> bytes:
    """The answer's bytes, exactly `length`; `ValueError` when it does not fit."""
    missing = length - len(canonical(structure("answer", answer=answer, pad="")))
    if missing < 0:
        raise ValueError("the answer does not fit the one length")
    return canonical(structure("answer", answer=answer, pad=_PAD * missing))


def read_answer(raw: bytes, length: int = ANSWER_LENGTH) -> JsonObject:
    """What the host answered; `malformed` unless it has the one length and form."""
    given = Members(parse(raw), "answer")
    answer, pad = given.take("answer"), given.text("pad", 0, length)
    given.end()
    if len(raw) != length or pad.strip(_PAD) or not isinstance(answer, dict):
        refuse("答复不是约定的长度或形式", "The answer does not have the one length and form")
    return answer
