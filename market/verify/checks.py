"""What the verifier checks: each function says what holds, or raises at the first that does not.

Files are read here and nowhere else; the checks themselves are those of `market.protocol`.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from market.protocol.archives import ARCHIVE_LIMIT
from market.protocol.batches import check_listed, read_closing_list
from market.protocol.case_checks import attest_left_out, check_case, check_nothing_left_out
from market.protocol.case_files import read_case_file
from market.protocol.checkpoints import Witnessed
from market.protocol.draw_files import FILE_LIMIT, DrawFile, read_draw_file
from market.protocol.draw_journals import attest_whole_log, check_journal, check_whole_log
from market.protocol.encoding import (
    BODY_LIMIT,
    JsonObject,
    Malformed,
    canonical,
    digest,
    parse,
    refuse,
    stamp,
)
from market.protocol.entries import OFFICIAL_ACTS
from market.protocol.inclusions import (
    Included,
    Redeemed,
    check_consistency,
    check_inclusion,
    check_redemption,
)
from market.protocol.notes import NOTE_LIMIT
from market.protocol.opening import Closing, check_closing, read_closing
from market.protocol.receipts import PATIENCE, Receipt, act_leaf, read_receipt
from market.protocol.reruns import Rerun, rerun
from market.protocol.statements import Account
from market.protocol.tiles import WIDTH, Tile, parse_bundle
from market.protocol.trust import Trust, read_trust

TIMELY: Final = timedelta(seconds=120)  # a deadline's entries are witnessed within it (review H11)
KEPT: Final = frozenset({"receipt", "act", "redemption", "facts"})  # as the sealing page keeps it
LIST_FILE_LIMIT: Final = 33_554_432  # bytes of a closing list


def open_trust(path: Path, account: Account) -> Trust:
    """The trust file; for a demonstration's log it is said that nothing there is sealed."""
    trust = read_trust(read_bytes(path, BODY_LIMIT))
    if trust.is_demo:
        account.attest(
            "这是演示日志：其密钥不保护任何秘密，未密封",
            "This is a demonstration's log: its keys protect nothing, not sealed",
        )
    return trust


def checkpoint(path: Path, trust: Trust, account: Account) -> None:
    """A checkpoint: its log's signature, its witnesses."""
    _tell_checkpoint(trust.check_checkpoint(read_bytes(path, NOTE_LIMIT)), trust, account)


def inclusion(path: Path, trust: Trust, account: Account) -> None:
    """An entry's proof file."""
    tell_inclusion(check_inclusion(read_json(path), trust), trust, account)


def consistency(path: Path, trust: Trust, account: Account) -> None:
    """The proof file that one checkpoint's log continues another's."""
    old, new = check_consistency(read_json(path), trust)
    _tell_checkpoint(old, trust, account)
    _tell_checkpoint(new, trust, account)
    account.prove(
        f"规模 {new.checkpoint.size} 的日志是规模 {old.checkpoint.size} 的日志的延续，前面没有改动",
        f"The log of {new.checkpoint.size} entries continues that of {old.checkpoint.size}: "
        "nothing before was changed",
    )


def receipt(
    path: Path,
    trust: Trust,
    account: Account,
    *,
    act: Path | None = None,
    redemption: Path | None = None,
    closing: Path | None = None,
    listed: Path | None = None,
) -> None:
    """A receipt: its signature, and with more files the act, its place in the record, the list.

    A receipt as the sealing page keeps it holds act and redemption itself, and nothing unknown:
    a part whose name was altered would else go unseen. What was not given is said.
    """
    given = read_json(path)
    kept = _kept(given)
    held = _read_receipt(_part(kept, "receipt") or given, trust)
    account.prove(
        f"回执由平台签发：{held.tender}，{stamp(held.at)} 收到，"
        f"承诺于 {stamp(held.promise_by)} 前入批次",
        f"The platform signed the receipt: {held.tender}, received {stamp(held.at)}, "
        f"promised to be in a batch by {stamp(held.promise_by)}",
    )
    own_act = _part(kept, "act")
    if act is not None or own_act is not None:
        raw = read_bytes(act, BODY_LIMIT) if act is not None else canonical(own_act or {})
        _check_act(held, raw, account)
    else:
        account.attest(
            "未给出提交文件：回执属于哪份提交未核对",
            "The act was not given: which act the receipt is for was not looked at",
        )
    if kept.get("facts"):
        account.attest(
            "随回执保存的报价要素未核对", "The facts kept with the receipt were not looked at"
        )
    redeemed = read_json(redemption) if redemption is not None else _part(kept, "redemption")
    if redeemed is not None:
        _check_redeemed(held, check_redemption(redeemed, held.leaf, trust), trust, account)
    else:
        account.attest(
            "未给出兑付文件：提交是否已入批次未核对",
            "The redemption was not given: whether the act is in a batch was not looked at",
        )
    if closing is not None:
        if listed is None:
            refuse("缺少截标清单文件", "The file of the closing list is missing", code="no-list")
        _check_closing(held, check_inclusion(read_json(closing), trust), listed, trust, account)


