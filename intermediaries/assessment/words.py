"""What the sides are called in both languages."""

from typing import Final

from intermediaries.assessment.rules import Side
from market.web.words import words_of

WORDS: Final = (
    words_of(
        Side,
        {
            Side.DEPARTMENT: ("审批部门", "departments"),
            Side.AGENCY: ("中介机构", "agencies"),
        },
    ),
)
