"""What a browser gets: pages, files, headers, and nothing from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from wangge.config import faces, openapi
from wangge.config.pages import FacesMiddleware


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for face, file in [("console", "app-1a2b3c.js"), ("field", "sw-less.css")]:
        (tmp_path / face / "assets").mkdir(parents=True)
        (tmp_path / face / "index.html").write_text(f"<title>{face}</title>")
        (tmp_path / face / "assets" / file).write_text("/* hashed */")
    (tmp_path / "field" / "sw.js").write_text("self")
    monkeypatch.setattr(faces, "STATIC", tmp_path)
    return tmp_path


@pytest.fixture
def client(built: Path) -> Client:
    return Client()


def text_of(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


@pytest.mark.parametrize(
    ("path", "face"),
    [("/", "console"), ("/cases/0192", "console"), ("/m/", "field"), ("/m/orders/7", "field")],
)
def test_a_deep_link_gets_the_page_of_its_face_asked_for_anew_each_time(
    client: Client, path: str, face: str
) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert f"<title>{face}</title>" in text_of(answer)
    assert answer["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("", ""), ("zstd", "")],
)
def test_a_deep_link_comes_packed_as_the_browser_takes_it(
    client: Client, built: Path, accepts: str, encoding: str
) -> None:
    for suffix in ("br", "gz"):
        (built / "field" / f"index.html.{suffix}").write_bytes(suffix.encode())
    answer = client.get("/m/orders/7", headers={"Accept-Encoding": accepts})

    assert answer.headers.get("Content-Encoding", "") == encoding
    assert answer["Vary"] == "Accept-Encoding"
    assert text_of(answer) == {"br": "br", "gzip": "gz"}.get(encoding, "<title>field</title>")


def test_hashed_files_are_kept_for_ever_and_the_service_worker_never(client: Client) -> None:
    asset, worker = client.get("/assets/app-1a2b3c.js"), client.get("/m/sw.js")

    assert "immutable" in asset["Cache-Control"]
    assert worker["Cache-Control"] == "no-cache"
    assert "javascript" in worker["Content-Type"]
    text_of(asset)
    text_of(worker)


@pytest.mark.parametrize("path", ["/assets/gone-000.js", "/m/assets/gone.css", "/favicon.png"])
def test_a_missing_file_is_missing_and_not_a_page(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_unknown_address_of_the_api_is_not_a_page(client: Client) -> None:
    answer = client.get("/api/nothing-here")

    assert answer.status_code == 404
    assert answer.json()["code"] == "kernel.not_visible"


def test_every_answer_keeps_the_browser_inside_the_house(client: Client) -> None:
    for path in ("/", "/assets/app-1a2b3c.js", "/api/nothing-here"):
        answer = client.get(path)
        text_of(answer)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_without_a_build_the_page_says_how_to_build(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "STATIC", Path("/nowhere"))
    FacesMiddleware(lambda request: client.get("/"))

    answer = client.get("/cases")

    assert answer.status_code == 503
    assert "make setup" in answer.content.decode()


@pytest.mark.django_db
def test_health_needs_no_log_in_and_asks_the_database(client: Client) -> None:
    answer = client.get("/api/health")

    assert answer.status_code == 200
    assert answer.json()["database"] == "ok"


def test_the_committed_contract_is_what_the_code_says() -> None:
    written = Path(__file__).parent.parent.parent / openapi.CONTRACT

    assert json.loads(written.read_text()) == json.loads(openapi.render())
