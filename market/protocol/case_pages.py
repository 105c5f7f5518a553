"""The page of a case file: one file without scripts and without addresses, in both languages.

It is made from the members of the file alone, so whoever checks the file makes it again and
compares: the page can say nothing that the members do not.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta, timezone
from html import escape
from typing import Final, TypeAlias

from market.protocol.case_files import (
    CLOSING_LIST,
    DRAWS,
    JOURNAL,
    NOTICES,
    PART_LIMIT,
    RECORD,
    CaseFile,
)
from market.protocol.checkpoints import parse_checkpoint
from market.protocol.encoding import Json, JsonObject, moment, parse
from market.protocol.entries import OFFICIAL_ACTS, Entry

_Say: TypeAlias = Callable[[str], str]

BEIJING: Final = timezone(timedelta(hours=8))
LANGUAGES: Final = ("zh", "en")
SHOWN: Final = ("winner", "amount", "deadline", "kind", "effect", "signed_on", "cause", "reason")
"""Members of an act that say something to a reader; the rest are hashes to compare."""
_HASH: Final = 43  # characters of 32 bytes in base64url

_STYLE: Final = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;"
    "color:#1d2327;background:#fff}table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{border-bottom:1px solid #c9d0d6;padding:.4rem .6rem;text-align:left;vertical-align:top}"
    "caption{text-align:left;font-weight:600;padding:.4rem 0}td.n,th.n{text-align:right;"
    "white-space:nowrap}code{font:13px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}"
    "pre{white-space:pre-wrap}section+section{border-top:3px solid #1d2327;margin-top:3rem}"
    "@media(prefers-color-scheme:dark){body{color:#e6e9ec;background:#15191d}"
    "th,td{border-color:#3a424a}a{color:#8ab8ff}section+section{border-color:#e6e9ec}}"
    "@media print{body{margin:0;font-size:11px}section+section{break-before:page}}"
)

_WORDS: Final = {
    "head": ("项目档案", "Case file"),
    "about": (
        (
            "本文件由公开日志中关于该项目的内容生成，不含任何未公开的投标内容。"
            "用核验程序可离线核对其中每一个字节："
        ),
        (
            "This file is made of what the public record holds about the tender; no part of a bid "
            "that was not published is in it. The verifier checks every byte of it offline:"
        ),
    ),
    "log": ("日志", "Log"),
    "size": ("条目总数", "Entries in the log"),
    "root": ("根哈希", "Root hash"),
    "acts": ("日志中的正式行为", "Official acts in the log"),
    "index": ("序号", "Index"),
    "time": ("日志时间（北京时间）", "The log's time (Beijing)"),
    "act": ("行为", "Act"),
    "says": ("内容", "What it says"),
    "list": ("截标清单", "Closing list"),
    "received": ("收到时间（北京时间）", "Received (Beijing time)"),
    "leaf": ("提交的叶哈希", "Leaf hash of the act"),
    "place": ("批次 / 位置", "Batch / place"),
    "record": ("开标记录", "Opening record"),
    "bidder": ("投标人", "Bidder"),
    "uscc": ("统一社会信用代码", "Credit code"),
    "price": ("报价（元）", "Price (yuan)"),
    "other": ("其他公开事实", "Other stated facts"),
    "out": ("未开启或不予接受", "Not opened or refused"),
    "cause": ("原因", "Cause"),
    "draws": ("抽取文件", "Draw files"),
    "notices": ("公告全文", "Notices"),
    "none": ("截至本检查点尚无。", "Not there yet at this checkpoint."),
}


def write_page(case: CaseFile) -> bytes:
    """The bytes of the page."""
    body = "".join(_section(case, language) for language in LANGUAGES)
    return (
        '<!doctype html><html lang="zh"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(case.tender)}</title><style>{_STYLE}</style></head><body>"
        '<nav><a href="#zh">中文</a> · <a href="#en" lang="en">English</a></nav>'
        f"{body}</body></html>\n"
    ).encode()


def _section(case: CaseFile, language: str) -> str:
    def say(word: str) -> str:
        return _WORDS[word][LANGUAGES.index(language)]

    checkpoint, _ = parse_checkpoint(case.journal.checkpoint)
    command = "python -m market.verify case-file FILE --trust TRUST"
    parts = [
        f"<h1>{say('head')} {escape(case.tender)}</h1>",
        f"<p>{say('about')}</p><pre><code>{command}</code></pre>",
        _table(
            JOURNAL,
            (say("log"), say("size"), say("root")),
            [(escape(checkpoint.origin), str(checkpoint.size), _code(checkpoint.root.hex()))],
        ),
        _acts(case, say("acts"), (say("index"), say("time"), say("act"), say("says")), language),
        *_closing(case, say("list"), (say("received"), say("leaf"), say("place")), say("none")),
        *_record(case, say, language),
        _names(say("draws"), [f"{DRAWS}{name}.json" for name in sorted(case.draws)], say("none")),
        _notices(case, say("notices"), say("none"), language),
    ]
    return f'<section id="{language}" lang="{language}">{"".join(parts)}</section>'


def _acts(case: CaseFile, caption: str, heads: Sequence[str], language: str) -> str:
    place = LANGUAGES.index(language)
    rows = [
        (
            str(index),
            _wall(entry),
            escape(OFFICIAL_ACTS[entry.kind][place]),
            _said(entry.data),
        )
        for (index, _, _), entry in zip(case.journal.entries, case.entries(), strict=True)
    ]
    return _table(caption, heads, rows)


def _said(data: JsonObject) -> str:
    """The plain members of an act, then the hashes that it fixes."""
    plain = [
        f"{escape(name)}: {escape(_yuan(value) if name == 'amount' else str(value))}"
        for name in SHOWN
        if isinstance(value := data.get(name), str | int)
    ]
    hashes = [
        f"{escape(name)}: {_code(value)}"
        for name, value in sorted(data.items())
        if isinstance(value, str) and len(value) == _HASH and name not in SHOWN
    ]
    return "<br>".join([*plain, *hashes])


def _closing(case: CaseFile, caption: str, heads: Sequence[str], none: str) -> list[str]:
    if case.closing_list is None:
        return [f"<h2>{caption}</h2><p>{none}</p>"]
    acts = parse(case.closing_list, limit=PART_LIMIT)["acts"]
    rows = [
        (
            _beijing(str(act["at"])),
            _code(str(act["leaf"])),
            escape(f"{act['tick']} / {act['place']}"),
        )
        for act in _objects(acts)
    ]
    return [f"<h2>{caption}</h2>", _table(CLOSING_LIST, heads, rows)]


def _record(case: CaseFile, say: _Say, language: str) -> list[str]:
    if case.record is None:
        return [f"<h2>{say('record')}</h2><p>{say('none')}</p>"]
    record = parse(case.record, limit=PART_LIMIT)
    name = f"name_{language}"
    rows, out = list[tuple[str, ...]](), list[tuple[str, ...]]()
    for bid in _objects(record["bids"]):
        facts = {str(fact["name"]): fact["value"] for fact in _objects(bid.get("facts"))}
        price = _yuan(facts.pop("price", None))
        other = "<br>".join(f"{escape(key)}: {escape(str(facts[key]))}" for key in sorted(facts))
        rows.append((escape(str(bid.get(name))), _code(str(bid.get("uscc"))), price, other))
    for bid in _objects(record["out"]):
        who = "—" if bid.get(name) is None else escape(str(bid.get(name)))
        out.append((who, escape(str(bid.get(language)))))
    heads = (say("bidder"), say("uscc"), say("price"), say("other"))
    found = [f"<h2>{say('record')}</h2>", _table(RECORD, heads, rows)]
    return [*found, _table(say("out"), (say("bidder"), say("cause")), out)] if out else found


def _names(caption: str, names: Sequence[str], none: str) -> str:
    listed = "".join(f"<li>{_code(name)}</li>" for name in names)
    return f"<h2>{caption}</h2>" + (f"<ul>{listed}</ul>" if names else f"<p>{none}</p>")


def _notices(case: CaseFile, caption: str, none: str, language: str) -> str:
    parts = []
    for name in sorted(case.notices):
        told = parse(case.notices[name], limit=PART_LIMIT)
        title, text = (escape(str(told.get(key))) for key in (f"title_{language}", language))
        parts.append(f"<h3>{title}</h3><p>{_code(f'{NOTICES}{name}.json')}</p><pre>{text}</pre>")
    return f"<h2>{caption}</h2>" + ("".join(parts) or f"<p>{none}</p>")


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _objects(value: Json) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _wall(entry: Entry) -> str:
    return entry.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _beijing(text: str) -> str:
    return moment(text).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S.%f")


def _yuan(fen: Json) -> str:
    """A price in fen as yuan with thousands; another value as it stands."""
    if not isinstance(fen, int) or isinstance(fen, bool):
        return "—" if fen is None else escape(str(fen))
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02d}"
