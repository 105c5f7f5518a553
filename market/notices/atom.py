"""Notices as an Atom feed (RFC 4287): written whole, escaped, valid."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from market.notices.rules import NoticeText

ATOM: Final = "http://www.w3.org/2005/Atom"


def feed(
    notices: Sequence[NoticeText],
    *,
    title: str,
    origin: str,
    path: str,
    language: str,
    empty_at: datetime,
) -> bytes:
    """The feed at `origin` + `path`, newest first, in "zh" or "en".

    `empty_at` stands where a feed without a notice needs a moment. An entry's id is the digest of
    its notice, which outlives every address.
    """
    register_namespace("", ATOM)
    root = Element(_name("feed"), {"xml:lang": "zh-CN" if language == "zh" else "en"})
    newest = max((notice.published_at for notice in notices), default=empty_at)
    _text(root, "id", f"{origin}{path}")
    _text(root, "title", title)
    _text(root, "updated", newest.isoformat())
    _link(root, "self", f"{origin}{path}", "application/atom+xml")
    _link(root, "alternate", f"{origin}/notices", "text/html")
    author = SubElement(root, _name("author"))
    _text(author, "name", "阳光交易 Yangguang")
    for notice in notices:
        _entry(root, notice, origin, language)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: Element, notice: NoticeText, origin: str, language: str) -> None:
    is_chinese = language == "zh"
    entry = SubElement(root, _name("entry"))
    name = notice.digest.hex()
    _text(entry, "id", f"urn:sha256:{name}")
    _text(entry, "title", notice.title_zh if is_chinese else notice.title_en)
    _text(entry, "published", notice.published_at.isoformat())
    _text(entry, "updated", notice.published_at.isoformat())
    _link(entry, "alternate", f"{origin}/notices/{name}", "text/html")
    SubElement(entry, _name("category"), {"term": notice.kind.value})
    content = SubElement(entry, _name("content"), {"type": "text"})
    content.text = notice.zh if is_chinese else notice.en


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, _name(name)).text = text


def _link(parent: Element, relation: str, address: str, kind: str) -> None:
    SubElement(parent, _name("link"), {"rel": relation, "href": address, "type": kind})


def _name(local: str) -> str:
    return f"{{{ATOM}}}{local}"
