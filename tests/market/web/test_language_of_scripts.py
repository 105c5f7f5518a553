"""Scripts of the pages say nothing that is not written in Chinese and in English side by side.

A sentence in a script is a pair: `t('中文', 'English')`, `new Refusal(code, '中文', 'English')`,
two neighbours in a list, or the members `zh` and `en` of an object. Whatever else a reader would
see is a bare word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from market.web.catalogue import ROOT

FOLDERS = (
    "sealing_page",
    "verify_page",
    "officer_page",
    "proof_page",
    "quote_page",
    "signing_page",
)
SCRIPTS = [
    *(path for folder in FOLDERS for path in sorted((ROOT / "browser/src" / folder).glob("*.js"))),
    *sorted((ROOT / "market/web/static").glob("*.js")),
]
CHINESE_BY_LAW = {"capitals.js"}
"""Amounts in capitals: 壹贰叁, in every language."""
ITSELF = {"中文", "English", "SHA-256", "use strict"}
"""A language is named in itself; names and marks that are the same everywhere."""
HAN = re.compile(r"[\u3400-\u9fff]")
SENTENCE = re.compile(r"(?<![\w$.-])[A-Za-z]{2,} [A-Za-z]{2,}(?![\w.-])")
WORD = re.compile(r"[A-Za-z]{2,}")
BLANK = re.compile(r"\$\{[^{}]*\}")
TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
      |(?P<text>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")
      |(?P<name>[A-Za-z_$][\w$]*|\d[\w.]*)
      |(?P<sign>=>|[=!]==?|[<>]=|\.\.\.|\?\?=?|\?\.|[^\s])""",
    re.VERBOSE | re.DOTALL,
)
REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n\[])+/[a-z]*")
BEFORE_REGEX = set("(,=:[!&|?{};+") | {"=>", "return", "??"}
OPENS, CLOSES = frozenset("([{"), frozenset(")]}")
SHOWN = {
    "h": range(2, 99),
    "fill": range(1, 99),
    "note": range(1, 99),
    "made": range(1, 2),
    "button": range(1),
    "tick": range(1, 2),
    "field": range(1, 2),
    "labelled": range(2),
}
"""Calls, and which of their arguments are read by people."""
READ = {"hint", "title", "alt", "placeholder", "aria-label", "label", "textContent", "innerText"}
"""Members and attributes that people read or hear."""
FOR_PROGRAMMERS = {"Error", "DOMException", "Absent", "querySelector", "closest"}
FOR_PROGRAMS = {"class", "className", "accept", "rel", "type", "style", "durability"}


@dataclass(frozen=True)
class Token:
    """A piece of a script; of a template its text, what is filled in stands for itself."""

    kind: str
    text: str
    line: int

    @property
    def is_text(self) -> bool:
        """Whether it is a string or a template."""
        return self.kind == "text"


def tokens(source: str) -> list[Token]:
    """The script in pieces, without its comments; strings inside a template follow it."""
    found: list[Token] = []
    at = 0
    while at < len(source):
        line = source.count("\n", 0, at) + 1
        if source[at] == "`":
            end, inner = template(source, at)
            found.append(Token("text", BLANK.sub("", blanked(source[at + 1 : end - 1])), line))
            at = end
            for part in inner:
                found += [Token("sign", ";", line), *tokens(part), Token("sign", ";", line)]
            if inner:
                found.append(Token("text", "", line))
            continue
        before = found[-1].text if found and not found[-1].is_text else ""
        regex = REGEX.match(source, at) if before in BEFORE_REGEX or not found else None
        if regex and source[at + 1 : at + 2] not in {"/", "*"}:
            found.append(Token("regex", regex[0], line))
            at = regex.end()
            continue
        piece = TOKEN.match(source, at)
        assert piece is not None
        at = piece.end()
        if piece["text"] is not None:
            found.append(Token("text", piece["text"][1:-1], line))
        elif piece["space"] is None:
            found.append(Token("name" if piece["name"] else "sign", piece[0], line))
    return found


def template(source: str, start: int) -> tuple[int, list[str]]:
    """Where a template ends, and the expressions filled into it."""
    at, inner = start + 1, []
    while source[at] != "`":
        if source[at] == "\\":
            at += 2
        elif source.startswith("${", at):
            end = closing(source, at + 2)
            inner.append(source[at + 2 : end])
            at = end + 1
        else:
            at += 1
    return at + 1, inner


def closing(source: str, at: int) -> int:
    """The brace that closes what is filled in."""
    depth = 0
    while source[at] != "}" or depth:
        if source[at] == "`":
            at, _ = template(source, at)
            continue
        depth += {"{": 1, "}": -1}.get(source[at], 0)
        at += 1
    return at


def blanked(text: str) -> str:
    """A template's own words."""
    while "${" in text:
        start = text.index("${")
        text = f"{text[:start]}\0{text[closing(text, start + 2) + 1 :]}"
    return text


def bare(source: str) -> Iterator[str]:
    """What a reader would see in the same language whatever he reads, with its line."""
    found = tokens(source)
    for place, token in enumerate(found):
        if token.is_text and token.text not in ITSELF and is_bare(found, place):
            yield f"{token.line}: {token.text}"


