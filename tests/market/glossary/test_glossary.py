"""The glossary: every term once, explained in both languages, at an address of its own."""

from pathlib import Path

from sqlalchemy import create_engine

from market.factory import create_app
from market.glossary.feature import FEATURE
from market.glossary.terms import GROUPS
from tests.support.offices import make_office, settings_for

TERMS = [term for group in GROUPS for term in group.terms]


def test_no_term_stands_twice_and_each_is_explained_in_both_languages() -> None:
    for named in ({term.zh for term in TERMS}, {term.anchor for term in TERMS}):
        assert len(named) == len(TERMS)
    for term in TERMS:
        assert term.meaning_zh.endswith("。"), term
        assert term.meaning_en.endswith("."), term


def test_the_page_tells_every_term_in_the_readers_language(tmp_path: Path) -> None:
    office = make_office(create_engine("postgresql+psycopg://nobody@localhost:1/none")).office
    browser = create_app(settings_for(tmp_path), (FEATURE,), office=office).test_client()
    for language, said in (("zh-CN", "meaning_zh"), ("en", "meaning_en")):
        page = browser.get("/glossary", headers={"Accept-Language": language}).text
        for term in TERMS:
            assert f'id="{term.anchor}"' in page
            assert getattr(term, said).replace("'", "&#39;") in page
