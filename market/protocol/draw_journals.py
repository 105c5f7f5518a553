"""What the journal shows about a draw: that each step stood in the record before the next.

The commitments must lie under a checkpoint that witnesses had seen before the first nonce was
revealed. With the whole log in hand it is also shown that no step, no attempt and no other draw
for the same purpose was left out of the file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NoReturn

from market.protocol.checkpoints import Checkpoint
from market.protocol.draw_files import Attempt, DrawFile
from market.protocol.draws import BY_ESCROW, PREDICTABLE, REFREEZE, check_beacon
from market.protocol.encoding import JsonObject, canonical, refuse, stamp
from market.protocol.entries import Entry, read_entry
from market.protocol.freezes import WALK, Freeze
from market.protocol.inclusions import Included
from market.protocol.members import Members
from market.protocol.merkle import leaf_hash, root, verify_consistency
from market.protocol.parties import INSIDE_ROLES
from market.protocol.statements import Account
from market.protocol.trust import Trust

REGISTER_KIND: Final = "library-root"
_DRAW_KINDS: Final = "draw-"


@dataclass(frozen=True, slots=True)
class _Phase:
    """What must stand in the journal, if `in_turn` before what the next phase holds."""

    kind: str
    structures: tuple[JsonObject, ...]
    in_turn: bool = True


def check_journal(held: DrawFile, trust: Trust, account: Account) -> None:
    """Refuse a draw whose steps the journal does not show in their order.

    `no-journal`; those of checkpoints and proofs; `not-journaled` for a step that is missing;
    `not-in-draw` for an entry the file does not account for; `wrong-order`; `not-witnessed-first`
    unless the commitments were witnessed before the first reveal; `escrow-early`;
    `wrong-beacon`; `no-pinned-party`.
    """
    if held.before is None or held.after is None:
        refuse(
            "抽取文件没有日志证明", "The draw file has no proofs of the journal", code="no-journal"
        )
    before, after = held.before.check(trust), held.after.check(trust)
    first = trust.check_checkpoint(held.before.checkpoint)
    last = trust.check_checkpoint(held.after.checkpoint)
    old, new = first.checkpoint, last.checkpoint
    verify_consistency(old.size, old.root, new.size, new.root, held.growth)
    found = _by_content(held, (*before, *after), account)
    shown = _check_phases(held, found)
    unaccounted = [item for key, item in found.items() if key not in shown]
    if unaccounted:
        _not_in_draw(unaccounted[0])
    _check_witnessed(held.attempts[-1], found, old, trust.proved_by(first))
    _check_limits(held, found, account)
    account.prove(
        f"全部承诺已在见证人于 {stamp(trust.proved_by(first))} 前见过的检查点之下，早于首次公开",
        "All commitments lay under a checkpoint that the witnesses had seen by "
        f"{stamp(trust.proved_by(first))}, before the first nonce was revealed",
    )
    _check_pinned(held, trust, account)


def check_whole_log(
    held: DrawFile, trust: Trust, entries: Sequence[bytes], account: Account
) -> None:
    """Refuse a file that leaves out what the log has about this draw.

    `entries` are all of the log, from the first, up to the file's later checkpoint. Refusals:
    `wrong-log` if they do not make its root; `left-out` for a step of this draw that the file
    does not show; `second-draw` for another draw of the same case and purpose.
    """
    if held.after is None:
        refuse(
            "抽取文件没有日志证明", "The draw file has no proofs of the journal", code="no-journal"
        )
    head = trust.check_checkpoint(held.after.checkpoint).checkpoint
    leaves = [leaf_hash(raw) for raw in entries]
    if len(leaves) != head.size or root(leaves) != head.root:
        refuse("所给日志与检查点不符", "The log given is not the checkpoint's", code="wrong-log")
    shown = {(kind, canonical(item)) for phase in _phases(held) for kind, item in _pairs(phase)}
    count = 0
    for entry in (read_entry(raw) for raw in entries):
        if not entry.kind.startswith(_DRAW_KINDS):
            continue
        count += 1
        if entry.subject == held.freeze.draw:
            if (entry.kind, canonical(entry.data)) not in shown:
                _left_out(entry)
        elif _is_same_purpose(entry, held.freeze):
            refuse(
                f"同一事项另有一次抽取：{entry.subject}",
                f"There was another draw for the same purpose: {entry.subject}",
                code="second-draw",
            )
    account.prove(
        f"全日志 {len(leaves)} 条（抽取 {count} 条）：没有略去的轮次，同一事项没有另一次抽取",
        f"In all {len(leaves)} entries of the log ({count} about draws) no attempt was left out "
        "and there is no other draw for this purpose",
    )


def attest_whole_log(account: Account) -> None:
    """Say that the whole log was not looked through."""
    account.attest(
        "未提供全部日志：是否另有轮次或同一事项的另一次抽取，此处未证明",
        "The whole log was not given: that no attempt and no other draw for this purpose was left "
        "out is not proved here",
    )


def _phases(held: DrawFile) -> list[_Phase]:
    """What must be in the journal, phase after phase."""
    early, late = list[JsonObject](), list[JsonObject]()
    for item in held.consents:
        (early if item.get("reason") in (PREDICTABLE, REFREEZE) else late).append(item)
    phases = list[_Phase]()
    for one in held.earlier:
        phases += [
            _Phase("draw-freeze", (one.freeze.json(),)),
            _Phase("draw-audit", one.audits),
            _Phase("draw-consent", one.consents),
        ]
    phases += [
        _Phase("draw-freeze", (held.freeze.json(),)),
        _Phase("draw-audit", held.audits),
        _Phase("draw-consent", tuple(early)),
    ]
    for attempt in held.attempts:
        phases += [
            _Phase("draw-commit", tuple(item.json for item in attempt.commits)),
            _Phase("draw-reveal", tuple(item.json for item in attempt.reveals)),
            _Phase("draw-void", attempt.voids),
        ]
    phases += [_Phase("draw-step", (item,)) for item in held.steps]
    return [
        *phases,
        _Phase("draw-result", (held.result,)),
        _Phase("draw-consent", tuple(late), in_turn=False),
    ]


def _pairs(phase: _Phase) -> list[tuple[str, JsonObject]]:
    return [(phase.kind, item) for item in phase.structures]


def _by_content(
    held: DrawFile, proved: Iterable[Included], account: Account
) -> dict[tuple[str, bytes], Included]:
    """The proved entries by kind and content; the register's root is taken out and told."""
    found, is_register_shown = dict[tuple[str, bytes], Included](), held.freeze.walk is None
    for item in sorted(proved, key=lambda one: one.index):
        if item.entry.kind == REGISTER_KIND:
            _check_register(held.freeze, item, account)
            is_register_shown = True
        elif item.entry.subject != held.freeze.draw:
            _not_in_draw(item)
        else:
            found.setdefault((item.entry.kind, canonical(item.entry.data)), item)
    if not is_register_shown:
        account.attest(
            "名册日根是否先入日志，文件未附证明，由名册核验方证明",
            "That the register's root was in the journal before is not shown by the file; the "
            "auditor of the pool vouches for it",
        )
    return found


