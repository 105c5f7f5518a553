"""The board: found by words of two characters, followed as a feed, the same bytes everywhere."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from market.command import HOUSE, Work
from market.db.base import Base
from market.factory import create_app
from market.kernel.errors import BadInput, NotFound
from market.notices.commands import put_up
from market.notices.feature import FEATURE
from market.notices.proofs import proof_of
from market.notices.queries import Search, board, newest, notice
from market.notices.rules import NoticeKind, NoticeText, lexemes, question
from market.protocol.encoding import b64u, digest, parse
from tests.market.web.conftest import settings_for
from tests.support.counting import counted
from tests.support.offices import MORNING, TestOffice, make_office

ATOM = "{http://www.w3.org/2005/Atom}"


def text(number: int = 1, **changes) -> NoticeText:
    values = {
        "kind": NoticeKind.OPEN_TENDER,
        "subject": f"ZC-2026-00000{number}",
        "page": f"/tenders/ZC-2026-00000{number}",
        "title_zh": "清河区中心医院彩超采购公开招标公告",
        "title_en": "Ultrasound for Qinghe: open tender",
        "zh": "采购人：中心医院\n预算：3,280,000.00元",
        "en": "Purchaser: Central Hospital\nBudget: 3,280,000.00 yuan",
        "published_at": MORNING,
    }
    return NoticeText(**(values | changes))


def publish(work: Work, notice_text: NoticeText) -> None:
    name = put_up(work, notice_text)
    work.publish("notice", notice_text.subject, {"notice": b64u(name)})


@pytest.fixture
def house(engine: Engine) -> TestOffice:
    Base.metadata.create_all(engine)
    return make_office(engine)


def put(house: TestOffice, number: int = 1, **changes) -> NoticeText:
    made = text(number, **{"published_at": house.clock.at, **changes})
    house.office.run(publish, made, HOUSE)
    return made


def found(house: TestOffice, typed: str | None = None, **search) -> list[str]:
    lines = house.office.read(lambda session: board(session, Search(typed, **search), 50))
    return [line.subject for line in lines]


def test_a_notice_is_kept_whole_and_its_bytes_have_the_digest(house: TestOffice) -> None:
    made = put(house, period_end=MORNING + timedelta(days=5))
    kept = house.office.read(lambda session: notice(session, made.digest))
    assert kept == made
    assert digest(kept.write()) == made.digest
    assert parse(kept.write())["title_zh"] == made.title_zh
    with pytest.raises(NotFound):
        house.office.read(lambda session: notice(session, bytes(32)))


@pytest.mark.parametrize(
    "typed",
    [
        "彩超",
        "医院",
        "清河区中心医院",
        "院",
        "Ultra",
        "QINGHE",
        "000001",
        "zc-2026-000001",
        "ＱＩＮＧＨＥ",
        "采购人",
    ],
)
def test_words_find_a_notice(house: TestOffice, typed: str) -> None:
    put(house)
    assert found(house, typed) == ["ZC-2026-000001"]


@pytest.mark.parametrize(
    "typed", ["超彩", "水务", "ltrasound", "', ' | 'x", "&&&", "医院 水务", "\\"]
)
def test_other_words_do_not(house: TestOffice, typed: str) -> None:
    put(house)
    assert found(house, typed) == []


def test_kind_and_subject_narrow_a_search(house: TestOffice) -> None:
    put(house)
    house.clock.at += timedelta(hours=1)
    put(house, 2, kind=NoticeKind.RESULT)
    assert found(house) == ["ZC-2026-000002", "ZC-2026-000001"]
    assert found(house, kind=NoticeKind.RESULT) == ["ZC-2026-000002"]
    assert found(house, subject="ZC-2026-000001") == ["ZC-2026-000001"]
    assert found(house, "医院", kind=NoticeKind.CONTRACT) == []


def test_pages_of_the_board_show_each_notice_once(house: TestOffice) -> None:
    for number in range(1, 8):
        put(house, number)  # all at one moment: the digest decides
    seen: list[str] = []
    after = None
    while True:
        place = after
        lines = house.office.read(lambda session, p=place: board(session, Search(), 3, p))
        if not lines:
            break
        seen += [line.subject for line in lines]
        after = (lines[-1].published_at, lines[-1].digest)
    assert sorted(seen) == [f"ZC-2026-00000{number}" for number in range(1, 8)]


def test_a_notice_lacking_a_language_or_too_long_is_refused(house: TestOffice) -> None:
    for changes in ({"en": " "}, {"title_zh": ""}, {"title_en": "x" * 301}, {"zh": "长" * 60_001}):
        with pytest.raises(BadInput):
            put(house, **changes)
    put(house, title_en="x" * 300, zh="长" * 60_000, en="y" * 60_000)
    assert found(house, "x" * 300) == ["ZC-2026-000001"]


def test_a_notice_of_another_moment_than_its_command_is_a_bug(house: TestOffice) -> None:
    with pytest.raises(ValueError, match="moment"):
        put(house, published_at=MORNING + timedelta(seconds=1))


def test_the_same_words_at_the_same_moment_are_not_published_twice(house: TestOffice) -> None:
    put(house)
    with pytest.raises(Exception, match="uq_notice_digest"):
        put(house)


def test_the_badge_waits_for_a_place_in_the_journal(house: TestOffice) -> None:
    made = put(house)
    badge = house.office.read(lambda session: proof_of(session, made.subject, made.digest))
    assert badge.index is None


def test_no_typed_word_becomes_an_operator() -> None:
    assert question("彩超 & !x'y") == "'彩超' & 'x':* & 'y':*"
    assert question("!()&|<->:*") is None
    assert question("采") == "'采':*"
    assert question("采购abc") == "'采购' & 'abc':*"
    assert len((question(" ".join(f"w{n}" for n in range(99))) or "").split("&")) == 12


def test_lexemes_are_pairs_words_and_the_last_sign() -> None:
    assert lexemes("中心医院 CT-64") == ["64", "ct", "中心", "医院", "心医", "院"]
    assert lexemes("", "。！") == []


@pytest.fixture
def anybody(house: TestOffice, redis_url: str, tmp_path: Path) -> Iterator[FlaskClient]:
    app = create_app(settings_for(redis_url, tmp_path), (FEATURE,), office=house.office)
    return app.test_client()


def test_the_feed_is_atom_with_everything_it_must_have(
    house: TestOffice, anybody: FlaskClient
) -> None:
    made = put(house, title_zh='标题 <b>&"引号"', zh="正文 ]]> <script>")
    house.clock.at += timedelta(hours=1)
    put(house, 2)
    for path in ("/notices/atom.xml", f"/notices/of/{made.subject}/atom.xml"):
        answer = anybody.get(path)
        assert answer.content_type.startswith("application/atom+xml")
        root = fromstring(answer.data)  # noqa: S314  our own feed
        assert root.tag == f"{ATOM}feed"
        for needed in ("id", "title", "updated", "author"):
            assert len(root.findall(f"{ATOM}{needed}")) == 1, needed
        for entry in root.findall(f"{ATOM}entry"):
            for needed in ("id", "title", "updated", "content", "link"):
                assert len(entry.findall(f"{ATOM}{needed}")) == 1, needed
        ids = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
        assert len(set(ids)) == len(ids) == (2 if "of" not in path else 1)
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == made.title_zh
    assert anybody.get("/notices/of/ZC-2026-999999/atom.xml").status_code == 404
    assert anybody.get("/notices/atom.xml?kind=NT13").status_code == 200


def test_the_feed_of_a_search_keeps_its_kind_and_words(
    house: TestOffice, anybody: FlaskClient
) -> None:
    put(house, title_zh="彩超采购公告")
    put(house, 2, title_zh="彩超采购结果", kind=NoticeKind.RESULT)
    put(house, 3, title_zh="食堂服务结果", kind=NoticeKind.RESULT)
    chosen = anybody.get("/notices?kind=NT13&q=彩超").text
    links = set(re.findall(r'href="(/notices/atom\.xml[^"]*)"', chosen))
    (link,) = (unescape(one) for one in links)  # in the head and on the page, the same
    root = fromstring(anybody.get(link).data)  # noqa: S314  our own feed
    titles = [entry.findtext(f"{ATOM}title") for entry in root.findall(f"{ATOM}entry")]
    assert titles == ["彩超采购结果"]
    assert "彩超" in (root.findtext(f"{ATOM}title") or "")
    # The control: without a choice the board links to the feed of everything.
    assert 'href="/notices/atom.xml"' in anybody.get("/notices").text
    everything = fromstring(anybody.get("/notices/atom.xml").data)  # noqa: S314
    assert len(everything.findall(f"{ATOM}entry")) == 3
    nothing = fromstring(anybody.get("/notices/atom.xml?q=%EF%BC%81").data)  # noqa: S314
    assert nothing.findall(f"{ATOM}entry") == []


def test_the_pages_show_search_and_give_the_bytes(house: TestOffice, anybody: FlaskClient) -> None:
    made = put(house, title_zh="<script>彩超", zh="采购人：<b>中心医院</b>")
    for number in range(2, 25):
        put(house, number % 9 + 1, title_zh=f"公告{number}")
    page = anybody.get("/notices?q=彩超").text
    assert "&lt;script&gt;彩超" in page
    assert "公告3" not in page
    further = anybody.get("/notices").text
    assert 'rel="next"' in further
    one = anybody.get(f"/notices/{made.digest.hex()}").text
    assert "&lt;b&gt;中心医院" in one
    raw = anybody.get(f"/notices/{made.digest.hex()}/text").data
    assert digest(raw) == made.digest
    for path in ("/notices/zz", "/notices/" + "0" * 64, "/notices/" + "0" * 64 + "/text"):
        assert anybody.get(path).status_code == 404
    assert anybody.get("/notices?cursor=bad").status_code == 422
    assert anybody.get("/").status_code == 200


def test_a_feed_has_the_newest_first(house: TestOffice) -> None:
    put(house)
    house.clock.at += timedelta(hours=1)
    put(house, 2)
    found_notices = house.office.read(lambda session: newest(session, Search(), 1))
    assert [one.subject for one in found_notices] == ["ZC-2026-000002"]


def test_a_feed_of_many_asks_as_often_as_a_feed_of_one(house: TestOffice, engine: Engine) -> None:
    for number in range(1, 4):
        put(house, number)
    one, few = counted(engine, lambda session: newest(session, Search(), 1))
    several, many = counted(engine, lambda session: newest(session, Search(), 50))
    assert (len(one), len(several)) == (1, 3)
    assert few == many == 1
