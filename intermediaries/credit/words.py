"""What states, acts and rows of credit are called in both languages."""

from typing import Final

from intermediaries.credit.rules import Effect, EntryKind
from intermediaries.rulebook.penalties import Act, Level
from intermediaries.rulebook.states import PenaltyState
from market.web.words import words_of

WORDS: Final = (
    words_of(
        PenaltyState,
        {
            PenaltyState.NOTICED: ("已告知，待陈述", "notified, may be answered"),
            PenaltyState.STATED: ("已陈述，待决定", "answered, to be decided"),
            PenaltyState.FINAL: ("已决定", "decided"),
            PenaltyState.APPEALED: ("申诉中", "under appeal"),
            PenaltyState.CONFIRMED: ("申诉后维持", "upheld on appeal"),
            PenaltyState.CANCELLED: ("申诉后撤销", "cancelled on appeal"),
            PenaltyState.DROPPED: ("不予扣分", "dropped"),
        },
    ),
    words_of(Act, {act: (act.zh, act.en) for act in Act}),
    words_of(
        Level,
        {
            Level.A: ("A级", "level A"),
            Level.B: ("B级", "level B"),
            Level.C: ("C级", "level C"),
            Level.D: ("D级", "level D"),
        },
    ),
    words_of(
        EntryKind,
        {
            EntryKind.BONUS: ("加分", "bonus"),
            EntryKind.NOTICE: ("扣分告知", "notice"),
            EntryKind.STATEMENT: ("机构陈述", "statement of the agency"),
            EntryKind.DROP: ("不予扣分", "dropped"),
            EntryKind.FINAL: ("扣分决定", "decision"),
            EntryKind.APPEAL: ("机构申诉", "appeal of the agency"),
            EntryKind.CONFIRM: ("申诉不成立", "appeal dismissed"),
            EntryKind.CANCEL: ("申诉成立，撤销扣分", "appeal upheld, penalty cancelled"),
            EntryKind.LEGAL: ("法律文书", "legal decision"),
        },
    ),
    words_of(
        Effect,
        {
            Effect.SUSPENSION: ("暂停承接", "suspension"),
            Effect.REMOVAL: ("清退", "removal"),
        },
    ),
)
