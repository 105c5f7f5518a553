"""A drawing party: audits the pool, commits to a number of its own, reveals it when it may.

The number is on the disk before its commitment leaves, and never shown before the record holds,
witnessed, the commitments of every other party.
"""

from itertools import pairwise
from pathlib import Path
from typing import Final

from bidding.client import files
from bidding.client.organisations import OrganisationSecret
from bidding.client.profile import Profile
from bidding.client.record import Record
from market.kernel.errors import BadInput, NotFound, Refusal
from market.protocol.audits import Finding, PoolInputs, audit, make_audit
from market.protocol.chance import fresh
from market.protocol.draws import BY_PARTY, NONCE_LENGTH, make_commit, make_reveal, read_commit
from market.protocol.encoding import JsonObject, b64u, digest
from market.protocol.exclusions import RecusalCase, audit_exclusions, read_recusals
from market.protocol.freezes import Freeze, read_freeze
from market.protocol.members import Members
from market.protocol.parties import Party
from market.protocol.pools import CANDIDATE_LIMIT, KEY_LENGTH, read_candidate, read_plan
from market.protocol.signing import public_bytes

DICE_LEAST: Final = 100  # throws of a six-sided die: 258 bits
SIDES: Final = "123456"
NO_ESCROW: Final = digest(b"")
"""Stands for an escrow where a draw has none: the hash of nothing."""


def audit_pool(profile: Profile, draw: str, signer: OrganisationSecret) -> None:
    """Compute the pool of a frozen draw again and sign what was found, good or bad.

    The freeze and the register's root must be those of the record; so must owner, agent and
    project, by which recusals are judged.
    """
    line = profile.platform()
    answer = Members(line.get(f"/api/v1/draws/{draw}/pool").json())
    freeze, given = read_freeze(answer.take("freeze")), _inputs(answer.inner("pool"))
    recusals = read_recusals(answer.take("recusals"))
    answer.end()
    record = profile.record()
    check_frozen(record, draw, freeze)
    _check_register(record, freeze)
    findings = (
        *audit(freeze, given),
        *audit_exclusions(given.plan, given.candidates, recusals),
        *_audit_case(record, freeze, recusals.case),
    )
    party = own_party(freeze, signer)
    signed = make_audit(freeze, party.party, findings, signer.key)
    done = line.post(f"/api/v1/draws/{draw}/audit", signed).json()
    profile.told.facts = {
        "draw": draw,
        "findings": [item.code for item in findings],
        # What no record shows and the organiser states: for the eyes of whoever audits.
        "preparers": [*recusals.case.preparers],
        "regulators": [*recusals.case.regulators],
        "departments": [*recusals.case.departments],
        "recused": len(recusals.claims),
        **done,
    }
    for item in findings:
        profile.told.warn(item.zh, item.en)
    if not findings:
        profile.told.say(
            "名册核验成立，已签名提交", "The pool holds; the audit is signed and posted"
        )


def commit_number(
    profile: Profile, draw: str, signer: OrganisationSecret, dice: str | None
) -> None:
    """Commit to a number from the system's chance or from dice; again, to the same number."""
    line = profile.platform()
    freeze, attempt, _ = state_of(line.get(f"/api/v1/draws/{draw}/state").json())
    check_frozen(profile.record(), draw, freeze)
    path = _path(profile, draw, attempt)
    known = files.read_json_or_none(path)
    if known is None:
        party = own_party(freeze, signer)
        nonce = fresh(NONCE_LENGTH) if dice is None else of_dice(dice)
        tool = "client" if dice is None else "dice"
        made = make_commit(freeze, attempt, party.party, NO_ESCROW, nonce, tool, signer.key)
        known = {"party": party.party, "nonce": b64u(nonce), "commit": made}
        files.keep_json(path, known)
    made_before = known["commit"]
    if not isinstance(made_before, dict):
        raise TypeError("a kept commitment is an object")
    done = line.post(f"/api/v1/draws/{draw}/commits", made_before).json()
    profile.told.facts = {"draw": draw, "attempt": attempt, **done}
    profile.told.say(
        "已提交承诺；随机数保存在本机，全部承诺见证后用 draw reveal 公开",
        "The commitment is posted; the number is kept here until draw reveal",
    )


def reveal_number(profile: Profile, draw: str) -> None:
    """Reveal the number once the record holds every party's commitment, witnessed."""
    line = profile.platform()
    freeze, attempt, missing = state_of(line.get(f"/api/v1/draws/{draw}/state").json())
    known = files.read_json_or_none(_path(profile, draw, attempt))
    if known is None:
        raise NotFound("no-commit", zh="本轮尚未承诺", en="Nothing was committed in this attempt")
    held = Members(known)
    party, nonce = held.text("party"), held.octets("nonce", NONCE_LENGTH)
    _check_committed(profile.record(), draw, freeze, attempt, held.take("commit"))
    made = make_reveal(draw, attempt, party, nonce, BY_PARTY)
    done = line.post(f"/api/v1/draws/{draw}/reveals", made).json()
    profile.told.facts = {"draw": draw, "attempt": attempt, "waited_for": [*missing], **done}
    profile.told.say("随机数已公开", "The number is revealed")


