"""The program's lines to the hosts: one pool of connections each, and nothing that says who asks.

No cookie, no proxy of the environment, no referrer, no user agent, no redirect. The anonymous
line has no place for a bearer token, so none can slip in.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import urllib3
from urllib3.util import SKIP_HEADER

from market.kernel.errors import BadInput, MarketError
from market.protocol.encoding import JsonObject, Malformed, canonical, parse

ANSWER_LIMIT: Final = 32 * 1024 * 1024
SECONDS: Final = 30
GOOD: Final = 300
REFUSES: Final = 400
UNDECIDED: Final = 500  # from this status on nobody knows what the host did
PROBLEM: Final = "application/problem+json"
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Refused(MarketError):
    """A host said no; its own code and words."""


class Silent(MarketError):
    """A host gave no usable answer; nothing is known of what it did, so the same is sent again."""

    status = 503

    def __init__(self, origin: str) -> None:
        super().__init__(
            "no-answer",
            zh=f"{origin} 没有应答；重新执行同一命令是安全的",
            en=f"{origin} gave no answer; running the same command again is safe",
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers in small letters, all bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> JsonObject:
        """The body as the protocol writes JSON, or as plain JSON without fractions."""
        return json_of(self.body)


class Line:
    """One host. `language` and `bearer` are for signed-in lines; the anonymous one has neither."""

    def __init__(self, origin: str, *, bearer: str | None = None, language: str = "") -> None:
        self.origin = check_origin(origin)
        self._pool = urllib3.PoolManager(num_pools=1, retries=False, timeout=SECONDS)
        self._own: dict[str, str] = {
            "User-Agent": SKIP_HEADER,
            "Accept-Encoding": SKIP_HEADER,
        }
        if language:
            self._own["Accept-Language"] = language
        if bearer is not None:
            self._own["Authorization"] = f"Bearer {bearer}"

    def get(self, path: str) -> Answer:
        """Read; `Refused` or `Silent`."""
        return self.ask("GET", path)

    def post(self, path: str, value: JsonObject | bytes) -> Answer:
        """Send JSON; the same body again carries the same `Idempotency-Key` on signed-in lines."""
        raw = value if isinstance(value, bytes) else canonical(value)
        headers = {"Content-Type": "application/json"}
        if "Authorization" in self._own:
            headers["Idempotency-Key"] = hashlib.sha256(f"{path}\n".encode() + raw).hexdigest()
        return self.ask("POST", path, raw, headers)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request and its whole answer."""
        try:
            answer = self._pool.request(
                method,
                f"{self.origin}{path}",
                body=body,
                headers={**self._own, **(headers or {})},
                redirect=False,
                preload_content=False,
            )
            raw = b"" if method == "HEAD" else answer.read(ANSWER_LIMIT + 1)
            answer.drain_conn()
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as cause:
            raise Silent(self.origin) from cause
        if len(raw) > ANSWER_LIMIT:
            raise Silent(self.origin)
        known = {name.lower(): value for name, value in answer.headers.items()}
        got = Answer(answer.status, known, raw)
        if answer.status >= GOOD:
            raise self._no(got)
        return got

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.clear()

    def _no(self, answer: Answer) -> MarketError:
        kind = answer.headers.get("content-type", "")
        code, words = "", ""
        if kind.startswith((PROBLEM, "application/json")):
            try:
                said = json.loads(answer.body)
            except ValueError:
                said = None
            if isinstance(said, dict):
                code, words = str(said.get("code", "")), str(said.get("detail", ""))
                if article := said.get("article"):
                    words = f"{words} ({article})"
        if not code:
            if answer.status >= UNDECIDED or answer.status < REFUSES:
                return Silent(self.origin)
            code = f"http-{answer.status}"
        words = words or code
        return Refused(code, zh=words, en=words, status=answer.status)


def anonymous_line(origin: str) -> Line:
    """The line to a host that must not know who asks."""
    return Line(origin)


def check_origin(text: str) -> str:
    """An address without a path; `bad-address` for others, and plain HTTP beyond this machine."""
    parts = urlsplit(text.rstrip("/"))
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not (parts.scheme == "https" or plain) or parts.path or parts.query or parts.username:
        raise BadInput(
            "bad-address",
            zh=f"地址应为 https 开头且不带路径：{text}",
            en=f"An address begins with https and has no path: {text}",
        )
    return text.rstrip("/")


def json_of(raw: bytes) -> JsonObject:
    """A JSON object from a host; canonical or not, but nothing twice and no fraction."""
    try:
        value = json.loads(raw, object_pairs_hook=_once, parse_float=_whole, parse_constant=_whole)
        return parse(canonical(value), limit=ANSWER_LIMIT)
    except (ValueError, AttributeError, TypeError, RecursionError) as cause:
        raise Malformed from cause


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    seen = dict(pairs)
    if len(seen) != len(pairs):
        raise ValueError("a member is named twice")
    return seen


def _whole(text: str) -> object:
    raise ValueError(f"{text[:20]} is no whole number")
