"""Running a draw again from its file: what follows from it is proved, the rest is attested.

`rerun` raises at the first thing that does not hold. What it returns says in words what was
proved here and what somebody else merely vouches for, by name. Whether all of it was journaled
in time is the business of `market.protocol.draw_journals`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NoReturn

from market.protocol.audits import audit, check_audits, read_audit
from market.protocol.draw_files import Attempt, DrawFile
from market.protocol.draw_results import permutation_result, pick_result, walk_result
from market.protocol.draws import (
    BY_ESCROW,
    NOT_COMMITTED,
    PREDICTABLE,
    REFREEZE,
    Consent,
    check_commit_signatures,
    check_commits,
    check_reveal,
    make_seed,
    read_consent,
    read_void,
)
from market.protocol.encoding import Json, JsonObject, Malformed, b64u, parse, refuse, unb64u
from market.protocol.freezes import PERMUTATION, WALK, Freeze, check_leaves
from market.protocol.members import Members
from market.protocol.merkle import leaf_hash
from market.protocol.parties import active_parties
from market.protocol.pools import CANDIDATE_LIMIT, STRATUM_LIMIT, leaf_data, unit_tag
from market.protocol.rewalks import check_skip_consents, walk_again
from market.protocol.statements import Account
from market.protocol.walks import read_step

SALT_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class Rerun:
    """A draw that was run again with the same outcome.

    `names` maps the leaves that are open to the ids behind them.
    """

    freeze: Freeze
    attempt: Attempt
    seed: bytes
    names: Mapping[bytes, str]
    result: JsonObject

    def drawn(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What came out, by stratum or purpose: ids where the leaves are open, else the leaves."""
        held = Members(self.result)
        if self.freeze.kind == WALK:
            return held.array("seats", self._row, high=STRATUM_LIMIT)
        if self.freeze.kind == PERMUTATION:
            return ((self.freeze.purpose, held.array("order", self._name, high=CANDIDATE_LIMIT)),)
        return ((self.freeze.purpose, (held.text("option"),)),)

    def _row(self, value: Json) -> tuple[str, tuple[str, ...]]:
        held = Members(value)
        return held.text("stratum"), held.array("leaves", self._name, high=CANDIDATE_LIMIT)

    def _name(self, value: Json) -> str:
        leaf = Members({"leaf": value}).octets("leaf")
        return self.names.get(leaf, b64u(leaf))


def rerun(held: DrawFile, account: Account) -> Rerun:
    """Run a draw again from its file alone; what holds is noted in `account` as it is found.

    Refusals, in this order: `wrong-leaves`; `bad-refreeze`, `no-consent`; `audit-fails`,
    `no-audit`; `wrong-attempt`, `wrong-commits`, `bad-signature`, `all-by-platform`,
    `wrong-nonce`; `wrong-opening`; the codes of an audit's findings; `no-evidence`,
    `wrong-steps`; `wrong-result`.
    """
    freeze = held.freeze
    _check_frozen(held, account)
    consents = _consents(held.consents, freeze)
    _check_earlier(held, consents, account)
    _check_audits(held, consents, account)
    attempt, seed = _check_attempts(held, account)
    names, tags = _check_open(held, account)
    if freeze.kind == WALK:
        steps = [read_step(item, freeze.draw) for item in held.steps]
        walk = walk_again(freeze, held.leaves, seed, steps, tags, account)
        check_skip_consents(freeze, walk, consents, account)
        result = walk_result(freeze, attempt.number, seed, walk.seats)
    elif freeze.kind == PERMUTATION:
        result = permutation_result(freeze, attempt.number, seed, held.leaves[0])
    else:
        result = pick_result(freeze, attempt.number, seed)
    if result != held.result or (held.steps and freeze.kind != WALK):
        refuse(
            "公布的结果与重新计算的不同",
            "The published result is not what the draw gives when it is run again",
            code="wrong-result",
        )
    account.prove("公布的结果与重新计算的一致", "The published result is what the seed gives")
    return Rerun(freeze, attempt, seed, names, result)


def _check_frozen(held: DrawFile, account: Account) -> None:
    if len(held.leaves) != len(held.freeze.strata):
        refuse("名册叶子的层数不对", "There is not one list of leaves for each stratum")
    for item, leaves in zip(held.freeze.strata, held.leaves, strict=True):
        check_leaves(item, leaves)
        account.prove(
            f"“{item.name}”公布的 {item.size} 个叶子就是冻结的那些，严格递增，无重复",
            f"{item.name}: the {item.size} leaves listed are the frozen ones, strictly "
            "ascending, none twice",
        )


