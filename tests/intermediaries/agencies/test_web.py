"""The pages of agencies: the way in by form, the operator's desk, what the public may not see."""

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from intermediaries.agencies.feature import FEATURE
from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from market.accounts.feature import FEATURE as ACCOUNTS
from market.accounts.vault import Purpose
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.repeated import carried_out, sent_often
from tests.support.supermarket_cast import Supermarket, make_supermarket

PDF = b"%PDF-1.7\n\xe8\xaf\x81\xe4\xb9\xa6"
CERTIFICATE = {
    "kind": "surveying",
    "level": "B",
    "number": "乙测资字2026001",
    "issuer": "省自然资源厅",
    "expires_on": "2026-09-01",
}
NAME, INTEREST = "诸葛测绘师", "控股股东为某置业集团"
DESK = "/desk/agency"


@pytest.fixture
def place(engine: Engine) -> Supermarket:
    return make_supermarket(engine)


@pytest.fixture
def app(place: Supermarket, redis_url: str, tmp_path: Path) -> Flask:
    return app_of(place.cast, (ACCOUNTS, CATALOGUE, FEATURE), redis_url, tmp_path)


@pytest.fixture
def yan(app: Flask, place: Supermarket) -> Browser:
    return signed_in(app, place.cast, "yan")


@pytest.fixture
def centre(app: Flask, place: Supermarket) -> Browser:
    return signed_in(app, place.cast, "ceng")


def with_file(**changes: str) -> dict[str, object]:
    return {**CERTIFICATE, **changes, "paper": (io.BytesIO(PDF), "证书.pdf")}


def sent(answer: object) -> None:
    assert answer.status_code == 303, answer.text[:3000]  # type: ignore[attr-defined]


def fill(yan: Browser, place: Supermarket) -> None:
    """The steps of the entry, by form."""
    page = f"{DESK}/qualifications/new"
    sent(yan.send(page, with_file(), form="QualificationForm"))
    typed = {"item": place.survey, "price": "9,000", "promise_days": "8"}
    sent(yan.send(f"{DESK}/services/new", typed, form="ServiceForm"))
    typed = {"profession": "注册测绘师", "full_name": NAME, "number": "CH-77821"}
    sent(yan.send(f"{DESK}/practitioners/new", typed, form="PractitionerForm"))
    typed = {"departments": "", "interests": INTEREST, "true": "yes"}
    sent(yan.send(f"{DESK}/declaration", typed, form="DeclarationForm"))


def entry(yan: Browser, place: Supermarket) -> str:
    """An entry handed in by form; its number."""
    sent(yan.press(DESK, f"{DESK}/apply"))
    assert "<ul>" in yan.open(DESK).text
    fill(yan, place)
    sent(yan.press(DESK, f"{DESK}/hand-in"))
    return place.case().no


def test_an_agency_goes_its_way_from_the_first_page_to_the_list(
    app: Flask, place: Supermarket, yan: Browser, centre: Browser
) -> None:
    no = entry(yan, place)
    assert "Check an entry" in centre.open("/desk").text
    assert no in centre.open("/desk/entries").text
    page = f"/desk/entries/{no}"
    shown = centre.open(page).text
    assert NAME in shown
    assert INTEREST in shown
    without = {"grounds": [], "words": "不喜欢"}
    refused = centre.send(page, without, form="RejectForm")
    assert (refused.status_code, "不喜欢" in refused.text) == (422, True)
    lawless = {"grounds": ["office-too-small"], "words": "办公面积不足"}
    assert centre.send(page, lawless, form="RejectForm").status_code == 422
    typed = {
        "grounds": ["qualification-differs", "interest-undeclared"],
        "words": "编号不符\n缺股东",
    }
    sent(centre.send(page, typed, form="RejectForm"))
    own = yan.open(DESK).text
    assert all(words in own for words in ("编号不符", "缺股东", "Administrative Licensing Law"))
    sent(yan.press(DESK, f"{DESK}/hand-in"))
    sent(centre.press(page, f"{page}/pass"))
    public = Browser(app.test_client(), place.cast)
    assert no in public.open("/agencies").text
    assert "In publicity until" in public.open(f"/agencies/{no}").text


def test_the_public_sees_neither_declarations_nor_names(
    app: Flask, place: Supermarket, yan: Browser, centre: Browser
) -> None:
    no = entry(yan, place)
    public = Browser(app.test_client(), place.cast)
    assert public.open(f"/agencies/{no}").status_code == 404
    sent(centre.press(f"/desk/entries/{no}", f"/desk/entries/{no}/pass"))
    place.cast.enrol("minmin")
    anybody = signed_in(app, place.cast, "minmin")
    typed = {"text": "听说其人员挂靠"}
    sent(anybody.send(f"/agencies/{no}/objection", typed, form="Objection"))
    secrets = (NAME, "CH-77821", INTEREST, "听说其人员挂靠", "minmin")
    for reader in (public, anybody):
        for path in ("/agencies", f"/agencies/{no}", f"/agencies?q={no}"):
            page = reader.open(path)
            assert page.status_code == 200
            assert not [one for one in secrets[:4] if one in page.text], path
    shown = public.open(f"/agencies/{no}").text
    assert "注册测绘师</span> 1" in shown
    assert "乙测资字2026001" in shown
    own = yan.open(DESK).text
    assert "听说其人员挂靠" in own
    assert "minmin" not in own
    assert "minmin" not in centre.open(f"/desk/entries/{no}").text
    key = place.case().qualifications[0].id
    for path in (
        f"{DESK}/qualifications/{key}/file",
        f"/desk/entries/{no}/qualifications/{key}/file",
    ):
        assert anybody.open(path).status_code == 403
    assert yan.open(f"{DESK}/qualifications/{key}/file").data == PDF
    assert centre.open(f"/desk/entries/{no}/qualifications/{key}/file").data == PDF


