"""Sealing a bid on the bidder's own machine: nothing leaves it here.

The order is fixed: the token is bound to the tender in the wallet, the ciphertexts are written,
and last the signed act; a crash leaves either no version or a whole one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bidding.client import files
from bidding.client.bidbook import Bid, BidBook
from bidding.client.offer import (
    Paper,
    read_offer_file,
    read_papers,
    refuse_above,
    with_documents,
)
from bidding.client.organisations import OrganisationSecret
from bidding.client.profile import Profile
from bidding.client.registered import Terms, bond_keys, terms
from bidding.client.wallet import Held, Wallet
from market.kernel.errors import Refusal
from market.protocol.acts import SUBMISSION, WITHDRAWAL, Act, check_in_time, sign_act
from market.protocol.binding import Binding, Kind, bind_json
from market.protocol.bondkeys import BID, check_spendable
from market.protocol.encoding import Json, JsonObject, b64u
from market.protocol.envelopes import Envelope, seal_envelope
from market.protocol.identity import Identity
from market.protocol.offers import Fact, facts_root, offer_json, salted_facts
from market.protocol.payload import pack, payload_hash


@dataclass(frozen=True, slots=True)
class Offer:
    """What is sealed: the offer file and the documents of each envelope."""

    file: Path
    technical: Sequence[Path]
    price: Sequence[Path]
    consortium: Sequence[str] = ()


def seal_bid(
    profile: Profile, tender: str, offer: Offer, signer: OrganisationSecret, *, again: bool
) -> None:
    """Seal a bid for the tender as the record has it; the newest version replaces unsent ones.

    `again`: a bid was accepted and is to be replaced. Refused: everything that `terms` refuses,
    `late`, `already-bid`, `unsettled`, `no-free-token`, `bad-offer`, `above-ceiling`.
    """
    wanted = _open_terms(profile, tender)
    book = BidBook(profile.home, tender)
    book.refuse_unsettled()
    before = book.accepted()
    if before is not None and before.act.is_submission and not again:
        raise Refusal(
            "already-bid",
            zh="此项目已有受理的投标；替换用 bid replace",
            en="A bid for this tender was accepted; replace it with bid replace",
        )
    facts = read_offer_file(offer.file)
    refuse_above(facts[Kind.PRICE], wanted.notice.get("ceiling"))
    marks = [signer.uscc, signer.name]
    papers = {
        Kind.TECHNICAL: read_papers(offer.technical, marks),
        Kind.PRICE: read_papers(offer.price, []),
    }
    _warn_names(profile, papers[Kind.TECHNICAL])
    held = _token(profile, wanted)
    bid = _seal(book, wanted, held, facts, papers, signer, offer.consortium).keep()
    _tell_sealed(profile, bid, wanted)


def seal_withdrawal(profile: Profile, tender: str) -> None:
    """Make the withdrawal of the accepted bid; `nothing-to-withdraw` without one."""
    book = BidBook(profile.home, tender)
    book.refuse_unsettled()
    before = book.accepted()
    if before is None or not before.act.is_submission:
        raise Refusal(
            "nothing-to-withdraw", zh="没有可撤回的投标", en="There is no bid to withdraw"
        )
    held = Wallet(profile.home).one(before.token)
    seq, previous = book.place()
    act = Act(
        WITHDRAWAL,
        tender,
        before.act.manifest_hash,
        before.act.amendment,
        seq,
        previous,
        (),
        held.token,
        held.public,
    )
    Bid(book.new_folder(), sign_act(act, held.key), held.name, {}).keep()


def _open_terms(profile: Profile, tender: str) -> Terms:
    record = profile.record()
    wanted = terms(record, profile.trust(), tender)
    check_in_time(record.now, wanted.deadline)
    return wanted


def _token(profile: Profile, wanted: Terms) -> Held:
    """The tender's own token, or a free one bound to it from now on: it serves no other."""
    wallet = Wallet(profile.home)
    tender, bond = wanted.manifest.tender, wanted.manifest.bond
    own = [held for held in wallet.all() if held.tender == tender and held.refund is None]
    held = own[0] if own else wallet.free(bond)
    key = bond_keys(profile.record()).key(held.denomination, held.epoch, BID)
    check_spendable(key, profile.record().now)
    bound = replace(held, tender=tender)
    wallet.keep(bound)
    return bound


