"""The officer at the opening: what may be opened is checked here, not believed.

The closing must stand in the record, alone of its tender and witnessed; every share must bear the
header of the bid it is served under, or nothing of it is given out (review C1). The batch of a
round is signed once, for all bids, and kept before it is posted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bidding.client.officerbook import OfficerBook
from bidding.client.officers import identity_of
from bidding.client.organisations import OrganisationSecret
from bidding.client.profile import Profile
from bidding.client.record import Record
from bidding.client.registered import sound_manifest
from bidding.client.wire import Line
from market.kernel.errors import MarketError, Refusal
from market.protocol.acts import Act, check_act_signature, check_shape, read_act
from market.protocol.batches import read_closing_list
from market.protocol.encoding import Json, JsonObject, Malformed, canonical, digest, unb64u
from market.protocol.envelopes import open_share
from market.protocol.inclusions import check_inclusion
from market.protocol.manifest import Manifest
from market.protocol.members import Members
from market.protocol.opening import (
    Closing,
    PostedShare,
    RefusedShare,
    ShareBatch,
    read_closing,
)
from market.protocol.receipts import act_leaf
from market.protocol.trust import Trust


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an officer is asked to open in one round, checked as far as its program can."""

    manifest: Manifest
    closing: Closing
    round: int
    seat: int
    acts: tuple[Act, ...]


def open_round(
    profile: Profile, tender: str, signer: OrganisationSecret, pool: dict[str, str]
) -> None:
    """Open this officer's shares of the round at hand and post them, signed, in one batch.

    Refused: `not-witnessed`, `two-closings`, `closing-differs`, `round-changed` (other bids than
    those a batch was signed for), those of manifests and acts.
    """
    line = profile.platform()
    path = f"/api/v1/tenders/{tender}/opening/shares"
    sheet = _sheet(profile, tender, line, line.get(path).json())
    book = OfficerBook(profile.home)
    book.refuse_other_closing(tender, sheet.closing.hash)
    recipient = _own_recipient(sheet, pool)
    batch = make_batch(sheet, recipient, identity_of(pool, recipient))
    value = _once(book, sheet, batch, signer)
    done = line.post(path, value).json()
    for item in batch.refused:
        profile.told.warn(
            f"拒绝开启一份 {item.kind} 份额并已报告：{item.code}",
            f"A {item.kind} share was refused and reported: {item.code}",
        )
    profile.told.facts = {
        "tender": tender,
        "seat": sheet.seat,
        "posted": len(batch.shares),
        "refused": [item.code for item in batch.refused],
        **done,
    }
    profile.told.say(
        f"第 {sheet.round} 轮：已提交 {len(batch.shares)} 份，共收到 {done.get('batches')} 批，"
        f"需要 {done.get('needed')} 批",
        f"Round {sheet.round}: {len(batch.shares)} shares posted, {done.get('batches')} batches "
        f"are here, {done.get('needed')} are needed",
    )


def make_batch(sheet: Sheet, recipient: str, identity: str) -> ShareBatch:
    """The officer's shares of every act and kind of the round; foreign ones are only named."""
    posted, refused = list[PostedShare](), list[RefusedShare]()
    for act in sheet.acts:
        for kind in sheet.manifest.round_of(sheet.round).opens:
            sealed = next(
                share for share in act.envelope(kind).shares if share.recipient == recipient
            )
            try:
                share = open_share(identity, sealed, act.binding(kind), sheet.seat)
            except MarketError as no:
                refused.append(RefusedShare(act.bid_pub, kind, no.code))
            else:
                posted.append(PostedShare(act.bid_pub, kind, share))
    return ShareBatch(
        sheet.manifest.tender,
        sheet.manifest.hash,
        sheet.round,
        sheet.closing.hash,
        sheet.seat,
        recipient,
        tuple(posted),
        tuple(refused),
    )


def check_closing_entry(record: Record, trust: Trust, proof: Json, tender: str) -> Closing:
    """The closing of a proof file, which must be the one of the record, alone and witnessed."""
    found = check_inclusion(proof, trust)
    record.agrees(found.witnessed.checkpoint)
    if found.entry.kind != "closing" or found.entry.subject != tender:
        raise Malformed(
            "wrong-type", zh="这不是此项目的截标记录", en="Not the closing of this tender"
        )
    known = {canonical(placed.entry.data) for placed in record.entries("closing", tender)}
    if known != {canonical(found.entry.data)}:
        raise Refusal(
            "two-closings",
            zh="日志中有不止一份截标记录，停止开标并报告监督部门",
            en="The record holds more than one closing of this tender; stop and tell the "
            "supervisor",
        )
    return read_closing(found.entry.data)


