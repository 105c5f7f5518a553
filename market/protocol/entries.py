"""Entries of the public journal: official acts, each one canonical JSON of at most 16 KiB.

An entry is `{type, suite, at, subject, data}`. Which acts are official is the list here; all
else belongs to the internal trail. Values about persons, and values that are still secret,
stand in an entry only as a commitment `H(salt || JCS(value))`, 32 random bytes of salt for each.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from market.protocol.encoding import (
    Json,
    JsonObject,
    Malformed,
    canonical,
    digest,
    exact,
    moment,
    parse,
    refuse,
    stamp,
    structure,
    type_of,
)
from market.protocol.merkle import leaf_hash

ENTRY_LIMIT: Final = 16_384  # bytes; larger things are journaled by their hash
SALT_LENGTH: Final = 32

_SUBJECT = re.compile(r"[!-~]{1,200}", re.ASCII)

# Kind of act -> its name in Chinese and English. A test holds the same list a second time.
OFFICIAL_ACTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "notice": ("公告", "notice"),
        "amendment": ("更正澄清", "amendment"),
        "manifest": ("开标清单", "opening manifest"),
        "rehearsal": ("开标演练", "rehearsal of the opening"),
        "covers-root": ("掩护钥根", "root of the cover keys"),
        "covers-revealed": ("掩护公开", "cover keys revealed"),
        "sealed-batch": ("密封批次", "sealed batch"),
        "closing": ("截标清单", "closing record"),
        "shares-closed": ("分片截止", "shares closed"),
        "share-dispute": ("分片争议", "dispute about a share"),
        "opening-record": ("开标记录", "opening record"),
        "destruction": ("销毁记录", "record of destruction"),
        "draw-freeze": ("抽取冻结", "draw: freeze"),
        "draw-audit": ("抽取名册核验", "draw: audit of the pool"),
        "draw-consent": ("抽取监督同意", "draw: consent of the supervisor"),
        "draw-commit": ("抽取承诺", "draw: commitment"),
        "draw-reveal": ("抽取公开随机数", "draw: reveal"),
        "draw-void": ("抽取轮次作废", "draw: attempt void before it was complete"),
        "draw-step": ("抽取跳过", "draw: skip"),
        "draw-result": ("抽取结果", "draw: result"),
        "score-lock": ("评分锁定", "scores locked"),
        "result": ("结果公示", "result"),
        "award": ("中标通知", "award"),
        "contract": ("合同", "contract"),
        "bond-decision": ("保证金决定", "decision on a bond"),
        "complaint-decision": ("投诉决定", "decision on a complaint"),
        "card": ("红黄牌", "card"),
        "parameter": ("参数变更", "parameter"),
        "keys": ("日志首条：平台密钥", "the platform's keys, first entry of the log"),
        "key-rotation": ("密钥更换", "change of a key"),
        "organisation-key": ("单位签名钥", "signing key of an organisation"),
        "bond-key": ("保证金令牌钥", "key of bond tokens"),
        "script": ("发布的程序与页面", "published program or page"),
        "deposits-root": ("存缴根", "root of the deposits"),
        "deposits-account": ("存缴季度账", "account of the deposits of a key"),
        "library-root": ("名册日根", "daily root of a register"),
        "timekeeper": ("守时人", "timekeeper"),
        "time-manifest": ("守时人密钥", "timekeepers' keys for one opening"),
        "time-release": ("守时人开启", "a timekeeper's release"),
        "enrolments": ("报名清单", "list of enrolments at closing"),
        "selection": ("选取文件", "selection file"),
        "selection-lapse": ("选取逾期终止", "a selection that lapsed"),
        "approval-receipt": ("审批受理", "approval: receipt"),
        "approval-decision": ("审批决定", "approval: decision"),
        "agency-entry": ("中介机构入驻", "entry of an agency"),
        "agency-sanction": ("中介机构处理", "measure against an agency"),
        "credit-decision": ("信用扣分决定", "decision on credit"),
        "scores": ("捆绑考核评分", "scores of a bundled assessment"),
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry read: the kind of act, its moment, what it is about, what it says, its bytes."""

    kind: str
    at: datetime
    subject: str
    data: JsonObject
    raw: bytes

    @property
    def leaf(self) -> bytes:
        """Its leaf hash in the log's tree."""
        return leaf_hash(self.raw)

    @property
    def hash(self) -> bytes:
        """`H` of its bytes, by which other structures name it."""
        return digest(self.raw)


def write_entry(kind: str, at: datetime, subject: str, data: JsonObject) -> bytes:
    """The bytes of an entry.

    Refusals: `not-official` for a kind outside `OFFICIAL_ACTS`; `too-large` above 16,384 bytes;
    `malformed` for a subject that is not 1 to 200 visible ASCII characters.
    """
    entry = structure(_official(kind), at=stamp(at), subject=subject, data=data)
    raw = canonical(entry)
    read_entry(raw)
    return raw


def read_entry(raw: bytes) -> Entry:
    """The entry that these bytes are; refusals as in `write_entry`, and `malformed`."""
    if len(raw) > ENTRY_LIMIT:
        refuse("日志条目超过 16 KiB", "A journal entry has more than 16 KiB", code="too-large")
    value = parse(raw)
    exact(value, {"type": str, "suite": str, "at": str, "subject": str, "data": dict})
    kind = _official(type_of(value).removeprefix("yg/").removesuffix("/v1"))
    at, subject, data = value["at"], value["subject"], value["data"]
    if not (isinstance(at, str) and isinstance(subject, str) and isinstance(data, dict)):
        raise TypeError("exact() let another type through")
    if _SUBJECT.fullmatch(subject) is None:
        refuse("条目的对象名不对", "The subject of the entry has the wrong form")
    return Entry(kind, moment(at), subject, data, raw)


def check_order(entries: Sequence[Entry]) -> None:
    """Refuse (`out-of-order`) consecutive entries of which one is earlier than the one before."""
    for before, after in pairwise(entries):
        if after.at < before.at:
            refuse(
                f"日志时间倒退：{stamp(after.at)} 排在 {stamp(before.at)} 之后",
                f"The log's time runs back: {stamp(after.at)} stands after {stamp(before.at)}",
                code="out-of-order",
            )


def commitment(salt: bytes, value: Json) -> bytes:
    """`H(salt || JCS(value))`: what stands for a value that is not shown."""
    if len(salt) != SALT_LENGTH:
        raise ValueError("a commitment needs 32 bytes of salt")
    return digest(salt + canonical(value))


def check_commitment(committed: bytes, salt: bytes, value: Json) -> None:
    """Refuse (`wrong-commitment`) unless this salt and value are what was committed to."""
    if len(salt) != SALT_LENGTH or commitment(salt, value) != committed:
        raise Malformed(
            "wrong-commitment",
            zh="公开的内容与先前的承诺不符",
            en="What is shown is not what was committed to",
        )


def _official(kind: str) -> str:
    if kind not in OFFICIAL_ACTS:
        refuse(f"不属于公开日志的行为：{kind}", f"Not an official act: {kind}", code="not-official")
    return kind
