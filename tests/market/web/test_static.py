"""Files for the browser: ours and nothing else, whatever is asked for."""

from pathlib import Path

import pytest

from market.factory import create_anonymous_app, create_app
from market.web import assets
from tests.support.offices import settings_for


@pytest.mark.parametrize("make", [create_app, create_anonymous_app])
@pytest.mark.parametrize(
    "name",
    ["nowhere", "../app.py", "../../../../../../../etc/hostname", "..%2f..%2fapp.py", "%00", ""],
)
def test_what_is_no_file_of_ours_is_not_found_and_never_read(
    make: object, name: str, tmp_path: Path
) -> None:
    app = make(settings_for(tmp_path), ())
    for query in ("", "?v=0123456789abcdef"):
        answer = app.test_client().get(f"/static/{name}{query}")
        assert answer.status_code in (404, 308)


def test_a_file_of_ours_is_kept_for_a_year_under_its_own_hash_and_not_under_another(
    tmp_path: Path,
) -> None:
    client = create_app(settings_for(tmp_path), ()).test_client()
    own = client.get(assets.asset("market.css"))
    other = client.get("/static/market.css?v=0000000000000000")
    kept = [(answer.status_code, answer.cache_control.max_age) for answer in (own, other)]
    own.close()
    other.close()
    assert kept == [(200, 31536000), (200, 0)]


def test_a_file_put_in_place_anew_goes_with_its_own_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    file = tmp_path / "own.js"
    file.write_text("one")
    before = (assets.asset("own.js"), assets.integrity("own.js"))
    assert (assets.asset("own.js"), assets.integrity("own.js")) == before
    file.write_text("another")
    after = (assets.asset("own.js"), assets.integrity("own.js"))
    assert before[0] != after[0]
    assert before[1] != after[1]
