"""Requests made from the OpenAPI document, each aimed at district A.

The names of what is asked for come from the document, their values from the tables here and from A itself. A
name without a value is an error, so that a new endpoint is not passed over.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client

from tests.strangers import recipes
from tests.strangers.district import LOOKED_AT
from tests.strangers.recipes import ELSEWHERE, FIELDS, FILES, FILTERS, LEFT_OUT, PLACES, TOGETHER

DOCUMENT = json.loads((Path(__file__).parents[2] / "contracts/openapi.json").read_text())
SAFE = ("get",)


class NoRecipe(Exception):
    """The document names something that no table here has a value for."""


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    spec: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.spec["operationId"])


@dataclass(frozen=True)
class Ask:
    """One request, ready to be sent by anybody."""

    name: str
    method: str
    url: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    files: Mapping[str, tuple[str, bytes]] | None = None
    is_plain: bool = True  # not narrowed by a filter

    def sent_by(self, client: Client) -> HttpResponse | StreamingHttpResponse:
        send = getattr(client, self.method)
        if self.method == "get":
            answer = send(self.url, self.query)
        elif self.files is not None:
            files = {name: _upload(*file) for name, file in self.files.items()}
            answer = send(self.url, {**self.body, **files})
        else:
            answer = send(self.url, json.dumps(self.body), content_type="application/json")
        return answer  # type: ignore[no-any-return]


def operations() -> list[Operation]:
    return [
        Operation(method, path, spec)
        for path, methods in DOCUMENT["paths"].items()
        for method, spec in methods.items()
    ]


def requests_of(operation: Operation, aim: Mapping[str, Any]) -> list[Ask]:
    """Return the ways to aim the operation at A: plain, and with each filter by itself.

    Raises: NoRecipe.
    """
    parameters = operation.spec.get("parameters", [])
    places = [one for one in parameters if one["in"] == "path"]
    choices = [_values(operation, one["name"], one["schema"], aim, PLACES) for one in places]
    plain, filters = _queries(operation, [one for one in parameters if one["in"] == "query"], aim)
    asks = []
    for chosen in product(*choices):
        url = operation.path
        for one, value in zip(places, chosen, strict=True):
            url = url.replace("{" + one["name"] + "}", str(value))
        if operation.method == "get":
            asks.append(Ask(operation.name, "get", url, plain))
            if len(asks) == 1:  # another form of a file has the same filters
                asks += [Ask(operation.name, "get", url, plain | one, is_plain=False) for one in filters]
        else:
            asks.append(_unsafe(operation, url, aim))
    return asks


def _queries(
    operation: Operation, parameters: list[Any], aim: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    plain = dict(TOGETHER.get(operation.name, {}))
    filters = []
    for one in parameters:
        values = _values(operation, one["name"], one["schema"], aim, FILTERS)
        if one.get("required"):
            plain[one["name"]] = values[0]
        filters += [{one["name"]: value} for value in values]
    return plain, filters


def _values(
    operation: Operation, name: str, schema: Any, aim: Mapping[str, Any], table: Mapping[str, list[object]]
) -> list[Any]:
    key = ELSEWHERE.get((operation.name, name), name)
    if key in aim:
        return [aim[key]]
    if name in table:
        return table[name]
    found = _resolved(schema)
    if found.get("type") == "array":
        found = _resolved(found["items"])
    if "enum" in found:
        return found["enum"][:2]
    if found.get("type") == "boolean":
        return ["true"]
    raise NoRecipe(f"{operation.name}: no value for {name}; give it one in {recipes.__name__}")


def _resolved(schema: Any) -> Any:
    while True:
        if "$ref" in schema:
            schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif "allOf" in schema:
            schema = schema["allOf"][0]
        elif "anyOf" in schema:
            schema = next(one for one in schema["anyOf"] if one.get("type") != "null")
        else:
            return schema


def _unsafe(operation: Operation, url: str, aim: Mapping[str, Any]) -> Ask:
    content = operation.spec.get("requestBody", {}).get("content", {})
    if not content:
        return Ask(operation.name, operation.method, url, body={})
    [(media_type, told)] = content.items()
    body = _body(operation, "", told["schema"], aim)
    if not media_type.startswith("multipart"):
        return Ask(operation.name, operation.method, url, body=body)
    body.pop("file")
    return Ask(operation.name, operation.method, url, body=body, files={"file": FILES[operation.name]})


def _body(operation: Operation, name: str, schema: Any, aim: Mapping[str, Any]) -> Any:
    key = ELSEWHERE.get((operation.name, name), name)
    if key in aim:
        return _plain(aim[key])
    if name in FIELDS:
        return FIELDS[name]
    found = _resolved(schema)
    if "enum" in found:
        return found["enum"][0]
    match found.get("type"):
        case "object" if "properties" in found:
            needed = {*found.get("required", []), *FIELDS, *aim}
            fields = found["properties"].items()
            return {
                one: _body(operation, one, what, aim)
                for one, what in fields
                if one in needed and (operation.name, one) not in LEFT_OUT
            }
        case "array":
            return [_body(operation, name.removesuffix("s"), found["items"], aim)]
        case "boolean":
            return True
        case "integer" | "number":
            return _number(operation, name)
        case "string":
            return _text(operation, name, found.get("format"))
    raise NoRecipe(f"{operation.name}: no value for {name}: {found}")


def _number(operation: Operation, name: str) -> int:
    if name.endswith(("_id", "_ids")):
        raise NoRecipe(f"{operation.name}: no value for {name}; give A one of these")
    return 3


def _text(operation: Operation, name: str, form: str | None) -> str:
    if form == "uuid":
        if name != "id":
            raise NoRecipe(f"{operation.name}: no value for {name}; give A one of these")
        return str(uuid4())
    if form == "binary":
        return ""
    return {"date": "2025-10-25", "date-time": LOOKED_AT.isoformat()}.get(form or "", "Yueshi1")


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, list) else _json(value)


def _json(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _upload(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file