def _check_earlier(held: DrawFile, consents: Sequence[Consent], account: Account) -> None:
    """Every freeze before this one: what was found, what changed and why; a supervisor signed.

    A freeze that was replaced in its turn was never consented to: the last one alone is.
    """
    chain = [*((one.freeze, one.leaves) for one in held.earlier), (held.freeze, held.leaves)]
    if chain[0][0].replaces is not None:
        _bad_refreeze()
    found = list[str]()
    for one in held.earlier:
        _consents(one.consents, one.freeze)
        audits = [read_audit(stated, one.freeze) for stated in one.audits]
        found.append("、".join(f"{a.party}: {', '.join(a.findings)}" for a in audits if a.findings))
    for ((old, old_leaves), (new, new_leaves)), said in zip(pairwise(chain), found, strict=True):
        if not new.follows(old) or len(old_leaves) != len(old.strata):
            _bad_refreeze()
        for item, leaves in zip(old.strata, old_leaves, strict=True):
            check_leaves(item, leaves)
        changed = _members(old_leaves) ^ _members(new_leaves)
        listed = () if new.replaces is None else new.replaces.changes
        if sorted(changed) != [leaf for leaf, _ in listed]:
            _bad_refreeze()
        account.prove(
            f"重新冻结只变更了 {len(changed)} 个叶子，各有记录的原因；先前核验所见：{said or '无'}",
            f"Freezing again changed {len(changed)} leaves only, each with a cause on record; "
            f"audits of the freeze before found: {said or 'nothing'}",
        )
    if held.earlier:
        _need_consent(REFREEZE, consents, "重新冻结", "freezing again")
        account.prove("监督方已就重新冻结签名", "A supervisor signed for freezing again")


def _consents(values: Sequence[JsonObject], freeze: Freeze) -> tuple[Consent, ...]:
    return tuple(read_consent(item, freeze) for item in values)


def _members(leaves: Sequence[Sequence[bytes]]) -> set[bytes]:
    return {leaf for row in leaves for leaf in row}


def _bad_refreeze() -> NoReturn:
    refuse(
        "重新冻结与先前的冻结不衔接，或变更没有逐一列出",
        "The second freeze does not follow from the first, or does not list every change",
        code="bad-refreeze",
    )


def _need_consent(reason: str, consents: Sequence[Consent], zh: str, en: str) -> None:
    if not any(item.reason == reason for item in consents):
        refuse(f"{zh}没有监督方签名", f"No supervisor consented to {en}", code="no-consent")


def _check_audits(held: DrawFile, consents: Sequence[Consent], account: Account) -> None:
    freeze = held.freeze
    outside = check_audits(freeze, [read_audit(item, freeze) for item in held.audits])
    if freeze.needs_consent:
        _need_consent(PREDICTABLE, consents, "可预测的名册", "a predictable pool")
        account.prove(
            "名册偏小或抽取比例过高，监督方已签名同意",
            "The pool is small or much of it is drawn; a supervisor signed for it",
        )
    if outside and held.pool is None:
        names = "、".join(item.organisation for item in outside)
        account.attest(
            f"名册完整且无重复，由 {names} 证明，此处未证明",
            f"That the pool was complete and without duplicates is attested by "
            f"{', '.join(item.organisation for item in outside)}, not proved here",
        )


def _check_attempts(held: DrawFile, account: Account) -> tuple[Attempt, bytes]:
    removed = frozenset[str]()
    for attempt in held.attempts[:-1]:
        removed |= _check_void(held, attempt, removed)
    last, freeze = held.attempts[-1], held.freeze
    if last.voids:
        refuse("最后一轮已作废", "The last attempt was void", code="wrong-attempt")
    check_commits(freeze, last.number, last.commits, removed)
    nonces = _check_nonces(last, [commit.party for commit in last.commits])
    if (freeze.beacon is None) != (last.beacon is None):
        refuse("信标与冻结不符", "The beacon is not what the freeze says", code="wrong-beacon")
    _tell_attempt(held, last, account)
    return last, make_seed(freeze, last.number, last.commits, nonces, last.beacon)


def _check_void(held: DrawFile, attempt: Attempt, removed: frozenset[str]) -> frozenset[str]:
    """The parties that lost their right by an attempt that was not completed: all that lacked."""
    if not attempt.voids:
        refuse(
            f"第 {attempt.number} 轮之后还有轮次，却没有作废",
            f"Attempt {attempt.number} was not void, yet another follows: nothing is void "
            "after the commitments",
            code="wrong-attempt",
        )
    freeze = held.freeze
    voids = [read_void(item, freeze) for item in attempt.voids]
    wanted = [item.party for item in active_parties(freeze.parties, removed)]
    named = [item.party for item in voids]
    sound = (
        named == sorted(set(named))
        and set(named) <= set(wanted)
        and {(item.attempt, item.cause) for item in voids} == {(attempt.number, voids[0].cause)}
    )
    if not sound:
        refuse("作废记录与轮次不符", "The void is not of this attempt", code="wrong-attempt")
    kept = [name for name in wanted if name not in named]
    if voids[0].cause == NOT_COMMITTED:
        _check_not_committed(freeze, attempt, kept)
    else:
        check_commits(freeze, attempt.number, attempt.commits, removed)
        _check_nonces(attempt, kept)
    return frozenset(named)


