"""JSON for programs under `/api/v1`: strict bodies, one effect per key, described by themselves.

    class ProjectBody(Body):
        title: Annotated[str, StringConstraints(min_length=1, max_length=200)]

    class ProjectAnswer(Answer):
        no: str

    @pages.post("/api/v1/projects")
    @call(summary="Register a project", takes=ProjectBody, gives=ProjectAnswer, once=True)
    @needs(Permission.PROJECTS_PROJECT_CREATE)
    def create(body: ProjectBody, once: Once) -> ProjectAnswer:
        done = site().office.run_once(register, Register(body.title), current_actor(), once)
        return ProjectAnswer(no=str(done["no"]))

Bodies are JSON objects with exactly the members of their model, no member twice, no fraction
(amounts are whole fen, rates are text). Refusals are RFC 9457 problems. Acts of the trust
protocol, which must be canonical byte for byte, take `received()` and read it with
`market.protocol.encoding.parse`.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Final, NoReturn

from flask import Response, request
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from market.command import Once
from market.kernel.errors import BadInput
from market.protocol.encoding import b64u, digest
from market.web.site import site

JSON_LIMIT: Final = 256 * 1024  # bytes of one body
PREFIX: Final = "/api/v1/"
_KEY = re.compile(r"[!-~]{8,100}", re.ASCII)
_ATTRIBUTE: Final = "api_call"


class Body(BaseModel):
    """Base of what a program sends: exactly these members, each of exactly its type."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Query(BaseModel):
    """Base of what stands behind the question mark; `cursor` and `limit` for lists."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """Base of what a program is answered."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Call:
    """What one call takes and gives, for its own checks and for the description."""

    summary: str
    takes: type[Body] | None = None
    asks: type[Query] | None = None
    gives: type[BaseModel] | None = None
    status: int = 200
    once: bool = False
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Received:
    """A body, and the database's moment at which its last byte had been read."""

    raw: bytes
    at: datetime

    @property
    def once(self) -> Once:
        """The body is its own key: the same bytes again are the same act."""
        hashed = digest(self.raw)
        return Once(b64u(hashed), hashed)


def received(limit: int = JSON_LIMIT) -> Received:
    """The body of this request, whole, and when that was; 413 for more than `limit` bytes.

    Nothing happens between the last byte and the clock, so a body complete at the deadline is in
    time however busy the house is.
    """
    request.max_content_length = limit
    raw = request.get_data()
    return Received(raw, site().office.clock.now())


def call(
    *,
    summary: str,
    takes: type[Body] | None = None,
    asks: type[Query] | None = None,
    gives: type[BaseModel] | None = None,
    status: int = 200,
    once: bool = False,
    media_type: str = "application/json",
) -> Callable[[Callable[..., BaseModel | Response]], Callable[..., Response]]:
    """Make a view an API call; it stands between the route and the mark.

    The view gets `body`, `query` and `once` by name, as far as it asks for them here, and answers
    a model or a whole `Response`. Codes: "malformed-body", "malformed-query" (422),
    "not-json" (415), "idempotency-key" (400), "too-large" (413).
    """
    described = Call(summary, takes, asks, gives, status, once, media_type)

    def wrap(view: Callable[..., BaseModel | Response]) -> Callable[..., Response]:
        @wraps(view)
        def answer(*args: object, **kwargs: object) -> Response:
            if asks is not None:
                kwargs["query"] = _query(asks)
            raw = b""
            if takes is not None:
                raw = received().raw
                kwargs["body"] = read_body(takes, raw)
            if once:
                kwargs["once"] = once_of_header(raw)
            given = view(*args, **kwargs)
            return given if isinstance(given, Response) else json_answer(given, status)

        vars(answer)[_ATTRIBUTE] = described
        return answer

    return wrap


def call_of(view: object) -> Call | None:
    """The description of a view, or None if it is no API call."""
    found: Call | None = getattr(view, _ATTRIBUTE, None)
    return found


def json_answer(answer: BaseModel, status: int = 200) -> Response:
    """A model as JSON."""
    return Response(answer.model_dump_json(), status=status, content_type="application/json")


def read_body(model: type[Body], raw: bytes) -> Body:
    """The body as its model says; `BadInput` "malformed-body" names the members that are wrong."""
    if request.mimetype != "application/json":
        raise BadInput(
            "not-json",
            zh="请求正文应为 application/json",
            en="The body must be application/json",
            status=415,
        )
    try:
        json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_no_duplicates,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
    except (ValueError, RecursionError):
        raise _malformed("body", {}) from None
    try:
        return model.model_validate_json(raw)
    except ValidationError as problem:
        raise _malformed("body", _fields(problem)) from None


def _query(model: type[Query]) -> Query:
    given = {name: value for name, value in request.args.items() if name != "lang"}
    try:
        return model.model_validate(given)
    except ValidationError as problem:
        raise _malformed("query", _fields(problem)) from None


def once_of_header(raw: bytes) -> Once:
    """The `Idempotency-Key` of this request; the same key for another request is refused later.

    `BadInput` "idempotency-key" (400) if it is missing or not 8 to 100 visible ASCII characters.
    """
    key = request.headers.get("Idempotency-Key", "")
    if _KEY.fullmatch(key) is None:
        raise BadInput(
            "idempotency-key",
            zh="写操作须带 Idempotency-Key 请求头：8 至 100 个可见 ASCII 字符，每个操作各用一个",
            en="Writes carry a header Idempotency-Key: 8 to 100 visible ASCII characters, "
            "one for each act",
            status=400,
        )
    said = f"{request.method}\n{request.path}\n".encode() + raw
    return Once(key, digest(said))


def _malformed(where: str, fields: Mapping[str, tuple[str, str]]) -> BadInput:
    zh = "请求正文不符合接口说明" if where == "body" else "查询参数不符合接口说明"
    return BadInput(
        f"malformed-{where}",
        zh=zh,
        en=f"The {where} is not what the description of this call asks for",
        fields=fields,
    )


_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("缺少此项", "This is missing"),
    "extra_forbidden": ("接口没有此项", "There is no such member"),
    "string_type": ("应为文本", "This must be text"),
    "int_type": ("应为整数", "This must be a whole number"),
    "int_parsing": ("应为整数", "This must be a whole number"),
    "bool_type": ("应为 true 或 false", "This must be true or false"),
    "list_type": ("应为数组", "This must be an array"),
}


def _fields(problem: ValidationError) -> dict[str, tuple[str, str]]:
    found: Sequence[ErrorDetails] = problem.errors(include_url=False, include_input=False)
    return {
        ".".join(str(part) for part in one["loc"])[:80]: _WORDS.get(
            one["type"], ("值不符合要求", "This value is not taken")
        )
        for one in found
    }


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    seen = dict(pairs)
    if len(seen) != len(pairs):
        raise ValueError("a member is named twice")
    return seen


def _no_fraction(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is no whole number")
