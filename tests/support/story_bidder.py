"""What bidders do in stories: by the client, at the trial bank, and on no page of the platform."""

import json
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import urllib3

from market.demo.people.kinds import Organisation
from market.demo.seed.house import PASSWORD
from tests.support.exchange import HONEST, Exchange, Said
from tests.support.papers import make_letter, make_pdf, make_sheet
from tests.support.story_owner import BOND

PRICED: Final = 100  # fen in a yuan
PAY_RUN: Final = timedelta(days=2)
"""By then the custodian has paid what was claimed: it pays once a day."""


@dataclass(frozen=True, slots=True)
class Firm:
    """A bidder of a story with a profile of its own."""

    exchange: Exchange
    organisation: Organisation
    home: Path
    program: str = HONEST
    """The client this firm runs; one that lies in the story of a liar."""

    @property
    def uscc(self) -> str:
        """Its credit code."""
        return self.organisation.uscc

    def client(self, *arguments: str) -> Said:
        """Run the firm's client."""
        return self.exchange.client(self.home, *arguments, program=self.program)

    # --- the bond ---------------------------------------------------------------------------------

    def buy(self, fen: int = BOND) -> str:
        """A token: ordered, paid from the basic account, signed and finished; its name."""
        yuan = f"{fen // PRICED}"
        order = self.client("bond", "buy", "--yuan", yuan, "--uscc", self.uscc).facts
        if fen:
            assert self.pay(order, fen) == HTTPStatus.OK
        said = ["bond", "wait", "--seconds", "20", "--uscc", self.uscc]
        done = self.client(*said).facts
        assert done["ready"]
        return str(done["token"])

    def pay(self, order: dict[str, Any], fen: int) -> int:
        """A transfer by the firm's own e-banking to the custodian; the bank's status."""
        account = self.organisation.basic_account
        token = _post(f"{self.exchange.custodian}/bank/sign-in", _sign_in(account))[1]["token"]
        transfer = {
            "from_account": account,
            "to": order["pay_to"]["account"],
            "amount": fen,
            "remark": order["code"],
        }
        status, _ = _post(f"{self.exchange.custodian}/bank/transfers", transfer, str(token))
        return status

    def tokens(self) -> list[dict[str, Any]]:
        """The tokens in the firm's wallet."""
        found: list[dict[str, Any]] = self.client("bond", "list").facts["tokens"]
        return found

    # --- the bid ----------------------------------------------------------------------------------

    def seal(self, no: str, yuan: int, act: str = "seal") -> dict[str, Any]:
        """A bid with its documents, sealed on the firm's machine."""
        folder = self.home / "bid"
        folder.mkdir(exist_ok=True)
        offer = folder / "offer.json"
        facts = {
            "price": {"price": yuan * PRICED, "delivery": "合同签订后 25 日"},
            "technical": {"delivery-days": 25, "plan": "四台设备，分两批安装"},
        }
        offer.write_text(json.dumps(facts, ensure_ascii=False))
        plan = make_pdf(folder / "plan.pdf", "实施方案 / Plan", "四台设备，分两批安装")
        letter = make_letter(folder / "service.docx", "售后服务承诺：三年免费保修")
        bill = make_sheet(folder / f"bill-{yuan}.xlsx", [("超声诊断系统", yuan)])
        words = ["bid", act, no, "--offer", str(offer)]
        words += ["--document", str(plan), "--document", str(letter)]
        words += ["--price-document", str(bill)]
        words += ["--org-key", str(self.exchange.organisation_key(self.uscc))]
        return self.client(*words).facts

    def bid(self, no: str, yuan: int) -> dict[str, Any]:
        """A bid sealed and sent; what the receipt says."""
        self.client("tender", "check", no).facts  # noqa: B018  fails unless everything agrees
        self.seal(no, yuan)
        return self.client("bid", "send", no).facts

    def redeemed(self, no: str) -> dict[str, Any]:
        """The receipt redeemed: batch, place, proof under a witnessed checkpoint."""
        return self.client("bid", "receipt", no, "--seconds", "30").facts

    def refund(self, token: str) -> dict[str, Any]:
        """A token given up, its refund token shown hours later; what the custodian said."""
        given = self.client("bond", "surrender", token).facts
        self.exchange.advance_to(self.exchange.now() + timedelta(hours=49))
        account = self.organisation.basic_account
        words = ["bond", "refund", given["refund_token"]]
        done = self.client(*words, "--uscc", self.uscc, "--account", account).facts
        self.exchange.advance_to(self.exchange.now() + PAY_RUN)
        return done


def firm(exchange: Exchange, number: int) -> Firm:
    """The bidder with this number in the cast, counted from 0."""
    organisation = exchange.cast.bidders()[number]
    return Firm(exchange, organisation, exchange.home(f"firm-{organisation.uscc}"))


def balance(exchange: Exchange, organisation: Organisation) -> int:
    """What lies in a firm's basic account at the trial bank, in fen."""
    account = organisation.basic_account
    token = _post(f"{exchange.custodian}/bank/sign-in", _sign_in(account))[1]["token"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = urllib3.request("GET", f"{exchange.custodian}/bank/statements", headers=headers)
    return int(answer.json()["balance"])


def _sign_in(account: str) -> dict[str, Any]:
    return {"account": account, "password": PASSWORD}


def _post(url: str, value: dict[str, Any], token: str = "") -> tuple[int, dict[str, Any]]:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    answer = urllib3.request("POST", url, body=json.dumps(value).encode(), headers=headers)
    found: dict[str, Any] = answer.json()
    assert answer.status == HTTPStatus.OK, found
    return answer.status, found
