"""The officers of a house of bids: seated, keyed, rehearsed; and later the shares they post.

house.post_shares(1, 2, 3)          what these officers have for the round, as their programs do
house.batch(2, false_for=[bid_pub]) officer 2's batch with a lie in it
house.seat(no); house.give_key(no, officer); house.rehearse(no, officer); house.settle(no)
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bidding.officers.commands import (
    Chair,
    GiveKey,
    PostRehearsal,
    SeatOfficers,
    SettleManifest,
    give_key,
    post_rehearsal,
    seat_officers,
    settle_manifest,
)
from bidding.officers.queries import rehearsal
from bidding.officers.rehearsal import commitment_of
from bidding.officers.rehearsal import read as read_rehearsal
from bidding.opening.shares import PostShares, post_shares, sheet
from market.accounts.roles import Role
from market.command import Actor
from market.kernel.errors import MarketError
from market.protocol import age
from market.protocol.acts import read_act
from market.protocol.binding import Kind
from market.protocol.encoding import canonical, unb64u
from market.protocol.envelopes import open_share
from market.protocol.officers import Organisation, SealingKey, officer_key, prove_officer
from market.protocol.opening import PostedShare, RefusedShare, ShareBatch
from market.protocol.signing import key_id, public_bytes
from tests.bidding.tenders.cast import BOND

SEATS = ("owner", "supervisor", "supervisor", "notary", "witness")
"""The parts of the five officers; two of the supervisor's people sit, and no more than two may."""


@dataclass
class Officer:
    """One officer: its seat, its person, its organisation's key, its own sealing key."""

    i: int
    role: str
    organisation: str
    actor: Actor
    signer: Ed25519PrivateKey
    identity: str

    @property
    def recipient(self) -> str:
        """The public half of the sealing key."""
        return age.recipient_of(self.identity)


class OfficersAtWork:
    """What a house's officers do."""

    officers: list[Officer]

    def _staff(self) -> None:
        cast = self.cast
        for name, account, role in (
            ("supervisor", "jian", Role.SUPV),
            ("notary", "gong", Role.NOTARY),
            ("witness", "ming", Role.NOTARY),
        ):
            cast.staffed(name, account, role)
            self.signers[name] = cast.give_key(name, account)
        self.signers["owner"] = cast.give_key("owner", "wang")
        cast.appoint("supervisor", "jian", "cha", Role.SUPV)
        accounts = ("wang", "jian", "cha", "gong", "ming")
        for i, (role, account) in enumerate(zip(SEATS, accounts, strict=True), start=1):
            actor = cast.actor(account, role)
            identity = age.new_identity()[0]
            self.officers.append(Officer(i, role, role, actor, self.signers[role], identity))

    # --- the opening ------------------------------------------------------------------------------

    def sheet(self, officer: Officer):
        """What this officer is given for the round."""
        return self.ask(sheet, self.no, officer.actor.person)

    def batch(self, i: int, *, false_for: Iterable[bytes] = (), refuse: Iterable[bytes] = ()):
        """Officer i's signed batch for the round; with a lie for some bid keys if asked."""
        officer = self.officers[i - 1]
        given = self.sheet(officer)
        lies, refusals = set(false_for), set(refuse)
        posted, refused = [], []
        for raw in given["acts"]:
            act = read_act(unb64u(raw))
            for kind in self.manifest.round_of(given["round"]).opens:
                sealed = next(
                    s for s in act.envelope(kind).shares if s.recipient == officer.recipient
                )
                if act.bid_pub in refusals:
                    refused.append(RefusedShare(act.bid_pub, kind, "foreign-share"))
                    continue
                try:
                    share = open_share(officer.identity, sealed, act.binding(kind), i)
                except MarketError as refusal:
                    refused.append(RefusedShare(act.bid_pub, kind, refusal.code))
                    continue
                if act.bid_pub in lies:
                    share = bytes(74) + share[-1:]
                posted.append(PostedShare(act.bid_pub, kind, share))
        batch = ShareBatch(
            self.no,
            self.manifest.hash,
            given["round"],
            unb64u(given["closing_hash"]),
            i,
            officer.recipient,
            tuple(posted),
            tuple(refused),
        )
        return canonical(batch.sign(officer.signer))

    def post(self, i: int, raw: bytes):
        """Hand in a batch as officer i."""
        return self.office.run(post_shares, PostShares(self.no, raw), self.officers[i - 1].actor)

    def post_shares(self, *numbers: int) -> None:
        """These officers hand in what they have for the round."""
        for i in numbers:
            self.post(i, self.batch(i))

    # --- officers before the opening --------------------------------------------------------------

    def seat(self, no: str, officers: Iterable[Officer] | None = None, k: int = 3) -> None:
        """The owner names the officers."""
        named = self.officers if officers is None else list(officers)
        ids = self.cast.organisations
        chairs = [Chair(o.role, ids[o.organisation], o.actor.person) for o in named]
        self.tenders.run(seat_officers, SeatOfficers(no, ids["owner"], None, k, chairs))

    def statement(self, no: str, officer: Officer, **changes) -> bytes:
        """An officer's key with its organisation's proof."""
        organisation = Organisation(
            f"{officer.organisation}有限公司", self.cast.usccs[officer.organisation]
        )
        values = {
            "role": officer.role,
            "organisation": organisation,
            "recipient": officer.recipient,
            "signer": officer.signer,
            "tool": "client",
        } | changes
        sealing = SealingKey(values["recipient"], bytes(32), values["tool"], b"")
        stated = officer_key(no, values["role"], values["organisation"], sealing)
        return canonical(prove_officer(stated, values["signer"]))

    def give_key(self, no: str, officer: Officer, **changes):
        """The officer hands it in."""
        command = GiveKey(no, self.statement(no, officer, **changes))
        return self.office.run(give_key, command, officer.actor)

    def rehearsal_batch(self, no: str, officer: Officer, i: int | None = None) -> bytes:
        """What the officer's program makes of the rehearsal's sheet."""
        raw, i = self.ask(rehearsal, no), i or officer.i
        binding, envelope, _ = read_rehearsal(raw)
        share = open_share(officer.identity, envelope.shares[i - 1], binding, i)
        batch = ShareBatch(
            no,
            binding.manifest_hash,
            0,
            commitment_of(raw),
            i,
            officer.recipient,
            (PostedShare(binding.bid_pub, Kind.IDENTITY, share),),
            (),
            rehearsal=True,
        )
        return canonical(batch.sign(officer.signer))

    def rehearse(self, no: str, officer: Officer):
        """Open the rehearsal and hand the batch in."""
        command = PostRehearsal(no, self.rehearsal_batch(no, officer))
        return self.office.run(post_rehearsal, command, officer.actor)

    def settle(self, no: str):
        """The owner puts the manifest into the journal."""
        pinned = frozenset({key_id(public_bytes(self.signers["notary"]))})
        return self.tenders.run(settle_manifest, SettleManifest(no, BOND.fen, bytes(32), pinned))
