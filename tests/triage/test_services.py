"""TR-3, TR-6, TR-9, TR-10: versions, which is asked, and what people chose; against a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.cases.makers import House, command, make_case, make_house, take, walk
from tests.ground import admin
from tests.makers import AT, make_user
from tests.triage.makers import make_closed
from wangge.config.doctor_database import check_database
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.triage import queries, services, training
from wangge.triage.models import Decision, InForce, ModelVersion
from wangge.triage.rules import NotBetter
from wangge.triage.schemas import DecisionIn, DraftIn, UseIn

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)
TEXT = "转了一圈没瞧见能救火的罐子"  # H301, said without its words


@pytest.fixture
def root() -> Actor:
    return replace(admin(), user_id=make_user(username="root", name="管理员").pk)


@pytest.fixture
def house() -> House:
    return make_house()


def decide(house: House, case: Any, *, who: str = "alice", **fields: Any) -> Fate:
    plain: dict[str, Any] = {"id": new_id(), "case_id": case, "at": LATER, "stage": "report"}
    [fate] = services.record_decisions([DecisionIn(**plain | fields)], actor=house.named(who), at=LATER)
    return fate


def first(house: House, text: str = TEXT) -> str | None:
    found = queries.suggest(house.alice, DraftIn(text=text, channel="hotline"), at=LATER)
    return found.matters[0].code if found.matters else None


# ---- versions ----


@pytest.mark.slow
def test_the_first_better_version_is_asked_and_one_lesson_is_learnt_once(house: House) -> None:
    make_closed(house)
    assert first(house) is None  # the words know nothing of it
    version = services.train(at=LATER)
    assert version is not None
    assert first(house) == "H301"
    assert services.train(at=LATER) is None
    assert ModelVersion.objects.count() == 1
    row = AuditRow.objects.get(action="triage.train")
    assert row.detail == {"cases": 80, "is_better": True, "is_in_force": True}


@pytest.mark.slow
def test_back_to_the_words_and_to_an_earlier_version_holds_against_new_lessons(
    house: House, root: Actor
) -> None:
    make_closed(house)
    one = services.train(at=LATER)
    services.use_version(UseIn(), actor=root, at=LATER)
    assert first(house) is None
    make_closed(house, 8, seed=2)
    two = services.train(at=LATER)
    assert two is not None
    assert two != one
    assert first(house) is None  # somebody chose the words: a new version waits
    services.use_version(UseIn(version=one), actor=root, at=LATER)
    assert InForce.objects.get().version_id == one
    assert first(house) == "H301"
    services.use_version(UseIn(automatic=True), actor=root, at=LATER)
    assert (InForce.objects.get().version_id, InForce.objects.get().chosen_by_id) == (two, None)


@pytest.mark.slow
def test_a_version_that_did_not_beat_the_words_is_kept_but_never_asked(house: House, root: Actor) -> None:
    make_closed(house)
    known = services.train(at=LATER)
    ModelVersion.objects.filter(pk=known).update(is_better=False)
    with pytest.raises(NotBetter):
        services.use_version(UseIn(version=known), actor=root, at=LATER)
    services.use_version(UseIn(automatic=True), actor=root, at=LATER)
    assert InForce.objects.get().version_id is None
    with pytest.raises(NotVisible):
        services.use_version(UseIn(version=(known or 0) + 1), actor=root, at=LATER)


@pytest.mark.slow
def test_a_damaged_version_is_left_aside_and_the_words_remain(house: House, root: Actor) -> None:
    make_closed(house)
    version = services.train(at=LATER)
    ModelVersion.objects.filter(pk=version).update(weights=b"\x80\x04broken")
    found = queries.suggest(house.alice, DraftIn(text="H301 事项H301"), at=LATER)
    assert (found.version, found.is_measured) == (None, False)
    page = queries.get_page(root, at=LATER)
    assert [one.is_damaged for one in page.versions] == [True]


def test_too_few_cases_make_no_version(house: House, root: Actor) -> None:
    make_closed(house, 8)
    assert services.train(at=LATER) is None
    assert ModelVersion.objects.count() == 0
    page = queries.get_page(root, at=LATER)
    assert (page.learnable, page.needed, page.versions) == (8, 60, [])


def test_findings_of_an_inspection_teach_nothing(house: House) -> None:
    make_case(
        house, channel="inspection", fixed_on_spot=True, photos=[house.photo], after_photos=[house.photo]
    )
    assert training.gather().count == 0


def test_training_is_asked_for_by_those_who_may_and_once(house: House, root: Actor) -> None:
    with pytest.raises(NotYourRole):
        services.ask_to_train(actor=house.alice, at=LATER)
    with pytest.raises(NotYourRole):
        services.use_version(UseIn(), actor=house.alice, at=LATER)
    services.ask_to_train(actor=root, at=LATER)
    services.ask_to_train(actor=root, at=LATER)
    assert ProcrastinateJob.objects.filter(task_name="triage.train").count() == 1
    assert queries.get_page(root, at=LATER).is_training


# ---- what people chose ----


def test_what_was_chosen_is_read_from_the_case(house: House) -> None:
    case = make_case(house, by="alice", matter_code="H301")
    fate = decide(house, case, matters=["H304", "H301"], confidence=0.7, severity="larger")
    assert fate.status == 200
    row = Decision.objects.get()
    assert (row.matters, row.chosen_matter) == (["H304", "H301"], "H301")
    assert (row.severity, row.chosen_severity) == ("larger", "general")
    assert row.version_id is None


def test_a_retry_and_a_second_decision_of_one_stage_change_nothing(house: House) -> None:
    case = make_case(house)
    one = DecisionIn(id=new_id(), case_id=case, at=LATER, stage="report", matters=["H301"], confidence=0.5)
    for _ in range(2):
        services.record_decisions([one], actor=house.alice, at=LATER)
    decide(house, case, matters=["H101"], confidence=0.9)
    assert [row.matters for row in Decision.objects.all()] == [["H301"]]


def test_a_stranger_records_nothing_and_an_unknown_version_is_named(house: House) -> None:
    case = make_case(house)
    assert decide(house, case, who="carol").status == 404
    assert decide(house, case, version=99).code == "kernel.unreadable"
    assert Decision.objects.count() == 0


def test_the_page_counts_what_people_chose_by_week(house: House) -> None:
    for code, said in (("H301", ["H301", "H101"]), ("H301", ["H101", "H301"]), ("H304", ["H101"])):
        decide(house, make_case(house, matter_code=code), matters=said, confidence=0.8)
    sent = make_case(house)
    walk(house, sent, "dispatched")
    decide(house, sent, stage="desk", department_id=house.fire, duplicates=[new_id()])
    chosen = queries.get_page(house.alice, at=LATER).chosen
    assert (chosen.decisions, chosen.first_pct, chosen.calibration_error_pct) == (4, 33.3, 46.7)
    week = chosen.weeks[-1]
    assert (week.starts_on.isoformat(), week.decisions) == ("2025-10-13", 4)
    assert (week.first_pct, week.top3_pct, week.department_pct) == (33.3, 66.7, 100)
    assert (chosen.duplicates_shown, chosen.duplicates_merged) == (1, 0)
    assert [one.decisions for one in chosen.weeks] == [0] * 7 + [4]
    elsewhere = queries.get_page(admin("35."), at=LATER).chosen
    assert elsewhere.decisions == 0


def test_a_merge_into_a_shown_duplicate_counts(house: House) -> None:
    one, two = make_case(house), make_case(house)
    take(house.alice, command(two, "merge", merged_into=one, reason="同一处"))
    decide(house, two, stage="desk", duplicates=[one])
    chosen = queries.get_page(house.alice, at=LATER).chosen
    assert (chosen.duplicates_shown, chosen.duplicates_merged) == (1, 1)


def test_the_database_knows_one_row_in_force(house: House) -> None:
    with connection.cursor() as cursor, pytest.raises(Exception, match="inforce_is_one"):
        cursor.execute("INSERT INTO triage_inforce (id, at) VALUES (2, now())")


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_doctor_names_a_damaged_model() -> None:
    make_closed(make_house())
    version = services.train(at=LATER)
    found = {finding.name: finding.level for finding in check_database()}
    assert found["suggestions"] == "ok"
    ModelVersion.objects.filter(pk=version).update(weights=b"")
    told = {finding.name: finding for finding in check_database()}["suggestions"]
    assert (told.level, bool(told.remedy_zh)) == ("warn", True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_lessons_at_once_make_one_version() -> None:
    make_closed(make_house())
    start = Barrier(2)

    def train() -> int | None:
        try:
            start.wait()
            return services.train(at=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = [answer.result() for answer in [pool.submit(train), pool.submit(train)]]
    assert sorted(answer is None for answer in answers) == [False, True]
    assert ModelVersion.objects.count() == 1
