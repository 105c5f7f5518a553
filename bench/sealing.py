"""P16: a whole envelope sealed in Chromium against the same browser's bare cipher.

Both run in a worker, in alternating turns of the same page. Memory is that of the page's process
while it seals, above its own when idle; the page must answer meanwhile.
"""

import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil
from flask import Flask, Response, send_file
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from bench.goals import Measure, at_least, counted
from bench.pairs import PAIRS, alternate, ratio_of
from market.web.assets import STATIC

MEBIBYTES: Final = 100
CONDITIONS: Final = (
    f"{MEBIBYTES} MiB sealed to an envelope by the page's own code in a worker of Chromium, "
    f"against the same browser's bare cipher on as many bytes, {PAIRS} pairs in one page; memory "
    "is that of the page's process above its own when idle"
)
MUST_RATE: Final = 0.5
MUST_MEMORY: Final = 64  # MiB above idle
MUST_ANSWER: Final = 200  # milliseconds without an answer of the page
HERE: Final = Path(__file__).parent / "page"
LOOKED: Final = 0.05  # seconds between two looks at the memory


def run(_folder: Path) -> list[Measure]:
    """Measure; needs Chromium."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.stdout.write("  Chromium is missing (apt-get install chromium)\n")
        return [Measure("sealing: not measured", "no Chromium", 0, 0, at_least=1)]
    with _page(chromium) as page:
        longest: list[float] = []

        def turn(what: str) -> float:
            seen = page.evaluate("([what, size]) => measure(what, size)", [what, MEBIBYTES])
            if what == "sealed":
                longest.append(seen["longest"])
            return float(seen["rate"])

        rates = alternate(lambda: turn("raw"), lambda: turn("sealed"), PAIRS)
        for number, (raw, sealed) in enumerate(rates):
            sys.stdout.write(
                f"    {number + 1:>2}: raw {raw:.0f} MiB/s, sealed {sealed:.0f} MiB/s\n"
            )
        with _memory() as grown:
            turn("sealed")
        return [
            at_least("sealing 100 MiB: rate", ratio_of(rates), MUST_RATE),
            counted("sealing 100 MiB: memory above idle", grown[0], MUST_MEMORY, " MiB"),
            counted("longest wait of the page", round(max(longest)), MUST_ANSWER, " ms"),
        ]


class _Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


@contextmanager
def _page(chromium: str) -> Iterator[Page]:
    server = make_server("127.0.0.1", 0, _host(), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_function("globalThis.ready === true")
        yield page
        browser.close()
    server.shutdown()
    thread.join()
    server.server_close()


def _host() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def page() -> Response:
        return send_file(HERE / "index.html")

    @app.get("/<name>.js")
    def script(name: str) -> Response:
        files = {each.stem: each for each in HERE.glob("*.js")}
        return send_file(files.get(name, STATIC / "vendor" / "protocol.js"))

    return app


@contextmanager
def _memory() -> Iterator[list[float]]:
    """How many MiB the browser's biggest page process grew by while the block ran."""
    grown = [0.0]
    idle, ended = _biggest(), threading.Event()

    def look() -> None:
        while not ended.wait(LOOKED):
            grown[0] = max(grown[0], round(_biggest() - idle, 1))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield grown
    finally:
        ended.set()
        watcher.join()


def _biggest() -> float:
    sizes = []
    for child in psutil.Process().children(recursive=True):
        try:
            if "--type=renderer" in child.cmdline():
                sizes.append(child.memory_info().rss / 2**20)
        except psutil.NoSuchProcess:
            continue
    return max(sizes, default=0.0)
