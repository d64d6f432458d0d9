"""Quick reports on a real database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.cases.makers import House
from tests.dossiers.makers import make_class_words
from tests.makers import AT, make_venues
from tests.visits.makers import (
    HOME,
    fresh_photo,
    make_street,
    quick,
)
from wangge.cases.models import Case
from wangge.dossiers.models import Fact
from wangge.kernel.fates import Outcome
from wangge.venues.models import Venue
from wangge.visits import queries, services
from wangge.visits.models import Person, Report
from wangge.visits.schemas import QuickFilter

OCTOBER, TODAY = date(2025, 10, 1), date(2025, 10, 13)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def street(settings, tmp_path, db) -> House:
    settings.WANGGE_FILES = tmp_path
    return make_street()


def test_a_report_makes_a_case_in_the_loop(street: House) -> None:
    fate, given = quick(street.bob, "broken", photos=[fresh_photo(street)], text="消火栓损坏")

    assert fate.outcome is Outcome.APPLIED, fate
    case = Case.objects.get(pk=given.subject_id)
    assert (case.matter_code, case.reporter_id, case.text) == ("H301", street.bob.user_id, "消火栓损坏")
    assert Report.objects.get().subject_id == case.pk


def test_a_report_makes_a_place_a_fact_and_a_person(street: House) -> None:
    make_venues(class_code="rental")
    [shop] = make_venues(lon=HOME[0], lat=HOME[1])
    make_class_words()

    let, told = quick(street.bob, "let", name="花园路3号2单元", address="花园路3号", phone="13800001111")
    again, _ = quick(street.bob, "let", venue_id=shop.pk)
    staff, _ = quick(street.bob, "staff", venue_id=shop.pk, value="12")
    more, _ = quick(street.bob, "staff", venue_id=shop.pk, value="15")
    new, known = quick(street.bob, "assisted", name="李四", address="花园路5号", groups=["disabled"])

    assert [one.code for one in (let, again, staff, more, new)] == [None] * 5
    assert Venue.objects.get(pk=told.subject_id).venue_class_id == "rental"
    assert Venue.objects.get(pk=shop.pk).venue_class_id == "rental"
    assert Fact.objects.get().value == "15"
    assert Person.objects.get(pk=known.subject_id).groups == ["disabled"]
    assert Report.objects.filter(subject_id=shop.pk).count() == 3


BAD_REPORTS = [
    ("visits.kind_unknown", "nothing", {}),
    ("visits.photos_missing", "broken", {}),
    ("visits.report_incomplete", "any", {"matter_code": "H401"}),
    ("visits.report_incomplete", "any", {}),
    ("kernel.unreadable", "any", {"matter_code": "H399"}),
    ("visits.report_incomplete", "let", {"name": "无地址"}),
    ("visits.report_incomplete", "staff", {}),
    ("visits.report_incomplete", "assisted", {"name": "李四", "address": "花园路", "groups": ["floating"]}),
    ("visits.outside_territory", "any", {"lon": 110.0}),
    ("kernel.not_visible", "any", {"lon": 118.325}),
]


@pytest.mark.parametrize(("code", "kind", "wrong"), BAD_REPORTS)
def test_a_bad_report_is_refused_by_name_and_leaves_nothing(street: House, code, kind, wrong) -> None:
    fate, _ = quick(street.bob, kind, **wrong)

    assert fate.code == code, fate
    assert fate.zh
    assert fate.en
    assert not Report.objects.exists()
    assert not Case.objects.exists()
    assert not Person.objects.exists()


def test_where_somebody_to_be_assisted_lives_stands_in_no_list_of_reports(street: House) -> None:
    quick(street.bob, "assisted", name="李四", address="花园路5号", text="行动不便", groups=["disabled"])

    [row] = queries.list_reports(street.alice, QuickFilter()).items

    assert (row.address, row.text, row.photos) == ("", "", [])
    assert row.subject_id == Person.objects.get().pk


def test_a_report_sent_twice_is_one(street: House) -> None:
    fate, given = quick(street.bob, "any", matter_code="H301")
    [again] = services.take_reports([given], actor=street.bob, at=AT)

    assert (fate.outcome, again.outcome) == (Outcome.APPLIED, Outcome.REPEATED)
    assert Case.objects.count() == Report.objects.count() == 1
