"""Chinese and English, chosen by the browser, switched in the header, both complete."""

import re
from pathlib import Path

import jinja2
import pytest
from flask import Flask

from market.web.catalogue import ROOT, translations
from market.web.extraction import as_po, templates, translated, untranslated, used
from market.web.language import COOKIE, gettext, lazy_gettext, ngettext, pgettext
from tests.market.web.conftest import Browser

HAN = re.compile(r"[\u3400-\u9fff]")
COMMANDS = re.compile(r">python -m (?:market|bidding)\..*?(?=</(?:p|code|pre)>)", re.DOTALL)
"""What is typed into a terminal: the same in every language."""
NAMES = re.compile(r"\b(SHA-256|ZIP|PDF|CSV)\b")
LETTERS = re.compile(r"[A-Za-z]{2,}|[\u3400-\u9fff]")


def heading(page) -> str:
    return re.search("<h1>(.*?)</h1>", page.text).group(1)


@pytest.mark.parametrize(
    ("accepted", "words"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.5", "公共资源交易"),
        ("en-GB,en;q=0.9", "Public resource trading"),
        ("fr", "公共资源交易"),
        ("", "公共资源交易"),
    ],
)
def test_the_browser_chooses_the_language(browser: Browser, accepted: str, words: str) -> None:
    assert heading(browser.open("/", headers={"Accept-Language": accepted})) == words


def test_the_switch_in_the_header_is_kept(browser: Browser) -> None:
    chinese = browser.open("/trial/done?title=a&x=1", headers={"Accept-Language": "zh-CN"})
    switch = re.search(r'href="([^"]*lang=en)"', chinese.text).group(1).replace("&amp;", "&")
    assert switch == "/trial/done?title=a&x=1&lang=en"
    assert 'lang="en"' in browser.open(switch).text
    assert browser.client.get_cookie(COOKIE).value == "en"
    assert heading(browser.open("/", headers={"Accept-Language": "zh-CN"})) == (
        "Public resource trading"
    )


def test_an_unknown_language_is_not_kept(browser: Browser) -> None:
    browser.open("/?lang=xx")
    assert browser.client.get_cookie(COOKIE) is None


def test_the_anonymous_host_looks_at_the_browsers_preference_alone(anonymous: Flask) -> None:
    client = anonymous.test_client()
    answer = client.get("/nowhere?lang=en", headers={"Accept-Language": "zh-CN"})
    assert "未找到" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_sentences_count_and_are_filled_in(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert ngettext("signed by one witness", "signed by %(num)s witnesses", 1) == (
            "signed by one witness"
        )
        assert ngettext("signed by one witness", "signed by %(num)s witnesses", 2) == (
            "signed by 2 witnesses"
        )
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        for count in (1, 2):
            said = ngettext("signed by one witness", "signed by %(num)s witnesses", count)
            assert said == f"{count} 家见证人已签"
        assert gettext("Use at most %(count)s characters.", count=3) == "最多 3 个字符。"
        assert str(lazy_gettext("Desk")) == "工作台"
        assert pgettext("nowhere", "Desk") == "Desk"


def test_every_sentence_of_the_pages_is_translated() -> None:
    missing = untranslated(used())
    assert not missing, as_po(missing)


def test_a_planted_sentence_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "market" / "templates"
    folder.mkdir(parents=True)
    (folder / "new.html").write_text('{{ _("Quite new") }}{% trans %}Newer{% endtrans %}')
    (tmp_path / "market" / "new.py").write_text(
        'A = lazy_gettext("Newest")\nB = gettext("Quite old")'
    )
    found = {sentence.text for sentence in untranslated(used(tmp_path))}
    assert found == {"Quite new", "Newer", "Newest", "Quite old"}


def test_no_sentence_is_translated_in_two_ways() -> None:
    for language in ("zh", "en"):
        twice = {s: paths for s, paths in translated(language).items() if len(paths) > 1}
        assert not twice, f"say it in one catalogue, or use a context: {twice}"


def test_translations_have_the_same_blanks_to_fill_in() -> None:
    blanks = re.compile(r"%\((\w+)\)s")
    for sentence in translated("zh"):
        if sentence.many is None and sentence.context is None:
            said = translations("zh").gettext(sentence.text)
            assert set(blanks.findall(said)) == set(blanks.findall(sentence.text)), sentence


def test_the_keys_are_english() -> None:
    assert [s.text for s in used().places if HAN.search(s.text)] == []


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_speaks_without_the_catalogue(path: Path) -> None:
    assert bare_words(path.read_text()) == []


def test_what_is_said_alike_in_every_language_is_no_bare_word() -> None:
    assert bare_words("<pre>python -m market.verify draw {{ x }} --trust trust.json</pre>") == []
    assert bare_words("<p>ZIP · {{ size }}</p><span>SHA-256 {{ x }}</span>") == []
    assert bare_words("<p>python is fine</p>") == ["python is fine"]


def test_bare_words_are_found() -> None:
    assert bare_words("<p>Hello</p>{{ _('x') }}<b>你好</b><code>aa</code>") == [
        "Hello",
        "你好",
        "aa",
    ]
    assert bare_words("<input placeholder='Type here'>") == ["Type here"]
    assert bare_words("{% trans %}Hello{% endtrans %}<a href='/there'>¥ · {{ x }}</a>") == []


def bare_words(source: str) -> list[str]:
    """Text that a reader would see in the same language whatever he reads."""
    source = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", "", source, flags=re.DOTALL)
    source = COMMANDS.sub(">", source)
    source = re.sub(r"\bdata-[\w-]+(=\"[^\"]*\")?", "", source)
    lexer = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).lex(source)
    text = "".join(value if kind == "data" else "\0" for _line, kind, value in lexer)
    text = re.sub(r"<!--.*?-->|<svg.*?</svg>", "", text, flags=re.DOTALL)
    seen = re.findall(r"(?:title|placeholder|aria-label|alt)=[\"']([^\"']*)[\"']", text)
    shown = re.sub(r"<[^>]*>", "\n", text)
    parts = [*re.split(r"[\n\0]+", shown), *[p for part in seen for p in part.split("\0")]]
    return [part.strip() for part in parts if LETTERS.search(NAMES.sub("", part))]
