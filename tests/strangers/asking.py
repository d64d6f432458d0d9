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

from tests.documents.makers import text_of, word
from tests.ground import square
from tests.makers import BOB, photo_bytes
from tests.strangers.district import BOX, LOOKED_AT
from wangge.kernel.spreadsheets import read_rows, write_csv

DOCUMENT = json.loads((Path(__file__).parents[2] / "contracts/openapi.json").read_text())
SAFE = ("get",)
WORD = "雪松"  # in every name and text of A


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


# What stands in an address, besides the ids of A.
PLACES: Mapping[str, list[object]] = {
    "checklist_id": [1],
    "kind": ["rectification_notice"],
    "version": [1],
    "year": [2025],
    "medium": ["sms"],
    "suffix": ["csv", "xlsx", "geojson", "docx"],
}
# What narrows a list. A cursor and a limit only cut what the list holds.
FILTERS: Mapping[str, list[object]] = {
    "q": [WORD, "灭火器", "V2", "139"],
    "parent": ["34.02.03."],
    "within": ["34.02.03.", BOB.scope],
    "grid": ["34.02.03.", BOB.scope],
    "path": ["34.02.03."],
    "bbox": [BOX],
    "before": [99],
    "layer": ["comprehensive"],
    "venue_class": ["shop"],
    "tag": ["red"],
    "opens_from": ["2025-10-01"],
    "opens_to": ["2025-12-01"],
    "first_on": ["2025-10-01"],
    "last_on": ["2025-10-31"],
    "matter": ["H301"],
    "reported_from": ["2025-10-01T00:00:00+08:00"],
    "reported_to": ["2025-12-01T00:00:00+08:00"],
    "lon": [118.305],
    "lat": [31.305],
    "organisation": ["34.02.03.005."],
    "issued_from": ["2025-10-01"],
    "issued_to": ["2025-12-01"],
    "topic": ["dispatch"],
    "year": [2025],
    "form": ["thumb"],
    "limit": [1, 200],
    "offset": [0],
    "cursor": [],
    "beyond": [],
}
# One name, another thing.
ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("issue_major_document", "document_id"): "major_document_id",
    ("void_major_document", "document_id"): "major_document_id",
    ("get_major_document", "document_id"): "major_document_id",
    ("retry_notice_deliveries", "ids"): "delivery_ids",
    ("list_cases", "ids"): "case_ids",
    ("save_venues", "id"): "venue_id",
    ("save_filter", "id"): "filter_id",
}
# Of two ids that a body may hold, the one that is left out.
LEFT_OUT = {("propose_decision", "hazard_id")}
# What is asked for together.
TOGETHER: Mapping[str, Mapping[str, object]] = {"explain_route": {"matter": "H301", "grid": BOB.scope}}
FIELDS: Mapping[str, object] = {
    "at": LOOKED_AT.isoformat(),
    "path": BOB.scope,
    "scope": BOB.scope,
    "territory": "34.02.03.",
    "within": "34.02.03.",
    "under": "34.02.03.005.012.",
    "lon": 118.305,
    "lat": 31.305,
    "points": [[118.305, 31.305], [118.315, 31.305]],
    "line": [[118.305, 31.29], [118.305, 31.32]],
    "geometry": {"type": "Polygon", "coordinates": [[*map(list, square(0).exterior.coords)]]},
    "class_code": "shop",
    "matter_code": "H301",
    "matters": ["H301"],
    "text": f"{WORD}灭火器过期",
    "group_code": "H3",
    "department_kind": "fire",
    "element_set": "GB35181-2017",
    "element": "6.5",
    "base_version": 1,
    "edition": 1,
    "datum": "wgs84",
    "layer": "comprehensive",
    "tier": "grid",
    "role": "grid_member",
    "dry_run": False,
    "addresses": {"sms": "13900000000"},
    "url": "mailto://127.0.0.1",
    "to": "13900000000",
    "pattern": "{organisation}改〔{year}〕第{number}号",
    "signatures": [],
    "elements": [],
    "counts": [],
    "matches": "{}",
    "columns": "{}",
}


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
    raise NoRecipe(f"{operation.name}: no value for {name}; give it one in {__name__}")


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


def _table(**row: object) -> tuple[str, bytes]:
    return "table.csv", b"".join(write_csv([row]))


FILES: Mapping[str, tuple[str, bytes]] = {
    "import_divisions": _table(code="340203", name="改名区"),
    "import_grids": (
        "grids.geojson",
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "geometry": FIELDS["geometry"],
                        "properties": {"name": "占地", "path": BOB.scope},
                    }
                ],
            }
        ).encode(),
    ),
    "recode_divisions": _table(old="340203", new="340299", name="改码区"),
    "import_venues": _table(code="V2", name="改名店", class_code="shop", lon=118.305, lat=31.305),
    "import_matters": _table(部门="雪松消防大队", 类别="H3", 名称="占位", 依据="x", 等级="一般", 工作日=5),
    "upload_template": ("a.docx", word("{{ 编号 }}")),
    "import_element_set_file": _table(类型="直接", 编号="6.1", 内容="出口不足", 适用场所="人员密集场所"),
    "store_file": ("a.jpg", photo_bytes()),
}


def seen_in(answer: HttpResponse | StreamingHttpResponse) -> object:
    """Return what an answer tells: its status, and its content in a form that is the same every time."""
    content = _content(answer)
    kind = answer.headers.get("Content-Type", "")
    if "spreadsheetml" in kind:
        return answer.status_code, [row for _, row in read_rows(io.BytesIO(content), "a.xlsx")]
    if "wordprocessingml" in kind:
        return answer.status_code, text_of(content)
    if "json" in kind and content:
        return answer.status_code, json.loads(content, object_hook=_lasting)
    return answer.status_code, content


def _lasting(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "csrf_token"}


def _content(answer: HttpResponse | StreamingHttpResponse) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]
