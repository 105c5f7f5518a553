"""The linking game: who paid for which bid, guessed by somebody who sees everything.

In a round two organisations deposit and two bids are submitted; secret coins decide who stands
behind which bid key, who pays first and which bid comes first. The guesser is given the rows of
both databases with their system columns, the raw requests and the lines of the logs. Each of its
strategies says whether the first deposit belongs to the first bid.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from flask import Flask
from sqlalchemy import Connection, Engine, text

from market.factory import create_anonymous_app
from market.features import FEATURES
from market.protocol import blind
from market.protocol.acts import sign_act
from market.protocol.bondkeys import BID
from market.protocol.encoding import JsonObject, b64u, canonical, unb64u
from market.protocol.tokens import Token, blinded_hash, make_token, nullifier, prepare
from tests.insider.programs import PASSWORD
from tests.support.bidding_bank import BOND, EPOCH, KEYS, RSA
from tests.support.bidding_bids import MadeBid
from tests.support.bidding_cast import House

ORGANISATIONS = ("a", "b")
CLIENT = "yg/1"
SYSTEM = "t.ctid::text AS ctid, t.xmin::text::bigint AS xmin"
Seen = dict[str, object]


@dataclass(frozen=True)
class Round:
    """What the guesser sees of two deposits and two bids, each in order of time, and the truth."""

    deposits: tuple[Seen, Seen]
    bids: tuple[Seen, Seen]
    straight: bool


@dataclass(frozen=True)
class Bought:
    """A token that an organisation has just bought for a bid key, and what could be seen of it."""

    organisation: int
    key: int
    token: Token
    deposit: bytes
    request: Seen


class Wire:
    """A host without a network: keeps the raw request and the log of each call."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client(use_cookies=False)

    def call(self, method: str, path: str, body: bytes, **headers: str) -> tuple[bytes, Seen]:
        """The answer, and what somebody beside the host saw of the call."""
        with structlog.testing.capture_logs() as written:
            answer = self._client.open(
                path,
                method=method,
                data=body,
                headers={k.replace("_", "-"): headers[k] for k in headers},
            )
        assert answer.status_code == 200, answer.data
        head = "\n".join(f"{k}: {headers[k]}" for k in headers if k != "Authorization")
        return answer.data, {
            "request": f"{method} {path}\n{head}\n\n".encode() + body,
            "answer": answer.data,
            "log": repr(written).encode(),
        }


