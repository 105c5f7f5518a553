"""What goes over the line says nothing of who asks; what comes back is not believed too easily."""

from pathlib import Path

import pytest
from werkzeug.wrappers import Request, Response

from bidding.client import uploads
from bidding.client.uploads import Upload
from bidding.client.wire import Line, Refused, Silent, anonymous_line, check_origin
from market.kernel.errors import MarketError
from tests.bidding.client.hosts import serving
from tests.support.protocol_cast import signer, wallet


def test_an_anonymous_request_names_no_program_no_language_and_nobody(monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    seen = list[dict[str, str]]()

    def host(request: Request) -> Response:
        seen.append({name.lower(): value for name, value in request.headers.items()})
        answer = Response(b"{}", content_type="application/json")
        answer.set_cookie("tracked", "1")
        return answer

    with serving(host) as address:
        line = anonymous_line(address)
        line.get("/x")
        line.post("/y", {"a": 1})
        Line(address, bearer="word", language="en").post("/z", {"a": 1})
    assert set(seen[0]) <= {"host"}
    assert set(seen[1]) <= {"host", "content-type", "content-length"}
    assert seen[2]["authorization"] == "Bearer word"
    assert seen[2]["accept-language"] == "en"
    assert "user-agent" not in seen[2]
    assert "cookie" not in seen[2]


def test_a_redirect_is_not_followed() -> None:
    def host(request: Request) -> Response:
        if request.path == "/elsewhere":
            return Response(b'{"taken": 1}', content_type="application/json")
        return Response(status=302, headers={"Location": "/elsewhere"})

    with serving(host) as address, pytest.raises(Silent):
        anonymous_line(address).get("/x")


def test_a_refusal_keeps_the_hosts_code_and_words_and_a_fault_is_silence() -> None:
    def host(request: Request) -> Response:
        if request.path == "/fault":
            return Response(b"broken", status=500)
        problem = '{"code":"late","detail":"已过截止时间","article":"第二十八条"}'
        return Response(problem, status=409, content_type="application/problem+json")

    with serving(host) as address:
        with pytest.raises(Refused) as no:
            anonymous_line(address).get("/x")
        with pytest.raises(Silent):
            anonymous_line(address).get("/fault")
    assert (no.value.code, no.value.status) == ("late", 409)
    assert no.value.words("en") == "已过截止时间 (第二十八条)"


@pytest.mark.parametrize(
    "address", ["http://example.org", "https://example.org/path", "ftp://a", "https://u@a", ""]
)
def test_other_addresses_than_plain_https_origins_are_refused(address: str) -> None:
    with pytest.raises(MarketError) as no:
        check_origin(address)
    assert no.value.code == "bad-address"


def test_plain_http_is_for_this_machine_alone() -> None:
    assert check_origin("http://127.0.0.1:8000") == "http://127.0.0.1:8000"
    assert check_origin("https://example.org/") == "https://example.org"


class FlakyHost:
    """A tus host that takes at most `most` bytes of a part, breaking off with a fault."""

    def __init__(self, most: int) -> None:
        self.most, self.taken, self.created = most, b"", 0
        self.faults = 0

    def __call__(self, request: Request) -> Response:
        if request.method == "POST":
            self.created, self.taken = self.created + 1, b""
            return Response(status=201, headers={"Location": f"/api/v1/uploads/{self.created}"})
        if request.path != f"/api/v1/uploads/{self.created}":
            return Response(status=404)
        if request.method == "PATCH":
            assert int(request.headers["Upload-Offset"]) == len(self.taken)
            part = request.get_data()
            self.taken += part[: self.most]
            if len(part) > self.most:
                self.faults += 1
                return Response(b"gone", status=502)
        return Response(headers={"Upload-Offset": str(len(self.taken))})


class Bidder:
    """What an upload needs of a wallet."""

    token = wallet("a").token
    key = signer("bid/a")


def test_an_upload_goes_on_where_it_broke_off(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(uploads, "PAUSE", 0)
    file, host = tmp_path / "price.age", FlakyHost(30_000)
    file.write_bytes(bytes(range(256)) * 279)
    with serving(host) as address:
        Upload(anonymous_line(address), Bidder(), "ZC-1", file).finish()
    assert host.taken == file.read_bytes()
    assert (host.created, host.faults) == (1, 2)


def test_an_upload_that_the_host_forgot_is_begun_anew(tmp_path: Path) -> None:
    file, host = tmp_path / "price.age", FlakyHost(1_000_000)
    file.write_bytes(b"x" * 1000)
    (tmp_path / "price.upload.json").write_text('{"path":"/api/v1/uploads/gone"}')
    (tmp_path / "price.upload.json").chmod(0o600)
    with serving(host) as address:
        Upload(anonymous_line(address), Bidder(), "ZC-1", file).finish()
    assert host.taken == file.read_bytes()
    assert host.created == 1


def test_an_upload_gives_up_when_nothing_moves(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(uploads, "PAUSE", 0)
    file, host = tmp_path / "price.age", FlakyHost(0)
    file.write_bytes(b"x" * 1000)
    with serving(host) as address, pytest.raises(Silent):
        Upload(anonymous_line(address), Bidder(), "ZC-1", file).finish()
    assert host.faults == uploads.TRIES
