"""A drawing party signs what it has computed itself, and never reveals before all are bound."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bidding.client.drawparty import NO_ESCROW, of_dice
from bidding.client.main import main
from market.kernel.errors import MarketError
from market.protocol.audits import read_audit
from market.protocol.draw_files import write_pool
from market.protocol.draws import (
    check_reveal,
    make_commit,
    read_commit,
    read_consent,
    read_reveal,
    read_void,
)
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
from tests.support.recusal_cast import NAMED, candidates, notice, recusals, scene

THROWS = "1625341263" * 10


class Party:
    """The notary's profile before a host that shows one draw."""

    def __init__(self, folder: Path, scene: DrawScene, name: str = "notary") -> None:
        self.folder, self.scene, self.freeze = folder, scene, scene.freeze()
        log = Log()
        log.append(
            "keys", NOON, "journal", keys_data(ORIGIN, {n: public(n) for n in ("log", "receipt")})
        )
        register = self.freeze.walk.register
        root = {"register": register.register, "root": b64u(register.root), "size": register.size}
        log.append("library-root", NOON, "experts", root)
        log.append("notice", NOON, self.freeze.case, notice())
        log.append("draw-freeze", seconds(1), DRAW, self.freeze.json())
        self.host = LogHost(log)
        path = f"/api/v1/draws/{DRAW}"
        self.host.more = {
            ("GET", f"{path}/pool"): {
                "freeze": self.freeze.json(),
                "pool": write_pool(scene.inputs()),
                "recusals": recusals().json(),
            },
            ("GET", f"{path}/state"): {
                "freeze": self.freeze.json(),
                "state": "audited",
                "attempt": 1,
                "missing": ["notary"],
                "needs_consent": False,
            },
            **{
                ("POST", f"{path}/{act}"): {"state": "x"}
                for act in ("audit", "commits", "reveals", "consents", "voids")
            },
        }
        (folder / "trust.json").write_bytes(make_trust().write())
        key = {"kind": "organisation-secret", "uscc": NOTARY_USCC, "name": "公证处"}
        raw = canonical({**key, "secret": b64u(private(name).private_bytes_raw())})
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
    return Party(tmp_path, scene())


def test_a_pool_that_holds_is_signed_and_one_with_somebody_left_out_is_named(
    party: Party, tmp_path: Path
) -> None:
    assert party.run("audit")["findings"] == []
    assert read_audit(party.posted("audit"), party.freeze).is_outside
    given = party.scene.inputs()
    fewer = replace(party.scene, candidates=party.scene.candidates[:-1]).inputs()
    assert len(fewer.candidates) < len(given.candidates)
    party.host.more["GET", f"/api/v1/draws/{DRAW}/pool"]["pool"] = write_pool(fewer)
    assert "register-differs" in party.run("audit")["findings"]
    assert read_audit(party.posted("audit"), party.freeze).findings


def test_an_expert_dropped_by_a_false_recusal_is_named_and_the_audit_fails(tmp_path: Path) -> None:
    dropped = {**NAMED, "r10": {*NAMED["r10"], "E0020"}}
    party = Party(tmp_path, scene(dropped))
    assert party.run("audit")["findings"] == ["recusal-not-proved"]
    assert read_audit(party.posted("audit"), party.freeze).findings == ("recusal-not-proved",)


@pytest.mark.parametrize(
    ("member", "value"),
    [("owners", ["OTHER"]), ("agents", []), ("project", "371400-GP-2026-0009")],
)
def test_another_owner_agent_or_project_than_the_notices_is_found(
    party: Party, member: str, value: object
) -> None:
    shown = party.host.more["GET", f"/api/v1/draws/{DRAW}/pool"]
    given = recusals().json()
    shown["recusals"] = {**given, "case": {**given["case"], member: value}}
    assert "case-differs" in party.run("audit")["findings"]


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


def test_a_supervisor_consents_to_what_the_freeze_asks_and_to_nothing_else(tmp_path: Path) -> None:
    small = replace(scene(), candidates=candidates(12))
    party = Party(tmp_path, small, "supervisor")
    assert party.freeze.needs_consent
    assert party.run("consent")["predictable"] == ["A01"]
    signed = read_consent(party.posted("consents"), party.freeze)
    assert (signed.reason, signed.stratum, signed.count) == ("predictable", None, 0)
    party.run("consent", "--reason", "skips", "--stratum", "A01", "--count", "3")
    signed = read_consent(party.posted("consents"), party.freeze)
    assert (signed.reason, signed.stratum, signed.count) == ("skips", "A01", 3)
    refused = [
        (("--reason", "refreeze"), "not-needed"),
        (("--reason", "skips", "--stratum", "B02", "--count", "3"), "not-needed"),
        (("--reason", "skips"), "bad-consent"),
        (("--stratum", "A01"), "bad-consent"),
    ]
    for words, code in refused:
        assert party.run("consent", *words, code=1)["code"] == code


def test_a_large_pool_needs_no_consent_and_nobody_but_the_supervisor_signs_one(
    tmp_path: Path, party: Party
) -> None:
    assert party.run("consent", code=1)["code"] == "not-supervisor"
    assert party.run("void", code=1)["code"] == "not-supervisor"
    (tmp_path / "second").mkdir()
    supervisor = Party(tmp_path / "second", scene(), "supervisor")
    assert supervisor.run("consent", code=1)["code"] == "not-needed"
    assert all(method == "GET" for method, _, _, _ in supervisor.host.seen)


@pytest.mark.parametrize(
    ("state", "cause"), [("audited", "not-committed"), ("committed", "bad-escrow")]
)
def test_a_supervisor_names_everybody_who_let_an_attempt_lapse(
    tmp_path: Path, state: str, cause: str
) -> None:
    party = Party(tmp_path, scene(), "supervisor")
    shown = party.host.more["GET", f"/api/v1/draws/{DRAW}/state"]
    shown.update(state=state, missing=["centre", "notary"])
    assert party.run("void")["named"] == ["centre", "notary"]
    sent = [parse(body) for how, _, _, body in party.host.seen if how == "POST"]
    voids = [read_void(one, party.freeze) for one in sent]
    assert [(one.party, one.cause, one.attempt) for one in voids] == [
        ("centre", cause, 1),
        ("notary", cause, 1),
    ]
    shown.update(state="drawn", missing=[])
    assert party.run("void", code=1)["code"] == "nothing-lapsed"


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
