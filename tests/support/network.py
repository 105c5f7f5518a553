"""Closes the network for tests: what is not this machine is not there.

It watches Python's own sockets. A program written in another language (a browser, PostgreSQL's
client library) is not watched; tests give such programs addresses of this machine only.
"""

import ipaddress
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

LOCAL_NAMES = frozenset({"", "localhost", "ip6-localhost"})


def is_local(host: object, also: Collection[str] = ()) -> bool:
    """Whether a host name or address is this machine, or one of `also`."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name.lower() in LOCAL_NAMES or name in also:
        return True
    try:
        address = ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@contextmanager
def loopback_only(also: Collection[str] = ()) -> Iterator[None]:
    """While the block runs, reaching for another machine fails the test, whoever catches errors.

    `also` names hosts that were given on purpose, such as the one in REDIS_URL.
    """

    def refuse_unless_local(host: object) -> None:
        if not is_local(host, also):
            pytest.fail(f"the network is closed in tests, and something reached for {host!r}")

    def guarded(method: Callable[..., Any]) -> Callable[..., Any]:
        def reach(self: socket.socket, *arguments: Any) -> Any:
            address = arguments[-1]
            if self.family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple):
                refuse_unless_local(address[0])
            return method(self, *arguments)

        return reach

    def resolve(host: Any, *arguments: Any, **named: Any) -> Any:
        refuse_unless_local(host)
        return getaddrinfo(host, *arguments, **named)

    getaddrinfo = socket.getaddrinfo
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", resolve)
        yield