def _seal(
    book: BidBook,
    wanted: Terms,
    held: Held,
    facts: Mapping[Kind, JsonObject],
    papers: Mapping[Kind, Sequence[Paper]],
    signer: OrganisationSecret,
    consortium: Sequence[str],
) -> Bid:
    manifest, folder = wanted.manifest, book.new_folder()
    envelopes, hashes, kept = dict[Kind, Envelope](), list[tuple[Kind, bytes]](), dict[str, Json]()
    for kind in manifest.kinds:
        if kind is Kind.IDENTITY:
            continue
        salted = salted_facts(with_documents(facts.get(kind, {}), papers[kind]))
        if not salted:
            raise _nothing_offered(kind)
        main = offer_json(salted)
        envelopes[kind], digest = _envelope(folder, wanted, held, kind, main, papers[kind])
        hashes.append((kind, payload_hash(facts_root(salted), digest)))
        kept[kind.value] = _kept(salted, digest)
    identity = _identity(wanted, held, hashes, signer, consortium)
    envelopes[Kind.IDENTITY], _ = _envelope(folder, wanted, held, Kind.IDENTITY, identity, ())
    seq, previous = book.place()
    act = Act(
        SUBMISSION,
        manifest.tender,
        manifest.hash,
        wanted.amendment,
        seq,
        previous,
        tuple(envelopes[kind] for kind in manifest.kinds),
        held.token,
        held.public,
    )
    return Bid(folder, sign_act(act, held.key), held.name, kept)


def _identity(
    wanted: Terms,
    held: Held,
    hashes: Sequence[tuple[Kind, bytes]],
    signer: OrganisationSecret,
    consortium: Sequence[str],
) -> JsonObject:
    """Who bids, with what payloads, on which deposit; signed by the organisation."""
    said = Identity(
        signer.uscc,
        tuple(sorted(consortium)),
        wanted.manifest.tender,
        wanted.manifest.hash,
        wanted.amendment,
        held.public,
        tuple(hashes),
        held.inv,
    )
    return said.sign(signer.key)


def _nothing_offered(kind: Kind) -> Refusal:
    return Refusal(
        "nothing-offered", zh=f"{kind} 信封没有内容", en=f"The {kind} envelope would be empty"
    )


def _envelope(
    folder: Path,
    wanted: Terms,
    held: Held,
    kind: Kind,
    main: JsonObject,
    papers: Sequence[Paper],
) -> tuple[Envelope, bytes]:
    manifest = wanted.manifest
    binding = Binding(manifest.tender, manifest.hash, wanted.amendment, kind, held.public)
    payload = pack(kind, bind_json(binding), main, [paper.document() for paper in papers])
    seats = [seat.recipients for seat in manifest.seats]
    with files.written(folder / f"{kind.value}.age") as file:
        sealed = seal_envelope(binding, seats, manifest.k, payload, file.write)
    return sealed.envelope, sealed.payload_digest


def _kept(salted: Sequence[Fact], digest: bytes) -> JsonObject:
    return {"offer": offer_json(salted), "payload_digest": b64u(digest)}


def _warn_names(profile: Profile, papers: Sequence[Paper]) -> None:
    for paper in papers:
        if paper.names_bidder:
            profile.told.warn(
                f"技术文件含有本单位名称或代码，暗标可能因此无效：{paper.path.name}",
                f"The technical document names your organisation and may void the bid: "
                f"{paper.path.name}",
            )


def _tell_sealed(profile: Profile, bid: Bid, wanted: Terms) -> None:
    told = profile.told
    told.facts = {
        "tender": bid.act.tender,
        "version": bid.number,
        "seq": bid.act.seq,
        "token": bid.token,
        "witnessed": profile.record().is_witnessed,
        "sizes": {item.kind.value: item.size for item in bid.act.envelopes},
    }
    for seat in wanted.manifest.seats:
        told.say(
            f"开标人 {seat.role}：{seat.organisation.name} {seat.organisation.uscc}",
            f"Officer {seat.role}: {seat.organisation.name} {seat.organisation.uscc}",
        )
    told.say(
        f"已在本机封装第 {bid.number} 版，尚未提交；提交用 bid send {bid.act.tender}",
        f"Version {bid.number} is sealed on this machine and not sent; "
        f"send it with bid send {bid.act.tender}",
    )