def of_dice(throws: str) -> bytes:
    """32 bytes of typed throws of a six-sided die; `bad-dice` under 100 throws or for other signs.

    A party that trusts no machine's chance still decides: H over the throws alone.
    """
    signs = "".join(throws.split())
    if len(signs) < DICE_LEAST or any(sign not in SIDES for sign in signs):
        raise BadInput(
            "bad-dice",
            zh=f"应输入至少 {DICE_LEAST} 次六面骰点数（1 至 6）",
            en=f"Type at least {DICE_LEAST} throws of a six-sided die (1 to 6)",
        )
    return digest(b"yg/dice/v1\n" + signs.encode("ascii"))


def _inputs(given: Members) -> PoolInputs:
    found = PoolInputs(
        given.octets("key", KEY_LENGTH),
        read_plan(given.take("plan")),
        given.octets("register_key", KEY_LENGTH),
        given.array("candidates", read_candidate, high=CANDIDATE_LIMIT),
    )
    given.end()
    return found


def state_of(value: JsonObject) -> tuple[Freeze, int, list[str]]:
    """Freeze, attempt and missing parties, as the platform answers them."""
    attempt, missing = value.get("attempt"), value.get("missing")
    names = missing if isinstance(missing, list) else []
    freeze = read_freeze(value.get("freeze"))
    return freeze, Members({"a": attempt}).whole("a", 1), [str(name) for name in names]


def check_frozen(record: Record, draw: str, freeze: Freeze) -> None:
    """Refuse (`wrong-freeze`) a freeze that is not the one of the record, or not the only one.

    Where a pool was frozen again, each freeze of the record must replace the one before it, with
    everything but the pool kept, and this must be the last.
    """
    known = [read_freeze(placed.entry.data) for placed in record.entries("draw-freeze", draw)]
    follows = all(new.follows(old) for old, new in pairwise(known))
    if freeze.draw != draw or not known or known[-1] != freeze or not follows:
        raise Refusal(
            "wrong-freeze",
            zh="抽取冻结与公开日志不符，未作任何签署",
            en="The freeze is not the one of the record; nothing was signed",
        )


def _check_register(record: Record, freeze: Freeze) -> None:
    if freeze.walk is None:
        return
    register = freeze.walk.register
    wanted = {"register": register.register, "root": b64u(register.root), "size": register.size}
    if all(placed.entry.data != wanted for placed in record.entries("library-root")):
        raise Refusal(
            "register-not-in-record",
            zh="名册日根不在公开日志中，未作任何签署",
            en="The register's root is not in the record; nothing was signed",
        )


def _audit_case(record: Record, freeze: Freeze, case: RecusalCase) -> list[Finding]:
    """A finding unless owner, agent and project are those of the notice in the record."""
    notices = [
        placed.entry.data
        for placed in record.entries("notice", freeze.case)
        if "owner" in placed.entry.data
    ]
    if notices:
        last = notices[-1]
        agent = last.get("agent")
        wanted = ([last.get("owner")], [] if agent is None else [agent], last.get("project"))
        if wanted == ([*case.owners], [*case.agents], case.project):
            return []
    return [
        Finding(
            "case-differs",
            "回避所依据的采购人、代理机构或项目与公告不符",
            "Owner, agent or project, by which recusals were judged, are not those of the notice",
        )
    ]


def _check_committed(record: Record, draw: str, freeze: Freeze, attempt: int, own: object) -> None:
    """Refuse (`not-witnessed`) to reveal before the record shows one commitment for each seat."""
    shown = [
        read_commit(placed.entry.data)
        for placed in record.entries("draw-commit", draw)
        if placed.entry.data.get("attempt") == attempt
    ]
    seats = sum(party.stands_in_for is None for party in freeze.parties)
    if len({item.party for item in shown}) < seats or own not in [item.json for item in shown]:
        raise Refusal(
            "not-witnessed",
            zh="各方承诺尚未全部载入经见证的日志，稍后再公开",
            en="The witnessed record does not show every commitment yet; reveal a little later",
        )


def own_party(freeze: Freeze, signer: OrganisationSecret) -> Party:
    """The party of the freeze that has this key; `not-a-party`."""
    public = public_bytes(signer.key)
    for party in freeze.parties:
        if party.key == public:
            return party
    raise Refusal(
        "not-a-party",
        zh="此签名密钥不是本次抽取参与方的密钥",
        en="This signing key is none of the draw's parties'",
    )


def _path(profile: Profile, draw: str, attempt: int) -> Path:
    return profile.home / "draws" / f"{digest(draw.encode()).hex()[:24]}-{attempt}.json"
