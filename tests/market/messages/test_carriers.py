"""The carrier behind HTTP: what is sent, which answers count, what never shows in an error."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from market.messages.carriers import CarrierFailed, Channel, HttpCarrier, Parcel
from market.messages.mailbox import MailboxCarrier
from market.messages.settings import carriers
from market.settings import MissingSetting
from tests.support.offices import MORNING

PARCEL = Parcel(
    "SM01:case:7", "SM01", Channel.MOBILE, "13812340000", "【阳光交易】中文", "https://x/1", MORNING
)


@dataclass
class Gateway:
    """A carrier's server that answers as it is told and remembers what came."""

    status: int = 202
    answer: bytes = b'{"reference": "r-1"}'
    came: list[tuple[dict[str, str], dict]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A gateway on this machine."""
    told = Gateway()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            told.came.append((dict(self.headers), json.loads(raw)))
            self.send_response(told.status)
            if told.status in (301, 307):
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(told.answer)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    told.url = f"http://127.0.0.1:{server.server_port}/letters"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def carry(gateway: Gateway) -> str:
    return HttpCarrier("first", gateway.url, "secret-token").carry(PARCEL)


def test_a_letter_is_posted_with_its_key(gateway: Gateway) -> None:
    assert carry(gateway) == "r-1"
    ((headers, body),) = gateway.came
    assert headers["Idempotency-Key"] == "SM01:case:7"
    assert headers["Authorization"] == "Bearer secret-token"
    assert body == {
        "channel": "mobile",
        "to": "13812340000",
        "template": "SM01",
        "text": "【阳光交易】中文",
        "link": "https://x/1",
    }


@pytest.mark.parametrize("status", [200, 201, 202, 409])
def test_these_answers_say_that_the_letter_is_taken(gateway: Gateway, status: int) -> None:
    gateway.status = status
    assert carry(gateway) == "r-1"


@pytest.mark.parametrize("status", [204, 301, 307, 400, 401, 429, 500, 503])
def test_every_other_answer_is_a_failure_that_names_no_address(
    gateway: Gateway, status: int
) -> None:
    gateway.status, gateway.answer = status, b"" if status == 204 else b"13812340000"
    with pytest.raises(CarrierFailed) as failed:
        carry(gateway)
    assert str(failed.value) == f"first: HTTP {status}"
    assert len(gateway.came) == 1


def test_nobody_there_is_a_failure() -> None:
    with pytest.raises(CarrierFailed) as failed:
        HttpCarrier("first", "http://127.0.0.1:1/", "t").carry(PARCEL)
    assert str(failed.value).startswith("first: ")
    assert "13812340000" not in str(failed.value)


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        (b"", ""),
        (b"plain", ""),
        (b"[1]", ""),
        (b"{}", ""),
        (b'{"reference": 7}', "7"),
        (b'{"reference": "' + b"x" * 500 + b'"}', "x" * 200),
        (b"\xff\xfe", ""),
    ],
)
def test_a_strange_reference_is_no_failure(gateway: Gateway, answer: bytes, reference: str) -> None:
    gateway.answer = answer
    assert carry(gateway) == reference


HTTPS = {"MARKET_CARRIER_URL": "https://sms.example/l", "MARKET_CARRIER_TOKEN": "t"}


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"MARKET_CARRIER_URL": "https://sms.example/l"},
        {"MARKET_CARRIER_TOKEN": "t"},
        HTTPS | {"MARKET_CARRIER_URL": "http://sms.example/l"},
        HTTPS | {"MARKET_CARRIER_URL_2": "https://second.example/l"},
    ],
)
def test_production_does_not_start_without_a_carrier(env) -> None:
    with pytest.raises(MissingSetting):
        carriers("production", None, env)


def test_production_has_one_carrier_or_two_and_never_the_mailbox() -> None:
    second = {"MARKET_CARRIER_URL_2": "https://second.example/l", "MARKET_CARRIER_TOKEN_2": "u"}
    assert [one.name for one in carriers("production", None, HTTPS)] == ["first"]
    both = carriers("production", None, HTTPS | second)
    assert [one.name for one in both] == ["first", "second"]
    assert all(isinstance(one, HttpCarrier) for one in both)


@pytest.mark.parametrize("mode", ["demo", "test"])
def test_elsewhere_no_letter_leaves_the_machine(mode: str) -> None:
    (only,) = carriers(mode, None, HTTPS)
    assert isinstance(only, MailboxCarrier)
