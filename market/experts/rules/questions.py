"""The questions that recusal asks of one expert before one procedure.

Each is a function of a `Case`; it answers with the party hit, "" where no party is concerned, or
None. Which rule and article a hit means on which track stands in `market.experts.rules.recusal`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from market.experts.rules.limits import Terms
from market.experts.rules.periods import Span, look_back
from market.experts.rules.relations import (
    KIN_IN_PROCUREMENT,
    NEAR_RELATIVES,
    Activity,
    Bidder,
    Kinship,
    Parties,
    RecusalFacts,
)


@dataclass(frozen=True, slots=True)
class Case:
    """One expert before one procedure; every question answers with the party hit, or None."""

    facts: RecusalFacts
    activity: Activity
    parties: Parties
    terms: Terms

    def lasts(self, span: Span) -> bool:
        """Whether the span covers the activity's day."""
        return span.covers(self.activity.on)

    def recent(self, span: Span) -> bool:
        """Whether the span reaches into the years before the activity or its day."""
        on = self.activity.on
        return span.touches(look_back(on, self.terms.look_back_years), on)

    def units(self) -> frozenset[str]:
        """The employers on the activity's day."""
        held = {job.organisation for job in self.facts.employments if self.lasts(job.span)}
        return frozenset({self.facts.unit, *held} - {""})

    def recent_units(self) -> frozenset[str]:
        """The employers on the activity's day or within the look-back."""
        held = {job.organisation for job in self.facts.employments if self.recent(job.span)}
        return self.units() | held

    def kin(self, degrees: frozenset[Kinship]) -> frozenset[str]:
        """Everybody related to the expert in one of these ways."""
        return frozenset(each.person for each in self.facts.relatives if each.kinship in degrees)

    def bidder_with(self, hits: Callable[[Bidder], bool]) -> str | None:
        """The first bidder for whom this is so."""
        return next((each.organisation for each in self.parties.bidders if hits(each)), None)

    def present_stakes(self) -> frozenset[str]:
        """Whoever the expert has an economic tie with on the activity's day."""
        facts = self.facts
        stakes = {each.party for each in facts.interests if self.lasts(each.span)}
        stakes |= {each.organisation for each in facts.directorships if self.lasts(each.span)}
        stakes |= {each.organisation for each in facts.shareholdings if self.lasts(each.span)}
        return frozenset(stakes)

    def reported_ties(self) -> frozenset[str]:
        """Whoever the expert named as tied to by more than the law lists."""
        return frozenset(self.facts.ties) | self.kin(frozenset({Kinship.OTHER}))


def _first(wanted: frozenset[str], parties: Iterable[str]) -> str | None:
    return next((party for party in parties if party in wanted), None)


def near_relative_of_a_head(case: Case) -> str | None:
    """R1: a near relative of a bidder, its representative or those in charge."""
    kin = case.kin(NEAR_RELATIVES)
    return case.bidder_with(lambda bidder: bool(kin & bidder.heads()))


def works_for_a_department(case: Case) -> str | None:
    """R2: staff of the project's competent department."""
    return _first(case.units(), case.parties.departments)


def works_for_a_regulator(case: Case) -> str | None:
    """R2, and R10 in procurement: staff of the regulator."""
    return _first(case.units(), case.parties.regulators)


def works_for_either(case: Case) -> str | None:
    """R2 in engineering: staff of the competent department or the regulator."""
    return works_for_a_department(case) or works_for_a_regulator(case)


def gains_from_a_bidder(case: Case) -> str | None:
    """R3: wages, seats, shares, contracts, or heading or controlling a bidder oneself.

    A near relative who controls a bidder counts as well.
    """
    mine = case.present_stakes() | case.units() | {case.facts.person}
    kin = case.kin(NEAR_RELATIVES)
    return case.bidder_with(
        lambda bidder: bool(mine & bidder.everybody() or kin & bidder.holders())
    )


def reports_a_tie(case: Case) -> str | None:
    """Any other tie with a bidder or those behind it that the expert reported."""
    ties = case.reported_ties()
    return case.bidder_with(lambda bidder: bool(ties & bidder.everybody()))


def was_punished(case: Case) -> str | None:
    """R4: any punishment up to the activity's day, however long ago."""
    on = case.activity.on
    return "" if any(each.on <= on for each in case.facts.punishments) else None


def worked_for_a_supplier(case: Case) -> str | None:
    """R5: a labour relation, now or within the look-back."""
    units = case.recent_units()
    return case.bidder_with(lambda bidder: bidder.organisation in units)


def sat_on_a_board(case: Case) -> str | None:
    """R6: director or supervisor, now or within the look-back."""
    boards = {each.organisation for each in case.facts.directorships if case.recent(each.span)}
    return case.bidder_with(lambda bidder: bidder.organisation in boards)


def controlled_a_supplier(case: Case) -> str | None:
    """R7: in control, now or within the look-back."""
    held = {
        each.organisation
        for each in case.facts.shareholdings
        if each.controlling and case.recent(each.span)
    }
    person = case.facts.person
    return case.bidder_with(
        lambda bidder: bidder.organisation in held or person in bidder.holders()
    )


def kin_of_a_head(case: Case) -> str | None:
    """R8: the wider kin of a supplier's representative or of those in charge."""
    kin = case.kin(KIN_IN_PROCUREMENT)
    return case.bidder_with(lambda bidder: bool(kin & bidder.heads()))


def has_another_tie(case: Case) -> str | None:
    """R9: what R5 to R8 do not name: stakes, reported ties, work for a controller, kin of one."""
    mine = case.present_stakes() | case.reported_ties() | {case.facts.person}
    jobs, kin = case.recent_units(), case.kin(KIN_IN_PROCUREMENT)
    return case.bidder_with(
        lambda bidder: bool(mine & bidder.everybody() or (jobs | kin) & bidder.holders())
    )


def works_for_the_owner(case: Case) -> str | None:
    """R10: the owner's own staff."""
    return _first(case.units(), case.parties.owners)


def works_for_the_agent(case: Case) -> str | None:
    """R10: the agent's staff."""
    return _first(case.units(), case.parties.agents)


def took_part(case: Case) -> str | None:
    """R11: a part in preparing or supervising this project."""
    project = case.activity.project
    return "" if any(each.project == project for each in case.facts.participations) else None


def works_for_a_preparer(case: Case) -> str | None:
    """R11: staff of a unit that prepared or supervises the project."""
    return _first(case.units(), case.parties.preparers)


def served_the_owner_lately(case: Case) -> str | None:
    """R13: drawn for an owner of this project a short while ago."""
    on, days = case.activity.on, timedelta(days=case.terms.same_owner_days)
    lately = {each.owner for each in case.facts.services if on - days <= each.drawn_on <= on}
    return _first(frozenset(lately), case.parties.owners)
