"""The program that sets a register up."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from market.accounts.__main__ import main
from market.accounts.queries.organisations import organisations_with
from market.accounts.roles import Role
from tests.support.people_cast import Cast, make_cast


@pytest.fixture
def cast(engine: Engine, database_url: str, tmp_path: Path, monkeypatch) -> Cast:
    """Two people with accounts, and the settings of their platform in the environment."""
    for name, value in {
        "MARKET_MODE": "production",
        "MARKET_SECRET_KEY": "s" * 32,
        "MARKET_VAR": str(tmp_path),
        "MARKET_ORIGIN": "journal.example",
        "DATABASE_URL": database_url,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PLATFORM_URL": "https://p.example",
        "ANONYMOUS_URL": "https://a.example",
        "CUSTODIAN_URL": "https://c.example",
        "WITNESS_URLS": "https://w.example",
    }.items():
        monkeypatch.setenv(name, value)
    made = make_cast(engine)
    made.enrol("ceng")
    made.enrol("deng")
    return made


def test_keys_are_made_once(cast: Cast, tmp_path: Path) -> None:
    assert main(["keys"]) == 0
    raw = (tmp_path / "keys" / "personal.1.key").read_bytes()
    assert main(["keys"]) == 0
    assert (tmp_path / "keys" / "personal.1.key").read_bytes() == raw


def test_the_centre_is_founded_once_and_a_refusal_is_said(
    cast: Cast, engine: Engine, capsys
) -> None:
    arguments = ["found", cast.fresh_uscc("12"), "某交易中心", "A Centre", "某甲", "ceng"]
    assert main([*arguments, "nobody.here"]) == 1
    assert "no such sign-in name" in capsys.readouterr().err
    assert main([*arguments, "deng"]) == 0
    with Session(engine) as session:
        assert [one.name_en for one in organisations_with(session, Role.CENTER)] == ["A Centre"]
    assert main([*arguments, "deng"]) == 1
    assert "founded already" in capsys.readouterr().err
