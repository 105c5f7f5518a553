"""All orders of the demonstration: a month that is over, and one order at every stage."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from intermediaries.orders.rules.states import Side
from market.command import SEQUENCER, Actor, Office, Work
from market.demo.people.everybody import Everybody, everybody
from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed import january, order_stages, orders
from market.demo.seed.approval_items import HOUSING, REFORM
from market.demo.seed.approvals import _pdf
from market.demo.seed.january import Clerk, Stagehands
from market.demo.seed.offers import _actor, _Firm, _firm, _key
from market.demo.seed.orders import GYM, Play, candidate_of, counts
from market.factory import build_office, listeners_of
from market.features import FEATURES
from market.files.commands import KeepDocument
from market.files.store import FileStore
from market.kernel.workdays import SHANGHAI
from market.settings import Settings, read

PLACES: Final = (0, 1, 2)
"""Agencies of the cast that serve."""
FEBRUARY: Final = datetime(2026, 2, 2, 9, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class _Cast:
    owner: Actor
    clerks: dict[Clerk, Actor]
    firms: Sequence[_Firm]
    paper: KeepDocument
    purchaser: str
    region: str


def enter() -> None:
    """Fill in orders; those that need keys from before the first morning only where they are."""
    settings = read()
    office = build_office(settings, listeners_of(FEATURES))
    cast = _cast(office, everybody(), settings)
    since = (january.SIGNED, FEBRUARY)
    clerk = cast.firms[0].clerk
    early = [office.read(partial(counts, clerk=clerk, moment=moment)) for moment in since]

    def everything(work: Work, command: None) -> None:
        del command
        plays = _plays(work, cast, settings)
        play = plays[0]
        if early[0]:
            january.tell(Stagehands(cast.clerks, tuple(plays)), cast.region)
        play.at = FEBRUARY
        play.project = play.create(cast.region, GYM)
        orders.perform(play, early=early[1])
        if early[1]:
            order_stages.with_keys(play)
        order_stages.without_keys(play, cast.firms[1].clerk)

    office.run(everything, None, SEQUENCER)
    if early[0]:
        january.compute(office)


def _plays(work: Work, cast: _Cast, settings: Settings) -> list[Play]:
    """A play for each agency; the next of them is its alternate."""
    candidates = [candidate_of(work.session, firm.clerk) for firm in cast.firms]
    owner_key = _key(settings.trust_file.parent / "people" / cast.purchaser)
    return [
        Play(
            work,
            cast.owner,
            firm.clerk,
            cast.clerks[Clerk.HOUSING],
            {Side.OWNER: owner_key, Side.AGENCY: firm.key},
            (candidates[place], candidates[(place + 1) % len(candidates)]),
            (cast.paper.organisation, ""),
            cast.paper,
            FEBRUARY,
        )
        for place, firm in enumerate(cast.firms)
    ]


def _cast(office: Office, cast: Everybody, settings: Settings) -> _Cast:
    purchaser = cast.the(Part.PURCHASER)
    owner = office.read(partial(_actor, cast=cast, part=Part.PURCHASER, duty=Duty.PROJECT_OFFICER))
    if owner.organisation is None:
        raise AssertionError("the purchaser's officer acts for the purchaser")
    clerks = {
        clerk: office.read(partial(_actor, cast=cast, part=part, duty=Duty.CASE_OFFICER))
        for clerk, part in ((Clerk.HOUSING, HOUSING), (Clerk.REFORM, REFORM))
    }
    stored = FileStore(settings.files).put(io.BytesIO(_pdf()))
    paper = KeepDocument(stored, "成果文件.pdf", owner.organisation)
    firms = [_firm(office, cast, settings, place) for place in PLACES]
    return _Cast(owner, clerks, firms, paper, purchaser.uscc, purchaser.region)
