"""Seating officers, taking their keys, rehearsing with them, settling the manifest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from bidding.officers import queries
from bidding.officers.model import OfficerPanel, OfficerSeat, SeenRecipient
from bidding.officers.rehearsal import begin, check_batch, commitment_of
from bidding.officers.rules import (
    PANEL_TABLE,
    PanelAction,
    PanelState,
    refuse_unless_all_keyed,
)
from market.accounts.queries import organisations
from market.command import Work
from market.kernel.errors import MarketError, NotFound, Refusal
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u, parse
from market.protocol.manifest import Manifest, usual_rounds
from market.protocol.officers import OrganisationKey, Seat, read_officer_key
from market.protocol.seating import check_manifest, check_tools


@dataclass(frozen=True, slots=True)
class Chair:
    """One seat to be filled: the part its organisation plays, the organisation, the person."""

    role: str
    organisation: UUID
    person: UUID


@dataclass(frozen=True, slots=True)
class SeatOfficers:
    """The officers of a tender, in their order, and how many of them open it."""

    tender_no: str
    owner: UUID
    agent: UUID | None
    k: int
    chairs: Sequence[Chair]


def seat_officers(work: Work, command: SeatOfficers) -> dict[str, Any]:
    """Name the officers of a tender anew; keys given before for other seats are let go.

    `owner` and `agent` are the tender's, told by the room of tenders; the actor acts for one of
    them. `threshold` unless 2 <= k < n; `person-twice` for somebody in two seats. Only before the
    manifest is settled.
    """
    work.need(Permission.TENDERS_MANIFEST_MAKE)
    if work.actor.organisation not in (command.owner, command.agent):
        raise NotFound
    _refuse_unless_a_choice(command)
    work.hold(f"officers:{command.tender_no}")
    panel = work.session.get(OfficerPanel, command.tender_no)
    if panel is None:
        panel = OfficerPanel(
            tender_no=command.tender_no,
            state=PanelState.SEATING,
            owner=command.owner,
            agent=command.agent,
            k=command.k,
        )
        work.session.add(panel)
    elif (panel.owner, panel.agent) != (command.owner, command.agent):
        raise NotFound
    elif panel.state is not PanelState.SEATING:
        work.move(panel, PANEL_TABLE, PanelAction.RESEAT)
        panel.rehearsal = None
    panel.k = command.k
    work.session.execute(delete(OfficerSeat).where(OfficerSeat.tender_no == command.tender_no))
    work.session.flush()
    for number, chair in enumerate(command.chairs, start=1):
        work.session.add(
            OfficerSeat(
                tender_no=command.tender_no,
                i=number,
                role=chair.role,
                organisation=chair.organisation,
                person=chair.person,
            )
        )
    work.note(command.tender_no, "officers.seated")
    return {"tender": command.tender_no}


def _refuse_unless_a_choice(command: SeatOfficers) -> None:
    if not 2 <= command.k < len(command.chairs):  # noqa: PLR2004  fewer than two open alone
        raise Refusal(
            "threshold",
            zh="门限应不少于 2，且少于开启人数",
            en="At least two open, and fewer than there are officers",
        )
    if len({chair.person for chair in command.chairs}) < len(command.chairs):
        raise Refusal(
            "person-twice", zh="同一人占两个席位", en="One person holds two seats; name another"
        )


@dataclass(frozen=True, slots=True)
class GiveKey:
    """An officer's sealing key: the statement as its organisation signed it."""

    tender_no: str
    statement: bytes


