"""CS-20: counts of open work are exact at any moment, whoever writes."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from tests.cases.doors import LATER, get, ids
from tests.cases.makers import HOUR, WALK, House, allowed_steps, command, make_case, make_house, take, walk
from tests.makers import AT
from wangge.cases import finding, searching
from wangge.cases.deadlines import light
from wangge.cases.models import Case, OpenCase
from wangge.cases.rules import ENDED, Status
from wangge.cases.schemas import CaseFilter
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.matters import queries as matters

APART = {"case_id", "words"}
COLUMNS = [field.attname for field in OpenCase._meta.concrete_fields if field.attname not in APART]
WAIT = {  # a case waits for whoever may take one of these
    *("accept", "dispatch", "sign", "feed_back", "transfer_back", "resume", "pass", "confirm_resume"),
    *("countersign", "refuse_request"),
}
NAMES = ("alice", "bob", "carol", "han", "pang", "chief", "super")


@pytest.fixture
def house() -> Iterator[House]:
    house = make_house()
    with clock.standing_at(LATER):
        yield house


def check_rows() -> None:
    """Every open case has its row, with the same values, and nothing else has one."""
    told = {row[0]: row[1:] for row in OpenCase.objects.values_list("case_id", *COLUMNS)}
    true = {row[0]: row[1:] for row in Case.objects.filter(closed_at=None).values_list("pk", *COLUMNS)}
    assert told == true


def recount(actor: Actor, at: Any) -> dict[str, Counter[str]]:
    """Count again, case by case, from the rules."""
    counted: dict[str, Counter[str]] = {"waiting": Counter(), "mine": Counter(), "open": Counter()}
    for case in Case.objects.visible_to(actor):
        if Status(case.status) in ENDED:
            continue
        spans = [(case.reported_at, case.due_at), (case.stage_started_at, case.stage_due_at)]
        colour = light(Status(case.status), spans, at, yellow_at_pct=75).value
        steps = set(allowed_steps(actor, case.pk, at))
        counted["open"].update([colour, "total"])
        if steps & WAIT:
            counted["waiting"].update([colour, "total"])
        if actor.user_id in (case.reporter_id, case.handler_id):
            counted["mine"].update([colour, "total"])
    return counted


def check_counts(actor: Actor, at: Any) -> None:
    with clock.standing_at(at):
        told = get(actor, "/counts").json()
    for view, counted in recount(actor, at).items():
        assert told[view] == {name: counted[name] for name in ("total", "red", "yellow", "green", "none")}
    assert sum(told["by_status"].values()) == told["open"]["total"]
    assert sum(one["open"] for one in told["by_department"]) == told["open"]["total"]
    assert sum(one["red"] for one in told["by_department"]) == told["open"]["red"]


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_after_any_steps_the_counts_are_those_of_a_recount(house: House, seed: int) -> None:
    rng = random.Random(seed)
    at, made = AT, []
    for _ in range(60):
        at += timedelta(minutes=rng.randrange(90))
        if rng.random() < 0.4 or not made:
            spot = {"fixed_on_spot": True, "photos": [house.photo], "after_photos": [house.photo]}
            fields = spot if rng.random() < 0.2 else {}
            by, matter = rng.choice(["alice", "bob"]), rng.choice(["H101", "H301", "H601"])
            made.append(make_case(house, by=by, at=at, matter_code=matter, **fields))
            continue
        case = Case.objects.get(pk=rng.choice(made))
        actor = house.named(rng.choice(NAMES))
        if steps := allowed_steps(actor, case.pk, at):
            action = rng.choice(steps)
            more = {
                "photos": [house.photo],
                "reason": "随机",
                "department_id": rng.choice([house.fire, None]),
                "co_department_ids": [house.police] if action == "invite" else [],
                "days": 3,
            }
            other = rng.choice(made)
            merged = {"merged_into": other} if action == "merge" else {}
            take(actor, command(case.pk, action, at=at, **more, **merged))
    check_rows()
    for name in NAMES:
        for moment in (at, at + HOUR * 20, at + HOUR * 90):
            check_counts(house.named(name), moment)


@pytest.mark.django_db
def test_whoever_writes_to_a_case_by_whatever_way_its_row_follows(house: House) -> None:
    case = make_case(house)
    Case.objects.filter(pk=case).update(due_at=None, status="handling")
    check_rows()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET status = 'rejected', closed_at = now() WHERE id = %s", [case])
        check_rows()
        cursor.execute("UPDATE cases_case SET status = 'accepted', closed_at = NULL WHERE id = %s", [case])
        check_rows()
        cursor.execute("UPDATE cases_case SET text = '另一件事' WHERE id = %s", [case])
        check_rows()
        cursor.execute("DELETE FROM cases_case WHERE id = %s", [case])
    check_rows()
    assert not OpenCase.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_counts_stay_exact_while_many_write_at_once(house: House) -> None:
    cases = [make_case(house) for _ in range(12)]

    def work(seed: int) -> None:
        rng = random.Random(seed)
        try:
            for _ in range(30):
                case = rng.choice(cases)
                walkers = [("alice", "accept"), ("alice", "dispatch"), ("han", "sign"), ("alice", "reject")]
                who, action = rng.choice(walkers)
                take(house.named(who), command(case, action, reason="同时"), at=AT)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check_rows()
    assert {Case.objects.get(pk=case).status for case in cases} != {"reported"}
    check_counts(house.alice, LATER)


@pytest.mark.django_db
@pytest.mark.parametrize("query", [{}, {"is_open": "true"}])
@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("灭火器", True),
        ("花园路 灭火", True),
        ("花园路 电线", False),
        ("火", True),
        ("Ａ1", True),
        ("a3", False),
    ],
)
def test_a_search_finds_what_holds_every_word(
    house: House, query: dict[str, str], words: str, is_found: bool
) -> None:
    case = make_case(house, text="灭火器过期", address="花园路 １ 号 a12")
    make_case(house, text="电线", address="河滨路")
    assert ids(house.alice, q=words, **query) == ([case] if is_found else [])
    assert ids(house.carol, q=words, **query) == []


@pytest.mark.django_db
@pytest.mark.parametrize("windows", [(6,), (2, 6)])
def test_a_word_that_stands_everywhere_is_found_among_the_newest(
    house: House, monkeypatch: pytest.MonkeyPatch, windows: tuple[int, ...]
) -> None:
    monkeypatch.setattr("wangge.cases.searching.WINDOWS", windows)
    made = [make_case(house, at=AT + HOUR * n, text="灭火器") for n in range(12)]
    page = get(house.alice, "", q="灭火", limit=3).json()
    assert [item["id"] for item in page["items"]] == [str(one) for one in reversed(made[-3:])]
    assert (page["total"], page["total_is_exact"]) == (7, False)
    seen = len(page["items"])
    while page["next_cursor"]:
        page = get(house.alice, "", q="灭火", limit=3, cursor=page["next_cursor"]).json()
        seen += len(page["items"])
    assert seen == 12


@pytest.mark.django_db
def test_a_word_that_no_recent_case_has_is_found_by_the_index(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wangge.cases.searching.WINDOWS", (2, 4))
    old = [make_case(house, at=AT + HOUR * n, text="灭火器") for n in range(2)]
    for n in range(2, 8):
        make_case(house, at=AT + HOUR * n, text="电线")
    page = get(house.alice, "", q="灭火", limit=1).json()
    assert [item["id"] for item in page["items"]] == [str(old[1])]
    assert (page["total"], page["total_is_exact"]) == (2, True)


@pytest.mark.django_db
def test_what_is_not_committed_is_not_counted(house: House) -> None:
    make_case(house)
    with transaction.atomic():
        make_case(house)
        transaction.set_rollback(True)
    assert get(house.alice, "/counts").json()["open"]["total"] == 1


@pytest.mark.django_db
def test_a_stranger_counts_nothing_and_an_administrator_may_not(house: House) -> None:
    make_case(house)
    assert get(house.carol, "/counts").json()["open"]["total"] == 0
    admin = Actor(house.alice.user_id, "", "system_admin", "34.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wangge.config.api.get_signed_in", lambda key, on, post_id: admin)
        assert get(house.alice, "/counts").status_code == 403


@pytest.mark.django_db
def test_mine_is_what_i_reported_or_signed_for(house: House) -> None:
    own, signed, other = make_case(house, by="alice"), make_case(house), make_case(house)
    walk(house, signed, "handling")
    assert set(ids(house.alice, mine="true")) == {own}
    assert set(ids(house.han, mine="true")) == {signed}
    assert set(ids(house.bob, mine="true")) == {signed, other}
    walk(house, signed, "closed", at=LATER)
    assert set(ids(house.bob, mine="true")) == {other}
    assert set(ids(house.bob, mine="true", is_open="false")) == {signed}


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["newest", "oldest", "due", "light"])
@pytest.mark.parametrize("query", [{}, {"is_open": "true"}])
def test_every_order_pages_without_gap_or_double(house: House, sort: str, query: dict[str, str]) -> None:
    kinds = ["H101", "H301", "H501", "H601"]
    hours = [0, 0, 5, 5, 9, 28.4, 28.4, 28.5, 29.5, 29.5, 29.6, 29.7]  # two hours to accept, 30 have gone by
    made = [make_case(house, at=AT + HOUR * h, matter_code=kinds[n % 4]) for n, h in enumerate(hours)]
    Case.objects.filter(pk__in=made[3:5]).update(due_at=None, stage_due_at=None)
    seen: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        page = get(house.alice, "", limit=3, sort=sort, cursor=cursor, **query).json()
        seen += page["items"]
        cursor = page["next_cursor"]
    assert sorted(item["id"] for item in seen) == sorted(map(str, made))
    if sort == "light":
        ranks = [["red", "yellow", "green", "none"].index(item["light"]) for item in seen]
        assert ranks == sorted(ranks)
        assert set(ranks) == {0, 1, 2, 3}
    if sort in ("newest", "oldest"):
        moments = [item["reported_at"] for item in seen]
        assert moments == sorted(moments, reverse=sort == "newest")


@pytest.mark.django_db
def test_no_step_touches_an_index_of_the_big_table(house: House) -> None:
    """Every column that a step changes is outside of every index, so each update may stay in its page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'cases_case'")
        definitions = " ".join(definition for (definition,) in cursor.fetchall())
    for column in ("status", "handler_id", "verifier_id", "stage_due_at", "due_at", "closed_at", "version"):
        assert f"{column}" not in definitions


