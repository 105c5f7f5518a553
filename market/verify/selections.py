"""What the verifier checks of a selection file: keys, draw, journal, and the choice made again."""

from pathlib import Path
from typing import Final

from intermediaries.rulebook.selection.outcome import Outcome
from intermediaries.rulebook.selection.quotes import AT_OPENING
from intermediaries.rulebook.selection.rerun import choose_again
from market.protocol.draw_files import FILE_LIMIT, DrawFile, draw_file
from market.protocol.encoding import b64u, canonical, digest, refuse, stamp
from market.protocol.entries import read_entry
from market.protocol.inclusions import Included, check_inclusion
from market.protocol.reruns import Rerun
from market.protocol.selection_files import (
    Judged,
    SelectionFile,
    draw_hash_of,
    read_selection_file,
    standing_hash,
)
from market.protocol.statements import Account
from market.protocol.trust import Trust
from market.verify import checks

NOTICE: Final = "notice"
ENROLMENTS: Final = "enrolments"
RESULT: Final = "result"
PRICE_ENTRY: Final = "selection"


def selection(
    path: Path,
    trust: Trust,
    account: Account,
    *,
    draw: Path | None,
    log: Path | None,
    without_journal: bool,
) -> Outcome:
    """A selection file: whose keys signed, its draw run again, its entries, the choice made again.

    Refusals, besides those of `choose_again` and of a draw: `wrong-draw` for a draw file of
    another hash, `not-in-selection` for an entry of something else.
    """
    held = read_selection_file(checks.read_bytes(path, FILE_LIMIT))
    _tell_keys(held, trust, account)
    file = _draw_file(held, draw)
    again: Rerun | None = None
    if file is not None:
        again = checks.run_draw(file, trust, account, log=log, without_journal=without_journal)
        if not without_journal:
            _tell_frozen(held, file, account)
    _check_entries(held, trust, account)
    return choose_again(held, again, account)


def _draw_file(held: SelectionFile, path: Path | None) -> DrawFile | None:
    """The draw file inside, or the one given, which must be the one whose hash is inside."""
    if path is None:
        if held.draw_hash is not None:
            refuse(
                "文件中只有抽取文件的摘要，用 --draw 给出抽取文件",
                "The file holds only the hash of its draw file; give the draw file with --draw",
                code="no-draw",
            )
        return held.draw
    value = checks.read_json(path)
    if held.draw_hash != draw_hash_of(value):
        refuse("抽取文件不是文中所指的", "This is not the draw file meant", code="wrong-draw")
    return draw_file(value)


def _tell_keys(held: SelectionFile, trust: Trust, account: Account) -> None:
    """Whose signing keys are pinned in the trust file, and whose the journal vouches for."""
    signers = [(row.enrolment.agency, row.enrolment.key) for row in held.quotes]
    if held.manifest is not None:
        keepers = held.manifest.recipients
        signers += [(keeper.organisation.uscc, keeper.key) for keeper in keepers]
    for uscc, key in signers:
        if trust.pins(uscc, key):
            account.prove(f"{uscc} 的签名钥在信任文件中", f"The key of {uscc} is in the trust file")
        else:
            account.attest(
                f"{uscc} 的签名钥不在信任文件中，由日志登记证明",
                f"The key of {uscc} is not in the trust file; its registration in the journal"
                " vouches for it",
            )


def _tell_frozen(held: SelectionFile, file: DrawFile, account: Account) -> None:
    """Whether the journal shows the enrolments frozen before the first quote could be read."""
    if held.manifest is None or file.before is None:
        return
    opens_at = held.manifest.occasion.opens_at
    entries = [read_entry(raw) for _, raw, _ in file.before.entries]
    frozen = [entry.at for entry in entries if entry.data == file.freeze.json()]
    if frozen and min(frozen) <= opens_at:
        account.prove(
            f"报名名单在 {stamp(min(frozen))} 冻结，早于报价开启时间 {stamp(opens_at)}",
            f"The enrolments were frozen at {stamp(min(frozen))}, before the quotes opened at"
            f" {stamp(opens_at)}",
        )
    else:
        account.attest(
            "报名名单在报价开启之后才冻结：未遗漏报名由平台声明",
            "The enrolments were frozen after the quotes opened: that none was left out by then"
            " is the platform's word",
        )


