"""Ledgers on a real database: a district in full work, of which every kind of ledger has something."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from tests.ledgers.makers import make_ledgers
from tests.makers import AT, BOB, CAROL, Person, make_actor, make_client
from tests.strangers.district import LOOKED_AT, make_district, make_world
from wangge.accounts.rules import Role
from wangge.cases.models import Case, CaseEvent
from wangge.config.run_kinds import KINDS
from wangge.kernel import clock, run_files, run_work
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.kernel.run_rules import RunState
from wangge.ledgers import queries, services
from wangge.ledgers.models import Ledger
from wangge.ledgers.rules import LedgerKind, LedgerUnknown, PeriodWrong, TooLarge
from wangge.ledgers.schemas import LedgerExportIn, LedgerFilter, PageFilter
from wangge.venues.models import Venue

pytestmark = pytest.mark.slow
YEAR = {"first_on": date(2025, 1, 1), "last_on": date(2025, 12, 31)}
CHIEF_OF_A = Person("insider-super", "督查", Role.SUPERVISOR, "34.02.03.")
NEVER_MADE = {LedgerKind.TRANSFERS, LedgerKind.TEAM_CALLS}  # by the district of the strangers' tests


@pytest.fixture
def insider(settings, tmp_path, db) -> Iterator[Actor]:
    settings.WANGGE_FILES = tmp_path
    with clock.standing_at(LOOKED_AT):
        make_district(make_world())
        make_ledgers()
        yield make_actor(CHIEF_OF_A)


def page(actor: Actor, code: str, **fields: Any) -> Any:
    return queries.get_page(actor, code, PageFilter.model_validate(YEAR | fields))


def test_every_ledger_has_rows_in_order_and_pages_without_a_gap(insider: Actor) -> None:
    for kind in set(LedgerKind) - NEVER_MADE - {LedgerKind.NOWHERE}:
        whole = page(insider, kind.value, limit=2_000)
        assert whole.rows, kind
        assert whole.total == len(whole.rows)
        assert all(len(row) == len(whole.columns) for row in whole.rows)
        found, cursor = [], ""
        while cursor is not None:
            piece = page(insider, kind.value, limit=1, cursor=cursor)
            found += piece.rows
            cursor = piece.next_cursor
        assert found == whole.rows, kind


def test_what_a_ledger_counts_is_what_a_recount_gives(insider: Actor) -> None:
    scope, told = insider.scope, queries.get_contents(insider, LedgerFilter.model_validate(YEAR))
    totals = {line.code: line.total for line in told.lines}

    assert totals["places"] == Venue.objects.filter(grid_path__startswith=scope, is_open=True).count()
    assert totals["cases"] == Case.objects.visible_to(insider).count()
    assert totals["nowhere"] == 0
    assert not told.is_large
    assert {line.code for line in told.lines if not line.is_kept} == {"nowhere"}


def test_a_handover_and_a_team_that_was_called_are_told(insider: Actor) -> None:
    case = Case.objects.filter(grid_path__startswith=insider.scope).first()
    assert case is not None
    for n, (action, detail) in enumerate(
        [("transfer", {"reason": "移交执法"}), ("call_out", {"team_name": "雪松站", "what": "arrived"})]
    ):
        CaseEvent.objects.create(
            id=new_id(), case_id=case.pk, seq=90 + n, action=action, after=case.status, actor_id=1,
            actor_name="韩处置", role="department_handler", at=AT, detail=detail, previous_hash=b"", hash=b"",
        )  # fmt: skip
    # An event's id holds its moment; these were made now, long after what they tell of.
    [moved] = page(insider, "transfers").rows
    [called] = page(insider, "team_calls").rows

    assert "移交执法" in [cell.zh for cell in moved]
    assert {"雪松站", "已到场"} <= {cell.zh for cell in called}


def test_a_period_and_a_grid_narrow_and_the_first_and_last_day_count(insider: Actor) -> None:
    day = {"first_on": date(2025, 10, 13), "last_on": date(2025, 10, 13)}

    assert page(insider, "visits", **day).rows
    assert page(insider, "cases", **day).rows
    after = {"first_on": date(2025, 10, 14), "last_on": date(2025, 10, 14)}
    assert not page(insider, "visits", **after).rows
    assert page(insider, "places", grid=BOB.scope).total <= page(insider, "places").total
    assert page(insider, "grids", grid=BOB.scope).total == 1


def test_people_are_masked_and_grids_have_names(insider: Actor) -> None:
    text = page(insider, "visits").model_dump_json() + page(insider, "places").model_dump_json()

    assert "雪**" in text
    assert "雪松生" not in text
    assert "雪松一格" in text


def test_a_pack_narrows_places_and_chooses_columns(insider: Actor) -> None:
    make_ledgers(places={"classes": ["rental"], "columns": ["address", "name"]})

    told = page(insider, "places")

    assert [column.key for column in told.columns] == ["address", "name"]
    assert (
        told.total
        == Venue.objects.filter(
            grid_path__startswith=insider.scope, is_open=True, venue_class_id="rental"
        ).count()
    )


def test_restricted_cases_stand_only_in_the_ledger_of_who_may_read_them(insider: Actor) -> None:
    Case.objects.filter(grid_path__startswith=insider.scope).update(is_restricted=True)
    chief = make_actor(Person("chief-2", "网格长", Role.GRID_CHIEF, "34.02.03."))

    assert page(insider, "cases").total > 0
    assert page(chief, "cases").total == 0


def test_who_may_not_read_and_what_there_is_not(insider: Actor) -> None:
    stranger = make_actor(CAROL)
    walker = make_actor(Person("walker-2", "网格员", Role.GRID_MEMBER, BOB.scope))

    with pytest.raises(NotVisible):
        page(stranger, "cases", grid=BOB.scope)
    with pytest.raises(NotYourRole):
        page(walker, "cases")
    with pytest.raises(LedgerUnknown):
        page(insider, "nothing")
    with pytest.raises(PeriodWrong):
        page(insider, "cases", first_on=date(2025, 2, 1), last_on=date(2025, 1, 1))


def test_all_of_them_are_one_workbook_with_a_sheet_each(insider: Actor) -> None:
    filters = LedgerFilter.model_validate(YEAR)

    answer = services.export_all(insider, filters, at=LOOKED_AT)
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[arg-type]

    assert len(book.sheet_names) == Ledger.objects.count()
    for ledger, name in zip(Ledger.objects.order_by("position"), book.sheet_names, strict=True):
        rows = book.get_sheet_by_name(name).to_python()
        whole = page(insider, ledger.code, limit=2_000)
        if ledger.kind == LedgerKind.NOWHERE:
            assert rows[1] == ["系统尚未登记这类资料。"]
            continue
        assert rows[0] == [column.zh for column in whole.columns], name
        assert len(rows) - 1 == whole.total, name
    assert AuditRow.objects.filter(action="ledgers.export", subject_id="all").count() == 1


def test_a_large_one_is_refused_at_once_and_made_in_the_background(insider: Actor, monkeypatch) -> None:
    monkeypatch.setattr("wangge.ledgers.exporting.MOST_AT_ONCE", 1)
    filters = LedgerFilter.model_validate(YEAR)
    with pytest.raises(TooLarge):
        services.export_all(insider, filters, at=LOOKED_AT)
    given = LedgerExportIn.model_validate(YEAR | {"id": new_id()})

    run = services.ask_export(given, actor=insider, at=LOOKED_AT)

    assert services.ask_export(given, actor=insider, at=LOOKED_AT).pk == run.pk
    assert services.EXPORT in KINDS
    wrong = given.model_copy(update={"id": new_id(), "grid": CAROL.scope})
    with pytest.raises(NotVisible):
        services.ask_export(wrong, actor=insider, at=LOOKED_AT)


@pytest.mark.django_db(transaction=True)
def test_the_worker_writes_the_file_of_who_asked(settings, tmp_path) -> None:
    settings.WANGGE_FILES = tmp_path
    with clock.standing_at(LOOKED_AT):
        make_district(make_world())
        make_ledgers()
        insider = make_actor(CHIEF_OF_A)
        given = LedgerExportIn.model_validate(YEAR | {"id": new_id(), "code": "cases", "suffix": "csv"})
        run = services.ask_export(given, actor=insider, at=LOOKED_AT)
        state = run_work.do_run(run.pk, services.work_export, lambda _: insider, now=clock.now)
    assert state is RunState.DONE
    with run_files.open_plain(run.pk, run_files.RESULT) as file:
        text = file.read().decode()
    assert len(text.strip().splitlines()) - 1 == Case.objects.visible_to(insider).count()


def test_the_doors_tell_pages_and_files(insider: Actor) -> None:
    client, query = make_client(insider), {key: value.isoformat() for key, value in YEAR.items()}

    assert client.get("/api/ledgers", query).json()["lines"]
    assert client.get("/api/ledgers/cases", query).json()["rows"]
    assert client.get("/api/ledgers/nothing", query).status_code == 404
    assert client.get("/api/ledgers/cases", {"first_on": "x"}).status_code == 422
    assert client.get("/api/ledgers/cases/export.csv", query).status_code == 200
    assert client.get("/api/ledgers/cases/export.pdf", query).status_code == 422
    assert client.get("/api/ledgers/export.xlsx", query).status_code == 200
    body = query | {"id": str(new_id())}
    assert client.post("/api/ledgers/exports", body, "application/json").json()["kind"] == "ledgers.export"


def test_a_page_costs_the_same_whatever_its_number_of_rows(insider: Actor) -> None:
    def statements(limit: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            page(insider, "places", limit=limit)
        return len(seen)

    assert page(insider, "places", limit=2_000).total > 1
    assert statements(1) == statements(2_000)