def _check_register(freeze: Freeze, item: Included, account: Account) -> None:
    data = Members(item.entry.data)
    stated = (data.text("register"), data.octets("root", 32), data.whole("size"))
    data.end()
    walk = freeze.walk
    named = None if walk is None else walk.register
    if named is None or stated != (named.register, named.root, named.size):
        _not_in_draw(item)
    account.prove(
        f"所用名册的日根在 {stamp(item.entry.at)} 入日志",
        f"The register's root that the pool was made from was journaled at {stamp(item.entry.at)}",
    )


def _check_phases(
    held: DrawFile, found: dict[tuple[str, bytes], Included]
) -> set[tuple[str, bytes]]:
    """All steps in the journal, each phase after the one before; the keys that were shown."""
    shown, reached = set[tuple[str, bytes]](), -1
    for phase in _phases(held):
        keys = [(kind, canonical(item)) for kind, item in _pairs(phase)]
        missing = next((key for key in keys if key not in found), None)
        if missing is not None:
            refuse(
                f"{missing[0]} 的一步没有日志证明",
                f"A step of kind {missing[0]} is not shown to be in the journal",
                code="not-journaled",
            )
        shown.update(keys)
        places = [found[key].index for key in keys]
        if places and phase.in_turn:
            if min(places) <= reached:
                refuse(
                    f"{phase.kind} 在日志中的次序不对",
                    f"A step of kind {phase.kind} stands before one it must follow",
                    code="wrong-order",
                )
            reached = max(places)
    return shown