def check_acts(raws: Sequence[bytes], manifest: Manifest) -> tuple[Act, ...]:
    """The acts to be opened: of this tender and manifest, signed, of the right shape, each once."""
    acts = tuple(read_act(raw) for raw in raws)
    for act in acts:
        check_act_signature(act)
        if not act.is_submission or (act.tender, act.manifest_hash) != (
            manifest.tender,
            manifest.hash,
        ):
            raise Malformed(
                "foreign-act",
                zh="清单中有不属于此项目的提交",
                en="The sheet holds an act of another tender or manifest",
            )
        check_shape(act, manifest)
    if len({act.bid_pub for act in acts}) != len(acts):
        raise Malformed("act-twice", zh="同一投标密钥出现两次", en="A bid key stands twice")
    return acts


def check_in_list(
    closing: Closing, listed: JsonObject, acts: Sequence[Act], salts: Sequence[bytes]
) -> None:
    """Refuse (`closing-differs`) an act that the witnessed closing does not list."""
    tender, rows = read_closing_list(listed)
    leaves = [row.leaf for row in rows]
    shown = [act_leaf(salt, act.raw) for act, salt in zip(acts, salts, strict=True)]
    wanted = [leaf for leaf in leaves if leaf in set(shown)]
    if (
        tender != closing.tender
        or digest(canonical(listed)) != closing.list_hash
        or shown != wanted
    ):
        raise Refusal(
            "closing-differs",
            zh="要求开启的提交不在截标清单中，未给出任何份额",
            en="An act to be opened is not in the closing list; no share was given out",
        )


def _sheet(profile: Profile, tender: str, line: Line, value: JsonObject) -> Sheet:
    given = Members(value)
    named, seat, no = given.tender(), given.whole("seat", 1), given.whole("round", 1)
    given.text("state")
    closing_hash = given.octets("closing_hash", 32)
    proof, raws = given.take("closing"), given.array("acts", _octets)
    salts = given.array("salts", _octets) if "salts" in value else None
    given.end()
    record, trust = profile.record(), profile.trust()
    closing = check_closing_entry(record, trust, proof, tender)
    manifest = sound_manifest(record, trust, tender)
    said = (named, closing.hash, closing.manifest_hash)
    if said != (tender, closing_hash, manifest.hash) or seat > manifest.n:
        raise Refusal(
            "closing-differs", zh="截标记录与清单不符", en="The closing is of another list"
        )
    acts = check_acts(raws, manifest)
    if salts is not None:
        shown = line.get(f"/api/v1/tenders/{tender}/closing").json().get("list")
        check_in_list(closing, shown if isinstance(shown, dict) else {}, acts, salts)
    else:
        profile.told.warn(
            "平台未给出各提交的盐，无法核对其是否在截标清单内",
            "The platform gave no salts: that these acts are those of the closing list is its word",
        )
    return Sheet(manifest, closing, no, seat, acts)


def _own_recipient(sheet: Sheet, pool: dict[str, str]) -> str:
    for recipient in sheet.manifest.seats[sheet.seat - 1].recipients:
        if recipient in pool:
            return recipient
    return identity_of(pool, sheet.manifest.seats[sheet.seat - 1].recipients[0])


def _once(
    book: OfficerBook, sheet: Sheet, batch: ShareBatch, signer: OrganisationSecret
) -> JsonObject:
    """The batch of this round as it was signed first; another set of bids gets no second one."""
    where = (sheet.manifest.tender, sheet.closing.hash, sheet.round)
    value = batch.sign(signer.key)
    known = book.batch(*where)
    if known is None:
        book.keep_batch(*where, value)
    elif known != value:
        raise Refusal(
            "round-changed",
            zh="本轮已为另一组投标签过份额批次，不再签署；报告监督部门",
            en="A batch for other bids of this round was signed before; no second one is made. "
            "Tell the supervisor",
        )
    return value


def _octets(item: Json) -> bytes:
    if not isinstance(item, str):
        raise Malformed
    return unb64u(item)
