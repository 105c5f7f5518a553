"""A custodian for tests: real database, stopped clock, two holders, and everything they do.

Every command is followed by a look at the whole books (`AuditedOffice`).
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from flask.testing import FlaskClient

from bidding.custodian.app import Program, build, create_app
from bidding.custodian.command import Office
from bidding.custodian.commands.bondkeys import KeepKey, keep_key
from bidding.custodian.commands.booking import BankNotice, BookNotice, book_notice
from bidding.custodian.commands.deposits import OrderDeposit, order_deposit, signature_of
from bidding.custodian.commands.holders import (
    EnterHolder,
    Passwords,
    PayingAccount,
    enter_holder,
)
from bidding.custodian.commands.refunds import (
    Claimed,
    ClaimRefund,
    SignRefund,
    claim_refund,
    sign_refund,
)
from bidding.custodian.keyfiles import bond_name
from bidding.custodian.ledger import disagreements
from bidding.custodian.queries import own_deposit
from bidding.custodian.settings import House, Settings
from bidding.custodian.trialbank.commands import OpenAccount, open_account
from market.kernel.clock import StoppedClock
from market.kernel.money import Money
from market.protocol import blind
from market.protocol.bondkeys import BID, REFUND, BondKey
from market.protocol.encoding import JsonObject, b64u, canonical
from market.protocol.links import Link, link_request, read_link_answer
from market.protocol.opening import Closing
from market.protocol.paymentcode import payment_code
from market.protocol.settlements import (
    Order,
    read_settlement_answer,
    settlement_request,
)
from market.protocol.signing import new_key, public_bytes
from market.protocol.surrender import (
    RefundClaim,
    Surrender,
    permit_for,
    refund_request,
)
from market.protocol.tokens import Token, blinded_hash, make_token, prepare
from tests.support import log_cast
from tests.support.protocol_keys import ADMISSION_KEY, BID_KEY, REFUND_KEY

EPOCH = "2026Q4"
BOND = 5_000_000
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DEADLINE = NOON + timedelta(days=7)
PLATFORM = log_cast.private("platform")
PASSWORD = "a long enough password"
CHEAP = Passwords(memory_kib=64, passes=1, lanes=1)
SUMS = {(BOND, BID): BID_KEY, (BOND, REFUND): REFUND_KEY, (0, BID): ADMISSION_KEY}
OWN_FUNDS = Money(1_000_000_00)


class AuditedOffice(Office):
    """An office whose books are looked through after every command."""

    def run(self, handler, command, *, at=None):
        done = super().run(handler, command, at=at)
        assert self.read(disagreements) == []
        return done


@dataclass
class Firm:
    """A holder as it stands in the books, and the account it pays from."""

    id: object
    uscc: str
    account: str


@dataclass
class Wallet:
    """A token in the making or made."""

    firm: Firm
    key: object
    public: bytes
    prepared: bytes
    blinding: blind.Blinding
    denomination: int = BOND
    token: Token | None = None

    @property
    def name(self) -> bytes:
        return blinded_hash(self.blinding.blinded)

    @property
    def code(self) -> str:
        return payment_code(self.name)


def settings_for(url: str, folder: Path, mode: str = "test") -> Settings:
    """Settings of a test, with a trust file that pins the log of `log_cast`."""
    trust = folder / "trust.json"
    trust.write_bytes(log_cast.make_trust().write())
    return Settings(
        mode=mode,
        database_url=url,
        keys=folder / "keys",
        trust_file=trust,
        platform_key=public_bytes(PLATFORM),
        platform_url="http://platform.test",
        anonymous_url="http://anonymous.test",
        url="http://custodian.test",
        house=House("91110000TR1A1BNK6K", "托管部", "试验银行", "62000001", "62000002", "62000003"),
        demand_rate=Decimal("0.0005"),
        base_rate=Decimal("0.03"),
    )


class Cast:
    """The custodian with its people."""

    def __init__(self, url: str, folder: Path, *, office: type[Office] = AuditedOffice) -> None:
        self.clock = StoppedClock(NOON)
        self.settings = settings_for(url, folder)
        made = build(self.settings, self.clock, CHEAP)
        audited = office(made.office.sessions, self.clock, made.office.machine)
        self.program: Program = replace(made, office=audited)
        self.office = audited
        self.files = self.program.files
        self.files.make()
        for (denomination, purpose), private in SUMS.items():
            # As if read from its file, which takes a third of a second (test_keys.py does it).
            self.files._bonds[bond_name(denomination, EPOCH, purpose)] = private
            key = BondKey(denomination, EPOCH, purpose, private.public)
            self.office.run(keep_key, KeepKey(key))
        self.a = self.firm("91350100M000100Y43", "甲公司", "80000000000001")
        self.b = self.firm("9144030071526726XG", "乙公司", "80000000000002")
        house = self.settings.house
        self.office.run(open_account, OpenAccount(house.account, house.name, Money(0)))
        self.office.run(open_account, OpenAccount(house.own_account, house.name, OWN_FUNDS))
        self.office.run(open_account, OpenAccount(house.treasury_account, "国库", Money(0)))
        self._serial = 0
        self.log = log_cast.Log()
        self.log.append("notice", NOON, "ZC-0", {"any": 1})

    def client(self) -> FlaskClient:
        """A program's view of the custodian."""
        return create_app(self.program).test_client()

    def firm(self, uscc: str, name: str, account: str) -> Firm:
        """Enter a holder, with an account at the trial bank that holds twenty bonds."""
        command = EnterHolder(
            uscc, name, CHEAP.hash(PASSWORD), (PayingAccount(account, name, "某银行"),)
        )
        money = OpenAccount(account, name, Money(20 * BOND), CHEAP.hash(PASSWORD))
        self.office.run(open_account, money)
        return Firm(self.office.run(enter_holder, command), uscc, account)

    def wallet(self, firm: Firm, denomination: int = BOND) -> Wallet:
        """Secrets of a token, nothing asked yet."""
        key = new_key()
        prepared = prepare(public_bytes(key))
        blinding = blind.blind(SUMS[denomination, BID].public, prepared)
        return Wallet(firm, key, public_bytes(key), prepared, blinding, denomination)

    def order(self, wallet: Wallet, firm: Firm | None = None) -> bytes:
        """Ask for a payment order."""
        holder = (firm or wallet.firm).id
        command = OrderDeposit(
            holder, wallet.denomination, EPOCH, wallet.blinding.blinded, self.files
        )
        return self.office.run(order_deposit, command)

    def credit(
        self,
        remark: str,
        account: str,
        *,
        fen: int = BOND,
        at: datetime | None = None,
        serial: str | None = None,
    ) -> str:
        """The bank tells of a credit; what the custodian makes of it."""
        self._serial += 1
        notice = BankNotice(
            serial or f"S{self._serial}",
            account,
            "某公司",
            "某银行",
            Money(fen),
            remark,
            at or self.clock.now(),
        )
        return self.office.run(book_notice, BookNotice(notice, self.files))

    def deposit(self, wallet: Wallet) -> Wallet:
        """Order, pay, finalize: a wallet with its token."""
        self.order(wallet)
        if wallet.denomination:
            assert self.credit(wallet.code, wallet.firm.account) == "deposit"
        return self.finalize(wallet)

    def finalize(self, wallet: Wallet) -> Wallet:
        """Take the answer and make the token."""
        key = BondKey(wallet.denomination, EPOCH, BID, SUMS[wallet.denomination, BID].public)
        answer = self.signature(wallet)
        wallet.token = make_token(key, wallet.prepared, answer, wallet.blinding.inv)
        return wallet

    def signature(self, wallet: Wallet) -> bytes:
        """The custodian's answer for a wallet's deposit."""

        def look(session):
            row = own_deposit(session, wallet.firm.id, b64u(wallet.name))
            return signature_of(session, row, self.files)

        return self.office.read(look)

    def bought(self, firm: Firm, count: int = 1) -> list[Wallet]:
        """So many tokens, paid for."""
        return [self.deposit(self.wallet(firm)) for _ in range(count)]

    def state(self, wallet: Wallet) -> str:
        """Where a wallet's deposit stands."""
        return self.office.read(
            lambda session: own_deposit(session, wallet.firm.id, b64u(wallet.name)).state.value
        )

    # --- refunds ----------------------------------------------------------------------------------

    def permit(self, wallet: Wallet) -> tuple[JsonObject, Wallet]:
        """A permit of the platform for a fresh refund wallet."""
        key = new_key()
        prepared = prepare(public_bytes(key), REFUND)
        blinding = blind.blind(REFUND_KEY.public, prepared)
        fresh = Wallet(wallet.firm, key, public_bytes(key), prepared, blinding)
        surrender = Surrender(wallet.token, wallet.public, fresh.name)
        return permit_for(surrender).sign(PLATFORM), fresh

    def refund_token(self, wallet: Wallet) -> Wallet:
        """Surrender at the platform, refund token from the custodian."""
        permit, fresh = self.permit(wallet)
        request = refund_request(permit, fresh.blinding.blinded)
        answer = self.office.run(
            sign_refund, SignRefund(request, public_bytes(PLATFORM), self.files)
        )
        key = BondKey(BOND, EPOCH, REFUND, REFUND_KEY.public)
        fresh.token = make_token(key, fresh.prepared, answer, fresh.blinding.inv)
        return fresh

    def claim(self, refund: Wallet, deposit: bytes, account: str | None = None) -> JsonObject:
        """The signed claim of a refund token for a deposit."""
        to = account or refund.firm.account
        return RefundClaim(refund.token, refund.public, deposit, to).sign(refund.key)

    def refund(self, claim: JsonObject, firm: Firm) -> Claimed:
        """Hand in a claim as a signed-in holder."""
        return self.office.run(claim_refund, ClaimRefund(firm.id, claim, self.settings))

    # --- the platform -----------------------------------------------------------------------------

    def closing(self, tender: str, deadline: datetime = DEADLINE) -> tuple[JsonObject, Closing]:
        """A closing in the log, with its proof file."""
        hashed = log_cast.secret(tender)
        closing = Closing(tender, hashed, 0, deadline, hashed, hashed)
        index = self.log.append("closing", deadline, tender, closing.to_json())
        return self.log.inclusion(index), closing

    def links_body(
        self, tender: str, links: list[Link], closed: tuple[JsonObject, Closing]
    ) -> bytes:
        """What the platform posts to /links."""
        proof, closing = closed
        request = link_request(tender, closing.hash, links, PLATFORM)
        return canonical({"request": request, "closing": proof})

    def links(self, tender: str, links: list[Link], closed=None):
        """Ask for links over HTTP: the answers by bid key."""
        closed = closed or self.closing(tender)
        body = self.links_body(tender, links, closed)
        said = self.client().post("/links", data=body)
        assert said.status_code == 200, said.json
        read = read_link_answer(said.json, public_bytes(self.files.signer))
        return {item.bid_pub: item for item in read[2]}

    def settle(self, tender: str, orders: list[Order]):
        """Order settlements over HTTP: what was done, by deposit; none may be left alone."""
        said = self.settlement(tender, orders)
        assert said.refused == ()
        return {item.h_blinded: item for item in said.settled}

    def settlement(self, tender: str, orders: list[Order]):
        """Order settlements over HTTP: the whole answer."""
        body = canonical(settlement_request(tender, orders, PLATFORM))
        said = self.client().post("/settlements", data=body)
        assert said.status_code == 200, said.json
        return read_settlement_answer(said.json, public_bytes(self.files.signer))


def link_of(wallet: Wallet, uscc: str | None = None) -> Link:
    """The link of a bid that the wallet's token stands behind."""
    return Link(wallet.public, wallet.token, uscc or wallet.firm.uscc, wallet.blinding.inv)


def day(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)
