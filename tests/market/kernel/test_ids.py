import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.kernel import ids
from market.kernel.errors import BadInput
from market.kernel.ids import Track

REAL_CODES = (
    "9144030071526726XG",
    "91330100799655058B",
    "91110000802100433B",
    "914403001922038216",
    "91110108551385082Q",
    "91350100M000100Y43",
)


def refused(read, typed):
    with pytest.raises(BadInput) as caught:
        read(typed)
    return caught.value.code


@pytest.mark.parametrize("code", REAL_CODES)
def test_a_real_credit_code_is_read(code):
    assert ids.uscc(code) == ids.uscc(f" {code.lower()} ") == code
    assert ids.is_uscc(code)


@pytest.mark.parametrize("code", REAL_CODES)
def test_one_changed_character_fails_at_every_place(code):
    for place, right in enumerate(code):
        for sign in ids.USCC_SIGNS:
            if sign != right:
                changed = code[:place] + sign + code[place + 1 :]
                assert refused(ids.uscc, changed) == "bad-uscc"


@pytest.mark.parametrize(
    "typed",
    ["", REAL_CODES[0][:-1], REAL_CODES[0] + "0", "9144O30071526726XG", "９" + REAL_CODES[0][1:]],
)
def test_a_credit_code_is_never_repaired(typed):
    assert refused(ids.uscc, typed) == "bad-uscc"


def test_small_letters_are_not_how_a_credit_code_is_written():
    assert not ids.is_uscc(REAL_CODES[0].lower())


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8))
def test_a_made_credit_code_has_right_check_signs_inside_and_outside(body):
    code = ids.make_uscc("371400", body)
    assert ids.uscc(code) == code
    assert ids.organisation_code(code[8:17]) == f"{body}-{code[16]}"
    assert code.startswith("91371400")


def test_a_credit_code_is_not_made_of_impossible_parts():
    assert ids.make_uscc("440300", "71526726") == REAL_CODES[0]
    assert refused(lambda region: ids.make_uscc(region, "71526726"), "37140") == "bad-region"
    for organisation, kind in (("7152672", "91"), ("7152672O", "91"), ("71526726", "9I")):
        with pytest.raises(ValueError, match="not "):
            ids.make_uscc("440300", organisation, kind)


def test_an_organisation_code_with_or_without_its_hyphen():
    assert ids.organisation_code("71526726-X") == "71526726-X"
    assert ids.organisation_code("71526726x") == "71526726-X"
    for typed in ("71526726-1", "7152672-X", "71526726--X", ""):
        assert refused(ids.organisation_code, typed) == "bad-organisation-code"


def test_a_citizen_id_needs_its_check_sign_and_a_day_that_exists():
    assert ids.citizen_id("11010519491231002X") == "11010519491231002X"
    assert ids.citizen_id("11010519491231002x") == "11010519491231002X"
    for typed in ("110105194912310021", "11010519491331002X", "1101051949123100", "", "X" * 18):
        assert refused(ids.citizen_id, typed) == "bad-citizen-id"


def test_a_citizen_id_with_a_right_check_sign_on_30_february_is_refused():
    body = "11010519490230002"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    weighed = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    assert refused(ids.citizen_id, body + "10X98765432"[weighed % 11]) == "bad-citizen-id"


@pytest.mark.parametrize("typed", ["13800138000", "138 0013 8000", "199-0013-8000"])
def test_a_mobile_number_is_read_without_blanks(typed):
    assert len(ids.mobile(typed)) == 11


@pytest.mark.parametrize("typed", ["12800138000", "1380013800", "138001380000", "+8613800138000"])
def test_what_is_no_mobile_number(typed):
    assert refused(ids.mobile, typed) == "bad-mobile"


def test_a_bank_account_has_eight_to_thirty_two_digits():
    assert ids.bank_account("6222 0200") == "62220200"
    assert ids.bank_account("1" * 32) == "1" * 32
    for typed in ("1" * 7, "1" * 33, "6222-0200", "", "６２２２０２００"):
        assert refused(ids.bank_account, typed) == "bad-bank-account"


def test_printed_numbers_have_one_writing():
    assert ids.serial("ZC", 2026, 123) == "ZC-2026-000123"
    assert ids.serial("ZC", 2026, 1_000_000) == "ZC-2026-1000000"
    assert ids.read_serial(" zc-2026-000123 ") == ("ZC", 2026, 123)
    for typed in ("ZC-2026-0000123", "ZC-2026-123", "ZC-2026-000000", "ZC-0026-000001", "ZC2026"):
        assert refused(ids.read_serial, typed) == "bad-serial"
    for series, year, number in (("zc", 2026, 1), ("ZC", 2026, 0), ("ZC", 26, 1)):
        with pytest.raises(ValueError, match="no"):
            ids.serial(series, year, number)


def test_project_and_lot_codes():
    project = ids.project_code("371400", 2026, Track.GOVERNMENT, 123)
    assert project == "371400-2026-GP-00123"
    assert ids.lot_code(project, 1) == "371400-2026-GP-00123-L01"
    assert ids.project_code("371400", 2026, Track.SUPERMARKET, 7) == "371400-2026-S-000007"
    assert refused(lambda code: ids.project_code(code, 2026, Track.LAND, 1), "3714") == "bad-region"
    with pytest.raises(ValueError, match="one"):
        ids.lot_code(project, 0)


def test_ids_are_random_and_say_nothing():
    made = {ids.fresh() for _ in range(1000)}
    assert len(made) == 1000
    assert {each.version for each in made} == {4}
