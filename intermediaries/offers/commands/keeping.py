"""What timekeepers say, taken down: who they are, their keys for a round, their releases."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from intermediaries.offers.model import (
    Selection,
    Timekeeper,
    TimeRecipientRow,
    TimeReleaseRow,
)
from intermediaries.offers.reckoning import is_drawn_from
from intermediaries.offers.rows import locked, manifest_of, occasion_of
from intermediaries.offers.rules.states import (
    SEALED,
    SELECTION_TABLE,
    SelectionAction,
    SelectionState,
)
from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.permissions import Permission
from market.protocol.encoding import JsonObject, Malformed, canonical, parse
from market.protocol.timekeeping import (
    KEEPERS,
    check_apart,
    make_time_manifest,
    read_keeper,
    read_recipient,
    read_release,
)
from market.protocol.trust import Trust

EARLY = "released-early"


@dataclass(frozen=True, slots=True)
class TakeUpKeeper:
    """What a timekeeper says of itself, where it answers, and the pinned keys."""

    said: JsonObject
    url: str
    trust: Trust


def take_up_keeper(work: Work, cmd: TakeUpKeeper) -> bool:
    """Journal a timekeeper whose key is pinned; False for one that is known already.

    `keeper-not-pinned`: the trust file does not name this organisation with this key.
    """
    work.need(Permission.HOUSE_ACT)
    organisation, key = read_keeper(cmd.said)
    if not cmd.trust.pins(organisation.uscc, key):
        raise Refusal(
            "keeper-not-pinned",
            zh=f"信任文件没有守时人 {organisation.name} 的此密钥",
            en=f"The trust file does not pin this key of the timekeeper {organisation.name}",
        )
    work.hold("timekeepers")
    known = work.session.get(Timekeeper, organisation.uscc)
    if known is not None and (known.key, known.url) == (key, cmd.url):
        return False
    if known is None:
        known = Timekeeper(uscc=organisation.uscc)
        work.session.add(known)
    known.name, known.key, known.url, known.taken_up_at = (
        organisation.name,
        key,
        cmd.url,
        work.now,
    )
    work.publish("timekeeper", f"timekeeper/{organisation.uscc}", cmd.said)
    work.note(f"timekeeper/{organisation.uscc}", "timekeeper.taken-up")
    return True


@dataclass(frozen=True, slots=True)
class KeepRecipient:
    """A timekeeper's signed recipient. `interests`: credit codes by side, each side one group."""

    selection: UUID
    raw: bytes
    interests: tuple[frozenset[str], ...]


def keep_recipient(work: Work, cmd: KeepRecipient) -> bool:
    """Keep a recipient; with the third the manifest is journaled and enrolment opens.

    Whether it did. `foreign-recipient` for another occasion, or a key that is not the journaled
    timekeeper's; `timekeepers-together` where two of the three are of one interest.
    """
    work.need(Permission.HOUSE_ACT)
    row = locked(work, cmd.selection)
    if row.state is not SelectionState.AWAITING_KEYS or work.now >= row.enrol_closes:
        return False
    held = read_recipient(parse(cmd.raw))
    keeper = work.session.get(Timekeeper, held.organisation.uscc)
    if keeper is None or keeper.key != held.key or held.occasion != occasion_of(row):
        raise Refusal(
            "foreign-recipient",
            zh="守时人的密钥不是为本项目本轮签发的",
            en="The timekeeper's key was not signed for this job and round",
            article=SEALED,
        )
    if work.session.get(TimeRecipientRow, (row.id, keeper.uscc)) is None:
        work.session.add(
            TimeRecipientRow(
                selection=row.id, uscc=keeper.uscc, body=canonical(held.json), taken_at=work.now
            )
        )
        work.session.flush()
    return _completed(work, row, cmd.interests)


def _completed(work: Work, row: Selection, interests: tuple[frozenset[str], ...]) -> bool:
    bodies = work.session.scalars(
        select(TimeRecipientRow.body)
        .where(TimeRecipientRow.selection == row.id)
        .order_by(TimeRecipientRow.taken_at, TimeRecipientRow.uscc)
        .limit(KEEPERS)
    ).all()
    if len(bodies) < KEEPERS:
        work.note(row.subject, "selection.key-kept")
        return False
    manifest = make_time_manifest(occasion_of(row), [parse(body) for body in bodies])
    for group in interests:
        check_apart(manifest, group)
    row.manifest, row.manifest_hash = canonical(manifest.to_json()), manifest.hash
    work.publish("time-manifest", row.subject, manifest.to_json())
    work.move(row, SELECTION_TABLE, SelectionAction.COMPLETE_KEYS)
    return True


@dataclass(frozen=True, slots=True)
class KeepRelease:
    """What the timekeeper of this number released."""

    selection: UUID
    number: int
    raw: bytes


def keep_release(work: Work, cmd: KeepRelease) -> bool:
    """Keep and journal a release; one that its keeper signed as early is kept and opens nothing.

    Whether it counts. Never before the list of enrolments stands and its draw, where there is
    one, is frozen (`too-early`). Refusals besides: `foreign-release`, `bad-signature`.
    """
    work.need(Permission.HOUSE_ACT)
    row = locked(work, cmd.selection)
    manifest = manifest_of(row)
    stands = row.closed_at is not None and is_drawn_from(work.session, row)
    if not stands or work.now < row.opens_at or manifest is None:
        raise Refusal(
            "too-early",
            zh="报名清单公布、所需抽取冻结并到达开启时间后才接受守时人的密钥",
            en="No release is taken before the list of enrolments stands, the draw on it is frozen"
            " where there is one, and the time has come",
            article=SEALED,
        )
    if work.session.get(TimeReleaseRow, (row.id, cmd.number)) is not None:
        return False
    said = parse(cmd.raw)
    fault = None
    try:
        found = read_release(said, manifest)
    except Malformed as refused:
        if refused.code != EARLY:
            raise
        fault = refused.code
    else:
        if found.number != cmd.number:
            raise Refusal(
                "foreign-release",
                zh="公开的密钥属于另一家守时人",
                en="The identity released is another timekeeper's",
            )
    work.session.add(
        TimeReleaseRow(
            selection=row.id,
            number=cmd.number,
            body=canonical(said),
            fault=fault,
            taken_at=work.now,
        )
    )
    if fault is None:
        work.publish("time-release", row.subject, said)
    work.note(row.subject, "selection.released", fault=fault or "")
    return fault is None
