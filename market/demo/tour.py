"""The guided tour: ten steps from a notice to a proof; whom to be, what to see, where to click."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from market.demo.people.everybody import everybody
from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.staged import Stage, Staged
from market.web.language import Lazy, lazy_gettext

Who = tuple[Part, Duty]
NEWCOMER: Final = 5
"""The bidder of the cast who has bid nowhere yet."""
LOSER: Final = 6
"""The bidder of the cast who bid for what has a result, and did not win."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One step as it is written down; `at` is the tender it looks at, if any.

    `who` are the people to be, one after the other. `types` is said of a step that asks for the
    tender's number and is done with what a bidder holds, without signing in.
    """

    title: Lazy
    see: Lazy
    do: Lazy
    button: Lazy
    path: str
    who: tuple[Who, ...] = ()
    at: Stage | None = None
    otherwise: str = "/tenders"
    types: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it is shown: with its number, its address and the people to be.

    `no` is the tender's number where it has to be typed, `bidder` whose things it is done with.
    """

    number: int
    stop: Stop
    url: str
    people: tuple[Person, ...]
    no: str = ""
    bidder: Person | None = None


TOUR: Final[tuple[Stop, ...]] = (
    Stop(
        lazy_gettext("A tender, as anybody sees it"),
        lazy_gettext(
            "Step line, key facts, and a timetable that says of each date why it is this one."
        ),
        lazy_gettext(
            "Read the column with the reason of each date. Nobody needs to sign in for this."
        ),
        lazy_gettext("Open the tender"),
        "/tenders/{no}",
        at=Stage.BIDDING,
    ),
    Stop(
        lazy_gettext("A record that only grows"),
        lazy_gettext(
            "Each official act is an entry; witnesses outside the house sign that none is lost."
        ),
        lazy_gettext("Choose an entry: your own browser checks its proof."),
        lazy_gettext("Open the public record"),
        "/record",
    ),
    Stop(
        lazy_gettext("The purchaser's desk"),
        lazy_gettext("What waits, the most urgent first. One tender is still being prepared."),
        lazy_gettext("Open the draft and read what is missing before it can be published."),
        lazy_gettext("Open the draft"),
        "/desk/tenders/{no}",
        ((Part.PURCHASER, Duty.PROJECT_OFFICER),),
        Stage.DRAFTING,
        "/desk/tenders",
    ),
    Stop(
        lazy_gettext("A question nobody can trace"),
        lazy_gettext("A question came in without a name; the answer goes to everybody."),
        lazy_gettext("Answer it. It then stands on the tender's page for all."),
        lazy_gettext("Open the questions"),
        "/desk/tenders/{no}/questions",
        ((Part.PURCHASER, Duty.PROJECT_OFFICER),),
        Stage.QUESTIONS,
        "/desk/tenders",
    ),
    Stop(
        lazy_gettext("A bid, sealed in your browser"),
        lazy_gettext(
            "Check, bond, offer and documents, seal and send, receipt: no sign-in, no cookie."
        ),
        lazy_gettext(
            "Follow the five steps for a bidder, on whose page everything stands that they ask for."
        ),
        lazy_gettext("Open the sealing page"),
        "{anonymous}/seal",
        at=Stage.BIDDING,
        otherwise="{anonymous}/seal",
        types=True,
    ),
    Stop(
        lazy_gettext("Time passes"),
        lazy_gettext("The clock only moves forward; whatever falls due on the way happens."),
        lazy_gettext("Put the clock behind the bid deadline of the tender you bid for."),
        lazy_gettext("Open the clock"),
        "/demo/clock",
    ),
    Stop(
        lazy_gettext("The opening hall"),
        lazy_gettext(
            "The bids are closed and witnessed; until enough officers come, nobody can read them."
        ),
        lazy_gettext("Leave the hall open in a window of its own: it follows by itself."),
        lazy_gettext("Open the hall"),
        "/tenders/{no}/opening",
        at=Stage.BIDDING,
    ),
    Stop(
        lazy_gettext("An officer's seat"),
        lazy_gettext("Each officer holds a key file and a passphrase that this site never sees."),
        lazy_gettext(
            "Be one officer, then the other: two of three open the bids in three rounds. Key files "
            "and passphrases stand on their pages."
        ),
        lazy_gettext("Open the seats"),
        "/desk/officer",
        ((Part.NOTARY, Duty.OPENING_OFFICER), (Part.SUPERVISOR, Duty.OPENING_OFFICER)),
    ),
    Stop(
        lazy_gettext("The evaluation"),
        lazy_gettext(
            "Offers without names; every expert scores alone before anybody learns whose they are."
        ),
        lazy_gettext(
            "Take the seat of the purchaser's representative and look at the score sheet."
        ),
        lazy_gettext("Open the evaluation"),
        "/desk/evaluations/{no}",
        ((Part.PURCHASER, Duty.OWNER_REPRESENTATIVE),),
        Stage.EVALUATING,
        "/desk/evaluations",
    ),
    Stop(
        lazy_gettext("The result, and its proof"),
        lazy_gettext(
            "Every price shown, the challenge window running; each bidder reads its own points and "
            "how they came about."
        ),
        lazy_gettext(
            "Download the panel's file from the page of its draw and drop it, or the receipt you "
            "kept, on the page Verify."
        ),
        lazy_gettext("Open the result"),
        "/tenders/{no}/result",
        ((Part.BIDDER, Duty.BID_CLERK),),
        Stage.RESULT,
    ),
)


def tour(staged: Sequence[Staged], anonymous_url: str) -> list[Step]:
    """The steps with their addresses: the seed's tenders, else a page that leads on."""
    tenders: Mapping[Stage, Staged] = {one.stage: one for one in staged}
    steps = []
    for number, stop in enumerate(TOUR, start=1):
        found = None if stop.at is None else tenders.get(stop.at)
        path = stop.path if stop.at is None or found is not None else stop.otherwise
        no = "" if found is None else found.no
        url = path.format(no=no, anonymous=anonymous_url)
        people = tuple(_person(*who) for who in stop.who)
        bidder = _bidder() if stop.types else None
        steps.append(Step(number, stop, url, people, no if stop.types else "", bidder))
    return steps


def _bidder() -> Person:
    cast = everybody()
    return cast.with_duty(Duty.BID_CLERK, cast.bidders()[NEWCOMER].uscc)[0]


def _person(part: Part, duty: Duty) -> Person:
    """The first with this duty; of the many bidders one who has bid everywhere."""
    cast = everybody()
    if part is Part.BIDDER:
        return cast.with_duty(duty, cast.bidders()[LOSER].uscc)[0]
    return cast.with_duty(duty, cast.the(part).uscc)[0]
