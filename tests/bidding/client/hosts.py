"""Small hosts for what the real ones do not do: lie, break off, remember what was sent."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from market.protocol.encoding import b64u, canonical
from market.protocol.tiles import parse_path, write_bundle
from tests.support.log_cast import Log


@contextmanager
def serving(handler: Callable[[Request], Response]) -> Iterator[str]:
    """A host on a port of its own; its address."""
    server = make_server("127.0.0.1", 0, Request.application(handler), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class LogHost:
    """Serves a log of `log_cast`; `by` are the witnesses that cosign, `more` other answers."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.by: tuple[str, ...] = ("clear",)
        self.size: int | None = None
        self.more: dict[tuple[str, str], object] = {}
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []

    def __call__(self, request: Request) -> Response:
        body = request.get_data()
        self.seen.append((request.method, request.full_path, dict(request.headers), body))
        answer = self.more.get((request.method, request.path))
        if answer is not None:
            return Response(canonical(answer), content_type="application/json")
        if request.path == "/log/checkpoint":
            return Response(self.log.checkpoint(self.size, by=self.by))
        if request.path.startswith("/log/tile/entries/"):
            tile = parse_path(request.path.removeprefix("/log/"))
            start = tile.index * 256
            return Response(write_bundle(self.log.entries[start : start + tile.width]))
        if request.path.startswith("/log/consistency/"):
            old, new = map(int, request.path.split("/")[3:])
            proof = [b64u(step) for step in self.log.growth(old, new)]
            return Response(canonical({"old": old, "new": new, "proof": proof}))
        problem = b'{"code":"not-found","detail":"nothing here"}'
        return Response(problem, status=404, content_type="application/problem+json")
