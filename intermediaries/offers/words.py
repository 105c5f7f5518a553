"""What states and standings of a selection are called in both languages."""

from typing import Final

from intermediaries.offers.rules.states import SelectionState
from intermediaries.rulebook.selection.outcome import Standing
from market.web.words import words_of

_S, _T = SelectionState, Standing
WORDS: Final = (
    words_of(
        SelectionState,
        {
            _S.AWAITING_KEYS: ("等待守时人密钥", "waits for the timekeepers' keys"),
            _S.OPEN: ("报名中", "enrolment open"),
            _S.CLOSED: ("报名截止", "enrolment closed"),
            _S.DRAWING: ("抽取中", "being drawn"),
            _S.SHORTLISTED: ("等待业主选定", "the owner picks from the short list"),
            _S.PICKED: ("业主已选定，结果待出", "picked by the owner"),
            _S.CHOSEN: ("结果待公布", "result about to be published"),
            _S.SELECTED: ("已选定", "selected"),
            _S.FAILED: ("选取失败", "failed"),
            _S.LAPSED: ("逾期未能进行，已终止", "ended: it could not be opened or drawn"),
            _S.WITHDRAWN: ("已撤回", "withdrawn"),
        },
    ),
    words_of(
        Standing,
        {
            _T.WINNER: ("中选", "chosen"),
            _T.ALTERNATE: ("备选", "alternate"),
            _T.SHORTLISTED: ("入围", "on the short list"),
            _T.NOT_CHOSEN: ("未中选", "not chosen"),
            _T.DROPPED_HIGH: ("去掉的最高价", "highest, left out"),
            _T.DROPPED_LOW: ("去掉的最低价", "lowest, left out"),
            _T.CUT: ("未进名单", "beyond the list"),
            _T.INVALID: ("不计入", "does not count"),
        },
    ),
)
