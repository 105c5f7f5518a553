"""When somebody who objected to a result may complain to the management office."""

from datetime import datetime

from intermediaries.orders.rules.dates import complain_until, last_moment
from intermediaries.orders.rules.states import COMPLAINED, ResultObjectionState
from market.kernel.errors import Refusal
from market.kernel.workdays import WorkCalendar


def complains_since(
    state: ResultObjectionState, due: datetime, answered_at: datetime | None, now: datetime
) -> datetime | None:
    """From when on is complained about an objection: its dismissal, or the end of unused time.

    None while the answer may still come in time, and where the objection was right or is settled.
    """
    match state:
        case ResultObjectionState.DISMISSED:
            return answered_at
        case ResultObjectionState.OPEN if now > due:
            return last_moment(due)  # its day is the one that does not count
        case _:
            return None


def refuse_unless_open(
    state: ResultObjectionState,
    due: datetime,
    answered_at: datetime | None,
    now: datetime,
    calendar: WorkCalendar,
) -> None:
    """Go on only within the time to complain, its last moment included.

    `Refusal`s "objection-was-right", "answer-awaited", "complaint-late".
    """
    if state in (ResultObjectionState.UPHELD, ResultObjectionState.SETTLED):
        raise Refusal(
            "objection-was-right",
            zh="异议已成立或已处理，无需投诉",
            en="The objection was found right or is settled; there is nothing to complain about",
            article=COMPLAINED,
        )
    since = complains_since(state, due, answered_at, now)
    if since is None:
        raise Refusal(
            "answer-awaited",
            zh="答复期限未满，答复后或期满后方可投诉",
            en="The answer may still come in time; complain once it is there or its time is over",
            article=COMPLAINED,
        )
    over = complain_until(since, calendar)
    if over is not None and now > over:
        raise Refusal(
            "complaint-late",
            zh="投诉期已过",
            en="The time to complain is over",
            article=COMPLAINED,
        )
