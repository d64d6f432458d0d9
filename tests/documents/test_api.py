"""The doors of documents: one happy path, one refusal, one stranger each."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.documents.makers import issue, make_formats, word
from tests.ground import make_divisions
from tests.makers import ALICE, BOB, CAROL, Person, make_actor, make_client
from wangge.accounts.rules import Role
from wangge.documents.models import Document

pytestmark = pytest.mark.django_db
ROOT = Person("root", "系统管理员", Role.SYSTEM_ADMIN, "34.")
JSON = "application/json"


@pytest.fixture
def document() -> Document:
    make_divisions()
    make_formats()
    return issue(actor=make_actor(ALICE))[0]


def client(person: Person) -> Client:
    return make_client(make_actor(person))


def upload(who: Client, content: bytes, name: str = "a.docx") -> Any:
    return who.post("/api/documents/templates/handover_form", {"file": SimpleUploadedFile(name, content)})


def test_list_and_file(document: Document):
    bob, carol = client(BOB), client(CAROL)
    [row] = bob.get("/api/documents").json()["items"]
    assert (row["number_text"], row["title_zh"]) == ("赭山街道整改〔2025〕第0001号", "整改通知书")
    assert carol.get("/api/documents").json()["items"] == []
    file = bob.get(f"/api/documents/{document.pk}/file.docx")
    assert (file.status_code, file.content[:2]) == (200, b"PK")
    assert "filename*=UTF-8''" in file.headers["Content-Disposition"]
    assert carol.get(f"/api/documents/{document.pk}/file.docx").status_code == 404
    assert bob.get(f"/api/documents/{document.pk}/file.exe").status_code == 422
    assert bob.get("/api/documents?cursor=x").status_code == 422
    assert client(ROOT).get("/api/documents").status_code == 403
    assert Client().get("/api/documents").status_code == 401


def test_settings(document: Document):
    root, bob = client(ROOT), client(BOB)
    found = root.get("/api/documents/settings").json()
    assert len(found["templates"]) == len(found["number_formats"]) == 8
    assert {"name": "number", "zh": "编号"}.items() <= found["placeholders"][0].items()
    assert bob.get("/api/documents/settings").status_code == 403
    done = upload(root, word("{{ 编号 }}"))
    assert done.status_code == 200, done.content
    assert [one["version"] for one in done.json()["templates"] if one["kind"] == "handover_form"] == [1]
    wrong = upload(root, word("{{ 编码 }}"))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "documents.unknown_placeholder")
    assert "编码" in wrong.json()["zh"]
    assert upload(root, b"x", "a.doc").status_code == 422
    assert upload(bob, word("{{ 编号 }}")).status_code == 403
    assert root.get("/api/documents/templates/handover_form/file").content[:2] == b"PK"
    assert root.get("/api/documents/templates/handover_form/preview.docx").content[:2] == b"PK"
    assert bob.get("/api/documents/templates/handover_form/preview.docx").status_code == 403
    back = root.delete("/api/documents/templates/handover_form")
    assert [one["version"] for one in back.json()["templates"] if one["kind"] == "handover_form"] == [0]


def test_number_formats(document: Document):
    root, bob = client(ROOT), client(BOB)
    body = {"kind": "handover_form", "pattern": "移〔{year}〕{number:03}"}
    found = root.post("/api/documents/number-formats", body, content_type=JSON).json()["number_formats"]
    assert [one["example"][-3:] for one in found if one["kind"] == "handover_form"] == ["001"]
    wrong = root.post("/api/documents/number-formats", body | {"pattern": "{x}"}, content_type=JSON)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "documents.number_format_wrong")
    nobody = root.post("/api/documents/number-formats", body | {"department_id": 999}, content_type=JSON)
    assert nobody.status_code == 404
    assert bob.post("/api/documents/number-formats", body, content_type=JSON).status_code == 403
