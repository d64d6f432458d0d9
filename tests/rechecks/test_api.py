"""The HTTP face of looking again: one path, one refusal, one file."""

from __future__ import annotations

import csv
import io

import pytest

from tests.makers import make_client
from tests.rechecks.makers import draw, make_visits

pytestmark = pytest.mark.django_db


def test_a_draw_is_made_looked_at_and_taken_home() -> None:
    supervisor, bob = make_visits(4)
    client = make_client(supervisor)
    given = draw(size=2).model_dump(mode="json")
    [fate] = client.post("/api/rechecks", [given], content_type="application/json").json()
    assert fate["outcome"] == "applied"
    found = client.get(f"/api/rechecks/{given['id']}").json()
    assert (found["size"], found["population"], found["seed"]) == (2, 4, "20251121")
    text = b"".join(client.get(f"/api/rechecks/{given['id']}/population.csv"))  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert [row["是否抽中"] for row in rows] == ["是", "是", "", ""]
    sheet = b"".join(client.get(f"/api/rechecks/{given['id']}/export.csv")).decode()  # type: ignore[arg-type]
    assert "包步行" in sheet
    assert make_client(bob).get("/api/rechecks").status_code == 403
