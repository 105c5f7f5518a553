"""Personal values at rest: sealed to one row and one purpose, found again by marks."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from market.accounts.vault import (
    AddressKind,
    Purpose,
    Vault,
    VaultClosed,
    citizen_mark,
    make_vault,
    open_vault,
    seal_address,
)
from market.kernel.errors import BadInput

ONE, TWO = b"1" * 32, b"2" * 32


def test_a_value_opens_in_its_row_for_its_purpose_only() -> None:
    vault, row = Vault({1: ONE}), uuid4()
    sealed = vault.seal(Purpose.NAME, row, "王某")
    assert vault.open(Purpose.NAME, row, sealed) == "王某"
    for purpose, owner in ((Purpose.ADDRESS, row), (Purpose.NAME, uuid4())):
        with pytest.raises(VaultClosed):
            vault.open(purpose, owner, sealed)


def test_a_sealed_value_shows_nothing_and_never_looks_the_same_twice() -> None:
    vault, row = Vault({1: ONE}), uuid4()
    first, second = (vault.seal(Purpose.ADDRESS, row, "13812340000") for _ in range(2))
    assert first != second
    assert b"13812340000" not in first


@pytest.mark.parametrize("place", [0, 1, 13, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    vault, row = Vault({1: ONE}), uuid4()
    sealed = bytearray(vault.seal(Purpose.NAME, row, "王某"))
    sealed[place] ^= 1
    with pytest.raises(VaultClosed):
        vault.open(Purpose.NAME, row, bytes(sealed))


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x01" + b"n" * 12])
def test_what_is_too_short_does_not_open(broken: bytes) -> None:
    with pytest.raises(VaultClosed):
        Vault({1: ONE}).open(Purpose.NAME, uuid4(), broken)


def test_after_a_change_of_key_old_values_open_and_marks_stay() -> None:
    old, both, row = Vault({1: ONE}), Vault({1: ONE, 2: TWO}), uuid4()
    sealed = old.seal(Purpose.NAME, row, "王某")
    assert both.open(Purpose.NAME, row, sealed) == "王某"
    assert both.mark(Purpose.ADDRESS, "x") == old.mark(Purpose.ADDRESS, "x")
    with pytest.raises(VaultClosed):
        old.open(Purpose.NAME, row, both.seal(Purpose.NAME, row, "李某"))


def test_marks_differ_by_value_purpose_and_key() -> None:
    vault = Vault({1: ONE})
    marks = {
        vault.mark(Purpose.ADDRESS, "13812340000"),
        vault.mark(Purpose.ADDRESS, "13812340001"),
        vault.mark(Purpose.CITIZEN_ID, "13812340000"),
        Vault({1: TWO}).mark(Purpose.ADDRESS, "13812340000"),
    }
    assert {len(mark) for mark in marks} == {32}
    assert len(marks) == 4


@pytest.mark.parametrize("keys", [{}, {2: TWO}, {1: b"short"}, {1: ONE, 256: TWO}])
def test_a_vault_without_its_keys_stays_closed(keys) -> None:
    with pytest.raises(VaultClosed):
        Vault(keys)


def test_the_first_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    with ThreadPoolExecutor(4) as pool:
        vaults = list(pool.map(lambda _: make_vault(folder), range(4)))
    assert len({vault.mark(Purpose.NAME, "x") for vault in vaults}) == 1
    assert [path.name for path in folder.iterdir()] == ["personal.1.key"]
    path = folder / "personal.1.key"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(VaultClosed, match="0600"):
        open_vault(folder)


def test_a_folder_without_keys_opens_no_vault(tmp_path: Path) -> None:
    (tmp_path / "personal.key").write_bytes(ONE)
    with pytest.raises(VaultClosed):
        open_vault(tmp_path)


def test_the_same_address_typed_in_two_ways_has_one_mark() -> None:
    vault = Vault({1: ONE})
    first = seal_address(vault, AddressKind.MOBILE, "138 1234-0000")
    second = seal_address(vault, AddressKind.MOBILE, "13812340000")
    assert first.mark == second.mark
    assert first.handle != second.handle
    assert vault.open(Purpose.ADDRESS, first.handle, first.ciphertext) == "13812340000"


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        (AddressKind.MOBILE, "12812340000", "bad-mobile"),
        (AddressKind.MOBILE, "1381234000", "bad-mobile"),
        (AddressKind.EMAIL, "wang", "bad-email"),
        (AddressKind.EMAIL, "wang@example", "bad-email"),
        (AddressKind.EMAIL, "a@b.com\nBcc: c@d.com", "bad-email"),
        (AddressKind.EMAIL, "王@example.com", "bad-email"),
        (AddressKind.EMAIL, "a" * 64 + "@" + "b" * 186 + ".com", "bad-email"),
    ],
)
def test_what_is_no_address_is_not_sealed(kind: AddressKind, typed: str, code: str) -> None:
    with pytest.raises(BadInput, match=code):
        seal_address(Vault({1: ONE}), kind, typed)


def test_an_id_number_is_only_marked() -> None:
    vault = Vault({1: ONE})
    assert citizen_mark(vault, "11010519491231002x") == citizen_mark(vault, "11010519491231002X")
    with pytest.raises(BadInput, match="bad-citizen-id"):
        citizen_mark(vault, "110105194912310021")
