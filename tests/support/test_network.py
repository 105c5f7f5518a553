"""The network is closed in tests, except for this machine."""

import socket
import urllib.request

import pytest

from market.db.embedded.valkey import free_port
from tests.support.network import is_local

# RFC 5737 and RFC 3849: addresses for documents, which lead nowhere.
ELSEWHERE_4 = ("192.0.2.1", 80)
ELSEWHERE_6 = ("2001:db8::1", 80)


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_another_machine_cannot_be_reached(method: str) -> None:
    with socket.socket() as reaching, pytest.raises(pytest.fail.Exception, match="is closed"):
        getattr(reaching, method)(ELSEWHERE_4)
    with (
        socket.socket(socket.AF_INET6) as reaching,
        pytest.raises(pytest.fail.Exception, match="is closed"),
    ):
        getattr(reaching, method)(ELSEWHERE_6)


def test_no_packet_leaves_without_a_connection() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as reaching,
        pytest.raises(pytest.fail.Exception, match="is closed"),
    ):
        reaching.sendto(b"hello", ELSEWHERE_4)


def test_no_name_of_another_machine_is_looked_up_even_where_errors_are_caught() -> None:
    def careless() -> None:
        try:
            urllib.request.urlopen("http://trade.example/", timeout=1)
        except Exception:  # noqa: BLE001 - the carelessness is the point
            return

    with pytest.raises(pytest.fail.Exception, match=r"trade\.example"):
        careless()


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
    with socket.socket() as reaching:
        assert reaching.connect_ex(("localhost", free_port())) != 0


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.255.255.255", True),
        ("128.0.0.0", False),
        ("::1", True),
        ("::2", False),
        ("LOCALHOST", True),
        ("localhost.example", False),
        (b"localhost", True),
        ("0.0.0.0", True),  # noqa: S104 - only asked about, nothing binds
        ("", True),
        (None, True),
        ("redis.internal", False),
    ],
)
def test_what_this_machine_is_called(host: object, local: bool) -> None:
    assert is_local(host) is local


def test_a_host_given_on_purpose_may_be_reached() -> None:
    assert is_local("redis.internal", {"redis.internal"})
