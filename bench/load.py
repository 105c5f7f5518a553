"""Load on a page: so many connections, each asking again as soon as it was answered."""

import http.client
import statistics
import threading
import time
from dataclasses import dataclass, field
from typing import Final

CONNECTIONS: Final = 16


@dataclass(slots=True)
class Slice:
    """What one slice saw; a slice with an answer other than 200 is a bug."""

    seconds: float
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.waits) / self.seconds

    @property
    def p99(self) -> float:
        """Seconds that 99 of 100 answers took at most."""
        return statistics.quantiles(self.waits, n=100)[-1]


def press(port: int, path: str, seconds: float, cookie: str | None = None) -> Slice:
    """Ask a page of this machine for so many seconds, over `CONNECTIONS` connections."""
    seen = Slice(seconds)
    headers = {"Accept-Language": "zh-CN"} | ({} if cookie is None else {"Cookie": cookie})
    lock = threading.Lock()
    until = time.monotonic() + seconds  # machine time: how long a slice lasts

    def ask() -> None:
        waits: list[float] = []
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (began := time.monotonic()) < until:
            line.request("GET", path, headers=headers)
            answer = line.getresponse()
            answer.read()
            if answer.status != http.client.OK:
                raise RuntimeError(f"{path} answered {answer.status}")
            waits.append(time.monotonic() - began)
        line.close()
        with lock:
            seen.waits.extend(waits)

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen
