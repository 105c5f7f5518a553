"""Whatever is told to a case at whatever moment: it is taken, or refused in words."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.events import CorrectionItem, ExpertCall, Issue, Origin
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.reading import admit, read
from market.kernel.errors import MarketError
from market.kernel.workhours import HOUR, NOTHING
from tests.intermediaries.rulebook.clock.cast import HOURS
from tests.intermediaries.rulebook.clock.histories import THINGS, history, moment

NAMES = ((), ("",), ("plan",), ("plan", "plan"), THINGS, ("issue 0.0",), ("Jia",))


def anything(chance, at):
    """A fact of any kind with anything in it."""
    names, party = chance.choice(NAMES), chance.choice(list(Party))
    words = chance.choice(("", " ", "because"))
    span = chance.choice((NOTHING, -HOUR, HOUR, 24 * HOUR))
    name = chance.choice(("new", "e0", "e3"))
    origin = chance.choice(list(Origin))
    bare = (
        events.InputsConfirmed,
        events.DraftDelivered,
        events.DraftAccepted,
        events.ChangeSpecified,
        events.Submitted,
        events.CaseAccepted,
        events.Revised,
        events.FileFinal,
        events.Filed,
        events.Resumed,
        events.ExtensionAgreed,
        events.ExtensionDeclined,
    )
    listing = (
        events.InputsDelivered,
        events.InputsObjected,
        events.OwnerAnswered,
        events.CorrectionSupplied,
    )
    stating = (events.DraftReturned, events.ChangeOrdered, events.Terminated)
    made = [
        *(kind(name, at) for kind in bare),
        *(kind(name, at, names) for kind in listing),
        *(kind(name, at, words) for kind in stating),
        events.Committed(name, at, names, span, span, span),
        events.OwnerAsked(name, at, names, True),
        events.CorrectionNotified(name, at, tuple(CorrectionItem(n, party) for n in names)),
        events.ExpertsInvited(name, at, tuple(ExpertCall(n, span) for n in names)),
        events.ExpertSigned(name, at, words),
        events.OpinionIssued(name, at, tuple(Issue(n, origin) for n in names)),
        events.Decided(name, at, events.Outcome.REFUSED),
        events.DecisionReturned(name, at, party, words),
        events.PauseApproved(name, at, chance.choice(list(events.PauseCode)), words),
        events.ExtensionAsked(name, at, span, words),
        events.Objected(name, at, chance.randint(-1, 9), party, words),
        events.Ruled(name, at, chance.choice(("e3", "new")), chance.choice((None, party)), words),
    ]
    return chance.choice(made)


def refused(facts, fact):
    try:
        admit(facts, fact, HOURS)
    except MarketError as refusal:
        return refusal
    return None


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_anything_told_is_taken_or_refused_in_words(seed):
    chance = Random(seed)
    clock, facts = history(chance, steps=chance.randint(1, 20))
    at = moment(clock.now + chance.choice((-5000, 0, 0, 700)))
    for fact in [anything(chance, at) for _ in range(12)]:
        refusal = refused(facts, fact)
        if refusal is None:
            whole = read([*facts, fact], HOURS, until=at).segments
            assert all(one.start < one.end for one in whole)
        else:
            assert refusal.zh
            assert refusal.en
            assert "{" not in refusal.zh + refusal.en
