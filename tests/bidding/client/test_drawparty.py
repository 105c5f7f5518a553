"""A drawing party signs what it has computed itself, and never reveals before all are bound."""

import io
import json
from pathlib import Path

import pytest

from bidding.client.drawparty import NO_ESCROW, of_dice
from bidding.client.main import main
from market.kernel.errors import MarketError
from market.protocol.audits import read_audit
from market.protocol.draw_files import write_pool
from market.protocol.draws import check_reveal, make_commit, read_commit, read_reveal
from market.protocol.encoding import b64u, canonical, digest, parse
from market.protocol.keyring import keys_data
from tests.bidding.client.hosts import LogHost, serving
from tests.support.draw_cast import DRAW, DrawScene, parties
from tests.support.log_cast import (
    NOON,
    NOTARY_USCC,
    ORIGIN,
    Log,
    make_trust,
    private,
    public,
    seconds,
    secret,
)

THROWS = "1625341263" * 10


class Party:
    """The notary's profile before a host that shows one draw."""

    def __init__(self, folder: Path, scene: DrawScene) -> None:
        self.folder, self.scene, self.freeze = folder, scene, scene.freeze()
        log = Log()
        log.append(
            "keys", NOON, "journal", keys_data(ORIGIN, {n: public(n) for n in ("log", "receipt")})
        )
        register = self.freeze.walk.register
        root = {"register": register.register, "root": b64u(register.root), "size": register.size}
        log.append("library-root", NOON, "experts", root)
        log.append("draw-freeze", seconds(1), DRAW, self.freeze.json())
        self.host = LogHost(log)
        path = f"/api/v1/draws/{DRAW}"
        self.host.more = {
            ("GET", f"{path}/pool"): {
                "freeze": self.freeze.json(),
                "pool": write_pool(scene.inputs()),
            },
            ("GET", f"{path}/state"): {
                "freeze": self.freeze.json(),
                "state": "audited",
                "attempt": 1,
                "missing": ["notary"],
                "needs_consent": False,
            },
            **{
                ("POST", f"{path}/{act}"): {"state": "x"} for act in ("audit", "commits", "reveals")
            },
        }
        (folder / "trust.json").write_bytes(make_trust().write())
        key = {"kind": "organisation-secret", "uscc": NOTARY_USCC, "name": "公证处"}
        raw = canonical({**key, "secret": b64u(private("notary").private_bytes_raw())})
        (folder / "org.key").write_bytes(raw)
        (folder / "org.key").chmod(0o600)

    def run(self, act: str, *more: str, code: int = 0, typed: str = ""):
        """One act of the party's program."""
        out = io.StringIO()
        signer = [] if act == "reveal" else ["--org-key", str(self.folder / "org.key")]
        with serving(self.host) as address:
            arguments = [
                "--home", str(self.folder / "home"), "--trust", str(self.folder / "trust.json"),
                "--platform", address, "--anonymous", address, "--json", "--wait", "0",
                "draw", act, DRAW, *signer, *more,
            ]  # fmt: skip
            found = main(arguments, out, typed=lambda _: typed, environment={"MARKET_TOKEN": "t"})
        assert found == code, out.getvalue()
        return json.loads(out.getvalue())

    def posted(self, act: str):
        """What the program posted last."""
        path = f"/api/v1/draws/{DRAW}/{act}?"
        return parse(
            [body for how, where, _, body in self.host.seen if (how, where) == ("POST", path)][-1]
        )


@pytest.fixture
def party(tmp_path: Path) -> Party:
    return Party(tmp_path, DrawScene())


def test_a_pool_that_holds_is_signed_and_one_with_somebody_left_out_is_named(
    party: Party, tmp_path: Path
) -> None:
    assert party.run("audit")["findings"] == []
    assert read_audit(party.posted("audit"), party.freeze).is_outside
    given = party.scene.inputs()
    fewer = DrawScene(candidates=party.scene.candidates[:-1]).inputs()
    assert len(fewer.candidates) < len(given.candidates)
    party.host.more["GET", f"/api/v1/draws/{DRAW}/pool"]["pool"] = write_pool(fewer)
    assert "register-differs" in party.run("audit")["findings"]
    assert read_audit(party.posted("audit"), party.freeze).findings


def test_another_freeze_than_the_records_is_not_signed(party: Party) -> None:
    other = DrawScene(unit_cap=2).freeze()
    party.host.more["GET", f"/api/v1/draws/{DRAW}/pool"]["freeze"] = other.json()
    assert party.run("audit", code=1)["code"] == "wrong-freeze"
    assert all(method == "GET" for method, _, _, _ in party.host.seen)


def test_a_second_freeze_in_the_record_is_not_signed(party: Party) -> None:
    party.host.log.append("draw-freeze", seconds(2), DRAW, DrawScene(unit_cap=2).freeze().json())
    assert party.run("audit", code=1)["code"] == "wrong-freeze"


def test_a_commitment_is_kept_given_again_alike_and_revealed_when_all_are_bound(
    party: Party,
) -> None:
    party.run("commit")
    made = party.posted("commits")
    party.run("commit")
    assert party.posted("commits") == made
    assert party.run("reveal", code=4)["code"] == "not-witnessed"
    party.host.log.append("draw-commit", seconds(3), DRAW, made)
    for name in ("supervisor", "centre"):
        other = make_commit(party.freeze, 1, name, NO_ESCROW, secret(name), "client", private(name))
        assert party.run("reveal", code=4)["code"] == "not-witnessed"
        party.host.log.append("draw-commit", seconds(4), DRAW, other)
    party.run("reveal")
    check_reveal(read_commit(made), read_reveal(party.posted("reveals")))


def test_a_reveal_waits_when_the_record_holds_another_commitment_under_ones_name(
    party: Party,
) -> None:
    party.run("commit")
    for item in parties()[:3]:
        false = make_commit(
            party.freeze, 1, item.party, NO_ESCROW, secret("x"), "client", private(item.party)
        )
        party.host.log.append("draw-commit", seconds(4), DRAW, false)
    assert party.run("reveal", code=4)["code"] == "not-witnessed"


def test_thrown_dice_decide_the_number(party: Party) -> None:
    party.run("commit", "--dice", typed=THROWS)
    made = read_commit(party.posted("commits"))
    assert made.tool == "dice"
    assert of_dice(" ".join(THROWS)) == digest(b"yg/dice/v1\n" + THROWS.encode())


@pytest.mark.parametrize("throws", [THROWS[:99], THROWS[:99] + "7", "", THROWS[:99] + "0"])
def test_too_few_throws_or_other_signs_are_refused(throws: str) -> None:
    with pytest.raises(MarketError) as no:
        of_dice(throws)
    assert no.value.code == "bad-dice"


def test_a_hundred_throws_are_enough() -> None:
    assert len(of_dice(THROWS[:100])) == 32
