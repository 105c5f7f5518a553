"""A case file with everything a tender can have, and what becomes of it when a thing is changed."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from market.protocol.archives import read_archive, write_archive
from market.protocol.batches import Listed, write_closing_list
from market.protocol.case_checks import check_case, check_nothing_left_out
from market.protocol.case_files import CaseFile, read_case_file, write_case_file
from market.protocol.case_pages import write_page
from market.protocol.encoding import (
    JsonObject,
    Malformed,
    b64u,
    canonical,
    digest,
    parse,
    stamp,
    structure,
)
from market.protocol.inclusions import read_proofs
from market.protocol.offers import facts_root, prove_fact, salted_facts
from market.protocol.opening import make_closing
from market.protocol.payload import payload_hash
from market.protocol.statements import Account
from tests.support.draw_cast import DrawScene, carry_out, json_of, with_pool
from tests.support.draw_journaling import journal_of
from tests.support.log_cast import NOTARY_USCC, Log, make_trust, seconds, secret

NO = "ZC-2026-000123"
OTHER = "ZC-2026-000124"
LATE = seconds(9000)
PRICE = 123_456_700


@dataclass
class Makings:
    """What a case file is made of, and the log it is proved by."""

    log: Log
    case: CaseFile

    def raw(self) -> bytes:
        return write_case_file(self.case, write_page(self.case))


def journaled(log: Log, indexes: list[int]):
    return log.proofs(indexes, len(log.entries), LATE)


def a_notice(no: str = NO) -> bytes:
    return canonical(
        structure(
            "notice-text", kind="NT15", subject=no, title_zh="合同公告", title_en="Contract <1>",
            zh="合同金额", en="Amount & day", published_at=stamp(seconds(8000)),
        )
    )  # fmt: skip


def a_record(closing_hash: bytes) -> bytes:
    facts = salted_facts({"price": PRICE, "delivery": 30})
    inner = secret("payload")
    sealed = payload_hash(facts_root(facts), inner)
    line = {
        "uscc": NOTARY_USCC, "name_zh": "甲公司", "name_en": "Firm <A>", "price_hash": b64u(sealed),
        "facts": [prove_fact(facts, name, inner).to_json() for name in ("delivery", "price")],
    }  # fmt: skip
    out: JsonObject = {
        "uscc": None, "name_zh": None, "name_en": None, "state": "revoked", "cause": "ill-dealt",
        "zh": "份额分配有误", "en": "ill dealt",
    }  # fmt: skip
    return canonical(
        structure(
            "opening-record", tender=NO, closing_hash=b64u(closing_hash), bids=[line], out=[out]
        )
    )


@pytest.fixture(scope="module")
def makings() -> Makings:
    log, scene = Log(), DrawScene()
    acts = [Listed(seconds(n), secret(f"leaf{n}"), n, n) for n in range(3)]
    closing = make_closing(NO, secret("manifest"), 0, seconds(100), acts)
    listing, record, told = (
        canonical(write_closing_list(NO, acts)), a_record(closing.hash), a_notice(),
    )  # fmt: skip
    said = {"record_hash": b64u(digest(record)), "closing_hash": b64u(closing.hash)}
    shown = [
        log.append("notice", seconds(0), NO, {"notice": b64u(secret("notice"))}),
        log.append("closing", seconds(160), NO, closing.to_json()),
        log.append("opening-record", seconds(200), NO, said),
    ]
    drawn = with_pool(scene, carry_out(scene))
    journal, _ = journal_of(drawn, None, log)
    won: JsonObject = {"winner": NOTARY_USCC, "amount": PRICE}
    shown += [
        log.append("result", seconds(5000), NO, won),
        log.append("award", seconds(5000), NO, won),
        log.append("contract", seconds(8000), NO, {"notice": b64u(digest(told))}),
    ]
    log.append("notice", seconds(8500), OTHER, {"notice": b64u(secret("other"))})
    draws = {"d-2026-000123": canonical(json_of(drawn, journal))}
    case = CaseFile(
        NO, journaled(log, shown), listing, record, draws, {digest(told).hex(): told}
    )  # fmt: skip
    return Makings(log, case)


def refused(case: CaseFile, page: bytes | None = None) -> str:
    """The code by which a whole check refuses it, or "holds"."""
    try:
        raw = write_case_file(case, write_page(case) if page is None else page)
        held, shown = read_case_file(raw)
        check_case(held, shown, make_trust(), Account())
    except Malformed as refusal:
        return refusal.code
    except Exception as other:  # noqa: BLE001  refusals of merkle paths and closings are other classes
        return getattr(other, "code", repr(other))
    return "holds"


def test_everything_in_a_case_file_is_proved(makings: Makings) -> None:
    account = Account()
    case, page = read_case_file(makings.raw())
    assert case == makings.case
    assert len(check_case(case, page, make_trust(), account)) == 6
    said = "\n".join(each.en for each in account.proved)
    for wanted in (
        "All 6 entries about ZC-2026-000123",
        "The closing list (3 acts) is the one fixed",
        "2 stated facts of 1 bids",
        "All commitments lay under a checkpoint",
        "The words of 1 notices",
        "Result, award and opening record agree",
        "index.html is byte for byte",
    ):
        assert wanted in said


def test_the_archive_is_a_zip_for_everybody_and_the_same_each_time(makings: Makings) -> None:
    raw = makings.raw()
    assert raw == makings.raw()
    with zipfile.ZipFile(io.BytesIO(raw)) as held:
        assert held.testzip() is None
        assert {name: held.read(name) for name in held.namelist()} == read_archive(raw)
        assert {one.compress_type for one in held.infolist()} == {zipfile.ZIP_STORED}


def test_every_flipped_byte_of_the_archive_is_refused(makings: Makings) -> None:
    raw = makings.raw()
    # Heads and index of the archive byte by byte, the contents of long members in steps.
    starts = {raw.index(name.encode()) for name in read_archive(raw)}
    near = {place + away for place in starts for away in range(-30, 40)}
    places = {*near, *range(0, len(raw), 997), *range(len(raw) - 600, len(raw))}
    for place in sorted(places & set(range(len(raw)))):
        changed = bytearray(raw)
        changed[place] ^= 0x20
        with pytest.raises(Malformed) as refusal:
            read_case_file(bytes(changed))
        assert refusal.value.code in {"archive-differs", "too-large", "member-missing"}, place


def test_a_flip_behind_a_mended_archive_is_refused_with_the_name_of_the_member(
    makings: Makings,
) -> None:
    members = read_archive(makings.raw())
    for name, member in members.items():
        for place in {0, len(member) // 3, len(member) // 2, len(member) - 1}:
            changed = bytearray(member)
            changed[place] ^= 1
            mended = write_archive({**members, name: bytes(changed)})
            with pytest.raises(Malformed) as refusal:
                read_case_file(mended)
            assert name == "case-file.json" or refusal.value.code == "member-differs"
            assert name == "case-file.json" or name in refusal.value.en


def test_a_flip_behind_mended_contents_and_a_mended_page_is_refused_by_what_it_breaks(
    makings: Makings,
) -> None:
    case = makings.case
    journal = canonical(case.journal.json())
    for name, held, remade in (
        ("closing", case.closing_list, lambda raw: replace(case, closing_list=raw)),
        ("record", case.record, lambda raw: replace(case, record=raw)),
        ("draw", case.draws["d-2026-000123"], lambda raw: _with_draw(case, raw)),
        ("notice", a_notice(), lambda raw: _with_notice(case, raw)),
        ("journal", journal, lambda raw: _with_journal(case, raw)),
    ):
        for place in range(0, len(held), max(1, len(held) // 40)):
            changed = bytearray(held)
            changed[place] ^= 1
            assert _outcome(remade, bytes(changed)) != "holds", (name, place)


def test_the_page_says_nothing_but_what_the_file_holds(makings: Makings) -> None:
    page = write_page(makings.case)
    assert refused(makings.case, page.replace(b"1,234,567.00", b"1,234,567.01")) == "page-differs"
    assert b"Firm &lt;A&gt;" in page
    assert b"<script" not in page
    assert b"http" not in page


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda case: replace(case, closing_list=None), "no-list"),
        (lambda case: replace(case, record=None), "no-record"),
        (lambda case: replace(case, tender=OTHER), "wrong-tender"),
        (lambda case: _with_notice(case, a_notice(OTHER)), "notice-differs"),
    ],
)
def test_a_member_left_out_or_of_another_tender_is_refused(
    makings: Makings, change: Callable[[CaseFile], CaseFile], code: str
) -> None:
    assert refused(change(makings.case)) == code


def test_a_result_that_the_award_or_the_opening_record_does_not_bear_out_is_refused(
    makings: Makings,
) -> None:
    for winner, amount in ((NOTARY_USCC, PRICE + 1), ("91110000802100433B", PRICE)):
        log = Log(list(makings.log.entries))
        more = log.append("result", LATE, NO, {"winner": winner, "amount": amount})
        rows = [index for index, _, _ in makings.case.journal.entries]
        case = replace(makings.case, journal=journaled(log, [*rows, more]))
        assert refused(case) == "result-differs"


def test_a_corrected_result_names_the_opened_price_and_that_is_said(makings: Makings) -> None:
    """Order 87, article 59: the award is of the corrected price, the record has the other."""
    for opened, code in ((PRICE, "holds"), (PRICE + 2, "result-differs")):
        log = Log(list(makings.log.entries))
        said: JsonObject = {"winner": NOTARY_USCC, "amount": PRICE + 1, "opened": opened}
        more = [log.append("result", LATE, NO, said), log.append("award", LATE, NO, said)]
        rows = [index for index, _, _ in makings.case.journal.entries]
        case = replace(makings.case, journal=journaled(log, [*rows, *more]))
        assert refused(case) == code


def test_without_the_opening_neither_list_nor_record_may_be_there(makings: Makings) -> None:
    log = Log(makings.log.entries[:1])
    early = replace(makings.case, journal=journaled(log, [0]), draws={}, notices={})
    assert refused(early) == "list-without-closing"
    assert refused(replace(early, closing_list=None)) == "record-without-entry"
    assert refused(replace(early, closing_list=None, record=None)) == "holds"


def test_an_entry_left_out_is_found_with_the_whole_log(makings: Makings) -> None:
    case, entries, account = makings.case, makings.log.entries, Account()
    check_nothing_left_out(case, make_trust(), entries, account)
    assert "none about ZC-2026-000123 was left out" in account.proved[-1].en
    fewer = replace(case, journal=replace(case.journal, entries=case.journal.entries[:-1]))
    # Positive control: without the log nothing is missed but the notice it named.
    assert refused(replace(fewer, notices={})) == "holds"
    with pytest.raises(Malformed, match=r"^left-out:"):
        check_nothing_left_out(fewer, make_trust(), entries, account)
    with pytest.raises(Malformed, match=r"^wrong-log:"):
        check_nothing_left_out(case, make_trust(), entries[:-1], account)


def test_a_checkpoint_that_no_witness_saw_proves_nothing(makings: Makings) -> None:
    log, case = makings.log, makings.case
    alone = replace(case.journal, checkpoint=log.checkpoint(at=LATE + timedelta(seconds=1), by=()))
    assert refused(replace(case, journal=alone)) == "not-witnessed"


def _with_draw(case: CaseFile, raw: bytes) -> CaseFile:
    return replace(case, draws={"d-2026-000123": raw})


def _with_notice(case: CaseFile, raw: bytes) -> CaseFile:
    return replace(case, notices={digest(raw).hex(): raw})


def _with_journal(case: CaseFile, raw: bytes) -> CaseFile:
    return replace(case, journal=read_proofs(parse(raw, limit=len(raw))))


def _outcome(remade: Callable[[bytes], CaseFile], raw: bytes) -> str:
    try:
        case = remade(raw)
        page = write_page(case)
    except Malformed as refusal:
        return refusal.code
    except (KeyError, ValueError, TypeError):
        page, case = b"-", remade(raw)
    return refused(case, page)