def _check_not_committed(freeze: Freeze, attempt: Attempt, kept: Sequence[str]) -> None:
    names = [commit.party for commit in attempt.commits]
    about = {(item.draw, item.attempt, item.freeze_hash) for item in attempt.commits}
    sound = (
        not attempt.reveals
        and names == sorted(set(names))
        and set(names) <= set(kept)
        and about <= {(freeze.draw, attempt.number, freeze.hash)}
    )
    if not sound:
        refuse(
            f"第 {attempt.number} 轮作废的原因与记录不符",
            f"The record of attempt {attempt.number} is not that of a party that did not commit",
            code="wrong-attempt",
        )
    check_commit_signatures(freeze, attempt.commits)


def _check_nonces(attempt: Attempt, wanted: Sequence[str]) -> dict[str, bytes]:
    if [item.party for item in attempt.reveals] != list(wanted):
        refuse(
            f"第 {attempt.number} 轮公开的随机数不齐",
            f"The nonces of attempt {attempt.number} are not those of its parties",
            code="wrong-nonce",
        )
    commits = {item.party: item for item in attempt.commits}
    for item in attempt.reveals:
        check_reveal(commits[item.party], item)
    return {item.party: item.nonce for item in attempt.reveals}


def _tell_attempt(held: DrawFile, last: Attempt, account: Account) -> None:
    account.prove(
        f"第 {last.number} 轮：{len(last.commits)} 方的随机数与其签名的承诺相符，由此得出种子",
        f"Attempt {last.number}: the nonces of {len(last.commits)} parties are those they "
        "signed commitments to; the seed follows from them",
    )
    escrow = [item.party for item in last.reveals if item.by == BY_ESCROW]
    if escrow:
        account.prove(
            f"{'、'.join(escrow)} 的随机数由开标人从托管中打开，抽取未被中止",
            f"The nonces of {', '.join(escrow)} were opened out of escrow; the draw went on",
        )
    if len(held.attempts) > 1:
        account.prove(
            f"此前 {len(held.attempts) - 1} 轮均有作废记录，所涉参与方此后未再参加",
            f"Each of the {len(held.attempts) - 1} earlier attempts has its record, and whoever "
            "caused it took no further part",
        )
    account.attest(
        "各方随机数由何种工具产生，由该方签名声明",
        "With what tool each nonce was made is attested by the party that signed it",
    )
    if last.beacon is not None:
        account.attest(
            f"信标第 {last.beacon.round} 轮的值由信标链证明，其签名此处未核对",
            f"The value of round {last.beacon.round} is attested by the beacon; its signature is "
            "not verified here",
        )


def _check_open(
    held: DrawFile, account: Account
) -> tuple[Mapping[bytes, str], dict[bytes, bytes | None]]:
    """The ids and the unit tags of all leaves that are open; the whole pool where it is given."""
    known = {leaf for row in held.leaves for leaf in row}
    names, tags = dict[bytes, str](), dict[bytes, bytes | None]()
    for leaf, opening in held.opened.items():
        if leaf not in known:
            _wrong_opening()
        names[leaf], tags[leaf] = _read_opening(opening)
    if held.opened:
        account.prove(
            f"公开的 {len(held.opened)} 名候选人都在冻结的名册中",
            f"The {len(held.opened)} candidates shown stand in the frozen pool",
        )
    if held.pool is None or held.freeze.walk is None:
        return names, tags
    for finding in audit(held.freeze, held.pool):
        raise Malformed(finding.code, zh=finding.zh, en=finding.en)
    key = held.pool.key
    for item in held.pool.candidates:
        leaf = leaf_hash(leaf_data(key, item))
        if leaf in known:
            names[leaf] = item.id
            tags[leaf] = None if item.unit is None else unit_tag(key, item.unit)
    account.prove(
        f"由名册全部 {len(held.pool.candidates)} 条记录重新得出名册：完整，无重复，排除人数相符",
        f"The pool was made again from all {len(held.pool.candidates)} records of the register: "
        "complete, without duplicates, with the counts of the excluded",
    )
    account.attest(
        "名册中的每条记录是真实且不同的人或机构，由名册主管单位证明",
        "That every record of the register is a real person or firm of its own is attested by "
        "who keeps the register",
    )
    return names, tags


def _read_opening(opening: bytes) -> tuple[str, bytes | None]:
    try:
        value: JsonObject = parse(opening[SALT_LENGTH:])
        held = Members(value)
        name, tag = held.text("id"), held.maybe("unit_tag", held.text)
        held.take("attributes")
        held.end()
        return name, None if tag is None else unb64u(tag, SALT_LENGTH)
    except Malformed:
        _wrong_opening()


def _wrong_opening() -> NoReturn:
    refuse(
        "公开的候选人不在冻结的名册中",
        "A candidate shown does not stand in the frozen pool",
        code="wrong-opening",
    )
