"""What a case file proves: every member held against the journal, and the journal against trust."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NoReturn

from market.protocol.batches import read_closing_list
from market.protocol.case_files import (
    CLOSING_LIST,
    NOTICES,
    PAGE,
    PART_LIMIT,
    RECORD,
    CaseFile,
    draw_name,
)
from market.protocol.case_pages import write_page
from market.protocol.draw_files import read_draw_file
from market.protocol.draw_journals import attest_whole_log, check_journal
from market.protocol.encoding import Json, JsonObject, b64u, digest, parse, refuse, stamp
from market.protocol.entries import Entry, check_order, read_entry
from market.protocol.inclusions import Included
from market.protocol.members import Members
from market.protocol.merkle import leaf_hash, root
from market.protocol.offers import check_fact, read_fact_proof
from market.protocol.opening import Closing, check_closing, read_closing
from market.protocol.reruns import rerun
from market.protocol.statements import Account
from market.protocol.trust import Trust

LINES: Final = 100_000  # bids of one record
NAMED_BY: Final = ("notice", "text_hash")
"""Members by which entries name a notice by its hash."""


def check_case(case: CaseFile, page: bytes, trust: Trust, account: Account) -> tuple[Included, ...]:
    """Refuse a case file of which anything does not hold; what its journal proves.

    Refusals: those of checkpoints and proofs; `wrong-tender`, `wrong-order`, `no-entries`;
    `closing-differs`, `no-list`, `list-without-closing`; `record-differs`, `no-record`,
    `record-without-entry`, `fact-not-proved`; those of draws; `notice-differs`;
    `result-differs`; `page-differs`.
    """
    found = _check_entries(case, trust, account)
    entries = [one.entry for one in found]
    closing = _check_closing_list(case, entries, account)
    record = _check_record(case, entries, closing, account)
    for name, raw in case.draws.items():
        _check_draw(case, name, raw, trust, account)
    _check_notices(case, entries, account)
    _check_results(entries, record, account)
    if write_page(case) != page:
        refuse(
            f"{PAGE} 与档案内容不符", f"{PAGE} does not say what the file holds",
            code="page-differs",
        )  # fmt: skip
    account.prove(
        f"{PAGE} 由档案其余内容逐字节生成",
        f"{PAGE} is byte for byte what the rest of the file makes of it",
    )
    return found


def check_nothing_left_out(
    case: CaseFile, trust: Trust, entries: Sequence[bytes], account: Account
) -> None:
    """Refuse (`wrong-log`, `left-out`) unless the file shows all that the log has of the tender.

    `entries` are all of the log up to the file's checkpoint.
    """
    head = trust.check_checkpoint(case.journal.checkpoint).checkpoint
    leaves = [leaf_hash(raw) for raw in entries]
    if len(leaves) != head.size or root(leaves) != head.root:
        refuse("所给日志与检查点不符", "The log given is not the checkpoint's", code="wrong-log")
    shown = {index for index, _, _ in case.journal.entries}
    for index, raw in enumerate(entries):
        if index not in shown and read_entry(raw).subject == case.tender:
            refuse(
                f"档案略去了日志第 {index} 条", f"The file leaves out entry {index} of the log",
                code="left-out",
            )  # fmt: skip
    account.prove(
        f"全日志 {len(leaves)} 条：关于 {case.tender} 的条目没有略去",
        f"In all {len(leaves)} entries of the log none about {case.tender} was left out",
    )


def attest_left_out(account: Account) -> None:
    """Say that without the whole log an entry may have been left out."""
    account.attest(
        "未提供全部日志：是否略去了关于本项目的条目，此处未证明",
        "The whole log was not given: that no entry about this tender was left out is not proved",
    )


def _check_entries(case: CaseFile, trust: Trust, account: Account) -> tuple[Included, ...]:
    rows = case.journal.entries
    if not rows:
        refuse("档案中没有日志条目", "The file holds no entry", code="no-entries")
    if any(a >= b for (a, _, _), (b, _, _) in pairwise(rows)):
        refuse("日志条目次序不对", "The entries are out of order", code="wrong-order")
    found = case.journal.check(trust)
    entries = [one.entry for one in found]
    for one in found:
        if one.entry.subject != case.tender:
            refuse(
                f"日志第 {one.index} 条属于另一项目",
                f"Entry {one.index} is about another tender",
                code="wrong-tender",
            )
    check_order(entries)
    account.prove(
        f"{case.tender} 的 {len(found)} 条日志条目均在规模 {found[0].witnessed.checkpoint.size} 的"
        f"日志中，见证人于 {stamp(found[0].by)} 前见过",
        f"All {len(found)} entries about {case.tender} stand in the log of "
        f"{found[0].witnessed.checkpoint.size} entries, which the witnesses had seen by "
        f"{stamp(found[0].by)}",
    )
    return found


def _check_closing_list(
    case: CaseFile, entries: Sequence[Entry], account: Account
) -> Closing | None:
    held = [entry for entry in entries if entry.kind == "closing"]
    closing = read_closing(held[-1].data) if held else None
    if case.closing_list is None:
        if any(entry.kind == "opening-record" for entry in entries):
            refuse(f"档案中缺少 {CLOSING_LIST}", f"The file lacks {CLOSING_LIST}", code="no-list")
        return closing
    if closing is None:
        refuse(
            "日志中没有截标记录", "The journal has no closing record", code="list-without-closing"
        )
    tender, acts = read_closing_list(parse(case.closing_list, limit=PART_LIMIT))
    check_closing(closing, tender, acts)
    account.prove(
        f"截标清单（{len(acts)} 份提交）就是日志中固定的那一份",
        f"The closing list ({len(acts)} acts) is the one fixed in the journal",
    )
    return closing


def _check_record(
    case: CaseFile, entries: Sequence[Entry], closing: Closing | None, account: Account
) -> JsonObject | None:
    held = [entry for entry in entries if entry.kind == "opening-record"]
    if case.record is None:
        if held:
            refuse(f"档案中缺少 {RECORD}", f"The file lacks {RECORD}", code="no-record")
        return None
    if not held or closing is None:
        refuse(
            "日志中没有开标记录", "The journal has no opening record", code="record-without-entry"
        )
    record = parse(case.record, limit=PART_LIMIT)
    given = Members(record, "opening-record")
    said = (held[-1].data.get("record_hash"), held[-1].data.get("closing_hash"))
    of_closing = b64u(closing.hash)
    if (
        said != (b64u(digest(case.record)), of_closing)
        or given.take("closing_hash") != of_closing
        or given.tender() != case.tender
    ):
        refuse(
            "开标记录与日志不符", "The opening record is not the journal's", code="record-differs"
        )
    counts = given.array("bids", _facts_of, high=LINES)
    given.take("out")
    given.end()
    account.prove(
        f"开标记录就是日志中的那一份；{len(counts)} 份投标的 {sum(counts)} 项公开事实"
        "均属于各自封装的报价",
        f"The opening record is the journal's; {sum(counts)} stated facts of {len(counts)} bids "
        "belong to the prices as they were sealed",
    )
    return record


def _facts_of(value: Json) -> int:
    """How many facts of a bid are proved to belong to its sealed price."""
    given = Members(value)
    sealed = given.octets("price_hash", 32)
    proofs = given.array("facts", read_fact_proof)
    for proof in proofs:
        check_fact(proof, sealed)
    return len(proofs)


def _check_draw(case: CaseFile, name: str, raw: bytes, trust: Trust, account: Account) -> None:
    held = read_draw_file(raw)
    if held.freeze.case != case.tender or draw_name(held.freeze.draw) != name:
        refuse(
            f"抽取 {held.freeze.draw} 属于另一项目",
            f"The draw {held.freeze.draw} is of another tender",
            code="wrong-tender",
        )
    rerun(held, account)
    check_journal(held, trust, account)
    attest_whole_log(account)


def _check_notices(case: CaseFile, entries: Sequence[Entry], account: Account) -> None:
    held = [entry.data.get(member) for entry in entries for member in NAMED_BY]
    named = {one for one in held if isinstance(one, str)}
    for name, raw in case.notices.items():
        told = parse(raw)
        is_its_own = told.get("subject") == case.tender and digest(raw).hex() == name
        if not is_its_own or b64u(digest(raw)) not in named:
            refuse(
                f"{NOTICES}{name} 不是日志所载的公告",
                f"{NOTICES}{name} is not a notice that the journal names",
                code="notice-differs",
            )
    if case.notices:
        account.prove(
            f"{len(case.notices)} 份公告全文就是日志所载的公告",
            f"The words of {len(case.notices)} notices are those that the journal names",
        )


def _check_results(entries: Sequence[Entry], record: JsonObject | None, account: Account) -> None:
    """Result, award and opening record must say the same of winner and amount.

    A result whose amount was corrected (Order 87, article 59) names the price as `opened` too:
    that one must be in the record, and the award must be of the corrected amount.
    """
    said: dict[str, set[tuple[str, str]]] = {"result": set(), "award": set()}
    for entry in entries:
        if entry.kind in said:
            winner, amount = str(entry.data.get("winner")), str(entry.data.get("amount"))
            said[entry.kind].add((winner, amount))
            if record is None or entry.kind == "award":
                continue
            opened = str(entry.data.get("opened", amount))
            if (winner, opened) not in _prices(record):
                _result_differs()
            if opened != amount:
                account.attest(
                    f"开标价格 {opened} 分按规定修正为 {amount} 分，由投标人确认",
                    f"The opened price of {opened} fen was corrected by rule to {amount} fen, "
                    "which the bidder confirmed",
                )
    # Entries of one moment stand in any order, so an award may stand before its result.
    if not said["award"] <= said["result"]:
        _result_differs()
    if said["result"]:
        account.prove(
            "结果、中标通知与开标记录中的中标人和金额一致",
            "Result, award and opening record agree on winner and amount",
        )


def _prices(record: JsonObject) -> set[tuple[str, str]]:
    found = set[tuple[str, str]]()
    bids = record["bids"]
    for bid in bids if isinstance(bids, list) else []:
        if not isinstance(bid, dict) or not isinstance(bid["facts"], list):
            continue
        for fact in bid["facts"]:
            if isinstance(fact, dict) and fact["name"] == "price":
                found.add((str(bid.get("uscc")), str(fact["value"])))
    return found


def _result_differs() -> NoReturn:
    refuse(
        "结果与中标通知或开标记录不符",
        "The result is not that of the award or of the opening record",
        code="result-differs",
    )