def give_key(work: Work, command: GiveKey) -> dict[str, Any]:
    """Take the acting officer's sealing key for its seat; the seat's number.

    Refusals: `no-such-seat`, `malformed`, `bad-signature`, `organisation-differs`, `wrong-seat`
    (another role or tender), `recipient-reused` (any rehearsal named it before, or another seat
    holds it).
    """
    work.need(Permission.OFFICERS_KEY_GIVE)
    work.hold(f"officers:{command.tender_no}")
    seat = _own_seat(work, command.tender_no)
    if seat.statement == command.statement:
        return {"seat": seat.i}
    panel = work.session.get_one(OfficerPanel, command.tender_no)
    if panel.state is not PanelState.SEATING:
        raise Refusal(
            "seating-over",
            zh="开启人名单已进入演练，不能再换公钥",
            en="The officers are rehearsing; keys can no longer be changed",
        )
    key = _signing_key(work, seat, command.statement)
    tender, role, organisation, sealing = read_officer_key(parse(command.statement), key.public)
    if (tender, role, organisation.uscc) != (seat.tender_no, seat.role, key.uscc):
        raise Refusal(
            "wrong-seat",
            zh="密钥声明与席位不符",
            en="The statement is for another tender, role or organisation than this seat",
        )
    if _is_known(work, seat, sealing.recipient):
        raise Refusal(
            "recipient-reused",
            zh="开标密钥曾用于另一次招标，换用密钥池中的新密钥",
            en="A sealing key served another tender; take a new one from the pool",
        )
    seat.recipient = sealing.recipient
    seat.statement = command.statement
    seat.org_key_id = key.key_id
    work.note(command.tender_no, "officers.keyed", seat=str(seat.i))
    return {"seat": seat.i}


def _is_known(work: Work, seat: OfficerSeat, recipient: str) -> bool:
    """Whether a sealing key was seen in a rehearsal, or stands in another seat of any tender."""
    if work.session.get(SeenRecipient, recipient) is not None:
        return True
    elsewhere = select(OfficerSeat.id).where(
        OfficerSeat.recipient == recipient, OfficerSeat.id != seat.id
    )
    return work.session.scalar(elsewhere) is not None


def _signing_key(work: Work, seat: OfficerSeat, statement: bytes) -> organisations.KeyFacts:
    """The key of the seat's organisation that made this signature, in force now."""
    for held in organisations.keys(work.session, seat.organisation):
        if not held.counts_at(work.now):
            continue
        try:
            read_officer_key(parse(statement), held.public)
        except MarketError as refused:
            if refused.code != "bad-signature":
                raise
            continue
        return held
    raise Refusal(
        "unknown-organisation-key",
        zh="没有本单位有效的签名密钥为此公钥签名",
        en="No signing key of the organisation in force made this signature",
    )


@dataclass(frozen=True, slots=True)
class NamePanel:
    """The officers of a tender."""

    tender_no: str


def start_rehearsal(work: Work, command: NamePanel) -> dict[str, Any]:
    """Seal a rehearsal to every officer; its header is one that a real opening refuses.

    From now on these keys are seen: they serve this tender or none.
    """
    work.hold(f"officers:{command.tender_no}")
    panel = _panel(work, command.tender_no)
    seats = _seats(work, command.tender_no)
    keyed = [seat.recipient for seat in seats if seat.recipient is not None]
    refuse_unless_all_keyed(len(seats), len(keyed))
    panel.rehearsal = begin(command.tender_no, keyed, panel.k)
    work.move(panel, PANEL_TABLE, PanelAction.REHEARSE)
    for recipient in keyed:
        if work.session.get(SeenRecipient, recipient) is None:
            work.session.add(SeenRecipient(recipient=recipient, tender_no=command.tender_no))
    return {"tender": command.tender_no}


@dataclass(frozen=True, slots=True)
class PostRehearsal:
    """An officer's signed rehearsal batch, canonical bytes."""

    tender_no: str
    batch: bytes