class Game:
    """Plays rounds in a house; `leak` names what is planted, nothing by default."""

    def __init__(self, house: House, bank: Engine, leak: str = "") -> None:
        self.house, self.bank, self.leak = house, bank, leak
        self.made: list[MadeBid] = []
        for name in ORGANISATIONS:
            made = house.bid(name)
            house.upload(made)
            self.made.append(made)
        self.acts = [made.act for made in self.made]
        app = create_anonymous_app(house.settings, FEATURES, office=house.office)
        self.anonymous, self.custodian = Wire(app), Wire(house.bank.app())
        self.holders = [house.bidder(name).wallet.holder for name in ORGANISATIONS]
        self.bearers = [self._sign_in(holder.uscc) for holder in self.holders]

    def rounds(self, number: int) -> Iterator[Round]:
        """So many rounds."""
        for _ in range(number):
            yield self._round()

    def _round(self) -> Round:
        self._forget()
        swapped, other_first = secrets.randbelow(2), secrets.randbelow(2)
        bought = [self._buy(who, who ^ swapped) for who in (other_first, 1 - other_first)]
        sent = list(bought) if secrets.randbelow(2) else bought[::-1]
        if self.leak == "order":
            sent = list(bought)
        bids = [self._submit(one) for one in sent]
        return Round(
            (self._deposit_rows(bought[0]), self._deposit_rows(bought[1])),
            (bids[0], bids[1]),
            sent[0] is bought[0],
        )

    def _forget(self) -> None:
        """Take the last round's bids out of the house: each round is a first submission."""
        with self.house.engine.begin() as connection:
            for act in self.acts:
                for table in ("bid_act", "bid_live_mark"):
                    gone = text(f"DELETE FROM {table} WHERE bid_pub = :key")  # noqa: S608  our own names
                    connection.execute(gone, {"key": act.bid_pub})

    # --- what the players do ----------------------------------------------------------------------

    def _pass_time(self) -> None:
        """Somewhere between a microsecond and a second."""
        self.house.clock.at += timedelta(microseconds=1 + secrets.randbelow(10**6))

    def _client_of(self, organisation: int) -> str:
        return CLIENT + ("+own" if self.leak == "client" and organisation else "")

    def _sign_in(self, uscc: str) -> str:
        body = canonical({"uscc": uscc, "password": PASSWORD})
        raw, _ = self.custodian.call("POST", "/sign-in", body, Content_Type="application/json")
        return raw.decode().split('"token":"')[1].split('"')[0]

    def _buy(self, who: int, key: int) -> Bought:
        self._pass_time()
        prepared = prepare(self.acts[key].bid_pub)
        blinding = blind.blind(RSA[BOND, BID].public, prepared)
        order: JsonObject = {
            "denomination": BOND,
            "epoch": EPOCH,
            "blinded": b64u(blinding.blinded),
        }
        said = {"Authorization": f"Bearer {self.bearers[who]}", "User_Agent": self._client_of(who)}
        _, seen = self.custodian.call(
            "POST", "/deposits", canonical(order), Content_Type="application/json", **said
        )
        self._pass_time()
        name = blinded_hash(blinding.blinded)
        assert self.house.bank.pay(name, self.holders[who].account, BOND) == "deposit"
        raw, _ = self.custodian.call("GET", f"/deposits/{b64u(name)}", b"", **said)
        signature = raw.decode().split('"blind_signature":"')[1].split('"')[0]
        token = make_token(KEYS[BOND, BID], prepared, unb64u(signature), blinding.inv)
        return Bought(who, key, token, name, seen)

    def _submit(self, bought: Bought) -> Seen:
        """The next act of the bid key, on the token that was just bought."""
        self._pass_time()
        act = sign_act(
            replace(self.acts[bought.key], raw=b"", token=bought.token, seq=0, previous=None),
            self.made[bought.key].wallet.key,
        )
        _, seen = self.anonymous.call(
            "POST",
            f"/api/v1/tenders/{act.tender}/acts",
            act.raw,
            Content_Type="application/json",
            User_Agent=self._client_of(bought.organisation),
        )
        spent = nullifier(KEYS[BOND, BID].id, bought.token.prepared)
        with self.house.engine.begin() as connection:
            self._plant(connection, bought, act.hash)
            return (
                row(connection, "bid_act", "act_hash", act.hash)
                | row(connection, "bond_nullifier", "nullifier", spent)
                | row(connection, "sealed_leaf", "act_hash", act.hash)
                | {"sigma": bought.token.sigma, "prepared": bought.token.prepared}
                | seen
            )

    def _plant(self, connection: Connection, bought: Bought, act_hash: bytes) -> None:
        """Put the leak, where there is one, into the row of the bid."""
        if self.leak == "name":
            connection.execute(
                text("UPDATE bid_act SET nullifier = :d WHERE act_hash = :h"),
                {"d": bought.deposit, "h": act_hash},
            )
        if self.leak == "time":
            at = self._deposit_rows(bought)["deposit.ordered_at"]
            connection.execute(
                text("UPDATE bid_act SET at = :at WHERE act_hash = :h"), {"at": at, "h": act_hash}
            )

    def _deposit_rows(self, bought: Bought) -> Seen:
        with self.bank.connect() as connection:
            held = row(connection, "deposit", "h_blinded", bought.deposit)
            number = held["deposit.id"]
            return (
                held
                | row(connection, "notice", "deposit_id", number)
                | row(connection, "holder", "id", held["deposit.holder_id"])
                | bought.request
            )


def row(connection: Connection, table: str, column: str, value: object) -> Seen:
    """One row with its system columns, each under the name of its table."""
    asked = text(f'SELECT {SYSTEM}, t.* FROM "{table}" t WHERE "{column}" = :value')  # noqa: S608  names of our tables
    found = connection.execute(asked, {"value": value}).mappings().one()
    return {f"{table}.{name}": held for name, held in found.items()}
