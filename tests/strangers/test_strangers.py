"""A stranger's house is the same whether district A is there or not: no row, name, count or id of it (AC-10).

Every operation of the OpenAPI document is sent by people of every post in two other districts, whose codes
look like a beginning of A's and like its continuation: once while A is there, once while it is not. The
answers are equal, and nothing of A is another after them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.appraisal.makers import make_indicators, make_targets
from tests.makers import make_client
from tests.strangers.asking import Ask, operations, requests_of
from tests.strangers.district import LOOKED_AT, make_district, make_world
from tests.strangers.recipes import WORD
from tests.strangers.seeing import seen_in
from wangge.config.api import api
from wangge.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PACK = "of the pack: the same for the whole city"
OWN = "of the reader alone"
CITY = "a setting of the whole city, by its system administrator; nothing of a district is in it"

# Reads that show nothing of a district, whoever asks.
OF_NO_DISTRICT: Mapping[str, str] = {
    "count_photo_bytes": OWN,
    "export_matters": PACK,
    "get_catalogue": PACK,
    "get_checklist": PACK,
    "get_document_settings": PACK,
    "get_dossier_words": PACK,
    "get_element_set_template": "an empty form",
    "get_health": "of the house: whether it runs",
    "get_matter_template": "an empty form",
    "get_me": OWN,
    "get_my_log": OWN,
    "take_osmand_get": "401 without a token",
    "get_notice_preference": OWN,
    "get_template_file": PACK,
    "get_venue_template": "an empty form",
    "get_holding_template": "an empty form",
    "get_team_template": "an empty form",
    "list_beside_choices": "the divisions right below the own scope, and words of the pack",
    "list_checklists": PACK,
    "list_indicators": PACK,
    "list_deadline_moves": "of the calendar's editions, of which there is none here",
    "list_divisions": "the national register, loaded in both worlds",
    "list_element_sets": PACK,
    "list_fire_words": PACK,
    "get_base_map": "one file of the whole city, of which there is none here",
    "list_views": "of the reader, and of posts with the very same territory",
    "get_fire_template": "an empty form",
    "list_evidence_keys": "public keys: by them anybody checks a bundle",
    "list_matters": PACK,
    "list_notice_rules": PACK,
    "list_notice_topics": PACK,
    "list_packs": PACK,
    "get_walk": OWN,
    "list_plan_rules": PACK,
    "list_source_rows": PACK,
    "count_draw_population": "of visits that were made, of which there is none here (tests/rechecks)",
    "list_unreachable": "against the pack's capacity, of which there is none here",
    "list_powers": PACK,
    "get_visit_words": PACK,
    "list_routes": PACK,
    "get_people_template": "an empty form",
    "list_staff_words": PACK,
    "list_shortages": "against the pack's staffing, of which there is none here",
    "list_team_kinds": PACK,
    "list_venue_classes": PACK,
    "list_venue_tags": PACK,
    "preview_template": "an example with made-up facts",
}
# What an answer may tell of the whole house, and why.
OF_THE_HOUSE: Mapping[tuple[str, str], str] = {
    ("get_triage", "learnable"): "one model learns from the whole city; the sum names no place",
}
SIGNS = (WORD, "139****5678", '"unread": 1')  # A's texts, a member's phone and inbox
# Writes that reach no row of a district, whoever asks; they too leave A as it is.
OF_NOBODY: Mapping[str, str] = {
    "ask_venue_export": "a file of the own scope, whatever its filters",
    "add_photo_part": "a file by its digest, of whoever stores it",
    "enrol_device": "of the own phones; the id of another is refused",
    "ingest_points": "of the own track alone: another's patrol is not one's duty",
    "pair_tracker": OWN,
    "save_grid_log": OWN,
    "take_duties": OWN,
    "take_duty": OWN,
    "take_osmand": "401 without a token",
    "take_owntracks": "401 without a token",
    "act_in_post": "of the own posts alone; any other is refused",
    "create_user": "a new person, without a post",
    "import_element_set": CITY,
    "import_element_set_file": CITY,
    "import_divisions": "a run of the own scope; the worker refuses the row, as territory.division_not_yours",
    "import_holdings": "a run of the own scope; the worker refuses the row, as dossiers.place_unknown",
    "import_fires": "the report refuses the row: the grid is not one's own",
    "set_targets": "of the own territory where it names none; another's is refused (tests/appraisal)",
    "import_teams": "a run of the own scope; the worker refuses the row: the territory is not one's own",
    "store_drawing_file": "a file by its digest, of whoever stores it",
    "import_people": "the report refuses the row: the name is taken, or nobody has the number",
    "import_matters": "the report refuses the row: no such department",
    "list_promise_lights": "of the cases among those named that the reader sees: none",
    "locate_points": "null where no grid of the caller's lies",
    "level_days": "of the own territory; it names none",
    "mark_notices_read": "of the own inbox, whatever the ids",
    "move_deadlines": "refused: there is no such edition of the calendar",
    "plan_orders": "of the own territory; it names none",
    "put_calendar_year": CITY,
    "receive_commands": "handed to the operations of other rooms, which are aimed at themselves",
    "recode_divisions": "the report refuses the row, as territory.division_not_standing",
    "retry_notice_deliveries": "of the own territory's, whatever the ids: none",
    "save_notice_channel": CITY,
    "set_my_addresses": OWN,
    "set_notice_preference": OWN,
    "store_file": "a file by its digest, of whoever stores it",
    "test_notice_channel": CITY,
    "train_triage": CITY,
    "upload_template": CITY,
    "use_shipped_template": CITY,
    "use_triage_version": CITY,
}
REFUSED = (401, 403, 404, 409, 422)
OF_THE_SESSION = ("log_in", "log_out")  # they would end the others' turn
# What is written about everything that is tried.
LEDGERS = ("kernel_auditrow", "kernel_unread", "accounts_session")
# By these the filters are tried too: who may the most, of both districts.
THOROUGH = ("system_admin", "dispatcher", "supervisor")
INSIDE = (*THOROUGH, "audit_admin")  # of A: together they see whatever there is to see


def test_every_operation_of_the_house_is_in_the_document() -> None:
    live = {(m, p) for p, methods in api.get_openapi_schema()["paths"].items() for m in methods}
    assert live == {(one.method, one.path) for one in operations()}


def test_no_read_tells_a_stranger_whether_a_district_is_there() -> None:
    reads = [one for one in operations() if one.method == "get"]
    with clock.standing_at(LOOKED_AT):
        world = make_world()
        make_indicators()
        make_targets()
        strangers = {one.role: make_client(one) for one in world.strangers}
        insiders = {one.role: make_client(one) for one in world.insiders if one.role in INSIDE}
        before = transaction.savepoint()
        aim = make_district(world)
        asks = {one.name: requests_of(one, aim) for one in reads}
        while_there, inside = _answers(asks, strangers), _answers(asks, insiders, thorough=())
        of_owners = _seen_by(aim["owners"], asks)
        transaction.savepoint_rollback(before)
        while_not, outside = _answers(asks, strangers), _answers(asks, insiders, thorough=())
    leaks = {key: (told, while_not[key]) for key, told in while_there.items() if told != while_not[key]}
    assert not leaks, _told(leaks, asks)
    shown = {name for name, *_ in inside if any(inside[k] != outside.get(k) for k in inside if k[0] == name)}
    blind = {name for name in asks if name not in shown | of_owners}
    assert blind == OF_NO_DISTRICT.keys(), "nobody of A sees anything of A there: aim better, or say why"


def test_no_write_of_a_stranger_changes_a_district_or_tells_of_it() -> None:
    writes = [one for one in operations() if one.method != "get" and one.name not in OF_THE_SESSION]
    with clock.standing_at(LOOKED_AT):
        world = make_world()
        make_indicators()
        make_targets()
        strangers = {one.role: make_client(one) for one in world.strangers}
        aim = make_district(world)
        signs = [WORD, "34.02.03.", *(str(one) for one in aim.values() if isinstance(one, UUID))]
        stands, refused = _rows(signs), set()
        for operation in writes:
            for (role, client), ask in product(strangers.items(), requests_of(operation, aim)):
                told, now = _tried(ask, client, signs)
                assert now is None or now == stands, f"{role} changed A by {operation.name}: {told}"
                assert not _tells(told, ask, signs), f"{role} is told of A by {operation.name}: {told}"
                statuses = _statuses(told)
                refused |= {operation.name for status in statuses if status == 404}
                if operation.name not in OF_NOBODY:
                    assert all(status in REFUSED for status in statuses), (role, operation.name, told)
    unsure = {one.name for one in writes} - refused
    assert unsure == OF_NOBODY.keys(), "no id of A was reached by these: aim better, or say why"


def _statuses(told: Any) -> list[int]:
    """Return the status of an answer, or those of its fates and of the report of a file."""
    status, content = told
    if isinstance(content, list) and content and isinstance(content[0], dict) and "outcome" in content[0]:
        return [one["status"] for one in content]
    return [422] if isinstance(content, dict) and content.get("problems") else [status]


def _tells(told: Any, ask: Ask, signs: Sequence[str]) -> list[str]:
    sent = json.dumps([ask.url, ask.body, str(ask.files)], ensure_ascii=False, default=str)
    return [sign for sign in signs if sign in str(told[1]) and sign not in sent]


def _tried(ask: Ask, client: Client, signs: Sequence[str]) -> tuple[Any, dict[str, Counter[str]] | None]:
    """Return the answer, and the rows of A if any row of the house was written; then it is taken back."""
    point = transaction.savepoint()
    wrote = _written()
    told = seen_in(ask.sent_by(client))
    now = _rows(signs) if _written() != wrote else None
    transaction.savepoint_rollback(point)
    return told, now


def _written() -> list[tuple[Any, ...]]:
    """Return how many rows of each table were written in this transaction, but for those of LEDGERS."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relname <> ALL (%s) ORDER BY relname",
            [list(LEDGERS)],
        )
        return cursor.fetchall()


