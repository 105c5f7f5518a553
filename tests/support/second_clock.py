"""A second bundled clock: it lives through a case working minute by working minute.

It shares no line with the product and imports nothing of it. Where the product computes when
something will happen, this one waits for it: each working minute it looks who has to act, charges
that minute, and counts down what silence still has left. A moment is a whole number of minutes; a
fact at a moment comes before the minute that begins with it.

The rules: a working day has two windows, and nothing else counts. One working day of silence
completes the inputs, two accept a draft, twenty end a pause; they are eight, sixteen and a hundred
and sixty working hours. What is done at the last moment of such a time is in time.
"""

from bisect import bisect_left
from dataclasses import dataclass, field

HOUR = 60
INPUT_SILENCE = 8 * HOUR
OWNER_SILENCE = 16 * HOUR
LONGEST_PAUSE = 160 * HOUR
PAUSED_PARTY = {"owner_request": "owner", "platform": "platform"}


@dataclass
class SecondClock:
    """A case as it goes; `minutes` are the working ones of the calendar, in order."""

    minutes: list[int]
    now: int = 0
    doing: str = "nothing"
    charged: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listed: set[str] = set()
        self.open: set[str] = set()
        self.asked = 0
        self.ask_is_agencys = False
        self.back_to = "working"
        self.silence = 0
        self.used_up = 0
        self.owed: dict[str, tuple[str, bool]] = {}
        self.corrected = False
        self.experts: dict[str, int | None] = {}
        self.allowance = 0
        self.review = 0
        self.round = 0
        self.origins: set[str] = set()
        self.known: set[str] = set()
        self.pause = ""
        self.pause_left = 0
        self.paused_out = 0

    def live(self, until: int) -> None:
        """Every working minute up to `until`."""
        first = bisect_left(self.minutes, self.now)
        last = bisect_left(self.minutes, until)
        for minute in self.minutes[first:last]:
            self._give_way()
            if self.doing not in {"nothing", "over"}:
                self.charged.append(self.whose())
                self._count(minute + 1)
        self.now = until
        self._give_way_before(until)

    def whose(self) -> tuple[str, str, str]:
        """State, holder and charged party of the minute that comes."""
        if self.pause:
            party = PAUSED_PARTY.get(self.pause, "statutory")
            return "BS12", party, party
        fixed = {
            "inputs": ("BS1", "owner", "owner"),
            "checking": ("BS1", "owner", "owner"),
            "working": ("BS2", "agency", "agency"),
            "review": ("BS4", "owner", "owner"),
            "accepted": ("BS4", "owner", "owner"),
            "change": ("BS5", "owner", "owner"),
            "rework": ("BS5", "agency", "owner"),
            "intake": ("BS6", "department", "department"),
            "examining": ("BS8", "department", "department"),
            "deciding": ("BS11", "department", "department"),
        }
        if self.doing in fixed:
            return fixed[self.doing]
        if self.doing == "asking":
            return "BS3", "owner", "agency" if self.ask_is_agencys else "owner"
        if self.doing == "correcting":
            return "BS7", *self._correcting()
        if self.doing == "experts":
            return "BS9", "expert", self._reviewing()
        return "BS10", "agency", self._revising()

    def _correcting(self) -> tuple[str, str]:
        fresh = {who for who, known in self.owed.values() if not known}
        if "agency" in fresh:
            return "agency", "agency"
        if fresh:
            return "owner", "owner"
        everybody = {who for who, _ in self.owed.values()}
        return ("agency" if "agency" in everybody else "owner"), "department"

    def _reviewing(self) -> str:
        if self.allowance > 0:
            return "expert"
        late = any(own is not None and self.review >= own for own in self.experts.values())
        return "expert" if late else "department"

    def _revising(self) -> str:
        if self.origins == {"scope"}:
            return "owner"
        if self.round == 1 or self.origins & {"unsolved", "new_hidden"}:
            return "agency"
        return "department"

    def _count(self, ends: int) -> None:
        """The minute is over: what it has used up, and when."""
        if self.pause:
            self.pause_left -= 1
            self.paused_out = ends
        elif self.doing == "experts":
            self.allowance = max(0, self.allowance - 1)
            self.review += 1
        elif self.doing in {"checking", "review"}:
            self.silence -= 1
            self.used_up = ends

    def _give_way(self) -> None:
        """Before a minute is charged: a time that is used up has done its work."""
        if self.pause:
            if self.pause_left == 0:
                self._go_on(self.paused_out)
                self._give_way()
        elif self.doing == "checking" and self.silence == 0:
            self.doing = "working"
        elif self.doing == "review" and self.silence == 0:
            self.doing = "accepted"

    def _give_way_before(self, moment: int) -> None:
        """Before a fact at a moment: only what was used up earlier."""
        if self.pause:
            if self.pause_left == 0 and self.paused_out < moment:
                self._go_on(self.paused_out)
                self._give_way_before(moment)
        elif self.doing in {"checking", "review"} and self.silence == 0 and self.used_up < moment:
            self._give_way()

    def tell(self, kind: str, what=None) -> None:
        """A fact at the present moment."""
        getattr(self, "_" + kind)(what)

    def _committed(self, what) -> None:
        self.listed, self.allowance = set(what[0]), what[1]
        self.open = set(self.listed)
        self.doing = "inputs" if self.open else "working"

    def _inputs(self, what) -> None:
        self.open -= set(what)
        if not self.open:
            self.doing, self.silence = "checking", INPUT_SILENCE

    def _objected(self, what) -> None:
        self.open, self.doing = set(what), "inputs"

    def _confirmed(self, _what) -> None:
        self.doing = "working"

    def _asked(self, what) -> None:
        items, knowable = what
        self.asked += 1
        self.ask_is_agencys = self.asked > 1 and knowable
        self.open, self.back_to, self.doing = set(items), self.doing, "asking"

    def _answered(self, what) -> None:
        self.open -= set(what)
        if not self.open:
            self.doing = self.back_to

    def _draft(self, _what) -> None:
        self.doing, self.silence = "review", OWNER_SILENCE

    def _signed_for(self, _what) -> None:
        self.doing = "accepted"

    def _returned(self, _what) -> None:
        self.doing = "working"

    def _changed(self, _what) -> None:
        self.doing = "change"

    def _specified(self, _what) -> None:
        self.doing = "rework"

    def _submitted(self, _what) -> None:
        self.doing = "intake"

    def _corrections(self, what) -> None:
        self.owed, self.corrected, self.doing = dict(what), True, "correcting"

    def _supplied(self, what) -> None:
        self.owed = {name: owed for name, owed in self.owed.items() if name not in what}
        if not self.owed:
            self.doing = "intake"

    def _taken(self, _what) -> None:
        self.doing = "examining"

    def _invited(self, what) -> None:
        self.experts, self.review, self.doing = dict(what), 0, "experts"

    def _signed(self, what) -> None:
        del self.experts[what]
        if not self.experts:
            self.doing = "examining"

    def _opinion(self, what) -> None:
        self.round += 1
        self.origins = {origin for _, origin in what}
        self.known |= {name for name, _ in what}
        self.doing = "revising"

    def _revised(self, _what) -> None:
        self.doing = "examining"

    def _final(self, _what) -> None:
        self.doing = "deciding"

    def _decided(self, _what) -> None:
        self.doing = "over"

    def _paused(self, what) -> None:
        self.pause, self.pause_left = what, LONGEST_PAUSE

    def _resumed(self, _what) -> None:
        self._go_on(self.now)

    def _go_on(self, moment: int) -> None:
        """What was used up when the pause began is answered in time at its very end, too."""
        self.pause = ""
        self.used_up = moment
