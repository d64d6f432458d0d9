"""Proposals of a whole file are reviewed together (MA-10, MA-11): a fate each, one edition."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.makers import House
from tests.makers import AT
from tests.matters.test_importing import ROW, counts, load
from tests.matters.test_importing import house as house
from wangge.kernel.ids import new_id
from wangge.matters import queries, services
from wangge.matters.models import Admission, Timing
from wangge.matters.schemas import AdmissionMove

pytestmark = pytest.mark.django_db
TODAY = date(2025, 10, 13)


def step(row: Admission, **fields: Any) -> AdmissionMove:
    plain: dict[str, Any] = {"move": "admit", "base_version": row.version, "on": TODAY}
    return AdmissionMove(id=new_id(), admission_id=row.pk, **plain | fields)


def load_many(house: House, many: int) -> list[Admission]:
    rows = [ROW | {"名称": f"事项{number:03}"} for number in range(many)]
    assert counts(load(house, *rows, submit=True)) == (many, 0, 0, True)
    return list(Admission.objects.order_by("code"))


def test_481_proposals_are_admitted_in_one_review_and_one_edition(house: House) -> None:
    rows = load_many(house, 481)  # DG-02
    fates = services.move_admissions([step(row) for row in rows], actor=house.super, at=AT)
    assert {(fate.status, fate.result["stage"]) for fate in fates} == {(200, "admitted")}
    assert Timing.objects.get(is_active=True).edition == 1
    assert len([one for one in queries.in_force().matters if one.startswith("H3C")]) == 481


def test_each_has_a_fate_and_a_refusal_stops_no_other(house: House) -> None:
    one, two, three, four = load_many(house, 4)
    Admission.objects.filter(pk=two.pk).update(proposed_by=house.super.user_id)
    steps = [
        step(one),
        step(two),
        step(three, move="return", on=None, note="依据不清"),
        step(four, move="return", on=None),
        step(one, base_version=1),
        AdmissionMove(id=new_id(), admission_id=new_id(), move="admit", base_version=1, on=TODAY),
    ]
    fates = services.move_admissions(steps, actor=house.super, at=AT)
    assert [(fate.status, fate.code) for fate in fates] == [
        (200, None),
        (409, "matters.own_proposal"),
        (200, None),
        (422, "kernel.unreadable"),
        (409, "kernel.version_conflict"),
        (404, "kernel.not_visible"),
    ]
    stages = Admission.objects.order_by("code").values_list("stage", "review_note")
    assert list(stages) == [("admitted", ""), ("submitted", ""), ("draft", "依据不清"), ("submitted", "")]
    again = services.move_admissions(steps[:1], actor=house.super, at=AT)
    assert [(fate.status, fate.result["code"]) for fate in again] == [(208, one.code)]


def test_the_statements_do_not_grow_with_the_rows(house: House) -> None:
    needed = {}
    for many in (3, 60):
        Admission.objects.all().delete()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            rows = load_many(house, many)
            services.move_admissions([step(row) for row in rows], actor=house.super, at=AT)
        needed[many] = len(asked)
    assert needed[60] == needed[3] < 60


def test_a_file_mends_its_drafts_and_proposes_new_versions_together(house: House) -> None:
    rows = [ROW | {"名称": f"事项{number}"} for number in range(4)]
    assert load(house, *rows).loaded
    first, *_ = Admission.objects.order_by("code")
    services.move_admissions([step(first, move="submit", on=None)], actor=house.alice, at=AT)
    first.refresh_from_db()
    services.move_admissions([step(first)], actor=house.super, at=AT)
    report = load(house, *(row | {"工作日": "2"} for row in rows), rows[0] | {"名称": "新的"})
    assert counts(report) == (1, 4, 0, True)
    told = Admission.objects.order_by("code", "number").values_list("code", "number", "fix_days", "stage")
    assert list(told) == [
        ("H3C01", 1, 5, "admitted"),
        ("H3C01", 2, 2, "draft"),
        ("H3C02", 1, 2, "draft"),
        ("H3C03", 1, 2, "draft"),
        ("H3C04", 1, 2, "draft"),
        ("H3C05", 1, 5, "draft"),
    ]
