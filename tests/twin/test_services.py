"""The twin on a real database: the city passes its own checks, equal seeds tell equal stories."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from wangge.cases import queries as case_queries
from wangge.config import clone, demo
from wangge.kernel.calendar import add_working_days
from wangge.packs import services as packs
from wangge.territory import services as territory
from wangge.twin import queries, report, services, simulation
from wangge.twin.behaviour import behaviour
from wangge.twin.city import CitySpec
from wangge.twin.days import play_days
from wangge.twin.doors import ServicesDoor
from wangge.twin.play import Play
from wangge.twin.services import MadeCity

CHINA = ZoneInfo("Asia/Shanghai")
FOUNDED = datetime(2026, 1, 5, 9, tzinfo=CHINA)
SMALL = CitySpec(streets=1, communities=2, grids=2, venues_a_grid=60, citizens_a_street=3)
STARTS_ON, DAYS = date(2026, 3, 2), 12


@pytest.fixture
def city(db: None) -> MadeCity:
    installer = demo.pack_installer("dongguan")
    return services.make_city(SMALL, seed=7, at=FOUNDED, password=None, install_pack=installer)


def run(seed: int) -> dict[str, Any]:
    """Simulate and take everything back."""
    pack = packs.load("dongguan")
    ladder = [report.Rung(r.code, r.zh, r.en, r.after_working_days) for r in pack.ladder]
    settings = simulation.Settings("dongguan", pack.pack_version, ladder, DAYS, seed, STARTS_ON)
    with transaction.atomic():
        figures = simulation.simulate(settings)
        transaction.set_rollback(True)
    return figures


def play(seed: int = 7) -> Play:
    return play_days(ServicesDoor(), behaviour(), seed=seed, starts_on=STARTS_ON, days=DAYS)


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.mark.slow
def test_the_made_city_passes_the_citys_own_checks(city: MadeCity) -> None:
    coverage = territory.check_coverage(city.admin, "comprehensive", at=FOUNDED + timedelta(days=1))
    assert (coverage.grids, coverage.gaps, coverage.overlaps, coverage.orphans) == (4, 0, 0, 0)
    assert coverage.invalid == []
    assert queries.city_facts() == {"grids": 4, "venues": 240, "people": len(city.city.people)}


@pytest.mark.slow
def test_equal_seeds_give_equal_figures_and_another_seed_others(city: MadeCity) -> None:
    one, again, other = (json.dumps(run(seed)) for seed in (7, 7, 8))
    assert one == again
    assert one != other


@pytest.mark.slow
def test_the_circle_turns_and_its_figures_are_true(city: MadeCity) -> None:
    figures = run(7)
    orders, cases = figures["orders"], figures["cases"]
    assert figures["refused"] == {}
    assert orders["made"] == orders["done"] + orders["missed"] + orders["open"] > 50
    assert orders["done_pct"] > 60
    assert cases["reported"] == sum(cases["by_status"].values()) > 5
    assert cases["by_status"]["closed"] > 0
    assert figures["chains"] == {"checked": cases["reported"], "broken": 0}
    assert list(figures["escalated"]) == ["L1", "L2", "L3", "L4"]
    assert len(report.lines(figures)) > 5


@pytest.mark.slow
def test_four_eyes_hold_over_every_case_and_what_people_know_is_what_the_city_knows(city: MadeCity) -> None:
    played = play()
    assert played.counts.refused == {}
    for reporter, handler, verifier in rows("SELECT reporter_id, handler_id, verifier_id FROM cases_case"):
        known = [one for one in (reporter, handler, verifier) if one is not None]
        assert len(set(known)) == len(known)
    closed = "SELECT count(*) FROM cases_case WHERE status = 'closed' AND NOT fixed_on_spot"
    assert rows(closed)[0][0] > 0
    assert list(case_queries.verify_chains("")) == []
    told = {str(case.id): (case.status.value, case.handler_id) for case in played.cases.values()}
    kept = {str(row[0]): (row[1], row[2]) for row in rows("SELECT id, status, handler_id FROM cases_case")}
    assert told == kept


@pytest.mark.slow
def test_a_changed_byte_is_found(city: MadeCity) -> None:
    play()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_caseevent SET actor_name = actor_name || '改' WHERE id = "
            "(SELECT id FROM cases_caseevent ORDER BY id LIMIT 1)"
        )
    assert len(list(case_queries.verify_chains(""))) == 1


@pytest.mark.slow
def test_a_city_without_people_gets_whom_it_needs(city: MadeCity) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM territory_gridmember")
        cursor.execute("DELETE FROM accounts_post")
        cursor.execute("DELETE FROM accounts_department")
    figures = run(7)
    assert figures["refused"] == {}
    assert figures["orders"]["done"] > 20
    assert figures["cases"]["by_status"]["closed"] > 0


@pytest.mark.slow
def test_the_demo_city_shows_every_state_and_has_visits_due(db: None) -> None:
    at = datetime(2026, 3, 26, 15, 30, tzinfo=CHINA)
    installer = demo.pack_installer("dongguan")
    played = services.make_demo(seed=7, at=at, password="only-for-this-test", install_pack=installer)
    assert played.counts.refused == {}
    in_first_street = "SELECT DISTINCT status FROM cases_case WHERE grid_path LIKE '99.01.01.001.%'"
    assert {row[0] for row in rows(in_first_street)} >= {
        *("reported", "accepted", "dispatched", "handling", "verifying"),
        *("closed", "rejected", "suspended", "transferred"),
    }
    assert rows(f"SELECT count(*) FROM cases_case WHERE reported_at > '{at.isoformat()}'") == [(0,)]
    stages = "SELECT listed_at IS NULL, count(*) FROM major_hazards_majorhazard GROUP BY 1 ORDER BY 1"
    assert rows(stages) == [(False, 1), (True, 1)]
    assert rows("SELECT count(*) FROM major_hazards_decision WHERE outcome = 'open'") == [(1,)]
    assert rows("SELECT count(*) FROM major_hazards_assessment WHERE verdict = 'suspected'") == [(4,)]
    today = f"'{at.date().isoformat()}'"
    [(late, coming, dateless)] = rows(
        f"SELECT count(*) FILTER (WHERE due_on < {today}), count(*) FILTER (WHERE due_on >= {today}),"
        " count(*) FILTER (WHERE due_what = 'unknown') FROM dossiers_holding"
    )
    assert min(late, coming, dateless) > 10
    assert rows("SELECT count(DISTINCT venue_id) > 300 FROM dossiers_person") == [(True,)]
    assert rows("SELECT count(*) > 10 FROM dossiers_classing WHERE differs") == [(True,)]
    assert len(queries.open_tasks(at.date())) > 20
    assert list(case_queries.verify_chains("")) == []
    kinds = "SELECT kind, count(*) FROM teams_team GROUP BY 1 ORDER BY 1"
    assert rows(kinds) == [("micro_fire_station", 6), ("mobile_team", 1), ("rescue_station", 2)]
    papers = "SELECT kind, count(*) > 5 FROM documents_document WHERE issued_at <= %s GROUP BY 1 ORDER BY 1"
    assert {*rows(papers.replace("%s", f"'{at.isoformat()}'"))} >= {
        ("recheck_record", True),
        ("rectification_notice", True),
    }
    assert rows("SELECT count(*) FROM teams_meeting") == [(1,)]
    assert rows("SELECT count(*) FROM teams_board WHERE is_published") == [(12,)]
    asked = rows("SELECT kind, count(*) FROM orders_assignment GROUP BY 1 ORDER BY 1")
    assert asked == [("alike", 1), ("campaign", 1), ("draw", 1), ("riskiest", 1)]
    subjects = rows("SELECT DISTINCT subject_kind FROM orders_order ORDER BY 1")
    assert subjects == [("facility",), ("grid",), ("venue",)]
    assert rows("SELECT min(score) > 0 FROM orders_riskscore") == [(True,)]


def test_a_level_is_reached_by_the_calendar_of_china() -> None:
    due = datetime(2026, 2, 14, tzinfo=CHINA)  # the Saturday before Spring Festival is worked
    assert add_working_days(due, 1) == datetime(2026, 2, 25, tzinfo=CHINA)


@pytest.fixture
def copy(transactional_db: None) -> Iterator[str]:
    yield "wangge_test_copy"
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS wangge_test_copy WITH (FORCE)")


@pytest.mark.slow
def test_what_happens_in_the_copy_stays_there(copy: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO territory_division VALUES ('99.', '99', '示范省', 1, NULL)")
    clone.clone_to(copy)
    with clone.standing_in(copy), connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), count(*) FROM territory_division")
        assert cursor.fetchone() == (copy, 1)
        cursor.execute("DELETE FROM territory_division")
    assert rows("SELECT count(*) FROM territory_division") == [(1,)]
    clone.clone_to(copy)  # a second time replaces the first
