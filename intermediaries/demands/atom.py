"""Published demands as an Atom feed (RFC 4287): written whole, escaped, valid."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from intermediaries.demands.listing import DemandLine

ATOM: Final = "http://www.w3.org/2005/Atom"


def feed(
    demands: Sequence[DemandLine],
    *,
    title: str,
    origin: str,
    path: str,
    language: str,
    empty_at: datetime,
) -> bytes:
    """The feed at `origin` + `path`, newest first, in "zh" or "en".

    `empty_at` stands where a feed without a demand needs a moment.
    """
    register_namespace("", ATOM)
    root = Element(_name("feed"), {"xml:lang": "zh-CN" if language == "zh" else "en"})
    newest = max((one.published_at for one in demands), default=empty_at)
    _text(root, "id", f"{origin}{path}")
    _text(root, "title", title)
    _text(root, "updated", newest.isoformat())
    _link(root, "self", f"{origin}{path}", "application/atom+xml")
    _link(root, "alternate", f"{origin}/demands", "text/html")
    author = SubElement(root, _name("author"))
    _text(author, "name", "阳光交易 Yangguang")
    for one in demands:
        entry = SubElement(root, _name("entry"))
        page = f"{origin}/demands/{one.no}"
        _text(entry, "id", page)
        _text(entry, "title", one.title(language))
        _text(entry, "published", one.published_at.isoformat())
        _text(entry, "updated", one.published_at.isoformat())
        _link(entry, "alternate", page, "text/html")
        SubElement(entry, _name("category"), {"term": one.category.value})
        summary = SubElement(entry, _name("summary"), {"type": "text"})
        summary.text = f"{one.no} · {one.ceiling} · {one.enrol_closes.isoformat()}"
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, _name(name)).text = text


def _link(parent: Element, relation: str, address: str, kind: str) -> None:
    SubElement(parent, _name("link"), {"rel": relation, "href": address, "type": kind})


def _name(local: str) -> str:
    return f"{{{ATOM}}}{local}"