def is_bare(found: Sequence[Token], place: int) -> bool:
    """Whether the string at a place has no neighbour in the other language though it needs one."""
    text = found[place].text
    call, argument, member = around(found, place)
    if HAN.search(text):
        return member != "zh" and not has_neighbour(found, place, 1, chinese=False)
    if is_for_programs(found, place) or member in FOR_PROGRAMS or call in FOR_PROGRAMMERS:
        return False
    is_read = member in READ or (member is None and argument in SHOWN.get(call, ()))
    may_be_read = member is not None or call not in SHOWN
    if not (is_read and WORD.search(text)) and not (may_be_read and SENTENCE.search(text)):
        return False
    return member != "en" and not has_neighbour(found, place, -1, chinese=True)


def is_for_programs(found: Sequence[Token], place: int) -> bool:
    """Markup, something compared, or which member is meant: `offer['price-capitals']`."""
    near = [one.text for one in found[max(0, place - 2) : place + 2]]
    if found[place].text.startswith("<") or {"===", "!=="} & {*near[1:2], *near[3:4]}:
        return True
    is_member = near[1:2] == ["["] and near[3:4] == ["]"]
    return is_member and (found[place - 2].kind == "name" or near[0] in {")", "]"})


def has_neighbour(found: Sequence[Token], place: int, step: int, *, chinese: bool) -> bool:
    """Whether the argument or item next to it is a text in the other language."""
    depth, commas, at = 0, 0, place + step
    opening, ending = (OPENS, CLOSES) if step > 0 else (CLOSES, OPENS)
    while 0 <= at < len(found) and depth >= 0 and commas < 2:
        one = found[at]
        if one.is_text and commas == 1 and depth == 0 and one.text:
            return bool(HAN.search(one.text)) is chinese
        if not one.is_text:
            depth += (one.text in opening) - (one.text in ending)
            commas += one.text == "," and depth == 0
        at += step
    return False


def around(found: Sequence[Token], place: int) -> tuple[str, int, str | None]:
    """The call a string is handed to, as which argument, and the member it is the value of."""
    depth, commas, at = 0, 0, place
    member: str | None = None
    while at > 0:
        at -= 1
        sign = "" if found[at].is_text else found[at].text
        depth += (sign in CLOSES) - (sign in OPENS)
        if depth < 0 and (sign == "{" or (sign == "(" and found[at - 1].kind == "name")):
            return (found[at - 1].text, commas, member) if sign == "(" else ("", 0, member)
        if depth < 0:
            depth, commas = 0, 0  # a list or a bracket: what holds for it holds for what is in it
        elif depth == 0 and sign in {";", "=>"}:
            break
        elif depth == 0 and sign in {":", "="} and not commas and member is None:
            is_member = sign == "=" or found[at - 2].text in {"{", ","}
            member = found[at - 1].text if is_member else None
        commas += sign == "," and depth == 0
    return "", 0, member


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_script_speaks_one_language_alone(path: Path) -> None:
    if path.name in CHINESE_BY_LAW:
        assert HAN.search(path.read_text("utf-8"))
        return
    assert list(bare(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "planted",
    [
        "h('p', {}, 'Removed')",
        "h('p', {}, '已移除')",
        "h('p', { title: is === 1 ? 'Removed' : '' }, t('无', 'none'))",
        "button('Remove', 'second', go)",
        "const said = 'It was sent to the host';",
        "place.textContent = 'Removed';",
        "place.textContent = `${count} removed`;",
        "t(`共 ${count} 项`)",
        "throw new Refusal('gone', '已没有了')",
        "made('p', done ? say('成立', 'Holds') : 'Fails')",
        "fill(place, `${t('共', 'of')} ${count} pieces left`)",
        "const words = { zh: '已移除' , other: '移除' };",
    ],
)
def test_a_planted_sentence_is_found(planted: str) -> None:
    assert list(bare(planted)) != []


@pytest.mark.parametrize(
    "fine",
    [
        "h('p', { class: is === 1 ? 'a' : 'note good' }, t('已移除', 'Removed'))",
        "button(t('移除', 'Remove'), 'second', go)",
        "h('p', {}, offer['price-capitals'])",
        "made('p', words, is ? 'verdict' : 'verdict fails')",
        "t(`共 ${count} 项`, `${count} items in all`)",
        "t(`共 ${of('项')} 项`, `${count} items`)".replace("of('项')", "t('项', 'item')"),
        "throw new Refusal('gone', '已没有了', 'It is gone', 404)",
        "const words = { zh: '已移除', en: 'It was removed' };",
        "const steps = [['check', show, '核对', 'Check it'], ['bond', pay, '缴纳', 'Pay it']];",
        "h('p', {}, kind === 'submission' ? t('投标', 'Bid') : t('撤回', 'Withdrawal'))",
        "// 'It is a comment'\nconst a = /it's a regex/;",
        "throw new Error('no such part of it')",
        "h('code', {}, 'SHA-256')",
    ],
)
def test_what_is_said_in_both_languages_is_no_bare_word(fine: str) -> None:
    assert list(bare(fine)) == []