def draw(
    path: Path, trust: Trust, account: Account, *, log: Path | None, without_journal: bool
) -> Rerun:
    """A draw file: run again, its steps in the journal, and with the log that nothing is left out.

    Without the journal's proofs it is refused, unless asked for: then the words say what that
    leaves open.
    """
    held = read_draw_file(read_bytes(path, FILE_LIMIT))
    return run_draw(held, trust, account, log=log, without_journal=without_journal)


def run_draw(
    held: DrawFile, trust: Trust, account: Account, *, log: Path | None, without_journal: bool
) -> Rerun:
    """A draw that was read, by itself or within another file: as `draw`."""
    again = rerun(held, account)
    if without_journal:
        account.attest(
            "未核对日志：各步骤是否及时入日志、承诺是否先得到见证、参与方是否为信任文件中的单位，均未证明",
            "The journal was not looked at: that the steps were recorded in time, that the "
            "commitments were witnessed first and who the parties are is not proved",
        )
        return again
    check_journal(held, trust, account)
    if log is None:
        attest_whole_log(account)
    else:
        check_whole_log(held, trust, read_log(log, _later_size(held, trust)), account)
    return again


def case_file(path: Path, trust: Trust, account: Account, *, log: Path | None) -> None:
    """A case file: every member, and with the log that no entry of its tender is left out."""
    case, page = read_case_file(read_bytes(path, ARCHIVE_LIMIT))
    found = check_case(case, page, trust, account)
    _tell_checkpoint(found[0].witnessed, trust, account)
    if log is None:
        attest_left_out(account)
    else:
        size = found[0].witnessed.checkpoint.size
        check_nothing_left_out(case, trust, read_log(log, size), account)