def _rows(signs: Sequence[str]) -> dict[str, Counter[str]]:
    """Return the rows of every table that name A, as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table in LEDGERS or table.startswith("procrastinate"):
                continue
            cursor.execute(
                f'SELECT t::text FROM "{table}" t WHERE t::text LIKE ANY (%s)', [[f"%{x}%" for x in signs]]
            )
            found[table] = Counter(row for (row,) in cursor)
    return found


def _answers(
    asks: Mapping[str, list[Ask]], clients: Mapping[str, Client], *, thorough: Sequence[str] = THOROUGH
) -> dict[tuple[str, int, str], Any]:
    """Return (operation, request, role) → answer. Whoever may not at all is not asked with every filter."""
    found = {}
    for role, client in clients.items():
        for name, requests in asks.items():
            for n, ask in enumerate(requests):
                if not (ask.is_plain or role in thorough):
                    continue
                found[name, n, role] = told = _without_the_house(name, seen_in(ask.sent_by(client)))
                if told[0] == 403:
                    break
    return found


def _without_the_house(name: str, told: Any) -> Any:
    known = [field for operation, field in OF_THE_HOUSE if operation == name]
    status, content = told
    return (status, {k: v for k, v in content.items() if k not in known}) if known and status == 200 else told


def _seen_by(owners: Sequence[Client], asks: Mapping[str, list[Ask]]) -> set[str]:
    """Return the operations by which people of A see what is theirs alone, an inbox or their own exports."""
    return {
        name
        for name, requests in asks.items()
        for client in owners
        if _shows(seen_in(requests[0].sent_by(client)))
    }


def _shows(told: Any) -> bool:
    status, content = told
    text = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False, default=str)
    return status == 200 and (isinstance(text, bytes) or any(sign in text for sign in SIGNS))


def _told(leaks: Mapping[tuple[str, int, str], Any], asks: Mapping[str, list[Ask]]) -> str:
    lines = [
        f"{role}: {asks[name][n].url} {asks[name][n].query}: {str(there)[:300]} / {str(gone)[:300]}"
        for (name, n, role), (there, gone) in leaks.items()
    ]
    return "a stranger is told:\n" + "\n".join(lines[:20])
