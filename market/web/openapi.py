"""The description of `/api/v1` (OpenAPI 3.1), made from the calls themselves; none is left out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from market.settings import Settings
from market.web.access import Mark, Opening, mark_of, methods_of
from market.web.api import PREFIX, Call, call_of
from market.web.problems import MEDIA_TYPE

Document = dict[str, Any]
"""JSON of the OpenAPI specification; its shape is that specification's, not ours."""

VERSION: Final = "1"
_ARGUMENT = re.compile(r"<(?:(?P<kind>[a-z_]+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
_KINDS: Final[Mapping[str | None, Document]] = {
    "int": {"type": "integer"},
    "uuid": {"type": "string", "format": "uuid"},
    None: {"type": "string"},
}
_PROBLEM: Final[Document] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable; programs decide by this alone"},
        "detail": {"type": "string", "description": "words in the reader's language"},
        "article": {"type": "string", "description": "the rule, where there is one"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}


def routes(app: Flask) -> Iterable[tuple[Rule, Call]]:
    """Every route under /api/v1 with its description.

    Calls that speak the bytes of the trust protocol do without `@call`: of them the first line of
    the docstring is told, and `docs/protocol.md` has the rest.
    """
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.rule.startswith(PREFIX):
            view = app.view_functions[rule.endpoint]
            yield rule, call_of(view) or Call((view.__doc__ or "").strip().partition("\n")[0])


def undescribed(app: Flask) -> list[str]:
    """The calls of a host of which nothing is told; a test wants none."""
    return [rule.endpoint for rule, described in routes(app) if not described.summary]


def describe(settings: Settings, platform: Flask, anonymous: Flask) -> Document:
    """The whole description: the calls of the platform's host and of the anonymous one."""
    hosts = ((platform, settings.platform_url), (anonymous, settings.anonymous_url))
    every = [(app, origin, *route) for app, origin in hosts for route in routes(app)]
    shapes = Shapes([described for *_, described in every])
    paths: dict[str, Document] = {}
    for app, origin, rule, described in every:
        path = paths.setdefault(_ARGUMENT.sub(r"{\g<name>}", rule.rule), {})
        for method in methods_of(rule):
            operation = _operation(rule, described, mark_of(app, rule.endpoint), shapes)
            operation["operationId"] = f"{rule.endpoint}.{method.lower()}"
            known = path.setdefault(method.lower(), operation)
            known.setdefault("servers", []).append({"url": origin})
    return {
        "openapi": "3.1.0",
        "info": {"title": "Yangguang", "version": VERSION, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": {**shapes.schemas, "Problem": _PROBLEM},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


class Shapes:
    """The schemas of all models; two rooms may call different models by one name."""

    def __init__(self, calls: Sequence[Call]) -> None:
        wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
        for one in calls:
            for model in (one.takes, one.asks):
                if model is not None:
                    wanted[model, "validation"] = None
            if one.gives is not None:
                wanted[one.gives, "serialization"] = None
        self._references, document = models_json_schema(
            list(wanted), ref_template="#/components/schemas/{model}"
        )
        self.schemas: Document = document.get("$defs", {})

    def reference(self, model: type[BaseModel], mode: JsonSchemaMode = "validation") -> Document:
        """Where the schema of a model stands."""
        return dict(self._references[model, mode])

    def members(self, model: type[BaseModel]) -> tuple[Document, list[str]]:
        """The members of a model, and which of them it needs."""
        name = self.reference(model)["$ref"].rsplit("/", 1)[1]
        schema = self.schemas[name]
        return schema.get("properties", {}), schema.get("required", [])


def _operation(rule: Rule, described: Call, mark: Mark | None, shapes: Shapes) -> Document:
    query = _in_query(described, shapes)
    operation: Document = {
        "summary": described.summary,
        "parameters": [*_in_path(rule), *query, *_in_header(described)],
        "responses": {
            str(described.status): _answer(described, shapes),
            "default": {
                "description": "a problem (RFC 9457)",
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }
    if described.takes is not None:
        content = {"application/json": {"schema": shapes.reference(described.takes)}}
        operation["requestBody"] = {"required": True, "content": content}
    if mark is not None and mark.opening in (Opening.SIGNED_IN, Opening.NEEDS):
        operation["security"] = [{"bearer": []}]
        operation["x-permissions"] = sorted(mark.permissions)
    return operation


def _answer(described: Call, shapes: Shapes) -> Document:
    answer: Document = {"description": described.summary}
    if described.gives is not None:
        schema = shapes.reference(described.gives, "serialization")
        answer["content"] = {"application/json": {"schema": schema}}
    elif described.media_type != "application/json":
        answer["content"] = {described.media_type: {}}
    return answer


def _in_path(rule: Rule) -> list[Document]:
    return [
        {
            "name": found["name"],
            "in": "path",
            "required": True,
            "schema": _KINDS.get(found["kind"], {"type": "string"}),
        }
        for found in _ARGUMENT.finditer(rule.rule)
    ]


def _in_query(described: Call, shapes: Shapes) -> list[Document]:
    if described.asks is None:
        return []
    members, needed = shapes.members(described.asks)
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": shape}
        for name, shape in members.items()
    ]


def _in_header(described: Call) -> list[Document]:
    if not described.once:
        return []
    return [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "schema": {"type": "string", "minLength": 8, "maxLength": 100},
        }
    ]
