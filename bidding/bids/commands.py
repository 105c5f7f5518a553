"""What a bid key may do: submit, replace, withdraw. The order of checks is the protocol's.

An accepted act is one row, one leaf of the next sealed batch and one receipt, in one commit. It
has no line in the trail and no entry of its own.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select

from bidding.bids.model import BidAct, LiveMark, Upload
from bidding.bids.uploads import keep_named
from bidding.bonds.commands import move_token, spend
from bidding.bonds.rules import TokenAction
from bidding.officers.queries import manifest
from bidding.tenders.queries import bidding_terms
from market.command import Work
from market.journal.commands import seal
from market.kernel.errors import NotFound, Refusal
from market.protocol.acts import (
    Act,
    LastAct,
    check_act_signature,
    check_ciphertexts,
    check_current,
    check_in_time,
    check_no_copy,
    check_sequence,
    check_shape,
    read_act,
)
from market.protocol.encoding import b64u, canonical, digest
from market.protocol.manifest import Manifest, read_manifest
from market.protocol.receipts import receipt_for


@dataclass(frozen=True, slots=True)
class SubmitAct:
    """An act as it came for a tender, and the key that signs receipts."""

    tender_no: str
    raw: bytes
    receipt_key: Ed25519PrivateKey


def submit_act(work: Work, command: SubmitAct) -> bytes:
    """Accept an act of a bid key; the receipt's canonical bytes.

    `work.now` is the moment the body was complete by the database's clock; it is kept when the
    transaction is tried again, so an act complete in time counts however long the commit takes.
    Refusals in the order of PROTOCOL section 3: `malformed`, `bad-signature`, `superseded` or
    `out-of-order`, `late`, `manifest-changed` or `amendment-changed` or `wrong-envelopes`, those
    of the token, `token-used`, `copied`, `ciphertext-missing`. The identical last act is answered
    with its receipt at any time.
    """
    known = _receipt_of_last(work, command.raw)
    if known is not None:
        return known
    act = read_act(command.raw)
    check_act_signature(act)
    if act.tender != command.tender_no:
        raise NotFound
    work.share(f"tender:{act.tender}")
    work.hold(f"bid:{b64u(act.bid_pub)}")
    known = _receipt_of_last(work, command.raw)  # its twin may have been accepted while this waited
    if known is not None:
        return known
    check_sequence(act, _last_or_none(work, act))
    nullifier = _check_tender_and_token(work, act)
    _check_envelopes(work, act)
    return _accept(work, act, nullifier, command.receipt_key)


def _receipt_of_last(work: Work, raw: bytes) -> bytes | None:
    """The receipt of these bytes if they are the last accepted act of their bid key."""
    known = work.session.get(BidAct, digest(raw))
    if known is None or _last(work, known.tender_no, known.bid_pub).hash != known.act_hash:
        return None
    return known.receipt


def _check_tender_and_token(work: Work, act: Act) -> bytes:
    """Steps 5 to 8; the nullifier of the act's token."""
    terms = bidding_terms(work.session, act.tender)
    if terms is None:
        raise NotFound
    check_in_time(work.now, terms.deadline)
    if not terms.takes_bids:
        raise Refusal(
            "not-open",
            zh="该项目当前不接受投标",
            en="This tender takes no bids now",
        )
    check_current(act, terms.manifest_hash, terms.amendment)
    published = _manifest(work, act.tender)
    check_shape(act, published)
    nullifier = spend(work, act.token, act.bid_pub, act.tender, published.bond)
    _refuse_other_token(work, act, nullifier)
    if not act.is_submission:
        move_token(work, nullifier, TokenAction.WITHDRAW)
    return nullifier


def _refuse_other_token(work: Work, act: Act, nullifier: bytes) -> None:
    """Refuse (`other-token`) to go on with a second token: the first would stay live for ever."""
    first = work.session.scalar(
        select(BidAct.nullifier)
        .where(BidAct.tender_no == act.tender, BidAct.bid_pub == act.bid_pub)
        .limit(1)
    )
    if first is not None and first != nullifier:
        raise Refusal(
            "other-token",
            zh="替换和撤回须使用首次提交所用的同一令牌",
            en="A replacement or withdrawal uses the token of the first submission",
        )


