"""No secret is lost on a crash between two steps: the program is killed at every one of them.

A step is a file taking its place or a request; each is cut off before it and after it (then the
answer is lost). Afterwards the same commands are run again by hand.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

import pytest
import urllib3
from sqlalchemy import func, select

from bidding.bids.model import BidAct
from bidding.bonds.model import Permit
from bidding.client.bidbook import BidBook
from bidding.client.wallet import Wallet
from bidding.custodian.commands.holders import EnterHolder, PayingAccount, enter_holder
from bidding.custodian.model import Deposit, Holder
from tests.bidding.client.programs import CHEAP
from tests.bidding.client.scene import PASSWORD, Firm, Scene

MOST = 200


class Killed(BaseException):
    """The machine is off."""


class Killer:
    """Counts the moments at which a machine may be turned off, and turns it off at one of them."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def moment(self) -> None:
        self.count += 1
        if self.count == self.at:
            raise Killed

    @contextmanager
    def at_work(self) -> Iterator[None]:
        replace, request = Path.replace, urllib3.PoolManager.request

        def replacing(path, target):
            self.moment()
            done = replace(path, target)
            self.moment()
            return done

        def requesting(pool, *args, **kwargs):
            self.moment()
            answer = _Held(request(pool, *args, **kwargs))
            self.moment()
            return answer

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "replace", replacing)
            patch.setattr(urllib3.PoolManager, "request", requesting)
            yield


class _Held:
    """An answer that was read to its end before anything else happened."""

    def __init__(self, answer: urllib3.BaseHTTPResponse) -> None:
        self.status, self.headers, self._raw = answer.status, answer.headers, answer.data

    def read(self, most: int) -> bytes:
        return self._raw[:most]

    def drain_conn(self) -> None:
        """Nothing is left."""

    def release_conn(self) -> None:
        """Given back already."""


def killed_everywhere(act: Callable[[int], None], check: Callable[[int], None]) -> int:
    """Run `act` killed at step 1, 2, … until it comes through; `check` after each."""
    for at in range(1, MOST):
        try:
            with Killer(at).at_work():
                act(at)
        except Killed:
            check(at)
            continue
        check(at)
        return at
    raise AssertionError("it never comes through")


def holder(scene: Scene, number: int) -> Firm:
    """Somebody with an account at the custodian and a profile."""
    uscc = scene.cast.fresh_uscc()
    made = Firm(f"f{number}", uscc, scene.folder / f"f{number}", f"7000000000{number}")
    account = PayingAccount(made.account, made.name, "某银行")
    command = EnterHolder(uscc, made.name, CHEAP.hash(PASSWORD), (account,))
    scene.custodian.office.run(enter_holder, command)
    scene.setup(made.home)
    return made


def test_a_bond_survives_a_crash_at_every_step(scene: Scene) -> None:
    firms = {at: holder(scene, at) for at in range(1, 40)}

    def buy(at: int) -> None:
        firm = firms[at]
        scene.run(firm.home, "bond", "buy", "--yuan", "0", "--uscc", firm.uscc)

    def check(at: int) -> None:
        firm = firms[at]
        if not any(held.is_free for held in Wallet(firm.home).all()):
            buy(at)
        (held,) = Wallet(firm.home).all()
        assert held.is_free
        count = select(func.count()).select_from(Deposit).join(Holder)
        mine = count.where(Holder.uscc == firm.uscc)
        assert scene.custodian.office.read(lambda session: session.scalar(mine)) == 1

    assert killed_everywhere(buy, check) > 10


def test_a_bid_survives_a_crash_at_every_step(scene: Scene) -> None:
    no, firm = scene.published(), scene.firm("jia")
    homes: dict[int, Firm] = {}
    for at in range(1, 60):
        homes[at] = Firm(firm.name, firm.uscc, scene.folder / f"at-{at}", firm.account)
        copytree(firm.home, homes[at].home)
        scene.given_token(homes[at].home)

    def bid(at: int) -> None:
        scene.sealed(homes[at], no, 3_000_000)
        scene.run(homes[at].home, "bid", "send", no)

    def check(at: int) -> None:
        home = homes[at].home
        if not BidBook(home, no).versions():
            scene.sealed(homes[at], no, 3_000_000)
        scene.run(home, "bid", "send", no)
        (held,) = Wallet(home).all()
        mine = select(BidAct).where(BidAct.bid_pub == held.public)
        rows = scene.office.read(lambda session: session.scalars(mine).all())
        kept = BidBook(home, no).last()
        assert [(row.act_hash, row.live) for row in rows] == [(kept.act.hash, True)]
        assert kept.receipt is not None

    assert killed_everywhere(bid, check) > 30


def test_a_surrender_survives_a_crash_at_every_step(scene: Scene) -> None:
    firm = scene.firm("jia")
    homes = {at: scene.folder / f"at-{at}" for at in range(1, 40)}
    names = dict[int, str]()
    for at, home in homes.items():
        copytree(firm.home, home)
        names[at] = scene.given_token(home).name

    def give_up(at: int) -> None:
        scene.run(homes[at], "bond", "surrender", names[at])

    def check(at: int) -> None:
        given = scene.run(homes[at], "bond", "surrender", names[at])
        done = Wallet(homes[at]).one(given["refund_token"])
        assert done.sigma is not None
        assert done.not_before is not None
        permits = select(func.count()).select_from(Permit)
        assert scene.office.read(lambda session: session.scalar(permits)) == at

    assert killed_everywhere(give_up, check) > 10


def test_after_a_lost_answer_no_other_version_is_made_before_the_outcome_is_known(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    no, firm = scene.published(), scene.firm("jia")
    scene.given_token(firm.home)
    scene.sealed(firm, no, 3_000_000)
    request = urllib3.PoolManager.request

    def losing(pool, method, url, **kwargs):
        answer = request(pool, method, url, **kwargs)
        if url.endswith("/acts"):
            raise urllib3.exceptions.ProtocolError("the line broke")
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(urllib3.PoolManager, "request", losing)
        assert scene.run(firm.home, "bid", "send", no, code=3)["code"] == "no-answer"
    for act in ("seal", "replace"):
        assert scene.sealed(firm, no, 2_900_000, act=act, code=1)["code"] == "unsettled"
    assert scene.run(firm.home, "bid", "send", no)["seq"] == 0
    assert scene.sealed(firm, no, 2_900_000, act="replace")["seq"] == 1
