"""What the sides are called, and why something has no score, in both languages."""

from typing import Final

from intermediaries.assessment.rules import Side
from intermediaries.orders.rules.states import Unscored
from market.web.words import words_of

WORDS: Final = (
    words_of(
        Side,
        {
            Side.DEPARTMENT: ("审批部门", "departments"),
            Side.AGENCY: ("中介机构", "agencies"),
        },
    ),
    words_of(
        Unscored,
        {
            Unscored.SILENCE: (
                "修改或评审期间审批期限届满，依事项规定视为同意：没有审批决定，不计分",
                "consent by silence amid a revision or review: there is no decision to score",
            ),
            Unscored.NOT_ACCEPTED: (
                "审批部门不予受理，不计分",
                "the department did not take the case: no score",
            ),
            Unscored.ENDED: ("报送前终止，不计分", "ended before it was handed in: no score"),
            Unscored.WITHDRAWN: (
                "报送后由管理办终止，审批办件一并撤回，不计分",
                "ended by the management office after it was handed in: no score",
            ),
        },
    ),
)