def _check_witnessed(
    attempt: Attempt,
    found: dict[tuple[str, bytes], Included],
    before: Checkpoint,
    by: datetime,
) -> None:
    commits = [found["draw-commit", canonical(item.json)] for item in attempt.commits]
    reveals = [found["draw-reveal", canonical(item.json)] for item in attempt.reveals]
    first = min(item.entry.at for item in reveals)
    if (
        any(item.index >= before.size for item in commits)
        or any(item.index < before.size for item in reveals)
        or by > first
    ):
        refuse(
            "承诺并未在首次公开之前全部得到见证",
            "Not all commitments were witnessed before the first nonce was revealed",
            code="not-witnessed-first",
        )


def _check_limits(
    held: DrawFile, found: dict[tuple[str, bytes], Included], account: Account
) -> None:
    """The limit for revealing, which fixes when escrow opens and which beacon round counts."""
    last = held.attempts[-1]
    ends = [found["draw-commit", canonical(item.json)].entry.at for item in last.commits]
    limit = max(ends) + timedelta(seconds=held.freeze.reveal_seconds)
    for item in last.reveals:
        if item.by == BY_ESCROW and found["draw-reveal", canonical(item.json)].entry.at < limit:
            refuse(
                f"{item.party} 的随机数在公开截止前就从托管中打开",
                f"The nonce of {item.party} came out of escrow before the limit for revealing",
                code="escrow-early",
            )
    check_beacon(held.freeze.beacon, last.beacon, limit)
    if last.beacon is not None:
        account.prove(
            f"信标轮次 {last.beacon.round} 是公开截止 {stamp(limit)} 之后的第一轮",
            f"Beacon round {last.beacon.round} is the first after the limit {stamp(limit)}",
        )


def _check_pinned(held: DrawFile, trust: Trust, account: Account) -> None:
    """Refuse a draw of which no outside party, or no audit, is one the reader knows.

    Parties are named by the freeze, which the platform journals: without a pinned key they
    could all be invented.
    """
    freeze = held.freeze
    known = {item.party for item in freeze.parties if trust.pins(item.organisation, item.key)}
    outside = {item.party for item in freeze.parties if item.role not in INSIDE_ROLES} & known
    throwing = {item.party for item in held.attempts[-1].commits} & outside
    audits = {str(item.get("party")) for item in held.audits} & outside
    if not throwing or (freeze.kind == WALK and not audits):
        refuse(
            "没有一个信任文件中的外部单位参与抽取或核验名册",
            "No outside organisation of the trust file threw a nonce in, or audited the pool",
            code="no-pinned-party",
        )
    for item in freeze.parties:
        if item.party in known:
            account.prove(
                f"参与方 {item.party}（{item.organisation}）的签名钥在信任文件中",
                f"The key of {item.party} ({item.organisation}) is in the trust file",
            )
        else:
            account.attest(
                f"参与方 {item.party}（{item.organisation}）的签名钥不在信任文件中，由日志登记证明",
                f"The key of {item.party} ({item.organisation}) is not in the trust file; its "
                "registration in the journal vouches for it",
            )


def _is_same_purpose(entry: Entry, freeze: Freeze) -> bool:
    data = entry.data
    return entry.kind == "draw-freeze" and (data.get("case"), data.get("purpose")) == (
        freeze.case,
        freeze.purpose,
    )


def _not_in_draw(item: Included) -> NoReturn:
    refuse(
        f"日志第 {item.index} 条不属于此抽取文件",
        f"Entry {item.index} of the journal is not accounted for by the draw file",
        code="not-in-draw",
    )


def _left_out(entry: Entry) -> NoReturn:
    refuse(
        f"抽取文件略去了日志中的一步：{entry.kind}，{stamp(entry.at)}",
        f"The draw file leaves out a step of the journal: {entry.kind} of {stamp(entry.at)}",
        code="left-out",
    )