def read_log(folder: Path, size: int) -> list[bytes]:
    """The first `size` entries of a mirror in the layout of tlog-tiles.

    A partial bundle may be missing where the full one is there; `file-missing` where both are.
    """
    entries = list[bytes]()
    for index in range(-(-size // WIDTH)):
        width = min(WIDTH, size - index * WIDTH)
        entries += _bundle(folder, index, width)
    return entries


def _bundle(folder: Path, index: int, width: int) -> Sequence[bytes]:
    exact, full = Tile(None, index, width), Tile(None, index)
    found = [tile for tile in (exact, full) if (folder / tile.path()).is_file()]
    if not found:
        refuse(
            f"日志文件夹中没有 {exact.path()}",
            f"The log's folder has no {exact.path()}",
            code="file-missing",
        )
    raw = read_bytes(folder / found[0].path(), FILE_LIMIT)
    return parse_bundle(raw, found[0].width)[:width]


def _later_size(held: DrawFile, trust: Trust) -> int:
    return (
        0 if held.after is None else trust.check_checkpoint(held.after.checkpoint).checkpoint.size
    )


def _kept(given: JsonObject) -> JsonObject:
    """The members of a receipt as the sealing page keeps it; empty for a receipt by itself."""
    if "type" in given:
        return {}
    odd = sorted(given.keys() - KEPT)
    if odd:
        named = ", ".join(odd)[:100]
        refuse(f"多余成员：{named}", f"Members not foreseen: {named}")
    return given


def _part(kept: JsonObject, name: str) -> JsonObject | None:
    """A member of a kept receipt; None if it was not there when it was kept."""
    found = kept.get(name)
    return found if isinstance(found, dict) else None


def _read_receipt(value: JsonObject, trust: Trust) -> Receipt:
    """The receipt, by whichever pinned key signed it; the last key's refusal if none did."""
    for key in trust.receipts[:-1]:
        try:
            return read_receipt(value, key)
        except Malformed as refused:
            if refused.code != "bad-signature":
                raise
    return read_receipt(value, trust.receipts[-1])


def _check_act(held: Receipt, raw: bytes, account: Account) -> None:
    if (digest(raw), act_leaf(held.salt, raw)) != (held.submission_hash, held.leaf):
        refuse(
            "回执不是这份提交的",
            "The receipt is not for this act",
            code="receipt-differs",
        )
    account.prove("回执正是这份提交的", "The receipt is for exactly this act")


def _check_redeemed(held: Receipt, found: Redeemed, trust: Trust, account: Account) -> None:
    tell_inclusion(found.included, trust, account)
    batch = found.batch
    if not held.at <= batch.at <= held.promise_by + PATIENCE:
        refuse(
            f"批次时间 {stamp(batch.at)} 不在回执承诺之内",
            f"The batch of {stamp(batch.at)} is not within what the receipt promises",
            code="promise-broken",
        )
    account.prove(
        f"提交在第 {batch.tick} 批第 {found.place} 位，批次时间 {stamp(batch.at)}，在承诺之内",
        f"The act stands in batch {batch.tick} at place {found.place}, of {stamp(batch.at)}, "
        "within the promise",
    )


def _check_closing(
    held: Receipt, found: Included, listed: Path, trust: Trust, account: Account
) -> None:
    tell_inclusion(found, trust, account)
    closing = _closing_of(found, held)
    tender, acts = read_closing_list(
        parse(read_bytes(listed, LIST_FILE_LIMIT), limit=LIST_FILE_LIMIT)
    )
    check_closing(closing, tender, acts)
    account.prove(
        f"截标清单（{len(acts)} 份提交）就是日志中固定的那一份",
        f"The closing list ({len(acts)} acts) is the one fixed in the journal",
    )
    place = check_listed(acts, held.leaf)
    if held.at > closing.deadline:
        refuse(
            "该提交晚于截止时间却被列入",
            "The act came after the deadline and is listed all the same",
            code="listed-late",
        )
    account.prove(
        f"提交在截标清单中（第 {acts.index(place) + 1} 份），须予开标",
        f"The act is in the closing list (number {acts.index(place) + 1}) and must be opened",
    )
    if found.by > closing.deadline + TIMELY:
        account.attest(
            f"见证人于 {stamp(found.by)} 见到截标记录；此前的时间由日志自述",
            f"The witnesses had seen the closing record by {stamp(found.by)}; any earlier time is "
            "the log's own word",
        )


def _closing_of(found: Included, held: Receipt) -> Closing:
    if found.entry.kind != "closing":
        refuse("此处应为截标记录", "A closing record is needed here", code="wrong-type")
    closing = read_closing(found.entry.data)
    if closing.tender != held.tender:
        refuse("截标记录属于另一项目", "The closing is of another tender", code="wrong-tender")
    return closing


def tell_inclusion(found: Included, trust: Trust, account: Account) -> None:
    """Note the entry that was shown to be in the log, and under which checkpoint."""
    _tell_checkpoint(found.witnessed, trust, account)
    zh, en = OFFICIAL_ACTS[found.entry.kind]
    account.prove(
        f"日志第 {found.index} 条：{zh}，{found.entry.subject}，日志时间 {stamp(found.entry.at)}",
        f"Entry {found.index} of the log: {en}, {found.entry.subject}, "
        f"by the log's time {stamp(found.entry.at)}",
    )


def _tell_checkpoint(found: Witnessed, trust: Trust, account: Account) -> None:
    head = found.checkpoint
    seen = ", ".join(f"{name} {stamp(at)}" for name, at in sorted(found.times.items()))
    account.prove(
        f"检查点由 {head.origin} 签名，规模 {head.size}，{len(found.times)} 个见证人联署"
        f"（需要 {trust.quorum} 个）：{seen}",
        f"The checkpoint is signed by {head.origin}, {head.size} entries, cosigned by "
        f"{len(found.times)} witnesses ({trust.quorum} needed): {seen}",
    )


def read_json(path: Path) -> JsonObject:
    """The JSON object that a file is; refusals of `read_bytes`, and `malformed`."""
    return parse(read_bytes(path, FILE_LIMIT), limit=FILE_LIMIT)


def read_bytes(path: Path, limit: int) -> bytes:
    """The bytes of a file; `file-missing` where it cannot be read, `malformed` above the limit."""
    try:
        with path.open("rb") as source:
            raw = source.read(limit + 1)
    except OSError as cause:
        raise Malformed(
            "file-missing",
            zh=f"无法读取文件 {path}：{cause.strerror}",
            en=f"The file {path} cannot be read: {cause.strerror}",
        ) from cause
    if len(raw) > limit:
        refuse(f"文件 {path} 超过 {limit} 字节", f"The file {path} has more than {limit} bytes")
    return raw