def _check_envelopes(work: Work, act: Act) -> None:
    """Steps 9 and 10."""
    elsewhere = work.session.scalars(
        select(LiveMark.mark).where(
            LiveMark.mark.in_(act.marks),
            (LiveMark.bid_pub != act.bid_pub) | (LiveMark.tender_no != act.tender),
        )
    )
    check_no_copy(act, elsewhere)
    uploads = work.session.scalars(
        select(Upload).where(Upload.digest.in_(act.ciphertexts), Upload.bid_pub == act.bid_pub)
    )
    check_ciphertexts(act, {row.digest: row.length for row in uploads if row.digest})


def _accept(work: Work, act: Act, nullifier: bytes, key: Ed25519PrivateKey) -> bytes:
    """Step 11: the rows, the leaf and the receipt."""
    before = work.session.scalars(
        select(BidAct).where(
            BidAct.tender_no == act.tender, BidAct.bid_pub == act.bid_pub, BidAct.live
        )
    )
    for row in before:
        row.live = False
    work.session.flush()
    keep_named(work, act.bid_pub, act.tender, act.ciphertexts)
    work.session.execute(
        delete(LiveMark).where(LiveMark.tender_no == act.tender, LiveMark.bid_pub == act.bid_pub)
    )
    work.session.add_all(
        LiveMark(mark=mark, tender_no=act.tender, bid_pub=act.bid_pub) for mark in act.marks
    )
    sealed = seal(work, act.raw)
    receipt = canonical(receipt_for(act, sealed.salt, work.now).sign(key))
    work.session.add(
        BidAct(
            act_hash=act.hash,
            tender_no=act.tender,
            bid_pub=act.bid_pub,
            seq=act.seq,
            kind=act.kind,
            live=act.is_submission,
            nullifier=nullifier,
            raw=act.raw,
            at=work.now,
            receipt=receipt,
        )
    )
    return receipt


def forget_marks(work: Work, tender_no: str) -> None:
    """Let go of what was live: the tender's bids were opened, released or ended."""
    work.session.execute(delete(LiveMark).where(LiveMark.tender_no == tender_no))


def end_live(work: Work, tender_no: str, before: int | None = None) -> list[bytes]:
    """Make bids of this tender live no more; the nullifiers of their tokens.

    `before` is the amendment that asked for new bids: one made for it, or for a later one, stays.
    """
    rows = work.session.scalars(select(BidAct).where(BidAct.tender_no == tender_no, BidAct.live))
    ended = [row for row in rows if before is None or read_act(row.raw).amendment < before]
    for row in ended:
        row.live = False
    gone = [row.bid_pub for row in ended]
    for bid_pub in gone:
        keep_named(work, bid_pub, tender_no, ())
    work.session.execute(
        delete(LiveMark).where(LiveMark.tender_no == tender_no, LiveMark.bid_pub.in_(gone))
    )
    return [row.nullifier for row in ended]


def _manifest(work: Work, tender_no: str) -> Manifest:
    found = manifest(work.session, tender_no)
    if found is None:
        raise NotFound
    return read_manifest(found.raw)


def _last(work: Work, tender_no: str, bid_pub: bytes) -> LastAct:
    row = work.session.execute(
        select(BidAct.seq, BidAct.act_hash)
        .where(BidAct.tender_no == tender_no, BidAct.bid_pub == bid_pub)
        .order_by(BidAct.seq.desc())
        .limit(1)
    ).one()
    return LastAct(row.seq, row.act_hash)


def _last_or_none(work: Work, act: Act) -> LastAct | None:
    known = work.session.scalar(
        select(BidAct.seq)
        .where(BidAct.tender_no == act.tender, BidAct.bid_pub == act.bid_pub)
        .limit(1)
    )
    return None if known is None else _last(work, act.tender, act.bid_pub)
