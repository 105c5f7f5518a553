"""What bidders and officers do: bonds, sealed bids, and the opening of all of them."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from bidding.client.openings import open_round
from market.demo.people.kinds import Organisation
from market.demo.play.owners import BOND, NEAR, deadline_of, officers
from market.demo.play.troupe import Troupe, paper
from market.demo.seed.house import PASSWORD, account_of
from market.protocol.encoding import canonical

YUAN: Final = 100  # fen
ROUNDS: Final = (1, 2, 3)
OPENERS: Final = 2
PLAN: Final = "全部设备分两批安装"


def bid(troupe: Troupe, no: str, firm: Organisation, yuan: int) -> None:
    """A bond paid, a bid sealed on the firm's own machine and sent; its receipt redeemed."""
    home = troupe.folder(firm.uscc) / "client"
    home.mkdir(exist_ok=True, mode=0o700)
    own = ("--uscc", firm.uscc)
    order = troupe.runs(home, "bond", "buy", "--yuan", str(BOND // YUAN), *own)
    _pay(troupe, firm, order)
    troupe.runs(home, "bond", "wait", "--seconds", "60", *own)
    troupe.runs(home, "tender", "check", no)
    offer = home / f"{no}.json"
    facts = {
        "price": {"price": yuan * YUAN, "delivery": "合同签订后 25 日"},
        "technical": {"delivery-days": 25, "plan": PLAN},
    }
    offer.write_text(json.dumps(facts, ensure_ascii=False))
    plan = paper(troupe.folder("papers"), "plan.pdf", "实施方案 / Plan", PLAN)
    key = ("--org-key", str(troupe.organisation_key(firm.uscc)))
    sealed = ("bid", "seal", no, "--offer", str(offer), "--document", str(plan), *key)
    troupe.runs(home, *sealed)
    troupe.runs(home, "bid", "send", no)


def opened(troupe: Troupe, nos: Sequence[str]) -> None:
    """The tenders of one deadline, opened side by side by two officers each."""
    closed(troupe, nos)
    for number in ROUNDS:
        for no in nos:
            for _role, one in officers(troupe)[:OPENERS]:
                profile = troupe.profile(troupe.folder(account_of(one)), one)
                open_round(profile, no, troupe.signer(one), troupe.pool(one))
        troupe.until(partial(_beyond, troupe, nos, number), beating=True)


def closed(troupe: Troupe, nos: Sequence[str]) -> None:
    """The deadline and its grace pass; the closing records are witnessed."""
    last = max(deadline_of(troupe, no) for no in nos)
    if last + NEAR > troupe.now():
        troupe.go_to(last + NEAR)
    for no in nos:
        troupe.until(partial(_is_there, troupe, no, "closing"))
        troupe.witnessed(no, "closing")


def _beyond(troupe: Troupe, nos: Sequence[str], number: int) -> bool:
    """Whether the platform has gone beyond a round; a beat is what takes it there."""
    if number == ROUNDS[-1]:
        return all(_is_there(troupe, no, "opening") for no in nos)
    return all(_collecting(number + 1) in troupe.answer(f"/tenders/{no}/opening")[1] for no in nos)


def _collecting(number: int) -> bytes:
    """How the hall says that it takes the shares of a round."""
    return f'data-state="collecting" data-round="{number}"'.encode()


def _is_there(troupe: Troupe, no: str, what: str) -> bool:
    return troupe.answer(f"/api/v1/tenders/{no}/{what}")[0] == 200  # noqa: PLR2004  HTTP


def _pay(troupe: Troupe, firm: Organisation, order: dict[str, Any]) -> None:
    """A transfer by the firm's own e-banking to the custodian."""
    bank = troupe.stage.custodian_url
    signed = {"account": firm.basic_account, "password": PASSWORD}
    token = troupe.post(f"{bank}/bank/sign-in", canonical(dict(signed)))["token"]
    transfer = {
        "from_account": firm.basic_account,
        "to": order["pay_to"]["account"],
        "amount": BOND,
        "remark": order["code"],
    }
    troupe.post(f"{bank}/bank/transfers", canonical(transfer), str(token))
