"""The operator's check: publish, or send back with every reason at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from intermediaries.demands.commands import rows
from intermediaries.demands.commands.submitting import open_check, refuse_unless_lawful
from intermediaries.demands.model import Demand, DemandCheck
from intermediaries.demands.notice import notice_act
from intermediaries.demands.reading import facts_of, hash_of, item_of, planned_of
from intermediaries.demands.rules.completeness import (
    Reason,
    refuse_unless_at_once,
    refuse_unless_reasoned,
)
from intermediaries.demands.rules.promised import revision_hours
from intermediaries.demands.rules.states import DEMAND_TABLE, ORDERLY, DemandAction
from intermediaries.demands.rules.window import window
from market.accounts.queries import people
from market.accounts.queries.organisations import organisation
from market.accounts.roles import Role
from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.notices.rules import lexemes
from market.protocol.encoding import moment


@dataclass(frozen=True, slots=True)
class ReturnDemand:
    """Why a demand goes back: every reason, each about one of its pages."""

    no: str
    reasons: tuple[Reason, ...]


def return_demand(work: Work, cmd: ReturnDemand) -> Mapping[str, Any]:
    """Send a demand back with all reasons; what was typed stays.

    `Refusal`s "own-demand", "reason-too-late"; `BadInput`s "reasons-missing", "reason-unknown",
    "reason-unexplained".
    """
    row = _checked(work, cmd.no)
    refuse_unless_reasoned(cmd.reasons)
    last = _last_return(work, row)
    if last is not None and last.decided_at is not None:
        touched = {part: moment(at) for part, at in row.touched.items()}
        before = [Reason(one["section"], one["words"]) for one in last.reasons]
        refuse_unless_at_once(before, last.decided_at, touched, cmd.reasons)
    work.move(row, DEMAND_TABLE, DemandAction.RETURN)
    _decide(work, row, cmd.reasons)
    _tell_owner(
        work,
        row,
        f"returned:{row.version}",
        f"{row.no}：采购需求被退回，全部原因已列明，请登录补正",
        f"{row.no}: the demand came back with all its reasons; sign in and mend it",
    )
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class PublishDemand:
    """A demand that is complete."""

    no: str


def publish_demand(work: Work, cmd: PublishDemand) -> Mapping[str, Any]:
    """Publish a demand: agencies enrol from this moment until the end of the last day.

    Law is asked again, as it stands now: refusals as at submission. `Refusal` "own-demand".
    Publishes `notice`, states "demand.published".
    """
    row = _checked(work, cmd.no)
    terms = None
    if DEMAND_TABLE.allows(row.state, DemandAction.PUBLISH):
        terms = refuse_unless_lawful(work.session, row, work.now, work.calendar)
    found_by = _words_of(work, row)  # before the row changes: asking writes what is half done
    work.move(row, DEMAND_TABLE, DemandAction.PUBLISH)
    if terms is None:
        raise AssertionError("a demand that may be published has its terms")
    dates = window(planned_of(row), work.now, work.calendar)
    row.published_at = row.enrol_opens = work.now
    row.enrol_closes, row.opens_at = dates.closes, dates.opened
    row.choose_by, row.rounds_from = dates.choose_by, dates.rounds_from
    row.min_quotes, row.terms_hash = terms.min_quotes, hash_of(terms)
    row.revision_hours = revision_hours(legal_day(work.now))
    row.search = found_by
    _decide(work, row, ())
    facts = facts_of(work.session, row)
    work.publish("notice", row.no, notice_act(facts, organisation(work.session, row.owner)))
    work.state_fact("demand.published", row.id)
    _tell_owner(
        work,
        row,
        "published",
        f"{row.no}：采购需求已发布，报名截止前不显示有谁、有多少家报名",
        f"{row.no}: the demand is published; until enrolment closes nobody sees who enrolled",
    )
    return {"no": row.no}


def _checked(work: Work, no: str) -> Demand:
    work.need(Permission.DEMANDS_NOTICE_CHECK)
    row = rows.locked(work, no)
    person, organisation = rows.acting(work)
    # Neither for the owner nor, by another appointment, from within it.
    own = {one.organisation for one in people.memberships(work.session, person)}
    if row.owner in own | {organisation}:
        raise Refusal(
            "own-demand",
            zh="不能审核本单位的采购需求",
            en="Nobody checks a demand of the own organisation",
            article=ORDERLY,
            status=403,
        )
    return row


def _last_return(work: Work, row: Demand) -> DemandCheck | None:
    return work.session.scalars(
        select(DemandCheck)
        .where(DemandCheck.demand == row.id, DemandCheck.passed.is_(False))
        .order_by(DemandCheck.decided_at.desc())
        .limit(1)
    ).first()


def _decide(work: Work, row: Demand, reasons: tuple[Reason, ...]) -> None:
    check = open_check(work, row.id)
    check.decided_at, check.decided_by = work.now, rows.acting(work)[0]
    check.passed = not reasons
    check.reasons = [{"section": one.section, "words": one.words.strip()} for one in reasons]


def _words_of(work: Work, row: Demand) -> ColumnElement[str]:
    """What a demand is found by: number, titles, scope, the names of service and owner."""
    item, owner = item_of(work.session, row), organisation(work.session, row.owner)
    texts = lexemes(
        row.no,
        row.title_zh,
        row.title_en,
        row.scope or "",
        item.code,
        item.terms.name_zh,
        item.terms.name_en,
        owner.name_zh,
        owner.name_en,
    )
    return func.array_to_tsvector(literal(texts, ARRAY(Text)))


def _tell_owner(work: Work, row: Demand, what: str, zh: str, en: str) -> None:
    for address in people.addresses_of_role(work.session, row.owner, Role.OWNER):
        work.letter(
            address,
            "SM19",
            key=f"demand:{row.no}:{what}:{address}",
            zh=zh,
            en=en,
            link=f"/desk/demands/{row.no}",
        )