def post_rehearsal(work: Work, command: PostRehearsal) -> dict[str, Any]:
    """Take the acting officer's rehearsal; with the last one the rehearsal is journaled.

    The same batch again has the same answer. Refusals: `no-such-seat`, `not-rehearsing`, those
    of a share batch.
    """
    work.need(Permission.OFFICERS_SHARE_POST)
    work.hold(f"officers:{command.tender_no}")
    seat = _own_seat(work, command.tender_no)
    panel = work.session.get_one(OfficerPanel, command.tender_no)
    seats = _seats(work, command.tender_no)
    if seat.rehearsed != command.batch:
        if panel.state is not PanelState.REHEARSING or panel.rehearsal is None:
            raise Refusal("not-rehearsing", zh="当前不在演练中", en="There is no rehearsal now")
        key = organisations.key_by_id(work.session, seat.org_key_id or "")
        check_batch(panel.rehearsal, command.batch, key.public, seat.i)
        seat.rehearsed = command.batch
        work.note(command.tender_no, "officers.rehearsed", seat=str(seat.i))
    done = sum(each.rehearsed is not None for each in seats)
    if done == len(seats) and panel.state is PanelState.REHEARSING:
        work.move(panel, PANEL_TABLE, PanelAction.PASS)
        work.publish(
            "rehearsal",
            command.tender_no,
            {
                "rehearsal_hash": b64u(commitment_of(panel.rehearsal or b"")),
                "recipients": [seat.recipient for seat in seats],
                "officers": len(seats),
                "k": panel.k,
            },
        )
    return {"rehearsed": done, "officers": len(seats)}


@dataclass(frozen=True, slots=True)
class SettleManifest:
    """What the manifest says besides its officers.

    `bond` in fen, one of the denominations; `script_hash` names the published sealing code;
    `pinned` are the key ids of the trust file.
    """

    tender_no: str
    bond: int
    script_hash: bytes
    pinned: frozenset[str]


def settle_manifest(work: Work, command: SettleManifest) -> dict[str, Any]:
    """Journal the manifest of rehearsed officers; the rules of who may sit together are checked.

    Refusals: those of `market.protocol.seating`. The manifest of a tender never changes.
    """
    work.hold(f"officers:{command.tender_no}")
    panel = _panel(work, command.tender_no)
    rows = _seats(work, command.tender_no)
    seats = [_seat(work, row) for row in rows]
    made = Manifest(
        command.tender_no,
        panel.k,
        tuple(seats),
        usual_rounds(),
        command.bond,
        None,
        command.script_hash,
    )
    registered = {seat.org_key_id: _registered(work, seat.org_key_id) for seat in seats}
    groups = queries.interest_groups(
        work.session, panel.owner, panel.agent, [row.organisation for row in rows], work.now
    )
    check_manifest(made, registered, command.pinned, groups)
    check_tools(made)
    panel.manifest = made.write()
    panel.manifest_hash = made.hash
    work.move(panel, PANEL_TABLE, PanelAction.SETTLE)
    work.publish("manifest", command.tender_no, made.to_json())
    return {"manifest": b64u(made.hash)}


def _registered(work: Work, key_id: str) -> OrganisationKey:
    found = organisations.key_by_id(work.session, key_id)
    return OrganisationKey(found.uscc, found.public)


def _seat(work: Work, row: OfficerSeat) -> Seat:
    if row.statement is None or row.org_key_id is None:
        raise Refusal("keys-missing", zh="有开启人尚未交公钥", en="An officer has given no key")
    key = organisations.key_by_id(work.session, row.org_key_id)
    _, role, organisation, sealing = read_officer_key(parse(row.statement), key.public)
    return Seat(role, organisation, row.org_key_id, sealing)


def _panel(work: Work, tender_no: str) -> OfficerPanel:
    """The officers of a tender for its own owner or agent; `NotFound` for anybody else."""
    work.need(Permission.TENDERS_MANIFEST_MAKE)
    panel = work.session.get(OfficerPanel, tender_no)
    if panel is None or work.actor.organisation not in (panel.owner, panel.agent):
        raise NotFound
    return panel


def _seats(work: Work, tender_no: str) -> list[OfficerSeat]:
    return list(
        work.session.scalars(
            select(OfficerSeat).where(OfficerSeat.tender_no == tender_no).order_by(OfficerSeat.i)
        )
    )


def _own_seat(work: Work, tender_no: str) -> OfficerSeat:
    seat = work.session.scalar(
        select(OfficerSeat).where(
            OfficerSeat.tender_no == tender_no, OfficerSeat.person == work.actor.person
        )
    )
    if seat is None:
        raise NotFound("no-such-seat", zh="您不是该项目的开启人", en="You hold no seat here")
    return seat