@pytest.mark.django_db
def test_the_first_page_of_a_search_is_what_the_list_of_the_same_filters_begins_with(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two ways lead to it, in SQL and in the ORM: for everybody, and with whatever filters, they agree."""
    monkeypatch.setattr("wangge.cases.searching.WINDOWS", (3, 8))
    rng = random.Random(11)
    pieces = ["灭火器过期", "电线私拉", "花园路", "河滨街 12 号", "Ａ座"]
    for n in range(24):
        text, address = (" ".join(rng.sample(pieces, 2)) for _ in range(2))
        case = make_case(house, at=AT + HOUR * n, text=text, address=address)
        walk(house, case, rng.choice([*WALK]))
    people = [house.alice, house.bob, house.carol, house.han, house.pang, house.super]
    others: list[dict[str, Any]] = [{}, {"status": ["closed"]}, {"severity": "general"}, {"light": "none"}]
    for words in [*pieces, "花园 电线", "。", "1234", "%", "_"]:
        for person in people:
            for other in others:
                filters = CaseFilter(q=words, limit=4, **other)
                found = searching.first_page(person, filters, LATER, matters.in_force())
                whole = finding.select(person, filters, LATER).order_by("-reported_at", "-pk")
                assert [one.id for one in found.cases] == [one.pk for one in whole[:4]], (words, other)
                assert found.has_more == (whole.count() > 4)
                assert found.total <= whole.count()
                assert (found.total == whole.count()) >= found.is_exact