def test_names_of_practitioners_are_sealed_at_rest(place: Supermarket, yan: Browser) -> None:
    entry(yan, place)
    (one,) = place.case().practitioners
    assert NAME.encode() not in one.name
    assert place.cast.vault.open(Purpose.NAME, one.id, one.name) == NAME


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"expires_on": "2026-03-01"}, "has expired"),
        ({"expires_on": "2026-02-30"}, "no such day"),
        ({"level": "first"}, "does not have this level"),
        ({"kind": "sorcery"}, "Choose one of the options"),
        ({"number": ""}, "This is needed"),
        ({"number": "x" * 101}, "at most 100"),
    ],
)
def test_bad_certificates_are_refused_and_what_was_typed_stays(
    place: Supermarket, yan: Browser, changes: dict[str, str], words: str
) -> None:
    sent(yan.press(DESK, f"{DESK}/apply"))
    page = f"{DESK}/qualifications/new"
    refused = yan.send(page, with_file(**changes), form="QualificationForm")
    assert refused.status_code == 422
    assert words in refused.text
    assert "省自然资源厅" in refused.text
    assert place.case().qualifications == ()


def test_bad_services_and_declarations_are_refused(place: Supermarket, yan: Browser) -> None:
    sent(yan.press(DESK, f"{DESK}/apply"))
    typed = {"item": place.survey, "price": "-1", "promise_days": "11"}
    assert yan.send(f"{DESK}/services/new", typed, form="ServiceForm").status_code == 422
    typed["price"] = "1"
    refused = yan.send(f"{DESK}/services/new", typed, form="ServiceForm")
    assert (refused.status_code, "standard time" in refused.text) == (422, True)
    typed = {"departments": "12345", "interests": "无", "true": "yes"}
    refused = yan.send(f"{DESK}/declaration", typed, form="DeclarationForm")
    assert (refused.status_code, "12345" in refused.text) == (422, True)


def test_an_act_sent_often_is_one_act(
    app: Flask, place: Supermarket, yan: Browser, centre: Browser, engine: Engine
) -> None:
    marks, _ = yan._form(DESK, "press", f"{DESK}/apply")
    answers = sent_often(app, yan.client, f"{DESK}/apply", marks)
    assert set(answers) == {(303, DESK)}
    assert carried_out(engine, "apply_for_entry") == 1
    fill(yan, place)
    sent(yan.press(DESK, f"{DESK}/hand-in"))
    page = f"/desk/entries/{place.case().no}"
    marks, _ = centre._form(page, "RejectForm", None)
    typed = {**marks, "grounds": "interest-undeclared", "words": "缺股东"}
    answers = sent_often(app, centre.client, f"{page}/rejection", typed)
    assert len(set(answers)) == 1
    assert carried_out(engine, "reject_entry") == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages(
    app: Flask, place: Supermarket, yan: Browser, centre: Browser, language: str
) -> None:
    yan.language = centre.language = language
    assert yan.open(DESK).status_code == 200
    no = entry(yan, place)
    sent(centre.press(f"/desk/entries/{no}", f"/desk/entries/{no}/pass"))
    place.pass_days(7)
    regulator = signed_in(app, place.cast, "fan")
    regulator.language = language
    sent(yan.press(DESK, f"{DESK}/leave"))
    assert "/apply" in yan.open(DESK).text
    sent(yan.press(DESK, f"{DESK}/apply"))
    key = place.case().qualifications[0].id
    for who, paths in (
        (yan, ("services/new", "qualifications/new", "practitioners/new", "declaration")),
        (yan, (f"qualifications/{key}",)),
    ):
        for path in paths:
            assert who.open(f"{DESK}/{path}").status_code == 200, path
    for path in ("", "?category=IC11&state=left&q=surv", f"?item={place.survey}", "?q=%25&state=x"):
        assert yan.open(f"/agencies{path}").status_code == 200
    for path in ("suspension", "restoration", "removal"):
        assert regulator.open(f"/desk/sanctions/{no}/{path}").status_code == 200
    typed = {
        "uscc": place.cast.usccs["bank"], "organisation": "某单位", "decision": "文号1",
        "from_day": "2026-03-02", "until_day": "2026-03-01",
    }  # fmt: skip
    page = "/desk/sanctions"
    assert regulator.send(page, typed, form="BadRecordForm").status_code == 422
    sent(regulator.send(page, typed | {"until_day": "2027-03-01"}, form="BadRecordForm"))
    lift = re.search(r"/desk/sanctions/bad-records/[0-9a-f-]{36}/lift", regulator.open(page).text)
    assert lift is not None
    sent(regulator.press(page, lift[0]))
    assert yan.open("/agencies?cursor=nonsense").status_code == 422


@pytest.mark.parametrize("path", [DESK, "/desk/entries", "/desk/sanctions", "/desk/items"])
def test_who_may_not_is_led_away(app: Flask, place: Supermarket, path: str) -> None:
    visitor = Browser(app.test_client(), place.cast)
    assert visitor.open(path).headers["Location"].startswith("/sign-in")
    place.cast.enrol("somebody")
    visitor.sign_in("somebody")
    assert visitor.open(path).status_code == 403
