"""What states and reasons of a review are called in both languages."""

from typing import Final

from market.reviews.rules import Leaving, ReviewState
from market.web.words import words_of

STATE_WORDS: Final = words_of(
    ReviewState,
    {
        ReviewState.DRAWING: ("抽取中", "being drawn"),
        ReviewState.CALLED: ("评审中", "under way"),
        ReviewState.FINISHED: ("意见已齐", "every opinion is there"),
        ReviewState.ENDED: ("已结束", "over"),
    },
)
LEAVING_WORDS: Final = words_of(
    Leaving,
    {
        Leaving.BUSY: ("时间冲突", "not free"),
        Leaving.ILL: ("身体原因", "ill"),
        Leaving.RELATED: ("应当回避", "has to recuse"),
        Leaving.SILENT: ("逾期未答复", "gave no answer in time"),
        Leaving.LATE: ("逾期未完成", "did not finish in time"),
    },
)