def _check_entries(held: SelectionFile, trust: Trust, account: Account) -> None:
    """The proofs of entries: the notice with these terms, the list, the result with this outcome.

    The list of enrolments says how each stood at the closing: its fault and, where it counts, its
    credit. That a quote or scheme did not open is found later and stands in no list.
    """
    judged = [
        Judged(row.enrolment.hash, None if row.fault in AT_OPENING else row.fault, row.credit)
        for row in held.quotes
    ]
    wanted = {
        NOTICE: ("terms", b64u(held.terms_hash)),
        ENROLMENTS: ("standing", b64u(standing_hash(judged))),
        RESULT: ("selection", b64u(digest(canonical(held.outcome)))),
    }
    shown, prices = set[str](), _Prices(held)
    for proof in held.journal:
        found = check_inclusion(proof, trust)
        if prices.take(found):
            continue
        member, value = wanted.get(found.entry.kind, ("", ""))
        subject = held.terms.get("subject")
        if found.entry.subject != subject or found.entry.data.get(member) != value:
            refuse(
                f"日志第 {found.index} 条不属于这次选取",
                f"Entry {found.index} of the journal is not about this selection",
                code="not-in-selection",
            )
        shown.add(found.entry.kind)
        account.prove(
            f"日志第 {found.index} 条（{found.entry.kind}）与文件一致，"
            f"见证人于 {stamp(found.by)} 前见过",
            f"Entry {found.index} of the journal ({found.entry.kind}) agrees with the file; the"
            f" witnesses had seen it by {stamp(found.by)}",
        )
    prices.tell(account)
    for kind, zh, en in (
        (NOTICE, "公告中的条款", "the terms of the notice"),
        (ENROLMENTS, "截止时的报名清单及各家状态", "the list at the closing and how each stood"),
        (RESULT, "公布的结果", "the published result"),
    ):
        if kind not in shown:
            account.attest(
                f"{zh}是否已入日志，文件未附证明",
                f"That {en} stand in the journal is not shown by the file",
            )


class _Prices:
    """The hashes of prices named in rounds, and which of them the journal is shown to hold."""

    def __init__(self, held: SelectionFile) -> None:
        named = [one for row in held.quotes for one in row.offers]
        self._subject = held.terms.get("subject")
        self._at = {b64u(one.commitment): one.at for one in named}
        self._left = set(self._at)
        if len(self._at) != len(named):
            refuse("两次轮次报价的承诺摘要相同", "Two prices of rounds have the same hash")

    def take(self, found: Included) -> bool:
        """Whether an entry is that of a price; `not-in-selection` where the file has none such."""
        name = found.entry.data.get("price")
        if found.entry.kind != PRICE_ENTRY or not isinstance(name, str):
            return False
        if (found.entry.subject, found.entry.at) != (self._subject, self._at.get(name)):
            refuse(
                f"日志第 {found.index} 条的轮次报价不在文件中，或时间不同",
                f"The price of entry {found.index} is not in the file, or has another moment there",
                code="not-in-selection",
            )
        self._left.discard(name)
        return True

    def tell(self, account: Account) -> None:
        """How many prices stood in the journal at their moments, and how many are not shown to."""
        there = len(self._at) - len(self._left)
        if there:
            account.prove(
                f"{there} 次轮次报价的承诺摘要在报出的时刻已入日志",
                f"The hashes of {there} prices named in rounds stand in the journal, each with its"
                " moment",
            )
        if self._left:
            account.attest(
                f"{len(self._left)} 次轮次报价的承诺摘要是否已入日志，文件未附证明",
                f"That the hashes of {len(self._left)} prices named in rounds stand in the journal"
                " is not shown by the file",
            )
